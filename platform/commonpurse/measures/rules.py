"""Which Social Value Model applies, and how a framework's units are counted. Pure; the rules are data."""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from commonpurse.calc.sentence import Sentence

MANDATORY, OPTIONAL = "mandatory", "optional"


class ModelRuleTerms(Struct, frozen=True):
    """One row of `ModelRule`: whom it binds, when, from which value, and where it is written."""

    framework_version: str
    title: str
    buyer_kinds: frozenset[str]
    commenced_from: date | None
    commenced_until: date | None
    value_from_pence: int | None
    value_below_pence: int | None
    effect: str
    weight_percent: int | None
    quote: str
    source: str
    status: str

    def applies(self, buyer_kind: str, commenced_on: date, value_pence: int) -> bool:
        """Whether the rule covers a procurement; `value_pence` includes VAT."""
        return (
            buyer_kind in self.buyer_kinds
            and (self.commenced_from is None or self.commenced_from <= commenced_on)
            and (self.commenced_until is None or commenced_on <= self.commenced_until)
            and (self.value_from_pence is None or self.value_from_pence <= value_pence)
            and (self.value_below_pence is None or value_pence < self.value_below_pence)
        )


class Selection(Struct, frozen=True):
    """`effect` is mandatory, optional or none; `rules` are the rows that say so."""

    effect: str
    rules: tuple[ModelRuleTerms, ...]
    reason: Sentence


def is_in_force(day: date, starts_on: date | None, ends_on: date | None) -> bool:
    """Whether an edition covers procurements that commence on `day`; empty bounds do not bind."""
    return (starts_on is None or starts_on <= day) and (ends_on is None or day <= ends_on)


def select_model(
    rules: Iterable[ModelRuleTerms], *, buyer_kinds: Sequence[str], commenced_on: date, value_inc_vat_pence: int
) -> Selection:
    """The model for a procurement of one buyer, or of a mixed consortium: the strictest rule among its bodies.

    The date of commencement picks the model, never today's date.

    Args:
        buyer_kinds: kinds of public body of every buyer.
        value_inc_vat_pence: estimated value including VAT and extensions.
    """
    found = [
        rule for rule in rules if any(rule.applies(kind, commenced_on, value_inc_vat_pence) for kind in buyer_kinds)
    ]
    mandatory = tuple(rule for rule in found if rule.effect == MANDATORY)
    if mandatory:
        heaviest = max(rule.weight_percent or 0 for rule in mandatory)
        return Selection(
            MANDATORY,
            tuple(rule for rule in mandatory if (rule.weight_percent or 0) == heaviest),
            Sentence("At least one buyer must apply this model; the others adopt it by agreement", {}),
        )
    if found:
        return Selection(OPTIONAL, tuple(found), Sentence("No buyer must apply a model; these may be adopted", {}))
    return Selection("none", (), Sentence("No model covers a procurement of this kind, date and value", {}))


class Counting(Struct, frozen=True):
    """How a unit is counted: decimals of its smallest unit, and what one claim stands for.

    `comes_whole` says that nobody delivers a part of one, although parts are shared out.
    """

    unit: str
    decimals: int
    counts: str
    comes_whole: bool = False


_COUNTINGS = {
    "count": Counting("opportunities", 2, "beneficiary", comes_whole=True),
    "people": Counting("people", 2, "beneficiary", comes_whole=True),
    "FTE": Counting("FTE", 2, "beneficiary"),
    "hours": Counting("hours", 2, "beneficiary"),
    "person-hours": Counting("person-hours", 2, "beneficiary"),
    "GBP": Counting("GBP", 2, "asset"),
    "tCO2e": Counting("tCO2e", 3, "asset"),
    "tonnes": Counting("tonnes", 3, "asset"),
    "litres": Counting("litres", 0, "asset"),
    "m2": Counting("m2", 0, "asset"),
    "suppliers": Counting("suppliers", 2, "asset", comes_whole=True),
}
_WHOLE = frozenset(how.unit for how in _COUNTINGS.values() if how.comes_whole)


def counting(unit: str) -> Counting | None:
    """How a published unit is counted; None for one that cannot be shared out, such as a percentage.

    Whole people are counted in hundredths, so that several bodies can each have a share of one.
    """
    return _COUNTINGS.get(unit)


def stated_decimals(unit: str, decimals: int) -> int:
    """How finely a quantity may be promised or delivered: people and the like in wholes, all else as it is shared.

    Args:
        decimals: of the smallest unit that is shared out.
    """
    return 0 if unit.casefold() in _WHOLE else decimals


class ValueFamily(Struct, frozen=True):
    """The framework and edition that a unit value belongs to: only values of one family may be added."""

    framework: str
    edition: str


_FAMILIES = (
    ("DESNZ-CARBON2021-", ValueFamily("DESNZ carbon values", "September 2021")),
    ("DESNZ-CARBON-", ValueFamily("DESNZ carbon values", "November 2023")),
    ("HMT-WELLBY-", ValueFamily("HM Treasury wellbeing guidance", "July 2021")),
    ("DHSC-QALY", ValueFamily("DHSC health appraisal", "current")),
    ("DFT-VPF-", ValueFamily("DfT prevented casualties", "2023")),
    ("NLW-", ValueFamily("National Minimum Wage", "")),
    ("NMW-", ValueFamily("National Minimum Wage", "")),
    ("RLW-", ValueFamily("Real Living Wage", "")),
    ("LANDFILL-", ValueFamily("Landfill Tax", "")),
    ("VOL-HOUR-", ValueFamily("Volunteering hour, replacement cost", "")),
)


def value_family(code: str, price_year: int | None) -> ValueFamily:
    """The family of a unit value by its code; yearly rates have their year as edition.

    Raises:
        ValueError: for a code of no known family.
    """
    for prefix, family in _FAMILIES:
        if code.startswith(prefix):
            return family if family.edition else ValueFamily(family.framework, str(price_year or "undated"))
    raise ValueError(f"{code} belongs to no family of unit values")
