import heapq
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commonpurse.calc.digest import canonical
from commonpurse.calc.divisors import METHODS, divide_by_divisor, shortest_between

methods = st.sampled_from(METHODS)
totals = st.integers(0, 60)
large_totals = st.integers(-(10**18), 10**18)
weight_rows = st.lists(st.integers(0, 6) | st.integers(0, 10**5), min_size=1, max_size=7).filter(any)
large_rows = st.lists(st.integers(0, 6) | st.integers(0, 10**14), min_size=1, max_size=12).filter(any)


def signpost_squared(method, k):
    """Where k turns into k + 1, squared."""
    return {
        "adams": Fraction(k) ** 2,
        "dean": Fraction(2 * k * (k + 1), 2 * k + 1) ** 2,
        "huntington-hill": Fraction(k * (k + 1)),
        "webster": Fraction(2 * k + 1, 2) ** 2,
        "dhondt": Fraction(k + 1) ** 2,
    }[method]


def one_unit_at_a_time(total, weights, method):
    """The textbook's table of quotients: each unit to the largest that is left, first units that cannot wait first."""
    units = [0] * len(weights)
    queue = []

    def enter(place):
        signpost = signpost_squared(method, units[place])
        key = (1, -(weights[place] ** 2 / signpost)) if signpost else (0, -weights[place])
        heapq.heappush(queue, (key, place))

    for place, weight in enumerate(weights):
        if weight:
            enter(place)
    for _ in range(total):
        place = heapq.heappop(queue)[1]
        units[place] += 1
        enter(place)
    return tuple(units)


def gives(divisor, weight, units, method):
    """Whether the rounding of weight / divisor may be this number of units."""
    share = (weight / divisor) ** 2
    return share <= signpost_squared(method, units) and (not units or share >= signpost_squared(method, units - 1))


@given(totals, weight_rows, methods)
@example(2, [3, 5, 5, 1], "adams")
@example(4, [0, 1, 1, 1], "dean")
@example(3, [1, 3, 1, 3], "webster")
def test_the_parts_are_those_of_an_independent_slow_reference(total, weights, method):
    assert divide_by_divisor(total, weights, method).amounts == one_unit_at_a_time(total, weights, method)


@given(st.integers(300, 900), st.lists(st.integers(0, 10**4), min_size=1, max_size=5).filter(any), methods)
def test_the_jump_over_all_but_the_last_units_changes_nothing(total, weights, method):
    assert divide_by_divisor(total, weights, method).amounts == one_unit_at_a_time(total, weights, method)


@given(large_totals, large_rows, methods)
def test_parts_add_up_leave_zero_weights_alone_and_turn_with_the_sign(total, weights, method):
    answer = divide_by_divisor(total, weights, method)
    assert sum(answer.amounts) == total
    assert all(weight or not part for part, weight in zip(answer.amounts, weights, strict=True))
    assert divide_by_divisor(-total, weights, method).amounts == tuple(-part for part in answer.amounts)
    canonical(answer.steps)


