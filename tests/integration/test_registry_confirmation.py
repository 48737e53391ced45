"""Is everything still right? On the desk, by the link of a reminder, and coming back."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.registry.jobs.freshness import remind_confirmations
from portal.registry.models import Association, RemovalNotice
from portal.registry.queries import confirmation_token
from portal.registry.states import AssociationState, NoticeState, RemovalCause
from tests.factories.people import make_user
from tests.factories.profiles import make_notice
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative
from tests.sql_counter import counted_sql

DESK = "/associazione/circolo-inventato/"
CONFIRMED = date(2026, 1, 10)


@pytest.fixture
def association(database):
    return make_association(
        name="Circolo inventato",
        slug="circolo-inventato",
        state=AssociationState.ENROLLED,
        description="Cantiamo.",
        email="coro@example.org",
        areas=("cultura",),
        certified_email="segreta@pec.example.org",
        profile_updated_on=CONFIRMED,
    )


@pytest.fixture
def person(association):
    made = make_user(name="Ivo Prova")
    make_representative(made, association)
    return made


@contextmanager
def on(day):
    with frozen(datetime(day.year, day.month, day.day, 9, tzinfo=UTC)):
        yield


def stored(association):
    db.session.rollback()
    return db.session.get(Association, association.id, populate_existing=True)


def actions_of(association):
    return [e.action for e in list_history(subject_kind="association", subject_id=association.id)]


def mails():
    return list(db.session.scalars(db.select(MailMessage).order_by(MailMessage.id)))


def remind(day):
    with on(day):
        remind_confirmations(timestamp=0)
    return mails()


def test_the_desk_asks_when_a_year_is_over_and_one_tap_answers(client, association, person):
    client.sign_in(person)
    with on(date(2027, 1, 9)):
        assert 'data-reason="confirm"' not in client.get(DESK).text
    with on(date(2027, 1, 12)):
        page = client.get(DESK).text
        assert 'data-reason="confirm"' in page
        assert "Una cosa aspetta" in page
        assert "Entro mercoledì 10 febbraio" in page
        assert client.submit(f"{DESK}conferma").status_code == 303
        assert 'data-reason="confirm"' not in client.get(DESK).text
        assert stored(association).profile_updated_on == date(2027, 1, 12)
        client.submit(f"{DESK}conferma")
    assert actions_of(association) == ["confirm"]
    (step,) = list_history(subject_kind="association", subject_id=association.id)
    assert (step.actor_name, step.on_behalf_of) == ("Ivo Prova", "Circolo inventato")
    with on(date(2028, 3, 1)):
        assert "Tutti leggono che forse non è aggiornato" in client.get(DESK).text


def test_reminders_come_three_times_once_each(association, person):
    other = make_user(name="Bea Prova", locale="en")
    make_representative(other, association)
    assert remind(date(2027, 1, 9)) == []
    assert [m.recipient for m in remind(date(2027, 1, 10))] == [person.email, other.email]
    assert len(remind(date(2027, 1, 11))) == 2
    assert len(remind(date(2027, 1, 25))) == 4
    assert len(remind(date(2027, 2, 10))) == 6
    assert len(remind(date(2027, 2, 11))) == 6
    assert len(remind(date(2027, 8, 1))) == 6
    first, in_english, second, _, stale, _ = mails()
    assert first.subject == "Circolo inventato: è ancora tutto giusto?"
    assert "L’ultima volta era il 10 gennaio 2026." in first.text_body
    assert "/associazione/circolo-inventato/conferma/" in first.text_body
    assert "Correggilo dalla scrivania" in first.text_body
    assert in_english.subject == "Circolo inventato: is everything still right?"
    assert second.subject == "Circolo inventato: due settimane per confermare la pagina"
    assert "Dal 10 febbraio 2027 tutti leggeranno" in second.text_body
    assert stale.subject == "Circolo inventato: la pagina forse non è aggiornata"
    assert "prima ti scriverebbe" in stale.text_body
    assert all("segreta@" not in mail.text_body for mail in mails())


def test_who_confirms_begins_a_new_year_of_reminders(association, person):
    remind(date(2027, 1, 10))
    stored(association).profile_updated_on = date(2027, 1, 20)
    db.session.commit()
    assert len(remind(date(2027, 2, 20))) == 1
    assert len(remind(date(2028, 1, 20))) == 2


def test_only_who_represents_an_enrolled_association_is_reminded(database):
    old = {"profile_updated_on": CONFIRMED}
    make_association(name="Senza nessuno", state=AssociationState.ENROLLED, **old)
    person = make_user()
    for state in (AssociationState.LISTED, AssociationState.REMOVED):
        make_representative(person, make_association(name=state, state=state, **old))
    left = make_association(name="Lasciata", state=AssociationState.ENROLLED, **old)
    make_representative(person, left, until_on=date(2026, 5, 1))
    untouched = make_association(name="Mai guardata", state=AssociationState.ENROLLED)
    make_representative(person, untouched)
    assert remind(date(2027, 5, 3)) == []
    (mail,) = remind(date(2027, 5, 4))
    assert mail.subject.startswith("Mai guardata")


def test_reminding_needs_the_same_queries_however_many_are_up_to_date(association, person):
    remind(date(2027, 1, 10))
    with counted_sql() as few:
        remind(date(2027, 1, 10))
    for number in range(5):
        made = make_association(
            name=f"Altra {number}",
            state=AssociationState.ENROLLED,
            profile_updated_on=CONFIRMED,
        )
        make_representative(person, made)
    remind(date(2027, 1, 10))
    with counted_sql() as many:
        remind(date(2027, 1, 10))
    assert len(few) == len(many)


def link_in(mail):
    (address,) = [w for w in mail.text_body.split() if "/conferma/" in w]
    return "/" + address.split("/", 3)[3]


def test_the_link_confirms_without_signing_in_once(client, association, person):
    (mail,) = remind(date(2027, 1, 10))
    link = link_in(mail)
    with on(date(2027, 1, 12)):
        page = client.get(link).text
        assert "Cantiamo." in page
        assert "segreta@pec.example.org" not in page
        assert 'name="robots" content="noindex"' in page
        assert stored(association).profile_updated_on == CONFIRMED
        answer = client.submit(link)
        assert answer.status_code == 303
        assert "Fatto: la pagina è aggiornata" in client.get(answer.location).text
        kept = stored(association)
        assert kept.profile_updated_on == date(2027, 1, 12)
    (step,) = list_history(subject_kind="association", subject_id=association.id)
    assert (step.action, step.actor_name) == ("confirm", "Ivo Prova")
    with on(date(2027, 1, 13)):
        assert client.submit(link).status_code == 409
    assert stored(association).profile_updated_on == date(2027, 1, 12)


def test_a_link_needs_the_token_of_the_form(client, association, person):
    (mail,) = remind(date(2027, 1, 10))
    with on(date(2027, 1, 12)):
        assert client.post(link_in(mail)).status_code in {400, 422}
    assert stored(association).profile_updated_on == CONFIRMED


def dead_links(association, person):
    token = confirmation_token(association, person.id)
    stranger = confirmation_token(association, make_user().id)
    return [f"{DESK}conferma/{t}" for t in ("nessuno", token[:-2] + "xx", stranger)]


def test_a_link_that_is_not_ours_says_so_and_confirms_nothing(client, association, person):
    for link in dead_links(association, person):
        page = client.get(link)
        assert page.status_code == 404
        assert "Questo link non vale più" in page.text
        assert client.submit(link).status_code == 409
    make_association(name="Altra", slug="altra")
    link = f"/associazione/altra/conferma/{confirmation_token(association, person.id)}"
    assert client.get(link).status_code == 404
    assert stored(association).profile_updated_on == CONFIRMED


def test_a_link_ends_with_its_days_the_role_and_the_association(client, association, person):
    (mail,) = remind(date(2027, 1, 10))
    link = link_in(mail)
    with on(date(2027, 1, 10) + timedelta(days=91)):
        assert client.get(link).status_code == 404
    with on(date(2027, 1, 12)):
        assert client.get(link).status_code == 200
        row = stored(association)
        row.state, row.removed_on = AssociationState.REMOVED, date(2027, 1, 11)
        row.removal_cause = RemovalCause.OTHER
        db.session.commit()
        assert client.get(link).status_code == 404


def test_confirming_ends_a_notice_for_silence_and_only_that(client, association, person):
    notice = make_notice(association)
    client.sign_in(person)
    page = client.get(DESK).text
    assert 'data-reason="removal_notice"' in page
    assert "Da tredici mesi nessuno risponde." in page
    assert "Tutto giusto: restiamo" in page
    client.submit(f"{DESK}conferma")
    db.session.rollback()
    kept = db.session.get(RemovalNotice, notice.id, populate_existing=True)
    assert kept.state is NoticeState.WITHDRAWN
    assert actions_of(association) == ["end_notice", "confirm"]
    other = make_notice(stored(association), cause=RemovalCause.REQUIREMENTS)
    page = client.get(DESK).text
    assert "Tutto giusto: restiamo" not in page
    client.submit(f"{DESK}conferma")
    db.session.rollback()
    kept = db.session.get(RemovalNotice, other.id, populate_existing=True)
    assert kept.state is NoticeState.PENDING


def remove(association, cause):
    row = stored(association)
    row.state, row.removed_on, row.removal_cause = (
        AssociationState.REMOVED, date(2027, 3, 1), cause,
    )  # fmt: skip
    db.session.commit()


def test_an_association_removed_for_silence_comes_back_with_one_tap(client, association, person):
    remove(association, RemovalCause.STALE)
    client.sign_in(person)
    page = client.get(DESK).text
    assert "da molto tempo nessuno conferma" in page
    assert client.submit(f"{DESK}conferma").status_code == 409
    assert client.submit(f"{DESK}torna").status_code == 303
    kept = stored(association)
    assert (kept.state, kept.removed_on) == (AssociationState.ENROLLED, None)
    assert kept.profile_updated_on is not None
    assert actions_of(association) == ["restore"]
    assert client.get("/registro/circolo-inventato").status_code == 200
    assert client.submit(f"{DESK}torna").status_code == 409


@pytest.mark.parametrize("cause", [c for c in RemovalCause if c is not RemovalCause.STALE])
def test_an_association_removed_for_another_cause_asks_anew(client, association, person, cause):
    remove(association, cause)
    client.sign_in(person)
    page = client.get(DESK).text
    assert 'data-reason="removed"' in page
    assert "Torna nel registro" not in page
    assert "/registro/richiesta" in page
    assert client.submit(f"{DESK}torna").status_code == 409
    assert stored(association).state is AssociationState.REMOVED
