from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from commonpurse.calc.games.frame import unit_frame

rows = st.integers(1, 5).flatmap(
    lambda size: st.lists(st.lists(st.integers(-3, 3), min_size=size, max_size=size), min_size=1, max_size=12)
)


@given(rows, st.data())
def test_the_inverse_stays_exact_through_any_exchanges(entering, data):
    size = len(entering[0])
    frame = unit_frame(size)
    square = [[int(line == place) for place in range(size)] for line in range(size)]
    for row in entering:
        coordinates = frame.coordinates(row)
        made = [sum(part * own[at] for part, own in zip(coordinates, square, strict=True)) for at in range(size)]
        assert made == [frame.scale * number for number in row]
        places = [place for place, part in enumerate(coordinates) if part]
        if not places:
            assert not any(row)
            continue
        place = data.draw(st.sampled_from(places))
        frame = frame.exchanged(coordinates, place)
        square[place] = row
        assert frame.scale > 0
        for line, own in enumerate(square):
            product = [sum(a * b[at] for a, b in zip(own, frame.inverse, strict=True)) for at in range(size)]
            assert product == [frame.scale * (line == at) for at in range(size)]


@given(rows)
def test_the_solution_meets_the_bounds(entering):
    size = len(entering[0])
    frame, square, bounds = unit_frame(size), [], []
    for row in entering:
        coordinates = frame.coordinates(row)
        empty = [place for place, part in enumerate(coordinates) if part and place >= len(square)]
        if empty and len(square) == empty[0]:
            frame = frame.exchanged(coordinates, empty[0])
            square.append(row)
            bounds.append(7 * len(square) - 11)
    if len(square) == size:
        point = [Fraction(number, frame.scale) for number in frame.solution(bounds)]
        for row, bound in zip(square, bounds, strict=True):
            assert sum(a * b for a, b in zip(row, point, strict=True)) == bound