@given(large_totals, large_rows, methods)
def test_the_steps_prove_the_answer_by_hand(total, weights, method):
    answer = divide_by_divisor(total, weights, method)
    units, steps = [abs(part) for part in answer.amounts], answer.steps
    assert (steps["method"], steps["total"], steps["weights"]) == (method, total, weights)
    assert steps["whole"] == sum(weights)
    power = 2 if steps["quotients"] == "squared" else 1
    assert (power == 2) == (method == "huntington-hill")
    for name, ahead in (("last_given", 0), ("first_not_given", 1)):
        if unit := steps[name]:
            place = unit["place"]
            assert unit["unit"] == units[place] + ahead
            signpost = signpost_squared(method, unit["unit"] - 1)
            assert (
                unit["quotient"] is None or Fraction(unit["quotient"]) ** (2 // power) == weights[place] ** 2 / signpost
            )
            assert (unit["quotient"] is None) == (signpost == 0)
    assert (steps["last_given"] is None) == (total == 0)
    if steps["divisor"]:
        divisor = Fraction(steps["divisor"])
        assert all(gives(divisor, weight, part, method) for weight, part in zip(weights, units, strict=True) if weight)
        assert steps["tied"] or not any(
            (weight / divisor) ** 2 in (signpost_squared(method, part), signpost_squared(method, max(part - 1, 0)))
            for weight, part in zip(weights, units, strict=True)
            if weight and part
        )
    else:
        last, first = steps["last_given"], steps["first_not_given"]
        assert first["quotient"] is None or (last["quotient"] == first["quotient"] and power == 2)


@given(st.integers(0, 300), weight_rows, methods)
def test_more_to_divide_is_never_less_for_anybody(total, weights, method):
    less, more = (divide_by_divisor(units, weights, method).amounts for units in (total, total + 1))
    assert all(before <= after for before, after in zip(less, more, strict=True))


@given(totals, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=5), methods)
def test_who_grows_against_another_never_loses_a_unit_to_it(total, pairs, method):
    old, new = zip(*pairs, strict=True)
    if not any(old) or not any(new):
        return
    before, after = (divide_by_divisor(total, weights, method).amounts for weights in (old, new))
    places = range(len(pairs))
    for i in places:
        for j in places:
            if old[i] and old[j] and new[i] * old[j] >= old[i] * new[j]:
                assert not (after[i] < before[i] and after[j] > before[j])


@given(st.integers(0, 10**9), weight_rows, methods, st.integers(1, 10**6))
def test_the_heavier_never_receives_less_and_only_ratios_count(total, weights, method, factor):
    parts = divide_by_divisor(total, weights, method).amounts
    assert divide_by_divisor(total, [weight * factor for weight in weights], method).amounts == parts
    for part, weight in zip(parts, weights, strict=True):
        assert all(part >= other for other, lighter in zip(parts, weights, strict=True) if lighter < weight)


@given(st.integers(0, 10**6), weight_rows)
def test_dhondt_keeps_the_lower_quota_adams_the_upper_and_webster_stays_near_both(total, weights):
    whole = sum(weights)
    shares = [Fraction(total * weight, whole) for weight in weights]
    lower, upper, near = (
        divide_by_divisor(total, weights, method).amounts for method in ("dhondt", "adams", "webster")
    )
    assert all(part > share - 1 for part, share in zip(lower, shares, strict=True))
    assert all(part < share + 1 for part, share in zip(upper, shares, strict=True))
    over = max(part - share for part, share in zip(near, shares, strict=True))
    under = max(share - part for part, share in zip(near, shares, strict=True))
    assert not (over > Fraction(1, 2) and under > Fraction(1, 2))


@given(st.integers(0, 10**6), weight_rows)
def test_of_the_larger_of_two_places_a_later_method_never_takes_to_give_to_the_smaller(total, weights):
    answers = [divide_by_divisor(total, weights, method).amounts for method in METHODS]
    for kinder, harsher in pairwise(answers):
        for i, small in enumerate(weights):
            for j, large in enumerate(weights):
                assert not (0 < small < large and harsher[i] > kinder[i] and harsher[j] < kinder[j])


