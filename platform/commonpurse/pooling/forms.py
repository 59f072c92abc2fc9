"""Forms of pooling: needs, budgets, files."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from wtforms import IntegerField, RadioField, SelectField, SubmitField, TextAreaField
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
