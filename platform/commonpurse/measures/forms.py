"""Forms about measures."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectMultipleField, SubmitField
from wtforms.validators import Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from commonpurse.web.fields import AtLeast, Choice, DatePartsField, Needed, PoundsField, TextField
from commonpurse.web.form import Form

BUYER_KINDS = (
    Choice("local_authority", _l("Local authority")),
    Choice("nhs_body", _l("NHS body")),
    Choice("university", _l("University")),
    Choice("school_trust", _l("School trust")),
    Choice("housing_association", _l("Housing association")),
    Choice("central_government", _l("Central government")),
    Choice("police_or_fire", _l("Police or fire")),
    Choice("other", _l("Another public body")),
)


class DecimalsField(IntegerField):
    """A number of decimal places, whose refusal is in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number. Raises ValueError for what is none."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Decimal places must be a whole number, such as 2")) from error


class AddMeasureForm(Form):
    """A measure of one's own organisation."""

    code = TextField(
        _l("Code"),
        [Needed(_l("Enter a code")), Length(max=20, message=_l("The code must be 20 characters or fewer"))],
        render_kw={"hint": _l("Such as LOCAL-1"), "width": 10},
    )
    title = TextField(
        _l("What is counted"),
        [
            Needed(_l("Enter what is counted")),
            Length(max=200, message=_l("What is counted must be 200 characters or fewer")),
        ],
    )
    unit = TextField(
        _l("Unit"),
        [Needed(_l("Enter the unit")), Length(max=40, message=_l("The unit must be 40 characters or fewer"))],
        render_kw={"hint": _l("Such as people, hours or tonnes"), "width": 10},
    )
    decimals = DecimalsField(
        _l("Decimal places of the smallest unit that is shared out"),
        [
            Needed(_l("Enter the number of decimal places")),
            NumberRange(0, 6, _l("Decimal places must be between 0 and 6")),
        ],
        default=2,
        render_kw={
            "hint": _l("2 means hundredths, so that several bodies can each have a share of one person"),
            "width": 2,
        },
    )
    counts = RadioField(
        _l("What one claim stands for"),
        [Needed(_l("Select what one claim stands for"))],
        choices=[
            Choice("beneficiary", _l("A person, known by a pseudonym")),
            Choice("asset", _l("A thing, such as a site, a vehicle or an invoice")),
        ],
    )
    submit = SubmitField(_l("Add measure"))


class ChooseModelForm(Form):
    """Which Social Value Model applies; asked by GET, so that the answer can be linked to."""

    class Meta:
        """No token: nothing is changed."""

        csrf = False

    buyer_kinds = SelectMultipleField(
        _l("Who buys"),
        [Needed(_l("Select at least one kind of buyer"))],
        choices=list(BUYER_KINDS),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        render_kw={"hint": _l("Select the kind of every body in the consortium")},
    )
    commenced_on = DatePartsField(
        _l("When does the procurement commence?"),
        [Needed(_l("Enter the date the tender notice is published"))],
        render_kw={"hint": _l("The date the tender notice is published, for example 27 3 2027")},
    )
    value_inc_vat_pence = PoundsField(
        _l("Estimated value including VAT and extensions"),
        [
            Needed(_l("Enter the estimated value")),
            AtLeast(0, _l("The estimated value must be more than £0"), above=True),
        ],
        render_kw={"prefix": "£", "width": 10},
    )
    submit = SubmitField(_l("Show the model"))
