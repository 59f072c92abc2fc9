"""What every allocation rule can say of itself, and the settings that any of them may have."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, ClassVar, Self

from commonpurse.calc.quantity import from_smallest, to_smallest
from commonpurse.calc.sentence import Sentence, message

UNALLOCATED = "unallocated"
"""The last place of every roster: what no member can receive is kept here, in sight."""

COMMITTED_BUDGET = "committed_budget"
REQUIRED_QUANTITY = "required_quantity"
POPULATION = "population"
NEED = "need"
BASES = (COMMITTED_BUDGET, REQUIRED_QUANTITY, POPULATION, NEED)
"""What a rule may weigh by without naming it: pence, smallest units of a measure, residents, residents x deprivation
score. `recorded` has what bodies record themselves."""

LARGEST_REMAINDER = "largest_remainder"
CREDIT = "credit"
ROUNDINGS = {
    LARGEST_REMAINDER: message("rounded by the largest remainders"),
    "sainte_lague": message("rounded by Sainte-Laguë's method"),
    "dhondt": message("rounded by D'Hondt's method"),
    "adams": message("rounded by Adams's method"),
    "huntington_hill": message("rounded by the Huntington-Hill method"),
    "staircase": message("rounded by cumulative shares"),
    CREDIT: message("in whole units, with a credit for what a body is still owed"),
}
"""The ways to make whole units of exact shares, each in words. `rounding` has the sums."""

PARTS = 10**12
"""How many parts a total has where shares are combined or bounded before they become units."""

SHORTFALL = "constrained_equal_awards"
"""The rule of `claims` by which a total is divided that does not reach for every floor."""

MOST_DECIMALS = 6
WHOLE_PERCENT = 100_000_000
"""One hundred percent, in millionths of a percent."""


class BadRule(ValueError):
    """A rule nobody can agree to. Its text is for the user; `sentence` is for gettext."""

    def __init__(self, msgid: str, field: str, **values: str | int) -> None:
        self.sentence = Sentence(msgid, values)
        self.field = field
        super().__init__(str(self.sentence))


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule may look at: the members in roster order, whose area holds the place, what each weighs by a basis.

    `tiers` says who holds the place at each tier of `tiers.TIERS`, as pairs; a tier that nobody holds is left out.
    """

    members: tuple[str, ...]
    holder: str | None = None
    bases: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    tiers: tuple[tuple[str, str], ...] = ()

    def recorded(self, basis: str) -> list[int]:
        """What a basis says of each member; one that is not named weighs nothing."""
        weights = self.bases.get(basis, {})
        return [weights.get(member, 0) for member in self.members]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(ABC):
    """How a total is divided: what members weigh, and how exact shares become whole units.

    `floor` and `cap` are percentages of every total: what each member is sure of, and what it receives at most. What
    no member may take stays unallocated.
    """

    kind: ClassVar[str]
    basis: ClassVar[str | None] = None
    """Which weights the caller must bring: one of BASES or none."""
    uses_place: ClassVar[bool] = False
    """Whether the caller must say whose area holds the place of delivery."""
    by_tier: ClassVar[bool] = False
    """Whether it must say so of each tier of place."""

    rounding: str = LARGEST_REMAINDER
    floor: Decimal | None = None
    cap: Decimal | None = None

    @property
    def bases(self) -> tuple[str, ...]:
        """Every basis that the rule weighs by."""
        return (self.basis,) if self.basis else ()

    @property
    def weighs_as_recorded(self) -> bool:
        """Whether members weigh just what the one basis says."""
        return self.basis is not None and self.floor is None and self.cap is None

    @classmethod
    @abstractmethod
    def read(cls, spec: Mapping[str, Any]) -> Self:
        """The rule of a spec of this kind, settings that any rule may have left out. Raises BadRule."""

    @abstractmethod
    def own_spec(self) -> dict[str, Any]:
        """The kind and what it needs, as canonical JSON."""

    @abstractmethod
    def own_weights(self, case: Case) -> list[int]:
        """The weight of each member, then that of the unallocated place."""

    @abstractmethod
    def own_words(self, names: Mapping[str, str], /) -> Sentence:
        """What members weigh, in words. `names` has what members are called where that is not their key."""

    def spec(self) -> dict[str, Any]:
        """The rule as canonical JSON, the same however its percentages were typed."""
        settings: dict[str, Any] = {"rounding": self.rounding} if self.rounding != LARGEST_REMAINDER else {}
        bounds = {"floor": self.floor, "cap": self.cap}
        settings |= {name: f"{bound:f}" for name, bound in bounds.items() if bound is not None}
        return {**self.own_spec(), **settings}

    def weigh(self, case: Case) -> list[int]:
        """What each place weighs in the end; where no place weighs anything, the unallocated one receives all."""
        weights = self.own_weights(case)
        weights = weights if any(weights) else [*weights[:-1], 1]
        return weights if self.floor is None and self.cap is None else self._bounded(weights)

    def words(self, names: Mapping[str, str], /) -> Sentence:
        """The rule in words."""
        said = self.own_words(names)
        values = {"rule": said, "floor": f"{self.floor:f}" if self.floor is not None else ""}
        values["cap"] = f"{self.cap:f}" if self.cap is not None else ""
        if bounds := _BOUNDS.get((self.floor is not None, self.cap is not None)):
            said = Sentence(bounds, values)
        if self.rounding == LARGEST_REMAINDER:
            return said
        return Sentence("%(rule)s, %(rounding)s", {"rule": said, "rounding": Sentence(ROUNDINGS[self.rounding])})

    def with_settings(self, settings: Mapping[str, Any]) -> Self:
        """The rule with `rounding`, `floor` and `cap` as JSON has them. Raises BadRule."""
        rounding = settings.get("rounding", LARGEST_REMAINDER)
        if not isinstance(rounding, str) or rounding not in ROUNDINGS:
            raise BadRule("Select how shares are rounded", "rounding")
        floor, cap = (_percentage(settings.get(name), name) for name in ("floor", "cap"))
        if floor is not None and cap is not None and floor > cap:
            raise BadRule("The least share must not be more than the greatest", "floor")
        if self.uses_place and (floor is not None or cap is not None):
            raise BadRule(
                "A rule that goes by place has no least or greatest share", "cap" if floor is None else "floor"
            )
        return replace(self, rounding=rounding, floor=floor, cap=cap)

    def limits(self, members: int) -> tuple[list[int], list[int | None]]:
        """What each of so many members receives at least and at most of PARTS.

        The unallocated place comes last and has no bounds: what no member may take joins what already stood there.
        """
        cap = _parts(self.cap) if self.cap is not None else None
        return [_parts(self.floor or Decimal(0))] * members + [0], [cap] * members + [None]

    def _bounded(self, weights: list[int]) -> list[int]:
        from commonpurse.calc.bounds import within_bounds  # Most rules have no bounds.

        floors, caps = self.limits(len(weights) - 1)
        *parts, unallocated, excess = within_bounds(
            PARTS, weights, floors=floors, caps=caps, shortfall=SHORTFALL
        ).amounts
        return [*parts, unallocated + excess]


