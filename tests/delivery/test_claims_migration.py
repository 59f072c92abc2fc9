"""The tables of refused claims, there and back with rows in them."""

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from support.claim_rows import make_asked, make_sides
from support.databases import migrate
from support.world import make_world


def test_going_back_forgets_refused_claims_and_keeps_the_records(own_engine):
    with Session(own_engine) as session:
        sides = make_sides(session, make_world(session))
        make_asked(session, sides.world, sides.record, sides.contract, "leeds")
        session.commit()
    with own_engine.begin() as connection:
        migrate(connection, "0015", down=True)
        assert not [table for table in inspect(connection).get_table_names() if "clash" in table]
        assert connection.scalar(text("SELECT count(*) FROM delivery_outcome_record")) == 1
        migrate(connection)
        assert connection.scalar(text("SELECT count(*) FROM delivery_clash")) == 0
