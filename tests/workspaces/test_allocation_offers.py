"""The page on which a rule for sharing outcomes is offered."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from commonpurse.pooling.queries import weight_words
from commonpurse.web.words import say
from commonpurse.workspaces.models import AgendaItem, Offer
from support.pooling_rows import make_budget, make_requirement
from support.room_pages import hidden, page, words
from support.weight_rows import make_agreed_weights
from support.workspace_rows import make_rule, make_target


@pytest.fixture
def item(session, world):
    made = make_target(session, world)
    session.commit()
    return made


def allocation(client, world, item, **typed):
    form = hidden(client.get(page(world, item)).text, "/offers")
    return client.post(f"{page(world, item)}/offers", data={**form, **typed})


def percentages(world, *figures):
    bodies = ("newcastle", "gateshead", "darlington")
    return {f"percentage_{world.organisation(b).hex}": f for b, f in zip(bodies, figures, strict=True)}


def test_fixed_percentages_are_offered_with_a_preview_of_each_rule(session, world, client_of):
    item = make_rule(session, world)
    session.commit()
    client = client_of("gateshead")
    text = words(client.get(page(world, item)).text)
    assert "In equal shares 334 333 333 0" in text
    assert "In proportion to the budget each body has committed 0 0 0 1,000" in text
    typed = {"kind": "fixed_percentages", **percentages(world, "41.7", "33.3", "25")}
    assert allocation(client, world, item, **typed).status_code == 302
    text = words(client.get(page(world, item)).text)
    assert "On the table 417 333 250 0" in text
    assert session.get(AgendaItem, item).current_number == 1


def test_a_rule_says_how_required_quantity_is_weighed_and_a_target_does_not(session, world, item, client_of):
    make_requirement(session, world, "newcastle")
    rule = make_rule(session, world)
    session.commit()
    client = client_of("gateshead")
    shown = words(client.get(page(world, rule)).text)
    sentences = weight_words(session, world.consortium.id)
    assert sentences
    assert [say(sentence) for sentence in sentences if say(sentence) not in shown] == []
    assert "How required quantity is weighed" not in client.get(page(world, item)).text


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        (("50", "30", "19.9"), "add up to 100, but add up to 99.9"),
        (("50", "30", ""), "Enter a percentage for Darlington Council, or 0"),
        (("50", "30", "1,5"), "like 41.7"),
    ],
)
def test_percentages_that_do_not_make_100_keep_the_typing(session, world, client_of, figures, sentence):
    item = make_rule(session, world)
    session.commit()
    client = client_of("gateshead")
    html = allocation(client, world, item, kind="fixed_percentages", **percentages(world, *figures)).text
    assert sentence in html
    assert 'value="50"' in html
    session.expire_all()
    assert session.get(AgendaItem, item).current_number == 0


def test_no_kind_of_sharing_selected_is_refused(session, world, client_of):
    item = make_rule(session, world)
    session.commit()
    assert "Select how outcomes are shared" in allocation(client_of("gateshead"), world, item).text


@pytest.mark.parametrize(
    ("typed", "said", "shares"),
    [
        ({"kind": "population"}, "the number of people who live in each body's area", "334 333 333 0"),
        (
            {"kind": "hybrid", "leg_equal": "60", "leg_population": "40", "leg_need": "0"},
            "60% of a total: In equal shares. 40% of a total: In proportion to the number of people",
            "334 333 333 0",
        ),
        (
            {"kind": "committed_budget", "floor": "20", "cap": "45"},
            "but no body receives less than 20% or more than 45% of a total",
            "450 350 200 0",
        ),
        (
            {"kind": "committed_budget", "rounding": "sainte_lague"},
            "In proportion to the budget each body has committed, rounded by Sainte-Laguë's method",
            "600 400 0 0",
        ),
    ],
)
def test_mixtures_bounds_and_roundings_are_offered_with_their_preview(session, world, client_of, typed, said, shares):
    make_budget(session, world, "newcastle", 600_00)
    make_budget(session, world, "gateshead", 400_00)
    item = make_rule(session, world)
    session.commit()
    client = client_of("gateshead")
    assert allocation(client, world, item, **typed).status_code == 302
    text = words(client.get(page(world, item)).text)
    assert said in text
    assert f"On the table {shares}" in text


@pytest.mark.parametrize(
    ("typed", "sentence", "kept"),
    [
        ({"kind": "hybrid", "leg_equal": "60"}, "Choose between 2 and 5 parts for a mixed rule", 'value="60"'),
        ({"kind": "hybrid", "leg_equal": "60", "leg_need": "30"}, "must add up to 100, but add up to 90", 'value="30"'),
        ({"kind": "hybrid", "leg_equal": "half", "leg_need": "50"}, "like 41.7", 'value="half"'),
        ({"kind": "equal", "leg_need": "50"}, "You entered a mixture. Select ‘A mixture’, or clear its", 'value="50"'),
        (
            {"kind": "equal", "floor": "50"},
            "50% for each of 3 bodies is more than all there is. Enter a smaller least share",
            'value="50"',
        ),
        ({"kind": "equal", "floor": "lots"}, "like 41.7", 'value="lots"'),
        ({"kind": "equal", "cap": "120"}, "A percentage must be 100 or less", 'value="120"'),
        ({"kind": "equal", "floor": "60", "cap": "50"}, "The least share must not be more than the greatest", "60"),
        ({"kind": "place_then_budget", "cap": "50"}, "A rule that goes by place has no least or greatest share", "50"),
        ({"kind": "tiers"}, "Enter a percentage for each tier of place", 'value="tiers" checked'),
        ({"kind": "tiers", "tier_district": "60", "tier_county": "30"}, "but add up to 90", 'value="30"'),
        ({"kind": "tiers", "tier_county": "100", "cap": "50"}, "A rule that goes by place has no least", 'value="100"'),
        ({"kind": "equal", "tier_county": "100"}, "You entered tiers of place. Select ‘Tiers of place’", 'value="100"'),
        ({"kind": "equal", "rounding": "up"}, "Select how shares become whole units", "Largest remainders"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_next_to_its_field(session, world, client_of, typed, sentence, kept):
    item = make_rule(session, world)
    session.commit()
    html = allocation(client_of("gateshead"), world, item, **typed).text
    assert sentence in html
    assert kept in html
    session.expire_all()
    assert session.get(AgendaItem, item).current_number == 0


def test_tiers_of_place_are_offered_and_stand_on_the_table_as_they_were_typed(session, world, client_of):
    item = make_rule(session, world)
    session.commit()
    client = client_of("gateshead")
    typed = {"tier_district": "60", "tier_county": "", "tier_combined_authority": "40.0"}
    assert allocation(client, world, item, kind="tiers", **typed).status_code == 302
    session.expire_all()
    offer = session.scalars(select(Offer).where(Offer.item_id == item)).one()
    assert json.loads(offer.allocation) == {
        "kind": "tiers",
        "shares": {"district": "60", "combined_authority": "40"},
    }
    text = words(client_of("newcastle").get(page(world, item)).text)
    assert "By tiers of place: 60% to the district of the place of delivery, 40% to its combined authority" in text


def test_a_rule_goes_by_weights_that_were_agreed_alone_or_in_a_mixture(session, world, client_of):
    item = make_rule(session, world)
    session.commit()
    client = client_of("gateshead")
    assert "eights you agreed" not in client.get(page(world, item)).text
    make_agreed_weights(session, world, 3, 1, 0, start=date(2020, 1, 1))
    session.commit()
    text = words(client.get(page(world, item)).text)
    assert "In proportion to Litres called off, as the bodies agreed it for the quarter 750 250 0 0" in text
    assert "Weights you agreed count here as they are in force today" in text
    refused = allocation(client, world, item, kind="recorded_weights", basis="").text
    assert "Select the weights to share by" in refused
    assert (
        "Agree the weights by Meters first"
        in allocation(client, world, item, kind="recorded_weights", basis="Meters").text
    )
    typed = {"kind": "hybrid", "basis": "Litres called off", "leg_recorded_weights": "40", "leg_equal": "60"}
    assert allocation(client, world, item, **typed).status_code == 302
    text = words(client.get(page(world, item)).text)
    assert "40% of a total: In proportion to Litres called off, as the bodies agreed it for the quarter" in text
    assert "On the table 500 300 200 0" in text
    assert allocation(client, world, item, kind="recorded_weights", basis="Litres called off").status_code == 302
    assert "On the table 750 250 0 0" in words(client.get(page(world, item)).text)
