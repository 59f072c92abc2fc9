from fractions import Fraction
from itertools import pairwise, product
from math import lcm, prod

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commonpurse.calc.biproportional import LARGEST_TABLE, round_biproportionally, round_table
from commonpurse.calc.digest import canonical
from commonpurse.calc.divisors import divide_by_divisor

HALF = Fraction(1, 2)


def cut(draw, total, parts):
    """A total in so many parts."""
    knives = sorted(draw(st.integers(0, total)) for _ in range(parts - 1))
    return [after - before for before, after in pairwise([0, *knives, total])]


@st.composite
def questions(draw, largest, totals, weights):
    """Weights and totals of rows and columns, which may be impossible."""
    height, width, total = draw(st.integers(1, largest)), draw(st.integers(1, largest)), draw(totals)
    table = [[draw(weights) for _ in range(width)] for _ in range(height)]
    return table, cut(draw, total, height), cut(draw, total, width)


@st.composite
def tables(draw, largest=4):
    """Fractions whose rows and columns add up to whole numbers."""
    height, width, whole = draw(st.integers(1, largest)), draw(st.integers(1, largest)), draw(st.integers(1, 12))
    rows = [[draw(st.integers(-9, 30)) for _ in range(width - 1)] for _ in range(height - 1)]
    rows = [[*row, -sum(row) % whole] for row in rows]
    last = [-sum(row[j] for row in rows) % whole for j in range(width)] if rows else [0] * width
    return [[Fraction(cell, whole) for cell in row] for row in [*rows, last]]


def all_tables(rows, columns, limit):
    """Every table of whole numbers with these totals, cell by cell."""
    if not rows:
        return [[]] if not any(columns) else []
    found = []
    for first in product(*(range(min(rows[0], c, limit(len(rows), j)) + 1) for j, c in enumerate(columns))):
        if sum(first) == rows[0]:
            rest = [c - units for c, units in zip(columns, first, strict=True)]
            found.extend([list(first), *others] for others in all_tables(rows[1:], rest, limit))
    return found


def the_best_of_all(weights, rows, columns):
    """Of all tables the one that costs least, where unit k of a cell costs (k - 1/2) / weight and costs multiply.

    The first in the order of the cells if several do; None if there is none at all.
    """

    def cost(table):
        cells = [(w, x) for pair in zip(weights, table, strict=True) for w, x in zip(*pair, strict=True)]
        return prod((Fraction(2 * k - 1, 2 * w) for w, x in cells for k in range(1, x + 1)), start=Fraction(1))

    height = len(rows)
    found = all_tables(rows, columns, lambda left, j: sum(rows) if weights[height - left][j] else 0)
    return min(found, key=lambda table: (cost(table), [-x for row in table for x in row]), default=None)


def prove(answer, weights, rows, columns):
    """The proof by hand."""
    steps = answer.steps
    table = steps["table"]
    assert tuple(x for row in table for x in row) == answer.amounts
    assert ([sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]) == (rows, columns)
    assert (steps["weights"], steps["rows"], steps["columns"]) == (weights, rows, columns)
    for i, row in enumerate(weights):
        for j, weight in enumerate(row):
            if rows[i] and columns[j]:
                share = weight / Fraction(steps["row_divisors"][i]) / Fraction(steps["column_divisors"][j])
                assert abs(share - table[i][j]) <= HALF
                assert [i, j] not in steps["tied"] or abs(share - table[i][j]) == HALF
            assert weight or not table[i][j]
    assert [divisor is None for divisor in steps["row_divisors"]] == [not total for total in rows]
    assert [divisor is None for divisor in steps["column_divisors"]] == [not total for total in columns]
    canonical(steps)


@settings(max_examples=150)
@given(questions(3, st.integers(0, 7), st.integers(0, 4) | st.integers(0, 60)))
@example(([[1, 1], [1, 1]], [1, 1], [1, 1]))
@example(([[2, 1, 1], [2, 1, 1], [2, 1, 1]], [2, 1, 1], [2, 1, 1]))
@example(([[1, 1], [3, 1]], [1, 2], [2, 1]))
@example(([[3, 1, 3], [3, 1, 2]], [1, 1], [1, 1, 0]))
@example(([[0, 1], [1, 0]], [2, 0], [0, 2]))
@example(([[3, 3], [0, 1]], [0, 1], [0, 1]))
def test_the_answer_is_the_best_of_all_tables(question):
    weights, rows, columns = question
    best = the_best_of_all(weights, rows, columns)
    if best is None:
        with pytest.raises(ValueError, match="no table has these totals"):
            round_biproportionally(*question)
    else:
        answer = round_biproportionally(*question)
        assert answer.steps["table"] == best
        prove(answer, *question)


