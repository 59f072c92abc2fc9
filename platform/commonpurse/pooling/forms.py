"""Forms of pooling: needs, budgets, files, savings."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from wtforms import Field, IntegerField, RadioField, SelectField, SubmitField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from commonpurse.calc.units import UNITS
from commonpurse.core.tabular import Limits
from commonpurse.pooling.rules.fields import LONGEST_DESCRIPTION, LONGEST_SOURCE
from commonpurse.web.fields import AtLeast, Choice, DatePartsField, ExactField, Needed, PoundsField, TextField
from commonpurse.web.form import Form

FILE_MEGABYTES = Limits().file_bytes // 1_000_000
"""What `core.tabular` reads; the pages say it."""

TABLES = ".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_REASON = 1_000


class NeedForm(Form):
    """One requirement line."""

    description = TextField(
        _l("What is needed"),
        [
            Needed(_l("Enter what is needed")),
            Length(max=LONGEST_DESCRIPTION, message=_l("The description must be 500 characters or fewer")),
        ],
        render_kw={"hint": _l("In words that a supplier understands, such as A4 recycled copier paper, 80 gsm")},
    )
    category_code = TextField(
        _l("Category"),
        [Needed(_l("Enter a category of the Common Procurement Vocabulary"))],
        render_kw={"hint": _l("Type a word to search, or eight digits such as 30197642")},
    )
    quantity = ExactField(
        _l("Quantity"),
        [Needed(_l("Enter a quantity")), AtLeast(0, _l("The quantity must be more than zero"), above=True)],
        render_kw={"width": 10},
    )
    unit = SelectField(
        _l("Unit"),
        [Needed(_l("Select a unit"))],
        choices=[Choice("", _l("Select a unit")), *(Choice(unit.code, unit.code) for unit in UNITS)],
    )
    place_gss = TextField(
        _l("Where it is delivered"),
        [Needed(_l("Enter the area it is delivered to"))],
        render_kw={"hint": _l("Type the name of a council area, or its GSS code such as E08000037")},
    )
    needed_from = DatePartsField(
        _l("First day it is needed"),
        [Needed(_l("Enter the first day it is needed"))],
        called=_l("first day it is needed"),
        render_kw={"hint": _l("For example, 1 4 2027")},
    )
    needed_until = DatePartsField(
        _l("Last day it is needed"),
        [Needed(_l("Enter the last day it is needed"))],
        called=_l("last day it is needed"),
        render_kw={"hint": _l("For example, 31 3 2029")},
    )
    submit = SubmitField(_l("Save"))


class EditNeedForm(NeedForm):
    """One requirement line as the person saw it."""

    seen_version = IntegerField(widget=HiddenInput())


class RemoveNeedForm(Form):
    """Taking a line away, with the reason."""

    reason = TextField(
        _l("Why your organisation no longer needs this"),
        [
            Needed(_l("Enter why your organisation no longer needs this")),
            Length(max=LONGEST_REASON, message=_l("The reason must be 1,000 characters or fewer")),
        ],
    )
    seen_version = IntegerField(widget=HiddenInput())
    submit = SubmitField(_l("Remove this line"), render_kw={"button_class": "govuk-button--warning"})


class BudgetForm(Form):
    """Money of one's own body for one financial year; the page fills in the years."""

    financial_year = SelectField(_l("Financial year"), [Needed(_l("Select a financial year"))], coerce=int)
    amount_pence = PoundsField(
        _l("Amount"),
        [Needed(_l("Enter an amount")), AtLeast(0, _l("The amount must be more than £0"), above=True)],
        render_kw={"hint": _l("In pounds, without VAT")},
    )
    commitment_level = RadioField(
        _l("How firm it is"),
        [Needed(_l("Select how firm the money is"))],
        choices=[
            Choice("indicative", _l("Indicative")),
            Choice("committed", _l("Committed")),
            Choice("guaranteed_minimum", _l("Guaranteed minimum")),
        ],
        render_kw={
            "hints": {
                "indicative": _l("A plan that binds nobody. It does not count towards your organisation’s weight"),
                "committed": _l("Your organisation will bring this money. An approver must agree"),
                "guaranteed_minimum": _l("A supplier may rely on at least this much. An approver must agree"),
            }
        },
    )
    source = TextField(
        _l("Budget it comes from"),
        [
            Needed(_l("Enter the budget the money comes from")),
            Length(max=LONGEST_SOURCE, message=_l("The budget must be 200 characters or fewer")),
        ],
        render_kw={"hint": _l("Such as Highways revenue budget")},
    )
    submit = SubmitField(_l("Save"))


