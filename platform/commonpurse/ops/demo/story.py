"""The facts of the demonstration. Councils, areas and spending files are real; all else is made up."""

from datetime import UTC, date, datetime
from decimal import Decimal

from msgspec import Struct

PASSWORD = "buy-together-share-exactly"  # noqa: S105 - meant to be read
"""Of everybody in the demonstration, which `seed` refuses to make anywhere else."""


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    """A moment of the story."""
    return datetime(year, month, day, hour, tzinfo=UTC)


class Body(Struct, frozen=True):
    """A council of the demonstration."""

    key: str
    name: str
    gss: str


BODIES = (
    Body("newcastle", "Newcastle City Council", "E08000021"),
    Body("gateshead", "Gateshead Metropolitan Borough Council", "E08000037"),
    Body("darlington", "Darlington Borough Council", "E06000005"),
    Body("calderdale", "Calderdale Metropolitan Borough Council", "E08000033"),
    Body("manchester", "Manchester City Council", "E08000003"),
)
LEAD = "newcastle"
OTHERS = tuple(body.key for body in BODIES if body.key != LEAD)

ROLES = {
    "buyer": ("Buyer", ("buyer",)),
    "verifier": ("Second buyer", ("buyer",)),
    "approver": ("Approver", ("approver",)),
    "administrator": ("Administrator", ("organisation_administrator",)),
    "observer": ("Observer", ("observer",)),
}

SUPPLIER = "Tyne and Calder Hygiene Services (made up)"

AGREEMENT = (
    "1. The bodies buy {what} together. The lead authority runs the procurement and signs the "
    "contract for all.\n\n"
    "2. Each body pays for what it uses. A body that leaves during the contract stays bound by what it has called "
    "off and pays the loss that its leaving causes the others.\n\n"
    "3. Outcomes are divided by the allocation rule that all agreed before the award. A body reports only its own "
    "share.\n\n"
    "4. Decisions are taken by consent: a proposal is carried when nobody objects with a reason.\n\n"
    "5. This agreement was made up for a demonstration."
)


class Plan(Struct, frozen=True):
    """A consortium of the demonstration: who buys what together, and when it reaches which stage.

    `supplier` is the one from whose page it was started; empty for none.
    """

    name: str
    purpose: str
    supplier: str
    category: str
    summary: str
    agreement: str
    lead: str
    others: tuple[str, ...]
    milestones: dict[str, date]
    formed: datetime
    invited: datetime
    joined: datetime
    moves: tuple[tuple[str, datetime], ...]

    @property
    def bodies(self) -> tuple[str, ...]:
        """The keys of all its bodies, the lead first."""
        return (self.lead, *self.others)


WASHROOMS = Plan(
    name="Washrooms for five northern councils",
    purpose=(
        "Washroom, sanitary and mat services for schools, libraries, leisure centres and offices, which the five "
        "councils bought separately in April and May 2022, four of them from the same supplier (PHS Group)."
    ),
    supplier="PHS Group",
    category="90900000",
    summary=(
        "Five councils buy washroom and hygiene services together. They agreed shared targets for apprenticeships, "
        "skills, carbon and spending with charities and social enterprises, and how every delivered outcome is divided."
    ),
    agreement=AGREEMENT.format(what="washroom and hygiene services"),
    lead=LEAD,
    others=OTHERS,
    milestones={
        "pooling_closes": date(2025, 10, 31),
        "negotiation_closes": date(2025, 12, 5),
        "tender_published": date(2025, 12, 10),
        "award": date(2026, 3, 2),
        "contract_starts": date(2026, 4, 1),
        "contract_ends": date(2029, 3, 31),
    },
    formed=at(2025, 9, 8),
    invited=at(2025, 9, 10),
    joined=at(2025, 9, 22),
    moves=(
        ("pooling", at(2025, 10, 6)),
        ("negotiating", at(2025, 11, 3)),
        ("out_to_bid", at(2025, 12, 8)),
        ("contract", at(2026, 3, 2)),
        ("delivering", at(2026, 4, 1)),
    ),
)
WORKWEAR = Plan(
    name="Workwear and laundry for two councils",
    purpose="Washing and mending of the workwear of street, parks and care services. This purchase is made up.",
    supplier="",
    category="98310000",
    summary="Two councils buy the washing of workwear together. This purchase was made up for a demonstration.",
    agreement=AGREEMENT.format(what="the washing of workwear"),
    lead="gateshead",
    others=("darlington",),
    milestones={
        "award": date(2026, 6, 8),
        "contract_starts": date(2026, 7, 1),
        "contract_ends": date(2029, 6, 30),
    },
    formed=at(2025, 9, 1),
    invited=at(2025, 9, 2),
    joined=at(2025, 9, 8),
    moves=(
        ("pooling", at(2026, 2, 2)),
        ("negotiating", at(2026, 3, 2)),
        ("out_to_bid", at(2026, 4, 13)),
        ("contract", at(2026, 6, 8)),
        ("delivering", at(2026, 7, 1)),
    ),
)
"""Two of the same councils, with a contract of their own, under which somebody is reported twice."""

