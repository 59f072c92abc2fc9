"""What happened to organisations and in people's accounts. Never a secret, never an e-mail address."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from msgspec import Struct


class OrganisationRegistered(Struct, frozen=True):
    """An organisation is known to the service."""

    kind: ClassVar[str] = "identity.organisation_registered"
    organisation_id: UUID
    name: str
    organisation_kind: str
    public_body_kind: str | None
    area_gss: str | None
    identifiers: dict[str, str]


class IdentifierAdded(Struct, frozen=True):
    """An organisation gave its number in one more public scheme."""

    kind: ClassVar[str] = "identity.identifier_added"
    scheme: str
    value: str


class PersonInvited(Struct, frozen=True):
    """An invitation left by mail."""

    kind: ClassVar[str] = "identity.person_invited"
    link_id: UUID
    label: str
    roles: tuple[str, ...]


class InvitationWithdrawn(Struct, frozen=True):
    """An invitation no longer counts."""

    kind: ClassVar[str] = "identity.invitation_withdrawn"
    link_id: UUID


class PersonJoined(Struct, frozen=True):
    """A person became a member of the organisation."""

    kind: ClassVar[str] = "identity.person_joined"
    person_id: UUID
    label: str
    roles: tuple[str, ...]


class RolesChanged(Struct, frozen=True):
    """A member holds other roles."""

    kind: ClassVar[str] = "identity.roles_changed"
    person_id: UUID
    before: tuple[str, ...]
    roles: tuple[str, ...]


class MembershipEnded(Struct, frozen=True):
    """A person no longer belongs to the organisation."""

    kind: ClassVar[str] = "identity.membership_ended"
    person_id: UUID


class AccountMade(Struct, frozen=True):
    """A person has an account."""

    kind: ClassVar[str] = "identity.account_made"
    person_id: UUID
    label: str


class PersonSignedIn(Struct, frozen=True):
    """A person signed in with a browser."""

    kind: ClassVar[str] = "identity.person_signed_in"
    sign_in_id: UUID
    with_second_factor: bool


class SignInFailed(Struct, frozen=True):
    """Somebody tried a wrong password or code; `factor` says which."""

    kind: ClassVar[str] = "identity.sign_in_failed"
    factor: str


class AccountLocked(Struct, frozen=True):
    """Too many wrong tries closed the account for a while."""

    kind: ClassVar[str] = "identity.account_locked"
    until: datetime


class PersonSignedOut(Struct, frozen=True):
    """A person signed out of a browser."""

    kind: ClassVar[str] = "identity.person_signed_out"
    sign_in_id: UUID


class SignInsEnded(Struct, frozen=True):
    """Several sign-ins ended at once, and why."""

    kind: ClassVar[str] = "identity.sign_ins_ended"
    count: int
    reason: str


class OrganisationSwitched(Struct, frozen=True):
    """A person works for another of their organisations, in one browser."""

    kind: ClassVar[str] = "identity.organisation_switched"
    sign_in_id: UUID
    organisation_id: UUID


class PasswordResetAsked(Struct, frozen=True):
    """A link to choose a new password left by mail."""

    kind: ClassVar[str] = "identity.password_reset_asked"
    link_id: UUID


class PasswordChanged(Struct, frozen=True):
    """A person has a new password; `by` says whether they knew the old one or followed a link."""

    kind: ClassVar[str] = "identity.password_changed"
    by: str


class SecondFactorSetUp(Struct, frozen=True):
    """Signing in asks for a code from now on."""

    kind: ClassVar[str] = "identity.second_factor_set_up"


class SecondFactorRemoved(Struct, frozen=True):
    """Signing in asks for the password only."""

    kind: ClassVar[str] = "identity.second_factor_removed"


class RecoveryCodesMade(Struct, frozen=True):
    """New recovery codes replaced all earlier ones."""

    kind: ClassVar[str] = "identity.recovery_codes_made"
    count: int


class RecoveryCodeUsed(Struct, frozen=True):
    """A recovery code was used in place of the second factor."""

    kind: ClassVar[str] = "identity.recovery_code_used"
    left: int
