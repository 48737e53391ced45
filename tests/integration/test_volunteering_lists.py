"""What other pages ask of R+: the next shifts, counts, search, one's own; and its mails."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.volunteering.queries import (
    ShiftFilters,
    count_shifts,
    list_next_shifts,
    list_shifts,
    search_shifts,
)
from portal.volunteering.services import leave_place, take_place
from portal.volunteering.states import ShiftState
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_project, make_shift, make_sign_up
from tests.sql_counter import counted_sql


def ids(rows):
    return [row.id for row in rows]


def test_next_shifts_are_those_that_can_be_taken_and_lack_people(database):
    full = make_shift(in_hours=3, capacity=1)
    make_sign_up(full)
    make_shift(in_hours=4, opens_at=utc_now() + timedelta(hours=1))
    make_shift(in_hours=5, closes_at=utc_now() - timedelta(hours=1))
    cancelled = make_shift(in_hours=6)
    cancelled.state, cancelled.cancelled_reason = ShiftState.CANCELLED, "Piove."
    db.session.commit()
    make_shift(in_hours=-1)
    later, soon = make_shift(in_hours=200), make_shift(in_hours=7)
    assert ids(list_next_shifts(3)) == [soon.id, later.id]
    assert ids(list_next_shifts(1)) == [soon.id]
    assert full.id in ids(list_next_shifts(9, needing_people=False))
    assert count_shifts().needing_people == 1
    assert count_shifts(days=30).needing_people == 2
    assert count_shifts().to_come == 5


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("pedibus", True),
        ("PEDIBUS piedi", True),
        ("bambino", True),
        ("scuole", True),
        ("perche", True),
        ("perché", True),
        ("fermata", True),
        ("zucchine", False),
        ("", False),
        ("& | !", False),
        ("il la di", False),
    ],
)
def test_search_finds_words_in_their_forms(database, text, finds):
    project = make_project(
        title="Pedibus: a scuola a piedi, perché no", place_name="Fermata di Ospizio"
    )
    project.summary = "Accompagni bambine e bambini."
    db.session.commit()
    later, soon = make_shift(project=project, in_hours=90), make_shift(project=project)
    make_shift()
    found = search_shifts(text, limit=5)
    assert ids(found) == ([soon.id] if finds else [])
    assert later.id not in ids(found)


def test_search_puts_the_title_before_the_rest(database):
    aside = make_project(title="Cura del parco", place_name="Orti vicino alla scuola")
    right = make_project(title="Orti insieme")
    make_shift(project=aside, in_hours=2)
    make_shift(project=right, in_hours=20)
    assert [row.title for row in search_shifts("orti", limit=5)] == ["Orti insieme", aside.title]
    assert len(search_shifts("orti", limit=1)) == 1


def test_filters_cost_no_query_more(database):
    project = make_project()
    for hours in range(3, 30):
        make_shift(project=project, in_hours=hours)
    with counted_sql() as statements:
        page = list_shifts(ShiftFilters(text="verde", project_id=project.id), page=2)
    assert len(statements) == 1
    assert (page.number, page.total, len(page.rows)) == (2, 27, 7)
    page = list_shifts(ShiftFilters(text="verde", project_id=project.id), page=99)
    assert (page.number, page.total, len(page.rows)) == (2, 27, 7)


def test_mails_say_when_where_and_lead_to_the_shift(database):
    with frozen(datetime(2026, 11, 30, 9, tzinfo=UTC)):
        project = make_project(title='+Siepi & "bulbi" <b>')
        project.what_to_bring = "Guanti."
        db.session.commit()
        shift = make_shift(project=project, in_hours=25, capacity=1, waiting_capacity=3)
        first, second = make_user(name="Ada Prova"), make_user(name="Ugo Prova")
        for user in (first, second):
            take_place(actor=actor_of(user), shift_id=shift.id)
        leave_place(actor=actor_of(first), shift_id=shift.id)
        db.session.commit()
    confirmed, waiting, offered = db.session.scalars(select(MailMessage).order_by(MailMessage.id))
    assert confirmed.subject == 'Hai un posto: +Siepi & "bulbi" <b>, mar 1 dic'
    assert confirmed.text_body.startswith(
        'Ciao Ada Prova,\n\nil tuo posto in «+Siepi & "bulbi" <b>» è confermato.'
        " Grazie: contiamo su di te.\n\n"
        "Quando: martedì 1 dicembre, ore 11:00, fino alle 13:00\n"
        "Dove: Casa di quartiere inventata, via delle Prove 1\n\n"
        "Ti accoglie Tea Tutora, che segue il progetto come tutor. Cosa portare: Guanti.\n\n"
    )
    assert f"/volontariato/turni/{shift.id}\n" in confirmed.text_body
    assert "&lt;b&gt;" in confirmed.html_body
    assert "<b>»" not in confirmed.html_body
    assert "sei al numero 1 della lista d’attesa" in waiting.text_body
    assert offered.recipient == second.email
    assert "e lo teniamo per te: sei in cima alla lista d’attesa" in offered.text_body
    # Half of the 25 hours that are left.
    assert "Rispondi sì o no entro lunedì 30 novembre, ore 22:30." in offered.text_body
    assert "/volontariato/offerta/" in offered.text_body
    assert "Ada" not in offered.text_body


def test_mail_speaks_the_reader_s_language(database):
    shift, user = make_shift(), make_user(locale="en")
    take_place(actor=actor_of(user), shift_id=shift.id)
    db.session.commit()
    mail = db.session.scalar(select(MailMessage))
    assert mail.subject.startswith("You have a place: ")
