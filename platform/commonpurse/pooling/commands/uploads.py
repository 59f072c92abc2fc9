"""Lines by file: checked first, stored only on a person's word."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from msgspec.structs import asdict
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core import log
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, Stale, require
from commonpurse.core.tabular import read_table
from commonpurse.pooling import policy, queries
from commonpurse.pooling.commands import checks
from commonpurse.pooling.commands.budgets import first_approval
from commonpurse.pooling.commands.spending import read_columns
from commonpurse.pooling.events import UploadDropped, UploadStored
from commonpurse.pooling.models import (
    BudgetContribution,
    CommitmentLevel,
    RequirementLine,
    Upload,
    UploadKind,
    UploadState,
)
from commonpurse.pooling.rules import lines
from commonpurse.reference.queries import known_areas, known_categories

MOST_ROWS = 5_000
"""Rows in one file: every one of them is shown."""

_Line = lines.RequirementLine | lines.BudgetLine


def check_upload(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    kind: str,
    filename: str,
    content: bytes,
    now: datetime,
) -> UUID:
    """Read a file of lines of the actor's body and keep what was found, for the person to decide. Stores no line.

    Returns:
        The key of the upload. Files of this kind that the person had not stored are dropped for it.

    Raises:
        NotFound, NotAllowed: see `checks.get_open_consortium`.
        Refused: the file cannot be read as a whole, or was stored before.
    """
    checks.get_open_consortium(session, actor, consortium_id)
    kind = UploadKind(kind)
    digest = sha256(content).hexdigest()
    before = queries.find_stored_upload(session, consortium_id, actor.organisation, kind, digest)
    if before is not None:
        raise Refused("This file was stored already, as “%(before)s”", field="file", before=before.filename)
    table = read_table(filename, content)
    if len(table.rows) > MOST_ROWS:
        raise Refused("The file has more than %(limit)s rows. Split it", field="file", limit=f"{MOST_ROWS:,}")
    if kind is UploadKind.REQUIREMENTS:
        cpv, places = known_categories(session), known_areas(session)
        right, faults = _read(lambda: lines.read_requirements(table, known_cpv=cpv, known_places=places))
        known: Any = queries.own_requirement_contents(session, consortium_id, actor.organisation)
    else:
        right, faults = _read(lambda: lines.read_budget(table))
        known = queries.own_budget_contents(session, consortium_id, actor.organisation)
    there = [line for line in right if _contents(line) in known]
    reason = Sentence("Your organisation has the same line already")
    faults += [lines.Fault(line.row, "", "", reason) for line in there]
    session.execute(
        update(Upload)
        .where(
            Upload.consortium_id == consortium_id,
            Upload.person_id == actor.person,
            Upload.organisation_id == actor.organisation,
            Upload.kind == kind,
            Upload.state == UploadState.CHECKED,
        )
        .values(state=UploadState.DROPPED, version=Upload.version + 1)
    )
    upload = Upload(
        id=uuid4(),
        consortium_id=consortium_id,
        organisation_id=actor.organisation,
        person_id=actor.person,
        kind=kind,
        filename=filename,
        digest=digest,
        lines=[log.plain(line) for line in right if line not in there],
        faults=[_fault(fault) for fault in sorted(faults, key=lambda fault: fault.row)],
        uploaded_at=now,
    )
    session.add(upload)
    session.flush()
    return upload.id


def store_upload(
    session: Session, actor: Actor, *, consortium_id: UUID, upload_id: UUID, seen_version: int, now: datetime
) -> int:
    """Make lines of the right rows of a checked file, and set the faulty ones aside.

    Returns:
        How many lines there are more.

    Raises:
        NotFound, NotAllowed: it is no file of the actor's body, or see `checks.get_open_consortium`.
        Refused: there is no right row, a line is there by now, or pooling is over.
        Stale: it was stored or dropped already, by this or another press of the button.
    """
    consortium = checks.get_open_consortium(session, actor, consortium_id)
    upload = queries.get_upload(session, actor, consortium_id, upload_id, lock=True)
    require(policy.may_store(actor, upload, consortium), checks.ONLY_BUYERS, who=checks.ASK_ADMINISTRATOR)
    if upload.state is not UploadState.CHECKED or upload.version != seen_version:
        raise Stale("This file was answered already. Look at the table before you upload another")
    if not upload.lines:
        raise Refused("There is no right row to store")
    upload.state = UploadState.STORED
    session.flush()
    own = {
        "consortium_id": consortium_id,
        "organisation_id": upload.organisation_id,
        "entered_by_id": actor.person,
        "entered_at": now,
        "version": 1,
    }
    if upload.kind is UploadKind.REQUIREMENTS:
        known: Any = queries.own_requirement_contents(session, consortium_id, upload.organisation_id)
        rows = [_requirement(line) for line in upload.lines]
        _refuse_known(known, [queries.requirement_contents(**row) for row in rows])
        session.execute(insert(RequirementLine), [{"id": uuid4(), **own, **row} for row in rows])
    else:
        known = queries.own_budget_contents(session, consortium_id, upload.organisation_id)
        rows = [_budget(line) for line in upload.lines]
        _refuse_known(known, [queries.budget_contents(**row) for row in rows])
        approved = [{**row, "approval": first_approval(row["commitment_level"]), "reason": ""} for row in rows]
        session.execute(insert(BudgetContribution), [{"id": uuid4(), **own, **row} for row in approved])
    set_aside = len({fault["row"] for fault in upload.faults})
    event = UploadStored(upload.id, upload.kind, upload.filename, len(rows), set_aside)
    log.record(session, actor, consortium.stream, event, at=now)
    return len(rows)


def drop_upload(
    session: Session, actor: Actor, *, consortium_id: UUID, upload_id: UUID, seen_version: int, now: datetime
) -> None:
    """Give a checked file up: nothing of it is stored. Raises NotFound, NotAllowed, Stale."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    upload = queries.get_upload(session, actor, consortium_id, upload_id, lock=True)
    require(policy.may_store(actor, upload, consortium), checks.ONLY_BUYERS, who=checks.ASK_ADMINISTRATOR)
    if upload.state is not UploadState.CHECKED or upload.version != seen_version:
        raise Stale("This file was answered already. Look at the table before you upload another")
    upload.state = UploadState.DROPPED
    session.flush()
    log.record(session, actor, consortium.stream, UploadDropped(upload.id, upload.filename), at=now)


