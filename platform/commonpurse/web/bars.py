"""Lengths of the bars that `components/bars.html` draws."""

MOST_PERCENT = 45
"""Of the width, for the longest bar: at 320 pixels a name and millions of pounds still fit beside it."""


def bar_length(amount: int, greatest: int) -> str:
    """How long a bar is beside the longest; nothing for less than nothing.

    >>> bar_length(1, 3), bar_length(3, 3), bar_length(-1, 3)
    ('15.00%', '45.00%', '0.00%')
    """
    hundredths = max(amount, 0) * MOST_PERCENT * 100 // greatest
    return f"{hundredths // 100}.{hundredths % 100:02d}%"
