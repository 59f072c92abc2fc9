"""Issuing splits and correcting outcomes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text, update

from commonpurse.core import log
from commonpurse.core.errors import NotAllowed, NotFound, Refused, Stale
from commonpurse.delivery.models import OutcomeRecord, VerificationStatus
from commonpurse.outcomes import commands, queries
from commonpurse.outcomes.models import LiveClaim, PostedSplit, Roster, RuleVersion, WeightVersion
from support.delivery_rows import QUARTER, make_agreed_rule, make_contract, make_record, make_records
from support.pooling_rows import make_budget
from support.world import AREAS, NOW

EQUAL = {"kind": "equal"}


def issue(session, world, body="newcastle", role="buyer"):
    actor = world.actor(body, role)
    return commands.issue_splits(session, actor, consortium_id=world.consortium.id, now=NOW)


def correct(session, world, record_id, body="newcastle", **changed):
    values = {"quantity": Decimal(3), "quarter_starting": QUARTER, "place": "E08000021", "reason": "Counted wrongly"}
    version = session.get(OutcomeRecord, record_id).version
    values = {**values, "seen_version": version, "now": NOW + timedelta(days=1), **changed}
    actor = world.actor(body)
    return commands.correct_outcome(session, actor, consortium_id=world.consortium.id, record_id=record_id, **values)


def net(session):
    rows = session.execute(
        text("SELECT position, sum(amount) FROM outcomes_posting GROUP BY position ORDER BY position")
    )
    return [int(amount) for _, amount in rows]


@pytest.fixture
def contract(session, world):
    world.measure.unit = "hours"
    return make_contract(session, world)


def test_a_total_is_split_once_by_the_agreed_rule_and_recorded(session, world, contract):
    make_agreed_rule(session, world, EQUAL)
    make_records(session, world, contract, 10)
    [split_id] = issue(session, world)
    row = session.get(PostedSplit, split_id)
    assert (row.total, row.amounts, row.seq, len(row.outcomes)) == (10, (4, 3, 3, 0), 1, 10)
    assert row.scope == f"{contract.id.hex}|{world.measure.id.hex}|2026-10-01|E08000021"
    assert row.roster.parties == (
        *(str(world.organisation(body)) for body in ("newcastle", "gateshead", "darlington")),
        "unallocated",
    )
    entry = log.entries_after(session, world.consortium.stream, 0)[-1]
    assert (entry.kind, entry.data["total"], entry.data["amounts"]) == ("outcomes.split_posted", 10, [4, 3, 3, 0])
    assert queries.verify(session).faults == ()


def test_outcomes_of_another_quarter_or_place_are_totals_of_their_own(session, world, contract):
    make_agreed_rule(session, world, EQUAL)
    make_record(session, world, contract, subject="a", quantity=5)
    make_record(session, world, contract, subject="b", quantity=7, place_gss=AREAS["gateshead"][0])
    make_record(session, world, contract, subject="c", quantity=9, quarter_starting=QUARTER.replace(year=2027))
    posted = [session.get(PostedSplit, split_id) for split_id in issue(session, world)]
    assert sorted(row.total for row in posted) == [5, 7, 9]
    assert len(session.scalars(select(RuleVersion)).all()) == 1
    assert len(session.scalars(select(WeightVersion)).all()) == 1


def test_only_verified_outcomes_are_split_and_none_twice(session, world, contract):
    make_agreed_rule(session, world, EQUAL)
    make_record(session, world, contract, subject="a", status=VerificationStatus.REPORTED)
    make_record(session, world, contract, subject="b", status=VerificationStatus.RETURNED)
    with pytest.raises(Refused, match="No verified outcome"):
        issue(session, world)
    make_record(session, world, contract, subject="c")
    assert len(issue(session, world)) == 1
    with pytest.raises(Refused, match="No verified outcome"):
        issue(session, world)


def test_committed_budgets_weigh_as_pooling_says(session, world, contract):
    make_agreed_rule(session, world, {"kind": "committed_budget"})
    make_budget(session, world, "newcastle", 417_00)
    make_budget(session, world, "gateshead", 333_00)
    make_budget(session, world, "darlington", 250_00)
    make_record(session, world, contract, subject="a", quantity=1000)
    [split_id] = issue(session, world)
    row = session.get(PostedSplit, split_id)
    assert row.amounts == (417, 333, 250, 0)
    assert row.weight_version.weights == (41700, 33300, 25000, 0)


def test_the_place_of_delivery_decides_first_and_budgets_where_nobody_holds_it(session, world, contract):
    make_agreed_rule(session, world, {"kind": "place_then_budget"})
    make_budget(session, world, "newcastle", 300_00)
    make_budget(session, world, "darlington", 100_00)
    make_record(session, world, contract, subject="a", quantity=8, place_gss=AREAS["gateshead"][0])
    make_record(session, world, contract, subject="b", quantity=8, place_gss=AREAS["leeds"][0])
    shares = {row.place_gss: row.amounts for row in (session.get(PostedSplit, key) for key in issue(session, world))}
    assert shares == {AREAS["gateshead"][0]: (0, 8, 0, 0), AREAS["leeds"][0]: (6, 0, 2, 0)}
    assert queries.verify(session).faults == ()


def test_a_share_of_a_body_that_is_not_on_the_roster_stays_unallocated(session, world, contract):
    shares = {str(world.organisation("gateshead")): "60", str(world.organisation("leeds")): "40"}
    make_agreed_rule(session, world, {"kind": "fixed_percentages", "percentages": shares})
    make_record(session, world, contract, subject="a", quantity=10)
    [split_id] = issue(session, world)
    assert session.get(PostedSplit, split_id).amounts == (0, 6, 0, 4)


def test_nothing_is_split_before_a_rule_is_agreed(session, world, contract):
    make_record(session, world, contract, subject="a")
    with pytest.raises(Refused, match="Agree in the workspace"):
        issue(session, world)


@pytest.mark.parametrize(
    ("body", "role"), [("gateshead", "buyer"), ("newcastle", "approver"), ("newcastle", "observer")]
)
def test_only_a_buyer_of_the_lead_authority_issues_splits(session, world, contract, body, role):
    make_agreed_rule(session, world, EQUAL)
    make_record(session, world, contract, subject="a")
    with pytest.raises(NotAllowed):
        issue(session, world, body, role)
    assert session.scalars(select(PostedSplit)).all() == []


def test_an_outsider_finds_nothing_to_split_or_correct(session, world, contract):
    record = make_record(session, world, contract, subject="a")
    for body in ("leeds", "builder"):
        with pytest.raises(NotFound):
            issue(session, world, body)
        with pytest.raises(NotFound):
            correct(session, world, record.id, body)


def test_a_correction_reverses_the_split_exactly_and_splits_the_rest_anew(session, world, contract):
    make_agreed_rule(session, world, EQUAL)
    wrong = make_record(session, world, contract, subject="wrong", quantity=5)
    make_record(session, world, contract, subject="right", quantity=5)
    [first] = issue(session, world)
    replacement = session.get(OutcomeRecord, correct(session, world, wrong.id))
    rows = session.scalars(select(PostedSplit).order_by(PostedSplit.seq)).all()
    assert [(row.seq, row.total, row.amounts) for row in rows] == [
        (1, 10, (4, 3, 3, 0)),
        (2, -10, (-4, -3, -3, 0)),
        (3, 5, (2, 2, 1, 0)),
    ]
    assert rows[1].reverses_id == first
    assert rows[2].reason == "Counted wrongly"
    assert wrong.status is VerificationStatus.CORRECTED
    assert (replacement.quantity, replacement.status) == (3, VerificationStatus.REPORTED)
    assert replacement.corrects_id == wrong.id
    kinds = [entry.kind for entry in log.entries_after(session, world.consortium.stream, 0)]
    assert kinds == [
        "outcomes.split_posted",
        "delivery.outcome_corrected",
        "outcomes.split_reversed",
        "outcomes.split_posted",
    ]
    assert queries.verify(session).faults == ()


def test_a_corrected_outcome_counts_again_only_when_it_is_checked(session, world, contract):
    make_agreed_rule(session, world, EQUAL)
    wrong = make_record(session, world, contract, subject="only", quantity=9)
    issue(session, world)
    replacement = session.get(OutcomeRecord, correct(session, world, wrong.id))
    assert net(session) == [0, 0, 0, 0]
    assert session.scalars(select(LiveClaim)).all() == []
    replacement.status, replacement.checked_by_id = VerificationStatus.VERIFIED, world.people["gateshead", "buyer"].id
    session.flush()
    issue(session, world)
    assert net(session) == [1, 1, 1, 0]
    assert queries.verify(session).faults == ()


def test_budgets_that_changed_since_do_not_touch_what_is_split_anew(session, world, contract):
    make_agreed_rule(session, world, {"kind": "committed_budget"})
    make_budget(session, world, "newcastle", 100_00)
    wrong = make_record(session, world, contract, subject="wrong", quantity=5)
    make_record(session, world, contract, subject="right", quantity=5)
    issue(session, world)
    make_budget(session, world, "gateshead", 900_00)
    correct(session, world, wrong.id)
    assert net(session) == [5, 0, 0, 0]


def test_a_record_that_is_not_split_is_corrected_without_the_ledger(session, world, contract):
    record = make_record(session, world, contract, subject="a", quantity=5)
    correct(session, world, record.id)
    assert session.scalars(select(PostedSplit)).all() == []


def test_a_stale_correction_is_refused(session, world, contract):
    record = make_record(session, world, contract, subject="a", quantity=5)
    with pytest.raises(Stale):
        correct(session, world, record.id, seen_version=99)


def test_another_participating_body_does_not_correct_the_record(session, world, contract):
    record = make_record(session, world, contract, subject="a", body="gateshead", quantity=5)
    with pytest.raises(NotAllowed):
        correct(session, world, record.id, body="darlington")


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        ("UPDATE outcomes_split SET reason = 'mine'", "it was changed"),
        ("UPDATE outcomes_weight_version SET basis = 'mine'", "its weights were changed"),
        ("UPDATE outcomes_roster SET recorded_at = recorded_at, digest = '{0}'", "its roster was changed"),
        ("UPDATE outcomes_rule_version SET offer_number = 2", "its rule was changed"),
        ("UPDATE outcomes_split SET previous_digest = '{1}'", "it does not follow the row before"),
        ("UPDATE outcomes_split SET total = 11", "its amounts are not what its rule gives"),
        ("DELETE FROM outcomes_live_claim", "is not that of its live split"),
        (
            "INSERT INTO outcomes_live_claim SELECT book, 'z', split_id FROM outcomes_live_claim",
            "claim of outcome z is not",
        ),
        (
            "INSERT INTO outcomes_live_claim SELECT 'county', outcome_id, split_id FROM outcomes_live_claim",
            "county:",
        ),
        ("UPDATE outcomes_live_claim SET outcome_id = 'z'", "claim of outcome z is not"),
        ("UPDATE outcomes_live_claim SET split_id = '{2}'", "is not that of its live split"),
        ("UPDATE delivery_outcome_record SET quantity = 2", "has another quantity in its record"),
        ("UPDATE delivery_outcome_record SET status = 'corrected'", "is split but not verified"),
    ],
)
def test_what_somebody_changed_with_the_triggers_switched_off_is_found(session, world, contract, spoil, fault):
    make_agreed_rule(session, world, EQUAL)
    make_record(session, world, contract, subject="a", quantity=10)
    issue(session, world)
    assert queries.verify(session).faults == ()
    _switch_triggers_off(session)
    session.execute(text(spoil.format("e" * 64, "f" * 64, "d" * 32)))
    session.expire_all()
    assert any(fault in found for found in queries.verify(session).faults)


def test_an_outcome_that_is_twice_in_a_split_is_found(session, world, contract):
    make_agreed_rule(session, world, EQUAL)
    make_record(session, world, contract, subject="a", quantity=10)
    issue(session, world)
    [row] = session.scalars(select(PostedSplit))
    _switch_triggers_off(session)
    session.execute(update(PostedSplit).values(outcomes=row.outcomes * 2, versions=row.versions * 2, quantities=(5, 5)))
    session.expire_all()
    assert any("an outcome is in it twice" in found for found in queries.verify(session).faults)


def _switch_triggers_off(session):
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))


def test_the_roster_is_that_of_the_agreement_whoever_joins_or_leaves_later(session, world, contract):
    make_agreed_rule(session, world, EQUAL)
    make_record(session, world, contract, subject="a", quantity=3)
    world.consortium.participations[2].state = "left"
    session.flush()
    [split_id] = issue(session, world)
    assert session.get(PostedSplit, split_id).amounts == (1, 1, 1, 0)
    assert len(session.scalars(select(Roster)).all()) == 1


def reopen(session, world, record_id, body="gateshead", role="buyer", **changed):
    values = {"reason": "The register names somebody else", "seen_version": 1, "now": NOW, **changed}
    actor = world.actor(body, role)
    commands.reopen_outcome(session, actor, consortium_id=world.consortium.id, record_id=record_id, **values)


def test_a_record_that_is_sent_back_counts_no_longer_and_its_subject_is_free(session, world, contract):
    make_agreed_rule(session, world, EQUAL)
    wrong = make_record(session, world, contract, subject="wrong", quantity=5)
    make_record(session, world, contract, subject="right", quantity=3)
    issue(session, world)
    reopen(session, world, wrong.id)
    assert wrong.status is VerificationStatus.RETURNED
    assert net(session) == [1, 1, 1, 0]
    assert log.entries_after(session, world.consortium.stream, 0)[1].kind == "delivery.outcome_reopened"
    assert queries.verify(session).faults == ()
    make_record(session, world, contract, subject="wrong", quantity=3)
    issue(session, world)
    assert net(session) == [2, 2, 2, 0]


def test_a_record_is_sent_back_only_by_a_second_person_with_a_reason(session, world, contract):
    record = make_record(session, world, contract, subject="a")
    with pytest.raises(NotAllowed):
        reopen(session, world, record.id, body="newcastle")
    with pytest.raises(NotAllowed):
        reopen(session, world, record.id, role="observer")
    with pytest.raises(NotFound):
        reopen(session, world, record.id, body="leeds")
    with pytest.raises(Stale):
        reopen(session, world, record.id, seen_version=9)
    with pytest.raises(Refused, match="Enter why"):
        reopen(session, world, record.id, reason=" ")
    assert record.status is VerificationStatus.VERIFIED
