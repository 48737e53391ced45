"""Boundaries from TopoJSON as paths of SVG."""

import json

import pytest

from portal.demo.territory import DATA
from portal.territory.topojson import LONGEST_SIDE, Box, box_of, read_outlines


def topology(*, arcs, rings, kind="Polygon", **more):
    arcs_of = rings if kind == "Polygon" else [[ring] for ring in rings]
    area = {"type": kind, "arcs": arcs_of, "properties": {"code": "1"}}
    return {
        "type": "Topology",
        "arcs": arcs,
        "objects": {"areas": {"type": "GeometryCollection", "geometries": [area]}},
        **more,
    }


# At the equator, so that degrees are as wide as they are high.
SQUARE = [[0, -1], [2, -1], [2, 1], [0, 1], [0, -1]]


def test_a_square_stands_north_up_and_fills_the_map():
    found = read_outlines(topology(arcs=[SQUARE], rings=[[0]]), code_property="code")
    assert found == {"1": "M0 600l600 0 0-600-600 0z"}


def test_arcs_are_joined_also_backwards():
    halves = [SQUARE[:3], [[0, -1], [0, 1], [2, 1]]]
    whole = read_outlines(topology(arcs=halves, rings=[[0, -2]]), code_property="code")
    assert whole == read_outlines(topology(arcs=[SQUARE], rings=[[0]]), code_property="code")


def test_differences_are_added_up_and_scaled():
    steps = [[0, 0], [20, 0], [0, 20], [-20, 0], [0, -20]]
    transform = {"scale": [0.1, 0.1], "translate": [0, -1]}
    found = read_outlines(
        topology(arcs=[steps], rings=[[0]], transform=transform), code_property="code"
    )
    assert found == {"1": "M0 600l600 0 0-600-600 0z"}


def test_several_parts_are_one_path():
    beside = [[x + 4, y] for x, y in SQUARE]
    kind = "MultiPolygon"
    found = read_outlines(
        topology(arcs=[SQUARE, beside], rings=[[0], [1]], kind=kind), code_property="code"
    )
    assert found["1"].count("M") == found["1"].count("z") == 2
    assert box_of(found.values()) == Box(0, 0, 600, 200)


def test_what_is_no_area_is_left_out():
    assert (
        read_outlines(topology(arcs=[SQUARE], rings=[[0]], kind="Point"), code_property="code")
        == {}
    )


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"type": "FeatureCollection"},
        {"type": "Topology"},
        topology(arcs=[SQUARE], rings=[[7]]),
        topology(arcs=[[[1]]], rings=[[0]]),
        topology(arcs=[SQUARE], rings=[[0]], transform={"scale": 3}),
    ],
)
def test_anything_else_is_refused_in_one_way(broken):
    with pytest.raises(ValueError, match="TopoJSON"):
        read_outlines(broken, code_property="code")


def test_an_area_without_its_code_is_refused():
    with pytest.raises(ValueError, match="TopoJSON"):
        read_outlines(topology(arcs=[SQUARE], rings=[[0]]), code_property="istat")


def test_the_province_is_as_tall_as_the_map_and_as_wide_as_on_the_ground():
    text = (DATA / "limits_P_35_municipalities.topo.json").read_text(encoding="utf-8")
    outlines = read_outlines(json.loads(text), code_property="com_istat_code")
    assert len(outlines) == 42
    box = box_of(outlines.values())
    assert (box.left, box.top, box.bottom) == (0, 0, LONGEST_SIDE)
    # 0.756 degrees of longitude at 44.6° north against 0.765 of latitude.
    assert box.right == pytest.approx(600 * 0.756 * 0.712 / 0.765, abs=3)
    assert sum(map(len, outlines.values())) < 14_000
    # The city lies where it lies: east of the middle, north of it.
    assert outlines["035033"].startswith("M")
    x, y = box_of([outlines["035033"]]).middle
    assert box.right / 2 < x < box.right
    assert 150 < y < 300


def test_nothing_drawn_is_an_empty_rectangle():
    assert box_of([]) == Box(0, 0, 0, 0)
