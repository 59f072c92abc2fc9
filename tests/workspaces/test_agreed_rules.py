"""The rule for sharing outcomes that the bodies agreed: what can be agreed to, and which counts."""

from datetime import timedelta

import pytest

from commonpurse.core.errors import Refused
from commonpurse.workspaces import queries
from commonpurse.workspaces.models import AgendaItem
from support.workspace_rows import answer, make_rule, offer
from support.world import NOW


def get(session, item):
    return session.get(AgendaItem, item)


def percentages(world, *figures):
    bodies = ("newcastle", "gateshead", "darlington", "leeds")
    named = zip(bodies, figures, strict=False)
    return {"kind": "fixed_percentages", "percentages": {str(world.organisation(b)): f for b, f in named}}


def agree_rule(session, world, spec):
    item = make_rule(session, world)
    offer(session, world, "newcastle", item, 0, quantity="1", allocation=spec)
    answer(session, world, "gateshead", item, 1), answer(session, world, "darlington", item, 1)
    return item


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        (("50", "30", "19.9"), "add up to 100, but add up to 99.9"),
        (("50", "30", "-20"), "0 or more"),
        (("50", "30", "ten"), "as a number"),
        (("50", "30", "10", "10"), "only for bodies that have joined"),
        ((), "Enter a percentage for each body"),
    ],
)
def test_percentages_that_cannot_be_agreed_to_are_refused(session, world, figures, sentence):
    item = make_rule(session, world)
    with pytest.raises(Refused, match=sentence):
        offer(session, world, "newcastle", item, 0, allocation=percentages(world, *figures))
    assert not get(session, item).offers


def test_the_last_agreed_allocation_rule_counts(session, world):
    assert queries.agreed_allocation(session, world.consortium.id) is None
    agree_rule(session, world, {"kind": "equal"})
    later = agree_rule(session, world, percentages(world, "50.0", "30", "20"))
    session.get(AgendaItem, later).agreed_at = NOW + timedelta(hours=1)
    session.flush()
    found = queries.agreed_allocation(session, world.consortium.id)
    assert (found.item_id, found.offer_number) == (later, 1)
    assert found.spec.startswith('{"kind":"fixed_percentages","percentages":{')
    assert '"50"' in found.spec
