"""Commands of organisations, invitations and memberships."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from commonpurse.core import log
from commonpurse.core.actor import SYSTEM, VISITOR
from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from commonpurse.core.mail import Mail
from commonpurse.identity import commands, queries
from commonpurse.identity.models import (
    Identifier,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    PublicBodyKind,
    SingleUseLink,
)
from support.world import NOW, make_organisation

ADMINISTRATOR = "organisation_administrator"
PASSWORD_HASH = "a hash made elsewhere"
pytestmark = pytest.mark.usefixtures("app")


def register(session, actor, **changed):
    values = {
        "name": "Tyne Housing",
        "kind": OrganisationKind.PUBLIC_BODY,
        "public_body_kind": PublicBodyKind.HOUSING_ASSOCIATION,
        "area_gss": "E08000037",
        "identifiers": {"GB-COH": "42", "GB-CHC": ""},
        "now": NOW,
    }
    return commands.register_organisation(session, actor, **{**values, **changed})


def invite(session, world, role=ADMINISTRATOR, body="gateshead", **changed):
    values = {
        "organisation_id": world.organisation("gateshead"),
        "email": "New@gateshead.example",
        "label": "Buyer two",
        "roles": ["observer", "buyer"],
        "now": NOW,
    }
    return commands.invite_person(session, world.actor(body, role), **{**values, **changed})


def token_of_last_letter(session):
    letter = session.scalars(select(Mail).order_by(Mail.written_at.desc(), Mail.id)).first()
    return letter.values["token"]


def kinds(session, stream):
    return [entry.kind for entry in log.entries_after(session, stream, 0)]


def membership_of(session, world, body="gateshead", role="buyer"):
    person = world.people[body, role]
    return session.scalars(
        select(Membership).where(
            Membership.person_id == person.id, Membership.organisation_id == world.organisation(body)
        )
    ).one()


def change_roles(session, world, actor=None, role="buyer", roles=("approver",), seen_version=1):
    return commands.change_roles(
        session,
        actor or world.actor("gateshead", ADMINISTRATOR),
        organisation_id=world.organisation("gateshead"),
        person_id=world.people["gateshead", role].id,
        roles=roles,
        seen_version=seen_version,
        now=NOW,
    )


def end_membership(session, world, actor=None, role="buyer", seen_version=1):
    return commands.end_membership(
        session,
        actor or world.actor("gateshead", ADMINISTRATOR),
        organisation_id=world.organisation("gateshead"),
        person_id=world.people["gateshead", role].id,
        seen_version=seen_version,
        now=NOW,
    )


def test_who_registers_an_organisation_administers_it_and_both_are_recorded(session, world):
    stranger = world.actor("nowhere", "stranger")
    made = session.get(Organisation, register(session, stranger))
    assert [(i.scheme, i.value) for i in made.identifiers] == [("GB-COH", "00000042")]
    assert kinds(session, made.stream) == ["identity.organisation_registered", "identity.person_joined"]
    joined = session.scalars(select(Membership).where(Membership.organisation_id == made.id)).one()
    assert (joined.person_id, joined.roles) == (stranger.person_id, [ADMINISTRATOR])


def test_the_service_registers_without_becoming_a_member(session, world):
    made = register(session, SYSTEM)
    assert session.scalars(select(Membership).where(Membership.organisation_id == made)).all() == []
    assert queries.find_organisation(session, scheme="GB-COH", value="00000042").id == made


def test_visitors_register_nothing(session, world):
    with pytest.raises(NotAllowed):
        register(session, VISITOR)


def test_a_number_has_one_holder(session, world):
    register(session, SYSTEM)
    with pytest.raises(Refused, match="Tyne Housing already has this number") as refusal:
        register(session, SYSTEM, name="Another")
    assert refusal.value.field == "gb_coh"
    assert session.scalars(select(Identifier)).all()[0].value == "00000042"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " \n "}, "name"),
        ({"name": "x" * 161}, "name"),
        ({"name": "See https://evil.example"}, "name"),
        ({"name": "gateshead council"}, "name"),
        ({"public_body_kind": None}, "public_body_kind"),
        ({"area_gss": "E99999999"}, "area_gss"),
        ({"area_gss": None, "public_body_kind": PublicBodyKind.LOCAL_AUTHORITY}, "area_gss"),
        ({"identifiers": {"GB-COH": "12345678901"}}, "gb_coh"),
        ({"identifiers": {"GSS": "E08099999"}}, "gss"),
        ({"identifiers": {"XX-ODD": "1"}}, None),
    ],
)
def test_a_faulty_organisation_is_refused_with_its_field_and_not_stored(session, world, changed, field):
    before = len(session.scalars(select(Organisation)).all())
    with pytest.raises(Refused) as refusal:
        register(session, SYSTEM, **changed)
    assert refusal.value.field == field
    session.expire_all()
    assert len(session.scalars(select(Organisation)).all()) == before


def test_suppliers_have_no_kind_of_public_body(session, world):
    made = register(session, SYSTEM, kind=OrganisationKind.SUPPLIER)
    assert session.get(Organisation, made).public_body_kind is None
    typed = {"kind": OrganisationKind.VCFSE, "public_body_kind": PublicBodyKind.LOCAL_AUTHORITY, "area_gss": None}
    assert session.get(Organisation, register(session, SYSTEM, name="Charity", identifiers={}, **typed)) is not None


def test_a_number_is_added_by_administrators_only(session, world):
    gateshead = world.organisation("gateshead")
    values = {"organisation_id": gateshead, "scheme": "GSS", "value": "e08000037", "now": NOW}
    with pytest.raises(NotAllowed):
        commands.add_identifier(session, world.actor("gateshead", "buyer"), **values)
    with pytest.raises(NotAllowed):
        commands.add_identifier(session, world.actor("leeds", ADMINISTRATOR), **values)
    commands.add_identifier(session, world.actor("gateshead", ADMINISTRATOR), **values)
    assert queries.find_organisation(session, scheme="GSS", value="E08000037").id == gateshead
    assert kinds(session, f"organisation:{gateshead}") == ["identity.identifier_added"]


def test_an_invitation_keeps_only_the_hash_of_its_token_and_no_address_in_the_log(session, world):
    link_id = invite(session, world)
    link = session.get(SingleUseLink, link_id)
    token = token_of_last_letter(session)
    assert token not in (link.token_hash, str(link.id))
    assert (link.email, link.roles, link.expires_at - NOW) == (
        "new@gateshead.example",
        ["buyer", "observer"],
        timedelta(days=7),
    )
    [entry] = log.entries_after(session, world.bodies["gateshead"].stream, 0)
    assert entry.kind == "identity.person_invited"
    assert "@" not in str(entry.data)
    assert token not in str(entry.data)


def test_only_administrators_of_the_organisation_invite(session, world):
    for body, role in (("gateshead", "buyer"), ("leeds", ADMINISTRATOR), ("nowhere", "stranger")):
        with pytest.raises(NotAllowed):
            invite(session, world, role, body)
    with pytest.raises(NotFound):
        invite(session, world, organisation_id=world.people["leeds", "buyer"].id)
    assert session.scalars(select(SingleUseLink)).all() == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"roles": []}, "roles"),
        ({"roles": ["emperor"]}, "roles"),
        ({"label": " "}, "label"),
        ({"email": "buyer@gateshead.example"}, "email"),
    ],
)
def test_a_faulty_invitation_is_refused(session, world, changed, field):
    with pytest.raises(Refused) as refusal:
        invite(session, world, **changed)
    assert refusal.value.field == field


def test_a_second_invitation_to_the_same_address_ends_the_first(session, world):
    invite(session, world)
    first = token_of_last_letter(session)
    invite(session, world)
    with pytest.raises(Refused):
        commands.accept_as_new(session, token=first, label="New", password_hash=PASSWORD_HASH, now=NOW)
    assert kinds(session, world.bodies["gateshead"].stream) == [
        "identity.person_invited",
        "identity.invitation_withdrawn",
        "identity.person_invited",
    ]


def test_an_accepted_invitation_makes_the_person_and_the_membership(session, world):
    invite(session, world)
    token = token_of_last_letter(session)
    made = commands.accept_as_new(session, token=token, label="Sam", password_hash=PASSWORD_HASH, now=NOW)
    person = session.get(Person, made)
    assert (person.email, person.label) == ("new@gateshead.example", "Sam")
    membership = session.scalars(select(Membership).where(Membership.person_id == made)).one()
    assert membership.roles == ["buyer", "observer"]
    assert kinds(session, person.stream) == ["identity.account_made"]
    assert kinds(session, world.bodies["gateshead"].stream)[-1] == "identity.person_joined"


def test_an_invitation_is_accepted_once(session, world):
    invite(session, world)
    token = token_of_last_letter(session)
    commands.accept_as_new(session, token=token, label="Sam", password_hash=PASSWORD_HASH, now=NOW)
    with pytest.raises(Refused):
        commands.accept_as_new(session, token=token, label="Eve", password_hash=PASSWORD_HASH, now=NOW)


def test_an_invitation_lapses_after_seven_days_and_when_withdrawn(session, world):
    link_id = invite(session, world)
    token = token_of_last_letter(session)
    late = NOW + timedelta(days=7)
    with pytest.raises(Refused):
        commands.accept_as_new(session, token=token, label="Sam", password_hash=PASSWORD_HASH, now=late)
    values = {"organisation_id": world.organisation("gateshead"), "link_id": link_id, "now": NOW}
    with pytest.raises(NotAllowed):
        commands.withdraw_invitation(session, world.actor("gateshead", "buyer"), **values)
    commands.withdraw_invitation(session, world.actor("gateshead", ADMINISTRATOR), **values)
    with pytest.raises(Refused):
        commands.accept_as_new(session, token=token, label="Sam", password_hash=PASSWORD_HASH, now=NOW)
    with pytest.raises(NotFound):
        commands.withdraw_invitation(session, world.actor("gateshead", ADMINISTRATOR), **values)


def test_a_person_joins_a_second_organisation_with_the_account_they_have(session, world):
    invite(session, world, email="buyer@leeds.example")
    token = token_of_last_letter(session)
    with pytest.raises(Refused, match="Sign in"):
        commands.accept_as_new(session, token=token, label="Eve", password_hash=PASSWORD_HASH, now=NOW)
    with pytest.raises(Refused, match="another email address"):
        commands.accept_as_self(session, world.actor("newcastle", "buyer"), token=token, now=NOW)
    joined = commands.accept_as_self(session, world.actor("leeds", "buyer"), token=token, now=NOW)
    assert joined == world.organisation("gateshead")


def test_who_left_and_is_invited_again_has_the_roles_of_the_new_invitation(session, world):
    end_membership(session, world)
    invite(session, world, email="buyer@gateshead.example", roles=["observer"])
    token = token_of_last_letter(session)
    commands.accept_as_self(session, world.actor("gateshead", "buyer"), token=token, now=NOW)
    membership = membership_of(session, world)
    assert (membership.roles, membership.ended_at) == (["observer"], None)


def test_somebody_is_invited_to_the_service_to_register_their_organisation(session, world):
    with pytest.raises(NotAllowed):
        commands.invite_to_service(
            session, world.actor("leeds", ADMINISTRATOR), email="first@x.example", label="First", now=NOW
        )
    commands.invite_to_service(session, SYSTEM, email="first@x.example", label="First", now=NOW)
    token = token_of_last_letter(session)
    made = commands.accept_as_new(session, token=token, label="First", password_hash=PASSWORD_HASH, now=NOW)
    assert session.scalars(select(Membership).where(Membership.person_id == made)).all() == []


def test_roles_are_changed_and_recorded_with_those_before(session, world):
    seq = change_roles(session, world, roles=["observer", "approver", "approver"])
    assert membership_of(session, world).roles == ["approver", "observer"]
    [entry] = log.entries_after(session, world.bodies["gateshead"].stream, 0)
    assert (entry.seq, entry.kind) == (seq, "identity.roles_changed")
    assert (entry.data["before"], entry.data["roles"]) == (["buyer"], ["approver", "observer"])


@pytest.mark.parametrize("act", [change_roles, end_membership])
def test_only_administrators_change_who_works_for_their_organisation(session, world, act):
    with pytest.raises(NotAllowed):
        act(session, world, actor=world.actor("gateshead", "approver"))
    for outsider in (world.actor("leeds", ADMINISTRATOR), VISITOR):
        with pytest.raises(NotFound):
            act(session, world, actor=outsider)
    assert membership_of(session, world).roles == ["buyer"]


@pytest.mark.parametrize("act", [change_roles, end_membership])
def test_who_saw_older_roles_is_refused(session, world, act):
    change_roles(session, world)
    session.flush()
    with pytest.raises(Stale):
        act(session, world, seen_version=1)


def test_the_last_administrator_can_neither_give_it_up_nor_leave(session, world):
    with pytest.raises(Refused) as refusal:
        change_roles(session, world, role=ADMINISTRATOR, roles=["buyer"])
    assert refusal.value.field == "roles"
    with pytest.raises(Refused):
        end_membership(session, world, role=ADMINISTRATOR)
    change_roles(session, world, role="buyer", roles=[ADMINISTRATOR])
    end_membership(session, world, role=ADMINISTRATOR)
    assert membership_of(session, world, role=ADMINISTRATOR).ended_at == NOW


def test_a_membership_that_ended_cannot_be_changed(session, world):
    end_membership(session, world)
    with pytest.raises(NotFound):
        change_roles(session, world, seen_version=2)
    assert kinds(session, world.bodies["gateshead"].stream) == ["identity.membership_ended"]


def test_roles_are_not_emptied(session, world):
    with pytest.raises(Refused):
        change_roles(session, world, roles=[])


def make(session, actor=SYSTEM, **changed):
    values = {
        "email": "Seed@leeds.example",
        "label": "Buyer, Leeds",
        "password": "four words side by side",
        "organisation_id": None,
        "roles": [],
        "now": NOW,
    }
    return commands.make_person(session, actor, **{**values, **changed})


def test_seeds_make_a_person_once_however_often_they_run(session, world):
    leeds = world.bodies["leeds"]
    first = make(session, organisation_id=leeds.id, roles=["buyer"])
    recorded = log.last_seq(session, leeds.stream), log.last_seq(session, f"person:{first}")
    assert make(session, organisation_id=leeds.id, roles=["buyer"]) == first
    assert (log.last_seq(session, leeds.stream), log.last_seq(session, f"person:{first}")) == recorded
    assert queries.find_person(session, "seed@LEEDS.example") == first


def test_only_the_service_makes_people(session, world):
    with pytest.raises(NotAllowed):
        make(session, actor=world.actor("leeds", ADMINISTRATOR))
    with pytest.raises(Refused, match="12 characters"):
        make(session, password="short")


def test_names_are_given_for_the_keys_that_are_there(session, world):
    leeds, nobody = world.organisation("leeds"), world.people["leeds", "buyer"].id
    assert queries.names_of(session, [leeds, nobody]) == {leeds: "Leeds Council"}
    assert queries.names_of(session, []) == {}
    assert queries.labels_of(session, [nobody, leeds]) == {nobody: "Buyer, leeds"}
    assert queries.labels_of(session, []) == {}


def test_public_bodies_and_suppliers_are_listed_apart_and_limited(session, world):
    make_organisation(session, "Leeds Lamps", kind=OrganisationKind.SUPPLIER)
    assert [body.name for body in queries.list_public_bodies(session, q="leeds")] == ["Leeds Council"]
    assert [body.name for body in queries.list_suppliers(session, q="LEEDS")] == ["Leeds Lamps"]
    assert len(queries.list_public_bodies(session, limit=2)) == 2