CENSUS_2020 = [
    5030053, 736081, 7158923, 3013756, 39576757, 5782171, 3608298, 990837, 21570527, 10725274, 1460137, 1841377,
    12822739, 6790280, 3192406, 2940865, 4509342, 4661468, 1363582, 6185278, 7033469, 10084442, 5709752, 2963914,
    6160281, 1085407, 1963333, 3108462, 1379089, 9294493, 2120220, 20215751, 10453948, 779702, 11808848, 3963516,
    4241500, 13011844, 1098163, 5124712, 887770, 6916897, 29183290, 3275252, 643503, 8654542, 7715946, 1795045,
    5897473, 577719,
]  # fmt: skip
HOUSE_2020 = (
    7, 1, 9, 4, 52, 8, 5, 1, 28, 14, 2, 2, 17, 9, 4, 4, 6, 6, 2, 8, 9, 13, 8, 4, 8, 2, 3, 4, 2, 12, 3, 26, 14, 1, 15,
    5, 6, 17, 2, 7, 1, 9, 38, 4, 1, 11, 10, 2, 8, 1,
)  # fmt: skip
CENSUS_2010 = [
    4802982, 721523, 6412700, 2926229, 37341989, 5044930, 3581628, 900877, 18900773, 9727566, 1366862, 1573499,
    12864380, 6501582, 3053787, 2863813, 4350606, 4553962, 1333074, 5789929, 6559644, 9911626, 5314879, 2978240,
    6011478, 994416, 1831825, 2709432, 1321445, 8807501, 2067273, 19421055, 9565781, 675905, 11568495, 3764882,
    3848606, 12734905, 1055247, 4645975, 819761, 6375431, 25268418, 2770765, 630337, 8037736, 6753369, 1859815,
    5698230, 568300,
]  # fmt: skip
HOUSE_2010 = (
    7, 1, 9, 4, 53, 7, 5, 1, 27, 14, 2, 2, 18, 9, 4, 4, 6, 6, 2, 8, 9, 14, 8, 4, 8, 1, 3, 4, 2, 12, 3, 27, 13, 1, 16,
    5, 5, 18, 2, 7, 1, 9, 36, 4, 1, 11, 10, 3, 8, 1,
)  # fmt: skip
# Virginia, Massachusetts, Pennsylvania, North Carolina, New York, Maryland, Connecticut, South Carolina, New Jersey,
# New Hampshire, Vermont, Georgia, Kentucky, Rhode Island, Delaware.
CENSUS_1790 = [
    630560, 475327, 432879, 353523, 331589, 278514, 236841, 206236, 179570, 141822, 85533, 70835, 68705, 68446, 55540,
]  # fmt: skip
BY1, BY2 = [5117, 4400, 162, 161, 160], [9061, 7179, 5259, 3319, 1182]
AMM = "Balinski and Young, American Mathematical Monthly 82 (1975), the comparison of methods for"
BUNDESTAG = [11828277, 9990488, 6316080, 5155933, 4643272, 2830238]
SPD_STATES = [
    430739, 143607, 242942, 1297940, 102419, 348216, 202850, 348082, 2678956, 328753, 812721, 216593, 520990, 1120018,
    1051198, 144464,
]  # fmt: skip

