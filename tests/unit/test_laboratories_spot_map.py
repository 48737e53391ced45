"""The map on which spots are marked: where a tap lands, where a button leads, what is named."""

import pytest

from portal.core.access import ANONYMOUS, Actor
from portal.laboratories.forms.proposals import _whole
from portal.laboratories.policies import ProposalFacts, proposal_is_shared
from portal.laboratories.spot_map import (
    PICTURE_WIDTH,
    PIN,
    Area,
    Move,
    draw_map,
    spread_pins,
)

CITY = Area("Città", "M100 100l200 0 0 100 -200 0z")
EAST = Area("Est", "M300 100l100 0 0 100 -100 0z")
NEAR = Area("Sopra", "M150 50l100 0 0 60 -100 0z")


def city_map(**more):
    drawn = draw_map(city=CITY, **more)
    assert drawn is not None
    return drawn


def test_the_city_fills_the_width_of_the_map():
    drawn = city_map()
    assert (drawn.width, drawn.height) == (1000, 500)
    assert drawn.transform == "scale(5.0000) translate(-100 -100)"
    assert drawn.picture_height == PICTURE_WIDTH // 2


def test_a_city_taller_than_wide_fits_as_well():
    drawn = draw_map(city=Area("Alta", "M0 0l100 0 0 200 -100 0z"))
    assert drawn is not None
    assert (drawn.width, drawn.height) == (500, 1000)


@pytest.mark.parametrize("outline", ["", "M5 5z"])
def test_without_an_outline_there_is_no_map(outline):
    assert draw_map(city=Area("Città", outline)) is None


@pytest.mark.parametrize(
    ("tap", "spot"),
    [((0, 0), (0, 0)), ((140, 70), (500, 250)), ((99_999, 99_999), (1000, 500))],
)
def test_a_tap_is_a_spot_on_the_map(tap, spot):
    assert city_map().spot_of_tap(*tap) == spot


@pytest.mark.parametrize(
    ("spot", "move", "after"),
    [
        ((500, 250), Move.NORTH, (500, 230)),
        ((500, 250), Move.SOUTH, (500, 270)),
        ((500, 250), Move.EAST, (520, 250)),
        ((500, 250), Move.WEST, (480, 250)),
        ((500, 5), Move.NORTH, (500, 0)),
        ((995, 250), Move.EAST, (1000, 250)),
        (None, Move.NORTH, (500, 250)),
        ((500, 250), Move.AWAY, None),
        (None, Move.AWAY, None),
    ],
)
def test_a_button_moves_the_spot_and_never_off_the_map(spot, move, after):
    assert city_map().move(spot, move) == after


def test_only_what_touches_the_city_is_drawn_around_it_and_named_inside():
    drawn = city_map(around=[NEAR, EAST])
    assert [area.name for area in drawn.around] == ["Sopra"]
    names = {name.words: name for name in drawn.names}
    assert set(names) == {"Città", "Sopra"}
    assert names["Città"].x == 500
    assert 0 < names["Sopra"].y < 100


def test_districts_stand_for_the_city_where_they_are_known():
    drawn = city_map(districts=[Area("Ambito A", "M100 100l100 0 0 100 -100 0z")])
    assert [name.words for name in drawn.names] == ["Ambito A"]


def test_names_never_lie_on_each_other():
    drawn = city_map(around=[NEAR, Area("Accanto", NEAR.outline)])
    assert [name.words for name in drawn.names] == ["Città", "Sopra"]


def test_pins_make_room_and_lead_back_to_their_spot():
    pins = spread_pins(city_map(), [(500, 250)] * 9)
    assert not pins[0].is_moved
    assert all(pin.is_moved and pin.spot == (500, 250) for pin in pins[1:])
    for n, pin in enumerate(pins):
        for other in pins[n + 1 :]:
            assert (pin.x - other.x) ** 2 + (pin.y - other.y) ** 2 >= (2 * PIN) ** 2


def test_five_hundred_spots_at_one_place_are_still_a_map():
    assert len(spread_pins(city_map(), [(0, 0)] * 500)) == 500


@pytest.mark.parametrize("forged", ["", "abc", "-1", "1.5", "٣", "99999", " 5", None, "0x10"])
def test_what_the_page_did_not_write_is_no_number(forged):
    assert _whole(forged) is None


def test_a_proposal_is_shared_with_who_accepted_and_with_associations_asked():
    facts = ProposalFacts(
        author_id=1,
        was_handed_in=False,
        was_published=False,
        district_ids=frozenset(),
        coauthor_ids=frozenset({2}),
        asked_association_ids=frozenset({7}),
    )
    assert proposal_is_shared(Actor(id=2, name="Ada"), facts)
    assert proposal_is_shared(Actor(id=3, name="Ugo", association_ids=frozenset({7})), facts)
    assert not proposal_is_shared(Actor(id=3, name="Ugo", association_ids=frozenset({8})), facts)
    assert not proposal_is_shared(ANONYMOUS, facts)