class EditBudgetForm(BudgetForm):
    """Money as the person saw it."""

    seen_version = IntegerField(widget=HiddenInput())


class RemoveBudgetForm(Form):
    """Taking money away that nobody approved, with the reason."""

    reason = TextField(
        _l("Why your organisation takes this money away"),
        [
            Needed(_l("Enter why your organisation takes this money away")),
            Length(max=LONGEST_REASON, message=_l("The reason must be 1,000 characters or fewer")),
        ],
    )
    seen_version = IntegerField(widget=HiddenInput())
    submit = SubmitField(_l("Remove this money"), render_kw={"button_class": "govuk-button--warning"})


class ApproveBudgetForm(Form):
    """A second person's answer to money."""

    answer = RadioField(
        _l("Do you stand by this money?"),
        [Needed(_l("Select whether you approve or refuse"))],
        choices=[Choice("approve", _l("Yes, I approve it")), Choice("refuse", _l("No, I refuse it"))],
    )
    reason = TextAreaField(
        _l("Why you refuse it"),
        [Length(max=LONGEST_REASON, message=_l("The reason must be 1,000 characters or fewer"))],
        render_kw={"rows": 3},
    )
    seen_version = IntegerField(widget=HiddenInput())
    submit = SubmitField(_l("Send your answer"))


class UploadForm(Form):
    """A file of lines."""

    file = FileField(
        _l("Choose a CSV file or an Excel workbook (.xlsx)"),
        [Needed(_l("Choose a file"))],
        render_kw={"accept": TABLES, "hint": _l("Smaller than %(limit)s MB", limit=FILE_MEGABYTES)},
    )
    submit = SubmitField(_l("Check the file"))


class AnswerUploadForm(Form):
    """The button below a checked file."""

    seen_version = IntegerField(widget=HiddenInput())


class UploadSpendingForm(Form):
    """Published spending files, one or several."""

    file = MultipleFileField(
        _l("Choose CSV files or Excel workbooks (.xlsx)"),
        [Needed(_l("Choose one file or more"))],
        render_kw={
            "accept": TABLES,
            "hint": _l("Each smaller than %(limit)s MB, and 25 MB together", limit=FILE_MEGABYTES),
        },
    )
    submit = SubmitField(_l("Read the files"))


SAVINGS_RULES = [
    Choice("", _l("No rule")),
    Choice("equal_price", _l("Equal price")),
    Choice("in_proportion", _l("In proportion to quantity")),
    Choice("equal_gains", _l("Equal gains")),
    Choice("proportional_gains", _l("Proportional savings")),
    Choice("separable", _l("Separable costs, remaining benefits")),
    Choice("shapley", _l("Shapley value")),
    Choice("nucleolus", _l("Nucleolus (up to 10 bodies)")),
]
PRICES = 6
"""Price breaks that can be typed; the first holds from the first unit on."""
MOST_BUYERS = 60


class PriceField(ExactField):
    """Pounds for one unit, with up to six decimals; a pound sign may be typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the price exactly. Raises ValueError with the field's sentence."""
        if not valuelist:
            return
        try:
            super().process_formdata([valuelist[0].replace("£", "", 1)])
        finally:
            self.typed = valuelist[0].strip()


def _price(number: int) -> PriceField:
    name = _l("price %(number)s", number=number) if number > 1 else _l("the price of one unit")
    return PriceField(
        _l("Price %(number)s: pounds for each unit", number=number) if number > 1 else _l("Price of one unit"),
        [AtLeast(0, _l("Enter more than £0 for %(price)s", price=name), above=True)],
        unreadable=_l("Enter %(price)s in pounds with up to 6 decimals, such as 1.25 or 0.083125", price=name),
        too_large=_l("Enter a smaller number of pounds for %(price)s", price=name),
        render_kw={"prefix": "£", "width": 10, "autocomplete": "off"},
    )


def _start(number: int) -> ExactField:
    return ExactField(
        _l("Price %(number)s: from a joint quantity of", number=number),
        [AtLeast(0, _l("Enter a quantity above 0 for price %(number)s", number=number), above=True)],
        unreadable=_l("Enter the quantity for price %(number)s as a number, such as 120 or 37.5", number=number),
        too_large=_l("Enter a smaller quantity for price %(number)s", number=number),
        render_kw={"autocomplete": "off"},
    )


def _rule(number: int, first: str) -> SelectField:
    label = _l("Rule %(number)s", number=number)
    return SelectField(label, choices=SAVINGS_RULES, validate_choice=False, default=first)


