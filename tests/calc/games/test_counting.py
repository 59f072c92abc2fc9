from math import comb

from hypothesis import given
from hypothesis import strategies as st

from commonpurse.calc.games.counting import by_size, unpacked, without

volumes = st.lists(st.integers(0, 9), max_size=8)


def one_group_at_a_time(members, limit):
    """Counts by looking at every group."""
    counts = [[0] * limit for _ in range(len(members) + 1)]
    for mask in range(1 << len(members)):
        inside = [volume for place, volume in enumerate(members) if mask >> place & 1]
        if sum(inside) < limit:
            counts[len(inside)][sum(inside)] += 1
    return [tuple(row) for row in counts]


@given(volumes, st.integers(1, 80))
def test_groups_are_counted_by_size_and_volume(members, limit):
    assert [unpacked(row, limit) for row in by_size(members, 64, limit)] == one_group_at_a_time(members, limit)


@given(volumes.filter(bool), st.integers(1, 80), st.data())
def test_counts_without_a_member_are_those_of_the_others(members, limit, data):
    place = data.draw(st.integers(0, len(members) - 1))
    others = members[:place] + members[place + 1 :]
    left = without(by_size(members, 64, limit), members[place], 64, limit)
    assert [unpacked(row, limit) for row in left] == one_group_at_a_time(others, limit)


def test_the_slots_hold_the_largest_counts():
    rows = by_size([0] * 60, 64, 1)
    assert [unpacked(row, 1) for row in rows] == [(comb(60, size),) for size in range(61)]
