"""The laboratory of savings: what people type is worked out, nothing is stored."""

import re
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from commonpurse.core.log import EntryRow
from commonpurse.pooling.forms import savings_form
from support.consortia_rows import make_lonely
from support.pooling_pages import text_of
from support.pooling_rows import make_requirement
from support.web import counted_statements

TYPED = {
    "unit": "box",
    "q0": "1,200",
    "q1": "300",
    "q2": "60",
    "p1": "12",
    "s2": "100",
    "p2": "£10",
    "s3": "1,000",
    "p3": "9.00",
    "fixed": "2,500",
    "a": "equal_price",
    "b": "proportional_gains",
    "c": "",
    "d": "",
    "body": "1",
}


@pytest.fixture
def address(session, world):
    session.commit()
    return f"/consortia/{world.consortium.id}/savings-lab"


@pytest.fixture
def asked(address, client_of):
    def ask(**changed):
        typed = {name: value for name, value in {**TYPED, **changed}.items() if value is not None}
        return client_of("gateshead").get(f"{address}?{urlencode(typed)}")

    return ask


def test_three_councils_see_what_each_pays_and_saves_by_each_rule(asked):
    words = text_of(asked())
    assert "This is a simulation" in words
    assert "The bodies need 1,560 (box) in all" in words
    assert "they pay £16,540.00 together and would pay £22,020.00 alone" in words
    assert "Buying together saves £5,480.00 (24.9%)" in words
    assert re.search(
        r"Newcastle[^£]+1,200 £13,300.00 £11,633.34 £1,666.66 \(12.5%\) £9,990.10 £3,309.90 \(24.9%\)", words
    )
    assert re.search(r"Together 1,560 £22,020.00 £16,540.00 £5,480.00 \(24.9%\)", words)
    assert "Adds up exactly: £16,540.00 = £11,633.34 + £3,533.33 + £1,373.33" in words
    assert "Nobody pays more than alone" in words
    assert re.search(r"Gateshead[^.]+ and Darlington[^.]+ would pay £449.90 less on their own", words)
    assert re.search(r"If Gateshead[^.]+ left, the others would still pay £9.00 for each unit", words)
    assert "needs 76.9% of the joint quantity and saves £0.00 on the price" in words
    assert "Where each body stands at equal price" in words


def test_what_each_is_paid_back_beside_one_joint_price_is_shown_with_its_certificate(asked):
    words = text_of(asked())
    assert re.search(r"Newcastle[^£]+£11,633.34 \+£1,643.24 Gateshead[^£]+£3,533.33 −£597.91 Darlington", words)
    assert "Together £16,540.00 £0.00" in words
    assert "Rule 2. Adds up exactly: £0.00 = £1,643.24 + (−£597.91) + (−£1,045.33)" in words
    assert re.search(
        r"Under rule 2 \(Proportional savings\), Newcastle[^£]+ is paid back £1,643.24 from the £1,643.24 that "
        r"Gateshead[^£]+ and Darlington[^£]+ pay in: it is invoiced £11,633.34 and bears £9,990.10\.",
        words,
    )
    alone = text_of(asked(b=""))
    assert "Rebates beside one joint price" not in alone
    both = text_of(asked(a="", b="in_proportion", fixed=""))
    assert "Where each body stands" not in both
    assert "Under rule 2 (In proportion to quantity) everybody bears what it is invoiced" in both


def test_the_side_of_the_peak_is_said_and_what_one_unit_changes(asked):
    words = text_of(asked())
    found = re.search(r"Where each body stands at equal price(.+)At equal price a body", words)[1]
    assert re.search(r"Newcastle[^£]+1,200 76.9% £0.00 1,000 £1,000.00 Past £0.00 £0.00", found)
    assert re.search(r"Gateshead[^£]+300 19.2% £300.00 1,000 £1,000.00 Before −£1.00 \+£1.00", found)
    assert re.search(r"Darlington[^£]+60 3.8% £180.00 1,000 £1,000.00 Neither −£3.00 \+£3.00", found)
    found = re.search(r"The same if the joint quantity stays(.+)Here the others need less", words)[1]
    assert re.search(
        r"Newcastle[^£]+1,000 £1,000.00 Past Gateshead[^£]+1,000 £1,000.00 Before Darlington[^£]+1,000 "
        r"£1,000.00 Neither",
        found,
    )
    assert "+£0.062501" in text_of(asked(p2="9.062501"))
    short = text_of(asked(q0="20", q1="30", q2="10", s2="80", p2="11", s3="90", p3="9"))
    assert re.search(r"Newcastle[^£]+20 33.3% £0.00 80 £240.00 Before £0.00 £0.00", short)
    assert re.search(r"Newcastle[^£]+ Council – – – Gateshead", short)


