"""A process that posts to the ledger until it is killed, and says after every commit what it has stored.

    python -m support.posting URL KEY    (run by tests/outcomes/test_crashes.py)

It is warm: it has posted before, and forks for each kill. For every line with a number of milliseconds on its standard
input a fork connects, posts for so long and is then killed with SIGKILL. Lines `split KEY` and `outcome KEY` are what
that fork had committed, and `killed` ends them.
"""

import os
import signal
import sys
import time
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from commonpurse.calc.allocation import parse_rule, split
from commonpurse.consortia.models import Consortium
from commonpurse.core import db, pseudonym
from commonpurse.core.actor import Actor
from commonpurse.core.transaction import reading, transaction
from commonpurse.delivery.models import Contract, OutcomeRecord, SubjectKind, VerificationStatus
from commonpurse.identity.models import Membership, Person
from commonpurse.outcomes import queries
from commonpurse.outcomes.commands.ledger import Basis, Draft, Line, Scope, append, basis_of, division, negative
from commonpurse.outcomes.commands.many import Group, post_many
from commonpurse.outcomes.models import PostedSplit
from commonpurse.workspaces.queries import agreed_allocation


def say(line: str) -> None:
    """One line, whole or not at all: a short write to a pipe is not divided."""
    os.write(1, f"{line}\n".encode())


class Poster:
    """Somebody who records outcomes and splits them, by turns one, several at once, and one that is taken back."""

    def __init__(self, session: Session) -> None:
        self.consortium_id = session.scalars(select(Consortium.id)).one()
        contract = session.scalars(select(Contract)).one()
        self.contract_id, self.measure_id = contract.id, contract.commitments[0].measure_id
        self.quarter, self.place = contract.starts_on, "E08000021"
        person = session.scalars(select(Person).where(Person.email == "buyer@newcastle.example")).one()
        self.checker_id = session.scalars(select(Person.id).where(Person.email == "approver@newcastle.example")).one()
        body = session.scalars(select(Membership.organisation_id).where(Membership.person_id == person.id)).one()
        self.actor = Actor(person.id, body, frozenset({"buyer"}), person.label)

    def act(self, session: Session, turn: int) -> list[str]:
        """One transaction's work, and what to say once it is committed."""
        consortium = session.get_one(Consortium, self.consortium_id)
        agreed = agreed_allocation(session, consortium.id)
        assert agreed is not None
        basis = basis_of(session, consortium, agreed, datetime.now(UTC))
        scope = Scope(self.contract_id, self.measure_id, self.quarter, self.place)
        now = datetime.now(UTC)
        if turn % 3 == 1:
            lines = [self._record(session, quantity) for quantity in (3, 5, 7)]
            groups = [Group(scope, (line,)) for line in lines]
            keys = post_many(session, self.actor, consortium, basis, {}, groups, now=now)
            return _said(keys, lines)
        lines = [self._record(session, 10)]

        def divided() -> Draft:
            return division(scope, basis, lines, _divided(basis, 10), "", now)

        [key] = append(session, self.actor, consortium, [divided()], now)
        if turn % 3 == 0:
            return _said([key], lines)
        row = session.get_one(PostedSplit, key)
        corrected = [negative(row, "Counted wrongly"), divided()]
        return _said([key, *append(session, self.actor, consortium, corrected, now)], lines)

    def _record(self, session: Session, quantity: int) -> Line:
        record = OutcomeRecord(
            id=uuid4(),
            contract_id=self.contract_id,
            measure_id=self.measure_id,
            quantity=quantity,
            quarter_starting=self.quarter,
            place_gss=self.place,
            subject_kind=SubjectKind.BENEFICIARY,
            subject_key=pseudonym.pseudonym("beneficiary", str(uuid4())),
            description="Started an apprenticeship",
            status=VerificationStatus.VERIFIED,
            reported_by_id=self.actor.person,
            reported_for_id=self.actor.organisation_id,
            reported_at=datetime.now(UTC),
            checked_by_id=self.checker_id,
            checked_at=datetime.now(UTC),
        )
        session.add(record)
        session.flush()
        return Line(record.id.hex, record.version, quantity)


def _divided(basis: Basis, total: int):  # type: ignore[no-untyped-def]
    return split(total, parse_rule(queries.spec_of(basis.rule)), roster=basis.roster.parties)


def _said(keys, lines) -> list[str]:  # type: ignore[no-untyped-def]
    return [*(f"split {key.hex}" for key in keys), *(f"outcome {line.outcome}" for line in lines)]


def post_until_killed(poster: Poster) -> None:
    """Post for ever."""
    turn = 0
    while True:
        with transaction() as session:
            lines = poster.act(session, turn)
        for line in lines:
            say(line)
        turn += 1


def main(url: str, key: str) -> None:
    """Post three times, then fork and kill as the lines of the standard input say."""
    pseudonym.bind(key)
    engine: Engine = db.make_engine(url)
    db.bind(engine)
    with transaction() as session:
        poster = Poster(session)
    for turn in range(3):
        with transaction() as session:
            lines = poster.act(session, turn)
        for line in lines:
            say(line)
    engine.dispose()
    say("killed")
    hear, tell = os.pipe()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            with reading() as session:
                session.scalar(select(1))
            os.write(tell, b".")
            post_until_killed(poster)
        os.read(hear, 1)  # It is connected.
        time.sleep(int(line) / 1000)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        say("killed")


if __name__ == "__main__":
    main(*sys.argv[1:])
