"""Claims that are tried, given up and asked about in the same moment."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.orm import Session

from commonpurse.core import db, log
from commonpurse.core.errors import Refused, Stale
from commonpurse.delivery.commands import claims
from commonpurse.delivery.models import Contract
from commonpurse.delivery.rules import MOST_REFUSED
from support.claim_rows import clashes, kinds, make_sides
from support.delivery_rows import make_contract, make_record
from support.world import make_world


def test_of_many_at_once_one_wins_and_every_other_contract_has_one_clash(own_engine, monkeypatch):
    monkeypatch.setattr(db, "_sessions", db.sessionmaker(bind=own_engine, expire_on_commit=False))
    with Session(own_engine, expire_on_commit=False) as session:
        world = make_world(session)
        sides = make_sides(session, world)
        second = make_contract(session, world, consortium_id=sides.theirs.id, reference="CP-8")
        session.commit()

    def go(contract_id):
        try:
            return sides.try_it(contract_id=contract_id, subject_reference="learner 8")
        except (Refused, Stale) as error:
            return error

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(go, [sides.contract.id, second.id] * 3))
    won = [answer for answer in answers if not isinstance(answer, Exception)]
    assert len(won) == 1
    assert all(isinstance(answer, claims.Claimed) for answer in answers if isinstance(answer, Exception))
    with Session(own_engine) as session:
        found = clashes(session)
        assert sorted(len(clash.steps) for clash in found) == [2, 3]
        assert len({clash.contract_id for clash in found}) == 2
        assert {step.number for clash in found for step in clash.steps} == {1, 2, 3}
        assert log.verify(session, sides.theirs.stream).fault is None


def test_who_gives_up_and_who_asks_at_once_do_not_wait_for_each_other(own_engine, monkeypatch):
    monkeypatch.setattr(db, "_sessions", db.sessionmaker(bind=own_engine, expire_on_commit=False))
    with Session(own_engine, expire_on_commit=False) as session:
        sides = make_sides(session, make_world(session))
    sides.refused()
    with Session(own_engine) as session:
        [clash] = clashes(session)

    def attempt(act):
        try:
            act()
        except (Refused, Stale) as error:
            return type(error)
        return None

    with ThreadPoolExecutor(2) as pool:
        asked, freed = pool.map(attempt, [lambda: sides.ask(clash), sides.send_back])
    assert freed is None
    with Session(own_engine) as session:
        [clash] = clashes(session)
        assert kinds(clash) == (["refused", "freed"] if asked else ["refused", "asked", "freed"])


def test_however_many_are_tried_at_once_ten_are_refused_and_then_nothing_is_said(own_engine, monkeypatch):
    monkeypatch.setattr(db, "_sessions", db.sessionmaker(bind=own_engine, expire_on_commit=False))
    tried = [f"tried {number}" for number in range(MOST_REFUSED + 6)]
    with Session(own_engine, expire_on_commit=False) as session:
        world = make_world(session)
        sides = make_sides(session, world)
        contract = session.get_one(Contract, sides.record.contract_id)
        for subject in tried:
            make_record(session, world, contract, subject=subject)
        session.commit()

    def go(subject):
        try:
            return sides.try_it(subject_reference=subject)
        except Refused as error:
            return error

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(go, tried))
    claimed = [isinstance(answer, claims.Claimed) for answer in answers]
    assert claimed.count(True) == MOST_REFUSED
    assert {str(answer) for answer, known in zip(answers, claimed, strict=True) if not known} == {str(go("anybody"))}
    with Session(own_engine) as session:
        assert len(clashes(session)) == MOST_REFUSED
