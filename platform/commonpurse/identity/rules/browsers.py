"""Naming a browser in words that its owner recognises."""

BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
MOST_CHARACTERS = 300


def short(user_agent: str | None) -> str:
    """As much of a browser's own description as is kept."""
    return "".join(sign for sign in (user_agent or "") if sign.isprintable())[:MOST_CHARACTERS]


def name(user_agent: str) -> str:
    """For example "Firefox, Windows"; empty for what is none of the usual ones."""
    browser = next((words for mark, words in BROWSERS if mark in user_agent), "")
    system = next((words for mark, words in SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)
