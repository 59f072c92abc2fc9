"""What every body receives by several rules on the same quantities."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from commonpurse.calc.allocation_rules import Rule
from commonpurse.calc.fairness.division import Scene, divide
from commonpurse.calc.fairness.findings import Finding, find


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One rule beside today's, place by place, the unallocated one last. It never changes, and equals itself only.

    `changes` are in smallest units, `ratios` parts of what the place has today: None where that is nothing. Both are
    empty where there is no rule today.
    """

    rule: Rule
    amounts: tuple[int, ...]
    exact: tuple[Fraction, ...]
    changes: tuple[int, ...]
    ratios: tuple[Fraction | None, ...]
    findings: tuple[Finding, ...]


def compare(
    rules: Sequence[Rule], scene: Scene, *, today: Rule | None = None, leaver: str | None = None
) -> tuple[Compared, ...]:
    """Hold the rules beside each other, and beside today's; answers about a scene are remembered for a while.

    Args:
        leaver: the body whose leaving to look at; None for nobody.

    Raises:
        ValueError: if the scene has no lots, or the leaver is not on the roster or the only body there.
    """
    if not scene.lots:
        raise ValueError("nothing is there to divide")
    if leaver is not None and (leaver not in scene.roster or len(scene.roster) == 1):
        raise ValueError(f"{leaver} cannot leave a roster it is not on, or is alone on")
    return tuple(_held(rule, scene, today, leaver) for rule in rules)


# Rules and scenes do not change, so that an answer stays right for as long as it is remembered. Whoever moves a slider
# changes one rule, and asks for the others again.
@lru_cache(maxsize=64)
def _held(rule: Rule, scene: Scene, today: Rule | None, leaver: str | None) -> Compared:
    done = _divided(rule, scene) if rule == today else divide(rule, scene)
    if today is None:
        return Compared(rule, done.amounts, done.exact, (), (), find(done, None, leaver))
    now = _divided(today, scene)
    pairs = list(zip(done.amounts, now.amounts, strict=True))
    changes = tuple(amount - before for amount, before in pairs)
    ratios = tuple(Fraction(amount - before, before) if before else None for amount, before in pairs)
    return Compared(rule, done.amounts, done.exact, changes, ratios, find(done, now, leaver))


# What today's rule gives, beside which the others stand. A division has a number for every lot and place: few are kept.
_divided = lru_cache(maxsize=4)(divide)
