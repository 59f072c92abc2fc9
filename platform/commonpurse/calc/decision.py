"""How a consortium decides: pure functions from who answered what to open, carried or rejected.

What a body answered counts as its last word: a decision closes as soon as nothing the remaining bodies
could answer would change it. The one exception is an abstention where everybody must agree: that holds
the proposal open until the deadline, since only an objection stops it.

A quorum has a known price. At the deadline of a weighted vote, a body that objects may make up the
turnout and so carry what it opposes, where staying away would have stopped it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from commonpurse.calc.quantity import say
from commonpurse.calc.sentence import Sentence, message


class Kind(StrEnum):
    """The decision rules a consortium can choose from."""

    UNANIMITY = "unanimity"
    CONSENT = "consent"
    MAJORITY = "majority"
    WEIGHTED = "weighted"


class Position(StrEnum):
    """What a body can answer."""

    AGREE = "agree"
    OBJECT = "object"
    ABSTAIN = "abstain"


class State(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    CARRIED = "carried"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Rule:
    """A decision rule; `quorum_percent` counts for the weighted rule only."""

    kind: Kind
    quorum_percent: int = 0

    def __post_init__(self) -> None:
        """Refuse a quorum that cannot be."""
        if type(self.quorum_percent) is not int or not 0 <= self.quorum_percent <= 100:
            raise ValueError("quorum_percent must be an int from 0 to 100")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many bodies answered what, and with which weight together."""

    quorum_percent: int
    bodies: int
    agree: int
    object: int
    abstain: int
    whole_weight: int
    agree_weight: int
    object_weight: int
    abstain_weight: int

    @property
    def waiting(self) -> int:
        """Bodies that have not answered."""
        return self.bodies - self.agree - self.object - self.abstain

    @property
    def answered_weight(self) -> int:
        """Weight of the bodies that have answered, abstentions too: the turnout."""
        return self.agree_weight + self.object_weight + self.abstain_weight

    @property
    def quorate(self) -> bool:
        """Whether enough weight has answered."""
        return 100 * self.answered_weight >= self.quorum_percent * self.whole_weight


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the proposal stands, why, and on which count."""

    state: State
    reason: Sentence
    tally: Tally


def words(rule: Rule) -> Sentence:
    """The rule in words, for the join agreement and for every ballot."""
    return Sentence(_WORDS[rule.kind], {"quorum": rule.quorum_percent})


def decide(
    rule: Rule,
    electorate: Mapping[str, int],
    positions: Mapping[str, Position],
    *,
    deadline_passed: bool,
    say_weight: Callable[[int], str] = say,
) -> Outcome:
    """Where a proposal stands.

    Args:
        electorate: every body that may answer, with its weight (used by the weighted rule only).
        positions: the last answer of each body that has answered.
        say_weight: how a weight is written, such as `money.pounds`.

    Raises:
        ValueError: if there is nobody to decide, a weight is not an int of zero or more, or
            somebody outside the electorate answered.
    """
    tally = _count(rule, electorate, positions)
    state, msgid = _VERDICTS[rule.kind](tally, deadline_passed)
    values: dict[str, str | int] = {
        "agree": tally.agree,
        "objections": tally.object,
        "abstentions": tally.abstain,
        "waiting": tally.waiting,
        "bodies": tally.bodies,
        "quorum": rule.quorum_percent,
        "agree_weight": say_weight(tally.agree_weight),
        "object_weight": say_weight(tally.object_weight),
        "turnout": say_weight(tally.answered_weight),
        "whole": say_weight(tally.whole_weight),
    }
    return Outcome(state, Sentence(msgid, values), tally)


def _count(rule: Rule, electorate: Mapping[str, int], positions: Mapping[str, Position]) -> Tally:
    if not electorate:
        raise ValueError("nobody is there to decide")
    if any(type(weight) is not int or weight < 0 for weight in electorate.values()):
        raise ValueError("weights must be ints, zero or more")
    if strangers := sorted(positions.keys() - electorate.keys()):
        raise ValueError(f"not in the electorate: {', '.join(strangers)}")
    weights: dict[Position, list[int]] = {position: [] for position in Position}
    for body, position in positions.items():
        weights[Position(position)].append(electorate[body])
    agree, against, abstain = (weights[position] for position in (Position.AGREE, Position.OBJECT, Position.ABSTAIN))
    return Tally(
        quorum_percent=rule.quorum_percent,
        bodies=len(electorate),
        agree=len(agree),
        object=len(against),
        abstain=len(abstain),
        whole_weight=sum(electorate.values()),
        agree_weight=sum(agree),
        object_weight=sum(against),
        abstain_weight=sum(abstain),
    )


def _unanimity(tally: Tally, deadline_passed: bool) -> tuple[State, str]:
    if tally.object:
        return State.REJECTED, message("%(objections)s of %(bodies)s bodies objected, and every body must agree")
    if tally.agree == tally.bodies:
        return State.CARRIED, message("Every body agreed: %(agree)s of %(bodies)s")
    if deadline_passed:
        return State.REJECTED, message(
            "%(agree)s of %(bodies)s bodies agreed by the deadline, and every body must agree"
        )
    return State.OPEN, message("%(agree)s of %(bodies)s bodies agreed so far, and every body must agree")


def _consent(tally: Tally, deadline_passed: bool) -> tuple[State, str]:
    if tally.object:
        return State.REJECTED, message("%(objections)s of %(bodies)s bodies objected")
    if not tally.waiting:
        return State.CARRIED, message("Every body answered and none objected")
    if deadline_passed:
        return State.CARRIED, message("No objection by the deadline, and silence is consent (silent: %(waiting)s)")
    return State.OPEN, message("Nobody has objected so far (no answer yet: %(waiting)s of %(bodies)s)")


def _majority(tally: Tally, deadline_passed: bool) -> tuple[State, str]:
    if 2 * tally.agree > tally.bodies:
        return State.CARRIED, message("More than half of all bodies agreed: %(agree)s of %(bodies)s")
    if 2 * (tally.agree + tally.waiting) <= tally.bodies:
        return State.REJECTED, message("More than half of all bodies can no longer agree: %(agree)s of %(bodies)s did")
    if deadline_passed:
        return State.REJECTED, message("%(agree)s of %(bodies)s bodies agreed by the deadline, and more than half must")
    return State.OPEN, message("%(agree)s of %(bodies)s bodies agreed so far, and more than half must")


def _weighted(tally: Tally, deadline_passed: bool) -> tuple[State, str]:
    # Until the deadline every answer may still come, and all of it against or all of it in favour.
    to_come = 0 if deadline_passed else tally.whole_weight - tally.answered_weight
    if tally.quorate and tally.agree_weight > tally.object_weight + to_come:
        return State.CARRIED, message(
            "Those that agree outweigh those that object: %(agree_weight)s to %(object_weight)s"
        )
    if deadline_passed and not tally.quorate:
        return State.REJECTED, message(
            "Too few answered: weight %(turnout)s of %(whole)s, with a quorum of %(quorum)s%%"
        )
    if not tally.whole_weight and not deadline_passed:
        return State.OPEN, message("No body has any weight yet, so no answer counts")
    if tally.agree_weight + to_come <= tally.object_weight:
        return State.REJECTED, message(
            "Those that agree do not outweigh those that object: %(agree_weight)s to %(object_weight)s"
        )
    return State.OPEN, message(
        "Weight %(agree_weight)s agreed and %(object_weight)s objected so far, of %(whole)s in all"
    )


_VERDICTS: dict[Kind, Callable[[Tally, bool], tuple[State, str]]] = {
    Kind.UNANIMITY: _unanimity,
    Kind.CONSENT: _consent,
    Kind.MAJORITY: _majority,
    Kind.WEIGHTED: _weighted,
}

_WORDS = {
    Kind.UNANIMITY: message(
        "Everyone agrees: a proposal is carried when every body agrees, and one objection rejects it"
    ),
    Kind.CONSENT: message(
        "Consent: a proposal is carried when every body has answered, or the deadline has passed, "
        "and nobody objects; silence is consent"
    ),
    Kind.MAJORITY: message("Majority: a proposal is carried when more than half of all bodies agree"),
    Kind.WEIGHTED: message(
        "Weighted: a proposal is carried when those that agree outweigh those that object, "
        "and bodies with at least %(quorum)s%% of all weight have answered"
    ),
}
