"""The names of suppliers, stripped of what does not tell one from another.

Kept on purpose: "group" and "holdings" (companies of their own), places, numbers, and every word of trade.
"""

import re
import unicodedata

_FORMS = frozenset({"ltd", "limited", "plc", "llp", "cic", "ltda", "cyf", "cyfyngedig"})
_LONG_FORMS = (
    (re.compile(r"\bpublic limited company\b"), "plc"),
    (re.compile(r"\bcommunity interest company\b"), "cic"),
    (re.compile(r"\blimited liability partnership\b"), "llp"),
    (re.compile(r"\bunited kingdom\b|\bu k\b"), "uk"),
    (re.compile(r"\bc i c\b"), "cic"),
    (re.compile(r"\bp l c\b"), "plc"),
    (re.compile(r"\bl l p\b"), "llp"),
    (re.compile(r"\bcompany\b"), "co"),
)
_TRADING_AS = re.compile(r"\s+(?:t\s*/\s*as?|trading\s+as)\b.*", re.IGNORECASE)
_INITIAL_DOT = re.compile(r"(?<=\b[^\W\d_])\.(?=\s*[^\W\d_]\b)\s*")
_ACCOUNT = re.compile(
    r"\b(ltd|limited|plc|llp|cic)\b\W{1,4}(?:ac|acc|account)?\W{0,3}[a-z]{0,3}\d{3,12}\W{0,3}$"  # after the form
    r"|\s[-(]\W{0,3}\d{4,12}\W{0,3}$"  # after a dash or in brackets
)
_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_GENERIC = frozenset(
    [
        "age", "care", "carers", "catering", "cleaning", "construction", "consulting", "design", "education", "energy",
        "engineering", "fostering", "health", "healthcare", "homes", "housing", "it", "leisure", "logistics", "media",
        "payments", "property", "recruitment", "security", "services", "software", "solutions", "systems", "training",
        "transport", "travel", "waste", "water",
    ]
)  # fmt: skip


def normalise(name: str) -> str:
    """What is left of a name when case, accents, punctuation, legal form, trading name and account code are gone.

    >>> normalise("The CANON (U.K.)  Limited"), normalise("Building Software Ltd t/a Measure2improve")
    ('canon uk', 'building software')
    """
    return " ".join(_words(name)) or " ".join(name.casefold().split())


def squashed(key: str) -> str:
    """A normalised name without its spaces, so that "green tech" is "greentech"; empty if too short to tell."""
    letters = key.replace(" ", "")
    return letters if len(letters) >= 6 else ""


def without_country(name: str) -> str:
    """The normalised name without "uk" at its end, for companies only; empty where that would not be safe.

    "Civica UK Ltd" and "Civica Ltd" are one; "Carers UK" is a charity, and "Care Ltd" could be anybody.
    """
    words = _words(name)
    if not has_legal_form(name):
        return ""
    if len(words) > 1 and words[-1] == "uk":
        words = words[:-1]
    safe = not all(word in _GENERIC or len(word) < 3 for word in words)
    return " ".join(words) if safe else ""


def has_legal_form(name: str) -> bool:
    """Whether the name says that it is a company's or partnership's."""
    return not _FORMS.isdisjoint(_plain(name).split()[1:])


def is_well_cased(name: str) -> bool:
    """Whether a name reads as written by a person: capitals and small letters, the legal form aside."""
    kept = " ".join(word for word in name.split() if word.casefold().strip(".,()") not in _FORMS | {"uk", "t/a"})
    return any(letter.islower() for letter in kept) and any(letter.isupper() for letter in kept)


def _plain(name: str) -> str:
    """The words of a name in small letters, long legal forms shortened."""
    text = " ".join(unicodedata.normalize("NFKD", name).casefold().translate(_APOSTROPHES).split())
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = _ACCOUNT.sub(lambda match: match[1] or "", text)
    text = _INITIAL_DOT.sub("", text)
    text = re.sub(r"\s*[&+]\s*(?=\w)", " and ", text)
    text = " ".join(re.findall(r"\w+", text.replace("_", " ")))
    for pattern, short in _LONG_FORMS:
        text = pattern.sub(short, text)
    return text


def _words(name: str) -> list[str]:
    name = " ".join(name.split())
    legal = _TRADING_AS.sub("", name)
    words = _plain(legal if has_legal_form(legal) else name).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    kept = words[:1] + [word for word in words[1:] if word not in _FORMS]
    return kept[:-1] if len(kept) > 1 and kept[-1] == "and" else kept
