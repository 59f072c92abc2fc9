"""What a division would be with one body fewer, or if one body needed a tenth less or more."""

from dataclasses import dataclass

from commonpurse.calc.savings.dividing import MOST_IN_TABLE, CannotDivide, Division, divide
from commonpurse.calc.savings.purchase import Purchase

LEAVES, LESS, MORE = "leaves", "less", "more"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that could happen: by how many pence the joint bill and everybody's payment would change.

    Where the body leaves, its own change is to what it pays alone, and that of the bill is to the bill of the others.
    """

    kind: str
    body: int
    bill: int
    pays: tuple[int, ...]
    change: tuple[int, ...]

    @property
    def others(self) -> int:
        """The change of all others together."""
        return sum(self.change) - self.change[self.body]


def changes(done: Division, body: int) -> dict[str, Change | None]:
    """What each of the three would do; None where the rule then has no answer."""
    purchase = done.purchase
    found: dict[str, Change | None] = {LEAVES: _changed(done, LEAVES, body, purchase.without(body))}
    found[LESS] = _changed(done, LESS, body, purchase.scaled(body, 9))
    found[MORE] = _changed(done, MORE, body, purchase.scaled(body, 11))
    return found


def others_after_less(done: Division) -> list[int] | None:
    """For each body, by how many pence the others together would pay more if it needed a tenth less.

    None if the rule has no answer for one of them, or takes too long with so many.
    """
    purchase = done.purchase
    if done.rule == "shapley" and len(purchase.names) > MOST_IN_TABLE:
        return None
    found = []
    for body in range(len(purchase.names)):
        change = _changed(done, LESS, body, purchase.scaled(body, 9))
        if change is None:
            return None
        found.append(change.others)
    return found


def _changed(done: Division, kind: str, body: int, purchase: Purchase) -> Change | None:
    try:
        pays = divide(purchase, done.rule).pays
    except CannotDivide:
        return None
    if kind == LEAVES:
        pays = (*pays[:body], done.purchase.alone[body], *pays[body:])
    change = tuple(after - before for after, before in zip(pays, done.pays, strict=True))
    return Change(kind, body, purchase.total - done.purchase.total, pays, change)
