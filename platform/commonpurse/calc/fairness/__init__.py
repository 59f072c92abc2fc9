"""Rules held beside each other on the same quantities, and what can be said of each in words.

- `division`: many quantities divided by one rule, and the exact shares.
- `changes`: what another unit, another figure or one body fewer would do.
- `findings`: sentences about one rule, each with the numbers it rests on.
- `comparison`: several rules beside each other, and beside today's.
"""

from commonpurse.calc.fairness.comparison import Compared, compare
from commonpurse.calc.fairness.division import Lot, Scene
from commonpurse.calc.fairness.findings import Finding

__all__ = ["Compared", "Finding", "Lot", "Scene", "compare"]
