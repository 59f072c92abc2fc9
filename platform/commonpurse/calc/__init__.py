"""Exact sums on plain values: no clock, no input or output, no randomness, and no float in a result.

One module for each kind of sum. A module may use the standard library and those listed above it;
only `kernel`, `rows` and `fairness` import numpy, so that a page which splits nothing never loads it.

- `quantity`, `money`, `units`: figures as people type them, held as whole numbers of the smallest unit.
- `digest`: canonical JSON and its SHA-256, alone and chained.
- `sentence`: English with named values, translated where it is shown.
- `worked`: what every rule answers.
- `apportion`: the largest-remainder rule in Python integers, the reference for everything else.
- `kernel`: the same rule for many rows at once.
- `divisors`: the five divisor methods, from Adams to D'Hondt.
- `quota`: the quota method, and the staircase of cumulative shares.
- `credit`: whole units over many periods, by a ledger of credit or by cumulative Webster.
- `scaling`, `transport`: the searching behind the next.
- `biproportional`: tables whose rows and columns both add up.
- `claims`: what everybody receives when less is there than was promised.
- `bounds`: proportional division with a floor and a cap for each.
- `allocation_rules`: the rules a consortium can agree. A new rule is one class there and one line in its table.
- `rounding`: from exact shares to whole units, by every way a rule can name.
- `allocation`: a quantity divided among members, with a record that anybody can check by hand.
- `explain`: that record in words, and the line that shows it adds up.
- `decision`: how a consortium decides.
- `additionality`: from gross outcomes to what was added, by year.
- `games`: what joint buying costs or saves, divided by the rules of cooperative games; who would gain by leaving.
- `voting`: how often each member decides where votes have weights.
- `rows`: many totals at once by any way of rounding.
- `fairness`: rules held beside each other on the same quantities, with sentences about each.
- `savings`: what buying together saves, divided by several rules, with sentences about each.
- `operations`: all of these as operations on plain JSON, for the command line and the API.
"""
