"""What people do with an item, but for offering a rule."""

from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import HiddenInput

from commonpurse.core.errors import Refused
from commonpurse.web.fields import Choice, ExactField, Needed, TextField
from commonpurse.web.form import Form

TOO_OLD = _l("The page is too old. Reload it and try again")
MOST_SEQ = 2**31 - 1
"""The greatest number an entry of the log can have; PostgreSQL compares with no larger one."""


class ActForm(Form):
    """What every act carries: a key, so that the same act sent twice is done once."""

    idempotency_key = HiddenField(validators=[InputRequired(TOO_OLD), Length(8, 80, TOO_OLD)])


class NegotiatingForm(ActForm):
    """An act on the offer on the table, whose number the person saw."""

    seen_number = IntegerField(validators=[InputRequired(TOO_OLD)], widget=HiddenInput())


class TargetOfferForm(NegotiatingForm):
    """Propose or counter a target."""

    quantity = ExactField(_l("Your target"), [Needed(_l("Enter a target"))])
    rationale = TextAreaField(
        _l("Why (optional)"),
        [Length(max=2000, message=_l("The reason must be 2,000 characters or fewer"))],
        default="",
        render_kw={"rows": 3},
    )
    submit = SubmitField(_l("Make this offer"))


class PositionForm(NegotiatingForm):
    """Agree, object with a reason, or abstain."""

    answer = RadioField(
        validators=[InputRequired(_l("Select whether you agree, object or abstain"))],
        choices=[Choice("agree", _l("Agree")), Choice("object", _l("Object")), Choice("abstain", _l("Abstain"))],
    )
    reason = TextAreaField(
        _l("Why you object"),
        [Length(max=2000, message=_l("The reason must be 2,000 characters or fewer"))],
        default="",
        render_kw={"rows": 3, "hint": _l("The others see it. Say what you could agree to.")},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Besides each field, that an objection says why."""
        valid = bool(super().validate(extra_validators))
        if self.answer.data == "object" and not (self.reason.data or "").strip():
            self.reason.errors = [gettext("Enter a reason for the objection")]
            return False
        return valid


class CommentForm(ActForm):
    """Say something about an item."""

    text = TextAreaField(
        _l("Your comment"),
        [Needed(_l("Enter a comment")), Length(max=4000, message=_l("The comment must be 4,000 characters or fewer"))],
        render_kw={"rows": 3},
    )


def _measure_key(value: str) -> UUID | None:
    """The key chosen from the list; None for anything that is no key, which the command refuses."""
    try:
        return UUID(value)
    except ValueError:
        return None


class AddItemForm(ActForm):
    """Put something on the agenda."""

    kind = RadioField(
        _l("What do you want to agree?"),
        [InputRequired(_l("Select what you want to agree"))],
        choices=[
            Choice("target", _l("A target for a measure")),
            Choice("allocation_rule", _l("How outcomes are shared")),
            Choice("weights", _l("What each body weighs")),
        ],
        render_kw={
            "hints": {
                "target": _l("How much the supplier should deliver, such as 40 apprenticeship starts."),
                "allocation_rule": _l("How what is delivered is divided among the bodies. Agree it before the award."),
                "weights": _l("Numbers of your own to share by, such as litres called off, headcount or meters."),
            }
        },
    )
    measure_id = SelectField(
        _l("Measure"),
        coerce=_measure_key,
        validate_choice=False,
        render_kw={"hint": _l("For a target only."), "class": "cp-long-select"},
    )
    basis_name = TextField(
        _l("What the weights are by"),
        default="",
        render_kw={"hint": _l("For weights only, such as ‘Litres called off’. The same name makes a new version.")},
    )
    basis_unit = TextField(
        _l("What is counted"),
        default="",
        render_kw={"hint": _l("For weights only, such as litres, people or meters."), "width": 20},
    )
    submit = SubmitField(_l("Put it on the agenda"))

    def values(self) -> dict[str, Any]:
        """Only a target has a measure, and only weights are by something, whatever stands in the other fields."""
        values = super().values()
        if values["kind"] != "target":
            values["measure_id"] = None
        if values["kind"] != "weights":
            values |= {"basis_name": "", "basis_unit": ""}
        return values


class JoinForm(Form):
    """Enter the live room of a consortium, with the number of the last entry the page has."""

    consortium_id = TextField(validators=[InputRequired(TOO_OLD)])
    last_seq = IntegerField(validators=[MayBeEmpty()], default=0)

    def values(self) -> dict[str, Any]:
        """The key and the number; 0 where the page has none."""
        last_seq = min(max(self.last_seq.data or 0, 0), MOST_SEQ)
        return {"consortium_id": read_key(self.consortium_id.data), "last_seq": last_seq}


class ItemForm(Form):
    """Which item a message is about."""

    item_id = TextField(validators=[InputRequired(TOO_OLD)])

    def values(self) -> dict[str, Any]:
        """The key."""
        return {"item_id": read_key(self.item_id.data)}


def read_key(text: str | None) -> UUID:
    """A key as messages carry it. Raises Refused."""
    try:
        return UUID(text or "")
    except ValueError as error:
        raise Refused("The message could not be read") from error
