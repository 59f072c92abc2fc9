"""Several rules beside each other on one purchase."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commonpurse.calc.fairness.findings import Finding
from commonpurse.calc.savings.changes import Change, changes
from commonpurse.calc.savings.curve import Standing
from commonpurse.calc.savings.dividing import CannotDivide, Division, divide
from commonpurse.calc.savings.findings import find
from commonpurse.calc.savings.purchase import Purchase
from commonpurse.calc.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Compared:
    """One rule: what each pays, what can be said of it, and what would change with the body that was chosen."""

    done: Division
    findings: tuple[Finding, ...]
    changes: Mapping[str, Change | None]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A rule that has no answer for the purchase, and why."""

    rule: str
    reason: Sentence


def compare(
    purchase: Purchase, rules: Sequence[str], body: int | None, curve: Sequence[Standing] | None
) -> list[Compared | Unanswered]:
    """Each rule in turn.

    Args:
        body: the place of the one whose changes are looked at, if any.
        curve: `standings` of the purchase.

    Raises:
        KeyError: if a rule is none of `RULES`.
    """
    return [_compared(purchase, rule, body, curve) for rule in rules]


def _compared(
    purchase: Purchase, rule: str, body: int | None, curve: Sequence[Standing] | None
) -> Compared | Unanswered:
    try:
        done = divide(purchase, rule)
    except CannotDivide as error:
        return Unanswered(rule, error.sentence)
    what_if = changes(done, body) if body is not None else {}
    return Compared(done, find(done, body, what_if, curve), what_if)
