"""Profiles, their pictures, mergers and the map, as everybody sees them."""

import hashlib
import re
from datetime import date
from io import BytesIO

import brotli
import pytest
from PIL import Image

from portal.core.clock import local_today
from portal.core.database import db
from portal.core.files import MediaType, StoredFile
from portal.core.text import slugify
from portal.demo.registry_demo import seed_registry
from portal.registry.services.slugs import SlugBook, unused_slug
from portal.registry.states import (
    AssociationKind,
    AssociationState,
    RemovalCause,
    RuntsSection,
)
from portal.territory.models import District, Municipality
from tests.client import parse, texts
from tests.factories.registry import make_association
from tests.factories.volunteering import make_project, make_shift
from tests.integration.test_registry_pages import results
from tests.integration.test_registry_ties import make_busy
from tests.sql_counter import counted_sql

CORREGGIO = "035020"


def make_told(**fields):
    return make_association(
        **{
            "name": "Coro dei prati",
            "state": AssociationState.ENROLLED,
            "kind": AssociationKind.ODV,
            "description": "Cantiamo.",
            "purposes": "Diffondere il canto.",
            "audience": "chi ha più di 14 anni",
            "meeting_times": "Giovedì: 21–23, Casa inventata\nChiuso in agosto",
            "section": RuntsSection.ODV,
            "runts_number": 12345,
            "runts_enrolled_on": date(2022, 11, 7),
            "legal_representative": "Fatima Segretissima",
            "certified_email": "segreta@pec.example.org",
            "officers": [{"name": "Ugo Riservato", "role": "tesoriere"}],
            "email": "coro@example.org",
            "website": "https://coro.example.org/",
            "address": "via dei Prati 1",
            "profile_updated_on": local_today(),
            **fields,
        }
    )


def page_of(client, association):
    response = client.get(f"/registro/{association.slug}")
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_a_profile_tells_all_that_is_public(client):
    html = page_of(client, make_told())
    page = texts(parse(html))
    for words in (
        "Diffondere il canto.", "chi ha più di 14 anni", "Quando e dove ci trovi", "Giovedì",
        "21–23, Casa inventata", "Chiuso in agosto", "Organizzazioni di volontariato (ODV)",
        "n. 12345", "iscritta dal 7 novembre 2022", "Fatima S.",
    ):  # fmt: skip
        assert words in page, words


def test_a_profile_tells_nothing_that_is_not(client):
    html = page_of(client, make_told())
    for secret in ("Segretissima", "segreta@pec", "Riservato", "tesoriere"):
        assert secret not in html


def test_a_profile_without_anything_asks_no_empty_question(client):
    page = texts(parse(page_of(client, make_association(name="Libera"))))
    for words in ("Cosa facciamo qui", "Quando e dove", "Come raggiungerci", "Per chi", "RUNTS"):
        assert words not in page


def test_a_profile_says_what_the_association_does_here(client):
    html = page_of(client, make_busy())
    page = texts(parse(html))
    for words in (
        "Cosa facciamo qui", "2 turni cercano mani", "Orto di Insieme",
        "1 proposta pubblicata", "Panchine di Insieme", "(Parco di Insieme)", "Gestiamo un luogo",
        "Casa di Insieme",
    ):  # fmt: skip
        assert words in page, words
    assert re.search(r'href="/volontariato/turni/\d+"', html)
    assert re.search(r'href="/laboratori/parco-di-insieme/proposte/\d+"', html)
    assert 'href="/luoghi/casa-di-insieme"' in html


def test_a_list_says_in_two_words_what_an_association_does(client):
    make_busy()
    make_association(name="Altra")
    rows = {
        texts(next(e.iter("h3"))): texts(e) for e in results(client).iter("li") if e.get("data-id")
    }
    for words in ("Cerca 4 persone", "1 proposta", "Gestisce un luogo"):
        assert words in rows["Insieme"]
        assert words not in rows["Altra"]


def test_many_shifts_are_three_links_and_a_number(client):
    association = make_association(name="Uno")
    project = make_project(partner_association_id=association.id)
    for number in range(5):
        make_shift(project=project, in_hours=24 + number)
    html = page_of(client, association)
    assert html.count('href="/volontariato/turni/') == 3
    assert "e altri 2" in texts(parse(html))