PUBLISHED = [
    (f"{AMM} 100 seats: Adams", "adams", 100, BY1, (51, 43, 2, 2, 2)),
    (f"{AMM} 100 seats: Dean", "dean", 100, BY1, (51, 43, 2, 2, 2)),
    (f"{AMM} 100 seats: Huntington", "huntington-hill", 100, BY1, (51, 43, 2, 2, 2)),
    (f"{AMM} 100 seats: Webster", "webster", 100, BY1, (51, 43, 2, 2, 2)),
    (f"{AMM} 100 seats: Jefferson", "jefferson", 100, BY1, (52, 45, 1, 1, 1)),
    (f"{AMM} 26 seats: smallest divisors", "adams", 26, BY2, (9, 7, 5, 3, 2)),
    (f"{AMM} 26 seats: harmonic mean", "dean", 26, BY2, (9, 7, 5, 4, 1)),
    (f"{AMM} 26 seats: equal proportions", "huntington-hill", 26, BY2, (9, 7, 6, 3, 1)),
    (f"{AMM} 26 seats: major fractions", "webster", 26, BY2, (9, 8, 5, 3, 1)),
    (f"{AMM} 26 seats: greatest divisors", "dhondt", 26, BY2, (10, 7, 5, 3, 1)),
    ("design notes, section 1.3: 18:4:1 of 100, as published", "webster", 100, [18, 4, 1], (79, 17, 4)),
    ("US Census Bureau, 2020 apportionment, table A", "huntington-hill", 435, CENSUS_2020, HOUSE_2020),
    ("US Census Bureau, 2010 apportionment, table 1", "huntington-hill", 435, CENSUS_2010, HOUSE_2010),
    (
        "Act of 14 April 1792, ratio 33,000 (Balinski and Young, Fair Representation, table of 1791)",
        "jefferson", 105, CENSUS_1790, (19, 14, 13, 10, 10, 8, 7, 6, 5, 4, 2, 2, 2, 2, 1),
    ),
    (
        "New Zealand Electoral Commission, general election 2017, official count",
        "sainte-lague", 120, [1152075, 956184, 186706, 162443, 13075], (56, 46, 9, 8, 1),
    ),
    ("Federal Returning Officer, Bundestag 2009, 598 seats", "webster", 598, BUNDESTAG, (173, 146, 93, 76, 68, 42)),
    (
        "Federal Returning Officer, Bundestag 2009, SPD to the states",
        "webster", 146, SPD_STATES, (6, 2, 4, 19, 2, 5, 3, 5, 39, 5, 12, 3, 8, 16, 15, 2),
    ),
    (
        "Austrian Ministry of the Interior, European election 2019",
        "dhondt", 18, [1305956, 903151, 650114, 532193, 319024], (7, 5, 3, 2, 1),
    ),
    (
        "City of Zürich, council election of 4 March 2018, Oberzuteilung, key 770",
        "webster", 125, [32892, 12999, 16312, 12064, 10580, 7892, 2810], (43, 17, 21, 16, 14, 10, 4),
    ),
    (
        "Pukelsheim for the Canton of Zürich, election of 18 April 1999 in the new way, divisor 1510",
        "webster", 180, [55353, 62378, 81658, 15964, 18806, 14054, 6745, 6785, 4688, 791, 1147, 5116],
        (37, 41, 54, 11, 12, 9, 4, 4, 3, 1, 1, 3),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "method", "total", "weights", "parts"), PUBLISHED, ids=[row[0] for row in PUBLISHED]
)
def test_published_examples_come_out_as_printed(source, method, total, weights, parts):
    assert divide_by_divisor(total, weights, method).amounts == parts


@pytest.mark.parametrize(
    ("total", "weights", "divisor"),
    [
        (125, [32892, 12999, 16312, 12064, 10580, 7892, 2810], 770),
        (180, [55353, 62378, 81658, 15964, 18806, 14054, 6745, 6785, 4688, 791, 1147, 5116], 1510),
    ],
)
def test_published_divisors_lie_between_the_two_quotients(total, weights, divisor):
    steps = divide_by_divisor(total, weights, "webster").steps
    assert Fraction(steps["first_not_given"]["quotient"]) < divisor < Fraction(steps["last_given"]["quotient"])
    assert gives(
        Fraction(steps["divisor"]), weights[0], divide_by_divisor(total, weights, "webster").amounts[0], "webster"
    )


def test_the_last_seat_of_2020_went_to_minnesota_and_the_next_was_new_yorks_by_89_people():
    steps = divide_by_divisor(435, CENSUS_2020, "huntington-hill").steps
    assert steps["last_given"]["place"] == 22  # Minnesota
    assert steps["last_given"]["unit"] == 8
    assert steps["first_not_given"]["place"] == 31  # New York
    for more, seats in ((88, 26), (89, 27)):
        people = list(CENSUS_2020)
        people[31] += more
        assert divide_by_divisor(435, people, "huntington-hill").amounts[31] == seats


def test_new_zealands_first_ten_seats_of_2017_go_in_the_printed_order():
    # Preliminary count, with the seats ranked at quantumforest.com, "Calculating parliament seats", October 2017.
    votes, names, order = [998813, 776556, 162988, 126995, 10959], ["N", "L", "NZF", "G", "ACT"], []
    for seat in range(10):
        less, more = (divide_by_divisor(seats, votes, "webster").amounts for seats in (seat, seat + 1))
        order.append(next(name for name, before, after in zip(names, less, more, strict=True) if after > before))
    assert order == ["N", "L", "N", "L", "N", "NZF", "L", "N", "G", "N"]


