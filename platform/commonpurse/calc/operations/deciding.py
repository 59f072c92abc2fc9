"""Where a proposal stands under the decision rules a consortium can choose."""

from commonpurse.calc import decision
from commonpurse.calc.operations.fields import PARTIES, Choice, Flag, OrNothing, Part, Series, Whole
from commonpurse.calc.operations.operation import Answer, Operation, aligned

_POSITIONS = tuple(decision.Position)


def _decision(
    parties: list[str],
    rule: str,
    positions: list[str | None],
    deadline_passed: bool,
    weights: list[int] | None = None,
    quorum_percent: int = 0,
) -> Answer:
    weights = [1] * len(parties) if weights is None else weights
    aligned(parties, positions=positions, weights=weights)
    chosen = decision.Rule(decision.Kind(rule), quorum_percent)
    found = decision.decide(
        chosen,
        dict(zip(parties, weights, strict=True)),
        {
            party: decision.Position(position)
            for party, position in zip(parties, positions, strict=True)
            if position is not None
        },
        deadline_passed=deadline_passed,
    )
    tally = found.tally
    return Answer(
        tuple(parties),
        tuple(weights),
        tally.whole_weight,
        {
            "bodies": tally.bodies,
            "agree": tally.agree,
            "object": tally.object,
            "abstain": tally.abstain,
            "waiting": tally.waiting,
            "agree_weight": tally.agree_weight,
            "object_weight": tally.object_weight,
            "abstain_weight": tally.abstain_weight,
            "whole_weight": tally.whole_weight,
            "quorate": tally.quorate,
        },
        (f"{decision.words(chosen)}.", f"{found.reason}."),
        {"state": found.state.value},
    )


DECISION = Operation(
    "decision",
    "A decision of a consortium",
    "Says whether a proposal is carried, rejected or still open, from who answered what; the amounts are the weights.",
    "Count the answers and their weights, and hold them against the rule in the first sentence of the explanation.",
    {
        "parties": PARTIES,
        "rule": Part("The decision rule", Choice(tuple(decision.Kind))),
        "positions": Part(
            "What each party answered last, in the order of the parties; null for no answer",
            Series(OrNothing(Choice(_POSITIONS))),
        ),
        "deadline_passed": Part("Whether the deadline has passed", Flag()),
        "weights": Part(
            "What each party weighs, for the weighted rule; without it one each", Series(Whole(least=0)), optional=True
        ),
        "quorum_percent": Part(
            "For the weighted rule: how much of the weight must answer", Whole(0, 100), optional=True
        ),
    },
    {
        "parties": ["Newcastle", "Gateshead", "Darlington"],
        "rule": "weighted",
        "positions": ["agree", "object", None],
        "deadline_passed": True,
        "weights": [41700, 33300, 25000],
        "quorum_percent": 60,
    },
    _decision,
)

OPERATIONS = (DECISION,)
