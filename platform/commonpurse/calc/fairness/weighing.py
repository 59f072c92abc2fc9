"""What places weigh by one rule in many cases at once: row by row what `Rule.weigh` says of each."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commonpurse.calc.allocation_rules import Case, Hybrid, Rule
from commonpurse.calc.allocation_rules.rule import PARTS, SHORTFALL, percent_in_millionths
from commonpurse.calc.apportion import largest_remainder
from commonpurse.calc.kernel import largest_remainder_rows
from commonpurse.calc.rows import bound_rows

Rows = NDArray[Any]


def weigh_rows(rule: Rule, members: tuple[str, ...], recorded: Mapping[str, Rows], cases: int) -> Rows:
    """A row for each case, in which nobody's area holds the place: the weights of the members, then the unallocated.

    Args:
        recorded: a row for each case of what a basis says of each member, for every basis of the rule.
    """
    rows = _own_rows(rule, members, recorded, cases)
    rows[~rows.any(axis=1), -1] = 1
    if rule.floor is None and rule.cap is None:
        return rows
    bounded = bound_rows(PARTS, rows, *rule.limits(len(members)), shortfall=SHORTFALL)
    bounded[:, -2] += bounded[:, -1]
    return bounded[:, :-1]


def _own_rows(rule: Rule, members: tuple[str, ...], recorded: Mapping[str, Rows], cases: int) -> Rows:
    """The weights before any bounds. A rule with one basis weighs as that says, a mixed one by its parts."""
    if isinstance(rule, Hybrid):
        parts = largest_remainder(PARTS, [percent_in_millionths(percent, "legs") for percent, _ in rule.legs])
        shared = np.zeros((cases, len(members) + 1), dtype=np.int64)
        for part, (_, leg) in zip(parts, rule.legs, strict=True):
            # A leg that goes by no figure weighs the same in every case: one row of it will do.
            weights = weigh_rows(leg, members, recorded, cases if leg.bases else 1)
            shared += largest_remainder_rows([part] * len(weights), weights)
        return shared
    if rule.bases:
        rows = recorded[rule.bases[0]]
        return np.concatenate([rows, np.zeros((cases, 1), dtype=rows.dtype)], axis=1)
    return np.tile(np.array(rule.own_weights(Case(members))), (cases, 1))
