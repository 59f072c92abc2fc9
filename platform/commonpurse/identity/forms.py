"""What people type about organisations, others and themselves."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from flask import current_app
from flask_babel import gettext, lazy_gettext
from wtforms import (
    EmailField,
    Field,
    PasswordField,
    RadioField,
    SelectField,
    SubmitField,
)
from wtforms.validators import Optional, ValidationError

from commonpurse.identity.rules import addresses, passwords
from commonpurse.identity.rules.identifiers import SCHEMES, Scheme
from commonpurse.web.fields import CheckboxesField, Choice, Needed, SeenField, TextField
from commonpurse.web.form import Form

_l = lazy_gettext

ROLE_WORDS = {
    "organisation_administrator": _l("Administrator"),
    "buyer": _l("Buyer"),
    "approver": _l("Approver"),
    "evaluator": _l("Evaluator"),
    "observer": _l("Observer"),
}
ROLE_HINTS = {
    "organisation_administrator": _l("Invites people, changes their roles, and may sign agreements"),
    "buyer": _l("Enters needs, proposes targets and records awards and deliveries"),
    "approver": _l("Approves budgets and signs for the organisation"),
    "evaluator": _l("Reads everything the organisation may see, and evaluates"),
    "observer": _l("Reads everything the organisation may see"),
}
KIND_WORDS = {
    "public_body": _l("Public body"),
    "supplier": _l("Supplier"),
    "vcfse": _l("Voluntary, community, faith or social enterprise"),
    "bid_body": _l("Business improvement district"),
}
PUBLIC_BODY_WORDS = {
    "local_authority": _l("Local authority"),
    "nhs_body": _l("NHS body"),
    "university": _l("University"),
    "school_trust": _l("School trust"),
    "housing_association": _l("Housing association"),
    "central_government": _l("Central government"),
    "police_or_fire": _l("Police or fire"),
    "other": _l("Other public body"),
}
SCHEME_WORDS = {
    "GB-PPON": _l("Public procurement organisation number (PPON)"),
    "GB-COH": _l("Company number"),
    "GB-CHC": _l("Charity number, England and Wales"),
    "GB-SC": _l("Charity number, Scotland"),
    "GB-NIC": _l("Charity number, Northern Ireland"),
    "GB-NHS": _l("NHS organisation code"),
    "GB-UKPRN": _l("UK provider reference number (UKPRN)"),
    "GSS": _l("GSS code"),
}


def _choices(words: Mapping[str, Any]) -> list[Choice]:
    return [Choice(value, label) for value, label in words.items()]


class EmailAddress:
    """The field must hold an e-mail address that mail can be sent to; whether it exists is not asked."""

    def __call__(self, form: Form, field: Field) -> None:
        """Raises ValidationError."""
        if not addresses.is_email(field.data or ""):
            raise ValidationError(gettext("Enter an email address in the correct format, like name@example.com"))


class NewPasswordForm(Form):
    """A form in which somebody chooses a password; `of` says who, before it is validated."""

    own_words: frozenset[str] = frozenset()

    def of(self, email: str, organisations: Iterable[str]) -> Self:
        """The same form, which now refuses what others would try first for this person."""
        self.own_words = passwords.own_words(email, organisations)
        return self


class NewPassword:
    """The field must hold a password worth having."""

    def __call__(self, form: Form, field: Field) -> None:
        """Raises ValidationError with the reason."""
        listed = current_app.config["BREACHED_PASSWORDS_FILE"]
        own = form.own_words if isinstance(form, NewPasswordForm) else ()
        fault = passwords.fault(field.data or "", own=own, breached=Path(listed) if listed else None)
        if fault is not None:
            raise ValidationError(gettext(fault))


def _trim(typed: str | None) -> str | None:
    return typed.strip() if typed else typed


def _email(label: Any, **options: Any) -> EmailField:
    needed = Needed(_l("Enter an email address"))
    attributes = {"autocomplete": "email", "spellcheck": False}
    return EmailField(label, [needed, EmailAddress()], filters=[_trim], render_kw=attributes, **options)


def _new_password(label: Any) -> PasswordField:
    return PasswordField(
        label,
        [Needed(_l("Enter a password")), NewPassword()],
        description=_l("12 characters or more. Three or four words that do not belong together are easy to keep."),
        render_kw={"autocomplete": "new-password"},
    )


def _current_password() -> PasswordField:
    return PasswordField(
        _l("Current password"),
        [Needed(_l("Enter your current password"))],
        render_kw={"autocomplete": "current-password"},
    )


def _roles() -> CheckboxesField:
    return CheckboxesField(
        _l("What may they do?"),
        [Needed(_l("Select at least one role"))],
        choices=_choices(ROLE_WORDS),
        render_kw={"hints": ROLE_HINTS},
    )


def _label(label: Any) -> TextField:
    return TextField(
        label,
        [Needed(_l("Enter a name or job title"))],
        description=_l("Others see this, for example Sam Bell or Buyer, Gateshead"),
        render_kw={"autocomplete": "name"},
    )


class SignInForm(Form):
    """E-mail address and password."""

    email = _email(_l("Email address"))
    password = PasswordField(
        _l("Password"), [Needed(_l("Enter your password"))], render_kw={"autocomplete": "current-password"}
    )
    submit = SubmitField(_l("Sign in"))


class SecondFactorForm(Form):
    """A code of the app, or a recovery code."""

    code = TextField(
        _l("Code"),
        [Needed(_l("Enter the code from your app, or a recovery code"))],
        render_kw={"autocomplete": "one-time-code", "spellcheck": False, "width": 10},
    )
    submit = SubmitField(_l("Continue"))


class ForgottenPasswordForm(Form):
    """Where to send a link."""

    email = _email(_l("Email address"))
    submit = SubmitField(_l("Send a link"))


class ResetPasswordForm(NewPasswordForm):
    """A new password, with the link as proof."""

    new_password = _new_password(_l("New password"))
    submit = SubmitField(_l("Save the new password"))


class ChangePasswordForm(NewPasswordForm):
    """A new password, with the old as proof."""

    current_password = _current_password()
    new_password = _new_password(_l("New password"))
    submit = SubmitField(_l("Change password"))


class ConfirmPasswordForm(Form):
    """The password once more, before something that matters."""

    current_password = _current_password()
    submit = SubmitField(_l("Continue"))


class NewAccountForm(NewPasswordForm):
    """What an invited person chooses."""

    label = _label(_l("Your name or job title"))
    new_password = _new_password(_l("Choose a password"))
    submit = SubmitField(_l("Accept and sign in"))


class JoinForm(Form):
    """Accepting with the account one has."""

    submit = SubmitField(_l("Accept"))


class InvitePersonForm(Form):
    """Whom to invite, as what."""

    email = _email(_l("Email address"))
    label = _label(_l("Their name or job title"))
    roles = _roles()
    submit = SubmitField(_l("Send the invitation"))


class ChangeRolesForm(Form):
    """The roles of a member."""

    roles = _roles()
    seen_version = SeenField()
    submit = SubmitField(_l("Save roles"))


class EndMembershipForm(Form):
    """That a person no longer works for the organisation."""

    seen_version = SeenField()
    submit = SubmitField(_l("End membership"), render_kw={"button_class": "govuk-button--warning"})


class LooksLike:
    """The field must hold what looks like a number of a public register."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme

    def __call__(self, form: Form, field: Field) -> None:
        """Raises ValidationError."""
        if not self.scheme.accepts(self.scheme.tidy(field.data)):
            raise ValidationError(gettext("The number must look like %(example)s", example=self.scheme.example))


