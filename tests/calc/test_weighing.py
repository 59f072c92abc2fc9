import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from commonpurse.calc.allocation_rules import BASES, Case, parse_rule
from commonpurse.calc.fairness.weighing import weigh_rows

BODIES = ("ada", "bo", "cy")
FIXED = {"kind": "fixed_percentages", "percentages": {"ada": "50.5", "eve": "49.5"}}
SPECS = [
    *({"kind": kind} for kind in ("equal", *BASES, "place_then_budget")),
    {"kind": "recorded_weights", "basis": "Headcount"},
    FIXED,
    {"kind": "tiers", "shares": {"district": "99.5", "nation": "0.5"}},
    {"kind": "hybrid", "legs": [{"percent": "70", "rule": {"kind": "need"}}, {"percent": "30", "rule": FIXED}]},
]
BOUNDS = [{}, {"floor": "20"}, {"cap": "40"}, {"floor": "33.4"}, {"floor": "10", "cap": "60"}]
figures = st.just(0) | st.integers(0, 9) | st.integers(0, 10**12) | st.just(10**20)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SPECS), st.sampled_from(BOUNDS), st.data())
def test_each_row_is_what_the_rule_weighs_in_its_case(spec, bounds, data):
    rule = parse_rule(spec if spec["kind"] in {"place_then_budget", "tiers"} else spec | bounds)
    cases = data.draw(st.integers(1, 4))
    row = st.lists(figures, min_size=len(BODIES), max_size=len(BODIES))
    rows = {basis: data.draw(st.lists(row, min_size=cases, max_size=cases)) for basis in rule.bases}
    large = any(10**20 in some for each in rows.values() for some in each)
    arrays = {basis: np.array(each, dtype=object if large else np.int64) for basis, each in rows.items()}
    slowly = [
        rule.weigh(
            Case(BODIES, None, {basis: dict(zip(BODIES, each[at], strict=True)) for basis, each in rows.items()})
        )
        for at in range(cases)
    ]
    assert weigh_rows(rule, BODIES, arrays, cases).tolist() == slowly
