"""What the domain says, in the reader's language."""

from flask_babel import gettext

from commonpurse.calc.sentence import Sentence
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
