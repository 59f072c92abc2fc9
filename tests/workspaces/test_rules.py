"""Pure decisions of the room."""

from datetime import date

import pytest

from commonpurse.calc.allocation import parse_rule
from commonpurse.workspaces import rules


@pytest.mark.parametrize(
    ("made_on", "closes_on", "ends"),
    [
        (date(2026, 11, 2), None, None),
        (date(2026, 11, 2), date(2026, 12, 1), date(2026, 12, 1)),
        (date(2026, 11, 28), date(2026, 12, 1), date(2026, 12, 5)),
        (date(2027, 1, 10), date(2026, 12, 1), date(2027, 1, 17)),
    ],
)
def test_silence_counts_after_the_close_and_never_within_a_week_of_the_offer(made_on, closes_on, ends):
    assert rules.notice_ends(made_on, closes_on) == ends


def test_a_body_that_has_left_does_not_count_among_the_answers():
    outcome = rules.standing("consent", 0, {"a": 1}, {"a": "agree", "gone": "object"}, deadline_passed=False)
    assert outcome.state == "carried"


def test_percentages_for_bodies_that_have_not_joined_are_noticed():
    fixed = parse_rule({"kind": "fixed_percentages", "percentages": {"a": "40", "b": "60"}})
    assert rules.strangers(fixed, {"a"}) == {"b"}
    assert rules.strangers(parse_rule({"kind": "equal"}), {"a"}) == set()


def test_an_offer_of_nothing_has_no_words():
    with pytest.raises(ValueError, match="a quantity, an allocation rule or weights"):
        rules.offer_words(None, "people", None, {})