class SavingsForm(Form):
    """What the savings of buying together are worked out from; it stands in the address of the page.

    `savings_form` adds a field for each body's quantity.
    """

    class Meta(Form.Meta):
        """Nothing is changed by it, so it needs no token."""

        csrf = False

    unit = TextField(
        _l("Unit"),
        [Length(max=40, message=_l("The unit must be 40 characters or fewer"))],
        render_kw={"hint": _l("In words, such as box or kWh"), "width": 10, "autocomplete": "off"},
    )
    p1 = _price(1)
    s2, p2 = _start(2), _price(2)
    s3, p3 = _start(3), _price(3)
    s4, p4 = _start(4), _price(4)
    s5, p5 = _start(5), _price(5)
    s6, p6 = _start(6), _price(6)
    fixed = PoundsField(
        _l("Cost of running one procurement"),
        [AtLeast(0, _l("The cost of running one procurement must be £0 or more"))],
        unreadable=_l("Enter the cost of running one procurement in pounds, such as 2,500"),
        render_kw={
            "hint": _l("Optional: paid once by each group that buys on its own, and once by all together"),
            "autocomplete": "off",
        },
    )
    a = _rule(1, "equal_price")
    b = _rule(2, "proportional_gains")
    c = _rule(3, "shapley")
    d = _rule(4, "")
    body = SelectField(_l("If this body left, or needed 10% less or more"), choices=[], validate_choice=False)

    def __iter__(self) -> Iterator[Field]:
        """In the order of the page, in which its faults are listed."""
        quantities = self.quantities
        first, *others = (field for field in super().__iter__() if field not in quantities)
        return iter([first, *quantities, *others])

    @property
    def steps(self) -> list[tuple[Field, Field]]:
        """From which quantity, and the price, after the first one."""
        return [(self[f"s{number}"], self[f"p{number}"]) for number in range(2, PRICES + 1)]

    @property
    def quantities(self) -> list[Field]:
        """The bodies' quantities, in roster order."""
        return [field for name, field in self._fields.items() if name.startswith("q")]

    @property
    def rules(self) -> dict[str, int]:
        """The rules that were chosen, each with the number under which it was chosen first."""
        known = {choice.value for choice in SAVINGS_RULES if choice.value}
        chosen: dict[str, int] = {}
        for number, letter in enumerate("abcd", 1):
            if self[letter].data in known:
                chosen.setdefault(self[letter].data, number)
        return chosen

    @property
    def prices(self) -> list[tuple[Decimal, Decimal]]:
        """From which quantity on which price is paid, rising, of a form without a fault."""
        typed = [(start.data, price.data) for start, price in self.steps if start.data is not None]
        return [(Decimal(0), self.p1.data), *sorted(typed)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every field is right, and all of them together."""
        fine = super().validate(extra_validators)
        faults = list(self._faults())
        for field, sentence in faults:
            field.errors = [*field.errors, str(sentence)]
        return bool(fine and not faults)

    def _faults(self) -> Iterator[tuple[Field, Any]]:
        if self.p1.data is None and not self.p1.errors:
            yield self.p1, _l("Enter the price of one unit")
        seen: set[Decimal] = set()
        for number, (start, price) in enumerate(self.steps, 2):
            if start.errors or price.errors:
                continue
            if start.data is None and price.data is not None:
                yield start, _l("Enter the quantity from which price %(number)s is paid", number=number)
            elif start.data is not None and price.data is None:
                yield price, _l("Enter price %(number)s, or clear its quantity", number=number)
            elif start.data in seen:
                yield start, _l("Price %(number)s begins at the same quantity as another price", number=number)
            elif start.data is not None:
                seen.add(start.data)
        typed = [field for field in self.quantities if field.data]
        if not any(field.errors for field in self.quantities) and len(typed) < 2:
            yield self.quantities[0], _l("Enter the quantities of two bodies or more")
        if len(typed) > MOST_BUYERS:
            yield typed[-1], _l("Enter the quantities of 60 bodies or fewer")


def savings_form(bodies: Sequence[tuple[int, str]]) -> type[SavingsForm]:
    """The form for these bodies, by their place in the roster: `q0` is the quantity of the first."""
    fields = {
        f"q{position}": ExactField(
            name,
            [AtLeast(0, _l("The quantity of %(body)s must be 0 or more", body=name))],
            unreadable=_l("Enter the quantity of %(body)s as a number, such as 120 or 37.5", body=name),
            too_large=_l("Enter a smaller quantity for %(body)s", body=name),
            render_kw={"autocomplete": "off", "label_class": ""},
        )
        for position, name in bodies
    }
    return type("SavingsFormOfBodies", (SavingsForm,), fields)
