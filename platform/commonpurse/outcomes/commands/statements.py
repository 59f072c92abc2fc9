"""Issuing statements: each is signed and kept for ever; a correction is a new edition, with its reason."""

from datetime import UTC, date, datetime
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy.orm import Session

from commonpurse.calc.digest import canonical, sha256_hex
from commonpurse.consortia.models import Consortium
from commonpurse.consortia.queries import administrators_of, get_joined_consortium
from commonpurse.core import log, mail, signature
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, require
from commonpurse.outcomes import policy
from commonpurse.outcomes.events import StatementsIssued
from commonpurse.outcomes.models import StatementEdition
from commonpurse.outcomes.queries.documents import Source, document_of, source_of
from commonpurse.outcomes.queries.editions import Key, document_as_issued, due_of, list_newest_editions, standing_of
from commonpurse.outcomes.rules import Issue, as_plain, what_changed


def issue_statements(
    session: Session, actor: Actor, *, consortium_id: UUID, until: date | None, reason: str, now: datetime
) -> list[UUID]:
    """Issue every body's statement up to a quarter, and issue again each of any quarter that is no longer right.

    A statement is issued again only where a split in which the body has a part was taken back or came since;
    earlier editions stay as they are.

    Returns:
        The keys of the editions that were issued, by quarter and body.

    Raises:
        NotFound, NotAllowed: see `policy.may_issue_statements`.
        Refused: nothing was split in the quarter, nothing is to be issued, or a reissue has no reason.
    """
    consortium = get_joined_consortium(session, actor, consortium_id, lock=True)
    require(
        policy.may_issue_statements(actor, consortium),
        "You cannot issue statements",
        who="An approver of the lead authority can do this",
    )
    standing = standing_of(session, consortium_id)
    if until is None or until not in standing.quarters:
        raise Refused("Select a quarter in which something was split", field="until")
    newest = list_newest_editions(session, consortium_id)
    found, why = due_of(standing, newest, until), reason.strip()
    due = sorted(found.first | found.again, key=lambda key: (key[1], str(key[0])))
    if not due:
        raise Refused("Every statement up to this quarter is issued, and each is still right")
    if found.again and not why:
        raise Refused("Enter why statements are issued again", field="reason")
    source = source_of(session, consortium)
    before = {(row.organisation_id, row.until): row for row in newest}
    made = [
        _issue(session, actor, source, key, before.get(key), standing.rests_on(key), reason=why, now=now) for key in due
    ]
    event = StatementsIssued(
        until=until, statements=len(due), reissued=len(found.again), reason=why if found.again else ""
    )
    log.record(session, actor, consortium.stream, event, at=now)
    _tell(session, consortium, due, {key[0] for key in found.again}, why)
    return made


def _issue(
    session: Session,
    actor: Actor,
    source: Source,
    key: Key,
    before: StatementEdition | None,
    rests_on: str,
    *,
    reason: str,
    now: datetime,
) -> UUID:
    draft = document_of(source, *key)
    issue = Issue(
        edition=before.edition + 1 if before else 1,
        issued_at=now.astimezone(UTC).isoformat(timespec="seconds"),
        issued_by=source.consortium.lead.name,
        previous=before.digest if before else None,
        reason=reason if before else "",
        changes=what_changed(document_as_issued(session, before), draft) if before else (),
    )
    plain = as_plain(replace(draft, issue=issue))
    digest = sha256_hex(plain)
    signed = signature.sign(digest)
    row = StatementEdition(
        consortium_id=source.consortium.id,
        organisation_id=key[0],
        until=key[1],
        edition=issue.edition,
        document=canonical(plain).decode(),
        digest=digest,
        previous_digest=issue.previous,
        rests_on=rests_on,
        key_id=signed.key,
        signature=signed.value,
        reason=issue.reason,
        issued_by_id=actor.person,
        issued_at=now.astimezone(UTC),
    )
    session.add(row)
    session.flush()
    return row.id


def _tell(session: Session, consortium: Consortium, due: list[Key], again: set[UUID], reason: str) -> None:
    """Write to the administrators of every body whose statement was issued."""
    for body in sorted({key[0] for key in due}, key=str):
        for person in administrators_of(session, body):
            mail.write(
                session,
                recipient=person.email,
                template="statement_issued",
                consortium_id=str(consortium.id),
                consortium=consortium.name,
                organisation_id=str(body),
                lead=consortium.lead.name,
                reason=reason if body in again else "",
            )
