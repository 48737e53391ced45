"""What pages may weigh and ask of the database, as counts: the same on every machine."""

import re
from pathlib import Path

import brotli
import pytest

from portal.demo.registry_demo import seed_registry
from tests.factories.laboratories import make_laboratory, make_published
from tests.factories.people import make_user
from tests.factories.places import make_place
from tests.factories.volunteering import make_project, make_shift
from tests.sql_counter import counted_sql

STATIC = Path(__file__).parents[2] / "static"
KILOBYTE = 1_000
PROXY_QUALITY = 5
"""Of brotli for pages, as reverse proxies set it."""

LISTS = ("/registro/", "/volontariato/", "/laboratori/", "/luoghi/")
HOME = "/"
MOST_QUERIES_OF_A_LIST = 6
MOST_QUERIES_OF_A_DETAIL = 10


@pytest.fixture
def city(database):
    """As many things as fill a page of each list; their addresses."""
    seed_registry()
    project = make_project()
    shifts = [make_shift(project=project, in_hours=24 + 3 * n) for n in range(25)]
    laboratories = [make_laboratory(title=f"Laboratorio {n}") for n in range(25)]
    make_published(laboratories[0], make_user())
    places = [make_place(name=f"Centro sociale {n}") for n in range(25)]
    return [
        f"/volontariato/turni/{shifts[0].id}",
        f"/volontariato/progetti/{project.slug}",
        f"/laboratori/{laboratories[0].slug}",
        f"/laboratori/{laboratories[0].slug}/proposte/",
        f"/luoghi/{places[0].slug}",
        "/registro/mappa",
    ]


def size_of(name: str) -> int:
    """Bytes on the wire: compressed beforehand where that helps."""
    packed = STATIC / f"{name}.br"
    return (packed if packed.exists() else STATIC / name).stat().st_size


def static_sizes() -> dict[str, int]:
    style = (STATIC / "css/portal.css").read_text(encoding="utf-8")
    fonts = set(re.findall(r"titillium-web-(?!ext)[0-9a-z-]+\.woff2", style))
    scripts = ("js/portal.js", *(f"vendor/{p.name}" for p in (STATIC / "vendor").glob("*.js")))
    return {
        "style": size_of("css/portal.css"),
        "script": sum(size_of(name) for name in scripts),
        "fonts": sum(size_of(f"fonts/{name}") for name in fonts),
        "icons": size_of("icons/sprite.svg") + size_of("icons/favicon.svg"),
    }


@pytest.mark.parametrize(("kind", "kilobytes"), [("style", 20), ("script", 18), ("fonts", 34)])
def test_style_script_and_fonts_stay_light(kind, kilobytes):
    assert 0 < static_sizes()[kind] <= kilobytes * KILOBYTE


def test_compressed_copies_are_those_of_the_files():
    for packed in STATIC.rglob("*.br"):
        original = packed.with_suffix("")
        assert brotli.decompress(packed.read_bytes()) == original.read_bytes(), packed.name


def test_first_load_of_public_pages_is_seventy_kilobytes_at_most(client, city):
    static = sum(static_sizes().values())
    profile = first_profile(client)
    for path in (HOME, *LISTS, profile, *city):
        html = client.get(path).data
        weight = len(brotli.compress(html, quality=PROXY_QUALITY))
        assert weight <= 15 * KILOBYTE, path
        assert weight + static <= 70 * KILOBYTE, path


def test_first_load_without_a_proxy_is_as_light(client, city):
    """A phone on `make run`: the portal compresses pages for visitors by itself."""
    static = sum(static_sizes().values())
    for path in (HOME, *LISTS):
        answer = client.head(path, headers={"Accept-Encoding": "gzip, br"})
        assert answer.headers["Content-Encoding"] == "gzip", path
        weight = int(answer.headers["Content-Length"])
        assert weight <= 15 * KILOBYTE, path
        assert weight + static <= 70 * KILOBYTE, path


def test_public_pages_fetch_nothing_from_elsewhere(client, city):
    for path in (HOME, *LISTS, *city):
        html = client.get(path).get_data(as_text=True)
        fetched = re.findall(r'<(?:script|img|iframe|link)[^>]+(?:src|href)="([^"]+)"', html)
        assert fetched
        assert all(re.match(r"/(?!/)", address) for address in fetched), path


def test_public_lists_ask_the_database_six_times_at_most(client, city):
    assert_at_most(client, LISTS, MOST_QUERIES_OF_A_LIST)


def test_filtered_lists_ask_the_database_six_times_at_most(client, city):
    filtered = (
        "/registro/?q=sport&comune=035033",
        "/registro/?q=assocazione",
        "/registro/?area=sport&sezione=odv&ordina=recenti",
        "/registro/mappa?q=sport&tipo=asd",
        "/volontariato/?q=verde",
        "/laboratori/?q=laboratorio",
        "/luoghi/?q=centro",
    )
    assert_at_most(client, filtered, MOST_QUERIES_OF_A_LIST)


def test_front_page_and_details_ask_the_database_ten_times_at_most(client, city):
    assert_at_most(client, (HOME, first_profile(client), *city), MOST_QUERIES_OF_A_DETAIL)


def test_public_pages_set_no_cookie(client, city):
    for path in (HOME, *LISTS, first_profile(client), *city):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "Set-Cookie" not in answer.headers, path


def first_profile(client) -> str:
    html = client.get("/registro/").get_data(as_text=True)
    rows = html[html.index("data-id=") :]
    found = re.search(r'href="(/registro/[a-z0-9-]+)"', rows)
    assert found
    return found[1]


def assert_at_most(client, paths, number: int) -> None:
    for path in paths:
        with counted_sql() as statements:
            answer = client.get(path)
        assert answer.status_code == 200, path
        assert 0 < len(statements) <= number, (path, len(statements), statements)