_BOUNDS = {
    (True, False): message("%(rule)s, but no body receives less than %(floor)s%% of a total"),
    (False, True): message("%(rule)s, but no body receives more than %(cap)s%% of a total"),
    (True, True): message("%(rule)s, but no body receives less than %(floor)s%% or more than %(cap)s%% of a total"),
}


def percent_in_millionths(text: object, field: str) -> int:
    """A percentage as decimal text or Decimal, in millionths of a percent. Raises BadRule."""
    if not isinstance(text, str | Decimal):
        raise BadRule("Enter each percentage as a number, like 41.7", field)
    try:
        millionths = to_smallest(text, MOST_DECIMALS)
    except ValueError as error:
        raise BadRule(
            "Enter each percentage as a number with no more than %(decimals)s decimal places, like 41.7",
            field,
            decimals=MOST_DECIMALS,
        ) from error
    if millionths < 0:
        raise BadRule("A percentage must be 0 or more", field)
    return millionths


def shortest_percent(millionths: int) -> Decimal:
    """A percentage without idle zeros."""
    decimals = MOST_DECIMALS
    while decimals and millionths % 10 == 0:
        millionths, decimals = millionths // 10, decimals - 1
    return from_smallest(millionths, decimals)


def only(spec: Mapping[str, Any], *known: str) -> None:
    """Refuse a spec that holds anything else. Raises BadRule."""
    for field_name in spec:
        if field_name not in known:
            raise BadRule("%(unknown)s is not part of this rule", str(field_name), unknown=str(field_name))


def _percentage(text: object, field: str) -> Decimal | None:
    if text is None:
        return None
    millionths = percent_in_millionths(text, field)
    if millionths > WHOLE_PERCENT:
        raise BadRule("A percentage must be 100 or less", field)
    return shortest_percent(millionths)


def _parts(percent: Decimal) -> int:
    return to_smallest(percent, MOST_DECIMALS) * (PARTS // WHOLE_PERCENT)
