"""The office's desk of projects, shifts and series; proposals and applications."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.core.clock import frozen, to_local
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.core.sign_ups import SignUpState
from portal.moderation.models import Case
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction
from portal.permissions import Role
from portal.territory.queries import list_districts
from portal.volunteering.models import (
    Programme,
    ProjectApplication,
    ProjectTutor,
    Shift,
    ShiftSeries,
    SignUp,
    VolunteeringProject,
)
from portal.volunteering.states import ApplicationState, ProjectState, ShiftState, TimeKind
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative
from tests.factories.volunteering import (
    make_programme,
    make_project,
    make_shift,
    make_sign_up,
    make_tutor,
)
from tests.sql_counter import counted_sql

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
DESK = "/gestione/volontariato/progetti"


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def clerk(client):
    person = make_user(name="Carla Prova", roles=(Role.STAFF,))
    client.sign_in(person)
    return person


def mails(event):
    db.session.expire_all()
    keys = db.session.scalars(select(MailMessage).order_by(MailMessage.id))
    return [mail for mail in keys if event in mail.event_key]


def shifts_of(project):
    db.session.expire_all()
    return list(
        db.session.scalars(
            select(Shift).where(Shift.project_id == project.id).order_by(Shift.starts_at)
        )
    )


def shift_answers(**changed):
    return {
        "day": "2026-12-10", "starts_time": "15:00", "ends_time": "18:00", "capacity": "5",
        "waiting_capacity": "3", "closes_hours_before": "0", **changed,
    }  # fmt: skip


def series_answers(**changed):
    return {
        "weekdays": ["mon", "wed"], "starts_time": "9:00", "ends_time": "11:00",
        "from_on": "2026-12-01", "until_on": "2026-12-31", "days_left_out": "", "capacity": "4",
        "waiting_capacity": "2", "closes_hours_before": "0", **changed,
    }  # fmt: skip


def project_answers(programme, **changed):
    district = next(d for d in list_districts() if d.code == "e")
    return {
        "programme_id": str(programme.id), "title": "Orti in città", "summary": "Si zappa.",
        "description": "Insieme.", "sector": "green", "place_name": "Orto", "time_kind": "shifts",
        "district_id": str(district.id), "tutor_name": "Tea", "leave_until_hours": "24", **changed,
    }  # fmt: skip


def test_a_programme_holds_its_rules_as_data(client, clerk):
    path = "/gestione/volontariato/programmi"
    data = {
        "name": "R+", "youngest_age": "18", "oldest_age": "80", "fitness_from_age": "75",
        "residence_rule": "living_here", "requires_enrolment": "y", "points_per_hour": "0,5",
        "offer_hours": "12",
    }  # fmt: skip
    assert client.submit(f"{path}/nuovo", data).status_code == 303
    programme = db.session.scalar(select(Programme).where(Programme.name == "R+"))
    assert (programme.youngest_age, programme.oldest_age, programme.offer_hours) == (18, 80, 12)
    assert (programme.requires_enrolment, programme.requires_guardian) == (True, False)
    page = client.get(path).get_data(as_text=True)
    assert "Da 18 a 80 anni" in page
    seen = {**data, "version": str(programme.version), "oldest_age": "79"}
    assert client.submit(f"{path}/{programme.id}", seen).status_code == 303
    # Another window still has the old version: nothing is overwritten.
    late = client.submit(f"{path}/{programme.id}", {**seen, "oldest_age": "90"})
    assert late.status_code == 409
    assert "Qualcuno ha salvato nel frattempo" in late.get_data(as_text=True)
    db.session.expire_all()
    assert programme.oldest_age == 79


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"oldest_age": "17"}, "L’età massima è minore di quella minima"),
        ({"youngest_age": "abc"}, "Scrivi un numero intero."),
        ({"youngest_age": "9" * 5000}, "Scrivi un numero intero."),
        ({"points_per_hour": "molti"}, "Scrivi i punti come numero"),
        ({"name": " "}, "Scrivi il nome del programma."),
    ],
)
def test_impossible_rules_are_said_beside_the_field(client, clerk, changed, words):
    data = {
        "name": "R+", "youngest_age": "18", "residence_rule": "anywhere", "points_per_hour": "0",
        "offer_hours": "24", **changed,
    }  # fmt: skip
    answer = client.submit("/gestione/volontariato/programmi/nuovo", data)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_a_project_is_written_published_and_then_seen(client, clerk, app):
    programme = make_programme()
    assert client.submit(f"{DESK}/nuovo", project_answers(programme)).status_code == 303
    project = db.session.scalar(select(VolunteeringProject))
    assert project.state is ProjectState.DRAFT
    public = f"/volontariato/progetti/{project.slug}"
    visitor = app.test_client()
    assert visitor.get(public).status_code == 404
    client.submit(f"{DESK}/{project.id}/turni/nuovo", shift_answers())
    (shift,) = shifts_of(project)
    assert visitor.get(f"/volontariato/turni/{shift.id}").status_code == 404
    listed = visitor.get("/volontariato/").get_data(as_text=True)
    assert f"/volontariato/turni/{shift.id}" not in listed
    client.submit(f"{DESK}/{project.id}/pubblica", {"version": str(project.version)})
    assert visitor.get(public).status_code == 200
    assert visitor.get(f"/volontariato/turni/{shift.id}").status_code == 200


def test_a_project_keeps_its_own_rule_beside_those_of_its_programme(client, clerk):
    programme = make_programme()
    data = project_answers(programme, youngest_age="15", requires_interview="no")
    client.submit(f"{DESK}/nuovo", data)
    project = db.session.scalar(select(VolunteeringProject))
    assert (project.youngest_age, project.requires_interview) == (15, False)
    assert (project.oldest_age, project.requires_enrolment) == (None, None)


def test_somebody_who_has_an_account_looks_after_a_project(client, clerk):
    project, tutor = make_project(), make_user(name="Giulia Prova")
    path = f"{DESK}/{project.id}/tutor"
    assert client.submit(path, {"email": "nessuno@example.org"}).status_code == 422
    assert client.submit(path, {"email": tutor.email.upper()}).status_code == 303
    assert client.submit(path, {"email": tutor.email}).status_code == 422
    assert db.session.scalars(select(ProjectTutor.user_id)).all() == [tutor.id]
    client.submit(f"{path}/{tutor.id}/togli")
    assert db.session.scalars(select(ProjectTutor.user_id)).all() == []


def test_a_shift_over_midnight_ends_on_the_day_after(client, clerk):
    project = make_project()
    client.submit(
        f"{DESK}/{project.id}/turni/nuovo", shift_answers(starts_time="22:00", ends_time="2:00")
    )
    (shift,) = shifts_of(project)
    assert shift.ends_at - shift.starts_at == timedelta(hours=4)
    assert "fino al giorno dopo" in client.get(f"{DESK}/{project.id}/turni").get_data(True)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"starts_time": "15:00", "ends_time": "15:00"}, "inizia e finisce alla stessa ora"),
        ({"starts_time": "15:00", "ends_time": "14:00"}, "Finisce prima di iniziare"),
        ({"capacity": "0"}, "Scrivi un numero da 1 a 1000."),
        ({"day": "2026-02-31"}, "Scegli un giorno dal calendario."),
        ({"day": "2026-11-01"}, "Quest’ora è passata"),
        ({"starts_time": "25:00"}, "Scrivi ore e minuti, per esempio 15:30."),
    ],
)
def test_a_shift_that_cannot_be_is_said_beside_the_field(client, clerk, changed, words):
    project = make_project()
    answer = client.submit(f"{DESK}/{project.id}/turni/nuovo", shift_answers(**changed))
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert shifts_of(project) == []


def test_fewer_places_than_people_are_refused_with_what_to_do(client, clerk):
    shift = make_shift(in_hours=72, capacity=3)
    for _ in range(2):
        make_sign_up(shift)
    path = f"{DESK}/{shift.project_id}/turni/{shift.id}"
    answer = client.submit(path, shift_answers(capacity="1", version=str(shift.version)))
    assert answer.status_code == 422
    assert "2 persone hanno già un posto" in answer.get_data(as_text=True)


def same_shift(shift, **changed):
    start, end = to_local(shift.starts_at), to_local(shift.ends_at)
    return shift_answers(
        day=start.date().isoformat(), starts_time=f"{start:%H:%M}", ends_time=f"{end:%H:%M}",
        capacity=str(shift.capacity), waiting_capacity=str(shift.waiting_capacity),
        version=str(shift.version), **changed,
    )  # fmt: skip


def test_another_time_is_mailed_once_and_a_note_is_not(client, clerk):
    shift = make_shift(in_hours=72)
    person = make_user()
    make_sign_up(shift, person)
    path = f"{DESK}/{shift.project_id}/turni/{shift.id}"
    client.submit(path, same_shift(shift, note="Portate i guanti."))
    assert mails("shift") == []
    db.session.expire_all()
    client.submit(path, {**same_shift(shift), "ends_time": "20:00", "starts_time": "18:00"})
    (mail,) = mails(f":{person.id}")
    assert mail.recipient == person.email
    assert mail.subject.startswith("Un tuo turno è cambiato")
    assert "Era: giovedì 3 dicembre, ore 10:00, fino alle 12:00" in mail.text_body
    assert "Ora è: giovedì 3 dicembre, ore 18:00, fino alle 20:00" in mail.text_body


def test_more_places_are_offered_to_who_waits(client, clerk):
    shift = make_shift(in_hours=72, capacity=1, waiting_capacity=3)
    make_sign_up(shift)
    waiting = make_sign_up(shift, state=SignUpState.WAITING)
    path = f"{DESK}/{shift.project_id}/turni/{shift.id}"
    client.submit(path, {**same_shift(shift), "capacity": "2"})
    db.session.expire_all()
    assert db.session.get(SignUp, waiting.id).state is SignUpState.OFFERED


def test_a_cancelled_shift_tells_its_people_why(client, clerk):
    shift = make_shift(in_hours=72)
    person = make_user()
    make_sign_up(shift, person)
    path = f"{DESK}/{shift.project_id}/turni/{shift.id}/annulla"
    assert client.submit(path, {"reason": "", "version": str(shift.version)}).status_code == 422
    reason = "La sala è allagata: ci dispiace."
    client.submit(path, {"reason": reason, "version": str(shift.version)})
    db.session.expire_all()
    assert db.session.get(Shift, shift.id).state is ShiftState.CANCELLED
    (mail,) = mails(f":{person.id}")
    assert mail.subject.startswith("Annullato:")
    assert reason in mail.text_body


def test_a_series_is_looked_at_and_then_made(client, clerk):
    project = make_project()
    base = f"{DESK}/{project.id}/serie/"
    preview = client.submit(f"{base}nuova/anteprima", series_answers()).get_data(as_text=True)
    assert "9 turni verrebbero creati" in preview
    assert shifts_of(project) == []
    left_out = series_answers(days_left_out="2/12/2026, 7.12.2026")
    client.submit(f"{base}nuova", left_out)
    made = shifts_of(project)
    assert len(made) == 7
    assert {to_local(s.starts_at).hour for s in made} == {9}


def test_a_series_names_the_holidays_it_hits(client, clerk):
    project = make_project()
    answers = series_answers(weekdays=["tue", "fri"])
    page = client.submit(f"{DESK}/{project.id}/serie/nuova/anteprima", answers)
    assert "Immacolata" in page.get_data(as_text=True)


def test_a_year_of_a_series_is_made_in_the_same_few_statements(client, clerk):
    counted = []
    for until in ("2026-12-15", "2027-11-30"):
        project = make_project()
        answers = series_answers(weekdays=["mon", "tue", "wed", "thu", "fri"], until_on=until)
        with counted_sql() as statements:
            client.submit(f"{DESK}/{project.id}/serie/nuova", answers)
        counted.append((len(shifts_of(project)), len(statements)))
    (few, with_few), (many, with_many) = counted
    assert (few, many) == (11, 261)
    assert with_few == with_many


def test_a_change_of_a_series_shows_first_what_it_touches(client, clerk):
    project = make_project()
    base = f"{DESK}/{project.id}/serie/"
    client.submit(f"{base}nuova", series_answers())
    series = db.session.scalar(select(ShiftSeries))
    first, second, *_ = shifts_of(project)
    person = make_user()
    make_sign_up(first, person)
    second.starts_at += timedelta(minutes=30)
    second.version = 2
    db.session.commit()
    later = series_answers(starts_time="10:00", ends_time="12:00", version=str(series.version))
    page = client.submit(f"{base}{series.id}/anteprima", later).get_data(as_text=True)
    assert "1 persona avvisata per e-mail" in page
    assert "1 turno cambiato a mano resta com’è" in page
    assert to_local(shifts_of(project)[0].starts_at).hour == 9
    seen = page.partition('name="seen" type="hidden" value="')[2].partition('"')[0]
    assert client.submit(f"{base}{series.id}", {**later, "seen": seen}).status_code == 303
    assert [to_local(s.starts_at).hour for s in shifts_of(project)[:3]] == [10, 9, 10]
    assert len(mails(f":{person.id}")) == 1
    # The same button again, with what was seen before: refused, nothing is done twice.
    assert client.submit(f"{base}{series.id}", {**later, "seen": seen}).status_code == 409


def test_a_series_made_by_mistake_is_undone_but_for_shifts_with_people(client, clerk):
    project = make_project()
    base = f"{DESK}/{project.id}/serie/"
    client.submit(f"{base}nuova", series_answers())
    series = db.session.scalar(select(ShiftSeries))
    kept = shifts_of(project)[2]
    make_sign_up(kept)
    undo = f"{base}{series.id}/disfa"
    client.submit(undo, {"version": str(series.version)})
    assert [s.id for s in shifts_of(project)] == [kept.id]
    db.session.expire_all()
    assert client.submit(undo, {"version": str(series.version)}).status_code == 409


def change_series(client, project, **changed):
    """Look at a change of the only series, then do it; return the answer."""
    db.session.expire_all()
    series = db.session.scalars(select(ShiftSeries)).one()
    address = f"{DESK}/{project.id}/serie/{series.id}"
    answers = series_answers(version=str(series.version), **changed)
    page = client.submit(f"{address}/anteprima", answers).get_data(as_text=True)
    seen = page.partition('name="seen" type="hidden" value="')[2].partition('"')[0]
    return client.submit(address, {**answers, "seen": seen})


def test_a_series_may_end_before_any_shift_to_come(client, clerk):
    project = make_project()
    client.submit(f"{DESK}/{project.id}/serie/nuova", series_answers())
    with frozen(NOW + timedelta(days=4)):
        assert change_series(client, project, until_on="2026-12-03").status_code == 303
    assert [to_local(s.starts_at).day for s in shifts_of(project)] == [2]


def test_a_shift_of_a_series_that_goes_with_people_needs_a_reason(client, clerk):
    project, person = make_project(), make_user()
    client.submit(f"{DESK}/{project.id}/serie/nuova", series_answers())
    make_sign_up(shifts_of(project)[-1], person)
    earlier = {"until_on": "2026-12-20"}
    assert change_series(client, project, **earlier).status_code == 422
    reason = "A Natale la casa è chiusa."
    assert change_series(client, project, **earlier, reason=reason).status_code == 303
    (mail,) = mails(f":{person.id}")
    assert reason in mail.text_body
    gone = shifts_of(project)[-1]
    assert (gone.state, gone.cancelled_reason) == (ShiftState.CANCELLED, reason)
    # The empty ones after the twentieth are no longer there at all.
    assert len(shifts_of(project)) == 5 + 1


def test_a_shift_whose_people_have_left_goes_with_a_reason_too(client, clerk):
    project = make_project()
    client.submit(f"{DESK}/{project.id}/serie/nuova", series_answers())
    make_sign_up(shifts_of(project)[-1], state=SignUpState.LEFT)
    assert change_series(client, project, until_on="2026-12-20").status_code == 303
    assert shifts_of(project)[-1].cancelled_reason == "La serie settimanale è cambiata."


def test_a_series_keeps_its_hour_across_summer_time(client, clerk):
    project = make_project()
    answers = series_answers(weekdays=["sun"], from_on="2027-03-21", until_on="2027-04-04")
    client.submit(f"{DESK}/{project.id}/serie/nuova", answers)
    starts = [s.starts_at for s in shifts_of(project)]
    assert {to_local(moment).hour for moment in starts} == {9}
    assert {moment.hour for moment in starts} == {7, 8}


def test_a_project_that_ends_tells_everybody_once_and_keeps_the_past(client, clerk):
    project = make_project()
    past = make_shift(project=project, in_hours=-48)
    first = make_shift(project=project, in_hours=48)
    second = make_shift(project=project, in_hours=96)
    person = make_user()
    for shift in (past, first, second):
        make_sign_up(shift, person)
    path = f"{DESK}/{project.id}/chiudi"
    assert "1 persona" in client.get(path).get_data(as_text=True)
    reason = "La biblioteca cambia sede."
    client.submit(path, {"reason": reason, "version": str(project.version)})
    assert [s.state for s in shifts_of(project)] == [
        ShiftState.OPEN,
        ShiftState.CANCELLED,
        ShiftState.CANCELLED,
    ]
    (mail,) = mails(f":{person.id}")
    assert mail.subject.endswith("è concluso")
    assert reason in mail.text_body
    assert db.session.scalar(select(func.count(SignUp.id))) == 3


def test_an_association_proposes_and_the_office_publishes(client, app):
    association = make_association(name="Coro")
    member = make_user(name="Rina Prova")
    make_representative(member, association)
    client.sign_in(member)
    base = f"/associazione/{association.slug}/progetti/"
    client.submit(f"{base}nuovo", project_answers(make_programme()))
    project = db.session.scalar(select(VolunteeringProject))
    assert (project.state, project.partner_association_id) == (ProjectState.DRAFT, association.id)
    client.submit(f"{base}{project.id}/invia", {"version": str(project.version)})
    case = db.session.scalar(select(Case))
    db.session.expire_all()
    assert project.state is ProjectState.PROPOSED
    assert f"Numero {case.case_number}" in client.get(f"{base}{project.id}").get_data(True)
    assert client.get(f"{base}{project.id}/modifica").status_code == 303
    clerk = app.test_client()
    person = make_user(name="Carla Prova", roles=(Role.STAFF,))
    clerk.sign_in(person)
    assert "Orti in città" in clerk.get(f"/gestione/coda/{case.id}").get_data(as_text=True)
    decide_case(
        actor=actor_of(person), case_id=case.id, version=case.version, action=CaseAction.ACCEPT,
        reason="Un bel progetto.",
    )  # fmt: skip
    db.session.commit()
    db.session.expire_all()
    assert project.state is ProjectState.PUBLISHED
    assert [m.subject for m in mails("project_published")] == [
        "Il tuo progetto è pubblicato: Orti in città"
    ]


def test_another_association_s_project_is_not_there(client):
    mine, theirs = make_association(), make_association()
    member = make_user()
    make_representative(member, mine)
    client.sign_in(member)
    project = make_project(partner_association_id=theirs.id)
    base = f"/associazione/{mine.slug}/progetti/{project.id}"
    assert client.get(base).status_code == 404
    assert client.submit(f"{base}/invia", {"version": "1"}).status_code == 404
    assert client.get(f"/associazione/{theirs.slug}/progetti/").status_code == 404


def test_who_asks_to_join_is_answered_by_the_tutor(client, app):
    project = make_project(title="Compagnia", time_kind=TimeKind.OPEN_ENDED, people_wanted=1)
    tutor, person = make_tutor(project, name="Giulia Prova"), make_user(name="Ada Prova")
    client.sign_in(person)
    path = f"/volontariato/progetti/{project.slug}/candidatura"
    assert client.submit(path, {"message": "x" * 3001}).status_code == 422
    for _ in range(2):
        assert client.submit(path, {"message": "Il giovedì."}).status_code == 303
    application = db.session.scalars(select(ProjectApplication)).one()
    assert [m.recipient for m in mails("project_application")] == [person.email, tutor.email]
    desk = app.test_client()
    desk.sign_in(tutor)
    answers = f"/volontariato/tutor/progetti/{project.id}/candidature"
    assert "Il giovedì." in desk.get(answers).get_data(as_text=True)
    refused = desk.submit(f"{answers}/{application.id}", {"decision": "refuse", "reason": ""})
    assert refused.status_code == 422
    assert desk.submit(f"{answers}/{application.id}", {"decision": "accept"}).status_code == 303
    assert desk.submit(f"{answers}/{application.id}", {"decision": "accept"}).status_code == 409
    db.session.expire_all()
    assert application.state is ApplicationState.ACCEPTED
    other = app.test_client()
    other.sign_in(make_user())
    page = other.get(path).get_data(as_text=True)
    assert "Il progetto ha le persone che cercava" in page
    client.submit(f"{path}/lascio")
    db.session.expire_all()
    assert application.state is ApplicationState.LEFT


def test_who_is_no_tutor_of_it_does_not_learn_who_asks(client):
    project = make_project(time_kind=TimeKind.OPEN_ENDED)
    client.sign_in(make_tutor(make_project()))
    path = f"/volontariato/tutor/progetti/{project.id}/candidature"
    assert client.get(path).status_code == 404


def test_who_asked_can_take_the_question_back_before_the_answer(client):
    project, person = make_project(time_kind=TimeKind.OPEN_ENDED), make_user()
    client.sign_in(person)
    path = f"/volontariato/progetti/{project.slug}/candidatura"
    client.submit(path)
    page = client.get(path).get_data(as_text=True)
    assert "Lascio il progetto" not in page
    client.submit(f"{path}/lascio")
    assert db.session.scalars(select(ProjectApplication.state)).all() == [ApplicationState.LEFT]


def test_rules_are_said_in_sentences_and_no_limit_is_not_one(client):
    programme = make_programme()
    programme.requires_permit, programme.oldest_age, programme.fitness_from_age = True, 80, 75
    followed = make_project(programme=programme)
    freed = make_project(programme=programme, oldest_age=120, fitness_from_age=120)
    page = client.get(f"/volontariato/progetti/{followed.slug}").get_data(as_text=True)
    assert "permesso di soggiorno valido" in page
    assert "Fino a 80 anni" in page
    assert "certificato di idoneità" in page
    page = client.get(f"/volontariato/progetti/{freed.slug}").get_data(as_text=True)
    assert "120" not in page
    assert "certificato di idoneità" not in page
