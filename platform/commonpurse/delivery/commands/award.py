"""Recording the award."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.calc.quantity import from_smallest, to_smallest
from commonpurse.consortia.queries import get_joined_consortium
from commonpurse.core import log
from commonpurse.core.actor import SYSTEM, Actor
from commonpurse.core.errors import Refused, require
from commonpurse.delivery import policy, queries
from commonpurse.delivery.events import AwardRecorded
from commonpurse.delivery.models import Commitment, Contract
from commonpurse.delivery.rules import MOST_UNITS, say_day
from commonpurse.identity.commands import register_organisation
from commonpurse.identity.models import Organisation, OrganisationKind
from commonpurse.identity.queries import find_organisation_by_name
from commonpurse.workspaces.queries import AgreedTarget, agreed_allocation, agreed_targets

MOST_PENCE = 10**14


def record_award(
    session: Session,
    actor: Actor,
    *,
    consortium_id: UUID,
    supplier_id: UUID | None,
    supplier_name: str = "",
    company_number: str = "",
    title: str,
    reference: str,
    price_pence: int,
    awarded_on: date,
    starts_on: date,
    ends_on: date,
    commitments: Mapping[UUID, Decimal | None],
    now: datetime,
) -> UUID:
    """Record the contract that was awarded, with what the supplier committed to for each agreed target.

    Args:
        supplier_id: a registered supplier; without it one is registered by `supplier_name` and `company_number`.
        price_pence: excluding VAT.
        commitments: quantity in the measure's unit over the whole term; a measure without one is left out.

    Returns:
        The contract's key.

    Raises:
        NotFound, NotAllowed: see `policy.may_record_award`.
        Refused: no allocation rule was agreed before the award, or a figure cannot be.
    """
    consortium = get_joined_consortium(session, actor, consortium_id, lock=True)
    require(
        policy.may_record_award(actor, consortium),
        "You cannot record the award",
        who="A buyer of the lead authority can do this",
    )
    _require_rule(session, consortium_id, awarded_on)
    _check_terms(price_pence, awarded_on, starts_on, ends_on, now.date())
    promised = _promised(agreed_targets(session, consortium_id), commitments)
    supplier = _supplier(session, supplier_id, supplier_name.strip(), company_number.strip(), now)
    contract = Contract(
        consortium_id=consortium_id,
        supplier_id=supplier.id,
        title=title,
        reference=reference,
        price_pence=price_pence,
        awarded_on=awarded_on,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by_id=actor.person,
        recorded_at=now,
        commitments=[Commitment(measure_id=target.measure_id, quantity=units) for target, units in promised],
    )
    session.add(contract)
    session.flush()
    event = AwardRecorded(
        contract_id=contract.id,
        title=title,
        supplier=supplier.name,
        price_pence=price_pence,
        commitments={target.code: from_smallest(units, target.decimals) for target, units in promised},
    )
    log.record(session, actor, consortium.stream, event, at=now)
    return contract.id


def _require_rule(session: Session, consortium_id: UUID, awarded_on: date) -> None:
    agreed = agreed_allocation(session, consortium_id)
    if agreed is None:
        raise Refused(
            "Agree in the workspace how outcomes are shared before you record the award. "
            "Add an allocation rule to the agenda there"
        )
    if agreed.agreed_at.astimezone(UTC).date() > awarded_on:
        raise Refused(
            "The allocation rule was agreed on %(agreed)s. The award must not be earlier: "
            "bodies agree how outcomes are shared before the award",
            field="awarded_on",
            agreed=say_day(agreed.agreed_at.date()),
        )


def _check_terms(price_pence: int, awarded_on: date, starts_on: date, ends_on: date, today: date) -> None:
    if not 0 < price_pence <= MOST_PENCE:
        raise Refused("Enter a price of more than £0", field="price_pence")
    if awarded_on > today:
        raise Refused("The date of award must be today or in the past", field="awarded_on")
    if starts_on < awarded_on:
        raise Refused("The contract must not start before it is awarded", field="starts_on")
    if ends_on < starts_on:
        raise Refused("The contract must end on or after the day it starts", field="ends_on")


def _supplier(
    session: Session, supplier_id: UUID | None, name: str, company_number: str, now: datetime
) -> Organisation:
    if supplier_id is None and not name:
        raise Refused("Select a supplier, or enter the name of one that is not in the list", field="supplier_id")
    if supplier_id is not None and name:
        raise Refused("Select a supplier or enter a new one, not both", field="supplier_name")
    known = supplier_id or _register(session, name, company_number, now)
    supplier = queries.find_supplier(session, known)
    if supplier is None:
        raise Refused("Select an organisation that is registered as a supplier or VCFSE body", field="supplier_id")
    return supplier


def _register(session: Session, name: str, company_number: str, now: datetime) -> UUID:
    """The organisation of that name, made known by the service: a buyer does not become its administrator."""
    found = find_organisation_by_name(session, name)
    if found is not None:
        return found.id
    try:
        return register_organisation(
            session,
            SYSTEM,
            name=name,
            kind=OrganisationKind.SUPPLIER,
            public_body_kind=None,
            area_gss=None,
            identifiers={"GB-COH": company_number},
            now=now,
        )
    except Refused as error:
        field = "supplier_name" if error.field == "name" else "company_number"
        raise Refused(error.message, field=field, **error.values) from error


def _promised(
    targets: list[AgreedTarget], commitments: Mapping[UUID, Decimal | None]
) -> list[tuple[AgreedTarget, int]]:
    promised = []
    for target in targets:
        quantity = commitments.get(target.measure_id)
        if quantity is None:
            continue
        field = f"commitment_{target.measure_id.hex}"
        try:
            units = to_smallest(quantity, target.decimals)
        except ValueError as error:
            raise Refused(
                "%(measure)s is counted in %(unit)s with at most %(decimals)s decimal places",
                field=field,
                measure=target.title,
                unit=target.unit,
                decimals=target.decimals,
            ) from error
        if not 0 < units <= MOST_UNITS:
            raise Refused("Enter a quantity of more than 0, or leave it empty", field=field)
        promised.append((target, units))
    if not promised:
        raise Refused("Enter what the supplier committed to for at least one measure")
    return promised
