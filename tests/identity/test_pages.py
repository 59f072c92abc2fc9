"""Pages of organisations and people: who sees what, and forms that keep what was typed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from commonpurse.core.mail import Mail
from commonpurse.identity.models import Membership, Organisation, OrganisationKind, SingleUseLink
from support.web import counted_statements
from support.world import make_organisation, make_person

ADMINISTRATOR = "organisation_administrator"


def organisation_url(world, body="gateshead", page=""):
    return f"/organisations/{world.organisation(body)}{page}"


def person_url(world, role="buyer", body="gateshead", page=""):
    return organisation_url(world, body, f"/people/{world.people[body, role].id}{page}")


@pytest.mark.parametrize(
    "address",
    [
        "/account",
        "/account/password",
        "/account/second-factor",
        "/account/second-factor/remove",
        "/account/recovery-codes",
        "/organisations",
        "/organisations/choose",
        "/organisations/register",
    ],
)
def test_every_page_of_ones_own_opens_and_visitors_must_sign_in(client_of, visitor, address):
    response = client_of("gateshead", "buyer").get(address)
    assert response.status_code == 200
    assert response.text.count("<h1") == 1
    refused = visitor.get(address)
    assert (refused.status_code, refused.location) == (302, f"/sign-in?next={address}")


def test_own_people_see_who_works_for_their_organisation_and_others_do_not(client_of, world):
    own = client_of("gateshead", "observer").get(organisation_url(world)).text
    assert "approver@gateshead.example" in own
    assert "Invite a person" not in own
    others = client_of("leeds", ADMINISTRATOR).get(organisation_url(world)).text
    assert "Gateshead" in others
    assert "@gateshead.example" not in others


def test_administrators_are_offered_what_they_may_do(client_of, world):
    text = client_of("gateshead", ADMINISTRATOR).get(organisation_url(world)).text
    assert "Invite a person" in text
    assert person_url(world) in text
    assert "No invitation is waiting." in text


def test_an_organisation_that_is_not_there_is_not_found(client_of, world):
    address = f"/organisations/{world.people['leeds', 'buyer'].id}"
    assert client_of("gateshead").get(address).status_code == 404


@pytest.mark.parametrize("page", ["/invite", "/numbers"])
def test_only_administrators_open_pages_that_change_an_organisation(client_of, world, page):
    assert client_of("gateshead", ADMINISTRATOR).get(organisation_url(world, page=page)).status_code == 200
    refused = client_of("gateshead", "buyer").get(organisation_url(world, page=page))
    assert refused.status_code == 403
    assert "An administrator of the organisation" in refused.text
    assert client_of("leeds", ADMINISTRATOR).get(organisation_url(world, page=page)).status_code == 403


@pytest.mark.parametrize("page", ["", "/end"])
def test_pages_about_a_member_are_for_administrators_and_about_members_only(client_of, world, page):
    administrator = client_of("gateshead", ADMINISTRATOR)
    assert administrator.get(person_url(world, page=page)).status_code == 200
    assert client_of("gateshead", "buyer").get(person_url(world, page=page)).status_code == 403
    stranger = world.people["leeds", "buyer"].id
    assert administrator.get(organisation_url(world, page=f"/people/{stranger}{page}")).status_code == 404


def test_an_invitation_is_sent_by_the_page_shown_there_and_withdrawn_there(client_of, world, session):
    client = client_of("gateshead", ADMINISTRATOR)
    typed = {"email": " New@Gateshead.example ", "label": "Buyer two", "roles": ["buyer", "observer"]}
    response = client.post(organisation_url(world, page="/invite"), data=typed, follow_redirects=True)
    assert "The invitation to New@Gateshead.example is on its way." in response.text
    assert "Buyer, Observer" in response.text
    link = session.scalars(select(SingleUseLink)).one()
    assert link.email == "new@gateshead.example"
    withdrawn = client.post(
        organisation_url(world, page=f"/invitations/{link.id}/withdraw"), data={}, follow_redirects=True
    )
    assert "No invitation is waiting." in withdrawn.text


def test_a_faulty_invitation_says_why_beside_each_field_and_keeps_the_typing(client_of, world, session):
    typed = {"email": "nobody", "label": ""}
    text = client_of("gateshead", ADMINISTRATOR).post(organisation_url(world, page="/invite"), data=typed).text
    assert "Enter an email address in the correct format, like name@example.com" in text
    assert "Enter a name or job title" in text
    assert "Select at least one role" in text
    assert 'value="nobody"' in text
    assert session.scalars(select(SingleUseLink)).all() == []
    assert session.scalars(select(Mail)).all() == []


def test_roles_are_changed_by_the_page(client_of, world, session):
    client = client_of("gateshead", ADMINISTRATOR)
    data = {"roles": ["approver"], "seen_version": "1"}
    text = client.post(person_url(world), data=data, follow_redirects=True).text
    assert "The roles of Buyer, gateshead are saved." in text
    stale = client.post(person_url(world), data=data, follow_redirects=True)
    assert "Somebody else changed this person" in stale.text


@pytest.mark.parametrize("spoiled", [{}, {"seen_version": "one"}, {"seen_version": "9" * 5000}])
def test_roles_are_not_changed_by_a_page_that_does_not_say_what_it_showed(client_of, world, spoiled):
    client = client_of("gateshead", ADMINISTRATOR)
    text = client.post(person_url(world), data={"roles": ["approver"], **spoiled}, follow_redirects=True).text
    assert "Somebody else changed this person" in text
    assert client.get(organisation_url(world)).text.count("Approver</td>") == 1


def test_the_last_administrator_is_told_to_name_another_first(client_of, world):
    client = client_of("gateshead", ADMINISTRATOR)
    text = client.post(person_url(world, ADMINISTRATOR), data={"roles": ["buyer"], "seen_version": "1"}).text
    assert "Make somebody else an administrator first" in text
    text = client.post(person_url(world, ADMINISTRATOR, page="/end"), data={"seen_version": "1"}).text
    assert "Make somebody else an administrator first" in text


def test_ending_a_membership_takes_effect_at_the_next_request(client_of, world):
    buyer = client_of("gateshead", "buyer")
    assert "approver@gateshead.example" in buyer.get(organisation_url(world)).text
    administrator = client_of("gateshead", ADMINISTRATOR)
    administrator.post(person_url(world, page="/end"), data={"seen_version": "1"})
    assert "@gateshead.example" not in buyer.get(organisation_url(world)).text
    assert "You belong to no organisation yet." in buyer.get("/organisations/choose").text


def test_a_person_of_no_organisation_registers_one_and_administers_it(client_of, session):
    client = client_of("nowhere", "stranger")
    assert "You belong to no organisation yet." in client.get("/organisations/choose").text
    typed = {
        "name": "Hadrian  Housing",
        "kind": "public_body",
        "public_body_kind": "housing_association",
        "area_gss": "gateshead",
        "gb_coh": "123456",
    }
    response = client.post("/organisations/register", data=typed, follow_redirects=True)
    assert "Hadrian Housing" in response.text
    assert "00123456" in response.text
    assert "Invite a person" in response.text
    assert "Only one person so far" in response.text
    made = session.scalars(select(Organisation).where(Organisation.name == "Hadrian Housing")).one()
    assert made.area_gss == "E08000037"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Enter the name of the organisation"),
        ({"name": "GATESHEAD COUNCIL"}, "Gateshead Council is already registered"),
        ({"kind": ""}, "Select what the organisation is"),
        ({"public_body_kind": ""}, "Select the kind of public body"),
        ({"public_body_kind": "local_authority", "area_gss": ""}, "Enter the area of the local authority"),
        ({"area_gss": "Atlantis"}, "Enter the name of an area, such as Gateshead, or its GSS code"),
        ({"gb_ppon": "12-34"}, "The number must look like PBCD-1234-EFGH"),
        ({"gss": "E08999999"}, "There is no area with the GSS code E08999999"),
    ],
)
def test_a_faulty_registration_says_why_and_stores_nothing(client_of, session, changed, sentence):
    client = client_of("nowhere", "stranger")
    before = len(session.scalars(select(Organisation)).all())
    typed = {"name": "Tyne Trust", "kind": "public_body", "public_body_kind": "school_trust", **changed}
    text = client.post("/organisations/register", data=typed).text
    assert sentence in text.replace("&#39;", "'")
    assert "There is a problem" in text
    assert len(session.scalars(select(Organisation)).all()) == before


def test_a_registration_says_everything_that_is_wrong_at_once(client_of):
    client = client_of("nowhere", "stranger")
    typed = {"name": "Tyne", "kind": "public_body", "public_body_kind": "local_authority", "area_gss": ""}
    text = client.post("/organisations/register", data={**typed, "gb_ppon": "1", "gb_coh": "x", "gss": "E0"}).text
    for field in ("gb_ppon", "gb_coh", "gss", "area_gss"):
        assert f'href="#{field}"' in text
    assert text.count('href="#') - text.count('href="#main-content"') == 4
    for sentence in ("PBCD-1234-EFGH", "01234567", "E08000037"):
        assert text.count(f"The number must look like {sentence}") == 2


def test_what_is_taken_or_unknown_is_said_together_with_what_is_misshapen(client_of, session):
    client = client_of("nowhere", "stranger")
    before = len(session.scalars(select(Organisation)).all())
    typed = {"name": "gateshead council", "kind": "supplier", "area_gss": "Atlantis", "gb_coh": "x", "gss": "E08999999"}
    text = client.post("/organisations/register", data=typed).text
    for sentence in (
        "Gateshead Council is already registered. Ask its administrator for an invitation",
        "Enter the name of an area, such as Gateshead, or its GSS code",
        "The number must look like 01234567",
        "There is no area with the GSS code E08999999",
    ):
        assert text.count(sentence) == 2, sentence
    assert len(session.scalars(select(Organisation)).all()) == before


def test_a_number_is_added_by_the_page_and_shown(client_of, world):
    client = client_of("gateshead", ADMINISTRATOR)
    data = {"scheme": "GB-NHS", "value": "rtd"}
    text = client.post(organisation_url(world, page="/numbers"), data=data, follow_redirects=True).text
    assert "RTD" in text
    again = client.post(organisation_url(world, page="/numbers"), data=data).text
    assert "The organisation already has a number of this kind" in again


def test_organisations_are_found_by_words_of_their_name_and_by_kind(client_of):
    client = client_of("gateshead")
    assert "Leeds Council" in client.get("/organisations?q=council+lee").text
    suppliers = client.get("/organisations?kind=supplier").text
    assert "Brightway Ltd" in suppliers
    assert "Leeds Council" not in suppliers
    assert "No organisation matches." in client.get("/organisations?q=100%25").text
    assert client.get("/organisations?page=-3&kind=nonsense&q=%E2%80%8B").status_code == 200


def test_the_list_has_pages_and_costs_the_same_however_long_it_is(client_of, session, connection, app):
    client = client_of("gateshead")
    with counted_statements(connection) as few:
        client.get("/organisations")
    for number in range(60):
        make_organisation(session, f"Supplier {number:02}", kind=OrganisationKind.SUPPLIER)
    session.commit()
    with counted_statements(connection) as many:
        second = client.get("/organisations?page=2").text
    assert "Supplier 59" in second
    assert len(few) == len(many)


def test_the_page_of_an_organisation_costs_the_same_however_many_people_it_has(
    client_of, session, connection, world, app
):
    client = client_of("gateshead", ADMINISTRATOR)
    with counted_statements(connection) as few:
        client.get(organisation_url(world))
    now = datetime.now(UTC)
    for number in range(30):
        person = make_person(session, f"Person {number}", f"person{number}@gateshead.example")
        session.add(
            Membership(
                person_id=person.id, organisation_id=world.organisation("gateshead"), roles=["observer"], since=now
            )
        )
        session.add(
            SingleUseLink(
                token_hash=f"hash {number}",
                purpose="invitation",
                email=f"new{number}@gateshead.example",
                label="New",
                organisation_id=world.organisation("gateshead"),
                roles=["buyer"],
                made_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
    session.commit()
    with counted_statements(connection) as many:
        text = client.get(organisation_url(world)).text
    assert "person29@gateshead.example" in text
    assert len(few) == len(many)


def test_suggestions_are_public_bodies_for_people_signed_in(client_of, visitor):
    found = client_of("gateshead").get("/organisations.json?q=leeds").get_json()
    assert [body["label"] for body in found] == ["Leeds Council"]
    assert client_of("gateshead").get("/organisations.json?q=brightway").get_json() == []
    assert visitor.get("/organisations.json?q=leeds").status_code == 302


def test_a_person_switches_between_their_organisations_and_goes_back_to_the_page(client_of, world, session):
    person = world.people["gateshead", "buyer"]
    session.add(
        Membership(
            person_id=person.id, organisation_id=world.organisation("leeds"), roles=["observer"], since=person.joined_at
        )
    )
    session.commit()
    client = client_of("gateshead", "buyer")
    data = {"organisation_id": str(world.organisation("leeds"))}
    response = client.post(
        "/organisations/switch", data=data, headers={"Referer": "http://localhost/organisations?q=a"}
    )
    assert response.location == "/organisations?q=a"
    assert "observer@leeds.example" in client.get(organisation_url(world, "leeds")).text
    foreign = client.post("/organisations/switch", data=data, headers={"Referer": "https://evil.example/x"})
    assert foreign.location == "/"


@pytest.mark.parametrize("chosen", ["other", "nonsense", ""])
def test_nobody_switches_to_an_organisation_that_is_not_theirs(client_of, world, chosen):
    client = client_of("gateshead", "buyer")
    value = str(world.organisation("newcastle")) if chosen == "other" else chosen
    assert client.post("/organisations/switch", data={"organisation_id": value}).status_code == 404
    assert "approver@gateshead.example" in client.get(organisation_url(world)).text


def test_every_page_leads_to_the_persons_own_account(client_of):
    page = client_of("gateshead").get("/organisations/")
    assert 'href="/account"' in page.text.split("<main")[0]
    assert "Your account, </span>Buyer, gateshead</a>" in page.text
