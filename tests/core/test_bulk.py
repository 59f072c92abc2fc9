"""Many rows in one statement: they arrive as any other, or none does."""

from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from commonpurse.core.bulk import insert_many
from commonpurse.core.log import Stream

COLUMNS = ("name", "last_seq", "last_hash")


def test_many_rows_arrive_as_any_other(session):
    names = [f'a "quoted"\t{{name}}, \\ {number}' for number in range(30)]
    insert_many(session, Stream.__table__, COLUMNS, [(name, at, "0" * 64) for at, name in enumerate(names)])
    assert session.scalars(select(Stream.name).order_by(Stream.last_seq)).all() == names


def test_if_one_is_refused_none_arrives(session):
    name = uuid4().hex
    with pytest.raises(IntegrityError), session.begin_nested():
        insert_many(session, Stream.__table__, COLUMNS, [(name, 0, "0" * 64)] * 2)
    assert session.scalars(select(Stream)).all() == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_memory_for_them_is_given_back_even_if_they_are_refused(session):
    usual = session.scalar(text("PRAGMA cache_size"))
    rows = [("a", 0, "0" * 64), ("a", 0, "0" * 64)]
    with pytest.raises(IntegrityError), session.begin_nested():
        insert_many(session, Stream.__table__, COLUMNS, rows)
    assert session.scalar(text("PRAGMA cache_size")) == usual