@settings(max_examples=40)
@given(questions(2, st.integers(0, 5), st.integers(1, 2)))
def test_the_cells_called_tied_are_those_in_which_good_answers_differ(question):
    weights, rows, columns = question
    answer = round_biproportionally(*question)
    divisors = (
        [Fraction(d or 1) for d in answer.steps["row_divisors"]],
        [Fraction(d or 1) for d in answer.steps["column_divisors"]],
    )
    good = [
        table
        for table in all_tables(rows, columns, lambda left, j: sum(rows))
        if all(
            not rows[i] or not columns[j] or abs(weights[i][j] / divisors[0][i] / divisors[1][j] - table[i][j]) <= HALF
            for i in range(len(rows))
            for j in range(len(columns))
        )
    ]
    cells = product(range(len(rows)), range(len(columns)))
    assert answer.steps["tied"] == [[i, j] for i, j in cells if len({table[i][j] for table in good}) > 1]


@settings(max_examples=40)
@given(questions(5, st.integers(0, 10**15) | st.integers(0, 60), st.integers(1, 9) | st.integers(1, 10**12)))
def test_large_tables_and_totals_meet_every_total_and_prove_themselves(question):
    prove(round_biproportionally(*question), *question)


@settings(max_examples=40)
@given(questions(4, st.integers(0, 40), st.integers(1, 99)), st.data())
def test_scaling_the_weights_of_a_row_or_column_changes_nothing(question, data):
    weights, rows, columns = question
    by_row = [data.draw(st.integers(1, 1000)) for _ in rows]
    by_column = [data.draw(st.integers(1, 1000)) for _ in columns]
    scaled = [[w * x * y for w, y in zip(row, by_column, strict=True)] for row, x in zip(weights, by_row, strict=True)]
    assert round_biproportionally(scaled, rows, columns).amounts == round_biproportionally(*question).amounts


@settings(max_examples=40)
@given(questions(4, st.integers(1, 60), st.integers(1, 99)))
def test_every_row_is_websters_division_by_its_weights_over_the_column_divisors(question):
    answer = round_biproportionally(*question)
    divisors = [Fraction(divisor) if divisor else None for divisor in answer.steps["column_divisors"]]
    common = lcm(*(divisor.numerator for divisor in divisors if divisor))
    for weights, total, parts in zip(question[0], question[1], answer.steps["table"], strict=True):
        scaled = [int(weight * common / d) if d else 0 for weight, d in zip(weights, divisors, strict=True)]
        webster = divide_by_divisor(total, scaled, "webster")
        assert webster.amounts == tuple(parts) or webster.steps["tied"]


