"""The ledger's rules, held by the database itself: each attack is tried on both engines."""

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Uuid, bindparam, insert, literal_column, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from commonpurse.calc.apportion import largest_remainder
from commonpurse.core import pseudonym
from commonpurse.outcomes.models import LiveClaim, PostedSplit, Roster, RuleVersion, WeightVersion
from support.ledger import make_ledger, make_roster
from support.world import AREAS, NOW, make_consortium, make_world


@pytest.fixture
def ledger(session, world):
    return make_ledger(session, world)


def refused(session, statement, parameters=None):
    """The database's own words when it refuses the statement as a breach of integrity."""
    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        session.execute(statement, parameters)
    return str(caught.value.orig)


def postings(session):
    return session.execute(text("SELECT party, sum(amount) FROM outcomes_posting GROUP BY party ORDER BY party")).all()


def test_an_honest_split_its_reversal_and_the_split_after_it_are_taken(session, ledger):
    first = ledger.post(["a", "b"], [4, 3, 3, 0])
    ledger.reverse(first)
    ledger.post(["a"], [3, 2, 2, 0])
    assert ledger.rows() == 3
    assert session.scalars(select(LiveClaim.outcome_id)).all() == ["a"]
    assert dict(map(tuple, postings(session))) == {
        str(ledger.world.organisation("newcastle")): 3,
        str(ledger.world.organisation("gateshead")): 2,
        str(ledger.world.organisation("darlington")): 2,
        "unallocated": 0,
    }


def test_an_outcome_may_stand_in_two_books_which_never_add(session, ledger):
    ledger.post(["a"], [4, 3, 3, 0])
    ledger.post(["a"], [10, 0, 0, 0], book="county")
    assert session.scalars(select(LiveClaim.book).order_by(LiveClaim.book)).all() == ["county", "primary"]


SPOILT = {
    "amounts above the total": ({"amounts": [4, 3, 4, 0]}, "add up"),
    "amounts below the total": ({"amounts": [4, 3, 2, 0]}, "add up"),
    "a total that no amount makes": ({"total": 11}, "add up"),
    "quantities that do not make the total": ({"quantities": [4, 5]}, "quantities do not add up"),
    "nothing in place of an amount": ({"amounts": [4, 3, None, 3]}, "amounts|missing"),
    "nothing in place of a quantity": ({"quantities": [10, None]}, "quantities|missing"),
    "nothing in place of an outcome": ({"outcomes": ["a", None]}, "outcomes|missing"),
    "no outcomes": ({"outcomes": [], "versions": [], "quantities": []}, "outcome|missing|add up"),
    "fewer versions than outcomes": ({"versions": [1]}, "one version"),
    "more quantities than outcomes": ({"quantities": [4, 3, 3]}, "one version"),
    "the same outcome twice": ({"outcomes": ["a", "a"]}, "each once"),
    "an outcome without a name": ({"outcomes": ["a", ""]}, "outcomes|each once"),
    "fewer amounts than the roster": ({"amounts": [5, 5]}, "one amount"),
    "more amounts than the roster": ({"amounts": [4, 3, 2, 1, 0]}, "one amount"),
    "a gap in the numbers": ({"seq": 2}, "number does not follow"),
    "number nought": ({"seq": 0}, "number does not follow"),
    "another predecessor": ({"previous_digest": "f" * 64}, "chained"),
    "a digest that is none": ({"digest": "G" * 64}, "chained"),
    "a share below nothing": ({"amounts": [14, -2, -2, 0]}, "takes away"),
    "a quantity below nothing": ({"quantities": [11, -1]}, "takes away"),
    "a total below nothing without an original": (
        {"amounts": [-4, -3, -3, 0], "quantities": [-5, -5], "total": -10},
        "takes away",
    ),
    "amounts that overflow when added": (
        {"amounts": [2**63 - 1, 2**63 - 1, -(2**63 - 12), -(2**63)]},
        "amounts|missing",
    ),
    "a scope that is another's": ({"scope": "elsewhere"}, "scope"),
    "an original that does not exist": ({"reverses_id": uuid4()}, "reversed once|FOREIGN"),
    "rules of nobody": ({"rule_version_id": uuid4()}, "belong together"),
    "weights of nobody": ({"weight_version_id": uuid4()}, "belong together"),
    "a roster of nobody": ({"roster_id": uuid4()}, "one amount"),
    "a consortium of its own choice": ({"consortium_id": uuid4()}, "belong together"),
    "nobody who posted it": ({"posted_by_id": None}, "(?i)not.null"),
}


