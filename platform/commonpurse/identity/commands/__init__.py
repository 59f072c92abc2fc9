"""What people do with organisations, memberships and their own account; other features import it from here."""

from commonpurse.identity.commands.invitations import (
    accept_as_new,
    accept_as_self,
    invite_person,
    invite_to_service,
    withdraw_invitation,
)
from commonpurse.identity.commands.memberships import change_roles, end_membership, make_person
from commonpurse.identity.commands.organisations import add_identifier, register_organisation, registration_faults
from commonpurse.identity.commands.passwords import (
    ask_for_password_reset,
    change_password,
    reset_password,
    send_password_reset,
)
from commonpurse.identity.commands.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    remove_second_factor,
    renew_recovery_codes,
)
from commonpurse.identity.commands.sign_ins import (
    Attempt,
    Browser,
    enter_new_account,
    sign_out,
    sign_out_everywhere,
    switch_organisation,
    touch,
    try_code,
    try_password,
)

__all__ = [
    "Attempt",
    "Browser",
    "accept_as_new",
    "accept_as_self",
    "add_identifier",
    "ask_for_password_reset",
    "begin_second_factor",
    "change_password",
    "change_roles",
    "confirm_second_factor",
    "end_membership",
    "enter_new_account",
    "invite_person",
    "invite_to_service",
    "make_person",
    "register_organisation",
    "registration_faults",
    "remove_second_factor",
    "renew_recovery_codes",
    "reset_password",
    "send_password_reset",
    "sign_out",
    "sign_out_everywhere",
    "switch_organisation",
    "touch",
    "try_code",
    "try_password",
    "withdraw_invitation",
]