ZURICH_SEATS = [12, 15, 13, 10, 16, 16, 12, 22, 9]
ZURICH_2014 = [
    [30933, 54797, 40953, 29882, 62554, 46248, 40979, 79160, 11448],
    [18882, 25663, 9836, 11132, 34834, 41366, 24261, 70002, 10635],
    [24403, 17918, 10238, 15090, 69163, 21307, 21957, 37123, 3412],
    [13239, 21915, 15880, 10034, 28630, 15001, 13598, 22448, 2433],
    [12202, 17746, 12416, 11024, 26498, 14738, 13901, 29648, 2151],
    [5936, 6873, 3645, 3692, 11017, 10816, 4898, 14852, 2786],
    [5650, 16680, 17323, 6650, 10082, 8020, 8543, 11655, 1061],
]
SEATS_2014 = [
    [3, 5, 5, 4, 4, 5, 4, 6, 3],
    [2, 2, 1, 1, 2, 4, 2, 6, 3],
    [3, 2, 1, 2, 4, 2, 3, 3, 1],
    [1, 2, 2, 1, 2, 2, 1, 2, 1],
    [1, 2, 2, 1, 2, 1, 1, 3, 0],
    [1, 1, 0, 0, 1, 1, 0, 1, 1],
    [1, 1, 2, 1, 1, 1, 1, 1, 0],
]
ZURICH_2018 = [
    [37360, 67129, 49212, 34296, 71164, 60063, 52231, 89477, 13192],
    [15856, 19340, 8339, 8974, 28050, 33783, 17789, 55160, 8980],
    [23990, 20529, 13844, 16857, 69536, 26712, 23098, 40194, 3826],
    [15007, 26471, 19388, 12571, 31442, 20296, 15534, 28713, 4191],
    [12551, 19573, 16442, 11613, 28414, 16488, 14630, 31911, 2931],
    [7668, 22692, 22136, 7612, 13659, 10164, 12054, 12435, 1954],
    [1841, 2939, 1152, 2101, 5655, 9777, 3374, 13901, 2568],
]
SEATS_2018 = [
    [4, 6, 5, 4, 4, 5, 5, 7, 3],
    [2, 1, 1, 1, 2, 3, 1, 4, 2],
    [2, 2, 1, 2, 5, 3, 2, 3, 1],
    [2, 2, 2, 1, 2, 2, 2, 2, 1],
    [1, 2, 2, 1, 2, 1, 1, 3, 1],
    [1, 2, 2, 1, 1, 1, 1, 1, 0],
    [0, 0, 0, 0, 0, 1, 0, 2, 1],
]
PUBLISHED = [
    ("City of Zürich, council election of 9 February 2014, Unterzuteilung", ZURICH_2014, SEATS_2014),
    ("City of Zürich, council election of 4 March 2018, Unterzuteilung", ZURICH_2018, SEATS_2018),
    (
        "Wikipedia (read in 2026), Biproportional apportionment, specific example",
        [[123, 45, 815], [912, 714, 414], [312, 255, 215]],
        [[1, 0, 4], [4, 4, 3], [2, 1, 1]],
    ),
    (
        "German Wikipedia (read in 2026), Doppeltproportionales Zuteilungsverfahren, example of three lists",
        [[5100, 9800, 4500], [6000, 10000, 12000], [6300, 10200, 14400]],
        [[1, 2, 1], [1, 2, 2], [2, 1, 3]],
    ),
    (
        "Canton of Uri, Landrat election 2020, as in the R package proporz (uri2020)",
        [[11471, 2822, 2309, 4794], [11908, 1606, 1705, 2600], [9213, 1567, 946, 2961], [7756, 2945, 1573, 3498]],
        [[5, 2, 2, 3], [4, 1, 2, 2], [3, 1, 1, 2], [3, 3, 1, 2]],
    ),
]