@pytest.mark.parametrize("attack", SPOILT)
def test_a_spoilt_split_is_refused(session, ledger, attack):
    changed, words = SPOILT[attack]
    values = {**ledger.values(["a", "b"], [4, 3, 3, 0]), **changed}
    said = refused(session, insert(PostedSplit), [values])
    assert any(word in said for word in words.split("|")) or "null" in said.lower()
    assert ledger.rows() == 0
    assert session.scalars(select(LiveClaim)).all() == []


def test_one_outcome_twice_among_many_is_refused(session, ledger):
    names = [f"outcome {number}" for number in range(40)]
    assert "each once" in refused(session, insert(PostedSplit), [ledger.values([*names, names[0]], [40, 3, 3, 0])])
    ledger.post(names, [40, 3, 3, 0])
    assert len(session.scalars(select(LiveClaim)).all()) == 40


def test_many_rows_of_one_statement_are_held_against_each_other(session, ledger):
    rows = [ledger.values([f"{number}"], [4, 3, 3, 0]) for number in range(20)]
    for seq, row in enumerate(rows, 1):
        row |= {"seq": seq, "previous_digest": rows[seq - 2]["digest"] if seq > 1 else "0" * 64}
    session.execute(insert(PostedSplit).values(rows))
    undone = [ledger.negative(row) for row in rows[:15]]
    for place, row in enumerate(undone):
        row |= {"seq": 21 + place, "previous_digest": undone[place - 1]["digest"] if place else rows[-1]["digest"]}
    torn = [*undone[:14], undone[14] | {"previous_digest": "f" * 64}]
    assert "chained" in refused(session, insert(PostedSplit).values(torn))
    session.execute(insert(PostedSplit).values(undone))
    assert sorted(session.scalars(select(LiveClaim.outcome_id))) == ["15", "16", "17", "18", "19"]


def test_an_outcome_that_is_live_in_the_book_is_refused_in_any_scope(session, ledger):
    ledger.post(["a"], [4, 3, 3, 0])
    assert "already live" in refused(session, insert(PostedSplit), [ledger.values(["b", "a"], [4, 3, 3, 0])])
    elsewhere = ledger.values(["a"], [4, 3, 3, 0], place_gss=AREAS["gateshead"][0])
    assert "already live" in refused(session, insert(PostedSplit), [elsewhere])


def test_one_roster_is_not_split_by_the_rule_or_weights_of_another(session, ledger, world):
    other = make_roster(session, world, (str(world.organisation("leeds")), "a", "b", "unallocated"))
    values = ledger.values(["a"], [4, 3, 3, 0], roster_id=other.id)
    assert "belong together" in refused(session, insert(PostedSplit), [values])


UNEQUAL = {
    "another total": {"total": -9, "amounts": [-4, -3, -2, 0], "quantities": [-4, -5]},
    "amounts moved between bodies": {"amounts": [-3, -4, -3, 0]},
    "quantities moved between outcomes": {"quantities": [-2, -8]},
    "another outcome": {"outcomes": ["a", "c"]},
    "outcomes in another order": {"outcomes": ["b", "a"]},
    "another version": {"versions": [1, 2]},
    "fewer outcomes": {"outcomes": ["a"], "versions": [1], "quantities": [-10]},
    "the same sign": {"total": 10, "amounts": [4, 3, 3, 0], "quantities": [1, 9]},
    "another book": {"book": "county", "seq": 1, "previous_digest": "0" * 64},
}


@pytest.mark.parametrize("attack", UNEQUAL)
def test_a_reversal_that_is_not_the_exact_negative_is_refused(session, ledger, attack):
    original = ledger.post(["a", "b"], [4, 3, 3, 0])
    said = refused(session, insert(PostedSplit), [{**ledger.negative(original), **UNEQUAL[attack]}])
    assert "exact negative" in said
    assert len(session.scalars(select(LiveClaim)).all()) == 2


