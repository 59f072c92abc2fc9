"""What the pages for changing, joining and moving a consortium show, as plain values."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.calc.sentence import Sentence
from commonpurse.consortia import policy, rules
from commonpurse.consortia.models import Consortium, DecisionRule, JoinAgreement, Stage
from commonpurse.consortia.queries.decisions import open_stage_move
from commonpurse.consortia.queries.faces import (
    BodyRow,
    Face,
    RuleInWords,
    body_rows,
    face_of,
    rule_in_words,
)
from commonpurse.consortia.queries.facts import find_public_bodies, standing
from commonpurse.consortia.queries.membership import (
    Body,
    get_consortium,
    get_joined_consortium,
    joined_bodies,
    latest_agreement,
)
from commonpurse.core.actor import Actor
from commonpurse.core.errors import require
from commonpurse.identity.models import Organisation, OrganisationKind


class Agreement(Struct, frozen=True):
    """One version of the join agreement."""

    number: int
    text: str
    written_at: datetime


class EditPage(Struct, frozen=True):
    """What a page for changing one thing starts from; `choices` are the rules, each as it would work here."""

    face: Face
    rule: RuleInWords
    choices: tuple[RuleInWords, ...]
    agreement: Agreement | None


def edit_page(session: Session, actor: Actor, consortium_id: UUID) -> EditPage:
    """What the lead's pages start from. Raises NotFound, and NotAllowed for everybody but the lead."""
    consortium = _led(session, actor, consortium_id)
    return EditPage(
        face=face_of(consortium),
        rule=rule_in_words(consortium),
        choices=tuple(rule_in_words(consortium, rule=rule.value) for rule in DecisionRule),
        agreement=_agreement(latest_agreement(session, consortium.id)),
    )


def _led(session: Session, actor: Actor, consortium_id: UUID) -> Consortium:
    consortium = get_joined_consortium(session, actor, consortium_id)
    require(policy.may_edit(actor, consortium), policy.LEAD_CHANGES_THIS, who=policy.WHO_LEADS)
    return consortium


def _agreement(row: JoinAgreement | None) -> Agreement | None:
    return Agreement(row.number, row.text, row.written_at) if row else None


class LeadPage(Struct, frozen=True):
    """The bodies that could lead, in roster order; `named_in` is the agreement that names the present lead."""

    face: Face
    lead_organisation_id: UUID
    bodies: tuple[Body, ...]
    named_in: Agreement | None


def lead_page(session: Session, actor: Actor, consortium_id: UUID) -> LeadPage:
    """Whom the lead could hand over to. Raises NotFound, and NotAllowed for everybody but the lead."""
    consortium = _led(session, actor, consortium_id)
    agreement = _agreement(latest_agreement(session, consortium.id))
    return LeadPage(
        face=face_of(consortium),
        lead_organisation_id=consortium.lead_organisation_id,
        bodies=tuple(joined_bodies(session, consortium_id)),
        named_in=agreement if agreement and consortium.lead.name in agreement.text else None,
    )


class AgreementPage(Struct, frozen=True):
    """The agreement to read and answer; an invited body sees this and the face, and nothing else.

    Attributes:
        has_lapsed: whether no body can join any more.
        reference: of the body's own signature, which no other body and no other version has.
    """

    face: Face
    rule: RuleInWords
    bodies: tuple[str, ...]
    agreement: Agreement | None
    is_invited: bool
    has_lapsed: bool
    is_signed: bool
    reference: str
    may_sign: bool


def agreement_page(session: Session, actor: Actor, consortium_id: UUID) -> AgreementPage:
    """The join agreement for the bodies that are invited or have joined. Raises NotFound."""
    consortium = get_consortium(session, actor, consortium_id)
    rows = body_rows(session, consortium)
    mine = next((row for row in rows if row.organisation_id == actor.organisation_id), None)
    agreement = _agreement(latest_agreement(session, consortium.id))
    part = policy.participation_of(consortium, actor.organisation_id)
    return AgreementPage(
        face=face_of(consortium),
        rule=rule_in_words(consortium),
        bodies=tuple(row.name for row in rows if row.state == "joined"),
        agreement=agreement,
        is_invited=policy.is_invited(actor, consortium),
        has_lapsed=consortium.stage not in policy.ADMITTING,
        is_signed=mine is not None and mine.is_signed,
        reference=rules.signature_reference(consortium.id, agreement.number, part.position)
        if agreement and part
        else "",
        may_sign=policy.may_sign(actor, consortium),
    )


