"""Two consortia that want to claim the same person, for tests of refused claims."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from commonpurse.consortia.models import Consortium
from commonpurse.core.errors import Refused
from commonpurse.core.transaction import transaction
from commonpurse.delivery import commands, queries
from commonpurse.delivery.commands import UploadedFile, claims
from commonpurse.delivery.models import Clash, Contract, OutcomeRecord, SubjectKind
from commonpurse.reference.models import Area
from support.delivery_rows import QUARTER, make_contract, make_record
from support.world import NOW, World, make_consortium

LEARNER = "learner 7"
PDF = UploadedFile("register.pdf", b"%PDF-1.7 the register")
GROUNDS = "Our register has the learner since September."
KEPT = "The learner signed with our supplier."
SECRETS = ("Leeds", "Paper for all", "Copier paper", "CP-7", "leeds")
"""What nobody outside the consortium of Leeds may read. `make_sides` uses each of them."""


@dataclass
class Sides:
    """Gateshead's record holds the claim in the world's consortium; Leeds wants it under a contract of its own."""

    world: World
    record: OutcomeRecord
    theirs: Consortium
    contract: Contract

    def try_it(self, body: str = "leeds", now: datetime = NOW, **changed: Any) -> UUID:
        """Record the same learner for Leeds, as the page does, in a transaction of its own."""
        values = {
            "consortium_id": self.theirs.id,
            "contract_id": self.contract.id,
            "measure_id": self.world.measure.id,
            "quantity": Decimal(1),
            "quarter_starting": QUARTER,
            "place": "Leeds",
            "subject_kind": "beneficiary",
            "subject_reference": LEARNER,
            "description": "Started as an apprentice",
            "files": [PDF],
            **changed,
        }
        with transaction() as session:
            return commands.record_outcome(session, self.world.actor(body), now=now, **values)

    def refused(self, **changed: Any) -> str:
        """What is said to Leeds when it tries."""
        try:
            self.try_it(**changed)
        except Refused as error:
            return str(error)
        raise AssertionError("the claim was not refused")

    def ask(self, clash: Clash, body: str = "leeds", role: str = "buyer", **changed: Any) -> None:
        """Ask, for Leeds, that the claim be looked at again."""
        values = {"grounds": GROUNDS, "seen_version": 1, "now": NOW, **changed}
        with transaction() as session:
            actor = self.world.actor(body, role)
            commands.ask_to_look(session, actor, consortium_id=self.theirs.id, clash_id=clash.id, **values)

    def keep(self, body: str = "gateshead", role: str = "buyer", **changed: Any) -> None:
        """Answer, for Gateshead, that the claim is right."""
        values = {"grounds": KEPT, "seen_version": 1, "now": NOW, **changed}
        with transaction() as session:
            actor = self.world.actor(body, role)
            key = self.world.consortium.id
            commands.keep_claim(session, actor, consortium_id=key, record_id=self.record.id, **values)

    def send_back(self, now: datetime = NOW) -> None:
        """Send Gateshead's record back: it holds its claim no longer."""
        with transaction() as session:
            commands.reopen_record(
                session,
                self.world.actor("darlington", "approver"),
                consortium_id=self.world.consortium.id,
                record_id=self.record.id,
                reason="It is not ours",
                seen_version=self.record.version,
                now=now,
            )


def make_sides(session: Session, world: World, bodies: tuple[str, ...] = ("leeds",), **values: Any) -> Sides:
    """The record of Gateshead, and the consortium "Paper for all" of these bodies with a contract of its own."""
    values.setdefault("reported_at", NOW - timedelta(days=3))
    record = make_record(session, world, make_contract(session, world), subject=LEARNER, body="gateshead", **values)
    theirs = make_consortium(session, world, bodies, name="Paper for all", areas=[session.get_one(Area, "E08000035")])
    contract = make_contract(session, world, consortium_id=theirs.id, title="Copier paper", reference="CP-7")
    session.commit()
    return Sides(world, record, theirs, contract)


def make_clash(session: Session, world: World, record: OutcomeRecord, contract: Contract, body: str) -> Clash:
    """A claim of a body under a contract that was refused because the record holds it."""
    attempt = claims.Attempt(world.actor(body), contract.id, queries.Claim.of(record), SubjectKind(record.subject_kind))
    claims.note_refusal(session, attempt, NOW)
    clash = queries.find_clash(session, contract.id, world.organisation(body), record)
    assert clash is not None
    return clash


def make_asked(session: Session, world: World, record: OutcomeRecord, contract: Contract, body: str) -> Clash:
    """The same, and the body asked for the claim to be looked at again."""
    clash = make_clash(session, world, record, contract, body)
    commands.ask_to_look(
        session,
        world.actor(body),
        consortium_id=contract.consortium_id,
        clash_id=clash.id,
        grounds=GROUNDS,
        seen_version=1,
        now=NOW,
    )
    return clash


def clashes(session: Session) -> list[Clash]:
    """Every clash there is, as it is stored."""
    session.expire_all()
    return list(session.scalars(select(Clash).order_by(Clash.id)))


def kinds(clash: Clash) -> list[str]:
    """What happened to a clash, in order, as it is stored."""
    session = object_session(clash)
    assert session is not None
    session.refresh(clash, ["steps"])
    return [step.kind.value for step in clash.steps]


def filled(sides: Sides, **changed: Any) -> dict[str, Any]:
    """The form that records the same learner for Leeds."""
    return {
        "commitment": f"{sides.contract.id}:{sides.world.measure.id}",
        "quantity": "1",
        "quarter_starting": QUARTER.isoformat(),
        "place": "Leeds",
        "subject_kind": "beneficiary",
        "subject_reference": LEARNER,
        "description": "Started as an apprentice",
        "files": (io.BytesIO(PDF.content), PDF.filename),
        **changed,
    }
