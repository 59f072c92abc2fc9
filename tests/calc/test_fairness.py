"""Every number of every sentence of the lab, worked out anew one lot at a time from the records of `allocation`."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commonpurse.calc.allocation import credit_change, split
from commonpurse.calc.allocation_rules import BASES, NEED, ROUNDINGS, UNALLOCATED, parse_rule
from commonpurse.calc.fairness import Lot, Scene, compare
from commonpurse.calc.fairness.findings import exactly
from commonpurse.calc.quantity import say

BODIES = ("ada", "bo", "cy", "di")
SPLIT = {"kind": "fixed_percentages", "percentages": {"ada": "50", "bo": "30", "eve": "20"}}
KINDS = [
    *({"kind": kind} for kind in ("equal", "committed_budget", "required_quantity", "population", "need")),
    SPLIT,
    {"kind": "recorded_weights", "basis": "Headcount"},
    {"kind": "place_then_budget"},
    {"kind": "tiers", "shares": {"district": "60", "county": "30", "region": "10"}},
    {
        "kind": "hybrid",
        "legs": [
            {"percent": "60", "rule": {"kind": "need"}},
            {"percent": "30", "rule": {"kind": "committed_budget"}},
            {"percent": "10", "rule": SPLIT},
        ],
    },
]


@st.composite
def rules(draw):
    spec = dict(draw(st.sampled_from(KINDS)), rounding=draw(st.sampled_from(sorted(ROUNDINGS))))
    if spec["kind"] not in {"place_then_budget", "tiers"} and draw(st.booleans()):
        spec |= draw(st.sampled_from([{"floor": "20"}, {"cap": "35"}, {"floor": "10", "cap": "60"}]))
    return parse_rule(spec)


@st.composite
def scenes(draw):
    roster = BODIES[: draw(st.integers(1, 4))]
    weights = st.dictionaries(st.sampled_from(roster), st.integers(0, 9) | st.integers(0, 10**6))
    lots = st.builds(
        Lot,
        st.sampled_from(["spring", "summer"]),
        st.integers(0, 30) | st.integers(0, 10**6),
        st.none() | st.sampled_from(roster),
        st.sampled_from(["hours", "trees"]),
        st.dictionaries(st.sampled_from(["county", "district"]), st.sampled_from(roster)).map(
            lambda held: tuple(sorted(held.items()))
        ),
    )
    return Scene(
        tuple(draw(st.lists(lots, min_size=1, max_size=4))),
        roster,
        {basis: draw(weights) for basis in (*BASES, "recorded:Headcount")},
        {"ada": "Ada Council"},
    )


def divided(rule, scene, lots=None, bases=None):
    """What every place receives of each lot."""
    owed, rows = {}, []
    for lot in lots or scene.lots:
        holder = dict(lot.tiers) if rule.by_tier else lot.holder if rule.uses_place else None
        given = owed.setdefault(lot.series, {})
        done = split(
            lot.total, rule, roster=scene.roster, bases=bases or scene.bases, holder=holder, credits_before=given
        )
        for place, change in credit_change(done.explanation).items():
            given[place] = given.get(place, 0) + change
        rows.append((done.amounts, done.explanation, dict(given)))
    return rows


def summed(rows):
    return tuple(map(sum, zip(*(amounts for amounts, _, _ in rows), strict=True)))


def entitled(rule, scene, bases=None):
    """The exact share of each place, from the weights in the records."""
    shares = [Fraction(0)] * (len(scene.roster) + 1)
    for amounts, record, _ in divided(rule, scene, bases=bases):
        whole = sum(record["weights"])
        for place, weight in enumerate(record["weights"]):
            shares[place] += Fraction(sum(amounts) * weight, whole)
    return tuple(shares)


def raised(scene, body, basis):
    """The bases times ten, the one figure times eleven."""
    bases = {name: {one: 10 * weight for one, weight in weights.items()} for name, weights in scene.bases.items()}
    bases[basis] = {**bases[basis], body: 11 * scene.bases[basis].get(body, 0)}
    return bases


def raisable(rule, scene):
    return [(body, basis) for basis in rule.bases for body in scene.roster if scene.bases[basis].get(body)]


@settings(max_examples=250, deadline=None)
@given(rule=rules(), today=rules(), scene=scenes(), leaves=st.booleans())
@example(
    rule=parse_rule({"kind": "committed_budget"}),
    today=parse_rule({"kind": "equal"}),
    scene=Scene((Lot("it", 5),), BODIES[:3], {basis: {"ada": 9, "bo": 9, "cy": 2} for basis in BASES}),
    leaves=True,
)
def test_every_sentence_is_true(rule, today, scene, leaves):
    leaver = scene.roster[-1] if leaves and len(scene.roster) > 1 else None
    [found] = compare([rule], scene, today=today, leaver=leaver)
    rows, now = divided(rule, scene), summed(divided(today, scene))
    assert found.amounts == summed(rows)
    assert sum(found.amounts) == scene.total
    assert found.exact == entitled(rule, scene)
    assert found.changes == tuple(a - b for a, b in zip(found.amounts, now, strict=True))
    assert found.ratios == tuple(Fraction(a, b) - 1 if b else None for a, b in zip(found.amounts, now, strict=True))
    said = {finding.code: finding for finding in found.findings}
    assert len(said) == len(found.findings)
    for code, check in CHECKS.items():
        check(said.get(code), rule, scene, found, now, leaver)
    assert said.keys() <= CHECKS.keys()
    for finding in found.findings:
        assert "%(" not in str(finding.sentence)


def place_of(scene, body):
    return (*scene.roster, UNALLOCATED).index(body)


def unallocated(finding, rule, scene, found, now, leaver):
    assert (finding is not None) == (found.amounts[-1] > 0)
    if finding:
        assert finding.numbers == {"amount": found.amounts[-1], "total": scene.total}


def gap(finding, rule, scene, found, now, leaver):
    gaps = {
        body: Fraction(amount) - share
        for body, amount, share in zip(scene.roster, found.amounts, found.exact, strict=False)
    }
    widest = max(map(abs, gaps.values()))
    assert abs(finding.numbers["gap"]) == widest
    if widest:
        body = finding.numbers["body"]
        assert finding.numbers["gap"] == gaps[body]
        assert ("more" in str(finding.sentence)) == (gaps[body] > 0)
        shown = exactly(widest, 0).values["number"].replace(",", "")
        assert abs(Fraction(shown) - widest) <= Fraction(1, 2000)
        assert str(exactly(widest, 0)) in str(finding.sentence)


def envy(finding, rule, scene, found, now, leaver):
    members = range(len(scene.roster))
    weights, amounts = found.exact, found.amounts
    pairs = [
        (scene.roster[i], scene.roster[j])
        for i in members
        for j in members
        if i != j and weights[i] and weights[j] and (amounts[j] - 1) / weights[j] > amounts[i] / weights[i]
    ]
    assert finding.numbers["pairs"] == len(pairs)
    if pairs:
        assert (finding.numbers["body"], finding.numbers["other"]) in pairs


def moved(finding, rule, scene, found, now, leaver):
    rises = sum(max(0, a - b) for a, b in zip(found.amounts, now, strict=True))
    assert finding.numbers["moved"] == rises
    if rises:
        falls = {body: b - a for body, a, b in zip(scene.roster, found.amounts, now, strict=False) if a < b}
        assert finding.numbers["losers"] == len(falls)
        if falls:
            assert finding.numbers["most"] == max(falls.values()) == falls[finding.numbers["body"]]


def more_in_each(rule, scene):
    """For each lot looked at: its number, and what each place receives before and after one unit more."""
    lots, rows = list(scene.lots), divided(rule, scene)
    for number in range(len(lots)) if rule.rounding != "credit" else [len(lots) - 1]:
        grown = [*lots[:number], replace(lots[number], total=lots[number].total + 1)]
        yield number, rows[number][0], divided(rule, scene, grown)[number][0]


def next_unit(finding, rule, scene, found, now, leaver):
    cases = list(more_in_each(rule, scene))
    gains = [sum(after[place] > before[place] for _, before, after in cases) for place in range(len(found.amounts))]
    if finding is None:
        assert len(cases) == 1
        assert sum(gains) > 1
        return
    assert finding.numbers["lots"] == len(cases)
    assert finding.numbers["times"] == max(gains) == gains[place_of(scene, finding.numbers["body"])]


def house_paradox(finding, rule, scene, found, now, leaver):
    falls = [
        (number, body, b, a)
        for number, before, after in more_in_each(rule, scene)
        for body, b, a in zip(scene.roster, before, after, strict=False)
        if a < b
    ]
    assert (finding is not None) == bool(falls)
    if finding:
        assert tuple(finding.numbers[name] for name in ("lot", "body", "before", "after")) in falls
        assert finding.numbers["times"] == len({number for number, *_ in falls})
        assert rule.rounding in ("largest_remainder", "staircase", "credit")


def sensitive(finding, rule, scene, found, now, leaver):
    moves = {}
    for body, basis in raisable(rule, scene):
        after = entitled(rule, scene, raised(scene, body, basis))
        for whose, share, new in zip(scene.roster, found.exact, after, strict=False):
            moves[body, basis, whose] = (share, new)
    greatest = max((abs(new - share) for share, new in moves.values()), default=0)
    assert bool(finding.numbers) == bool(greatest)
    if greatest:
        key = tuple(finding.numbers[name] for name in ("body", "basis", "whose"))
        assert moves[key] == (finding.numbers["before"], finding.numbers["after"])
        assert abs(moves[key][1] - moves[key][0]) == greatest


def population(finding, rule, scene, found, now, leaver):
    if finding is None:
        return
    numbers, rows = finding.numbers, divided(rule, scene)
    [after] = divided(rule, scene, [scene.lots[numbers["lot"]]], raised(scene, numbers["body"], numbers["basis"]))
    before = rows[numbers["lot"]]
    loser, gainer = place_of(scene, numbers["loser"]), place_of(scene, numbers["gainer"])
    assert numbers["loses"] == (before[0][loser], after[0][loser])
    assert numbers["gains"] == (before[0][gainer], after[0][gainer])
    assert after[0][loser] < before[0][loser]
    assert after[0][gainer] > before[0][gainer]
    old, new = before[1]["weights"], after[1]["weights"]
    assert Fraction(new[loser], new[gainer]) >= Fraction(old[loser], old[gainer])


def leaving(finding, rule, scene, found, now, leaver):
    assert (finding is not None) == (leaver is not None)
    if leaver is None:
        return
    fewer = scene.without(leaver)
    after = dict(zip((*fewer.roster, UNALLOCATED), summed(divided(rule, fewer)), strict=True))
    before = dict(zip((*scene.roster, UNALLOCATED), found.amounts, strict=True))
    change = {place: amount - before[place] for place, amount in after.items()}
    assert finding.numbers["left"] == before[leaver]
    greatest = max(change.values())
    assert ("gainer" in finding.numbers) == (greatest > 0)
    if greatest > 0:
        assert finding.numbers["gains"] == greatest == change[finding.numbers["gainer"]]
        least = min(change[body] for body in fewer.roster)
        assert ("loser" in finding.numbers) == (least < 0)
        if least < 0:
            assert -finding.numbers["loses"] == least == change[finding.numbers["loser"]]


CHECKS = {
    "unallocated": unallocated,
    "gap": gap,
    "envy": envy,
    "moved": moved,
    "next_unit": next_unit,
    "house_paradox": house_paradox,
    "input": sensitive,
    "population_paradox": population,
    "leaving": leaving,
}


def by_budget(weights, total, **settings):
    scene = Scene((Lot("the year", total),), tuple(weights), {BASES[0]: weights})
    [found] = compare([parse_rule({"kind": "committed_budget", **settings})], scene)
    return found, {finding.code: finding for finding in found.findings}


def test_a_body_that_loses_when_more_is_delivered_is_named():
    # Weights 9, 9, 2: of five units the third has one, of six none.
    _, said = by_budget({"a": 9, "b": 9, "c": 2}, 5)
    assert str(said["house_paradox"].sentence) == (
        "House paradox: if 6 were delivered in place of 5, c would receive 0 in place of 1"
    )
    assert "house_paradox" not in by_budget({"a": 9, "b": 9, "c": 2}, 5, rounding="sainte_lague")[1]


def test_the_published_diagnostics_of_three_rules_are_found():
    # splitting.md 4: 5117, 4400, 162, 161, 160 of 100, by largest remainders, Webster and D'Hondt.
    weights = {"a": 5117, "b": 4400, "c": 162, "d": 161, "e": 160}
    hare, said = by_budget(weights, 100)
    assert hare.amounts == (51, 44, 2, 2, 1, 0)
    assert said["gap"].numbers["gap"] == Fraction(-60, 100)
    assert said["envy"].numbers["pairs"] == 2
    webster, said = by_budget(weights, 100, rounding="sainte_lague")
    assert webster.amounts == (51, 43, 2, 2, 2, 0)
    assert said["gap"].numbers["gap"] == -1
    assert said["envy"].numbers["pairs"] == 0
    dhondt, said = by_budget(weights, 100, rounding="dhondt")
    assert dhondt.amounts == (52, 45, 1, 1, 1, 0)
    assert said["gap"].numbers["gap"] == 1
    assert said["envy"].numbers["pairs"] == 6


def test_a_population_paradox_is_found_where_one_happens():
    # Exact shares of 11 are 3.48, 5.50, 0.45, 1.57; with 15.4 for the last 3.43, 5.42, 0.44, 1.70.
    found, said = by_budget({"a": 31, "b": 49, "c": 4, "d": 14}, 11)
    assert found.amounts == (3, 6, 0, 2, 0)
    assert str(said["population_paradox"].sentence) == (
        "Population paradox: in the year, if the committed budget of d were a tenth more, b would fall from 6 to 5 and "
        "c rise from 0 to 1, although b would weigh no less beside c than it does"
    )


def test_where_every_quantity_has_a_holder_no_figure_makes_a_population_paradox():
    lots = (Lot("spring", 11, "a"), Lot("summer", 7, "b"))
    scene = Scene(lots, ("a", "b", "c", "d"), {BASES[0]: {"a": 31, "b": 49, "c": 4, "d": 14}})
    [found] = compare([parse_rule({"kind": "place_then_budget"})], scene)
    said = {finding.code: str(finding.sentence) for finding in found.findings}
    assert found.amounts == (11, 7, 0, 0, 0)
    assert "population_paradox" not in said
    assert said["input"] == "A tenth more of any figure of a body would not change what it is entitled to"


def test_without_todays_rule_nothing_is_compared_with_it():
    found, said = by_budget({"a": 1, "b": 1}, 3)
    assert (found.changes, found.ratios) == ((), ())
    assert "moved" not in said


def test_figures_that_decimals_cannot_say_are_given_as_about():
    assert [str(exactly(Fraction(n, d), places)) for n, d, places in ((2, 3, 0), (5, 2, 0), (5, 1, 2), (-7, 2, 0))] == [
        "about 0.667",
        "2.5",
        "0.05",
        say(-35, 1),
    ]


def test_scenes_that_say_nothing_are_refused():
    good = Scene((Lot("it", 1),), ("a", "b"), {NEED: {"a": 1}})
    rule = parse_rule({"kind": "equal"})
    for roster, lots in (((), good.lots), (("a", "a"), good.lots), (("a", UNALLOCATED), good.lots)):
        with pytest.raises(ValueError, match="roster"):
            Scene(lots, roster, {})
    for total in (-1, True):
        with pytest.raises(ValueError, match="zero or more"):
            Scene((Lot("it", total),), ("a",), {})
    with pytest.raises(ValueError, match="nothing"):
        compare([rule], Scene((), ("a",), {}))
    with pytest.raises(ValueError, match="leave"):
        compare([rule], good, leaver="c")
    with pytest.raises(ValueError, match="leave"):
        compare([rule], good.without("b"), leaver="a")


def test_totals_beyond_sixty_four_bits_are_added_up_exactly():
    lots = tuple(Lot("it", 2**61 + 1) for _ in range(9))
    [found] = compare([parse_rule({"kind": "equal"})], Scene(lots, ("a", "b"), {}))
    assert sum(found.amounts) == 9 * (2**61 + 1)
    assert all(a >= b for a, b in pairwise(found.amounts[:2]))


def leaving_said(weights, total):
    scene = Scene((Lot("the year", total),), tuple(weights), {BASES[0]: weights})
    [found] = compare([parse_rule({"kind": "committed_budget"})], scene, leaver="d")
    return next(str(finding.sentence) for finding in found.findings if finding.code == "leaving")


def test_a_body_that_would_receive_less_where_another_leaves_is_named():
    # Of two units 1, 1, 5, 1 receive 1, 0, 1, 0; without the last the first three 0, 0, 2.
    assert leaving_said({"a": 1, "b": 1, "c": 5, "d": 1}, 2) == (
        "If d, which has 0, left and as much were delivered, nobody would gain more than c: 1. a would receive 1 less"
    )
    assert leaving_said({"a": 1, "b": 1, "c": 2, "d": 4}, 8) == (
        "If d, which has 4, left and as much were delivered, nobody would gain more than c: 2. No other body would "
        "receive less"
    )


def test_where_a_body_that_has_nothing_leaves_nobody_receives_more():
    scene = Scene((Lot("the year", 10),), ("a", "b"), {BASES[0]: {"a": 5}})
    [found] = compare([parse_rule({"kind": "committed_budget"})], scene, leaver="b")
    said = {finding.code: str(finding.sentence) for finding in found.findings}
    assert said["leaving"] == "If b, which has 0, left and as much were delivered, nobody would receive more"


def test_the_number_on_which_most_hangs_is_said_by_the_name_of_its_basis():
    rule = parse_rule({"kind": "recorded_weights", "basis": "Headcount"})
    scene = Scene((Lot("spring", 100),), ("ada", "bo"), {"recorded:Headcount": {"ada": 60, "bo": 40}}, {})
    [found] = compare([rule], scene)
    assert any("Most hangs on Headcount of bo" in str(finding.sentence) for finding in found.findings)
