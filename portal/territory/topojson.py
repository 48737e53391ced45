"""Boundaries from TopoJSON as paths of SVG.

TopoJSON (specification 1.0) stores each stretch of boundary once, as an arc that its two
neighbours share. All paths stand in one system of coordinates, so that drawn beside each other
they are a map: whole numbers, the longer side `LONGEST_SIDE`, north up, and east-west distances
shortened by the cosine of the latitude, as they are on the ground.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import Any

LONGEST_SIDE = 600

Point = tuple[float, float]
Spot = tuple[int, int]


@dataclass(frozen=True)
class Box:
    """A rectangle around something drawn."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def middle(self) -> Spot:
        """Its middle."""
        return (self.left + self.right) // 2, (self.top + self.bottom) // 2


def read_outlines(topology: Mapping[str, Any], *, code_property: str) -> dict[str, str]:
    """Return the `d` of each area's path by the code its properties hold.

    Areas that are no (multi)polygon are left out. Raises `ValueError` for anything that is not
    TopoJSON, or whose areas lack the property.
    """
    if topology.get("type") != "Topology":
        raise ValueError("This is not TopoJSON: its type is not Topology.")
    try:
        arcs = _decode_arcs(topology)
        areas = {
            str(geometry["properties"][code_property]): [
                _join(ring, arcs) for polygon in _polygons(geometry) for ring in polygon
            ]
            for layer in topology["objects"].values()
            for geometry in layer["geometries"]
        }
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError(f"This TopoJSON cannot be read: {error!r}.") from error
    to_spot = _projection([point for rings in areas.values() for ring in rings for point in ring])
    return {
        code: "".join(_path([to_spot(point) for point in ring]) for ring in rings if ring)
        for code, rings in areas.items()
        if rings
    }


def _decode_arcs(topology: Mapping[str, Any]) -> list[list[Point]]:
    """Return the arcs as degrees: stored are whole numbers, each but the first a difference."""
    transform = topology.get("transform")
    if transform is None:
        return [[(x, y) for x, y, *_ in arc] for arc in topology["arcs"]]
    (scale_x, scale_y), (first_x, first_y) = transform["scale"], transform["translate"]
    decoded = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y, *_ in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + first_x, y * scale_y + first_y))
        decoded.append(points)
    return decoded


def _polygons(geometry: Mapping[str, Any]) -> Iterable[Sequence[Sequence[int]]]:
    """Return polygons as rings of arc numbers."""
    if geometry["type"] == "Polygon":
        return [geometry["arcs"]]
    return geometry["arcs"] if geometry["type"] == "MultiPolygon" else []


def _join(ring: Sequence[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    """Return the points of a ring; a negative number is an arc read backwards (~0 is the first)."""
    points: list[Point] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points.extend(arc[1:] if points else arc)
    return points


def _projection(points: Sequence[Point]) -> Callable[[Point], Spot]:
    """Return what turns degrees into whole numbers of one map."""
    longitudes, latitudes = [x for x, _y in points] or [0.0], [y for _x, y in points] or [0.0]
    west, north, south = min(longitudes), max(latitudes), min(latitudes)
    shorter = cos(radians((north + south) / 2))
    scale = LONGEST_SIDE / (max((max(longitudes) - west) * shorter, north - south) or 1.0)

    def to_spot(point: Point) -> Spot:
        longitude, latitude = point
        return round((longitude - west) * shorter * scale), round((north - latitude) * scale)

    return to_spot


def _path(spots: Sequence[Spot]) -> str:
    """Return a closed ring: where it begins, then the way from spot to spot."""
    steps = [(x - from_x, y - from_y) for (from_x, from_y), (x, y) in pairwise(spots)]
    # The last step leads back to the beginning: `z` says that.
    drawn = [step for step in steps[:-1] if step != (0, 0)]
    (x, y), way = spots[0], "".join(f"{_signed(dx)}{_signed(dy)}" for dx, dy in drawn)
    return f"M{x} {y}l{way.lstrip()}z"


def _signed(number: int) -> str:
    # A minus separates numbers as well as a space does.
    return str(number) if number < 0 else f" {number}"


def box_of(outlines: Iterable[str]) -> Box:
    """Return the rectangle around paths that `read_outlines` made; without any, an empty one."""
    spots = [spot for outline in outlines for spot in _spots(outline)]
    columns, rows = [x for x, _y in spots] or [0], [y for _x, y in spots] or [0]
    return Box(min(columns), min(rows), max(columns), max(rows))


def _spots(outline: str) -> Iterator[Spot]:
    for ring in outline.split("M")[1:]:
        numbers = [int(number) for number in re.findall(r"-?\d+", ring)]
        x, y = 0, 0
        for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + step_x, y + step_y
            yield x, y
