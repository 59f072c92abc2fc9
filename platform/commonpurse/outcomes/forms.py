"""Forms of the ledger and of the laboratory."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectField, SubmitField, TextAreaField
from wtforms.validators import Length

from commonpurse.calc.allocation import BadRule, Rule, parse_rule
from commonpurse.calc.allocation_rules import RecordedWeights
from commonpurse.calc.allocation_rules.recorded import basis_of, name_of
from commonpurse.calc.apportion import largest_remainder
from commonpurse.web.fields import CheckboxesField, Choice, ExactField, Needed, SeenField, TextField
from commonpurse.web.form import Form, say


class IssueForm(Form):
    """The button that splits everything that was verified."""

    submit = SubmitField(_l("Split verified outcomes"))


class KeepBooksForm(Form):
    """The kinds of area of which a book is begun; the page fills in those it offers."""

    tiers = CheckboxesField(
        _l("Begin books of areas"),
        [Needed(_l("Select at least one kind of area"))],
        choices=[],
    )
    submit = SubmitField(_l("Begin these books"))


class IssueStatementsForm(Form):
    """The quarter whose statements are issued, and why earlier ones are issued again."""

    until = HiddenField()
    reason = TextAreaField(
        _l("Why statements are issued again"),
        [Length(max=2000, message=_l("Enter 2,000 characters or fewer"))],
        render_kw={"rows": 3, "hint": _l("Printed on each new edition")},
    )
    submit = SubmitField(_l("Issue statements"))

    def values(self) -> dict[str, Any]:
        """The command's arguments; a field that the page left out is empty."""
        return {name: value or "" for name, value in super().values().items()}


class CorrectOutcomeForm(Form):
    """The right figures of a record, and why the first ones were wrong."""

    quantity = ExactField(
        _l("Quantity delivered"),
        [Needed(_l("Enter the quantity delivered"))],
        render_kw={"hint": _l("In the unit of the measure")},
    )
    quarter_starting = SelectField(_l("Quarter"), [Needed(_l("Select a quarter"))], choices=[])
    place = TextField(
        _l("Where it was delivered"),
        [Needed(_l("Enter the name or the GSS code of an area, such as Gateshead or E08000037"))],
    )
    reason = TextAreaField(
        _l("Why the record is corrected"),
        [
            Needed(_l("Enter why the record is corrected")),
            Length(max=2000, message=_l("Enter 2,000 characters or fewer")),
        ],
        render_kw={"rows": 3},
    )
    seen_version = SeenField()
    submit = SubmitField(_l("Correct the record"))


class ReopenOutcomeForm(Form):
    """Why a verified record is sent back."""

    reason = TextAreaField(
        _l("Why the record is sent back"),
        [
            Needed(_l("Enter why the record is sent back")),
            Length(max=2000, message=_l("Enter 2,000 characters or fewer")),
        ],
        render_kw={"rows": 3},
    )
    seen_version = SeenField()
    submit = SubmitField(_l("Send the record back"))


LAB_KINDS = [
    Choice("", _l("No rule")),
    Choice("today", _l("Today's rule")),
    Choice("equal", _l("Equal shares")),
    Choice("committed_budget", _l("Committed budget")),
    Choice("required_quantity", _l("Required quantity")),
    Choice("population", _l("Population")),
    Choice("need", _l("Population and deprivation")),
    Choice("place_then_budget", _l("Place of delivery, then committed budget")),
    Choice("tiers", _l("Tiers of place")),
    Choice("hybrid", _l("A mixture")),
]
LAB_ROUNDINGS = [
    Choice("largest_remainder", _l("Largest remainders")),
    Choice("sainte_lague", _l("Sainte-Laguë")),
    Choice("dhondt", _l("D'Hondt")),
    Choice("adams", _l("Adams")),
    Choice("huntington_hill", _l("Huntington-Hill")),
    Choice("staircase", _l("Cumulative shares")),
    Choice("credit", _l("Whole units with a credit")),
]
LAB_LEGS = {
    "equal": _l("Equal shares"),
    "committed_budget": _l("Committed budget"),
    "required_quantity": _l("Required quantity"),
    "population": _l("Population"),
    "need": _l("Population and deprivation"),
}
LAB_TIERS = {
    "district": _l("District"),
    "county": _l("County"),
    "combined_authority": _l("Combined authority"),
}
WHOLE = 100
WEIGHTS_AFTER = "need"
"""The kind in `LAB_KINDS` that weights of the consortium's own stand behind."""
_SLIDER = {"width": 3, "inputmode": "decimal", "label_class": "", "data-slider": "", "autocomplete": "off"}


