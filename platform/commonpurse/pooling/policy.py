"""Who may do what with needs, budgets and spending."""

from commonpurse.consortia.models import Consortium, Stage
from commonpurse.core.actor import Actor
from commonpurse.identity.models import Organisation, OrganisationKind, Role
from commonpurse.pooling.models import ApprovalState, BudgetContribution, RequirementLine, Upload

OPEN_STAGES = (Stage.POOLING, Stage.NEGOTIATING)


def is_open(consortium: Consortium) -> bool:
    """Whether needs and budgets can still change."""
    return consortium.stage in OPEN_STAGES


def may_enter(actor: Actor, consortium: Consortium) -> bool:
    """Buyers of the joined bodies, while needs and budgets can change; the consortium must be theirs."""
    return actor.has_role(Role.BUYER) and is_open(consortium)


def may_change(actor: Actor, line: RequirementLine, consortium: Consortium) -> bool:
    """As `may_enter`, for the lines of one's own body."""
    return may_enter(actor, consortium) and line.organisation_id == actor.organisation_id


def may_change_budget(actor: Actor, contribution: BudgetContribution, consortium: Consortium) -> bool:
    """As `may_enter`, for money of one's own body that nobody approved: others rely on approved money."""
    return (
        may_enter(actor, consortium)
        and contribution.organisation_id == actor.organisation_id
        and contribution.approval is not ApprovalState.APPROVED
    )


def may_store(actor: Actor, upload: Upload, consortium: Consortium) -> bool:
    """As `may_enter`, for the files of one's own body."""
    return may_enter(actor, consortium) and upload.organisation_id == actor.organisation_id


def may_approve(actor: Actor, contribution: BudgetContribution, consortium: Consortium) -> bool:
    """Approvers of the same body who did not enter the money themselves, while it is awaited and can change."""
    return (
        actor.has_role(Role.APPROVER)
        and is_open(consortium)
        and contribution.organisation_id == actor.organisation_id
        and contribution.entered_by_id != actor.person_id
        and contribution.approval is ApprovalState.AWAITED
    )


def may_read_spending(actor: Actor, organisation: Organisation | None) -> bool:
    """People of public bodies: what is read was published."""
    return actor.is_system or (organisation is not None and organisation.kind is OrganisationKind.PUBLIC_BODY)


def may_import_spending(actor: Actor, organisation: Organisation | None) -> bool:
    """Buyers, for the public body they act for."""
    return may_read_spending(actor, organisation) and actor.has_role(Role.BUYER)


def may_start(actor: Actor, organisation: Organisation | None) -> bool:
    """Whether to offer starting a consortium: the page that does it has the last word."""
    return may_read_spending(actor, organisation) and actor.has_role(Role.BUYER, Role.ADMINISTRATOR)