def test_a_split_is_reversed_only_once(session, ledger):
    original = ledger.post(["a"], [4, 3, 3, 0])
    ledger.reverse(original)
    assert "reversed once" in refused(session, insert(PostedSplit), [ledger.negative(original)])


def test_a_reversal_is_not_reversed(session, ledger):
    reversal = ledger.reverse(ledger.post(["a"], [4, 3, 3, 0]))
    again = ledger.negative(reversal)
    assert "a reversal never" in refused(session, insert(PostedSplit), [again])


def test_a_reversal_of_another_scope_is_refused(session, ledger):
    original = ledger.post(["a"], [4, 3, 3, 0])
    moved = ledger.values(
        ["a"], [-4, -3, -3, 0], place_gss=AREAS["gateshead"][0], reverses_id=original["id"], quantities=[-10]
    )
    assert "exact negative" in refused(session, insert(PostedSplit), [moved])


CHANGES = {
    "outcomes_split": ("total = 0", "amounts = '{}'", "reason = 'mine'", "seq = 7", "digest = previous_digest"),
    "outcomes_roster": ("parties = parties", "digest = 'x'"),
    "outcomes_rule_version": ("spec = '{}'", "offer_number = 2"),
    "outcomes_weight_version": ("weights = weights", "basis = 'mine'"),
    "outcomes_live_claim": ("outcome_id = 'b'", "book = 'county'"),
}


@pytest.mark.parametrize(
    ("table", "change"), [(table, change) for table, changes in CHANGES.items() for change in changes]
)
def test_nothing_in_the_ledger_is_updated(session, ledger, table, change):
    ledger.post(["a"], [4, 3, 3, 0])
    said = refused(session, text(f"UPDATE {table} SET {change}"))
    assert "append-only" in said or "made by splits" in said


@pytest.mark.parametrize("table", CHANGES)
def test_nothing_in_the_ledger_is_deleted(session, ledger, table):
    ledger.post(["a"], [4, 3, 3, 0])
    said = refused(session, text(f"DELETE FROM {table}"))
    assert "append-only" in said or "freed by reversals" in said


@pytest.mark.parametrize("table", CHANGES)
def test_postgresql_refuses_to_empty_a_table_of_the_ledger(postgresql_engine, table):
    with postgresql_engine.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text(f"TRUNCATE {table} CASCADE"))


@pytest.mark.parametrize(
    "table", ["outcomes_split", "outcomes_roster", "outcomes_rule_version", "outcomes_weight_version"]
)
def test_an_upsert_changes_nothing(session, ledger, table):
    ledger.post(["a"], [4, 3, 3, 0])
    before = session.execute(text(f"SELECT * FROM {table}")).all()
    again = f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT (id) DO UPDATE SET digest = 'x'"
    assert "append-only" in refused(session, text(again))
    assert session.execute(text(f"SELECT * FROM {table}")).all() == before


@pytest.fixture
def sqlite_ledger(sqlite_engine):
    """A ledger on SQLite, through a connection on which a REPLACE fires no delete triggers."""
    with sqlite_engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA recursive_triggers = OFF")
        with connection.begin() as outer, Session(connection, join_transaction_mode="create_savepoint") as session:
            pseudonym.bind("pseudonyms of the tests")
            ledger = make_ledger(session, make_world(session))
            ledger.post(["a"], [4, 3, 3, 0])
            yield ledger
            session.close()
            outer.rollback()
        driver.execute("PRAGMA recursive_triggers = ON")


@pytest.mark.parametrize("conflict", ["REPLACE", "IGNORE", "FAIL"])
@pytest.mark.parametrize("table", [table for table in CHANGES if table != "outcomes_live_claim"])
def test_sqlite_refuses_to_put_a_row_in_the_place_of_another(sqlite_ledger, conflict, table):
    with pytest.raises(IntegrityError, match="append-only"):
        sqlite_ledger.session.execute(text(f"INSERT OR {conflict} INTO {table} SELECT * FROM {table}"))


