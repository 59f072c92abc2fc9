"""Pages for putting and answering questions, through the browser's eyes."""

from datetime import UTC, datetime, timedelta

import pytest

from commonpurse.consortia import commands, queries
from commonpurse.consortia.models import DecisionRule, DecisionState, Stage
from support.consortia_pages import events, path, text_of
from support.consortia_rows import make_lonely, open_move, with_rule


def test_a_stage_move_is_proposed_answered_and_carried_on_pages(client_of, session, forming):
    proposed = client_of("gateshead").post(path(forming, "/stage"), data=stage_form("pooling"))
    assert "/decisions/" in proposed.location
    page = text_of(client_of("darlington").get(proposed.location))
    assert "Shall we begin to pool needs and budgets?" in page
    assert "No answer yet" in page
    for body in ("newcastle", "gateshead", "darlington"):
        assert client_of(body).post(proposed.location, data={"answer": "agree"}).status_code == 302
    page = text_of(client_of("gateshead", "observer").get(proposed.location))
    assert "Every body answered and none objected." in page
    session.expire_all()
    assert forming.stage is Stage.POOLING
    home = text_of(client_of("gateshead").get(path(forming)))
    assert "The consortium moved to a new stage: Pooling" in home


def stage_form(stage):
    day = (datetime.now(UTC) + timedelta(days=7)).date()
    return {
        "stage": stage,
        "closes_on-day": str(day.day),
        "closes_on-month": str(day.month),
        "closes_on-year": str(day.year),
    }


def test_a_move_that_is_not_possible_says_what_is_missing(client_of, session, lonely):
    page = text_of(client_of("newcastle").get(path(lonely, "/stage")))
    assert "At least two bodies must have joined" in page
    refused = client_of("newcastle").post(path(lonely, "/stage"), data=stage_form("pooling"))
    assert "At least two bodies must have joined" in text_of(refused)
    assert 'href="#stage"' in refused.text
    assert events(session, lonely) == 0


def test_an_objection_without_a_reason_is_refused_beside_the_field(client_of, session, world, forming):
    decision = commands.open_decision(
        session, world.actor("gateshead"), consortium_id=forming.id, stage="pooling", now=datetime.now(UTC)
    )
    session.commit()
    where = path(forming, f"/decisions/{decision.id}")
    page = client_of("darlington").post(where, data={"answer": "object"})
    assert "Enter why your organisation objects" in text_of(page)
    assert client_of("darlington", "observer").post(where, data={"answer": "agree"}).status_code == 403
    assert client_of("leeds").post(where, data={"answer": "agree"}).status_code == 404
    assert client_of("newcastle").post(f"{where}/withdraw").status_code == 403
    assert client_of("gateshead").post(f"{where}/withdraw").status_code == 302
    assert "Withdrawn by the body that put the question" in text_of(client_of("gateshead").get(where))


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (DecisionRule.CONSENT, "One objection ends this question at once, and it cannot be taken back."),
        (DecisionRule.UNANIMITY, "One objection ends this question at once, and it cannot be taken back."),
        (DecisionRule.MAJORITY, "ends as soon as more than half of all bodies agree, or no longer can."),
        (DecisionRule.WEIGHTED, "ends as soon as no answer still to come can change its outcome."),
    ],
)
def test_those_about_to_answer_are_told_what_ends_the_question(client_of, session, world, forming, rule, sentence):
    decision = open_move(session, world, with_rule(forming, rule), now=datetime.now(UTC))
    session.commit()
    where = path(forming, f"/decisions/{decision.id}")
    page = text_of(client_of("darlington").get(where))
    assert page.index(sentence) < page.index("What does your organisation answer?")
    assert sentence not in text_of(client_of("darlington", "observer").get(where))


def test_that_the_latest_answer_counts_is_said_only_while_it_can_matter(client_of, session, world, forming):
    decision = open_move(session, world, forming, now=datetime.now(UTC))
    asks = {"consortium_id": make_lonely(session, world).id, "stage": "closed", "now": datetime.now(UTC)}
    alone = commands.open_decision(session, world.actor("newcastle"), **asks)
    session.commit()
    said = "the latest answer of a body counts"
    where = path(forming, f"/decisions/{decision.id}")
    assert said in text_of(client_of("darlington").get(where))
    client_of("darlington").post(where, data={"answer": "object", "reason": "Too early."})
    assert said not in text_of(client_of("darlington").get(where))
    assert said not in text_of(client_of("newcastle").get(f"/consortia/{alone.consortium_id}/decisions/{alone.id}"))


def test_a_visit_after_the_deadline_settles_the_decision(client_of, session, world, forming):
    decision = open_move(session, world, forming)
    decision.closes_at = decision.opened_at
    session.commit()
    page = text_of(client_of("darlington", "observer").get(path(forming, f"/decisions/{decision.id}")))
    assert "No objection by the deadline, and silence is consent" in page
    session.expire_all()
    assert (decision.state, forming.stage) == (DecisionState.CARRIED, Stage.POOLING)


def test_a_visit_by_an_outsider_settles_nothing(client_of, session, world, forming):
    decision = open_move(session, world, forming)
    decision.closes_at = decision.opened_at
    session.commit()
    assert client_of("leeds").get(path(forming, f"/decisions/{decision.id}")).status_code == 404
    session.expire_all()
    assert decision.state is DecisionState.OPEN


def test_the_operator_settles_what_is_due(app, session, world, forming):
    decision = open_move(session, world, forming)
    decision.closes_at = decision.opened_at
    session.commit()
    result = app.test_cli_runner().invoke(args=["consortia", "close-due"])
    assert result.output == "decisions settled: 1\n"
    session.expire_all()
    assert queries.get_decision(session, forming, decision.id).state is DecisionState.CARRIED


def test_who_cannot_put_the_question_is_told_who_can_make_them_a_buyer(client_of, world, forming):
    page = client_of("gateshead", "organisation_administrator").get(path(forming, "/stage")).text
    assert "A buyer of any body that has joined can put the question" in page
    assert f'href="/organisations/{world.organisation("gateshead")}"' in page
    assert "Put the question to all bodies" not in page