def test_a_page_nobody_confirmed_for_long_says_so_in_list_and_profile(client):
    stale = make_told(name="Vecchia", profile_updated_on=date(2024, 9, 12))
    make_told(name="Fresca")
    make_association(name="Mai scritta")
    assert "non conferma questa pagina da settembre 2024" in texts(parse(page_of(client, stale)))
    marked = [
        texts(next(e.iter("h3")))
        for e in results(client).iter("li")
        if e.get("data-id") and "Forse non aggiornata" in texts(e)
    ]
    assert marked == ["Vecchia"]


def test_a_profile_describes_itself_to_programs(client):
    made = make_told(acronym="CDP", logo_id=store_picture().id)
    root = parse(page_of(client, made))
    (item,) = [e for e in root.iter() if e.get("itemtype") == "https://schema.org/NGO"]
    properties = properties_of(item)
    assert properties["name"] == "Coro dei prati"
    assert properties["taxID"] == made.tax_code
    assert properties["alternateName"] == "CDP"
    assert properties["url"] == "https://coro.example.org/"
    assert properties["email"] == "mailto:coro@example.org"
    assert properties["logo"].startswith(f"/registro/{made.slug}/logo")
    assert properties["mainEntityOfPage"] == item.get("itemid")
    assert item.get("itemid").endswith(f"/registro/{made.slug}")
    kinds = {e.get("itemprop"): e.get("itemtype") for e in item.iter() if e.get("itemtype")}
    assert kinds["address"] == "https://schema.org/PostalAddress"
    assert kinds["memberOf"] == "https://schema.org/Organization"
    assert properties["streetAddress"] == "via dei Prati 1"
    assert properties["addressLocality"] == "Reggio nell'Emilia"


def properties_of(item):
    found: dict[str, str] = {}
    for e in item.iter():
        value = e.get("content") or e.get("href") or e.get("src") or texts(e)
        # The first of a name is the association's own, what follows belongs to parts of it.
        found.setdefault(e.get("itemprop", ""), value)
    return found


def store_picture(media_type: MediaType = MediaType.PNG) -> StoredFile:
    buffer = BytesIO()
    Image.new("RGB", (12, 8), "#0059B3").save(buffer, "PNG")
    content = buffer.getvalue()
    stored = StoredFile(
        name="logo.png",
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )
    db.session.add(stored)
    db.session.commit()
    return stored


