"""Stages, what must be true before each, and what a decision rule means for each body. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations, pairwise
from uuid import UUID

from msgspec import Struct

from commonpurse.calc import decision
from commonpurse.calc.sentence import Sentence, message

STAGES = ("forming", "pooling", "negotiating", "out_to_bid", "contract", "delivering", "closed")

STAGE_WORDS = {
    "forming": message("Forming"),
    "pooling": message("Pooling"),
    "negotiating": message("Negotiating"),
    "out_to_bid": message("Out to bid"),
    "contract": message("Contract"),
    "delivering": message("Delivering"),
    "closed": message("Closed"),
}

_MOVES = {
    "forming": ("pooling", "closed"),
    "pooling": ("negotiating", "closed"),
    "negotiating": ("out_to_bid", "pooling", "closed"),
    "out_to_bid": ("contract", "negotiating", "closed"),
    "contract": ("delivering", "closed"),
    "delivering": ("closed",),
    "closed": (),
}

MILESTONE_WORDS = {
    "pooling_closes": message("Needs and budgets complete"),
    "negotiation_closes": message("Targets agreed"),
    "tender_published": message("Tender published"),
    "award": message("Award"),
    "contract_starts": message("Contract starts"),
    "contract_ends": message("Contract ends"),
}

MILESTONE_DATES = {
    "pooling_closes": message("date for complete needs and budgets"),
    "negotiation_closes": message("date for agreed targets"),
    "tender_published": message("tender date"),
    "award": message("award date"),
    "contract_starts": message("contract start date"),
    "contract_ends": message("contract end date"),
}
"""How a sentence about a date of the timetable calls it."""

MILESTONE_STAGES = {
    "pooling_closes": "pooling",
    "negotiation_closes": "negotiating",
    "tender_published": "out_to_bid",
    "award": "contract",
    "contract_starts": "contract",
    "contract_ends": "delivering",
}
"""The stage in which each date of the timetable falls."""

QUESTIONS = {
    "pooling": message("Shall we begin to pool needs and budgets?"),
    "negotiating": message("Shall we begin to negotiate shared targets?"),
    "out_to_bid": message("Shall we go out to bid?"),
    "contract": message("Shall we go on to the contract?"),
    "delivering": message("Shall we begin to record what is delivered?"),
    "closed": message("Shall we close the consortium?"),
}

CONFIRMED_BY_AGREEING = {
    "pooling": message("By agreeing, a body says that it is ready to enter its needs and its budget."),
    "negotiating": message("By agreeing, a body says that its needs and its budget are complete."),
    "out_to_bid": message("By agreeing, a body says that the targets it wants are agreed in the workspace."),
    "contract": message("By agreeing, a body says that bids are evaluated and the award can be recorded."),
    "delivering": message("By agreeing, a body says that the award is recorded and the contract has begun."),
    "closed": message("By agreeing, a body says that nothing is left to record. A closed consortium stays closed."),
}

NO_LONGER_POSSIBLE = message("The bodies agreed, but it is no longer possible: %(obstacle)s")
"""Why a question was withdrawn that no body took back."""

OLDEST_YEARS = 5
"""How far back the dates of a timetable go; purchases that began before they came here keep theirs."""

LEAST_BODIES = 2
MOST_BODIES_FOR_POWER = 14
"""Above this many bodies the coalitions are too many to go through one by one."""


class Standing(Struct, frozen=True):
    """What is settled in a consortium; `unsigned` counts joined bodies that have not signed the latest agreement."""

    has_category: bool
    has_place: bool
    decision_rule: str | None
    milestones: frozenset[str]
    has_agreement: bool
    joined: int
    unsigned: int
    weight: int


def moves_from(stage: str) -> tuple[str, ...]:
    """The stages that may follow `stage`, the usual next one first."""
    return _MOVES[stage]


def milestones_ahead(stage: str) -> tuple[str, ...]:
    """The dates of the timetable that belong to `stage` or a later one; none once all is closed."""
    present = STAGES.index(stage)
    return tuple(kind for kind, belongs in MILESTONE_STAGES.items() if STAGES.index(belongs) >= present)


def obstacles(stage: str, to: str, standing: Standing) -> list[Sentence]:
    """What must still be done before the consortium can move from `stage` to `to`, in words.

    Closing is always possible: a consortium that cannot go on must be able to end.
    """
    if to not in _MOVES[stage]:
        words = {"stage": Sentence(STAGE_WORDS[stage]), "to": Sentence(STAGE_WORDS[to])}
        return [Sentence(message("A consortium cannot move from %(stage)s to %(to)s"), words)]
    if to == "closed":
        return []
    missing = _missing_basis(standing)
    if STAGES.index(to) >= STAGES.index("negotiating") and standing.decision_rule == "weighted" and not standing.weight:
        missing.append(message("At least one body must commit a budget, as votes are weighted by it"))
    if STAGES.index(to) >= STAGES.index("out_to_bid") and "award" not in standing.milestones:
        missing.append(message("The timetable must say when the award is planned"))
    if STAGES.index(to) >= STAGES.index("contract") and not {"contract_starts", "contract_ends"} <= standing.milestones:
        missing.append(message("The timetable must say when the contract starts and ends"))
    found = [Sentence(msgid) for msgid in missing]
    if standing.unsigned:
        found.append(
            Sentence(
                message("Every body must sign the latest join agreement (not signed yet: %(count)s)"),
                {"count": standing.unsigned},
            )
        )
    return found


def _missing_basis(standing: Standing) -> list[str]:
    needed = {
        message("Choose a category for what you buy"): standing.has_category,
        message("Choose the place you buy for"): standing.has_place,
        message("Choose how the bodies decide"): standing.decision_rule is not None,
        message("Enter at least one date of the timetable"): bool(standing.milestones),
        message("Write the join agreement"): standing.has_agreement,
        message("At least two bodies must have joined"): standing.joined >= LEAST_BODIES,
    }
    return [msgid for msgid, settled in needed.items() if not settled]


def rule_in_force(rule: str, weights: Mapping[str, int]) -> str:
    """The rule a decision is opened under: the weighted one counts bodies until one has committed a budget.

    Otherwise the step that lets bodies commit budgets could never be decided.
    """
    return "majority" if rule == "weighted" and not any(weights.values()) else rule


def meaning(rule: str, quorum_percent: int = 0) -> Sentence:
    """What the rule says, in words."""
    return decision.words(decision.Rule(decision.Kind(rule), quorum_percent))


def what_ends(rule: str) -> Sentence:
    """What closes a question before its deadline, for those about to answer it."""
    return Sentence(_ENDINGS[decision.Kind(rule)])


_ENDINGS = {
    decision.Kind.UNANIMITY: message("One objection ends this question at once, and it cannot be taken back."),
    decision.Kind.CONSENT: message("One objection ends this question at once, and it cannot be taken back."),
    decision.Kind.MAJORITY: message(
        "This question ends as soon as more than half of all bodies agree, or no longer can."
    ),
    decision.Kind.WEIGHTED: message("This question ends as soon as no answer still to come can change its outcome."),
}


def blockers(rule: str, quorum_percent: int, weights: Mapping[str, int]) -> frozenset[str]:
    """The bodies that can stop a proposal alone, when all others agree."""
    in_force = rule_in_force(rule, weights)
    kind = decision.Rule(decision.Kind(in_force), quorum_percent)
    if not weights:
        return frozenset()
    agree, against = decision.Position.AGREE, decision.Position.OBJECT

    def is_stopped(answers: Mapping[str, decision.Position]) -> bool:
        outcome = decision.decide(kind, weights, answers, deadline_passed=True)
        return outcome.state is decision.State.REJECTED

    found = set()
    for body in weights:
        others = {other: agree for other in weights if other != body}
        if is_stopped({**others, body: against}) or is_stopped(others):
            found.add(body)
    return frozenset(found)


def powerless(rule: str, weights: Mapping[str, int]) -> frozenset[str]:
    """The bodies whose answer never changes an outcome, whatever the others say.

    Only the weighted rule has any; for more than 14 bodies only those without weight are found.
    """
    if rule_in_force(rule, weights) != "weighted":
        return frozenset()
    without = {body for body, weight in weights.items() if weight == 0}
    if len(weights) > MOST_BODIES_FOR_POWER:
        return frozenset(without)
    whole = sum(weights.values())
    return frozenset(body for body in weights if body in without or not _swings(body, weights, whole))


def _swings(body: str, weights: Mapping[str, int], whole: int) -> bool:
    """Whether some others agree who carry the proposal with `body` but not against it, everybody answering."""
    others = [weight for other, weight in weights.items() if other != body]
    for size in range(len(others) + 1):
        for agreeing in combinations(others, size):
            together = sum(agreeing)
            if 2 * together <= whole < 2 * (together + weights[body]):
                return True
    return False


def who_can_block(
    rule: str, names: tuple[str, ...], bodies: int, *, quorum_percent: int = 0, has_weight: bool = True
) -> Sentence:
    """One sentence about who can stop a proposal; `names` are the bodies that can alone, of `bodies` in all."""
    if rule == "unanimity":
        return Sentence(message("Any one body can block: by objecting, or by not answering before the deadline."))
    if rule == "consent":
        return Sentence(message("Any one body can block, but only by objecting with a reason; silence blocks nothing."))
    if rule == "weighted" and not has_weight:
        return Sentence(message("Until a body has committed a budget, each body counts the same."))
    if rule == "weighted" and names:
        return Sentence(
            message("These bodies can block alone, by their weight: %(names)s."), {"names": ", ".join(names)}
        )
    if rule == "weighted" and quorum_percent > 50:
        return Sentence(
            message("No body can block alone; bodies with more than %(percent)s%% of all weight can by not answering."),
            {"percent": 100 - quorum_percent},
        )
    if rule == "weighted":
        return Sentence(message("No body can block alone; bodies with half of all weight can together."))
    if bodies <= LEAST_BODIES:
        return Sentence(message("With two bodies each can block; with more, half of them can together."))
    return Sentence(
        message("No body can block alone; %(against)s of the %(bodies)s bodies can together."),
        {"against": bodies - bodies // 2, "bodies": bodies},
    )


def out_of_order(milestones: Sequence[tuple[str, date]]) -> tuple[str, str] | None:
    """The first of these milestones, given in their due order, that is dated before the one above it, and that one."""
    for (earlier, before), (kind, day) in pairwise(milestones):
        if day < before:
            return kind, earlier
    return None


def first_year(today: date) -> int:
    """The earliest year of a date that is entered today: a date longer past is a slip of the hand."""
    return today.year - OLDEST_YEARS


def signature_reference(consortium_id: UUID, number: int, position: int) -> str:
    """How to name the signature of version `number` by the body at `position` of the roster."""
    return f"{consortium_id.hex[:8].upper()}-{number}-{position + 1}"
