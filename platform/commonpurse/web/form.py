"""Forms: the shape of input, the same for a page and for a socket message."""

from collections.abc import Mapping
from typing import Any, Self

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, SubmitField
from wtforms.fields.simple import FileField

from commonpurse.core.errors import DomainError, Refused
from commonpurse.web.words import say

__all__ = ["Form", "say"]


class Form(FlaskForm):  # type: ignore[misc]
    """Field names are the arguments of the command the form is for."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How forms read what was sent."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Leave out NUL, which no keyboard types and PostgreSQL cannot store."""
            sent = super().wrap_formdata(form, formdata)
            if sent is None or not any("\0" in text for _, text in _texts(sent)):
                return sent
            return MultiDict((name, text.replace("\0", "")) for name, text in _texts(sent))

    def values(self) -> dict[str, Any]:
        """What the command takes: every field but buttons, files and the CSRF token."""
        left_out = (SubmitField, FileField)
        return {
            name: field.data
            for name, field in self._fields.items()
            if name != "csrf_token" and not isinstance(field, left_out)
        }

    def show(self, error: DomainError) -> None:
        """Put a refusal beside the field it names, or at the head of the form."""
        message = say(error)
        field: Field | None = self._fields.get(error.field) if error.field else None
        if field is None:
            self.form_errors: list[str] = [*list(self.form_errors), message]
        else:
            field.errors = [*field.errors, message]

    @classmethod
    def accept(cls, payload: object, **options: Any) -> dict[str, Any]:
        """The values of a socket message. Raises Refused with the first fault and its field.

        The connection's own check stands in for the CSRF token.
        """
        if not isinstance(payload, Mapping):
            raise Refused("The message could not be read")
        typed = MultiDict((str(key), _as_typed(value)) for key, value in payload.items() if value is not None)
        form: Self = cls(formdata=typed, meta={"csrf": False}, **options)
        if form.validate():
            return form.values()
        for name, errors in form.errors.items():
            raise Refused(str(errors[0]), field=name or None)
        raise Refused("The message could not be read")


def _texts(sent: MultiDict[str, Any]) -> list[tuple[str, str]]:
    return [(name, text) for name, text in sent.items(multi=True) if isinstance(text, str)]


def _as_typed(value: object) -> str:
    if isinstance(value, bool):
        return "y" if value else ""
    return str(value)
