"""Quarters, terms, and who counts as one."""

from datetime import date

import pytest

from commonpurse.consortia.models import Stage
from commonpurse.delivery.rules import (
    counts_heads,
    has_reached_award,
    is_in_term,
    last_day,
    quarter_of,
    quarters_of,
    say_day,
    say_quarter,
)


def test_a_quarter_holds_its_days():
    assert quarter_of(date(2027, 3, 31)) == date(2027, 1, 1)
    assert quarter_of(date(2026, 12, 31)) == date(2026, 10, 1)
    assert [last_day(date(2027, month, 1)) for month in (1, 4, 7, 10)] == [
        date(2027, 3, 31),
        date(2027, 6, 30),
        date(2027, 9, 30),
        date(2027, 12, 31),
    ]
    assert str(say_quarter(date(2026, 10, 1))) == "October to December 2026"


def test_a_quarter_is_in_the_term_if_one_of_its_days_is():
    term = date(2026, 12, 31), date(2027, 4, 1)
    inside = [
        day
        for day in (date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1), date(2027, 7, 1))
        if is_in_term(day, *term)
    ]
    assert inside == [date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1)]


def test_the_quarters_of_a_term_are_those_that_have_begun():
    quarters = quarters_of(date(2026, 11, 15), date(2028, 1, 1), date(2027, 4, 1))
    assert quarters == [date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1)]
    assert quarters_of(date(2026, 11, 15), date(2027, 1, 2), date(2030, 1, 1)) == quarters[:2]


@pytest.mark.parametrize(
    ("unit", "counts", "heads"),
    [
        ("people", "beneficiary", True),
        ("opportunities", "beneficiary", True),
        ("FTE", "beneficiary", True),
        ("hours", "beneficiary", False),
        ("person-hours", "beneficiary", False),
        ("people", "asset", False),
    ],
)
def test_a_measure_counts_heads_where_one_unit_is_one_person(unit, counts, heads):
    assert counts_heads(unit, counts) is heads


@pytest.mark.parametrize("month", range(1, 13))
def test_a_date_in_a_message_is_said_in_words(month):
    assert str(say_day(date(2026, month, 2))) == f"{date(2026, month, 2):%-d %B %Y}"


def test_an_award_is_offered_from_the_contract_stage_on():
    assert [stage.value for stage in Stage if has_reached_award(stage)] == ["contract", "delivering", "closed"]