def _read(read: Callable[[], lines.LinesRead[Any]]) -> tuple[list[_Line], list[lines.Fault]]:
    found = read_columns(read)
    return list(found.lines), list(found.faults)


def _contents(line: _Line) -> tuple[object, ...]:
    values = {name: value for name, value in asdict(line).items() if name != "row"}
    if isinstance(line, lines.RequirementLine):
        return queries.requirement_contents(**values)
    return queries.budget_contents(**values)


def _fault(fault: lines.Fault) -> dict[str, Any]:
    return {
        "row": fault.row,
        "column": fault.column,
        "text": fault.text,
        "reason": fault.reason.msgid,
        "values": {
            name: {"day": value.isoformat()} if isinstance(value, date) else value
            for name, value in fault.reason.values.items()
        },
    }


def _refuse_known(known: Any, contents: list[tuple[object, ...]]) -> None:
    if any(each in known for each in contents):
        raise Refused("Some of these lines were entered since the file was checked. Upload the file again")


def _requirement(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": line["description"],
        "category_code": line["category_code"],
        "quantity": Decimal(line["quantity"]),
        "unit": line["unit"],
        "place_gss": line["place_gss"],
        "needed_from": date.fromisoformat(line["needed_from"]),
        "needed_until": date.fromisoformat(line["needed_until"]),
    }


def _budget(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "financial_year": line["financial_year"],
        "amount_pence": line["amount_pence"],
        "commitment_level": CommitmentLevel(line["commitment_level"]),
        "source": line["source"],
    }
