"""The numbers of weights taken from what bodies paid a supplier, by their published spending."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from commonpurse.consortia import commands as consortia
from commonpurse.consortia.models import Participation
from commonpurse.core.errors import NotFound
from commonpurse.pooling.commands import import_spending
from commonpurse.pooling.models import SpendSupplier
from commonpurse.pooling.queries import common_suppliers, spent_with
from commonpurse.workspaces.models import Offer
from support.room_pages import hidden, page, words
from support.web import counted_statements
from support.weight_rows import BODIES, make_agreed_weights, make_weights, offer_weights
from support.workspace_rows import make_target
from support.world import NOW

HEADINGS = "Payment Date,Amount,Organisational Unit,Beneficiary Name,Company Number,Charity Number\n"
PAID = {
    "newcastle": [
        ("01/04/2022", "100.00", "PHS Group"),
        ("02/05/2022", "50.50", "PHS GROUP LTD."),
        ("03/05/2022", "-0.25", "Phs  Group Limited"),
        ("04/05/2022", "900", "Acme Ltd"),
    ],
    "gateshead": [
        ("05/05/2022", "20", "PHS Group"),
        ("30/05/2022", "-25.00", "PHS Group Ltd"),
        ("30/04/2022", "40", "ACME"),
    ],
    "darlington": [
        ("20/04/2022", "7", "P.H.S. GROUP LTD"),
        ("20/05/2022", "3.01", "PHS Group"),
        ("20/05/2022", "5000", "Only Darlington Buses"),
    ],
}
"""By hand: PHS Group gets 100.00 + 50.50 - 0.25 = 150.25, 20.00 - 25.00 = -5.00, and 7.00 + 3.01 = 10.01 pounds."""


def publish(session, world, body, rows):
    lines = [f"{day},{amount},Housing,{name},," for day, amount, name in rows]
    content = (HEADINGS + "\n".join(lines) + "\n").encode()
    import_spending(session, world.actor(body), filename=f"{body}.csv", content=content, now=NOW)
    session.commit()


@pytest.fixture
def item(session, world):
    made = make_weights(session, world, "What we paid", "pence")
    session.commit()
    return made


@pytest.fixture
def published(session, world):
    for body, rows in PAID.items():
        publish(session, world, body, rows)


def key_of(session, name):
    return session.scalars(select(SpendSupplier.id).where(SpendSupplier.name.ilike(f"{name}%"))).first()


def address(world, item, supplier):
    return f"{page(world, item)}?from=spending&supplier={supplier}"


def numbers(world, html):
    """What stands in the form for each body."""
    found = {}
    for body in BODIES:
        field = re.search(rf'<input[^>]*name="weight_{world.organisation(body).hex}"[^>]*>', html).group(0)
        value = re.search(r'value="([^"]*)"', field)
        found[body] = value.group(1) if value else ""
    return found


def source(html):
    return words(re.search(r'<textarea[^>]*name="source".*?</textarea>', html, re.DOTALL).group(0))


def test_what_each_body_paid_is_filled_in_exactly_with_its_source(session, world, item, published, client_of):
    client = client_of("gateshead")
    html = client.get(address(world, item, key_of(session, "PHS"))).text
    assert numbers(world, html) == {"newcastle": "15,025", "gateshead": "0", "darlington": "1,001"}
    assert re.fullmatch(
        r"Published payments to PHS Group( Limited)?, April 2022 to May 2022, in pence, net of refunds and never "
        r"below 0, read on \d+ \w+ \d{4}",
        source(html),
    )
    assert "Refunds were larger than payments of: Gateshead Council. What is below zero counts as 0." in words(html)
    assert "Nothing is offered yet" in html
    assert session.scalars(select(Offer)).all() == []


def test_the_filled_in_form_is_offered_as_it_stands(session, world, item, published, client_of):
    client = client_of("gateshead")
    html = client.get(address(world, item, key_of(session, "PHS"))).text
    given = {f"weight_{world.organisation(body).hex}": number for body, number in numbers(world, html).items()}
    offer = {**hidden(html, "/offers"), **given, "source": source(html), "effective_from": "2026-10-01"}
    assert client.post(f"{page(world, item)}/offers", data=offer).status_code == 302
    shown = words(client.get(page(world, item)).text)
    assert "Newcastle upon Tyne Council 15,025, Gateshead Council 0, Darlington Council 1,001" in shown
    assert "Source: Published payments to PHS Group" in shown


def test_suppliers_that_two_joined_bodies_pay_are_offered_by_spend(session, world, item, published, client_of):
    publish(session, world, "leeds", [("01/04/2022", "9", "Only Darlington Buses")])
    html = client_of("gateshead").get(f"{page(world, item)}/weights/spending").text
    shown = words(html)
    assert shown.index("Acme") < shown.index("PHS Group")
    assert "£155.26 3 of 3" in shown
    assert "£940.00 2 of 3" in shown
    assert "Buses" not in shown
    assert f"supplier={key_of(session, 'PHS')}" in html
    assert "published spending with a supplier" in words(client_of("gateshead").get(page(world, item)).text)


def test_the_supplier_the_consortium_began_with_stands_first(session, world, published):
    publish(session, world, "leeds", [("01/04/2022", "9", "PHS Group")])
    actor = world.actor("newcastle")
    begun = consortia.create(session, actor, name="Mats", purpose="Mats.", supplier="PHS GROUP LTD.", now=NOW)
    session.flush()
    joined = session.scalars(select(Participation).where(Participation.consortium_id == begun.id)).one()
    other = {"state": joined.state, "role": "participating", "position": 1, "voting_weight": 1, "invited_at": NOW}
    session.add(Participation(consortium_id=begun.id, organisation_id=world.organisation("gateshead"), **other))
    session.commit()
    found = common_suppliers(session, actor, begun.id).suppliers
    assert [(supplier.is_first, supplier.pence) for supplier in found] == [(True, 14_525), (False, 94_000)]


def test_suppliers_are_searched_for_in_every_spelling(world, item, published, client_of):
    client = client_of("gateshead")
    shown = words(client.get(f"{page(world, item)}/weights/spending?q=P.H.S.").text)
    assert "1 supplier" in shown
    assert "Acme" not in shown
    assert "is called “Nobody”" in words(client.get(f"{page(world, item)}/weights/spending?q=Nobody").text)


def test_a_body_that_published_nothing_is_named_and_its_number_is_left_to_people(session, world, item, client_of):
    for body in ("newcastle", "gateshead"):
        publish(session, world, body, PAID[body])
    client, named = client_of("gateshead"), "No published spending was read of: Darlington Council."
    assert named in words(client.get(f"{page(world, item)}/weights/spending").text)
    html = client.get(address(world, item, key_of(session, "Acme"))).text
    assert named in words(html)
    assert numbers(world, html) == {"newcastle": "90,000", "gateshead": "4,000", "darlington": ""}
    given = {f"weight_{world.organisation(body).hex}": number for body, number in numbers(world, html).items()}
    offer = {**hidden(html, "/offers"), **given, "source": source(html), "effective_from": "2026-10-01"}
    assert (
        "Enter a whole number for Darlington Council, or 0"
        in client.post(f"{page(world, item)}/offers", data=offer).text
    )


def test_a_number_on_the_table_does_not_stand_in_for_what_is_not_known(session, world, item, client_of):
    for body in ("newcastle", "gateshead"):
        publish(session, world, body, PAID[body])
    offer_weights(session, world, "gateshead", item, 0, 3, 2, 1)
    session.commit()
    html = client_of("gateshead").get(address(world, item, key_of(session, "Acme"))).text
    assert numbers(world, html) == {"newcastle": "90,000", "gateshead": "4,000", "darlington": ""}


def test_a_body_that_published_but_did_not_pay_the_supplier_has_0(session, world, item, published, client_of):
    html = client_of("gateshead").get(address(world, item, key_of(session, "Acme"))).text
    assert numbers(world, html)["darlington"] == "0"
    assert "No published spending" not in html


def test_payments_of_unlike_months_are_told_of(session, world, item, published, client_of):
    client, like = client_of("gateshead"), key_of(session, "PHS")
    assert "Nothing is evened out" not in client.get(address(world, item, like)).text
    publish(session, world, "darlington", [("01/06/2022", "1", "Acme")])
    shown = words(client.get(address(world, item, like)).text)
    assert (
        "Nothing is evened out for that: April 2022 to May 2022: Newcastle upon Tyne Council, Gateshead Council "
        "April 2022 to June 2022: Darlington Council" in shown
    )


@pytest.mark.parametrize(
    ("unit", "said"), [("litres", True), ("pounds", True), ("Pence", False), ("p", False), ("pennies", False)]
)
def test_numbers_of_another_unit_than_the_weights_are_warned_of(session, world, published, client_of, unit, said):
    item = make_weights(session, world, "By spend", unit)
    session.commit()
    shown = words(client_of("gateshead").get(address(world, item, key_of(session, "PHS"))).text)
    assert (f"The numbers filled in are pence, not {unit}." in shown) is said


@pytest.mark.parametrize(
    ("basis", "unit", "said"),
    [
        ("committed_budget", "litres", "are pence, not litres"),
        ("population", "litres", "are people, not litres"),
        ("need", "people", "are residents times a score, not people"),
        ("required_quantity", "each", "they are not each"),
        ("population", "Residents", ""),
        ("need", "points", ""),
    ],
)
def test_every_other_source_warns_of_its_unit_too(session, world, client_of, basis, unit, said):
    item = make_weights(session, world, "By something", unit)
    session.commit()
    shown = words(client_of("gateshead").get(f"{page(world, item)}?from={basis}").text)
    assert ("The numbers filled in" in shown) is bool(said)
    assert said in shown


@pytest.mark.parametrize("supplier", ["unknown", "not-a-key", "", "of one body"])
def test_an_unknown_supplier_does_not_exist(session, world, item, published, client_of, supplier):
    known = {"unknown": uuid4(), "of one body": key_of(session, "Only")}
    answer = client_of("gateshead").get(address(world, item, known.get(supplier, supplier)))
    assert answer.status_code == 404


def test_a_supplier_that_became_another_leads_to_it(session, world, item, published, client_of):
    merged = SpendSupplier(key="old", name="Old PHS", merged_into_id=key_of(session, "PHS"))
    session.add(merged)
    session.commit()
    html = client_of("gateshead").get(address(world, item, merged.id)).text
    assert numbers(world, html)["newcastle"] == "15,025"


def test_outsiders_find_nothing_and_other_items_have_no_such_page(session, world, item, published, client_of):
    target, supplier = make_target(session, world), key_of(session, "PHS")
    session.commit()
    for body in ("leeds", "builder"):
        client = client_of(body)
        assert client.get(f"{page(world, item)}/weights/spending").status_code == 404
        assert client.get(address(world, item, supplier)).status_code == 404
        with pytest.raises(NotFound):
            spent_with(session, world.actor(body), world.consortium.id, supplier)
    assert client_of("gateshead").get(f"{page(world, target)}/weights/spending").status_code == 404


def test_who_may_not_offer_sees_the_suppliers_and_no_way_to_fill_in(session, world, item, published, client_of):
    agreed = make_agreed_weights(session, world, 1, 1, 1, name="Headcount")
    session.commit()
    for role, which in (("observer", item), ("buyer", agreed)):
        html = client_of("gateshead", role).get(f"{page(world, which)}/weights/spending").text
        assert "PHS Group" in html
        assert "from=spending" not in html


def test_the_pages_take_the_same_statements_however_much_was_paid(session, world, item, client_of, connection):
    for body in BODIES:
        publish(session, world, body, PAID[body][:2])
    client, supplier = client_of("gateshead"), key_of(session, "PHS")
    paths = [f"{page(world, item)}/weights/spending", address(world, item, supplier)]

    def statements():
        counts = []
        for path in paths:
            client.get(path)
            with counted_statements(connection) as seen:
                assert client.get(path).status_code == 200
            counts.append(len(seen))
        return counts

    few = statements()
    for body in BODIES:
        publish(session, world, body, [*PAID[body], *(("01/07/2022", "5", f"Supplier {at}") for at in "ABCDEF")])
    assert statements() == few
