"""How the registry's map shows numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.registry.map_drawing import Step, label_of, map_steps, step_of
from portal.territory.topojson import Box

WHOLE = Box(0, 0, 400, 600)


def test_nothing_needs_no_step():
    assert map_steps([]) == map_steps([0, 0]) == ()
    assert step_of(0, map_steps([1, 2])) == 0


@pytest.mark.parametrize(
    ("numbers", "steps"),
    [
        ([1], [(1, None)]),
        ([7, 7, 7], [(1, None)]),
        ([1, 2], [(1, 1), (2, None)]),
        ([1, 2, 3, 4], [(1, 1), (2, 2), (3, 3), (4, None)]),
        ([1, 1, 1, 1, 1, 1, 1, 286], [(1, 1), (2, None)]),
        ([0, 1, 3, 5, 9, 14, 20, 40, 286], [(1, 3), (4, 9), (10, 20), (21, None)]),
    ],
)
def test_areas_are_shared_out_evenly(numbers, steps):
    assert map_steps(numbers) == tuple(Step(*step) for step in steps)


@given(st.lists(st.integers(0, 400), max_size=42))
def test_every_number_has_the_shade_the_key_says(numbers):
    steps = map_steps(numbers)
    assert len(steps) <= 4
    for number in filter(None, numbers):
        step = steps[step_of(number, steps) - 1]
        assert step.low <= number <= (step.high or number)


def test_a_label_stands_in_the_middle_of_its_area():
    label = label_of("Reggio 286", Box(100, 200, 300, 300), WHOLE)
    assert (label.x, label.y, label.is_inside) == (200, 250, True)


@pytest.mark.parametrize(("area", "x"), [(Box(0, 0, 20, 20), 35), (Box(390, 0, 400, 20), 365)])
def test_a_label_wider_than_its_area_stays_on_the_map(area, x):
    label = label_of("Toano 1234", area, WHOLE)
    assert (label.x, label.is_inside) == (x, False)