def test_the_address_holds_everything_that_was_typed(asked):
    page = asked(p2="£10.083125").text
    for name, value in (("q0", "1,200"), ("p2", "£10.083125"), ("fixed", "2,500"), ("unit", "box")):
        assert re.search(rf'name="{name}"[^>]+value="{value}"', page), name
    assert re.search(r'<option value="proportional_gains" selected', page)


def test_the_first_thing_that_several_bodies_need_is_filled_in_and_nothing_is_added_to_it(
    session, world, client_of, address
):
    make_requirement(session, world, "newcastle", quantity=Decimal(40), unit="each")
    make_requirement(session, world, "gateshead", quantity=Decimal(2), unit="dozen")
    session.commit()
    client = client_of("gateshead")
    page = client.get(address)
    assert re.search(r'name="q0"[^>]+value="40"', page.text)
    assert re.search(r'name="q1"[^>]+value="24"', page.text)
    assert 'value="each"' in page.text
    assert "Enter quantities and prices to see who would save what" in text_of(page)
    for body in ("newcastle", "gateshead"):
        make_requirement(session, world, body, quantity=Decimal(7), unit="each", description="Zebra crossings")
    session.commit()
    page = client.get(address).text
    assert re.search(r'name="q0"[^>]+value="40"', page)
    *_, taken = re.findall(r'href="([^"]+unit=each[^"]+)"', page)
    page = client.get(taken.replace("&amp;", "&"))
    assert re.search(r'name="q1"[^>]+value="7"', page.text)
    assert "There is a problem" not in text_of(page)
    assert re.search(r'<option value="0" selected', page.text)
    assert re.search(r'<option value="shapley" selected', page.text)


def test_nothing_is_filled_in_where_no_two_bodies_need_the_same(session, world, client_of, address):
    make_requirement(session, world, "newcastle", quantity=Decimal(40), unit="each")
    make_requirement(session, world, "gateshead", quantity=Decimal(2), unit="kWh")
    session.commit()
    page = client_of("gateshead").get(address).text
    assert re.search(r'name="q[0-9]"[^>]+value="[0-9]', page) is None
    assert "Filled in from" not in page


def test_the_example_is_worked_out(client_of, address, session, world):
    client = client_of("gateshead")
    for need in (None, 40, 1):
        if need:
            make_requirement(session, world, "newcastle", quantity=Decimal(need), unit="each")
            make_requirement(session, world, "gateshead", quantity=Decimal(need), unit="each")
            session.commit()
        [example] = re.findall(r'href="([^"]+p1=12[^"]+)"', client.get(address).text)
        words = text_of(client.get(example.replace("&amp;", "&")))
        assert "There is a problem" not in words
        assert "Buying together saves" in words


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"p1": ""}, "Enter the price of one unit"),
        ({"p1": "free"}, "Enter the price of one unit in pounds with up to 6 decimals"),
        ({"p1": "0.0000001"}, "Enter the price of one unit in pounds with up to 6 decimals"),
        ({"p1": "0"}, "Enter more than £0 for the price of one unit"),
        ({"p1": "9" * 40}, "Enter a smaller number of pounds for the price of one unit"),
        ({"p2": ""}, "Enter price 2, or clear its quantity"),
        ({"p2": "dear"}, "Enter price 2 in pounds with up to 6 decimals"),
        ({"s2": ""}, "Enter the quantity from which price 2 is paid"),
        ({"s2": "0"}, "Enter a quantity above 0 for price 2"),
        ({"s2": "lots"}, "Enter the quantity for price 2 as a number"),
        ({"s2": "9" * 16}, "Enter a smaller quantity for price 2"),
        ({"s3": "100"}, "Price 3 begins at the same quantity as another price"),
        ({"q0": "many"}, "Enter the quantity of Newcastle upon Tyne Council as a number"),
        ({"q0": "9" * 40}, "Enter a smaller quantity for Newcastle upon Tyne Council"),
        ({"q0": "-1"}, "The quantity of Newcastle upon Tyne Council must be 0 or more"),
        ({"q0": "", "q1": "0"}, "Enter the quantities of two bodies or more"),
        ({"fixed": "-1"}, "The cost of running one procurement must be £0 or more"),
        ({"fixed": "a bit"}, "Enter the cost of running one procurement in pounds"),
        ({"unit": "x" * 41}, "The unit must be 40 characters or fewer"),
    ],
)
def test_what_cannot_be_worked_out_is_said_beside_its_field_and_the_typing_stays(asked, changed, sentence):
    page = asked(**changed)
    words = text_of(page)
    assert page.status_code == 200
    assert words.count(sentence) >= 3, words  # in the summary, beside the field and where the results would be
    assert "Adds up exactly" not in words
    [(name, value)] = list(changed.items())[-1:]
    if value:
        assert re.search(rf'name="{name}"[^>]+value="{value}"', page.text)


