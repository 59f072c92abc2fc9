"""What happens around a contract, for the consortium's stream. No event says who a beneficiary is."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from msgspec import Struct


class AwardRecorded(Struct, frozen=True):
    """The contract was awarded. `commitments` has the quantity of each measure, by its code."""

    kind: ClassVar[str] = "delivery.award_recorded"
    contract_id: UUID
    title: str
    supplier: str
    price_pence: int
    commitments: dict[str, Decimal]


class OutcomeReported(Struct, frozen=True):
    """A delivered outcome was recorded and waits for a second person."""

    kind: ClassVar[str] = "delivery.outcome_reported"
    record_id: UUID
    measure: str
    quantity: Decimal
    unit: str
    quarter_starting: date
    place_gss: str
    files: int


class OutcomeVerified(Struct, frozen=True):
    """A second person found the record right."""

    kind: ClassVar[str] = "delivery.outcome_verified"
    record_id: UUID
    measure: str
    quantity: Decimal
    unit: str


class OutcomeReturned(Struct, frozen=True):
    """A second person sent the record back."""

    kind: ClassVar[str] = "delivery.outcome_returned"
    record_id: UUID
    measure: str
    reason: str


class OutcomeCorrected(Struct, frozen=True):
    """A record was replaced by another, which has to be checked anew."""

    kind: ClassVar[str] = "delivery.outcome_corrected"
    record_id: UUID
    replacement_id: UUID
    measure: str
    reason: str


class OutcomeReopened(Struct, frozen=True):
    """A verified record was found wrong and sent back; it counts no longer."""

    kind: ClassVar[str] = "delivery.outcome_reopened"
    record_id: UUID
    measure: str
    reason: str


class ClaimRefused(Struct, frozen=True):
    """An outcome was not recorded, because its person or thing is claimed already."""

    kind: ClassVar[str] = "delivery.claim_refused"
    clash_id: UUID
    measure: str
    quarter_starting: date


class ClaimContested(Struct, frozen=True):
    """Another contract tried to claim the person or thing of a record. Says nothing of the other side."""

    kind: ClassVar[str] = "delivery.claim_contested"
    record_id: UUID
    measure: str
    quarter_starting: date


class LookAsked(Struct, frozen=True):
    """The side that was refused asked the side that holds the claim to look at it again."""

    kind: ClassVar[str] = "delivery.look_asked"
    clash_id: UUID
    measure: str


class LookRequested(Struct, frozen=True):
    """The side that holds a claim is asked to look at it again. Says nothing of the other side."""

    kind: ClassVar[str] = "delivery.look_requested"
    record_id: UUID
    measure: str


class ClaimKept(Struct, frozen=True):
    """The side that holds a claim looked at it again and keeps it."""

    kind: ClassVar[str] = "delivery.claim_kept"
    record_id: UUID
    measure: str


class ClaimUpheld(Struct, frozen=True):
    """The side that was refused hears that the claim is kept. Says nothing of the other side."""

    kind: ClassVar[str] = "delivery.claim_upheld"
    clash_id: UUID
    measure: str


class ClaimFreed(Struct, frozen=True):
    """The side that was refused hears that the claim was given up. Says nothing of the other side."""

    kind: ClassVar[str] = "delivery.claim_freed"
    clash_id: UUID
    measure: str
