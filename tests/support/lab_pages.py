"""Pages of the split laboratory: their addresses, their words, and the budgets that rules divide by."""

import re
from urllib.parse import urlencode

from support.pooling_rows import make_budget

BODIES = ("newcastle", "gateshead", "darlington")


def words_of(page):
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def asked(address, **chosen):
    """The address at which these things are chosen; `a_floor` is the floor of the first rule."""
    return f"{address}?{urlencode({name.replace('_', '-', 1): value for name, value in chosen.items()})}"


def budgets(session, world, *pounds):
    """What each body has committed."""
    for body, each in zip(BODIES, pounds, strict=True):
        make_budget(session, world, body, each * 100)
    session.commit()
