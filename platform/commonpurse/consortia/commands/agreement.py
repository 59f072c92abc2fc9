"""The join agreement and the bodies that sign it: writing, inviting, answering, leaving."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.calc.sentence import message
from commonpurse.consortia import policy, queries
from commonpurse.consortia.commands.forming import to_edit, touch
from commonpurse.consortia.events import (
    AgreementSigned,
    AgreementWritten,
    BodyInvited,
    BodyJoined,
    BodyLeft,
    InvitationDeclined,
)
from commonpurse.consortia.models import (
    Consortium,
    JoinAgreement,
    Participation,
    ParticipationRole,
    ParticipationState,
    Signature,
    Stage,
)
from commonpurse.core import log, mail
from commonpurse.core.actor import Actor
from commonpurse.core.errors import Refused, Stale, require

WHO_SIGNS = message("An approver or an administrator of your organisation")
LAPSED = message(
    "This invitation has lapsed and needs no answer: no body joins a consortium that is out to bid or closed"
)
MOST_REASON = 500


def write_agreement(
    session: Session, actor: Actor, *, consortium_id: UUID, text: str, seen_number: int, now: datetime
) -> int:
    """Put the next version of the join agreement in force; every body has to sign it.

    Args:
        seen_number: the version the actor began from; 0 where there is none yet.
    """
    consortium = to_edit(session, actor, consortium_id)
    latest = queries.latest_agreement(session, consortium.id)
    number = latest.number if latest else 0
    if number != seen_number:
        raise Stale("Somebody else wrote a new version of the agreement. Check it and try again")
    plain = text.replace("\r\n", "\n").strip()
    if not plain:
        raise Refused("Enter the text of the agreement", field="text")
    if latest is not None and latest.text == plain:
        raise Refused("The text is the same as that of version %(number)s", field="text", number=number)
    agreement = JoinAgreement(
        consortium_id=consortium.id, number=number + 1, text=plain, written_at=now, written_by_id=actor.person
    )
    session.add(agreement)
    touch(consortium)
    session.flush()
    return log.record(
        session, actor, consortium.stream, AgreementWritten(agreement.id, agreement.number, plain), at=now
    )


def invite(
    session: Session, actor: Actor, *, consortium_id: UUID, organisation_ids: Sequence[UUID], now: datetime
) -> int:
    """Invite bodies, and write to the administrators of each.

    Returns:
        How many letters were written.

    Raises:
        Refused: something the invited must know is missing, or a body is no public body or takes part already.
    """
    consortium = to_edit(session, actor, consortium_id)
    if not policy.may_invite(actor, consortium):
        raise Refused("No body can join any more: bidders must know from the start who buys")
    if queries.latest_agreement(session, consortium.id) is None:
        raise Refused("Write the join agreement first, so that the bodies can read what they join")
    if consortium.decision_rule is None:
        raise Refused("Choose the decision rule first, so that the bodies know how they would decide")
    chosen = list(dict.fromkeys(organisation_ids))
    if not chosen:
        raise Refused("Choose at least one body to invite", field="q")
    letters = 0
    for organisation_id in chosen:
        part = _invited(session, consortium, organisation_id, now)
        session.flush()
        body = part.organisation.name
        log.record(
            session, actor, consortium.stream, BodyInvited(organisation_id, body=body, position=part.position), at=now
        )
        letters += _write_invitations(session, consortium, part)
    touch(consortium)
    return letters


def _invited(session: Session, consortium: Consortium, organisation_id: UUID, now: datetime) -> Participation:
    body = queries.find_public_body(session, organisation_id)
    if body is None:
        raise Refused("Only public bodies can be invited", field="q")
    part = queries.participation_of(consortium, organisation_id)
    if part is None:
        part = Participation(
            organisation_id=organisation_id,
            organisation=body,
            role=ParticipationRole.PARTICIPATING,
            position=max((other.position for other in consortium.participations), default=-1) + 1,
        )
        consortium.participations.append(part)
    elif part.state is ParticipationState.JOINED:
        raise Refused("%(body)s has already joined", field="q", body=body.name)
    elif part.state is ParticipationState.INVITED:
        raise Refused("%(body)s has already been invited", field="q", body=body.name)
    part.state, part.invited_at, part.answered_at, part.reason = ParticipationState.INVITED, now, None, ""
    return part


def _write_invitations(session: Session, consortium: Consortium, part: Participation) -> int:
    people = queries.administrators_of(session, part.organisation_id)
    for person in people:
        mail.write(
            session,
            recipient=person.email,
            template="consortium_invitation",
            consortium_id=str(consortium.id),
            consortium=consortium.name,
            purpose=consortium.purpose,
            lead=consortium.lead.name,
            body=part.organisation.name,
        )
    return len(people)


def accept_invitation(session: Session, actor: Actor, *, consortium_id: UUID, number: int, now: datetime) -> int:
    """Join, and sign the agreement the actor has read, whose version is `number`."""
    consortium, part = _to_answer(session, actor, consortium_id)
    part.state, part.answered_at, part.reason = ParticipationState.JOINED, now, ""
    touch(consortium)
    log.record(session, actor, consortium.stream, BodyJoined(part.organisation_id, body=part.organisation.name), at=now)
    return _sign(session, actor, consortium, part, number, now)


def decline_invitation(session: Session, actor: Actor, *, consortium_id: UUID, reason: str, now: datetime) -> int:
    """Decline, with a reason the lead can read."""
    consortium, part = _to_answer(session, actor, consortium_id)
    part.reason = read_reason(reason, message("Enter why your organisation declines"))
    part.state, part.answered_at = ParticipationState.DECLINED, now
    event = InvitationDeclined(part.organisation_id, body=part.organisation.name, reason=part.reason)
    return log.record(session, actor, consortium.stream, event, at=now)


def sign_agreement(session: Session, actor: Actor, *, consortium_id: UUID, number: int, now: datetime) -> int:
    """Sign the latest version for a body that has joined."""
    consortium = queries.get_joined_consortium(session, actor, consortium_id, lock=True)
    require(policy.may_sign(actor, consortium), "You cannot sign for your organisation", who=WHO_SIGNS)
    part = queries.participation_of(consortium, actor.organisation)
    assert part is not None
    return _sign(session, actor, consortium, part, number, now)


def _sign(
    session: Session, actor: Actor, consortium: Consortium, part: Participation, number: int, now: datetime
) -> int:
    agreement = queries.latest_agreement(session, consortium.id)
    if agreement is None:
        raise Refused("There is no agreement to sign yet")
    if agreement.number != number:
        raise Stale("The agreement was changed after you opened it. Read the new version before you sign")
    if session.get(Signature, (agreement.id, part.organisation_id)) is not None:
        raise Refused("Your organisation has already signed version %(number)s", number=number)
    session.add(
        Signature(
            agreement_id=agreement.id, organisation_id=part.organisation_id, person_id=actor.person, signed_at=now
        )
    )
    event = AgreementSigned(part.organisation_id, body=part.organisation.name, number=number)
    return log.record(session, actor, consortium.stream, event, at=now)


def leave(session: Session, actor: Actor, *, consortium_id: UUID, reason: str, now: datetime) -> int:
    """Leave, with a reason. What the body committed under the contract is not undone by it."""
    consortium = queries.get_joined_consortium(session, actor, consortium_id, lock=True)
    if policy.leads(actor, consortium):
        raise Refused("The lead authority cannot leave: it runs the purchase for all others")
    require(policy.may_leave(actor, consortium), "You cannot leave for your organisation", who=WHO_SIGNS)
    if consortium.stage is Stage.CLOSED:
        raise Refused("This consortium is closed, so nobody needs to leave it")
    part = queries.participation_of(consortium, actor.organisation)
    assert part is not None
    part.reason = read_reason(reason, message("Enter why your organisation leaves"))
    part.state, part.answered_at = ParticipationState.LEFT, now
    touch(consortium)
    event = BodyLeft(part.organisation_id, body=part.organisation.name, reason=part.reason)
    return log.record(session, actor, consortium.stream, event, at=now)


def read_reason(reason: str, missing: str) -> str:
    """A reason of 1 to 500 characters. Raises Refused with `missing` for an empty one."""
    plain = reason.strip()
    if not plain:
        raise Refused(missing, field="reason")
    if len(plain) > MOST_REASON:
        raise Refused("The reason must be %(most)s characters or fewer", field="reason", most=MOST_REASON)
    return plain


def _to_answer(session: Session, actor: Actor, consortium_id: UUID) -> tuple[Consortium, Participation]:
    consortium = queries.get_consortium(session, actor, consortium_id, lock=True)
    require(policy.may_sign(actor, consortium), "You cannot answer this invitation", who=WHO_SIGNS)
    part = queries.participation_of(consortium, actor.organisation)
    assert part is not None
    if not policy.is_invited(actor, consortium):
        raise Refused("Your organisation has already joined")
    if consortium.stage not in policy.ADMITTING:
        raise Refused(LAPSED)
    return consortium, part
