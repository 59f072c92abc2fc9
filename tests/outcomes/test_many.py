"""Posting many splits at once gives the ledger that posting them one by one gives."""

from random import Random

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from commonpurse.calc.allocation import parse_rule, split
from commonpurse.calc.digest import canonical, chain
from commonpurse.core import log
from commonpurse.outcomes import commands, queries
from commonpurse.outcomes.commands.ledger import Line, Scope, append, basis_of, division
from commonpurse.outcomes.commands.many import Group, post_many
from commonpurse.outcomes.models import LiveClaim, PostedSplit
from commonpurse.outcomes.queries import proof
from commonpurse.outcomes.queries.records import Frame
from commonpurse.workspaces.queries import agreed_allocation
from support.databases import switch_triggers_off
from support.delivery_rows import QUARTER, make_agreed_rule, make_contract, make_record
from support.world import AREAS, NOW

PLACES = [AREAS[name][0] for name in ("newcastle", "gateshead", "leeds")]


@pytest.fixture
def contract(session, world):
    return make_contract(session, world)


@pytest.fixture
def basis(session, world, contract):
    make_agreed_rule(session, world, {"kind": "place_then_budget"})
    return basis_of(session, world.consortium, agreed_allocation(session, world.consortium.id), NOW)


@pytest.fixture
def weights(world):
    return {str(world.organisation("newcastle")): 417_00, str(world.organisation("darlington")): 250_00}


def make_groups(session, world, contract, count=9):
    """Groups of one to three records each, over three places; places come round, so chains have several rows."""
    groups = []
    for number in range(count):
        place = PLACES[number % 3]
        records = [
            make_record(
                session, world, contract, subject=f"{number} {each}", quantity=7 * number + each + 1, place_gss=place
            )
            for each in range(number % 3 + 1)
        ]
        lines = tuple(Line(record.id.hex, record.version, record.quantity) for record in records)
        holder = str(world.organisation("gateshead")) if number % 3 == 1 else None
        groups.append(Group(Scope(contract.id, world.measure.id, QUARTER, place), lines, holder))
    return groups


def put(session, world, basis, weights, groups):
    return post_many(session, world.actor("newcastle"), world.consortium, basis, weights, groups, reason="é", now=NOW)


def test_what_is_posted_at_once_is_proved_as_if_it_had_been_posted_one_by_one(session, world, contract, basis, weights):
    groups = make_groups(session, world, contract)
    keys = put(session, world, basis, weights, groups)
    rows = {row.id: row for row in session.scalars(select(PostedSplit))}
    assert [rows[key].total for key in keys] == [sum(line.quantity for line in group.lines) for group in groups]
    assert sorted(row.seq for row in rows.values()) == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert len(session.scalars(select(LiveClaim)).all()) == sum(len(group.lines) for group in groups)
    assert queries.verify(session).faults == ()


def test_the_next_split_of_a_scope_follows_what_was_posted_at_once(session, world, contract, basis, weights):
    *first, last = make_groups(session, world, contract)
    put(session, world, basis, weights, first[:4])
    done = split(
        sum(line.quantity for line in last.lines),
        parse_rule(queries.spec_of(basis.rule)),
        roster=basis.roster.parties,
        weights=weights,
        holder=last.holder,
    )
    actor = world.actor("newcastle")
    append(session, actor, world.consortium, [division(last.scope, basis, last.lines, done, "", NOW)], NOW)
    put(session, world, basis, weights, first[4:])
    assert queries.verify(session).faults == ()


def test_memo_books_follow_what_was_posted_at_once(session, world, contract, basis, weights):
    actor, key = world.actor("newcastle"), world.consortium.id
    commands.keep_books(session, actor, consortium_id=key, tiers=("district", "region"), now=NOW)
    put(session, world, basis, weights, make_groups(session, world, contract))
    rows = session.scalars(select(PostedSplit)).all()
    assert {
        book: sum(row.total for row in rows if row.book == book) for book in ("primary", "region")
    } == dict.fromkeys(("primary", "region"), sum(row.total for row in rows if row.book == "district"))
    assert queries.verify(session).faults == ()


