"""Enrolling in the register of volunteers, from the first step to the office's answer."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.core.clock import local_today
from portal.core.database import db
from portal.core.errors import AlreadyDecidedError, ForbiddenStepError, constraint_name
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.core.working_calendar import is_working_day
from portal.moderation.deadlines import LEGAL_TERMS, compute_deadline
from portal.moderation.models import Case
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.permissions import Role
from portal.volunteering.models import Enrolment
from portal.volunteering.queries import find_enrolment_of
from portal.volunteering.services import submit_enrolment
from portal.volunteering.states import EnrolmentState
from tests.client import parse, texts
from tests.factories.office import hand_in_enrolment
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_enrolment, make_project, make_shift

PAGE = "/volontariato/iscrizione"
PERSON = {
    "full_name": "Ada Prova",
    "born_on": "17/05/1990",
    "birth_place": "Reggio Emilia",
    "residence": "resident",
    "address": "via delle Prove 1",
    "citizenship": "italian",
    "works": "no",
    "phone": "333 1234567",
}
TIMES = {
    "availability": ["mon-mattina", "sat-sera"],
    "can_start_on": "01/01/2100",
    "time_preference": "when_i_can",
}
WISHES = {"skills": ["children"], "motivation": "Mi piace <b>stare</b> qui."}
SEEN = {"has_seen": "y"}


def fill_in(client):
    for step, answers, following in (
        ("chi-sei", PERSON, "quando"),
        ("quando", TIMES, "cosa-ti-piace"),
        ("cosa-ti-piace", WISHES, "riepilogo"),
    ):
        answer = client.submit(f"{PAGE}/{step}", answers)
        assert answer.headers["Location"] == f"{PAGE}/{following}"


def hand_in(client):
    fill_in(client)
    answer = client.submit(f"{PAGE}/riepilogo", SEEN)
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)


def citizen(client):
    user = make_user(name="Ada Prova")
    client.sign_in(user)
    return user


def enrolment_of(user):
    db.session.expire_all()
    return db.session.scalar(select(Enrolment).where(Enrolment.user_id == user.id))


def decide(user, action, reason="Perché sì.", clerk=None):
    case = find_case_of(CaseKind.ENROLMENT, enrolment_of(user).id)
    decide_case(
        actor=actor_of(clerk or make_user(name="Carla Prova", roles=(Role.STAFF,))),
        case_id=case.id,
        version=case.version,
        action=action,
        reason=reason,
    )
    db.session.commit()


def mail_kinds(user):
    return [
        key.split(":")[2]
        for key in db.session.scalars(
            select(MailMessage.event_key)
            .where(MailMessage.recipient == user.email)
            .order_by(MailMessage.id)
        )
    ]


def test_everybody_can_read_who_may_enrol(client):
    html = client.get(PAGE).get_data(as_text=True)
    assert "Chi può iscriversi" in html
    assert f"/accedi?next={PAGE}" in html


@pytest.mark.parametrize(
    "step", ["chi-sei", "chi-autorizza", "quando", "cosa-ti-piace", "riepilogo"]
)
def test_steps_are_for_who_is_signed_in(client, step):
    answer = client.get(f"{PAGE}/{step}")
    assert "/accedi" in answer.headers["Location"]
    assert "/accedi" in client.submit(f"{PAGE}/{step}").headers["Location"]


def test_request_goes_through_its_steps_to_the_queue(client):
    user = citizen(client)
    hand_in(client)
    enrolment = enrolment_of(user)
    assert enrolment.state is EnrolmentState.SUBMITTED
    assert (enrolment.born_on, enrolment.availability) == (date(1990, 5, 17), TIMES["availability"])
    case = find_case_of(CaseKind.ENROLMENT, enrolment.id)
    # A term that ends on a holiday ends on the next working day.
    last_day = compute_deadline(local_today(), LEGAL_TERMS.answer, (), is_working_day)
    assert (case.title, case.due_on) == ("Ada Prova", last_day)
    assert mail_kinds(user) == ["enrolment_received"]
    steps = [s.action for s in list_history(subject_kind="enrolment", subject_id=enrolment.id)]
    assert steps == ["submit", "start"]
    said = client.get(PAGE).get_data(as_text=True)
    assert 'data-state="submitted"' in said
    assert case.case_number in said


def test_draft_is_kept_between_steps(client):
    citizen(client)
    client.submit(f"{PAGE}/chi-sei", PERSON)
    html = client.get(f"{PAGE}/chi-sei").get_data(as_text=True)
    assert 'value="17/05/1990"' in html
    assert 'value="333 1234567"' in html
    assert "Bozza salvata" in html
    assert f'href="{PAGE}/quando"' in client.get(PAGE).get_data(as_text=True)
    client.submit(f"{PAGE}/quando", TIMES)
    assert f'href="{PAGE}/riepilogo"' in client.get(PAGE).get_data(as_text=True)


def test_summary_shows_everything_as_it_was_written(client):
    citizen(client)
    fill_in(client)
    said = texts(parse(client.get(f"{PAGE}/riepilogo").get_data(as_text=True)))
    for words in ("17 maggio 1990", "333 1234567", "lunedì mattina, sabato sera"):
        assert words in said
    assert "Mi piace <b>stare</b> qui." in said


def test_summary_cannot_be_reached_before_the_steps(client):
    citizen(client)
    assert client.get(f"{PAGE}/riepilogo").headers["Location"] == f"{PAGE}/chi-sei"
    client.submit(f"{PAGE}/chi-sei", PERSON)
    assert client.get(f"{PAGE}/riepilogo").headers["Location"] == f"{PAGE}/quando"
    # Who presses send in an old tab is led to what is missing.
    assert client.submit(f"{PAGE}/riepilogo", SEEN).headers["Location"] == f"{PAGE}/quando"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("born_on", "", "Scrivi la tua data di nascita"),
        ("born_on", "31/02/1990", "Scrivi giorno, mese e anno"),
        ("born_on", "ieri", "Scrivi giorno, mese e anno"),
        ("born_on", "17/05/2090", "nel futuro"),
        ("born_on", "17/05/1880", "troppo lontano"),
        ("born_on", "17/05/0001", "troppo lontano"),
        ("residence", "", "Scegli come abiti"),
        ("residence", "marziana", None),
        ("full_name", "", "Scrivi nome e cognome"),
        ("full_name", "A" * 151, "al massimo 150 caratteri"),
        ("birth_place", "", "scrivi dove sei nata o nato"),
        ("tax_code", "RSSMRA85M01H501Z", "L’ultima lettera del codice fiscale"),
        ("tax_code", "RSSMRA85M01H501Q", "un altro giorno"),
        ("address", " ", "Scrivi l’indirizzo"),
        ("citizenship", "", "Scegli la tua cittadinanza"),
        ("citizenship", "lunare", None),
        ("works", "", "Indica se lavori per il Comune"),
        ("phone", "", "Scrivi un numero di telefono"),
        ("phone", "non lo so", "solo con le cifre"),
        ("phone", "3" * 200, "troppo lungo"),
        ("phone", "333\x001234", None),
    ],
)
def test_wrong_facts_are_said_at_the_field_and_kept(client, field, value, words):
    citizen(client)
    answer = client.submit(f"{PAGE}/chi-sei", {**PERSON, field: value})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "error-summary" in html
    if words:
        assert html.count(words) >= 2  # in the summary and at the field
    if field != "phone":
        assert 'value="333 1234567"' in html
    assert db.session.scalar(select(Enrolment.id)) is None


def test_age_decides_who_may_enrol(client):
    citizen(client)
    make_project(requires_enrolment=True, youngest_age=15)
    today = local_today()
    too_young = today.replace(year=today.year - 15, day=1) + timedelta(days=40)
    answer = client.submit(f"{PAGE}/chi-sei", {**PERSON, "born_on": too_young.isoformat()})
    assert answer.status_code == 422
    assert "dai 15 anni in su" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "data",
    [
        {"availability": []},
        {"availability": ["never-mattina"]},
        {"can_start_on": "domani"},
        {"can_start_on": "01/01/2020"},
        {"time_preference": "mai"},
    ],
)
def test_wrong_times_are_refused(client, data):
    user = citizen(client)
    client.submit(f"{PAGE}/chi-sei", PERSON)
    assert client.submit(f"{PAGE}/quando", TIMES | data).status_code == 422
    assert enrolment_of(user).time_preference is None


@pytest.mark.parametrize(
    "data",
    [
        {"motivation": "x" * 3001},
        {"motivation": "Perché sì\u202e"},
        {"skills": ["telepatia"], "motivation": "Perché sì"},
    ],
)
def test_wrong_wishes_are_refused_with_what_was_typed(client, data):
    citizen(client)
    client.submit(f"{PAGE}/chi-sei", PERSON)
    answer = client.submit(f"{PAGE}/cosa-ti-piace", data)
    assert answer.status_code == 422
    assert data["motivation"].rstrip("\u202e")[:50] in answer.get_data(as_text=True)


def test_motivation_of_three_thousand_characters_is_kept(client):
    user = citizen(client)
    client.submit(f"{PAGE}/chi-sei", PERSON)
    client.submit(f"{PAGE}/cosa-ti-piace", {"motivation": "x" * 3000})
    assert len(enrolment_of(user).motivation) == 3000


def test_accepted_person_can_take_what_asks_for_the_register(client):
    user = citizen(client)
    hand_in(client)
    shift = make_shift(project=make_project(requires_enrolment=True))
    refused = client.submit(f"/volontariato/turni/{shift.id}/partecipo")
    assert refused.status_code == 409
    decide(user, CaseAction.ACCEPT, "Benvenuta.")
    assert enrolment_of(user).state is EnrolmentState.ACCEPTED
    assert mail_kinds(user) == ["enrolment_received", "enrolment_accepted"]
    assert client.submit(f"/volontariato/turni/{shift.id}/partecipo").status_code == 303


def test_returned_request_is_mended_and_handed_in_again(client):
    user = citizen(client)
    hand_in(client)
    decide(user, CaseAction.RETURN, "Il telefono non risponde.")
    html = client.get(PAGE).get_data(as_text=True)
    assert "Il telefono non risponde." in html
    assert f'href="{PAGE}/chi-sei"' in html
    client.submit(f"{PAGE}/chi-sei", {**PERSON, "phone": "0522 999999"})
    assert client.submit(f"{PAGE}/riepilogo", SEEN).status_code == 303
    assert enrolment_of(user).phone == "0522 999999"
    assert enrolment_of(user).reason is None
    assert db.session.query(Case).count() == 1
    decide(user, CaseAction.ACCEPT)
    assert mail_kinds(user) == [
        "enrolment_received",
        "enrolment_returned",
        "enrolment_received",
        "enrolment_accepted",
    ]


def test_refused_person_reads_why_and_may_ask_again(client):
    user = citizen(client)
    hand_in(client)
    decide(user, CaseAction.REFUSE, "Serve la residenza.")
    assert "Serve la residenza." in client.get(PAGE).get_data(as_text=True)
    assert mail_kinds(user)[-1] == "enrolment_refused"
    assert client.get(f"{PAGE}/chi-sei").headers["Location"] == PAGE
    assert client.submit(f"{PAGE}/ricomincia").headers["Location"] == f"{PAGE}/chi-sei"
    assert client.submit(f"{PAGE}/riepilogo", SEEN).status_code == 303
    assert db.session.query(Case).count() == 2


def test_request_at_the_office_cannot_be_changed(client):
    user = citizen(client)
    hand_in(client)
    assert client.get(f"{PAGE}/chi-sei").headers["Location"] == PAGE
    assert client.get(f"{PAGE}/riepilogo").headers["Location"] == PAGE
    assert client.submit(f"{PAGE}/chi-sei", PERSON).status_code == 409
    assert client.submit(f"{PAGE}/quando", TIMES).status_code == 409
    assert client.submit(f"{PAGE}/ricomincia").status_code == 409
    assert enrolment_of(user).state is EnrolmentState.SUBMITTED


def test_second_press_of_send_sends_once(client):
    user = citizen(client)
    hand_in(client)
    assert client.submit(f"{PAGE}/riepilogo", SEEN).headers["Location"] == PAGE
    assert mail_kinds(user) == ["enrolment_received"]
    assert db.session.query(Case).count() == 1


def test_second_clerk_is_told(database):
    user = make_user()
    hand_in_enrolment(user)
    db.session.commit()
    case = find_case_of(CaseKind.ENROLMENT, enrolment_of(user).id)
    clerk = actor_of(make_user(roles=(Role.STAFF,)))
    facts = {"case_id": case.id, "version": case.version, "reason": "Sì."}
    decide_case(actor=clerk, action=CaseAction.ACCEPT, **facts)
    db.session.commit()
    with pytest.raises(AlreadyDecidedError):
        decide_case(actor=clerk, action=CaseAction.REFUSE, **facts)


def test_case_shows_staff_what_they_need(client):
    user = citizen(client)
    hand_in(client)
    case = find_case_of(CaseKind.ENROLMENT, enrolment_of(user).id)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    said = texts(parse(client.get(f"/gestione/coda/{case.id}").get_data(as_text=True)))
    for words in ("Ada Prova", "333 1234567", "lunedì mattina", "Mi piace <b>stare</b> qui."):
        assert words in said


def test_row_of_a_person_who_never_began_is_none(database):
    assert find_enrolment_of(make_user().id) is None


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("phone = NULL", "ck_enrolment_handed_in_is_complete"),
        ("availability = '{}'", "ck_enrolment_handed_in_is_complete"),
        ("reason = 'x'", "ck_enrolment_reason_is_said"),
        ("state = 'refused'", "ck_enrolment_reason_is_said"),
        ("submitted_at = NULL", "ck_enrolment_handed_in_has_time"),
        ("born_on = '1850-01-01'", "ck_enrolment_birth_is_plausible"),
        ("availability = '{never}'", "ck_enrolment_availability_is_known"),
    ],
)
def test_impossible_enrolment_is_refused_by_name(database, change, constraint):
    make_enrolment(make_user())
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(text(f"UPDATE enrolment SET {change}"))  # noqa: S608 - from the list above
    db.session.rollback()
    assert constraint_name(caught.value) == constraint


def test_one_person_has_one_enrolment(database):
    user = make_user()
    make_enrolment(user)
    with pytest.raises(IntegrityError) as caught:
        make_enrolment(user)
    assert constraint_name(caught.value) == "uq_enrolment_user_id"


def test_unfinished_draft_cannot_be_handed_in(database):
    with pytest.raises(ForbiddenStepError):
        submit_enrolment(actor=actor_of(make_user()))
