"""Many totals divided by one rule among one roster: the records of `allocation.split`, as text, a row for each total.

What a rule, a roster and weights say is spelled once; only the numbers of each total are put in. The text is the
canonical JSON of the record that `allocation.split` gives for the same total, byte for byte: the tests hold one against
the other. Numbers beyond the bounds of `kernel` go through the reference.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from commonpurse.calc.allocation import ENGINE
from commonpurse.calc.apportion import apportion
from commonpurse.calc.digest import canonical, sha256_hex

KEYS = {
    "engine", "rule", "rule_digest", "roster", "weights", "holder", "total", "input_digest", "whole", "floors",
    "remainders", "extra_unit", "output_digest",
}  # fmt: skip
"""What a record of this engine has."""


class DividedRow(Struct, frozen=True):
    """One total divided: a share for each place of the roster, the same spelled as JSON, and the record likewise."""

    total: int
    amounts: list[int]
    spelled: str
    record: str


class Frame:
    """What the records of many totals have in common."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        """Take rule, roster, weights and holder from a record.

        Raises:
            ValueError: if it is not a record of this engine, or its numbers are none that can be divided by.
        """
        if record.keys() != KEYS or record["engine"] != ENGINE:
            raise ValueError("not a record of this engine")
        self.weights: list[int] = list(record["weights"])
        self.whole = sum(apportion(0, self.weights).weights)
        if self.whole != record["whole"] or sha256_hex(record["rule"]) != record["rule_digest"]:
            raise ValueError("the record does not follow from its own inputs")
        spelled = {key: canonical(record[key]).decode() for key in ("engine", "holder", "roster", "rule", "weights")}
        roster, rule, weights = spelled["roster"], spelled["rule"], spelled["weights"]
        self._inputs = f'{{"engine":{spelled["engine"]},"holder":{spelled["holder"]},"roster":{roster},"rule":{rule}'
        self._hash = sha256(f'{self._inputs},"total":'.encode())
        self._weights = f',"weights":{weights}}}'.encode()
        self._head = f'{{"engine":{spelled["engine"]},"extra_unit":'
        self._holder = f',"holder":{spelled["holder"]},"input_digest":"'
        self._roster = f',"roster":{roster},"rule":{rule},"rule_digest":"{record["rule_digest"]}","total":'
        self._tail = f',"weights":{weights},"whole":{self.whole}}}'

    def divide(self, totals: Sequence[int]) -> Iterator[DividedRow]:
        """Divide each total; in smallest units, below zero for a correction."""
        for total, amounts, floors, remainders, extra in _steps(list(totals), self.weights, self.whole):
            inputs = self._hash.copy()
            inputs.update(b"%d%s" % (total, self._weights))
            spelled = _json(amounts)
            record = (
                f'{self._head}{_text(extra)},"floors":{_text(floors)}{self._holder}{inputs.hexdigest()}'
                f'","output_digest":"{sha256(spelled).hexdigest()}","remainders":{_text(remainders)}'
                f"{self._roster}{total}{self._tail}"
            )
            yield DividedRow(total, amounts, spelled.decode(), record)


def _json(value: Sequence[Any]) -> bytes:
    """Canonical JSON; msgspec writes ten times as fast as the standard library, but only numbers of 64 bits."""
    try:
        return msgspec.json.encode(value)
    except OverflowError:
        return canonical(list(value))


def _text(value: Sequence[Any]) -> str:
    return _json(value).decode()


Steps = tuple[int, list[int], list[int], list[int], list[bool]]


def _steps(totals: list[int], weights: list[int], whole: int) -> Iterator[Steps]:
    """Each total with its amounts, floors, remainders and who received a spare unit."""
    from commonpurse.calc.kernel import MOST_PLACES, MOST_SIZE, MOST_WHOLE

    if whole > MOST_WHOLE or len(weights) > MOST_PLACES or any(abs(total) > MOST_SIZE for total in totals):
        yield from (_by_reference(total, weights) for total in totals)
    else:
        yield from _by_kernel(totals, weights, whole)


def _by_reference(total: int, weights: list[int]) -> Steps:
    steps = apportion(total, weights)
    return total, list(steps.amounts), list(steps.floors), list(steps.remainders), list(steps.extra)


def _by_kernel(totals: list[int], weights: list[int], whole: int) -> Iterator[Steps]:
    """By the kernel, whose amounts tell floors and remainders without a division.

    total x weight - amount x whole is the remainder, less one whole where a spare unit was received; both products may
    wrap round, their difference is within 2**54 and comes out right (`kernel` says why).
    """
    import numpy as np

    from commonpurse.calc.kernel import largest_remainder_rows

    quantities = np.array(totals, dtype=np.int64)
    amounts = largest_remainder_rows(quantities, np.array(weights, dtype=np.int64))
    signs = np.where(quantities < 0, -1, 1)[:, np.newaxis]
    left = np.abs(quantities)[:, np.newaxis] * np.array(weights, dtype=np.int64) - np.abs(amounts) * np.int64(whole)
    extra = left < 0
    floors = amounts - signs * extra
    remainders = signs * (left + extra * np.int64(whole))
    yield from zip(totals, amounts.tolist(), floors.tolist(), remainders.tolist(), extra.tolist(), strict=True)


def content_text(
    *,
    digests: Mapping[str, str],
    id: UUID,  # noqa: A002 -- the name of the column
    book: str,
    scope: str,
    seq: int,
    reverses: UUID | None,
    consortium_id: UUID,
    total: int,
    amounts: Sequence[int],
    outcomes: Sequence[str],
    versions: Sequence[int],
    quantities: Sequence[int],
    record: str,
    reason: str,
    posted_by_id: UUID,
    posted_at: datetime,
) -> str:
    """The canonical JSON of `rows.content_of` for a row whose record is `record`, put together from its parts."""
    return spelled_content(
        digests=digests,
        id=id.hex,
        book=book,
        scope=scope,
        seq=seq,
        reverses=reverses.hex if reverses else None,
        consortium_id=consortium_id.hex,
        total=total,
        amounts=_text(amounts),
        outcomes=_text(outcomes),
        versions=_text(versions),
        quantities=_text(quantities),
        record=record,
        reason=reason,
        posted_by_id=posted_by_id.hex,
        posted_at=moment(posted_at),
    )


@lru_cache(maxsize=64)
def moment(at: datetime) -> str:
    """A time as digests spell it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def spelled_content(
    *,
    digests: Mapping[str, str],
    id: str,  # noqa: A002 -- the name of the column
    book: str,
    scope: str,
    seq: int,
    reverses: str | None,
    consortium_id: str,
    total: int,
    amounts: str,
    outcomes: str,
    versions: str,
    quantities: str,
    record: str,
    reason: str,
    posted_by_id: str,
    posted_at: str,
) -> str:
    """The same of parts that are spelled already: keys as 32 digits, lists as JSON, the time by `moment`."""
    parent = f'"{reverses}"' if reverses else "null"
    return (
        f'{{"amounts":{amounts},"book":{_text(book)},"consortium":"{consortium_id}","explanation":{record}'
        f',"id":"{id}","outcomes":{outcomes},"posted_at":"{posted_at}","posted_by":"{posted_by_id}"'
        f',"quantities":{quantities},"reason":{_text(reason)},"reverses":{parent}'
        f',"roster":"{digests["roster"]}","rule":"{digests["rule"]}","scope":{_text(scope)},"seq":{seq}'
        f',"total":{total},"versions":{versions},"weights":"{digests["weights"]}"}}'
    )


def chained(previous: str, content: str) -> str:
    """The digest of a row whose content is this canonical JSON: `calc.digest.chain`, of text."""
    return sha256(f"{previous}\n{content}".encode()).hexdigest()
