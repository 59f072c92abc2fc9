"""Which Social Value Model applies: the published rules at their edges."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonpurse.measures.rules import ModelRuleTerms, counting, select_model, stated_decimals, value_family
from config import ROOT


def _rules() -> list[ModelRuleTerms]:
    rows = json.loads((ROOT / "reference" / "model_rules.json").read_text())["rules"]
    day = lambda text: date.fromisoformat(text) if text else None  # noqa: E731
    return [
        ModelRuleTerms(
            row["model"],
            row["model"],
            frozenset(row["buyer_kinds"]),
            day(row["commenced_from"]),
            day(row["commenced_until"]),
            row["value_from_pence"],
            row["value_below_pence"],
            row["effect"],
            row["weight_percent"],
            row["quote"],
            row["source"],
            row["status"],
        )
        for row in rows
    ]


RULES = _rules()
MILLION = 1_000_000_00


def chosen(kinds: list[str], commenced_on: date, value: int) -> tuple[str, list[str], list[int | None]]:
    found = select_model(RULES, buyer_kinds=kinds, commenced_on=commenced_on, value_inc_vat_pence=value)
    return found.effect, [rule.framework_version for rule in found.rules], [rule.weight_percent for rule in found.rules]


@pytest.mark.parametrize(
    ("kinds", "day", "value", "effect", "models", "weights"),
    [
        (["central_government"], date(2025, 9, 30), 3 * MILLION, "mandatory", ["ppn-06-20"], [10]),
        (["central_government"], date(2025, 10, 1), 3 * MILLION, "mandatory", ["ppn-002"], [10]),
        (["central_government"], date(2026, 12, 31), 9 * MILLION, "mandatory", ["ppn-002"], [10]),
        (["central_government"], date(2027, 1, 1), MILLION - 1, "none", [], []),
        (["central_government"], date(2027, 1, 1), MILLION, "mandatory", ["ppn-026"], [10]),
        (["central_government"], date(2027, 1, 1), 5 * MILLION - 1, "mandatory", ["ppn-026"], [10]),
        (["central_government"], date(2027, 1, 1), 5 * MILLION, "mandatory", ["ppn-026"], [20]),
        (["local_authority"], date(2026, 11, 22), 3 * MILLION, "optional", ["ppn-002"], [None]),
        (["local_authority"], date(2027, 6, 1), 6 * MILLION, "optional", ["ppn-026"], [None]),
        (["nhs_body"], date(2023, 1, 1), MILLION, "mandatory", ["ppn-06-20"], [10]),
        (["nhs_body"], date(2022, 3, 31), MILLION, "none", [], []),
        (["local_authority"], date(2020, 12, 31), MILLION, "none", [], []),
    ],
)
def test_the_date_of_commencement_the_buyer_and_the_value_pick_the_model(kinds, day, value, effect, models, weights):
    assert chosen(kinds, day, value) == (effect, models, weights)


def test_a_mixed_consortium_takes_the_strictest_rule_among_its_bodies():
    effect, models, weights = chosen(["local_authority", "central_government"], date(2027, 2, 1), 6 * MILLION)
    assert (effect, models, weights) == ("mandatory", ["ppn-026"], [20])


@given(
    st.lists(st.sampled_from(["central_government", "local_authority", "nhs_body", "other"]), min_size=1, max_size=4),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(1, 20 * MILLION),
)
def test_one_more_buyer_never_makes_the_rule_less_strict(kinds, day, value):
    strictness = {"none": 0, "optional": 1, "mandatory": 2}
    assert strictness[chosen([*kinds, "central_government"], day, value)[0]] >= strictness[chosen(kinds, day, value)[0]]


def test_every_rule_quotes_its_text_and_source():
    assert all(rule.quote and rule.source.startswith("https://www.gov.uk/") for rule in RULES)


def test_a_percentage_cannot_be_shared_out_and_people_are_shared_in_hundredths():
    assert counting("percent") is None
    assert (counting("people").decimals, counting("GBP").decimals, counting("tCO2e").decimals) == (2, 2, 3)


@pytest.mark.parametrize(
    ("unit", "decimals", "stated"),
    [("people", 2, 0), ("People", 2, 0), ("opportunities", 2, 0), ("suppliers", 2, 0), ("FTE", 2, 2), ("cafés", 1, 1)],
)
def test_what_comes_whole_is_promised_in_wholes_however_finely_it_is_shared(unit, decimals, stated):
    assert stated_decimals(unit, decimals) == stated


def test_yearly_rates_have_their_year_as_edition_and_an_unknown_code_is_refused():
    assert value_family("NLW-2026", 2026).edition == "2026"
    assert value_family("DESNZ-CARBON-2030-CENTRAL", 2022).edition == "November 2023"
    assert value_family("DESNZ-CARBON2021-2050-CENTRAL", 2020).edition == "September 2021"
    with pytest.raises(ValueError, match="no family"):
        value_family("NT1", 2022)
