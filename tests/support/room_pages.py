"""What tests of the room's pages share."""

import re


def room(world):
    return f"/consortia/{world.consortium.id}/workspace/"


def page(world, item):
    return f"{room(world)}{item}"


def hidden(html, action):
    """The hidden fields of the first form with this action."""
    form = re.search(rf'<form[^>]*action="[^"]*{action}".*?</form>', html, re.DOTALL).group(0)
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def words(html):
    """The text of a page as one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&#39;", "'").split())
