"""Hours count once a tutor has verified them; who stayed away twice is asked; what was seen."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.history import list_history
from portal.core.mail import MailMessage, absolute_url
from portal.permissions import Role
from portal.volunteering.models import HoursEntry, ProjectCheck
from portal.volunteering.queries import decide_for, get_shift_facts
from portal.volunteering.services import (
    Mark,
    ask_after_absences,
    correct_hours,
    mark_presence,
    verify_hours,
)
from portal.volunteering.states import HoursState, Presence, SignUpRefusal
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import (
    make_enrolment,
    make_project,
    make_shift,
    make_sign_up,
    make_tutor,
)
from tests.sql_counter import counted_sql

NOW = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)
HOURS = "/volontariato/tutor/ore"


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def project(database):
    return make_project(title="Compiti insieme")


@pytest.fixture
def tutor(project):
    return make_tutor(project, name="Giulia Prova")


@pytest.fixture
def person(database):
    return make_user(name="Ada Prova")


@pytest.fixture
def browser(client, tutor):
    client.sign_in(tutor)
    return client


def work(tutor, project, person, *, in_hours=-4, presence=Presence.PRESENT):
    """Let somebody have been (or not been) at a shift of two hours; return the entry, if any."""
    shift = make_shift(project=project, in_hours=in_hours)
    row = make_sign_up(shift, person)
    mark_presence(actor=actor_of(tutor), shift_id=shift.id, marks=[Mark(row.id, presence)])
    db.session.commit()
    return db.session.scalar(select(HoursEntry).where(HoursEntry.sign_up_id == row.id))


def state_of(entry):
    db.session.expire_all()
    return db.session.get(HoursEntry, entry.id).state


def mails_to(user, part=""):
    rows = db.session.scalars(
        select(MailMessage).where(MailMessage.recipient == user.email).order_by(MailMessage.id)
    )
    return [mail for mail in rows if part in mail.event_key]


def test_all_are_verified_at_once_with_one_mail_a_person(browser, tutor, project, person):
    other = make_user()
    entries = [
        work(tutor, project, who, in_hours=-4 * n) for who in (person, other) for n in (1, 2)
    ]
    answer = browser.submit(HOURS, {"all": "1"})
    assert answer.status_code == 303
    assert {state_of(entry) for entry in entries} == {HoursState.VERIFIED}
    (mail,) = mails_to(person, ":verified")
    assert mail.subject == "Le tue ore contano: 2 voci verificate"
    assert mail.text_body == (
        "Ciao Ada Prova,\n\n"
        "grazie: le ore che hai donato sono verificate e da ora contano.\n\n"
        "- Compiti insieme, 1 dicembre 2026: 2 ore\n"
        "- Compiti insieme, 1 dicembre 2026: 2 ore\n\n"
        "In tutto: 4 ore.\n\n"
        f"Guarda le tue ore:\n{absolute_url('volunteering.list_my_hours')}\n\n"
        "--\nCittà collaborativa, Reggio Emilia\n"
    )
    assert len(mails_to(other, ":verified")) == 1
    (step, _noted) = list_history(subject_kind="hours_entry", subject_id=entries[0].id)
    assert (step.action, step.from_state, step.to_state) == ("verify", "to_verify", "verified")


def test_many_are_verified_in_few_statements(tutor, project):
    def count(number):
        person = make_user()
        ids = [work(tutor, project, person, in_hours=-3 * n).id for n in range(1, number + 1)]
        with counted_sql() as statements:
            verify_hours(actor=actor_of(tutor), entry_ids=ids, project_ids=[project.id])
        return len(statements)

    assert count(1) == count(6)


def test_those_ticked_are_verified_and_no_others(browser, tutor, project, person):
    ticked, other = work(tutor, project, person), work(tutor, project, person, in_hours=-8)
    elsewhere = make_project()
    foreign = work(make_tutor(elsewhere), elsewhere, person)
    browser.submit(HOURS, {"entry": [str(ticked.id), str(foreign.id), "x", "9" * 30]})
    assert state_of(ticked) is HoursState.VERIFIED
    assert state_of(other) is state_of(foreign) is HoursState.TO_VERIFY
    answer = browser.submit(HOURS, {})
    assert answer.status_code == 422
    assert "Spunta che cosa vuoi verificare." in answer.get_data(as_text=True)
    again = browser.submit(HOURS, {"entry": str(ticked.id)})
    assert again.status_code == 303


def test_nobody_verifies_their_own(browser, tutor, project):
    own = work(tutor, project, tutor)
    html = browser.get(HOURS).get_data(as_text=True)
    assert "Sono ore tue" in html
    assert 'name="entry"' not in html
    browser.submit(HOURS, {"all": "1", "entry": str(own.id)})
    for path, data in (
        ("correggi", {"hours": "1:00", "reason": "Prova."}),
        ("rifiuta", {"rifiuto-reason": "Prova."}),
    ):
        answer = browser.submit(f"{HOURS}/{own.id}/{path}", data)
        assert answer.status_code == 409
        assert "Nessuno conferma le proprie ore" in answer.get_data(as_text=True)
    assert state_of(own) is HoursState.TO_VERIFY
    html = browser.get(f"{HOURS}/{own.id}").get_data(as_text=True)
    assert "Correggi e verifica" not in html
    browser.sign_in(make_tutor(project))
    browser.submit(HOURS, {"all": "1"})
    assert state_of(own) is HoursState.VERIFIED


@pytest.mark.parametrize(
    "time", [("2:30", 150), ("2,5", 150), ("3", 180), ("0:45", 45), ("24:00", 1440)]
)
def test_other_minutes_are_a_new_entry(browser, tutor, project, person, time):
    typed, minutes = time
    old = work(tutor, project, person)
    data = {"hours": typed, "reason": "Sei rimasta di più."}
    assert browser.submit(f"{HOURS}/{old.id}/correggi", data).status_code == 303
    db.session.expire_all()
    new = db.session.scalar(select(HoursEntry).where(HoursEntry.corrects_id == old.id))
    assert (new.minutes, new.state, new.verified_by_id) == (minutes, HoursState.VERIFIED, tutor.id)
    assert (old.state, old.reason) == (HoursState.CORRECTED, "Sei rimasta di più.")
    (mail,) = mails_to(person, ":corrected")
    assert "Il motivo: Sei rimasta di più." in mail.text_body
    assert browser.submit(f"{HOURS}/{old.id}/correggi", data).status_code == 409


@pytest.mark.parametrize("typed", ["", "0", "25", "2:75", "abc", "-1", "2:3", "٣"])
def test_what_is_no_time_is_refused_with_words(browser, tutor, project, person, typed):
    entry = work(tutor, project, person)
    answer = browser.submit(f"{HOURS}/{entry.id}/correggi", {"hours": typed, "reason": "Prova."})
    assert answer.status_code == 422
    assert "2:30" in answer.get_data(as_text=True)


def test_verified_hours_are_corrected_with_history(tutor, project, person):
    entry = work(tutor, project, person)
    verify_hours(actor=actor_of(tutor), entry_ids=[entry.id], project_ids=None)
    db.session.commit()
    new = correct_hours(
        actor=actor_of(tutor), entry_id=entry.id, minutes=90, reason="Un’ora in meno."
    )
    db.session.commit()
    assert state_of(entry) is HoursState.CORRECTED
    assert new.corrects_id == entry.id


def test_hours_are_refused_with_a_reason_that_is_mailed(browser, tutor, project, person):
    entry = work(tutor, project, person)
    address = f"{HOURS}/{entry.id}/rifiuta"
    assert browser.submit(address, {"rifiuto-reason": " "}).status_code == 422
    assert browser.submit(address, {"rifiuto-reason": "Non era questo turno."}).status_code == 303
    assert state_of(entry) is HoursState.REFUSED
    (mail,) = mails_to(person, ":refused")
    assert mail.subject == "Queste ore non contano: Compiti insieme"
    assert "Non era questo turno." in mail.text_body


def test_others_do_not_see_hours_the_office_sees_all(client, tutor, project, person):
    entry = work(tutor, project, person)
    client.sign_in(person)
    assert client.get(HOURS).status_code == 404
    assert client.get(f"{HOURS}/{entry.id}").status_code == 404
    client.sign_in(make_user(roles=(Role.STAFF,)))
    assert "Ada P." in client.get(HOURS).get_data(as_text=True)
    client.submit(HOURS, {"all": "1"})
    assert state_of(entry) is HoursState.VERIFIED


def test_who_stays_away_twice_is_asked_once_and_warmly(tutor, project, person):
    elsewhere = make_project()
    work(tutor, project, person, in_hours=-300, presence=Presence.PRESENT)
    work(make_tutor(elsewhere), elsewhere, person, in_hours=-200, presence=Presence.ABSENT)
    work(tutor, project, person, in_hours=-8, presence=Presence.ABSENT)
    assert ask_after_absences() == 1
    ask_after_absences()
    db.session.commit()
    (mail,) = mails_to(person, "are_you_well")
    assert mail.subject == "Va tutto bene?"
    assert "le ultime due volte abbiamo sentito la tua mancanza" in mail.text_body
    assert "assen" not in mail.text_body
    # A third time: they were asked already.
    with frozen(NOW + timedelta(days=1)):
        work(tutor, project, person, in_hours=-6, presence=Presence.ABSENT)
        assert ask_after_absences() == 0


def test_who_was_there_since_or_stayed_away_once_is_not_asked(tutor, project):
    once, back, fresh = make_user(), make_user(), make_user()
    work(tutor, project, once, in_hours=-8, presence=Presence.ABSENT)
    for hours, presence in ((-60, "absent"), (-40, "absent"), (-8, "present")):
        work(tutor, project, back, in_hours=hours, presence=Presence(presence))
    # The tutor may still mend a mark of a shift that has just ended.
    work(tutor, project, fresh, in_hours=-60, presence=Presence.ABSENT)
    work(tutor, project, fresh, in_hours=-3, presence=Presence.ABSENT)
    assert ask_after_absences() == 0


@pytest.mark.parametrize("kind", ["training", "record"])
def test_a_note_of_what_was_seen_lifts_the_refusal(browser, tutor, person, kind):
    rule = {"training": "requires_training", "record": "requires_record_check"}[kind]
    refusal = {"training": SignUpRefusal.NEEDS_TRAINING, "record": SignUpRefusal.NEEDS_RECORD_CHECK}
    project = make_project(requires_enrolment=True, **{rule: True})
    make_tutor(project, tutor)
    make_enrolment(person)
    shift = make_shift(project=project)

    def decision():
        db.session.expire_all()
        return decide_for(actor_of(person), [get_shift_facts(shift.id)])[shift.id].refusal

    assert decision() is refusal[kind]
    address = f"/volontariato/tutor/progetti/{project.id}/persone"
    data = {"email": person.email.upper(), "kind": kind, "seen_on": "01/12/2026"}
    assert browser.submit(address, data).status_code == 303
    assert decision() is None
    # Again with another day: one note, mended.
    browser.submit(address, data | {"seen_on": "30/11/2026"})
    assert db.session.scalars(select(ProjectCheck.seen_on)).all() == [date(2026, 11, 30)]
    assert "Ada P." in browser.get(address).get_data(as_text=True)


def test_notes_are_checked_and_of_people_of_the_project(browser, tutor, project, person):
    address = f"/volontariato/tutor/progetti/{project.id}/persone"
    day = utc_now().date()
    wrong = (
        {"person": str(person.id), "kind": "training", "seen_on": day.isoformat()},
        {"email": "nessuno@example.org", "kind": "training", "seen_on": day.isoformat()},
        {"person": str(person.id), "kind": "", "seen_on": day.isoformat()},
        {"person": str(person.id), "kind": "training", "seen_on": "1/1/2030"},
        {"person": str(person.id), "kind": "training", "seen_on": ""},
    )
    for data in wrong:
        assert browser.submit(address, data).status_code == 422
    make_sign_up(make_shift(project=project), person)
    assert browser.submit(address, wrong[0]).status_code == 303
    browser.sign_in(make_user())
    assert browser.get(address).status_code == 404
