"""Financial years, which begin on 1 April."""

from datetime import date


def say_financial_year(year: int) -> str:
    """The year by its first calendar year, as people write it.

    >>> say_financial_year(2026), say_financial_year(2099)
    ('2026-27', '2099-00')
    """
    return f"{year}-{(year + 1) % 100:02d}"


def financial_year_of(day: date) -> int:
    """The financial year a day is in, by its first calendar year.

    >>> financial_year_of(date(2027, 3, 31)), financial_year_of(date(2027, 4, 1))
    (2026, 2027)
    """
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1
