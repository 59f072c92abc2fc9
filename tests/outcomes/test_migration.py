"""The ledger's migration runs down and up again with rows in the ledger."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from commonpurse.core import pseudonym
from support.databases import migrate
from support.ledger import make_ledger
from support.world import make_world


def test_the_ledger_goes_down_and_up_with_rows_in_it_and_guards_itself_again(engine: Engine):
    with engine.connect() as connection:
        outer = connection.begin()
        pseudonym.bind("pseudonyms of the tests")
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            ledger = make_ledger(session, make_world(session))
            ledger.reverse(ledger.post(["a"], [4, 3, 3, 0]))
            session.commit()
        migrate(connection, "0008", down=True)
        assert not engine.dialect.has_table(connection, "outcomes_split")
        migrate(connection)
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            again = make_ledger(session, ledger.world)
            again.post(["a"], [4, 3, 3, 0])
            with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
                session.execute(text("DELETE FROM outcomes_split"))
        outer.rollback()


def test_claims_stay_when_their_key_and_its_index_go_and_come_back(engine: Engine):
    with engine.connect() as connection:
        outer = connection.begin()
        pseudonym.bind("pseudonyms of the tests")
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            ledger = make_ledger(session, make_world(session))
            live, undone = ledger.post(["a", "b"], [4, 3, 3, 0]), ledger.post(["c"], [4, 3, 3, 0])
            ledger.reverse(undone)
            session.commit()
        claims = connection.execute(text("SELECT * FROM outcomes_live_claim ORDER BY outcome_id")).all()
        for revision, down in (("0012", True), ("head", False)):
            migrate(connection, revision, down=down)
            assert connection.execute(text("SELECT * FROM outcomes_live_claim ORDER BY outcome_id")).all() == claims
            with Session(connection, join_transaction_mode="create_savepoint") as session:
                ledger.session = session
                with pytest.raises(IntegrityError, match="already live"), session.begin_nested():
                    ledger.post(["d", "a"], [4, 3, 3, 0])
                with pytest.raises(IntegrityError, match="freed by reversals"), session.begin_nested():
                    session.execute(text("DELETE FROM outcomes_live_claim"))
                ledger.reverse(live)
                assert session.scalar(text("SELECT count(*) FROM outcomes_live_claim")) == 0
                session.rollback()
        outer.rollback()