@pytest.mark.parametrize("conflict", ["REPLACE", "IGNORE"])
def test_sqlite_counts_no_outcome_twice_however_conflicts_are_to_be_settled(sqlite_ledger, conflict):
    session = sqlite_ledger.session
    again = insert(PostedSplit).prefix_with(f"OR {conflict}")
    with pytest.raises(IntegrityError, match="already live"):
        session.execute(again, [sqlite_ledger.values(["b", "a"], [4, 3, 3, 0])])
    with pytest.raises(IntegrityError, match="already live"):
        session.execute(text(f"INSERT OR {conflict} INTO outcomes_live_claim SELECT * FROM outcomes_live_claim"))
    assert sqlite_ledger.rows() == 1


SPOILT_TEXT = {
    "no JSON": "4,3,3,0",
    "an object": '{"a": 10}',
    "a fraction": "[4.5, 2.5, 3, 0]",
    "text that looks like a number": '["4", 3, 3, 0]',
    "true for one": "[8, true, true, 0]",
    "a number beyond 64 bits": "[99999999999999999999, 3, 3, 0]",
    "a list in the list": "[[4], 3, 3, 0]",
    "bytes": b"[4,3,3,0]",
}


@pytest.mark.parametrize("spoilt", SPOILT_TEXT)
def test_sqlite_refuses_amounts_that_are_not_a_list_of_whole_numbers(sqlite_ledger, spoilt):
    session, stored = sqlite_ledger.session, "SELECT {} FROM outcomes_split"
    names = [column.name for column in PostedSplit.__table__.columns]
    sent = {"id": ":id", "seq": "2", "previous_digest": "digest", "digest": ":digest", "amounts": ":amounts"}
    sent["outcomes"] = "'[\"z\"]'"
    chosen = stored.format(", ".join(sent.get(name, name) for name in names))
    values = {"id": uuid4().hex, "digest": "e" * 64, "amounts": SPOILT_TEXT[spoilt]}
    with pytest.raises(IntegrityError, match="amounts"):
        session.execute(text(f"INSERT INTO outcomes_split ({', '.join(names)}) {chosen}"), values)


MISSPELT = {
    "a space after a minus": "[-4, -3, - 3, 0]",
    "no JSON": "[-4,-3,-3,0",
    "a fraction": "[-4.0,-3,-3,0]",
    "a text": '["-4",-3,-3,0]',
    "a list in the list": "[-4,-3,-3,[0]]",
    "one share more": "[-4,-3,-3,0,0]",
}


@pytest.mark.parametrize("spelt", ["[4,3,3,0]", "[4, 3, 3, 0]", "[4,3,3,-0]"])
@pytest.mark.parametrize("attack", MISSPELT)
def test_sqlite_refuses_a_reversal_that_is_spelt_like_the_negative_but_is_none(sqlite_ledger, spelt, attack):
    original = sqlite_ledger.values(["b"], [4, 3, 3, 0])
    session, wrong = sqlite_ledger.session, MISSPELT[attack]
    session.execute(insert(PostedSplit).values({**original, "amounts": literal_column(f"'{spelt}'")}))
    negative = sqlite_ledger.negative(original)
    with pytest.raises(IntegrityError, match=r"amounts|exact negative"):
        session.execute(insert(PostedSplit).values({**negative, "amounts": literal_column(f"'{wrong}'")}))
    session.execute(insert(PostedSplit).values({**negative, "amounts": literal_column("'[-4, -3,-3 , 0]'")}))


CLAIMS = {
    "an outcome in no split": "('primary', 'zzz', :split)",
    "an outcome in another book": "('county', 'a', :split)",
    "a split that does not exist": "('primary', 'a2', :nobody)",
    "an outcome of a reversed split": "('primary', 'r', :reversed)",
    "an outcome of a reversal": "('primary', 'r', :reversal)",
    "an outcome that is claimed": "('primary', 'a', :split)",
    "the end of an outcome's name": "('primary', 'dead', :split)",
    "what stands between outcomes": "('primary', ',', :split)",
}