@pytest.mark.parametrize(("source", "votes", "seats"), PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_published_examples_come_out_as_printed(source, votes, seats):
    answer = round_biproportionally(votes, [sum(row) for row in seats], [sum(row) for row in zip(*seats, strict=True)])
    assert answer.steps["table"] == seats
    assert answer.steps["tied"] == []


def test_the_city_of_zurichs_printed_divisors_of_2018_prove_our_table():
    lists = map(Fraction, ["1", "1.0708", "0.973", "0.934", "1.02", "1", "0.73"])
    districts = [9870, 12100, 10000, 9000, 15850, 10950, 11080, 12400, 5000]
    assert [sum(row) for row in zip(*SEATS_2018, strict=True)] == ZURICH_SEATS
    for votes, seats, divisor in zip(ZURICH_2018, SEATS_2018, lists, strict=True):
        for vote, parts, other in zip(votes, seats, districts, strict=True):
            assert abs(vote / divisor / other - parts) < HALF


def test_divisors_have_few_digits_where_there_is_room():
    answer = round_biproportionally([[123, 45, 815], [912, 714, 414], [312, 255, 215]], [5, 11, 4], [7, 5, 8])
    assert all(len(divisor) <= 7 for divisor in answer.steps["row_divisors"] + answer.steps["column_divisors"])


@pytest.mark.parametrize(
    "weights",
    [
        [[5, 7], [0, 3]],
        [[10**6 - 17 * i - j if j >= i else 0 for j in range(5)] for i in range(5)],
        [[10 ** ((7 * i * i + 11 * j * i + j) % 30) for j in range(5)] for i in range(5)],
        [[1, 10**40, 1], [1, 1, 10**40], [10**40, 3, 1]],
    ],
)
@pytest.mark.parametrize("total", [1, 10, 10**15, 10**30])
def test_weights_that_scaling_cannot_settle_are_settled_by_parcels(weights, total):
    margin = [total] * len(weights)
    prove(round_biproportionally(weights, margin, margin), weights, margin, margin)


def test_a_tie_goes_to_the_first_cells_and_is_named():
    answer = round_biproportionally([[1, 1, 0], [1, 1, 0], [0, 0, 9]], [1, 1, 3], [1, 1, 3])
    assert answer.steps["table"] == [[1, 0, 0], [0, 1, 0], [0, 0, 3]]
    assert answer.steps["tied"] == [[0, 0], [0, 1], [1, 0], [1, 1]]


@pytest.mark.parametrize(
    ("weights", "rows", "columns", "complaint"),
    [
        ([[1, 0], [1, 0]], [1, 2], [2, 1], "row 1, 2 must hold 3 but has weight only in column 1, which takes 2"),
        ([[1, 1], [0, 0]], [1, 2], [2, 1], "row 2 must hold 2 but has no weight"),
        ([[1, 1, 0], [0, 0, 0], [0, 1, 1]], [1, 0, 2], [2, 0, 1],
         "row 3 must hold 2 but has weight only in column 3, which takes 1"),
        ([[1], [1, 2]], [1, 1], [2], "equally long"),
        ([], [], [], "equally long and not empty"),
        ([[]], [0], [], "equally long and not empty"),
        ([[1, 2]], [1], [1], "1 row totals and 1 column totals for a table of 1 x 2"),
        ([[1, 2]], [1], [1, 1], "the rows add up to 1 and the columns to 2"),
        ([[1, -2]], [1], [1, 0], "zero or more"),
        ([[1, 2]], [-1], [-1, 0], "zero or more"),
        ([[1, True]], [1], [1, 0], "weights and totals must be ints"),
        ([[1, np.int64(2)]], [1], [1, 0], "weights and totals must be ints"),
        ([[1, 1]], [1.0], [1, 0], "weights and totals must be ints"),
        ([[1] * (LARGEST_TABLE + 1)], [1], [1] * (LARGEST_TABLE + 1), "a table may have 2000 cells at most"),
    ],
)  # fmt: skip
def test_what_has_no_answer_is_refused_with_the_reason(weights, rows, columns, complaint):
    with pytest.raises(ValueError, match=complaint):
        round_biproportionally(weights, rows, columns)


@given(tables())
@example([[Fraction(1, 2), Fraction(1, 2)], [Fraction(1, 2), Fraction(1, 2)]])
def test_fractions_are_rounded_to_a_neighbour_and_no_sum_changes(table):
    answer = round_table(table)
    rounded = answer.steps["table"]
    assert [sum(row) for row in rounded] == [sum(row) for row in table]
    assert [sum(row) for row in zip(*rounded, strict=True)] == [sum(row) for row in zip(*table, strict=True)]
    cells = [(x, cell) for pair in zip(rounded, table, strict=True) for x, cell in zip(*pair, strict=True)]
    assert all(abs(x - cell) < 1 for x, cell in cells)
    assert tuple(x for x, _ in cells) == answer.amounts
    raised = [[i, j] for i, row in enumerate(table) for j, cell in enumerate(row) if rounded[i][j] > cell]
    assert sorted(answer.steps["raised"]) == raised
    assert answer.steps["fractions"] == [[str(cell) for cell in row] for row in table]
    canonical(answer.steps)


@settings(max_examples=60)
@given(tables(largest=3))
def test_the_largest_remainders_are_raised_as_far_as_rows_and_columns_allow(table):
    rests = [[cell % 1 for cell in row] for row in table]
    rows, columns = [int(sum(row)) for row in rests], [int(sum(row)) for row in zip(*rests, strict=True)]
    order = sorted(product(range(len(rows)), range(len(columns))), key=lambda cell: -rests[cell[0]][cell[1]])
    height = len(rows)
    ways = all_tables(rows, columns, lambda left, j: 1 if rests[height - left][j] else 0)
    best = max(ways, key=lambda way: [way[i][j] for i, j in order])
    assert [[cell // 1 + up for cell, up in zip(*pair, strict=True)] for pair in zip(table, best, strict=True)] == (
        round_table(table).steps["table"]
    )


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ([[HALF, HALF], [HALF, 1]], "the sum of row 2 is no whole number"),
        ([[HALF, HALF]], "the sum of column 1, 2 is no whole number"),
        ([[0.5, 0.5], [0.5, 0.5]], "must be fractions or ints"),
        ([[True]], "must be fractions or ints"),
        ([], "equally long and not empty"),
        ([[1], [1, 1]], "equally long"),
        ([[1] * (LARGEST_TABLE + 1)], "at most"),
    ],
)
def test_a_table_that_cannot_be_rounded_is_refused(table, complaint):
    with pytest.raises(ValueError, match=complaint):
        round_table(table)


def test_whole_numbers_stay_as_they_are():
    assert round_table([[3, -2], [0, 7]]).amounts == (3, -2, 0, 7)
