"""What buying together saves, divided by several rules beside each other, and what can be said of each in words.

- `purchase`: who buys how much at what prices, as whole parts of a penny.
- `dividing`: the rules by which a bill can be divided, to the penny.
- `leaving`: groups that would pay less on their own.
- `curve`: what a body saves at equal price, by how much it buys.
- `changes`: one body fewer, or one that needs a tenth more or less.
- `findings`: sentences about one rule, each with the numbers it rests on.
- `rebate`: what each is paid back beside one joint price, so that it bears what another rule gives it.
- `comparison`: several rules beside each other.
"""

from commonpurse.calc.savings.comparison import Compared, Unanswered, compare
from commonpurse.calc.savings.dividing import RULES
from commonpurse.calc.savings.purchase import MOST_BUYERS, Purchase

__all__ = ["MOST_BUYERS", "RULES", "Compared", "Purchase", "Unanswered", "compare"]
