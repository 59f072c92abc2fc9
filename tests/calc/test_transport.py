from itertools import combinations, product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from commonpurse.calc.transport import exchangeable, fill, prefer

sizes = st.integers(1, 3)


@st.composite
def networks(draw):
    height, width = draw(sizes), draw(sizes)
    rows, columns = ([draw(st.integers(0, 9)) for _ in range(count)] for count in (height, width))
    return rows, columns, [[draw(st.integers(0, 5)) for _ in range(width)] for _ in range(height)]


@st.composite
def raised_cells(draw):
    """Cells, some of them raised, in an order of preference."""
    cells = draw(st.lists(st.tuples(sizes, sizes), unique=True, max_size=9))
    return draw(st.sets(st.sampled_from(cells))) if cells else set(), cells


def sums(cells):
    rows, columns = sorted(i for i, _ in cells), sorted(j for _, j in cells)
    return rows, columns


def all_ways(raised, cells):
    """Every choice of as many cells in every row and column."""
    return [set(way) for way in combinations(cells, len(raised)) if sums(way) == sums(raised)]


@given(networks())
@example(([2, 2], [2, 2], [[1, 2], [0, 2]]))
@example(([3, 3], [3, 3], [[2, 1], [3, 0]]))
def test_no_more_units_would_fit_because_of_the_two_sides_that_are_named(network):
    rows, columns, limits = network
    flow = fill(rows, columns, lambda i, j: limits[i][j])
    for i, row in enumerate(flow.units):
        assert sum(row) <= rows[i]
        assert all(0 <= units <= limit for units, limit in zip(row, limits[i], strict=True))
    assert all(sum(column) <= room for column, room in zip(zip(*flow.units, strict=True), columns, strict=True))
    carried = sum(map(sum, flow.units))
    assert (flow.rows == []) == (carried == sum(rows))
    # What the named rows can hand on bounds every flow, and this one reaches it.
    inside = sum(columns[j] for j in flow.columns)
    across = sum(limits[i][j] for i, j in product(flow.rows, range(len(columns))) if j not in flow.columns)
    outside = sum(total for i, total in enumerate(rows) if i not in flow.rows)
    assert carried == inside + across + outside


def test_the_time_to_fill_does_not_depend_on_the_units():
    flow = fill([10**40, 10**40], [10**40, 10**40], lambda i, j: 10**40 if i <= j else 0)
    assert flow.units == [[10**40, 0], [0, 10**40]]


@settings(max_examples=300)
@given(raised_cells())
@example(({(1, 2), (2, 1)}, [(1, 1), (1, 2), (2, 1), (2, 2)]))
@example(({(1, 2), (2, 3), (3, 1)}, [(1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (3, 1)]))
def test_of_all_ways_the_one_that_raises_the_earliest_cells_is_preferred(question):
    raised, cells = question
    best = max(all_ways(raised, cells), key=lambda way: [cell in way for cell in cells])
    assert prefer(raised, cells) == best


@given(raised_cells())
@example(({(1, 2), (2, 1)}, [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3)]))
def test_exchangeable_are_the_cells_in_which_two_ways_differ(question):
    raised, cells = question
    ways = all_ways(raised, cells)
    assert exchangeable(raised, cells) == [cell for cell in cells if len({cell in way for way in ways}) == 2]
