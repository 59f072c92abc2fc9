"""Publishing the heads of the ledger's chains, and finding a history that was rewritten since."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from commonpurse.calc.digest import GENESIS
from commonpurse.core.errors import NotFound
from commonpurse.outcomes.commands import issue_splits
from commonpurse.outcomes.commands.heads import publish_heads
from commonpurse.outcomes.models import PostedSplit, PublishedHeads
from commonpurse.outcomes.queries.heads import check_heads, digest_of_day, heads_document, newest_document
from support.databases import switch_triggers_off
from support.delivery_rows import make_agreed_rule, make_contract, make_record
from support.web import counted_statements
from support.world import AREAS, NOW

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def contract(session, world):
    made = make_contract(session, world)
    make_agreed_rule(session, world, {"kind": "equal"})
    return made


def split_at(session, world, contract, subject, now, **values):
    make_record(session, world, contract, subject=subject, quantity=7, **values)
    return issue_splits(session, world.actor("newcastle"), consortium_id=world.consortium.id, now=now)


def published(session, now):
    assert publish_heads(session, now=now)
    return newest_document(session)


def test_the_newest_digest_of_every_chain_is_published_without_its_name(session, world, contract):
    [key] = split_at(session, world, contract, "a", NOW)
    document = published(session, NOW)
    row = session.get(PostedSplit, key)
    [[name, digest]] = document["heads"]
    assert digest == row.digest
    assert len(name) == 64
    assert (document["day"], document["previous"]) == (NOW.date().isoformat(), GENESIS)
    assert row.scope not in json.dumps(document)
    assert check_heads(session, document) == ()


def test_once_a_day_and_each_day_is_chained_to_the_one_before(session, world, contract):
    split_at(session, world, contract, "a", NOW - timedelta(days=3))
    first = published(session, NOW)
    assert not publish_heads(session, now=NOW + timedelta(hours=2))
    split_at(session, world, contract, "b", TOMORROW, place_gss=AREAS["gateshead"][0])
    second = published(session, TOMORROW)
    assert second["previous"] == first["digest"]
    assert len(second["heads"]) == 1  # only what has grown since
    assert check_heads(session, first) == check_heads(session, second) == ()


def test_a_copy_still_holds_when_the_chains_have_grown(session, world, contract):
    split_at(session, world, contract, "a", NOW)
    saved = published(session, NOW)
    split_at(session, world, contract, "b", TOMORROW)
    published(session, TOMORROW)
    assert check_heads(session, saved) == ()


def test_a_rewritten_history_is_found_by_the_saved_copy(session, world, contract):
    [key] = split_at(session, world, contract, "a", NOW)
    saved = published(session, NOW)
    switch_triggers_off(session)
    session.execute(update(PostedSplit).where(PostedSplit.id == key).values(digest="e" * 64))
    [fault] = check_heads(session, saved)
    assert "is no longer in the chain" in fault
    heads = [[saved["heads"][0][0], "e" * 64]]
    again = digest_of_day(NOW.date(), heads, GENESIS)
    session.execute(update(PublishedHeads).values(heads=json.dumps(heads), digest=again))
    session.expire_all()
    assert next(fault.split(": ")[1] for fault in check_heads(session, saved)) == "something else is published now"


def test_a_later_day_that_was_exchanged_is_found(session, world, contract):
    split_at(session, world, contract, "a", NOW)
    saved = published(session, NOW)
    published(session, TOMORROW)
    switch_triggers_off(session)
    session.execute(update(PublishedHeads).where(PublishedHeads.day == TOMORROW.date()).values(heads='[["a","b"]]'))
    session.expire_all()
    assert [fault for fault in check_heads(session, saved) if "does not follow" in fault]


@pytest.mark.parametrize(
    "spoilt",
    [
        {},
        [],
        "text",
        None,
        {"day": "2026-11-02"},
        {"day": 5, "heads": []},
        {"day": "yesterday", "heads": [], "previous": GENESIS, "digest": GENESIS},
        {"day": "2026-11-02", "heads": [["a name alone"]], "previous": GENESIS, "digest": GENESIS},
    ],
)
def test_what_is_no_publication_is_refused(session, spoilt):
    with pytest.raises(ValueError, match="this is no publication of the ledger's heads"):
        check_heads(session, spoilt)


def test_a_copy_that_was_changed_is_refused(session, world, contract):
    split_at(session, world, contract, "a", NOW)
    saved = published(session, NOW)
    with pytest.raises(ValueError, match="not as it was published"):
        check_heads(session, {**saved, "heads": []})


def test_the_database_keeps_what_was_published(session, world, contract):
    published(session, NOW)
    for attack in ("UPDATE outcomes_chain_head SET chains = 5", "DELETE FROM outcomes_chain_head"):
        with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
            session.execute(text(attack))
    row = session.scalars(select(PublishedHeads)).one()
    honest = {"id": uuid4(), "day": TOMORROW.date(), "chains": 0, "heads": "[]", "published_at": NOW}
    honest |= {"previous_digest": row.digest, "digest": "d" * 64}
    for spoilt in ({"day": NOW.date()}, {"previous_digest": "f" * 64}, {"digest": "G" * 64}):
        with pytest.raises(IntegrityError, match="outcomes_chain_head"), session.begin_nested():
            session.execute(insert(PublishedHeads), [{**honest, **spoilt}])
    session.execute(insert(PublishedHeads), [honest])


def test_everybody_reads_and_downloads_what_was_published(session, world, contract, visitor):
    assert "No digests have been published yet" in visitor.get("/register/ledger").text
    split_at(session, world, contract, "a", NOW)
    document = published(session, NOW)
    session.commit()
    page = visitor.get("/register/ledger").text
    assert document["digest"][:16] in page
    row = session.scalars(select(PublishedHeads)).one()
    assert visitor.get(f"/register/ledger/{row.id}.json").json == document
    assert visitor.get(f"/register/ledger/{uuid4()}.json").status_code == 404
    assert 'href="/register/ledger"' in visitor.get("/register/").text
    with pytest.raises(NotFound):
        heads_document(session, uuid4())


def test_the_page_asks_the_same_for_one_day_and_for_many(session, connection, world, contract, visitor):
    counts = []
    for days in (1, 20):
        for number in range(days):
            publish_heads(session, now=NOW + timedelta(days=days + number))
        session.commit()
        with counted_statements(connection) as seen:
            visitor.get("/register/ledger")
        counts.append(len(seen))
    assert counts[0] == counts[1]
