"""What the domain says, in the reader's language."""

from flask_babel import gettext

from commonpurse.calc.sentence import Sentence, message
from commonpurse.core.errors import DomainError
from commonpurse.core.waiting import Waiting

Spoken = Sentence | DomainError | Waiting | str


def say(spoken: Spoken) -> str:
    """A sentence, a refusal, a thing that waits, or text marked with `message`; sentences among its values too."""
    if isinstance(spoken, str):
        return str(gettext(spoken))
    msgid = spoken.message if isinstance(spoken, DomainError) else spoken.msgid
    values = {name: say(value) if isinstance(value, Sentence) else value for name, value in spoken.values.items()}
    translated = str(gettext(msgid))
    # A refusal without values is never formatted, so that it can say "100%".
    return translated if isinstance(spoken, DomainError) and not values else translated % values


STATES = {
    "accepted": message("Accepted"),
    "active": message("Active"),
    "agreed": message("Agreed"),
    "award": message("Award"),
    "awarded": message("Awarded"),
    "cannot_start": message("Cannot start yet"),
    "carried": message("Carried"),
    "closed": message("Closed"),
    "committed": message("Committed"),
    "completed": message("Completed"),
    "contract": message("Contract"),
    "corrected": message("Corrected"),
    "countered": message("Countered"),
    "current": message("Current"),
    "declined": message("Declined"),
    "delivering": message("Delivering"),
    "draft": message("Draft"),
    "evidence_attached": message("Evidence attached"),
    "expired": message("Expired"),
    "forming": message("Forming"),
    "frozen": message("Frozen"),
    "guaranteed_minimum": message("Guaranteed minimum"),
    "in_progress": message("In progress"),
    "indicative": message("Indicative"),
    "invited": message("Invited"),
    "joined": message("Joined"),
    "lead": message("Lead"),
    "left": message("Left"),
    "mandatory": message("Mandatory"),
    "member": message("Member"),
    "negotiating": message("Negotiating"),
    "news": message("News"),
    "none": message("None"),
    "not_started": message("Not started"),
    "objected": message("Objected"),
    "observer": message("Observer"),
    "open": message("Open"),
    "optional": message("Optional"),
    "out_to_bid": message("Out to bid"),
    "parked": message("Parked"),
    "participating": message("Participating"),
    "pooling": message("Pooling"),
    "proposed": message("Proposed"),
    "rejected": message("Rejected"),
    "reported": message("Reported"),
    "returned": message("Returned"),
    "reversed": message("Reversed"),
    "set_aside": message("Set aside"),
    "signed": message("Signed"),
    "superseded": message("Superseded"),
    "unverified": message("Not verified"),
    "verified": message("Verified"),
    "waiting": message("Waiting"),
    "withdrawn": message("Withdrawn"),
}
"""Every state a thing of ours can be in, in words."""


def state_in_words(state: str) -> str:
    """A state in the reader's language; one that is not known reads as it is written."""
    words = STATES.get(state)
    return say(words) if words else state.replace("_", " ").capitalize()
