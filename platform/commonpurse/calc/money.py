"""Pounds as people write them, held as whole pence."""

import re

from commonpurse.calc.quantity import say, to_smallest

_SIGN_THEN_POUND = re.compile(r"^(\s*[-+−(]?\s*)£\s*")


def pounds(pence: int) -> str:
    """Pence as pounds, with a true minus sign before the pound sign.

    >>> pounds(123456), pounds(-100)
    ('£1,234.56', '−£1.00')
    """
    return f"{'−' if pence < 0 else ''}£{say(abs(pence), 2)}"


def parse_pounds(text: str) -> int:
    """Exact pence from an amount in pounds as typed: "£1,234.5", "1 234", "(12.00)", "12.00-".

    Raises:
        ValueError: if it is not an amount, or has a fraction of a penny.

    >>> parse_pounds("(£1,234.5)")
    -123450
    """
    return to_smallest(_SIGN_THEN_POUND.sub(r"\1", text, count=1), 2)
