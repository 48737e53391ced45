"""What lists give, and how many statements they take."""

from datetime import timedelta

import pytest

from portal.core.access import PORTAL
from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.laboratories import queries
from portal.laboratories.queries import ProposalOrder, ProposalVoice
from portal.laboratories.services import archive_laboratory, withdraw_proposal
from portal.laboratories.states import Phase
from portal.moderation.states import CaseAction
from tests.factories.laboratories import (
    decide,
    make_draft,
    make_laboratory,
    make_published,
    make_submitted,
)
from tests.factories.people import actor_of, make_user
from tests.sql_counter import counted_sql

pytestmark = pytest.mark.usefixtures("database")


def titles(rows) -> list[str]:
    return [row.title for row in rows]


def test_open_laboratories_come_first_and_archived_ones_last():
    closed = make_laboratory(title="Archiviato", phase=Phase.EVALUATION)
    archive_laboratory(actor=PORTAL, laboratory_id=closed.id)
    make_laboratory(title="In cammino", phase=Phase.SHARING)
    make_laboratory(title="Aperto a lungo", closes_in=30)
    make_laboratory(title="Aperto per poco", closes_in=2)
    db.session.commit()
    page = queries.list_laboratories()
    assert titles(page.rows) == ["Aperto per poco", "Aperto a lungo", "In cammino", "Archiviato"]
    assert titles(queries.list_open_laboratories(1)) == ["Aperto per poco"]
    assert queries.count_open_laboratories() == 2


def test_the_rule_of_the_database_is_that_of_the_code():
    for opens, closes in ((-3, -1), (-3, 0), (0, 0), (0, 3), (1, 3), (None, None)):
        make_laboratory(opens_in=opens, closes_in=closes)
    rows = queries.list_laboratories().rows
    open_by_code = {row.id for row in rows if row.proposing.is_open}
    assert open_by_code == {row.id for row in queries.list_open_laboratories(10)}
    assert len(open_by_code) == 4


def test_a_laboratory_is_found_by_district_and_one_of_the_city_by_all():
    make_laboratory(title="Solo H")
    make_laboratory(title="D ed E", districts=("d", "e"))
    make_laboratory(title="Tutta la città", districts=())
    assert titles(queries.list_laboratories(district_code="d").rows) == ["Tutta la città", "D ed E"]
    [row] = [r for r in queries.list_laboratories().rows if r.title == "D ed E"]
    assert row.districts == ("Ambito D", "Ambito E")


def test_words_are_found_as_people_write_them():
    laboratory = make_laboratory(title="La città che gioca")
    make_published(laboratory, make_user(), title="Attività sportive al campetto")
    make_published(laboratory, make_user(), title="Altro", text="Una panchina.")
    for words in ("citta", "CITTÀ gioc", "giocare"):
        assert titles(queries.search_laboratories(words, limit=5)) == ["La città che gioca"], words
    for words in ("attivita sport", "campetto", "sportiva"):
        found = queries.search_proposals(words, limit=5)
        assert titles(found) == ["Attività sportive al campetto"], words
    assert queries.search_proposals("'; DROP --", limit=5) == []
    assert queries.search_proposals("", limit=5) == []
    assert queries.search_laboratories("!!", limit=5) == []


def test_a_title_counts_more_than_a_text():
    laboratory = make_laboratory()
    make_published(laboratory, make_user(), title="Orti", text="Anche una fontana.")
    make_published(laboratory, make_user(), title="Una fontana", text="Per bere.")
    found = queries.search_proposals("fontana", limit=5)
    assert titles(found) == ["Una fontana", "Orti"]


def test_only_published_proposals_are_listed_and_found():
    author = make_user()
    laboratory = make_laboratory()
    make_draft(laboratory, author, title="Panchina bozza")
    make_submitted(laboratory, author, title="Panchina inviata")
    for action in (CaseAction.RETURN, CaseAction.REFUSE):
        decide(make_submitted(laboratory, author, title="Panchina decisa"), action)
    gone = make_published(laboratory, author, title="Panchina ritirata")
    withdraw_proposal(actor=actor_of(author), proposal_id=gone.id)
    make_published(laboratory, author, title="Panchina pubblica")
    db.session.commit()
    expected = ["Panchina pubblica"]
    listed = queries.list_published_proposals(laboratory_id=laboratory.id)
    assert (titles(listed.rows), listed.total) == (expected, 1)
    assert titles(queries.search_proposals("panchina", limit=9)) == expected
    assert titles(queries.list_recent_published(9)) == expected
    assert queries.get_laboratory(laboratory.slug).proposals == 1
    mine = queries.list_proposals_of(author.id)
    assert len(mine) == 6
    assert queries.list_proposals_of(author.id, laboratory_id=laboratory.id + 1) == []


def test_proposals_stand_in_the_order_asked_for():
    laboratory = make_laboratory()
    for days, title in ((3, "Beta"), (2, "àlfa"), (1, "Gamma")):
        with frozen(utc_now() - timedelta(days=days)):
            make_published(laboratory, make_user(), title=title)

    def listed(order):
        return titles(
            queries.list_published_proposals(laboratory_id=laboratory.id, order=order).rows
        )

    assert listed(ProposalOrder.NEWEST) == ["Gamma", "àlfa", "Beta"]
    assert listed(ProposalOrder.OLDEST) == ["Beta", "àlfa", "Gamma"]
    assert listed(ProposalOrder.TITLE) == ["àlfa", "Beta", "Gamma"]


def test_proposals_of_people_and_of_associations_are_told_apart():
    laboratory = make_laboratory()
    make_published(laboratory, make_user(name="Anna Prova"))
    both = queries.list_published_proposals(laboratory_id=laboratory.id)
    assert both.rows[0].author == "Anna P."
    for voice, total in ((ProposalVoice.PEOPLE, 1), (ProposalVoice.ASSOCIATIONS, 0)):
        page = queries.list_published_proposals(laboratory_id=laboratory.id, voice=voice)
        assert page.total == total


def test_a_long_text_is_cut_at_a_word():
    make_published(make_laboratory(), make_user(), text="parola " * 100)
    [row] = queries.list_recent_published(1)
    assert len(row.excerpt) <= 183
    assert row.excerpt.endswith("parola …")


def test_lists_take_as_many_statements_for_three_as_for_thirty():
    author = make_user()
    laboratory = make_laboratory()

    def statements() -> list[int]:
        counts = []
        for ask in (
            lambda: queries.list_laboratories(text="prova", district_code="h"),
            lambda: queries.list_open_laboratories(5),
            queries.count_open_laboratories,
            lambda: queries.list_published_proposals(laboratory_id=laboratory.id, text="panchina"),
            lambda: queries.list_recent_published(20),
            lambda: queries.search_proposals("panchina", limit=20),
            lambda: queries.search_laboratories("prova", limit=20),
            lambda: queries.list_proposals_of(author.id),
        ):
            with counted_sql() as sent:
                ask()
            counts.append(len(sent))
        return counts

    for _ in range(3):
        make_published(laboratory, author)
    few = statements()
    for _ in range(27):
        make_published(laboratory, author)
        make_laboratory(districts=("d", "h"))
    assert statements() == few == [2, 1, 1, 2, 1, 1, 1, 1]
