"""Which events of the log are told by letter."""

from datetime import datetime, timedelta

from msgspec import Struct

NEWS_LASTS = timedelta(days=7)
"""What is recorded later than this after it happened is history, and no news."""


class Task(Struct, frozen=True):
    """An event after which something waits for people.

    Attributes:
        endpoint: where they do it, as the home page links to it.
        argument: what the address calls the thing.
        key: what the event calls it, where that is something else.
        told: what else of the event the letter says. No figures: mail is read by others.
        is_daily: one letter a day tells of all such events in a consortium.
    """

    template: str
    endpoint: str
    argument: str
    key: str = ""
    told: tuple[str, ...] = ()
    is_daily: bool = False


_MONEY = Task("money_to_approve", "pooling.approve_budget", "contribution_id")

TASKS = {
    "consortia.decision_opened": Task("question_asked", "consortia.show_decision", "decision_id", told=("question",)),
    "workspaces.offer_made": Task("offer_made", "workspaces.show_item", "item_id", told=("body", "title")),
    "pooling.budget_added": _MONEY,
    "pooling.budget_changed": _MONEY,
    "delivery.outcome_reported": Task("outcome_to_check", "delivery.show_record", "record_id", is_daily=True),
    "delivery.outcome_corrected": Task(
        "outcome_to_check", "delivery.show_record", "record_id", "replacement_id", is_daily=True
    ),
    "delivery.claim_contested": Task(
        "claim_contested", "delivery.show_record", "record_id", told=("measure",), is_daily=True
    ),
    "delivery.look_requested": Task("look_requested", "delivery.show_record", "record_id", told=("measure",)),
    "delivery.claim_upheld": Task("claim_upheld", "delivery.show_clash", "clash_id", told=("measure",)),
    "delivery.claim_freed": Task("claim_freed", "delivery.show_clash", "clash_id", told=("measure",)),
}

TOLD = {*TASKS, "consortia.decision_closed", "consortia.lead_changed"}


def is_told(kind: str, at: datetime, now: datetime) -> bool:
    """Whether people get letters about an event of this kind that happened at `at`."""
    return kind in TOLD and at >= now - NEWS_LASTS
