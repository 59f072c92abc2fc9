"""Who may do what around a contract. A consortium's participations must be loaded."""

from commonpurse.consortia.models import Consortium
from commonpurse.core.actor import Actor
from commonpurse.delivery.models import Clash, OutcomeRecord, VerificationStatus
from commonpurse.identity.models import Role


def may_record_award(actor: Actor, consortium: Consortium) -> bool:
    """Buyers of the lead authority."""
    return consortium.lead_organisation_id == actor.organisation_id and actor.has_role(Role.BUYER)


def may_report(actor: Actor, consortium: Consortium) -> bool:
    """Buyers of joined bodies."""
    return consortium.has_joined(actor.organisation_id) and actor.has_role(Role.BUYER)


def may_check(actor: Actor, consortium: Consortium, record: OutcomeRecord, *, is_rival: bool) -> bool:
    """Buyers and approvers of joined bodies, but never the person who reported it, nor who wants its claim."""
    return (
        record.status is VerificationStatus.REPORTED
        and not is_rival
        and consortium.has_joined(actor.organisation_id)
        and actor.has_role(Role.BUYER, Role.APPROVER)
        and actor.person_id != record.reported_by_id
    )


def may_correct(actor: Actor, consortium: Consortium, record: OutcomeRecord) -> bool:
    """Buyers of the body that reported it and of the lead authority, while it counts or waits."""
    return (
        record.status in {VerificationStatus.REPORTED, VerificationStatus.VERIFIED}
        and consortium.has_joined(actor.organisation_id)
        and actor.has_role(Role.BUYER)
        and actor.organisation_id in {record.reported_for_id, consortium.lead_organisation_id}
    )


def may_reopen(actor: Actor, consortium: Consortium, record: OutcomeRecord, *, is_rival: bool) -> bool:
    """The same, while it is verified."""
    return (
        record.status is VerificationStatus.VERIFIED
        and not is_rival
        and consortium.has_joined(actor.organisation_id)
        and actor.has_role(Role.BUYER, Role.APPROVER)
        and actor.person_id != record.reported_by_id
    )


def may_keep(actor: Actor, consortium: Consortium, record: OutcomeRecord) -> bool:
    """Who may correct a record may also say that it is right when somebody asks to look at it again."""
    return may_correct(actor, consortium, record)


def may_ask(actor: Actor, consortium: Consortium, clash: Clash) -> bool:
    """Buyers of the body whose claim was refused, and of the lead authority."""
    return may_report(actor, consortium) and actor.organisation_id in {
        clash.organisation_id,
        consortium.lead_organisation_id,
    }
