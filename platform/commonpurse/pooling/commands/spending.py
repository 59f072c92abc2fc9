"""Importing the published spending of a body."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import Sentence
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import NotFound, Refused, require
from commonpurse.core.tabular import Table, read_table
from commonpurse.pooling import policy, queries
from commonpurse.pooling.commands.recognition import recognise, spell, take_turns
from commonpurse.pooling.events import SpendingImported
from commonpurse.pooling.models import Payment, SetAsideRow, SpendFile
from commonpurse.pooling.rules import spend
from commonpurse.pooling.rules.columns import WrongColumns

_Read = TypeVar("_Read")


def import_spending(session: Session, actor: Actor, *, filename: str, content: bytes, now: datetime) -> UUID:
    """Read a spending file of the body the actor acts for, and recognise suppliers anew over all spellings.

    Returns:
        The key of the file.

    Raises:
        NotAllowed: the actor is no buyer of a public body.
        Refused: the file cannot be read, has no row that can be used, or was imported before.
    """
    organisation = queries.get_own_organisation(session, actor)
    if not policy.may_read_spending(actor, organisation):
        raise NotFound("There is no spending here for you")
    require(
        policy.may_import_spending(actor, organisation),
        "Only buyers can add the spending of their organisation",
        who="A buyer of your organisation can add it, or an administrator can make you a buyer",
    )
    digest = sha256(content).hexdigest()
    before = queries.find_spend_file(session, actor.organisation, digest)
    if before is not None:
        raise Refused(
            "“%(filename)s” was added already, as “%(before)s”", field="file", filename=filename, before=before.filename
        )
    table = read_table(filename, content)
    read = read_columns(lambda: spend.read_payments(table))
    if not read.payments:
        raise Refused(
            "No row of “%(filename)s” can be used. The first: %(reason)s",
            field="file",
            filename=filename,
            reason=read.set_aside[0].reason,
        )
    take_turns(session)
    file_id = _store(session, actor, filename, digest, table, read, now)
    recognise(session)
    event = SpendingImported(file_id, filename, len(table.rows), len(read.set_aside))
    log.record(session, actor, f"organisation:{actor.organisation}", event, at=now)
    return file_id


def read_columns(read: Callable[[], _Read]) -> _Read:
    """What `read` gives. Raises Refused beside the file where its columns are wrong."""
    try:
        return read()
    except WrongColumns as error:
        raise Refused(error.sentence.msgid, field="file", **error.sentence.values) from error


def _store(
    session: Session, actor: Actor, filename: str, digest: str, table: Table, read: spend.PaymentsRead, now: datetime
) -> UUID:
    file = SpendFile(
        id=uuid4(),
        organisation_id=actor.organisation,
        filename=filename,
        digest=digest,
        headers=list(table.headers),
        notes=[[note.msgid, dict(note.values)] for note in (*table.notes, *_repeats(read))],
        rows_read=len(table.rows),
        rows_set_aside=len(read.set_aside),
        imported_by_id=actor.person,
        imported_at=now,
    )
    session.add(file)
    session.flush()
    spellings = spell(session, (_writing(payment) for payment in read.payments))
    session.execute(
        insert(Payment),
        [
            {
                "file_id": file.id,
                "row": payment.row,
                "paid_on": payment.paid_on,
                "amount_pence": payment.amount_pence,
                "unit": payment.unit,
                "spelling_id": spellings[_writing(payment)],
            }
            for payment in read.payments
        ],
    )
    if read.set_aside:
        session.execute(insert(SetAsideRow), [_set_aside(file.id, row) for row in read.set_aside])
    return file.id


def _writing(payment: spend.Payment) -> tuple[str, str, str]:
    return payment.beneficiary, payment.company_number or "", payment.charity_number or ""


def _set_aside(file_id: UUID, row: spend.SetAside) -> dict[str, Any]:
    return {
        "file_id": file_id,
        "row": row.row,
        "reason": row.reason.msgid,
        "values": dict(row.reason.values),
        "cells": list(row.cells),
    }


def _repeats(read: spend.PaymentsRead) -> tuple[Sentence, ...]:
    """A remark, as published lines that are the same may be payments of their own or one published twice."""
    if not read.repeated:
        return ()
    return (
        Sentence(
            "%(count)s rows are the same as a row before them. They are kept, as payments can be alike",
            {"count": read.repeated},
        ),
    )
