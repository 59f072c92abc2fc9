"""The second contract: two of the councils, whose supplier reports an apprentice who is claimed already."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonpurse.consortia.models import Consortium
from commonpurse.core.pseudonym import pseudonym
from commonpurse.delivery import commands as delivery
from commonpurse.delivery import queries
from commonpurse.delivery.models import Contract, SubjectKind
from commonpurse.ops.demo import steps, story
from commonpurse.ops.demo.cast import Cast
from commonpurse.workspaces import commands as workspaces
from commonpurse.workspaces.models import ItemKind

PLAN = story.WORKWEAR
TRIED_BY = PLAN.others[0]


def negotiate(session: Session, cast: Cast, consortium: Consortium) -> None:
    """Agree equal shares and one target."""
    moment = story.at(2026, 3, 10)
    workspaces.open_workspace(session, cast.actor(PLAN.lead), consortium_id=consortium.id, now=moment)
    steps.agree(
        session,
        cast,
        PLAN,
        consortium,
        PLAN.lead,
        moment,
        subject={"kind": ItemKind.ALLOCATION_RULE},
        offered={"allocation": {"kind": "equal"}},
    )
    code, proposer, quantity = story.WORKWEAR_TARGET
    steps.agree(
        session,
        cast,
        PLAN,
        consortium,
        proposer,
        moment,
        subject={"kind": ItemKind.TARGET, "measure_id": steps.measure_id(session, code)},
        offered={"quantity": quantity},
    )


def award(session: Session, cast: Cast, consortium: Consortium) -> None:
    """Record the award to the supplier that the other consortium has too."""
    code, _, quantity = story.WORKWEAR_TARGET
    delivery.record_award(
        session,
        cast.actor(PLAN.lead),
        consortium_id=consortium.id,
        supplier_id=cast.organisations["supplier"],
        title=story.WORKWEAR_CONTRACT,
        reference=story.WORKWEAR_REFERENCE,
        price_pence=story.WORKWEAR_PRICE_PENCE,
        awarded_on=PLAN.milestones["award"],
        starts_on=PLAN.milestones["contract_starts"],
        ends_on=PLAN.milestones["contract_ends"],
        commitments={steps.measure_id(session, code): quantity},
        now=story.at(2026, 6, 9),
    )


def dispute(session: Session, cast: Cast, consortium: Consortium) -> None:
    """Claim the apprentice a second time, which is refused, and ask the other side to look at its claim again."""
    contract = session.scalars(select(Contract.id).where(Contract.consortium_id == consortium.id)).one()
    clash = _be_refused(session, cast, consortium, contract, story.at(2026, 10, 21))
    delivery.ask_to_look(
        session,
        cast.actor(TRIED_BY),
        consortium_id=consortium.id,
        clash_id=clash,
        grounds=story.TWICE_GROUNDS,
        seen_version=1,
        now=story.at(2026, 10, 22),
    )


def _be_refused(session: Session, cast: Cast, consortium: Consortium, contract: UUID, moment: datetime) -> UUID:
    """Report what is claimed already; the key of the refusal."""
    actor, kind = cast.actor(TRIED_BY), SubjectKind(story.TWICE.kind)
    try:
        steps.report(session, actor, consortium, contract, story.TWICE, moment)
    except delivery.Claimed:
        measure = steps.measure_id(session, story.TWICE.measure)
        claim = queries.Claim(measure, story.TWICE.quarter, pseudonym(kind, story.TWICE.reference))
    else:
        raise RuntimeError("the demonstration let somebody be claimed twice")
    holder = queries.holder_of(session, claim)
    clash = queries.find_clash(session, contract, actor.organisation, holder) if holder else None
    if clash is None:
        raise RuntimeError("the demonstration has no refused claim")
    return clash.id


AFTER: dict[str, Callable[[Session, Cast, Consortium], None]] = {"negotiating": negotiate, "contract": award}
"""What happens once a stage is reached."""
