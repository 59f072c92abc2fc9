"""What people can do in a consortium, one function each."""

from commonpurse.consortia.commands.agreement import (
    accept_invitation,
    decline_invitation,
    invite,
    leave,
    sign_agreement,
    write_agreement,
)
from commonpurse.consortia.commands.decisions import USUAL_DAYS, cast_vote, close_due, open_decision, withdraw_decision
from commonpurse.consortia.commands.forming import (
    create,
    edit_lead,
    edit_place,
    edit_purpose,
    edit_rule,
    edit_timetable,
)
from commonpurse.consortia.commands.standing import publish_summary, set_weight, withdraw_summary

__all__ = [
    "USUAL_DAYS",
    "accept_invitation",
    "cast_vote",
    "close_due",
    "create",
    "decline_invitation",
    "edit_lead",
    "edit_place",
    "edit_purpose",
    "edit_rule",
    "edit_timetable",
    "invite",
    "leave",
    "open_decision",
    "publish_summary",
    "set_weight",
    "sign_agreement",
    "withdraw_decision",
    "withdraw_summary",
    "write_agreement",
]