class OwnWeights(NamedTuple):
    """Weights that bodies agreed or offered: a key that can be part of an id, the name of their basis, and words."""

    key: str
    name: str
    label: str


class LabRuleForm(Form):
    """One of the rules that are held beside each other; it stands in the address of the page.

    `lab_rule_form` adds the weights of a consortium's own.
    """

    class Meta(Form.Meta):
        """Nothing is changed by it, so it needs no token."""

        csrf = False

    kind = SelectField(_l("Rule"), choices=LAB_KINDS, validate_choice=False, default="")
    rounding = SelectField(_l("Rounding"), choices=LAB_ROUNDINGS, validate_choice=False, default="largest_remainder")
    floor = TextField(_l("Least share of a body"), render_kw={**_SLIDER, "suffix": "%"})
    cap = TextField(_l("Greatest share of a body"), render_kw={**_SLIDER, "suffix": "%"})
    leg_equal = TextField(LAB_LEGS["equal"], render_kw=_SLIDER)
    leg_committed_budget = TextField(LAB_LEGS["committed_budget"], render_kw=_SLIDER)
    leg_required_quantity = TextField(LAB_LEGS["required_quantity"], render_kw=_SLIDER)
    leg_population = TextField(LAB_LEGS["population"], render_kw=_SLIDER)
    leg_need = TextField(LAB_LEGS["need"], render_kw=_SLIDER)
    tier_district = TextField(LAB_TIERS["district"], render_kw=_SLIDER)
    tier_county = TextField(LAB_TIERS["county"], render_kw=_SLIDER)
    tier_combined_authority = TextField(LAB_TIERS["combined_authority"], render_kw=_SLIDER)

    own_weights: Sequence[OwnWeights] = ()
    """What can be weighed by besides; a rule by them has the name that `basis_of` gives in place of a kind."""

    def offer_kinds(self, *, today: bool) -> None:
        """Let these kinds be chosen from: `today` says whether there is a rule of today."""
        self.kind.choices = [
            choice for kind in LAB_KINDS if today or kind.value != "today" for choice in (kind, *self._behind(kind))
        ]

    def _behind(self, kind: Choice) -> list[Choice]:
        if kind.value != WEIGHTS_AFTER:
            return []
        return [Choice(basis_of(weights.name), weights.label) for weights in self.own_weights]

    @property
    def legs(self) -> dict[str, Field]:
        """The field of each part of a mixture, by the kind of its rule."""
        own = {basis_of(weights.name): self[f"leg_{weights.key}"] for weights in self.own_weights}
        return {kind: self[f"leg_{kind}"] for kind in LAB_LEGS} | own

    @property
    def shares(self) -> dict[str, Field]:
        """The field of each tier of place."""
        return {tier: self[f"tier_{tier}"] for tier in LAB_TIERS}

    def rule(self, today: Mapping[str, Any] | None, number: int, bodies: int) -> Rule | None:
        """The rule it makes; None where none is chosen, or where it makes none and now says so beside its fields.

        Args:
            number: which of the rules it is, from 1, as what is wrong names it.
            bodies: how many share.
        """
        if not self.kind.data:
            return None
        basis = name_of(self.kind.data)
        if basis is not None and basis not in {weights.name for weights in self.own_weights}:
            why = _l("No weights by %(basis)s are agreed or on the table", basis=basis)
            self._blame(number, self.kind, why, of_all=True)
            return None
        parts = {"hybrid": self.legs, "tiers": self.shares}.get(self.kind.data, {})
        wrong = [field for field in parts.values() if not _is_part(field.data)]
        for field in wrong:
            self._blame(number, field, _l("Enter a whole number from 0 to 100"))
        if wrong:
            return None
        if self.kind.data == "tiers" and not _percents(parts):
            self._blame(number, self.tier_district, _l("Enter a part for at least one tier of place"), of_all=True)
            return None
        try:
            rule = parse_rule(self._spec(today))
        except BadRule as error:
            field = self._fields.get("leg_equal" if error.field == "legs" else error.field, self.kind)
            self._blame(number, field, say(error.sentence), of_all=field not in (self.floor, self.cap))
            return None
        if rule.floor is not None and rule.floor * bodies > WHOLE:
            told = {"floor": f"{rule.floor:f}", "bodies": bodies}
            self._blame(number, self.floor, _l("%(floor)s%% for each of %(bodies)s bodies is more than all", **told))
            return None
        return rule

    def _blame(self, number: int, field: Field, why: Any, *, of_all: bool = False) -> None:
        """Say beside a field what is wrong; its label is told where it is not about all of the rule."""
        if of_all:
            field.errors = [_l("Rule %(number)s: %(why)s", number=number, why=why)]
        else:
            field.errors = [_l("Rule %(number)s, %(field)s: %(why)s", number=number, field=field.label.text, why=why)]

    def _spec(self, today: Mapping[str, Any] | None) -> dict[str, Any]:
        if self.kind.data == "today":
            return dict(today or {})
        spec: dict[str, Any] = {**_plain_spec(self.kind.data), "rounding": self.rounding.data}
        spec |= {bound: self[bound].data for bound in ("floor", "cap") if self[bound].data}
        if self.kind.data == "hybrid":
            spec["legs"] = [{"percent": percent, "rule": _plain_spec(kind)} for kind, percent in _percents(self.legs)]
        if self.kind.data == "tiers":
            spec["shares"] = dict(_percents(self.shares))
        return spec