@pytest.mark.parametrize("attack", CLAIMS)
def test_a_claim_is_not_forged_by_hand(session, ledger, attack):
    live, undone = ledger.post(["a", 'not the "dead', "c"], [4, 3, 3, 0]), ledger.post(["r"], [4, 3, 3, 0])
    keys = {"split": live["id"], "nobody": uuid4(), "reversed": undone["id"], "reversal": ledger.reverse(undone)["id"]}
    used = {name: key for name, key in keys.items() if f":{name})" in CLAIMS[attack]}
    statement = text(f"INSERT INTO outcomes_live_claim (book, outcome_id, split_id) VALUES {CLAIMS[attack]}")
    said = refused(session, statement.bindparams(*(bindparam(name, type_=Uuid()) for name in used)), used)
    assert any(words in said for words in ("claims are made by splits", "already live", "duplicate key", "foreign key"))


@pytest.mark.parametrize("forged", ["x'61'", "'b'", "x'62'"])
def test_sqlite_takes_no_claim_for_an_outcome_in_bytes_or_of_another_split(sqlite_ledger, forged):
    statement = f"INSERT INTO outcomes_live_claim SELECT book, {forged}, split_id FROM outcomes_live_claim"
    with pytest.raises(IntegrityError, match="made by splits"):
        sqlite_ledger.session.execute(text(statement))


def test_a_claim_is_not_freed_by_hand(session, ledger):
    ledger.post(["a"], [4, 3, 3, 0])
    said = refused(session, text("DELETE FROM outcomes_live_claim WHERE outcome_id = 'a'"))
    assert "freed by reversals" in said


ROSTERS = {
    "nobody": [],
    "only the unallocated place": ["unallocated"],
    "no unallocated place": ["a", "b"],
    "the unallocated place first": ["unallocated", "a"],
    "a member twice": ["a", "a", "unallocated"],
    "a member without a name": ["a", "", "unallocated"],
    "nothing in place of a member": ["a", None, "unallocated"],
}


@pytest.mark.parametrize("attack", ROSTERS)
def test_a_roster_that_is_none_is_refused(session, ledger, attack):
    values = {
        "id": uuid4(),
        "consortium_id": ledger.world.consortium.id,
        "parties": ROSTERS[attack],
        "digest": "d" * 64,
        "recorded_at": NOW,
    }
    assert "roster" in refused(session, insert(Roster), [values])


@pytest.mark.parametrize(
    "weights", [[1, 1, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0], [1, -1, 1, 0], [1, None, 1, 0], [2**60, 1, 1, 0]], ids=str
)
def test_weights_that_are_none_are_refused(session, ledger, weights):
    values = {"id": uuid4(), "roster_id": ledger.roster.id, "basis": "equal", "weights": weights}
    values |= {"digest": "d" * 64, "recorded_at": NOW}
    assert "weight" in refused(session, insert(WeightVersion), [values])


def test_a_rule_of_another_consortiums_roster_is_refused(session, ledger, world):
    other = make_consortium(session, world, ("leeds", "gateshead"), name="Another")
    values = {column.name: getattr(ledger.rule, column.name) for column in RuleVersion.__table__.columns}
    values |= {"id": uuid4(), "digest": "d" * 64, "consortium_id": other.id}
    assert "another consortium" in refused(session, insert(RuleVersion), [values])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    totals=st.lists(st.integers(1, 10**12), min_size=1, max_size=12),
    weights=st.lists(st.integers(0, 10**12), min_size=3, max_size=3).filter(any),
    undone=st.sets(st.integers(0, 11)),
)
def test_random_splits_net_to_what_is_live_and_reversals_to_nothing(session, ledger, totals, weights, undone):
    with session.begin_nested() as step:
        expected = [0, 0, 0, 0]
        for number, total in enumerate(totals):
            amounts = [*largest_remainder(total, weights), 0]
            posted = ledger.post([f"outcome {number}"], amounts, measure_id=ledger.world.measure.id)
            if number in undone:
                ledger.reverse(posted)
            else:
                expected = [sum(pair) for pair in zip(expected, amounts, strict=True)]
        net = session.execute(
            text("SELECT position, sum(amount) FROM outcomes_posting GROUP BY position ORDER BY position")
        ).all()
        assert [int(amount) for _, amount in net] == expected
        step.rollback()