def _number(code: str) -> TextField:
    scheme = SCHEMES[code]
    return TextField(
        SCHEME_WORDS[code],
        [Optional(), LooksLike(scheme)],
        description=_l("For example %(example)s", example=scheme.example),
        render_kw={"width": 20, "spellcheck": False, "autocomplete": "off"},
    )


class RegisterOrganisationForm(Form):
    """An organisation that is not known yet. The fields of numbers are called as their schemes."""

    name = TextField(_l("Name of the organisation"), [Needed(_l("Enter the name of the organisation"))])
    kind = RadioField(
        _l("What is it?"),
        [Needed(_l("Select what the organisation is"))],
        choices=_choices(KIND_WORDS),
    )
    public_body_kind = SelectField(
        _l("Which kind of public body?"),
        choices=_choices({"": _l("Select a kind"), **PUBLIC_BODY_WORDS}),
        filters=[lambda chosen: chosen or None],
        validate_choice=False,
    )
    area_gss = TextField(
        _l("Area"),
        description=_l("Type the name of the place, such as Gateshead. Local authorities must give theirs."),
        render_kw={"width": 20},
    )
    gb_ppon = _number("GB-PPON")
    gb_coh = _number("GB-COH")
    gb_chc = _number("GB-CHC")
    gb_sc = _number("GB-SC")
    gb_nic = _number("GB-NIC")
    gb_nhs = _number("GB-NHS")
    gb_ukprn = _number("GB-UKPRN")
    gss = _number("GSS")
    submit = SubmitField(_l("Register"))

    def validate_public_body_kind(self, field: Field) -> None:
        """A public body says of which kind. Raises ValidationError."""
        if self.kind.data == "public_body" and field.data not in PUBLIC_BODY_WORDS:
            raise ValidationError(gettext("Select the kind of public body"))

    def validate_area_gss(self, field: Field) -> None:
        """A local authority says which area is its own. Raises ValidationError."""
        of_place = self.kind.data == "public_body" and self.public_body_kind.data == "local_authority"
        if of_place and not field.data:
            raise ValidationError(gettext("Enter the area of the local authority"))

    def number_fields(self) -> list[Field]:
        """The fields of public numbers."""
        return [self[scheme.field] for scheme in SCHEMES.values()]

    def values(self) -> dict[str, Any]:
        """What `register_organisation` takes."""
        plain = super().values()
        numbers = {code: plain.pop(scheme.field) or "" for code, scheme in SCHEMES.items()}
        if plain["kind"] != "public_body":
            plain["public_body_kind"] = None
        return {**plain, "identifiers": numbers}


class AddIdentifierForm(Form):
    """The organisation's number in one more public scheme."""

    scheme = SelectField(
        _l("Kind of number"),
        [Needed(_l("Select a kind of number"))],
        choices=_choices({"": _l("Select a kind"), **SCHEME_WORDS}),
    )
    value = TextField(_l("Number"), [Needed(_l("Enter the number"))], render_kw={"width": 20, "spellcheck": False})
    submit = SubmitField(_l("Add number"))
