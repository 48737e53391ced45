"""Pages about the portal, and its languages."""

import re

import pytest

from tests.client import parse, texts
from tests.factories.people import make_user

PAGES = {
    "/": "La città si fa insieme",
    "/come-funziona": "Come funziona",
    "/privacy": "Privacy",
    "/accessibilita": "Dichiarazione di accessibilità",
    "/note-legali": "Note legali",
    "/crediti": "Crediti e fonti dei dati",
}
ENGLISH = {
    "/": "The city is made together",
    "/come-funziona": "How it works",
    "/privacy": "Privacy",
    "/accessibilita": "Accessibility statement",
    "/note-legali": "Legal notes",
    "/crediti": "Credits and sources of the data",
}


def title_of(response):
    return next(parse(response.get_data(as_text=True)).iter("title")).text


@pytest.mark.parametrize(("path", "title"), PAGES.items())
def test_page_opens_without_cookie_under_its_title(client, path, title):
    answer = client.get(path)
    assert answer.status_code == 200
    assert title_of(answer) == f"{title} – Città collaborativa, Reggio Emilia"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(("path", "title"), ENGLISH.items())
def test_page_is_complete_in_english(client, path, title):
    client.set_cookie("lingua", "en")
    answer = client.get(path)
    assert title_of(answer).startswith(title)
    page = parse(answer.get_data(as_text=True))
    assert page.get("lang") == "en"
    italian = {"della", "nella", "che", "sono", "puoi", "dove", "questa"}
    said = {
        word
        for element in page.iter()
        if element.get("lang") != "it"
        for word in (element.text or "").split()
    }
    assert not italian & said


def test_switch_remembers_the_language_and_comes_back(client):
    page = client.get("/crediti?a=b").get_data(as_text=True)
    switch = next(a for a in parse(page).iter("a") if a.get("hreflang") == "en")
    answer = client.get(switch.get("href"))
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/crediti?a=b"
    cookie = answer.headers["Set-Cookie"]
    assert "lingua=en" in cookie
    assert "Max-Age=31536000" in cookie
    assert "SameSite=Lax" in cookie
    assert "HttpOnly" in cookie
    assert 'lang="en"' in client.get("/crediti").get_data(as_text=True)
    client.get("/lingua/it")
    assert 'lang="it"' in client.get("/crediti").get_data(as_text=True)


@pytest.mark.parametrize(
    "address",
    [
        "https://altrove.example/",
        "//altrove.example",
        "/\\altrove.example",
        "\\\\altrove.example",
        "/%09/altrove.example",
        "/\t/altrove.example",
        "javascript:alert(1)",
        "altrove",
        "",
        "/" + "x" * 3_000,
        "/\x00",
    ],
)
def test_switch_never_leads_elsewhere(client, address):
    answer = client.get("/lingua/en", query_string={"next": address})
    assert answer.status_code == 303
    location = answer.headers["Location"]
    assert location in {"/", "/%09/altrove.example"}


@pytest.mark.parametrize("code", ["de", "IT", "it-IT", "%00", "x" * 50])
def test_language_nobody_speaks_here_is_a_missing_page(client, code):
    assert client.get(f"/lingua/{code}").status_code == 404


def test_unknown_language_cookie_means_italian(client):
    client.set_cookie("lingua", "xx")
    assert 'lang="it"' in client.get("/privacy").get_data(as_text=True)


def test_current_menu_item_is_said(client):
    page = parse(client.get("/come-funziona").get_data(as_text=True))
    current = [a for a in page.iter("a") if a.get("aria-current") == "page"]
    assert [texts(a) for a in current] == ["Come funziona"]


@pytest.mark.parametrize("path", ["/laboratori/", "/accordi/", "/accordi/verifica"])
def test_agreements_stand_under_laboratories_in_the_menu(client, path):
    page = parse(client.get(path).get_data(as_text=True))
    nav = next(e for e in page.iter("nav") if e.get("aria-label") == "Principale")
    current = [texts(a) for a in nav.iter("a") if a.get("aria-current")]
    assert current == ["Laboratori e accordi"]


def test_health_needs_nothing(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok"}


def test_signed_in_person_sees_the_way_home_and_out(client):
    client.sign_in(make_user(name="Ada Prova"))
    page = client.get("/privacy").get_data(as_text=True)
    assert "Ada" in page
    assert 'action="/esci"' in page
    assert 'href="/area-personale/"' in page
    assert 'href="/accedi"' not in page


def test_search_engines_are_kept_from_personal_pages_only(client):
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    refused = re.findall("^Disallow: (.+)$", answer.get_data(as_text=True), re.MULTILINE)
    assert {"/area-personale/", "/gestione/", "/associazione/", "/demo/"} <= set(refused)
    assert not [path for path in ("/", "/registro/", "/volontariato/") if path in refused]


def test_search_engines_get_a_map_of_pages_that_open(client):
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    addresses = re.findall("<loc>(.+?)</loc>", answer.get_data(as_text=True))
    assert len(addresses) == 11
    for address in addresses:
        assert client.get(address.removeprefix("http://127.0.0.1:8000")).status_code == 200