def test_a_logo_is_a_picture_that_browsers_keep(client):
    stored = store_picture()
    made = make_told(logo_id=stored.id)
    assert f'src="/registro/{made.slug}/logo?v={stored.id}"' in page_of(client, made)
    response = client.get(f"/registro/{made.slug}/logo")
    assert response.mimetype == "image/png"
    assert response.data == stored.content
    assert "max-age=86400" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get(
        f"/registro/{made.slug}/logo", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304


def test_a_logo_is_nowhere_where_there_is_none_to_see(client):
    plain = make_association(name="Senza")
    gone = make_told(
        name="Sciolta",
        state=AssociationState.REMOVED,
        removed_on=date(2026, 6, 1),
        removal_cause=RemovalCause.OTHER,
        logo_id=store_picture().id,
    )
    document = make_told(name="Con documento", logo_id=store_picture(MediaType.PDF).id)
    for association in (plain, gone, document):
        assert client.get(f"/registro/{association.slug}/logo").status_code == 404
    assert client.get("/registro/nessuna/logo").status_code == 404


def merge(association, into) -> None:
    association.state = AssociationState.REMOVED
    association.removed_on = date(2026, 6, 1)
    association.removal_cause = RemovalCause.DUPLICATE
    association.merged_into_id = into.id if into is not None else None
    db.session.commit()


def test_a_merged_association_leads_to_the_end_of_the_chain(client):
    first, second, last = (make_association(name=n) for n in ("Prima", "Seconda", "Ultima"))
    merge(first, second)
    merge(second, last)
    for association in (first, second):
        response = client.get(f"/registro/{association.slug}")
        assert response.status_code == 301
        assert response.headers["Location"] == f"/registro/{last.slug}"


def test_a_merger_with_a_removed_association_leads_nowhere(client):
    first, second = make_association(name="Prima"), make_association(name="Seconda")
    merge(first, second)
    merge(second, None)
    for association in (first, second):
        assert client.get(f"/registro/{association.slug}").status_code == 404


def test_a_circle_of_mergers_is_not_found(client):
    first, second = make_association(name="Prima"), make_association(name="Seconda")
    merge(first, second)
    merge(second, first)
    assert client.get(f"/registro/{first.slug}").status_code == 404


def test_no_profile_takes_an_address_of_the_registry_itself(app, database):
    taken = {
        rule.rule.removeprefix("/registro/").split("/")[0]
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/registro/") and "<slug>" not in rule.rule
    }
    words = {word for word in taken if word and word == slugify(word)}
    assert {"mappa", "richiesta"} <= words
    for word in words:
        assert unused_slug(word) != word
        assert SlugBook().take(word) != word


def map_of(client, **query):
    response = client.get("/registro/mappa", query_string=query)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def numbers_of(html: str) -> dict[str, str]:
    page = parse(html)
    rows = [e for ul in page.iter("ul") if "tally" in (ul.get("class") or "") for e in ul]
    return {texts(row[0]): texts(row[1]) for row in rows}


def test_the_map_draws_every_municipality_and_lists_those_with_some(client):
    for number in range(3):
        make_association(name=f"Uno {number}")
    make_association(name="Due", municipality_code=CORREGGIO)
    make_association(name="Senza sede", municipality_code=None)
    make_association(name="Sciolta", state=AssociationState.REMOVED)
    html = map_of(client)
    assert html.count("<path") == 42
    assert "<title>Correggio: 1 associazione</title>" in html
    assert "<title>Reggio nell&#39;Emilia: 3 associazioni</title>" in html
    assert "<title>Toano: 0 associazioni</title>" in html
    assert f'href="/registro/?comune={CORREGGIO}"' in html
    assert numbers_of(html) == {"Reggio nell'Emilia": "3", "Correggio": "1"}
    assert "4 associazioni in 2 comuni su 42." in texts(parse(html))


@pytest.mark.parametrize(
    "query",
    [{"area": "sport"}, {"tipo": "asd"}, {"sezione": "odv"}, {"q": "canoa"}, {"ambito": "b"}],
)
def test_the_map_has_the_filters_of_the_list(client, query):
    district = db.session.query(District).filter_by(code="b").one()
    make_association(
        name="Canoa", areas=("sport",), kind=AssociationKind.ASD, section=RuntsSection.ODV,
        district_id=district.id,
    )  # fmt: skip
    make_association(name="Altro", municipality_code=CORREGGIO)
    html = map_of(client, comune=CORREGGIO, **query)
    assert numbers_of(html) == {"Reggio nell'Emilia": "1"}
    (name, value), *_ = query.items()
    page = parse(html)
    links = {a.get("href") for a in page.iter("a")}
    assert f"/registro/?{name}={value}" in links
    first = next(a for a in page.iter("a") if texts(a) == "Reggio nell'Emilia")
    shown = client.get(first.get("href")).get_data(as_text=True)
    assert 'data-total="1"' in shown


@pytest.mark.parametrize(
    "query", [{}, {"q": "???"}, {"q": "niente"}, {"area": "boh", "comune": "x", "ordina": "y"}]
)
def test_a_map_of_nothing_is_a_page(client, query):
    html = map_of(client, **query)
    assert "Con questi filtri non c’è niente" in texts(parse(html))
    assert "<text" not in html


def test_a_map_of_the_whole_province_is_light_and_asks_little(client):
    seed_registry()
    db.session.commit()
    client.get("/registro/mappa")
    with counted_sql() as statements:
        html = map_of(client)
    assert len(statements) <= 6
    assert len(brotli.compress(html.encode(), quality=5)) <= 15_000


def test_a_map_where_nobody_knows_the_boundaries_is_the_list(client):
    outlines = {m.istat_code: m.outline for m in db.session.query(Municipality)}
    make_association(name="Uno")
    try:
        db.session.query(Municipality).update({"outline": None})
        db.session.commit()
        html = map_of(client)
    finally:
        for municipality in db.session.query(Municipality):
            municipality.outline = outlines[municipality.istat_code]
        db.session.commit()
    assert "<path" not in html
    assert numbers_of(html) == {"Reggio nell'Emilia": "1"}