@lru_cache(maxsize=32)
def lab_rule_form(own_weights: tuple[OwnWeights, ...]) -> type[LabRuleForm]:
    """The form with these weights among the kinds of a rule, and with a part of a mixture for each."""
    if not own_weights:
        return LabRuleForm
    legs = {f"leg_{weights.key}": TextField(weights.label, render_kw=_SLIDER) for weights in own_weights}
    return type("LabRuleForm", (LabRuleForm,), {**legs, "own_weights": own_weights})


def _plain_spec(kind: str) -> dict[str, Any]:
    """The spec of a rule that is only its kind, or the name of a basis."""
    basis = name_of(kind)
    return {"kind": kind} if basis is None else {"kind": RecordedWeights.kind, "basis": basis}


def _percents(fields: Mapping[str, Field]) -> list[tuple[str, str]]:
    """Whole percentages in proportion to the parts that were set, without a part too small for one of them."""
    parts = {name: part for name, field in fields.items() if (part := int(field.data or 0))}
    percents = largest_remainder(WHOLE, list(parts.values())) if parts else ()
    return [(name, str(percent)) for name, percent in zip(parts, percents, strict=True) if percent]


def _is_part(typed: str | None) -> bool:
    """Whether it is a part of a mixture: a whole number up to the whole, or nothing."""
    digits = typed or "0"
    return digits.isascii() and digits.isdigit() and len(digits) < 10 and int(digits) <= WHOLE


class ProposeRuleForm(Form):
    """Puts a rule of the laboratory on the table."""

    allocation = HiddenField(validators=[Needed(_l("The page is too old. Reload it and try again"))])
    seen_number = SeenField()
    idempotency_key = HiddenField(validators=[Length(8, 70, _l("The page is too old. Reload it and try again"))])

    def values(self) -> dict[str, Any]:
        """The command's arguments; what is no rule at all is an empty one, which the command refuses."""
        typed = super().values()
        try:
            spec = json.loads(typed["allocation"])
        except (ValueError, RecursionError):
            spec = {}
        return {**typed, "allocation": spec}


class LabForm(Form):
    """What rules are tried on."""

    class Meta(Form.Meta):
        """Nothing is changed by it, so it needs no token."""

        csrf = False

    measure = SelectField(_l("Measure"), choices=[], validate_choice=False)
    leaver = SelectField(_l("If this body left"), choices=[], validate_choice=False)
