"""Inviting bodies and answering an invitation, through the browser's eyes."""

from commonpurse.consortia import commands
from commonpurse.consortia.models import Stage
from commonpurse.core import mail
from commonpurse.notifications.letters import render_letter
from support.consortia_pages import events, path, text_of
from support.consortia_rows import part_of
from support.world import NOW


def test_bodies_are_found_chosen_checked_and_invited(client_of, session, world, lonely):
    client = client_of("newcastle")
    gateshead = world.organisation("gateshead")
    assert f'value="{gateshead}"' in client.get(path(lonely, "/invite?q=gates")).text
    leeds = world.organisation("leeds")
    added = client.get(path(lonely, f"/invite?q=gates&body={leeds}&choose={gateshead}"))
    assert added.location == path(lonely, f"/invite?body={leeds}&body={gateshead}")
    page = client.get(added.location).text
    assert "Gateshead Council" in page
    assert "Leeds Council" in page
    assert 'value="gates"' not in page
    checked = text_of(client.get(path(lonely, f"/invite?body={gateshead}&body=nonsense")))
    assert "Check, then send the invitations" in checked
    response = client.post(path(lonely, "/invite"), data={"body": str(gateshead)})
    assert response.location == path(lonely, "/members")
    session.expire_all()
    assert part_of(lonely, world, "gateshead").state == "invited"
    members = text_of(client.get(path(lonely, "/members")))
    assert "1 body is invited. 1 letter was written to their administrators." in members


def test_only_a_name_that_no_body_has_is_said_to_be_unknown(client_of, world, lonely):
    client = client_of("newcastle")
    unknown = "No public body here has this name"
    assert unknown in text_of(client.get(path(lonely, "/invite?q=atlantis")))
    assert unknown not in text_of(client.get(path(lonely, "/invite")))
    chosen = f"body={world.organisation('gateshead')}"
    assert unknown not in text_of(client.get(path(lonely, f"/invite?q=gates&{chosen}")))


def test_the_letter_says_who_invites_and_where_to_answer(app, session, invited):
    [letter] = mail.list_newest(session)
    with app.app_context():
        subject, body = render_letter(letter)
    assert subject == "Newcastle upon Tyne Council invites Gateshead Council to buy together"
    assert "Buy street lighting together." in body
    assert f"http://localhost/consortia/{invited.id}/invitation" in body


def test_inviting_a_supplier_or_nobody_is_refused(client_of, session, world, lonely):
    client = client_of("newcastle")
    page = client.post(path(lonely, "/invite"), data={"body": str(world.organisation("builder"))})
    assert "Only public bodies can be invited" in text_of(page)
    assert "Choose at least one body" in text_of(client.post(path(lonely, "/invite")))
    assert events(session, lonely) == 0


def test_names_of_public_bodies_are_suggested(client_of):
    client = client_of("newcastle")
    assert client.get("/consortia/bodies.json?q=gates").json == [
        {"value": "Gateshead Council", "label": "Gateshead Council"}
    ]
    assert client.get("/consortia/bodies.json?q=brightway").json == []


def test_an_invitation_is_accepted_and_the_signature_confirmed(client_of, session, world, invited):
    client = client_of("gateshead", "approver")
    response = client.post(path(invited, "/invitation"), data={"answer": "accept", "number": "1"})
    page = text_of(client.get(response.location))
    assert "Your organisation has signed version 1" in page
    session.expire_all()
    assert part_of(invited, world, "gateshead").state == "joined"


def test_each_body_has_a_reference_of_its_own_for_its_signature(client_of, session, world, invited):
    client_of("gateshead", "approver").post(path(invited, "/invitation"), data={"answer": "accept", "number": "1"})
    pages = [text_of(client_of(body).get(path(invited, "/agreement"))) for body in ("newcastle", "gateshead")]
    start = f"Reference {invited.id.hex[:8].upper()}-1-"
    assert [page.split(start)[1].split()[0] for page in pages] == ["1", "2"]


def test_declining_without_a_reason_is_refused_then_done_with_one(client_of, session, world, invited):
    client = client_of("gateshead", "approver")
    page = client.post(path(invited, "/invitation"), data={"answer": "decline", "number": "1"})
    assert "Enter why your organisation declines" in text_of(page)
    typed = {"answer": "decline", "number": "1", "reason": "No money."}
    assert client.post(path(invited, "/invitation"), data=typed).location == "/consortia/"
    assert client.get(path(invited, "/invitation")).status_code == 404
    assert "No money." in text_of(client_of("newcastle").get(path(invited, "/members")))


def test_a_buyer_of_the_invited_body_reads_but_cannot_answer(client_of, invited):
    client = client_of("gateshead")
    assert "An approver or an administrator" in text_of(client.get(path(invited, "/invitation")))
    response = client.post(path(invited, "/invitation"), data={"answer": "accept", "number": "1"})
    assert response.status_code == 403


def test_accepting_a_text_that_changed_meanwhile_shows_the_new_one_first(client_of, session, world, invited):
    commands.write_agreement(
        session, world.actor("newcastle"), consortium_id=invited.id, text="Harder terms.", seen_number=1, now=NOW
    )
    session.commit()
    page = client_of("gateshead", "approver").post(
        path(invited, "/invitation"), data={"answer": "accept", "number": "1"}
    )
    assert "Read the new version before you sign" in text_of(page)
    assert "Harder terms." in text_of(page)
    session.expire_all()
    assert part_of(invited, world, "gateshead").state == "invited"


def test_an_invitation_that_has_lapsed_says_so_and_asks_for_no_answer(client_of, session, invited):
    invited.stage = Stage.OUT_TO_BID
    session.commit()
    client = client_of("gateshead", "approver")
    page = client.get(path(invited, "/invitation"))
    assert "This invitation has lapsed" in text_of(page)
    assert "Send the answer" not in text_of(page)
    late = client.post(path(invited, "/invitation"), data={"answer": "decline", "number": "1", "reason": "Too late."})
    assert "This invitation has lapsed" in text_of(late)
