"""Rows of the ledger written past the commands, honest unless a test changes them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from commonpurse.calc.digest import GENESIS, canonical, sha256_hex
from commonpurse.delivery.models import Contract
from commonpurse.outcomes.models import PRIMARY, PostedSplit, Roster, RuleVersion, WeightVersion
from support.delivery_rows import QUARTER, make_contract
from support.world import AREAS, NOW, World


@dataclass
class Ledger:
    """A roster of three bodies and the unallocated place, an equal rule and its weights."""

    session: Session
    world: World
    contract: Contract
    roster: Roster
    rule: RuleVersion
    weights: WeightVersion

    def values(self, outcomes: list[str], amounts: list[int], **changed: Any) -> dict[str, Any]:
        """The columns of a row that the database takes, unless `changed` spoils it."""
        place = changed.get("place_gss", AREAS["newcastle"][0])
        contract_id: UUID = changed.get("contract_id", self.contract.id)
        measure_id: UUID = changed.get("measure_id", self.world.measure.id)
        scope = f"{contract_id.hex}|{measure_id.hex}|{changed.get('quarter_starting', QUARTER)}|{place}"
        book = changed.get("book", PRIMARY)
        seq, digest = self.head(book, changed.get("scope", scope))
        total = sum(amount for amount in amounts if amount is not None)
        quantities = [1] * (len(outcomes) - 1) + [total - len(outcomes) + 1]
        return {
            "id": uuid4(),
            "book": book,
            "scope": scope,
            "seq": seq + 1,
            "reverses_id": None,
            "consortium_id": self.world.consortium.id,
            "contract_id": contract_id,
            "measure_id": measure_id,
            "quarter_starting": QUARTER,
            "place_gss": place,
            "roster_id": self.roster.id,
            "rule_version_id": self.rule.id,
            "weight_version_id": self.weights.id,
            "total": total,
            "amounts": amounts,
            "outcomes": outcomes,
            "versions": [1] * len(outcomes),
            "quantities": quantities,
            "explanation": {},
            "reason": "",
            "posted_by_id": self.world.people["newcastle", "buyer"].id,
            "posted_at": NOW,
            "previous_digest": digest,
            "digest": sha256_hex(str(uuid4())),
            **changed,
        }

    def head(self, book: str, scope: str) -> tuple[int, str]:
        """Number and digest of the newest row of a scope."""
        row = self.session.execute(
            select(PostedSplit.seq, PostedSplit.digest)
            .where(PostedSplit.book == book, PostedSplit.scope == scope)
            .order_by(PostedSplit.seq.desc())
            .limit(1)
        ).one_or_none()
        return (row.seq, row.digest) if row else (0, GENESIS)

    def post(self, outcomes: list[str], amounts: list[int], **changed: Any) -> dict[str, Any]:
        """Insert such a row, and return its columns."""
        values = self.values(outcomes, amounts, **changed)
        self.session.execute(insert(PostedSplit), [values])
        return values

    def negative(self, original: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """The columns of the reversal of `original`."""
        mirrored = {
            "reverses_id": original["id"],
            "total": -original["total"],
            "quantities": [-quantity for quantity in original["quantities"]],
            "versions": original["versions"],
            **{key: original[key] for key in ("book", "scope", "place_gss", "contract_id", "measure_id")},
        }
        amounts = [-amount for amount in original["amounts"]]
        return self.values(original["outcomes"], amounts, **{**mirrored, **changed})

    def reverse(self, original: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """Insert the reversal, and return its columns."""
        values = self.negative(original, **changed)
        self.session.execute(insert(PostedSplit), [values])
        return values

    def rows(self) -> int:
        """How many rows the ledger has."""
        return self.session.scalar(select(func.count()).select_from(PostedSplit)) or 0


def make_ledger(session: Session, world: World) -> Ledger:
    """An empty ledger of the world's consortium."""
    contract = make_contract(session, world)
    parties = (*(str(world.organisation(body)) for body in ("newcastle", "gateshead", "darlington")), "unallocated")
    roster = make_roster(session, world, parties)
    rule = RuleVersion(
        consortium_id=world.consortium.id,
        roster_id=roster.id,
        spec=canonical({"kind": "equal"}).decode(),
        item_id=uuid4(),
        offer_number=1,
        agreed_at=NOW,
        digest=sha256_hex(str(uuid4())),
        recorded_at=NOW,
    )
    weights = WeightVersion(
        roster_id=roster.id, basis="equal", weights=(1, 1, 1, 0), digest=sha256_hex(str(uuid4())), recorded_at=NOW
    )
    session.add_all([rule, weights])
    session.flush()
    return Ledger(session, world, contract, roster, rule, weights)


def make_roster(session: Session, world: World, parties: tuple[str, ...]) -> Roster:
    """A roster of the world's consortium."""
    roster = Roster(
        consortium_id=world.consortium.id, parties=parties, digest=sha256_hex(str(uuid4())), recorded_at=NOW
    )
    session.add(roster)
    session.flush()
    return roster
