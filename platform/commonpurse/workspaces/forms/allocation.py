"""The form of an offer that says how outcomes are shared: a rule, and what may be set of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as MayBeEmpty

from commonpurse.calc.allocation import BadRule, parse_rule
from commonpurse.calc.allocation_rules import LARGEST_REMAINDER, FixedPercentages, Hybrid, RecordedWeights, Tiers
from commonpurse.web.fields import Choice, Needed, TextField
from commonpurse.web.form import say
from commonpurse.workspaces.forms.acts import NegotiatingForm

KINDS = [
    Choice("equal", _l("Equal shares")),
    Choice("committed_budget", _l("Committed budget")),
    Choice("required_quantity", _l("Required quantity")),
    Choice("population", _l("Population")),
    Choice("need", _l("Population and deprivation")),
    Choice("recorded_weights", _l("Weights you agreed")),
    Choice("fixed_percentages", _l("Fixed percentages")),
    Choice("place_then_budget", _l("Place of delivery, then committed budget")),
    Choice("tiers", _l("Tiers of place")),
    Choice("hybrid", _l("A mixture")),
]
HINTS = {
    "equal": _l("Every body receives the same."),
    "committed_budget": _l("In proportion to the budget each body has committed."),
    "required_quantity": _l("In proportion to the quantity each body requires."),
    "population": _l("In proportion to the number of people who live in each body's area."),
    "need": _l("In proportion to the people who live in each body's area, weighted by its deprivation score."),
    "recorded_weights": _l("In proportion to numbers that you agreed here, those in force in each quarter."),
    "fixed_percentages": _l("By percentages you write here, which must make exactly 100."),
    "place_then_budget": _l(
        "To the body whose area holds the place of delivery; where no body's area does, "
        "in proportion to the budget each body has committed."
    ),
    "tiers": _l(
        "So many percent to the body whose district holds the place of delivery, so many to its county and its "
        "combined authority. A tier at which no body holds the place stays unallocated."
    ),
    "hybrid": _l("So many percent of every total by one of these, so many by another."),
}
ROUNDINGS = [
    Choice("largest_remainder", _l("Largest remainders: each body has its exact share, rounded down or up")),
    Choice("sainte_lague", _l("Sainte-Laguë: when more is delivered, nobody receives less")),
    Choice("dhondt", _l("D'Hondt: the same, kinder to large bodies")),
    Choice("adams", _l("Adams: the same, kinder to small bodies")),
    Choice("huntington_hill", _l("Huntington-Hill: the same, between the two")),
    Choice("staircase", _l("Cumulative shares, along the order of the bodies")),
    Choice("credit", _l("Whole units with a credit: what a body is owed waits for the next share")),
]
LEGS = ("equal", "committed_budget", "required_quantity", "population", "need", "recorded_weights")
"""What a mixture can be made of here."""

TIERS = ("district", "county", "combined_authority")
"""The tiers that a body can hold."""

_FORGOTTEN = {
    FixedPercentages.kind: _l("You entered fixed percentages. Select ‘Fixed percentages’, or clear them"),
    Hybrid.kind: _l("You entered a mixture. Select ‘A mixture’, or clear its percentages"),
    Tiers.kind: _l("You entered tiers of place. Select ‘Tiers of place’, or clear their percentages"),
}
_PERCENT = {"width": 5, "suffix": "%", "inputmode": "decimal", "label_class": ""}


class AllocationOfferForm(NegotiatingForm):
    """Propose or counter a rule for sharing outcomes; `allocation_form` adds a percentage for each body."""

    kind = RadioField(
        _l("How outcomes are shared"),
        [InputRequired(_l("Select how outcomes are shared"))],
        choices=KINDS,
        render_kw={"hints": HINTS},
    )
    basis = SelectField(
        _l("Which weights"),
        validate_choice=False,
        render_kw={"hint": _l("For ‘Weights you agreed’, alone or in a mixture."), "class": "cp-long-select"},
    )
    leg_equal = TextField(_l("In equal shares"), [MayBeEmpty()], render_kw=_PERCENT)
    leg_committed_budget = TextField(_l("By committed budget"), [MayBeEmpty()], render_kw=_PERCENT)
    leg_required_quantity = TextField(_l("By required quantity"), [MayBeEmpty()], render_kw=_PERCENT)
    leg_population = TextField(_l("By population"), [MayBeEmpty()], render_kw=_PERCENT)
    leg_need = TextField(_l("By population and deprivation"), [MayBeEmpty()], render_kw=_PERCENT)
    leg_recorded_weights = TextField(_l("By the weights selected above"), [MayBeEmpty()], render_kw=_PERCENT)
    tier_district = TextField(_l("To the district"), [MayBeEmpty()], render_kw=_PERCENT)
    tier_county = TextField(_l("To the county"), [MayBeEmpty()], render_kw=_PERCENT)
    tier_combined_authority = TextField(_l("To the combined authority"), [MayBeEmpty()], render_kw=_PERCENT)
    rounding = SelectField(
        _l("How shares become whole units"),
        [Needed(_l("Select how shares become whole units"))],
        choices=ROUNDINGS,
        default=LARGEST_REMAINDER,
        render_kw={"class": "cp-long-select"},
    )
    floor = TextField(
        _l("Least share of a body (optional)"),
        [MayBeEmpty()],
        render_kw={**_PERCENT, "hint": _l("Of every total, such as 5%.")},
    )
    cap = TextField(
        _l("Greatest share of a body (optional)"),
        [MayBeEmpty()],
        render_kw={**_PERCENT, "hint": _l("What no body may take stays unallocated.")},
    )
    rationale = TextAreaField(
        _l("Why (optional)"),
        [Length(max=2000, message=_l("The reason must be 2,000 characters or fewer"))],
        default="",
        render_kw={"rows": 3},
    )
    submit = SubmitField(_l("Make this offer"))

    bases: tuple[str, ...] = ()
    """The names of the recorded bases there are; where there are none, no rule can go by any."""

    @property
    def percentages(self) -> dict[str, Field]:
        """The field of each body, by the body's key."""
        fields = {name: field for name, field in self._fields.items() if name.startswith("percentage_")}
        return {str(UUID(name.removeprefix("percentage_"))): field for name, field in fields.items()}

    @property
    def legs(self) -> dict[str, Field]:
        """The field of each part of a mixture, by the kind of its rule."""
        return {kind: self[f"leg_{kind}"] for kind in LEGS if self.bases or kind != RecordedWeights.kind}

    @property
    def shares(self) -> dict[str, Field]:
        """The field of each tier of place."""
        return {tier: self[f"tier_{tier}"] for tier in TIERS}

    @property
    def settings(self) -> tuple[Field, ...]:
        """What may be set of every rule."""
        return (self.rounding, self.floor, self.cap)

    @property
    def has_settings(self) -> bool:
        """Whether anything of it is not as it is for most consortia, or is wrong."""
        changed = self.rounding.data != LARGEST_REMAINDER or self.floor.data or self.cap.data
        return bool(changed or any(field.errors for field in self.settings))

    def values(self) -> dict[str, Any]:
        """The command's arguments: the kind and what it needs make one `allocation`."""
        values = super().values()
        own = {"kind", "basis", "rounding", "floor", "cap"}
        kept = {
            name: value
            for name, value in values.items()
            if name not in own and not name.startswith(("percentage_", "leg_", "tier_"))
        }
        return {**kept, "allocation": self._spec()}

    def validate(self, extra_validators: Any = None) -> bool:
        """Besides each field, that they make a rule: percentages that make exactly 100, bounds that can be kept."""
        if not super().validate(extra_validators):
            return False
        if self.kind.data == FixedPercentages.kind and not self._all_percentages():
            return False
        parts = ((FixedPercentages.kind, self.percentages), (Hybrid.kind, self.legs), (Tiers.kind, self.shares))
        for kind, fields in parts:
            if kind != self.kind.data and any(field.data for field in fields.values()):
                self.kind.errors = [_FORGOTTEN[kind]]
                return False
        try:
            parse_rule(self._spec())
        except BadRule as error:
            self._field_of(error).errors = [say(error.sentence)]
            return False
        return True

    def fill(self, spec: Mapping[str, Any]) -> None:
        """Show a rule as if somebody had typed it."""
        self.kind.data = spec["kind"]
        self.rounding.data = spec.get("rounding", LARGEST_REMAINDER)
        self.floor.data, self.cap.data = spec.get("floor", ""), spec.get("cap", "")
        self.basis.data = spec.get("basis", self.basis.data)
        for leg in spec.get("legs", ()):
            self.basis.data = leg["rule"].get("basis", self.basis.data)
            if leg["rule"]["kind"] in LEGS:
                self.legs[leg["rule"]["kind"]].data = leg["percent"]
        for tier in self.shares.keys() & spec.get("shares", {}).keys():
            self.shares[tier].data = spec["shares"][tier]
        for body, percent in spec.get("percentages", {}).items():
            if body in self.percentages:
                self.percentages[body].data = percent

    def _all_percentages(self) -> bool:
        empty = [field for field in self.percentages.values() if not field.data]
        for field in empty:
            field.errors = [gettext("Enter a percentage for %(body)s, or 0", body=str(field.label.text))]
        return not empty

    def _field_of(self, error: BadRule) -> Field:
        """Where a fault of the whole rule is shown."""
        by_part = {
            "percentages": self.percentages.values(),
            "legs": self.legs.values(),
            "shares": self.shares.values(),
        }
        if error.field in by_part:
            return next(iter(by_part[error.field]))
        field: Field = self[error.field]
        return field

    def _spec(self) -> dict[str, Any]:
        spec: dict[str, Any] = {"kind": self.kind.data, "rounding": self.rounding.data}
        spec |= {bound: self[bound].data for bound in ("floor", "cap") if self[bound].data}
        if self.kind.data == RecordedWeights.kind:
            spec["basis"] = self.basis.data
        if self.kind.data == FixedPercentages.kind:
            spec["percentages"] = {body: field.data for body, field in self.percentages.items()}
        if self.kind.data == Tiers.kind:
            spec["shares"] = {tier: field.data for tier, field in self.shares.items() if _counts(field)}
        if self.kind.data == Hybrid.kind:
            spec["legs"] = [
                {"percent": field.data, "rule": self._leg(kind)} for kind, field in self.legs.items() if _counts(field)
            ]
        return spec

    def _leg(self, kind: str) -> dict[str, Any]:
        return {"kind": kind, "basis": self.basis.data} if kind == RecordedWeights.kind else {"kind": kind}


def _counts(field: Field) -> bool:
    return bool(field.data) and field.data.strip("0.") != ""


def allocation_form(bodies: Iterable[tuple[UUID, str]], bases: Sequence[str] = ()) -> type[AllocationOfferForm]:
    """The form with a percentage for each of `bodies`, given by key and name, and these recorded bases to choose."""
    fields: dict[str, Any] = {
        f"percentage_{body.hex}": TextField(name, [MayBeEmpty()], render_kw=_PERCENT) for body, name in bodies
    }

    def start(self: AllocationOfferForm, *args: Any, **options: Any) -> None:
        AllocationOfferForm.__init__(self, *args, **options)
        self.basis.choices = [Choice("", _l("Select weights")), *(Choice(name, name) for name in bases)]
        self.kind.choices = [choice for choice in KINDS if bases or choice.value != RecordedWeights.kind]

    return type("AllocationOfferForm", (AllocationOfferForm,), {**fields, "bases": tuple(bases), "__init__": start})