def test_faults_are_listed_in_the_order_of_the_page(asked):
    words = text_of(asked(unit="x" * 41, q1="many", p1="free", s3="lots", fixed="a bit"))
    said = (
        "The unit must",
        "Enter the quantity of Gateshead",
        "Enter the price of one",
        "price 3 as",
        "Enter the cost",
    )
    places = [words.index(sentence) for sentence in said]
    assert places == sorted(places)


def test_more_bodies_than_can_be_counted_are_refused(app):
    with app.test_request_context():
        fields = {f"q{place}": "5" for place in range(61)}
        form = savings_form([(place, f"Body {place}") for place in range(61)])(
            formdata=MultiDict({**fields, "p1": "1"})
        )
        assert not form.validate()
        assert form.errors == {"q60": ["Enter the quantities of 60 bodies or fewer"]}


def test_what_nobody_can_choose_is_no_rule_and_no_body(asked):
    words = text_of(asked(a="nonsense", b="", body="99"))
    assert "Choose a rule to see what each body would pay" in words
    assert "If it left" not in words


def test_a_rule_without_an_answer_says_why_and_the_others_are_shown(asked):
    words = text_of(asked(s3="1,500", p3="20", a="nucleolus", b="equal_price", c="equal_price"))
    assert "The price of one unit rises somewhere with the quantity" in words
    assert "Buying together costs" in words
    assert "Rule 1, Nucleolus (up to 10 bodies): Together the bodies pay more than alone" in words
    assert "Rule 2 in words: Equal price" in words
    assert "Rule 3 in words" not in words
    assert "bodies pay more than alone" in words


def test_a_body_without_a_quantity_takes_no_part(asked):
    words = text_of(asked(q2="", body="2", fixed="", p2="12", p3="12"))
    assert re.search(r"so without a part in this: Darlington", words)
    assert "If it left" not in words
    assert "Buying together saves nothing" in words


def test_bills_below_half_a_penny_are_shown_without_percentages(asked):
    words = text_of(asked(q0="1", q1="1", q2="1", p1="0.0001", s2="", p2="", s3="", p3="", fixed=""))
    assert "At £0.0001 for each unit, they pay £0.00 together and would pay £0.00 alone" in words
    assert re.search(r"Newcastle[^£]+1 £0.00 £0.00 £0.00 £0.00 £0.00 Gateshead", words)


def test_the_price_after_a_body_left_is_said(asked):
    assert re.search(
        r"If Newcastle[^.]+ left, the others would pay £10.00 for each unit in place of £9.00", text_of(asked(body="0"))
    )


def test_a_script_fetches_what_the_rules_give_without_the_form(address, client_of):
    page = client_of("gateshead").get(f"{address}?{urlencode(TYPED)}", headers={"X-Fragment": "1"})
    assert "Rule 1 in words" in text_of(page)
    assert "<html" not in page.text
    assert "<form" not in page.text


def test_looking_stores_nothing(session, asked):
    before = session.scalar(select(func.count(EntryRow.seq)))
    assert asked().status_code == 200
    assert session.scalar(select(func.count(EntryRow.seq))) == before


def test_the_page_costs_the_same_statements_however_much_is_needed(session, world, client_of, address, connection):
    client, counts = client_of("gateshead"), []
    for more in (1, 60):
        for _ in range(more):
            make_requirement(session, world, "newcastle")
        session.commit()
        client.get(f"{address}?{urlencode(TYPED)}")
        with counted_statements(connection) as seen:
            client.get(f"{address}?{urlencode(TYPED)}")
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] < 20


def test_a_body_that_is_alone_is_told_so_in_place_of_an_example(session, world, client_of):
    alone = make_lonely(session, world)
    words = text_of(client_of("newcastle").get(f"/consortia/{alone.id}/savings-lab"))
    assert "Only your organisation has joined so far" in words
    assert "See an example" not in words


def test_only_bodies_that_joined_may_look(client_of, address):
    assert client_of("newcastle", "observer").get(address).status_code == 200
    assert client_of("leeds").get(address).status_code == 404


def test_the_pages_of_need_and_of_shares_lead_here(session, world, client_of, address):
    make_requirement(session, world, "newcastle")
    session.commit()
    client = client_of("gateshead")
    for page in ("needs", "split-lab"):
        assert f'href="{address}"' in client.get(address.replace("savings-lab", page)).text