@pytest.mark.parametrize("reason", ["".join(map(chr, range(1, 160))), '\u2028 \u2029 \ufeff £ 😀 \\ " </script>'])
def test_the_digest_of_any_reason_is_that_of_its_canonical_json(session, world, contract, basis, weights, reason):
    [group] = make_groups(session, world, contract, 1)
    done = split(1, parse_rule(queries.spec_of(basis.rule)), roster=basis.roster.parties, weights=weights)
    lines, actor = [Line(group.lines[0].outcome, 1, 1)], world.actor("newcastle")
    draft = division(group.scope, basis, lines, done, reason, NOW)
    [key] = append(session, actor, world.consortium, [draft], NOW)
    row = session.get_one(PostedSplit, key)
    assert row.reason == reason
    assert row.digest == chain(row.previous_digest, queries.content_of(row, queries.digests_of(row)))


def test_it_is_recorded_as_one_event_that_names_every_digest(session, world, contract, basis, weights):
    put(session, world, basis, weights, make_groups(session, world, contract, 3))
    entry = log.entries_after(session, world.consortium.stream, 0)[-1]
    assert (entry.kind, entry.data["splits"], entry.data["outcomes"]) == ("outcomes.splits_posted", 3, 6)


def test_if_one_is_refused_none_is_posted(session, world, contract, basis, weights):
    groups = make_groups(session, world, contract, 3)
    doubled = [*groups, Group(groups[0].scope, groups[1].lines)]
    with pytest.raises(IntegrityError, match="already live"), session.begin_nested():
        put(session, world, basis, weights, doubled)
    assert session.scalars(select(PostedSplit)).all() == []


def test_an_outcome_twice_in_one_statement_is_refused(session, world, contract, basis, weights):
    groups = make_groups(session, world, contract, 2)
    with pytest.raises(IntegrityError, match="already live"), session.begin_nested():
        put(session, world, basis, weights, [*groups, groups[0]])


def test_texts_with_quotes_and_backslashes_arrive_as_they_are(session, world, contract, basis, weights):
    name = 'a"b\\c{},\té'
    scope = Scope(contract.id, world.measure.id, QUARTER, PLACES[0])
    [key] = put(session, world, basis, weights, [Group(scope, (Line(name, 1, 5),))])
    assert session.get(PostedSplit, key).outcomes == (name,)
    assert session.scalars(select(LiveClaim.outcome_id)).all() == [name]


def test_an_honest_ledger_is_proved_together_and_a_changed_row_by_itself(
    session, world, contract, basis, weights, monkeypatch
):
    put(session, world, basis, weights, make_groups(session, world, contract))
    looked_at, whole = [], proof._whole
    monkeypatch.setattr(proof, "_whole", lambda session, key: looked_at.append(key) or whole(session, key))
    monkeypatch.setattr(proof, "ROWS_AT_ONCE", 4)
    assert queries.verify(session).faults == ()
    assert looked_at == []
    changed = session.scalars(select(PostedSplit).where(PostedSplit.seq == 2).limit(1)).one()
    switch_triggers_off(session)
    session.execute(update(PostedSplit).where(PostedSplit.id == changed.id).values(reason="mine"))
    session.expire_all()
    [fault] = queries.verify(session).faults
    assert fault == f"primary|{changed.scope}, row 2: it was changed"
    assert looked_at == [changed.id]


@pytest.mark.parametrize("bits", [8, 34, 49, 55, 70])
def test_the_record_is_that_of_the_single_split_byte_for_byte(bits):
    chance = Random(bits)
    roster = [f"body {number} £" for number in range(7)]
    shares = dict.fromkeys(roster, "10") | {roster[0]: "40"}
    rule = parse_rule({"kind": "fixed_percentages", "percentages": shares})
    frame = Frame(split(0, rule, roster=roster).explanation)
    totals = [0, 1, -1, *(chance.randrange(-(2**bits), 2**bits) for _ in range(40))]
    for total, row in zip(totals, frame.divide(totals), strict=True):
        one = split(total, rule, roster=roster)
        assert row.amounts == list(one.amounts)
        assert row.record == canonical(one.explanation).decode()


@pytest.mark.parametrize("spoilt", [{"engine": "other"}, {"whole": 5}, {"rule_digest": "0" * 64}, {"more": 1}])
def test_a_record_that_is_none_frames_nothing(spoilt):
    record = split(10, parse_rule({"kind": "equal"}), roster=["a", "b"]).explanation
    with pytest.raises(ValueError, match="record"):
        Frame({**record, **spoilt})
