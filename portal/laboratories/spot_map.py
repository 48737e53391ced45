"""The map on which a proposal's spot is marked: the city, its districts, who is around. Pure.

Outlines share one system of coordinates (`territory/topojson.py`); spots are counted in units of
`MAP_SIDE` from the upper left corner of the municipality's own box, so that a spot stays where it
is when districts are redrawn.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import cos, hypot, pi, sin

from portal.laboratories.models import MAP_SIDE
from portal.territory.topojson import Box, box_of

PICTURE_WIDTH = 280
"""Pixels of the picture that is tapped: it fits the smallest telephone, and never stretches,
because a browser without scripts sends the pixel of the picture and not of the map."""
STEP = 20
"""Units a button moves the spot: about four hundred metres."""
LABEL_HEIGHT = 44
LABEL_WIDTH = 21
"""Of one letter of a name, rather too wide than too narrow."""

PIN = 34
"""Radius of a numbered pin."""
MOST_SPREAD = 60
"""Pins that are kept apart; with more of them the list says it better than the map."""

Spot = tuple[int, int]


class Move(StrEnum):
    """Where a button moves the spot, as the form says it."""

    NORTH = "nord"
    SOUTH = "sud"
    EAST = "est"
    WEST = "ovest"
    AWAY = "togli"
    """No spot any more."""


_STEPS = {
    Move.NORTH: (0, -STEP),
    Move.SOUTH: (0, STEP),
    Move.EAST: (STEP, 0),
    Move.WEST: (-STEP, 0),
}


@dataclass(frozen=True)
class Area:
    """A part of the map with a name."""

    name: str
    outline: str


@dataclass(frozen=True)
class Name:
    """A name on the map."""

    words: str
    x: int
    y: int

    @property
    def width(self) -> int:
        """Return the room it has: a picture is written in whatever letters a device has."""
        return len(self.words) * LABEL_WIDTH


@dataclass(frozen=True)
class Pin:
    """A numbered pin: where it is drawn, and the spot it stands for."""

    x: int
    y: int
    spot: Spot

    @property
    def is_moved(self) -> bool:
        """Say whether it had to make room for another one: a line leads to its spot."""
        return (self.x, self.y) != self.spot


@dataclass(frozen=True)
class SpotMap:
    """What there is to draw, in the map's own units."""

    width: int
    height: int
    city: str
    around: tuple[Area, ...]
    districts: tuple[Area, ...]
    names: tuple[Name, ...]
    left: int
    top: int
    scale: float

    @property
    def transform(self) -> str:
        """Return what brings outlines into the units of the map (`transform` of SVG)."""
        return f"scale({self.scale:.4f}) translate({-self.left} {-self.top})"

    @property
    def picture_height(self) -> int:
        """Return the pixels of the picture that is tapped."""
        return round(self.height * PICTURE_WIDTH / self.width)

    def keep(self, x: int, y: int) -> Spot:
        """Return the nearest spot on the map."""
        return min(max(x, 0), self.width), min(max(y, 0), self.height)

    def spot_of_tap(self, x: int, y: int) -> Spot:
        """Return the spot where the picture was tapped, in its pixels."""
        return self.keep(x * MAP_SIDE // PICTURE_WIDTH, y * MAP_SIDE // PICTURE_WIDTH)

    def move(self, spot: Spot | None, move: Move) -> Spot | None:
        """Return where a button brings the spot; without one yet, it begins in the middle."""
        if move is Move.AWAY:
            return None
        if spot is None:
            return self.width // 2, self.height // 2
        dx, dy = _STEPS[move]
        return self.keep(spot[0] + dx, spot[1] + dy)

    def pixel_of(self, spot: Spot) -> Spot:
        """Return where a spot is on the picture, in its pixels."""
        return spot[0] * PICTURE_WIDTH // MAP_SIDE, spot[1] * PICTURE_WIDTH // MAP_SIDE


def spread_pins(city_map: SpotMap, spots: Sequence[Spot]) -> list[Pin]:
    """Return a pin for each spot, moved to the nearest free place where others lie on it."""
    pins: list[Pin] = []
    for spot in spots:
        places = _places_around(city_map, spot) if len(pins) < MOST_SPREAD else iter([spot])
        x, y = next((place for place in places if _is_free(place, pins)), spot)
        pins.append(Pin(x, y, spot))
    return pins


def _places_around(city_map: SpotMap, spot: Spot) -> Iterator[Spot]:
    yield spot
    for ring in range(1, 6):
        for part in range(8 * ring):
            angle = 2 * pi * part / (8 * ring)
            away = ring * (PIN + 4) * 1.2
            x, y = round(spot[0] + away * cos(angle)), round(spot[1] + away * sin(angle))
            if (x, y) == city_map.keep(x, y):
                yield x, y


def _is_free(place: Spot, pins: Iterable[Pin]) -> bool:
    return all(hypot(place[0] - pin.x, place[1] - pin.y) >= 2 * PIN for pin in pins)


def draw_map(
    *, city: Area, around: Sequence[Area] = (), districts: Sequence[Area] = ()
) -> SpotMap | None:
    """Return the map of a city, or None where its outline is not known.

    Of the municipalities `around` only what touches the city's box is drawn, with its name.
    """
    box = box_of([city.outline])
    width, height = box.right - box.left, box.bottom - box.top
    if not city.outline or width <= 0 or height <= 0:
        return None
    scale = MAP_SIDE / max(width, height)
    near = tuple(area for area in around if _touches(box_of([area.outline]), box))
    parts = [*districts, *near] if districts else [city, *near]
    names = [_name_of(area, box, scale) for area in parts]
    return SpotMap(
        width=round(width * scale),
        height=round(height * scale),
        city=city.outline,
        around=near,
        districts=tuple(districts),
        names=tuple(_apart(name for name in names if name is not None)),
        left=box.left,
        top=box.top,
        scale=scale,
    )


def _touches(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and one.right > other.left
        and one.top < other.bottom
        and one.bottom > other.top
    )


def _name_of(area: Area, whole: Box, scale: float) -> Name | None:
    """Return a name in the middle of what is seen of its area, wholly on the map."""
    box = box_of([area.outline])
    seen = Box(
        max(box.left, whole.left),
        max(box.top, whole.top),
        min(box.right, whole.right),
        min(box.bottom, whole.bottom),
    )
    width = round((whole.right - whole.left) * scale)
    height = round((whole.bottom - whole.top) * scale)
    half = len(area.name) * LABEL_WIDTH // 2
    if 2 * half > width:
        return None
    x, y = seen.middle
    x, y = round((x - whole.left) * scale), round((y - whole.top) * scale)
    return Name(
        area.name,
        min(max(x, half), width - half),
        min(max(y, LABEL_HEIGHT), height - LABEL_HEIGHT // 2),
    )


def _apart(names: Iterable[Name]) -> list[Name]:
    """Leave out names that would lie on another: the first ones stay."""
    kept: list[Name] = []
    for name in names:
        if all(not _collide(name, other) for other in kept):
            kept.append(name)
    return kept


def _collide(one: Name, other: Name) -> bool:
    apart = (len(one.words) + len(other.words)) * LABEL_WIDTH // 2
    return abs(one.x - other.x) < apart and abs(one.y - other.y) < LABEL_HEIGHT