SERVICE = "Sanitary unit with collection every four weeks"
MATS = "Entrance mat, washed and changed every fortnight"
NEEDS = (
    ("newcastle", SERVICE, "90900000", Decimal(1240), "each"),
    ("gateshead", SERVICE, "90900000", Decimal(860), "each"),
    ("darlington", SERVICE, "90900000", Decimal(310), "each"),
    ("calderdale", SERVICE, "90900000", Decimal(640), "each"),
    ("manchester", SERVICE, "90900000", Decimal(2150), "each"),
    ("newcastle", MATS, "90910000", Decimal(420), "each"),
    ("gateshead", MATS, "90910000", Decimal(25), "dozen"),
    ("manchester", MATS, "90910000", Decimal(700), "each"),
)
BUDGETS = {
    "newcastle": 412_000_00,
    "gateshead": 268_500_00,
    "darlington": 97_350_00,
    "calderdale": 201_000_00,
    "manchester": 655_150_00,
}
INDICATIVE = ("darlington", 2027, 40_000_00)

# Measures of PPN 002 by their code in the reference file, the agreed target, and who proposed it.
TARGETS = (
    ("L1.03", "newcastle", Decimal(24)),
    ("L1.08", "gateshead", Decimal(3600)),
    ("L3.03", "manchester", Decimal(90000)),
    ("L4.01", "calderdale", Decimal(150)),
)
OPEN_TARGET = "L4.03"

# What the bodies agreed to weigh by, for rules to come: no rule goes by it yet, so no split changes.
WEIGHTS_BASIS, WEIGHTS_UNIT = "Washrooms served", "washrooms"
WEIGHTS_FROM = date(2026, 4, 1)
WEIGHTS = {"newcastle": 438, "gateshead": 291, "darlington": 104, "calderdale": 219, "manchester": 726}
WEIGHTS_SOURCE = "Made up for this demonstration: washrooms on the supplier's rounds in June 2026"
WEIGHTS_WHY = "Rounds say better than budgets who is served. Washrooms that were closed for repair are left out."

CONTRACT = "Washroom and hygiene services 2026 to 2029"
REFERENCE = "NCC-2025-0417"
PRICE_PENCE = 1_587_400_00


class Delivered(Struct, frozen=True):
    """One record of delivery: reference is the pseudonymous key as the supplier would type it."""

    measure: str
    quantity: Decimal
    quarter: date
    place: str
    kind: str
    reference: str
    description: str


Q2, Q3 = date(2026, 4, 1), date(2026, 7, 1)

BOOKS = ("district", "combined_authority", "region")
"""The tiers of place of which a book is kept."""
SUNDERLAND = "E08000024"
DELIVERED = (
    Delivered("L1.03", Decimal(1), Q2, "E08000021", "beneficiary", "AP-0001", "Apprentice, service technician"),
    Delivered("L1.03", Decimal(1), Q2, "E08000037", "beneficiary", "AP-0002", "Apprentice, service technician"),
    Delivered("L1.03", Decimal(1), Q2, SUNDERLAND, "beneficiary", "AP-0003", "Apprentice at the laundry"),
    Delivered("L1.08", Decimal("212.5"), Q2, SUNDERLAND, "beneficiary", "GROUP-21", "Upskilling of laundry staff"),
    Delivered("L3.03", Decimal("8431.17"), Q2, SUNDERLAND, "asset", "INV-20260611", "Reuse of mats by a charity"),
    Delivered("L4.01", Decimal("11.375"), Q2, SUNDERLAND, "asset", "METER-01", "Laundry heat pump, metered"),
    Delivered("L1.03", Decimal(1), Q3, "E06000005", "beneficiary", "AP-0004", "Apprentice, route planning"),
    Delivered("L1.03", Decimal(1), Q3, SUNDERLAND, "beneficiary", "AP-0005", "Apprentice, shares a place with AP-0006"),
    Delivered("L1.03", Decimal(1), Q3, SUNDERLAND, "beneficiary", "AP-0006", "Apprentice, shares a place with AP-0005"),
    Delivered("L1.08", Decimal("301.25"), Q3, "E08000003", "beneficiary", "GROUP-22", "Upskilling at the depot"),
    Delivered("L3.03", Decimal("10000.01"), Q3, SUNDERLAND, "asset", "INV-20260904", "Mats repaired by a co-operative"),
    Delivered("L4.01", Decimal("12.001"), Q3, SUNDERLAND, "asset", "METER-01", "Laundry heat pump, metered"),
)
AWAITING = Delivered(
    "L1.03", Decimal(1), Q3, "E08000033", "beneficiary", "AP-0007", "Apprentice, customer care, started 21 September"
)

# Reported once under the contract for washrooms, and a second time under that for workwear.
WORKWEAR_TARGET = ("L1.03", "darlington", Decimal(4))
WORKWEAR_CONTRACT = "Washing of workwear 2026 to 2029"
WORKWEAR_REFERENCE = "GMBC-2026-0093"
WORKWEAR_PRICE_PENCE = 322_200_00
TWICE = Delivered(
    "L1.03", Decimal(1), Q3, "E06000005", "beneficiary", "AP-0004", "Apprentice, driver on the round for workwear"
)
TWICE_GROUNDS = (
    "The supplier named this apprentice in its report for our contract too. Our rounds have had the apprentice since "
    "July. Please ask the supplier which of the two it is for."
)
