"""Recording the award."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from commonpurse.calc.quantity import from_smallest, to_smallest
from commonpurse.calc.sentence import Sentence
from commonpurse.consortia.queries import LONDON, get_joined_consortium
from commonpurse.core import log
from commonpurse.core.actor import SYSTEM, Actor
from commonpurse.core.errors import Refused, require
from commonpurse.delivery import policy, queries
from commonpurse.delivery.events import AwardRecorded
from commonpurse.delivery.models import Commitment, Contract
from commonpurse.delivery.rules import Fault, quantity_fault, supplier_faults, term_faults
from commonpurse.identity.commands import register_organisation
from commonpurse.identity.models import Organisation, OrganisationKind
from commonpurse.identity.queries import find_organisation_by_name
from commonpurse.workspaces.queries import AgreedTarget, agreed_targets

NOT_PROMISED = Sentence("Enter a quantity of more than 0, or leave it empty")
NOTHING_PROMISED = Sentence("Enter what the supplier committed to for at least one measure")


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
        Refused: no allocation rule was agreed before the award, or a figure cannot be; the first of what is wrong.
    """
    consortium = get_joined_consortium(session, actor, consortium_id, lock=True)
    require(
        policy.may_record_award(actor, consortium),
        "You cannot record the award",
        who="A buyer of the lead authority can do this",
    )
    targets = agreed_targets(session, consortium_id)
    faults = [
        *term_faults(
            price_pence=price_pence,
            awarded_on=awarded_on,
            starts_on=starts_on,
            ends_on=ends_on,
            agreed_on=queries.rule_agreed_on(session, consortium_id),
            today=now.astimezone(LONDON).date(),
        ),
        *promise_faults(targets, commitments),
        *supplier_faults(is_chosen=supplier_id is not None, name=supplier_name.strip()),
    ]
    if faults:
        first = faults[0]
        raise Refused(first.sentence.msgid, field=first.field, **first.sentence.values)
    promised = _promised(targets, commitments)
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


def _supplier(
    session: Session, supplier_id: UUID | None, name: str, company_number: str, now: datetime
) -> Organisation:
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


def promise_faults(targets: Iterable[AgreedTarget], commitments: Mapping[UUID, Decimal | None]) -> list[Fault]:
    """What cannot be of the quantities a supplier committed to; one that is None was not promised."""
    faults = []
    for target in targets:
        quantity = commitments.get(target.measure_id)
        if quantity is None:
            continue
        found = quantity_fault(
            quantity,
            measure=target.title,
            unit=target.unit,
            decimals=target.decimals,
            stated_decimals=target.stated_decimals,
        )
        if found is not None:
            faults.append(Fault(f"commitment_{target.measure_id.hex}", found if quantity > 0 else NOT_PROMISED))
    if all(commitments.get(target.measure_id) is None for target in targets):
        faults.append(Fault(None, NOTHING_PROMISED))
    return faults


def _promised(
    targets: Iterable[AgreedTarget], commitments: Mapping[UUID, Decimal | None]
) -> list[tuple[AgreedTarget, int]]:
    quantities = [(target, commitments.get(target.measure_id)) for target in targets]
    return [(target, to_smallest(given, target.decimals)) for target, given in quantities if given is not None]