class MembersPage(Struct, frozen=True):
    """Every body, its part and its power."""

    face: Face
    rule: RuleInWords
    bodies: tuple[BodyRow, ...]
    agreement_number: int | None
    may_invite: bool
    may_leave: bool


def members_page(session: Session, actor: Actor, consortium_id: UUID) -> MembersPage:
    """Who takes part and with which power. Raises NotFound for bodies that have not joined."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    agreement = latest_agreement(session, consortium.id)
    return MembersPage(
        face=face_of(consortium),
        rule=rule_in_words(consortium),
        bodies=body_rows(session, consortium),
        agreement_number=agreement.number if agreement else None,
        may_invite=policy.may_invite(actor, consortium),
        may_leave=policy.may_leave(actor, consortium) and consortium.stage is not Stage.CLOSED,
    )


class Move(Struct, frozen=True):
    """A stage that may follow, what it asks, what agreeing says, and what must be done first."""

    stage: str
    stage_msgid: str
    confirmation: str
    obstacles: tuple[Sentence, ...]


class MovesPage(Struct, frozen=True):
    """The moves from the present stage; `open_decision_id` is set while one is being decided."""

    face: Face
    rule: RuleInWords
    moves: tuple[Move, ...]
    open_decision_id: UUID | None
    own_organisation_id: UUID | None
    may_propose: bool


def moves_page(session: Session, actor: Actor, consortium_id: UUID) -> MovesPage:
    """Which stage may follow. Raises NotFound for bodies that have not joined."""
    consortium = get_joined_consortium(session, actor, consortium_id)
    facts = standing(session, consortium)
    being_decided = open_stage_move(session, consortium.id)
    return MovesPage(
        face=face_of(consortium),
        rule=rule_in_words(consortium),
        moves=tuple(
            Move(
                stage=to,
                stage_msgid=rules.STAGE_WORDS[to],
                confirmation=rules.CONFIRMED_BY_AGREEING[to],
                obstacles=tuple(rules.obstacles(consortium.stage, to, facts)),
            )
            for to in rules.moves_from(consortium.stage)
        ),
        open_decision_id=being_decided.id if being_decided else None,
        own_organisation_id=actor.organisation_id,
        may_propose=policy.may_propose(actor, consortium),
    )


class Candidate(Struct, frozen=True):
    """A public body that might be invited; `state` is its part in this consortium, if it has one."""

    organisation_id: UUID
    name: str
    state: str | None


class InvitePage(Struct, frozen=True):
    """Bodies found by typing, and those chosen so far; `is_unknown`: no public body at all has what was typed."""

    face: Face
    rule: RuleInWords
    agreement_number: int | None
    found: tuple[Candidate, ...]
    chosen: tuple[Candidate, ...]
    is_unknown: bool
    may_invite: bool


def invite_page(
    session: Session, actor: Actor, consortium_id: UUID, *, q: str = "", chosen: Sequence[UUID] = ()
) -> InvitePage:
    """Whom the lead could invite. Raises NotFound, and NotAllowed for everybody but the lead."""
    consortium = _led(session, actor, consortium_id)
    agreement = latest_agreement(session, consortium.id)
    states = {part.organisation_id: part.state.value for part in consortium.participations}
    named = session.scalars(
        select(Organisation)
        .where(Organisation.id.in_(chosen), Organisation.kind == OrganisationKind.PUBLIC_BODY)
        .order_by(Organisation.name, Organisation.id)
    )
    picked = tuple(Candidate(body.id, body.name, states.get(body.id)) for body in named)
    keys = {candidate.organisation_id for candidate in picked}
    matches = find_public_bodies(session, q)
    return InvitePage(
        face=face_of(consortium),
        rule=rule_in_words(consortium),
        agreement_number=agreement.number if agreement else None,
        found=tuple(Candidate(body.id, body.name, states.get(body.id)) for body in matches if body.id not in keys),
        chosen=picked,
        is_unknown=bool(q.strip()) and not matches,
        may_invite=policy.may_invite(actor, consortium),
    )


def is_invited(session: Session, actor: Actor, consortium_id: UUID) -> bool:
    """Whether the actor's body has an invitation to answer. Raises NotFound for outsiders."""
    return policy.is_invited(actor, get_consortium(session, actor, consortium_id))