@pytest.mark.parametrize("method", ["adams", "dean", "huntington-hill"])
def test_too_few_units_for_all_go_to_the_larger_weights_and_then_by_roster(method):
    answer = divide_by_divisor(3, [100, 1, 0, 10, 1, 10], method)
    assert answer.amounts == (1, 0, 0, 1, 0, 1)
    assert answer.steps["divisor"] is None
    assert answer.steps["last_given"] == {"place": 5, "unit": 1, "quotient": None}
    assert answer.steps["first_not_given"] == {"place": 1, "unit": 1, "quotient": None}
    assert divide_by_divisor(4, [100, 1, 0, 10, 1, 10], method).amounts == (1, 1, 0, 1, 0, 1)
    enough = divide_by_divisor(5, [100, 1, 0, 10, 1, 10], method)
    assert enough.amounts == (1, 1, 0, 1, 1, 1)
    assert enough.steps["divisor"] is not None


def test_ties_go_by_roster_and_are_named():
    webster = divide_by_divisor(2, [1, 1, 1], "webster")
    assert webster.amounts == (1, 1, 0)
    assert webster.steps["tied"] == [0, 1, 2]
    assert webster.steps["divisor"] == "2"
    hill = divide_by_divisor(4, [1, 1, 1], "huntington-hill")
    assert hill.amounts == (2, 1, 1)
    assert (hill.steps["tied"], hill.steps["divisor"]) == ([0, 1, 2], None)
    assert hill.steps["last_given"]["quotient"] == hill.steps["first_not_given"]["quotient"] == "1/2"


def test_nothing_to_divide_has_no_last_unit_and_any_large_divisor():
    answer = divide_by_divisor(0, [3, 8], "webster")
    assert answer.amounts == (0, 0)
    assert answer.steps["last_given"] is None
    assert answer.steps["first_not_given"] == {"place": 1, "unit": 1, "quotient": "16"}
    assert answer.steps["divisor"] == "1000"
    assert divide_by_divisor(0, [3, 8], "adams").steps["divisor"] is None


def test_the_time_does_not_depend_on_the_total():
    answer = divide_by_divisor(10**300, [10**299 + 1, 3, 10**40], "huntington-hill")
    assert sum(answer.amounts) == 10**300


@given(st.fractions(0, 10**6), st.fractions(min_value=Fraction(1, 10**9), max_value=10**3), st.sampled_from([1, 2]))
def test_the_short_number_lies_between_and_none_with_fewer_digits_does(low, gap, power):
    number = shortest_between(low, low + gap, power=power)
    assert low < number**power < low + gap
    grid = Fraction(10) ** next(e for e in range(8, -30, -1) if (number / Fraction(10) ** e).denominator == 1)
    coarser = grid * 10
    below = number.__floor__() // coarser * coarser if coarser >= 1 else (number / coarser).__floor__() * coarser
    assert below**power <= low
    assert (below + coarser) ** power >= low + gap


@pytest.mark.parametrize(("low", "high"), [(-1, 1), (1, 1), (2, 1)])
def test_there_is_no_short_number_in_no_gap(low, high):
    with pytest.raises(ValueError, match="no number lies between"):
        shortest_between(Fraction(low), Fraction(high))


@pytest.mark.parametrize(
    ("total", "weights", "method", "complaint"),
    [
        (1, [1], "hare", "'hare' is none of the methods adams, dean, huntington-hill, webster, dhondt"),
        (1, [], "webster", "one of them above zero"),
        (1, [0], "adams", "one of them above zero"),
        (1, [1, -1], "webster", "zero or more"),
        (True, [1], "webster", "must be ints"),
        (1, [np.int64(1)], "webster", "must be ints"),
    ],
)
def test_nonsense_is_refused(total, weights, method, complaint):
    with pytest.raises(ValueError, match=complaint):
        divide_by_divisor(total, weights, method)
