"""Links sent by mail: forgotten passwords and invitations, through the pages."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from commonpurse.core.mail import Mail
from commonpurse.identity import commands
from commonpurse.identity.models import Person, SignIn, SingleUseLink
from commonpurse.identity.rules import passwords

EMAIL = "buyer@gateshead.example"
NEW_PASSWORD = "a password nobody had"
ADMINISTRATOR = "organisation_administrator"


def ask(client, email=EMAIL):
    return client.post("/forgotten-password", data={"email": email})


def letters(session, template):
    return session.scalars(select(Mail).where(Mail.template == template).order_by(Mail.written_at, Mail.id)).all()


def reset_link(session):
    return f"/reset-password/{letters(session, 'password_reset')[-1].values['token']}"


def make_old(session, **age):
    for link in session.scalars(select(SingleUseLink)):
        link.made_at -= timedelta(**age)
        link.expires_at -= timedelta(**age)
    session.commit()


def buyer(session):
    session.expire_all()
    return session.scalars(select(Person).where(Person.email == EMAIL)).one()


def invite(session, world, email="new@gateshead.example", roles=("buyer",)):
    commands.invite_person(
        session,
        world.actor("gateshead", ADMINISTRATOR),
        organisation_id=world.organisation("gateshead"),
        email=email,
        label="Buyer two",
        roles=roles,
        now=datetime.now(UTC),
    )
    session.commit()
    return f"/invitations/{letters(session, 'invitation')[-1].values['token']}"


def test_the_answer_is_the_same_whether_the_address_has_an_account_or_not(visitor, world, session):
    known, unknown = ask(visitor), ask(visitor, "nobody@gateshead.example")
    assert known.status_code == unknown.status_code == 200
    plain = [page.text.split("<main")[1].split("</main>")[0] for page in (known, unknown)]
    assert plain[0].replace(EMAIL, "") == plain[1].replace("nobody@gateshead.example", "")
    assert [letter.recipient for letter in session.scalars(select(Mail))] == [EMAIL]


def test_at_most_three_links_are_sent_in_an_hour(visitor, world, session):
    for _ in range(5):
        ask(visitor)
    assert len(letters(session, "password_reset")) == 3
    make_old(session, hours=1)
    ask(visitor)
    assert len(letters(session, "password_reset")) == 4


def test_a_reset_gives_a_new_password_once_and_ends_every_sign_in(visitor, world, session, client_of):
    signed_in = client_of("gateshead", "buyer")
    ask(visitor)
    link = reset_link(session)
    assert EMAIL in visitor.get(link).text
    assert visitor.post(link, data={"new_password": NEW_PASSWORD}).location == "/sign-in"
    assert passwords.matches(buyer(session).password_hash, NEW_PASSWORD)
    assert signed_in.get("/account").status_code == 302
    assert all(row.ended_at for row in session.scalars(select(SignIn)))
    again = visitor.post(link, data={"new_password": "another one altogether"})
    assert again.status_code == 410
    assert "Send another link" in again.text
    assert passwords.matches(buyer(session).password_hash, NEW_PASSWORD)
    assert [letter.recipient for letter in letters(session, "password_changed")] == [EMAIL]


def test_a_reset_ends_the_other_links_and_a_lock(visitor, world, session):
    ask(visitor)
    older = reset_link(session)
    ask(visitor)
    person = buyer(session)
    person.locked_until, person.failed_sign_ins = datetime.now(UTC) + timedelta(minutes=9), 3
    session.commit()
    visitor.post(reset_link(session), data={"new_password": NEW_PASSWORD})
    assert visitor.get(older).status_code == 410
    assert (buyer(session).locked_until, person.failed_sign_ins) == (None, 0)


def test_a_reset_link_lapses_after_an_hour(visitor, world, session):
    ask(visitor)
    make_old(session, hours=1)
    link = reset_link(session)
    assert visitor.get(link).status_code == 410
    assert visitor.post(link, data={"new_password": NEW_PASSWORD}).status_code == 410
    assert buyer(session).password_hash is None


def test_a_weak_new_password_leaves_the_link_good(visitor, world, session):
    ask(visitor)
    link = reset_link(session)
    assert "12 characters or more" in visitor.post(link, data={"new_password": "short"}).text
    for held in ("the buyer of lamps", "forever Gateshead"):
        assert "the name of your organisation" in visitor.post(link, data={"new_password": held}).text
    assert visitor.post(link, data={"new_password": NEW_PASSWORD}).status_code == 302


@pytest.mark.parametrize("page", ["/reset-password/made-up", "/invitations/made-up"])
def test_a_link_nobody_was_sent_says_the_same_as_one_that_is_over(visitor, world, page):
    response = visitor.get(page)
    assert response.status_code == 410
    assert "This link does not work any more" in response.text


def test_a_link_of_one_purpose_does_not_serve_the_other(visitor, world, session):
    ask(visitor)
    token = reset_link(session).rpartition("/")[2]
    assert visitor.get(f"/invitations/{token}").status_code == 410
    invited = invite(session, world).rpartition("/")[2]
    assert visitor.post(f"/reset-password/{invited}", data={"new_password": NEW_PASSWORD}).status_code == 410


def test_an_invited_person_makes_an_account_and_is_in(visitor, world, session):
    link = invite(session, world)
    page = visitor.get(link).text
    assert "Work for Gateshead Council" in page
    assert 'value="Buyer two"' in page
    faulty = visitor.post(link, data={"label": "Sam", "new_password": "short"})
    assert "12 characters or more" in faulty.text
    assert 'value="Sam"' in faulty.text
    held = visitor.post(link, data={"label": "Sam", "new_password": "forever Gateshead"})
    assert "the name of your organisation" in held.text
    done = visitor.post(link, data={"label": "Sam", "new_password": NEW_PASSWORD}, follow_redirects=True).text
    assert "You now work for Gateshead Council." in done
    assert "new@gateshead.example" in done
    assert visitor.get(link).status_code == 410


def test_who_has_an_account_signs_in_to_accept(visitor, world, session, client_of):
    link = invite(session, world, "buyer@leeds.example")
    assert f"/sign-in?next={link}" in visitor.get(link).text
    refused = visitor.post(link, data={"label": "Eve", "new_password": NEW_PASSWORD})
    assert "Sign in as" in refused.text
    theirs = client_of("leeds", "buyer")
    assert "Accept" in theirs.get(link).text
    assert "You now work for Gateshead Council." in theirs.post(link, data={}, follow_redirects=True).text


def test_an_invitation_is_not_accepted_for_somebody_else(client_of, world, session):
    link = invite(session, world, "buyer@leeds.example")
    other = client_of("newcastle", "buyer")
    page = other.post(link, data={})
    assert "Sign out first" in page.text
    assert other.get(f"/organisations/{world.organisation('gateshead')}").text.count("@gateshead.example") == 0
    assert session.scalars(select(SingleUseLink)).one().used_at is None


@pytest.mark.parametrize(
    ("email", "name", "sentence"),
    [
        ("notanemail", "", "Enter an email address in the correct format, like name@example.com"),
        ("first@x.example", " ", "Enter a name or job title"),
    ],
)
def test_the_service_invites_nobody_without_an_address_and_a_name(app, world, session, email, name, sentence):
    result = app.test_cli_runner().invoke(args=["identity", "invite", email, name])
    assert (result.exit_code, result.output) == (1, f"Error: {sentence}\n")
    assert session.scalars(select(SingleUseLink)).all() == []


def test_the_help_of_the_invitation_calls_its_arguments_as_the_read_me_does(app):
    assert "invite [OPTIONS] EMAIL NAME" in app.test_cli_runner().invoke(args=["identity", "invite", "--help"]).output


def test_who_is_invited_by_the_service_registers_an_organisation_next(app, visitor, world, session):
    result = app.test_cli_runner().invoke(args=["identity", "invite", "first@x.example", "First"])
    assert "on its way" in result.output
    link = f"/invitations/{letters(session, 'invitation')[-1].values['token']}"
    done = visitor.post(link, data={"label": "First", "new_password": NEW_PASSWORD}, follow_redirects=True).text
    assert "You belong to no organisation yet." in done


def test_who_works_for_an_organisation_and_is_invited_by_the_service_chooses_again(app, client_of, world, session):
    app.test_cli_runner().invoke(args=["identity", "invite", EMAIL, "Buyer"])
    link = f"/invitations/{letters(session, 'invitation')[-1].values['token']}"
    done = client_of("gateshead", "buyer").post(link, data={}, follow_redirects=True).text
    assert "Register another organisation" in done
    assert "You now work for" not in done
