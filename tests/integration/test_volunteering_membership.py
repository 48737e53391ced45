"""In the register: number and insurance, what one changes, papers, leaving, what time does."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, RuleBrokenError
from portal.core.mail import MailMessage
from portal.core.sign_ups import SignUpState
from portal.permissions import Role
from portal.volunteering.jobs import give_back_place, recheck_volunteers
from portal.volunteering.models import (
    Enrolment,
    GuardianAuthorisation,
    InsurancePeriod,
    RegisterEntry,
    SignUp,
)
from portal.volunteering.services import (
    Guardian,
    leave_enrolment,
    note_fitness,
    note_permit,
    record_paper_authorisation,
    take_place,
)
from portal.volunteering.states import Citizenship, EnrolmentState, RegisterKind
from tests.factories.office import decide_enrolment, hand_in_enrolment, make_policy
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_project, make_shift, make_sign_up

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
PAGE = "/volontariato/iscrizione"
YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


@pytest.fixture(autouse=True)
def _one_moment(database):
    with frozen(NOW):
        make_project(
            requires_enrolment=True, youngest_age=15, oldest_age=80, fitness_from_age=75,
            requires_permit=True, requires_guardian=True,
        )  # fmt: skip
        yield


@pytest.fixture
def clerk(database):
    return make_user(name="Carla Prova", roles=(Role.STAFF,))


@pytest.fixture
def ada(clerk):
    """Somebody in the register since today."""
    person = make_user(name="Ada Prova")
    make_policy(clerk, **YEAR)
    decide_enrolment(hand_in_enrolment(person), clerk)
    return person


def mails_to(person):
    db.session.expire_all()
    rows = db.session.scalars(
        select(MailMessage).where(MailMessage.recipient == person.email).order_by(MailMessage.id)
    )
    return list(rows)


def enrolment_of(person):
    db.session.expire_all()
    return db.session.scalars(select(Enrolment).where(Enrolment.user_id == person.id)).one()


def member(clerk, **facts):
    person = make_user()
    decide_enrolment(hand_in_enrolment(person, **facts), clerk)
    return person


def recheck(on):
    """Run the daily job of a day, as after a restart twice; return the events it mailed."""
    before = set(db.session.scalars(select(MailMessage.event_key)))
    with frozen(datetime(on.year, on.month, on.day, 6, 30, tzinfo=UTC)):
        recheck_volunteers(0)
        recheck_volunteers(0)
    after = set(db.session.scalars(select(MailMessage.event_key)))
    return sorted(key.split(":", 2)[2] for key in after - before)


def test_who_is_accepted_has_a_number_and_is_insured(client, ada):
    line = db.session.scalars(select(RegisterEntry)).one()
    assert (line.number, line.starts_on, line.full_name) == (1, TODAY, "Ada Prova")
    period = db.session.scalars(select(InsurancePeriod)).one()
    assert (period.starts_on, period.ends_on) == (TODAY, date(2026, 12, 31))
    client.sign_in(ada)
    page = client.get(PAGE).text
    assert "31 dicembre 2026" in page
    mail = mails_to(ada)[-1]
    assert "Il tuo numero nel registro è 1, dal 30 novembre 2026." in mail.text_body
    assert "Da adesso puoi partecipare a tutti i turni." in mail.text_body


def test_mail_says_when_something_is_still_missing(clerk):
    person = member(clerk, citizenship=Citizenship.OTHER)
    assert "la pagina della tua iscrizione dice che cosa manca" in mails_to(person)[-1].text_body


def test_who_is_in_the_register_changes_contacts_and_times_at_will(client, ada):
    client.sign_in(ada)
    assert client.submit(f"{PAGE}/recapiti", {"phone": "boh"}).status_code == 422
    assert client.submit(f"{PAGE}/recapiti", {"phone": "12"}).status_code == 422
    assert client.submit(f"{PAGE}/recapiti", {"phone": "0522 999999"}).status_code == 303
    times = {
        "availability": ["sun-sera"], "can_start_on": "30/11/2026", "time_preference": "events",
    }  # fmt: skip
    assert client.get(f"{PAGE}/quando").status_code == 200
    assert client.submit(f"{PAGE}/quando", times).headers["Location"] == PAGE
    fresh = enrolment_of(ada)
    assert (fresh.phone, fresh.wants_calls, fresh.availability) == (
        "0522 999999", False, ["sun-sera"],
    )  # fmt: skip
    # Who one is stands in the register: the office changes it.
    assert client.get(f"{PAGE}/chi-sei").headers["Location"] == PAGE


def test_leaving_takes_one_tap_and_gives_back_each_place(client, ada, clerk):
    shift = make_shift(capacity=1, waiting_capacity=1)
    over = make_shift(in_hours=-3)
    make_sign_up(over, ada)
    take_place(actor=actor_of(ada), shift_id=shift.id)
    next_in_line = make_sign_up(shift, state=SignUpState.WAITING)
    client.sign_in(ada)
    assert "Il posto che hai" in client.get(f"{PAGE}/lascio").text
    for _ in range(2):
        assert client.submit(f"{PAGE}/lascio").headers["Location"] == PAGE
    for _ in range(2):
        give_back_place(user_id=ada.id, shift_id=shift.id)
    fresh = enrolment_of(ada)
    assert (fresh.state, fresh.left_on) == (EnrolmentState.LEFT, TODAY)
    last = db.session.scalars(select(RegisterEntry).order_by(RegisterEntry.id.desc())).first()
    assert (last.number, last.kind, last.ends_on) == (1, RegisterKind.EXIT, TODAY)
    assert db.session.scalars(select(InsurancePeriod.ends_on)).one() == TODAY
    assert db.session.get(SignUp, next_in_line.id).state is SignUpState.OFFERED
    subjects = [mail.subject for mail in mails_to(ada)]
    assert len([s for s in subjects if "registro" in s]) >= 2
    assert len(db.session.scalars(select(RegisterEntry)).all()) == 2
    assert "Hai lasciato il registro il 30 novembre 2026" in client.get(PAGE).text


def test_who_left_comes_back_with_a_new_number_and_a_new_talk(client, ada, clerk):
    enrolment_of(ada).interviewed_on = TODAY
    leave_enrolment(actor=actor_of(ada))
    db.session.commit()
    client.sign_in(ada)
    assert client.submit(f"{PAGE}/ricomincia").status_code == 303
    assert enrolment_of(ada).interviewed_on is None
    assert client.submit(f"{PAGE}/riepilogo", {"has_seen": "y"}).status_code == 303
    with frozen(NOW + timedelta(days=1)):
        decide_enrolment(enrolment_of(ada), clerk)
    numbers = db.session.scalars(select(RegisterEntry.number).order_by(RegisterEntry.id)).all()
    assert numbers == [1, 1, 2]


def test_who_is_not_in_the_register_leaves_nothing(client):
    person = make_user()
    client.sign_in(person)
    assert client.get(f"{PAGE}/lascio").headers["Location"] == PAGE
    assert client.submit(f"{PAGE}/lascio").status_code == 404
    hand_in_enrolment(person)
    assert client.submit(f"{PAGE}/lascio").status_code == 409


@pytest.mark.parametrize("note", [note_permit, note_fitness])
def test_paper_is_noted_with_its_end_and_never_by_its_person(ada, clerk, note):
    enrolment = enrolment_of(ada)
    facts = {"enrolment_id": enrolment.id, "until": TODAY + timedelta(days=90)}
    for until in (TODAY - timedelta(days=1), date(2099, 1, 1)):
        with pytest.raises(RuleBrokenError):
            note(actor=actor_of(clerk), enrolment_id=enrolment.id, until=until)
    with pytest.raises(ForbiddenStepError):
        note(actor=actor_of(ada), **facts)
    note(actor=actor_of(clerk), **facts)
    db.session.commit()
    fresh = enrolment_of(ada)
    assert facts["until"] in (fresh.permit_until, fresh.fitness_until)
    assert clerk.id in (fresh.permit_seen_by_id, fresh.fitness_seen_by_id)


def test_office_notes_papers_on_their_page(client, clerk):
    person = member(clerk, citizenship=Citizenship.OTHER)
    enrolment = enrolment_of(person)
    path = f"/gestione/volontariato/iscrizioni/{enrolment.id}"
    client.sign_in(clerk)
    assert "Permesso di soggiorno" in client.get(path).text
    wrong = client.submit(f"{path}/permesso", {"permit_until": "2020-01-01"})
    assert wrong.status_code == 422
    assert "È già scaduto" in wrong.text
    assert client.submit(f"{path}/permesso", {"permit_until": "2027-05-01"}).status_code == 303
    assert enrolment_of(person).permit_until == date(2027, 5, 1)
    assert client.get("/gestione/volontariato/iscrizioni/999999").status_code == 404


def test_end_of_a_paper_is_told_thirty_days_ahead_once(clerk):
    person = member(clerk, citizenship=Citizenship.OTHER)
    note_permit(actor=actor_of(clerk), enrolment_id=enrolment_of(person).id, until=date(2027, 2, 1))
    db.session.commit()
    assert recheck(date(2027, 1, 1)) == []
    assert recheck(date(2027, 1, 2)) == ["permit_ends:2027-02-01"]
    assert recheck(date(2027, 1, 3)) == []
    assert "fino al 1 febbraio 2027" in mails_to(person)[-1].text_body


@pytest.mark.parametrize(
    ("born_on", "told_on", "event"),
    [
        (date(1952, 1, 31), date(2027, 1, 1), "fitness"),
        (date(1946, 1, 31), date(2027, 1, 1), "oldest"),
        # Born on a leap day: 1 March, in years without one.
        (date(1952, 2, 29), date(2027, 1, 30), "fitness"),
    ],
)
def test_birthdays_that_change_something_are_told_thirty_days_ahead(clerk, born_on, told_on, event):
    person = member(clerk, born_on=born_on)
    assert recheck(told_on - timedelta(days=1)) == []
    (told,) = recheck(told_on)
    assert event in told
    assert recheck(told_on + timedelta(days=1)) == []
    assert mails_to(person)[-1].event_key.endswith(told)


def test_who_has_shown_the_certificate_is_not_asked_for_it(clerk):
    person = member(clerk, born_on=date(1952, 1, 31))
    note_fitness(
        actor=actor_of(clerk), enrolment_id=enrolment_of(person).id, until=date(2027, 11, 1)
    )
    db.session.commit()
    assert recheck(date(2027, 1, 1)) == []


def test_who_comes_of_age_is_told_that_nobody_authorises_any_more(clerk):
    person = make_user(name="Ilaria Prova")
    mother = Guardian("Marta Prova", "marta@example.org")
    enrolment = hand_in_enrolment(person, born_on=date(2009, 1, 15), guardian=mother)
    record_paper_authorisation(
        actor=actor_of(clerk), enrolment_id=enrolment.id, guardian=Guardian("Marta Prova", None)
    )
    db.session.commit()
    decide_enrolment(enrolment, clerk)
    assert recheck(date(2027, 1, 14)) == []
    assert recheck(date(2027, 1, 15)) == ["of_age"]
    assert recheck(date(2027, 1, 16)) == []
    assert len(db.session.scalars(select(GuardianAuthorisation)).all()) == 2


def test_adults_who_never_needed_a_guardian_hear_nothing_at_eighteen(clerk):
    member(clerk, born_on=date(2008, 11, 30))
    assert recheck(TODAY) == []
