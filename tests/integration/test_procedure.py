"""The procedure of Law 241/1990: asked once, notice first, observations answered."""

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.errors import (
    AlreadyDecidedError,
    ForbiddenStepError,
    RuleBrokenError,
    explain_constraint,
)
from portal.core.files import store_upload
from portal.core.mail import MailMessage
from portal.moderation.deadlines import LEGAL_TERMS, Term, Terms, usual_terms
from portal.moderation.jobs import resume_cases
from portal.moderation.models import (
    Case,
    CaseAttachment,
    CaseMessage,
    CaseNote,
    ProcedureTerms,
    Suspension,
)
from portal.moderation.queries import (
    case_history,
    find_terms,
    get_case_row,
    list_suspensions,
    list_terms,
    procedure_of,
)
from portal.moderation.services import (
    ask_integration,
    assign_case,
    decide_case,
    give_refusal_notice,
    resume_case,
    send_observations,
    set_terms,
    supply_integration,
    take_case,
    withdraw_case,
)
from portal.moderation.states import (
    CaseAction,
    CaseKind,
    CaseState,
    DayCount,
    StepRefusal,
    SuspensionReason,
)
from portal.moderation.step_rules import StepRefusedError
from portal.permissions import Role
from portal.territory.queries import list_districts
from tests.factories.files import PDF, upload
from tests.factories.moderation import PROCEDURE, known_kinds, make_case
from tests.factories.people import actor_of, make_user

KIND = CaseKind.REGISTRY_REQUEST
ASKED = "Manca lo statuto firmato: puoi mandarlo?"
REASONS = "La sede è fuori dalla provincia."
ANSWER = "Ecco lo statuto."


@pytest.fixture
def known(client):
    with known_kinds(KIND, decisions=PROCEDURE) as kinds:
        yield kinds


@pytest.fixture
def clerk(client):
    return make_user(name="Carla Prova", email="carla@example.org", roles=(Role.STAFF,))


@pytest.fixture
def gina(client):
    return make_user(name="Gina Prova", email="gina@example.org")


@pytest.fixture
def case(known, gina):
    """Handed in on Monday 2 November 2026: thirty days end on 2 December."""
    with on(2):
        return make_case(applicant=gina, kind=KIND, title="Amici inventati APS")


def on(day, month=11, year=2026, hour=9):
    return frozen(datetime(year, month, day, hour, tzinfo=UTC))


def ask(clerk, case, text=ASKED):
    ask_integration(actor=actor_of(clerk), case_id=case.id, version=case.version, text=text)
    db.session.commit()


def tell(clerk, case, text=REASONS):
    give_refusal_notice(actor=actor_of(clerk), case_id=case.id, version=case.version, text=text)
    db.session.commit()


def decide(clerk, case, action, answer=None):
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=action,
        reason="Un motivo che basta.", observations_answer=answer,
    )  # fmt: skip
    db.session.commit()


def supply(gina, case, text=ANSWER):
    supply_integration(actor=actor_of(gina), case_id=case.id, text=text)
    db.session.commit()


def observe(gina, case, text="La sede è a Reggio."):
    send_observations(actor=actor_of(gina), case_id=case.id, text=text)
    db.session.commit()


def refused(step, *arguments, **more):
    with pytest.raises(StepRefusedError) as error:
        step(*arguments, **more)
    db.session.rollback()
    return error.value.refusal


def steps(case):
    return [entry.action for entry in case_history(case.id)][::-1]


def fresh(case):
    db.session.rollback()
    return get_case_row(case.id)


def mails():
    return {(m.recipient, m.subject) for m in db.session.scalars(select(MailMessage))}


# --- asking to complete


def test_asking_stops_the_clock_and_the_answer_starts_it_again(case, clerk, gina, known):
    assert case.due_on == date(2026, 12, 2)
    with on(12):
        ask(clerk, case)
    row = fresh(case)
    assert (row.state, row.officer_name) == (CaseState.SUSPENDED, "Carla Prova")
    # Provisional: as if nothing came in thirty days (13 November to 12 December).
    assert row.due_on == date(2027, 1, 4)
    with on(17):
        supply(gina, case)
    row = fresh(case)
    # Five days stood still, 13 to 17 November: 2 December becomes Monday 7.
    assert (row.state, row.due_on) == (CaseState.IN_CHARGE, date(2026, 12, 7))
    assert list_suspensions(case.id)[0].resumes_on == date(2026, 11, 18)
    assert steps(case) == ["open", "ask_integration", "supply"]
    assert known.followed == [
        (case.id, CaseAction.ASK_INTEGRATION), (case.id, CaseAction.SUPPLY),
    ]  # fmt: skip


def test_an_answer_on_the_last_day_is_in_time(case, clerk, gina):
    with on(12):
        ask(clerk, case)
    with on(12, 12, hour=22):
        supply(gina, case)
    assert list_suspensions(case.id)[0].resumes_on == date(2026, 12, 13)
    assert fresh(case).due_on == date(2027, 1, 4)


def test_an_answer_after_the_last_day_is_refused_whether_or_not_the_job_ran(case, clerk, gina):
    with on(12):
        ask(clerk, case)
    # 23:30 in UTC is the next day in the city.
    with on(12, 12, hour=23):
        assert refused(supply, gina, case) is StepRefusal.WINDOW_OVER
        resume_cases(timestamp=0)
        assert refused(supply, gina, case) is StepRefusal.WINDOW_OVER


def test_what_is_missing_is_asked_once(case, clerk, gina):
    with on(12):
        ask(clerk, case)
        assert refused(ask, clerk, case) is StepRefusal.ALREADY_ASKED
        supply(gina, case)
        assert refused(ask, clerk, case) is StepRefusal.ALREADY_ASKED
    assert len(list_suspensions(case.id)) == 1


def test_the_database_itself_refuses_a_second_time(case, clerk, gina):
    with on(12):
        ask(clerk, case)
        supply(gina, case)
    db.session.add(suspension(case))
    with pytest.raises(IntegrityError) as refusal:
        db.session.flush()
    assert refusal.value.orig.diag.constraint_name == "uq_case_suspension_case_id_reason"
    assert "una volta sola" in str(explain_constraint(refusal.value).sentence)


def test_two_clerks_ask_at_once_and_one_is_told(app, case, clerk, known):
    case_id, version = case.id, case.version
    actors = [actor_of(clerk), actor_of(make_user(roles=(Role.STAFF,)))]
    start, outcomes = threading.Barrier(2), []

    def run(actor):
        with app.test_request_context():
            start.wait()
            try:
                ask_integration(actor=actor, case_id=case_id, version=version, text=ASKED)
                db.session.commit()
                outcomes.append("asked")
            except AlreadyDecidedError:
                outcomes.append("told")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["asked", "told"]


def test_while_it_is_awaited_nothing_is_decided(case, clerk):
    with on(12):
        ask(clerk, case)
        for action in (CaseAction.ACCEPT,):
            assert refused(decide, clerk, case, action) is StepRefusal.WINDOW_RUNS
        assert refused(tell, clerk, case) is StepRefusal.WINDOW_RUNS
        assert refused(decide, clerk, case, CaseAction.REFUSE) is StepRefusal.NOTICE_FIRST


def test_the_answer_stands_in_the_conversation_and_the_officer_is_told(case, clerk, gina):
    with on(12):
        ask(clerk, case)
        supply(gina, case)
    message = db.session.scalars(select(CaseMessage)).one()
    assert (message.body, message.is_from_office) == (ANSWER, False)
    assert (
        "carla@example.org",
        f"La richiesta n. {case.case_number} è stata completata",
    ) in mails()


def test_supplying_without_words_leaves_no_empty_message(case, clerk, gina):
    with on(12):
        ask(clerk, case)
        supply(gina, case, text="")
    assert db.session.scalars(select(CaseMessage)).all() == []
    assert fresh(case).state is CaseState.IN_CHARGE


# --- notice of refusal


def test_a_refusal_follows_a_notice_and_its_days(case, clerk):
    with on(12):
        assert refused(decide, clerk, case, CaseAction.REFUSE) is StepRefusal.NOTICE_FIRST
        tell(clerk, case)
    row = fresh(case)
    assert (row.state, row.noticed_on) == (CaseState.NOTICED, date(2026, 11, 12))
    # Ten days end on Sunday 22; the window on Monday 23.
    assert list_suspensions(case.id)[0].latest_end_on == date(2026, 11, 23)
    with on(23):
        assert refused(decide, clerk, case, CaseAction.REFUSE) is StepRefusal.WINDOW_RUNS
    # The day after, also when the job has not run yet.
    with on(24):
        decide(clerk, case, CaseAction.REFUSE)
    assert fresh(case).state is CaseState.REFUSED
    assert steps(case) == ["open", "give_notice", "resume", "refuse"]


def test_observations_start_the_clock_ten_days_later_and_want_an_answer(case, clerk, gina):
    with on(12):
        tell(clerk, case)
    with on(16):
        observe(gina, case)
        assert refused(decide, clerk, case, CaseAction.REFUSE) is StepRefusal.ANSWER_MISSING
    suspension_row = list_suspensions(case.id)[0]
    assert suspension_row.resumes_on == date(2026, 11, 27)
    # Fourteen days stood still, 13 to 26 November.
    assert fresh(case).due_on == date(2026, 12, 16)
    with on(17):
        decide(clerk, case, CaseAction.REFUSE, answer="La sede legale è a Modena.")
    row = fresh(case)
    assert (row.state, row.observations_answer) == (
        CaseState.REFUSED, "La sede legale è a Modena.",
    )  # fmt: skip


def test_observations_may_convince(case, clerk, gina, known):
    with on(12):
        tell(clerk, case)
        observe(gina, case)
        decide(clerk, case, CaseAction.ACCEPT)
    assert fresh(case).state is CaseState.ACCEPTED
    assert known.applied[0][1] is CaseAction.ACCEPT


def test_the_office_may_change_its_mind_while_the_days_run(case, clerk):
    with on(12):
        tell(clerk, case)
        decide(clerk, case, CaseAction.ACCEPT)
    assert list_suspensions(case.id)[0].resumes_on == date(2026, 11, 12)


def test_the_notice_is_given_once_and_observations_sent_once(case, clerk, gina):
    with on(12):
        tell(clerk, case)
        assert refused(tell, clerk, case) is StepRefusal.ALREADY_NOTICED
        observe(gina, case)
        assert refused(observe, gina, case) is StepRefusal.WINDOW_OVER
        assert refused(tell, clerk, case) is StepRefusal.ALREADY_NOTICED


def test_both_pauses_one_after_the_other(case, clerk, gina):
    with on(5):
        ask(clerk, case)
    with on(10):
        supply(gina, case)  # 6 to 10 November: five days
    with on(12):
        tell(clerk, case)
    with on(24):
        resume_cases(timestamp=0)  # 13 to 23 November: eleven days
    assert fresh(case).due_on == date(2026, 12, 18)
    assert steps(case) == ["open", "ask_integration", "supply", "give_notice", "resume"]


# --- the job


def test_the_job_resumes_from_the_day_after_however_late_it_runs(case, clerk, known):
    with on(12):
        ask(clerk, case)
    with on(12, 12):
        resume_cases(timestamp=0)
        assert fresh(case).state is CaseState.SUSPENDED
    with on(20, 12):
        resume_cases(timestamp=0)
        resume_cases(timestamp=0)
    row = fresh(case)
    assert (row.state, row.due_on) == (CaseState.IN_CHARGE, date(2027, 1, 4))
    assert list_suspensions(case.id)[0].resumes_on == date(2026, 12, 13)
    assert case_history(case.id)[0].actor_name == "portal"
    assert known.followed[-1] == (case.id, CaseAction.RESUME)
    told = [m for m in db.session.scalars(select(MailMessage)) if "il termine riparte" in m.subject]
    assert [m.recipient for m in told] == ["carla@example.org"]
    assert "oppure archiviare" in told[0].text_body


def test_resuming_what_still_runs_does_nothing(case, clerk):
    assert resume_case(case_id=case.id) is False
    with on(12):
        ask(clerk, case)
        assert resume_case(case_id=case.id) is False


# --- archive, withdraw, assign


def test_what_never_came_is_archived_with_a_reason(case, clerk, known):
    with on(12):
        ask(clerk, case)
    with on(14, 12):
        resume_cases(timestamp=0)
        decide(clerk, case, CaseAction.ARCHIVE)
    row = fresh(case)
    assert (row.state, row.reason) == (CaseState.ARCHIVED, "Un motivo che basta.")
    assert row.is_decided
    assert known.followed[-1] == (case.id, CaseAction.ARCHIVE)
    assert known.applied == []


def test_a_suspended_request_can_be_taken_back_and_its_pause_ends(case, clerk, gina):
    with on(12):
        ask(clerk, case)
    with on(15):
        withdraw_case(actor=actor_of(gina), kind=KIND, subject_id=case.subject_id)
        db.session.commit()
    assert fresh(case).state is CaseState.WITHDRAWN
    assert list_suspensions(case.id)[0].resumes_on == date(2026, 11, 15)


def test_a_kind_without_procedure_knows_none_of_it(client, clerk):
    with known_kinds(CaseKind.PROPOSAL):
        case = make_case()
        with pytest.raises(ForbiddenStepError):
            ask(clerk, case)
        db.session.rollback()
        with pytest.raises(ForbiddenStepError):
            decide(clerk, case, CaseAction.ARCHIVE)
        db.session.rollback()
        decide(clerk, case, CaseAction.REFUSE)
    assert fresh(case).state is CaseState.REFUSED


def test_a_case_given_to_a_colleague_is_in_charge_and_both_are_told(case, clerk, gina):
    dario = make_user(name="Dario Prova", email="dario@example.org", roles=(Role.STAFF,))
    assign_case(actor=actor_of(clerk), case_id=case.id, version=case.version, officer_id=dario.id)
    db.session.commit()
    row = fresh(case)
    assert (row.state, row.officer_name) == (CaseState.IN_CHARGE, "Dario Prova")
    assert mails() == {
        ("dario@example.org", f"La richiesta n. {case.case_number} ora è tua"),
        ("gina@example.org", f"Stiamo lavorando alla tua richiesta n. {case.case_number}"),
    }


def test_who_takes_a_case_from_a_colleague_is_not_mailed(case, clerk):
    dario = make_user(roles=(Role.STAFF,))
    take_case(actor=actor_of(dario), case_id=case.id, version=case.version)
    db.session.commit()
    assign_case(actor=actor_of(clerk), case_id=case.id, version=case.version, officer_id=clerk.id)
    db.session.commit()
    assert fresh(case).officer_id == clerk.id
    assert {to for to, _subject in mails()} == {"gina@example.org"}


@pytest.mark.parametrize("who", ["citizen", "applicant", "architect of elsewhere", "nobody"])
def test_a_case_is_given_only_to_who_may_deal_with_it(case, clerk, gina, who):
    other = list_districts()[1].id
    officer_id = {
        "citizen": lambda: make_user().id,
        "applicant": lambda: gina.id,
        "architect of elsewhere": lambda: make_user(roles=(Role.ARCHITECT,), district_id=other).id,
        "nobody": lambda: 999_999,
    }[who]()
    with pytest.raises(RuleBrokenError):
        assign_case(
            actor=actor_of(clerk), case_id=case.id, version=case.version, officer_id=officer_id
        )


def test_a_suspended_case_keeps_its_state_when_it_changes_hands(case, clerk):
    dario = make_user(roles=(Role.STAFF,))
    with on(12):
        ask(clerk, case)
        assign_case(
            actor=actor_of(clerk), case_id=case.id, version=case.version, officer_id=dario.id
        )
        db.session.commit()
    row = fresh(case)
    assert (row.state, row.officer_id) == (CaseState.SUSPENDED, dario.id)


# --- terms


def test_without_a_setting_the_law_holds(client):
    assert find_terms(KIND) == LEGAL_TERMS
    assert [row.terms for row in list_terms()] == [usual_terms(kind) for kind in CaseKind]


def test_new_terms_are_for_new_cases(case, clerk, gina):
    administrator = make_user(name="Ada Capo", roles=(Role.ADMINISTRATOR,))
    terms = Terms(Term(20, DayCount.WORKING), integration_days=15, observation_days=12)
    set_terms(actor=actor_of(administrator), kind=KIND, terms=terms)
    db.session.commit()
    assert find_terms(KIND) == terms
    with on(2):
        later = make_case(applicant=gina, kind=KIND, subject_id=77)
    # Twenty working days from 2 November, without 24 November.
    assert later.due_on == date(2026, 12, 1)
    with on(12):
        ask(clerk, case)
        supply(gina, case)
    # Answered on the very day: thirty days of all kinds, as it began.
    assert fresh(case).due_on == date(2026, 12, 2)
    assert list_suspensions(case.id)[0].latest_end_on == date(2026, 11, 27)
    row = next(row for row in list_terms() if row.kind is KIND)
    assert row.updated_by == "Ada Capo"


def test_a_request_of_the_night_is_received_on_the_citys_day(known, gina):
    with frozen(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)):
        case = make_case(applicant=gina, kind=KIND)
    assert case.received_on == date(2026, 7, 2)


def test_the_page_knows_used_and_paused_days(case, clerk):
    with on(12):
        ask(clerk, case)
    with on(18):
        procedure = procedure_of(get_case_row(case.id), needs_notice=True)
    assert (procedure.used, procedure.paused, procedure.left) == (10, 6, 20)
    assert procedure.running is not None
    assert procedure.refusal("ask_integration") is StepRefusal.ALREADY_ASKED


# --- what the database refuses


def suspension(case, **values):
    facts = {
        "case_id": case.id,
        "reason": SuspensionReason.INTEGRATION,
        "starts_on": date(2026, 11, 2),
        "latest_end_on": date(2026, 11, 20),
        "resumes_on": date(2026, 11, 10),
        "asked": ASKED,
    }
    return Suspension(**{**facts, **values})


NOTICE = SuspensionReason.REFUSAL_NOTICE


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("ends_after_start", {"latest_end_on": date(2026, 11, 1)}),
        ("resumes_after_start", {"resumes_on": date(2026, 11, 1)}),
        ("integration_at_most_30_days", {"latest_end_on": date(2026, 12, 3)}),
        ("observations_at_least_10_days", {"reason": NOTICE, "latest_end_on": date(2026, 11, 11)}),
        ("answer_has_time", {"answer": ANSWER}),
        ("answer_has_time", {"answered_at": datetime(2026, 11, 3, tzinfo=UTC)}),
        ("says_what_is_asked", {"asked": "  "}),
    ],
)
def test_the_database_refuses_impossible_suspensions(case, rule, values):
    db.session.add(suspension(case, **values))
    with pytest.raises(IntegrityError) as refusal:
        db.session.flush()
    assert refusal.value.orig.diag.constraint_name == f"ck_case_suspension_{rule}"


def test_one_suspension_runs_at_a_time(case):
    db.session.add(suspension(case, resumes_on=None))
    db.session.add(suspension(case, reason=NOTICE, resumes_on=None))
    with pytest.raises(IntegrityError) as refusal:
        db.session.flush()
    assert refusal.value.orig.diag.constraint_name == "uq_case_suspension_running"
    assert "già fermo" in str(explain_constraint(refusal.value).sentence)


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("in_charge_has_officer", {"state": CaseState.SUSPENDED}),
        ("in_charge_has_officer", {"state": CaseState.NOTICED}),
        ("refusal_follows_notice", {"state": CaseState.REFUSED, "decided": True}),
        (
            "refusal_answers_observations",
            {
                "state": CaseState.REFUSED,
                "decided": True,
                "noticed_on": date(2026, 11, 3),
                "observed_at": datetime(2026, 11, 4, tzinfo=UTC),
            },
        ),
        ("observations_follow_notice", {"observed_at": datetime(2026, 11, 4, tzinfo=UTC)}),
        ("decided_has_decider_and_reason", {"state": CaseState.ARCHIVED}),
        ("term_is_sensible", {"term_days": 0}),
        ("term_is_sensible", {"term_days": 181}),
    ],
)
def test_the_database_refuses_impossible_steps(case, clerk, rule, values):
    values = dict(values)
    if values.pop("decided", False):
        values |= {"decided_at": utc_now(), "decided_by_id": clerk.id, "reason": "No."}
    with pytest.raises(IntegrityError) as refusal:
        db.session.execute(update(Case).where(Case.id == case.id).values(**values))
    assert refusal.value.orig.diag.constraint_name == f"ck_moderation_case_{rule}"


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("answer_days_are_sensible", {"answer_days": 0}),
        ("answer_days_are_sensible", {"answer_days": 181}),
        ("integration_days_are_legal", {"integration_days": 31}),
        ("integration_days_are_legal", {"integration_days": 0}),
        ("observation_days_are_legal", {"observation_days": 9}),
        ("observation_days_are_legal", {"observation_days": 61}),
    ],
)
def test_the_database_refuses_terms_that_the_law_does_not_allow(clerk, rule, values):
    facts = {
        "kind": KIND, "answer_days": 30, "day_count": DayCount.CALENDAR, "integration_days": 30,
        "observation_days": 10, "updated_at": utc_now(), "updated_by_id": clerk.id,
    }  # fmt: skip
    db.session.add(ProcedureTerms(**{**facts, **values}))
    with pytest.raises(IntegrityError) as refusal:
        db.session.flush()
    assert refusal.value.orig.diag.constraint_name == f"ck_procedure_terms_{rule}"


def test_messages_and_notes_say_something(case, clerk):
    facts = {"case_id": case.id, "at": utc_now(), "author_id": clerk.id, "body": " "}
    for row, name in (
        (CaseMessage(is_from_office=True, **facts), "ck_case_message_says_something"),
        (CaseNote(**facts), "ck_case_note_says_something"),
    ):
        db.session.add(row)
        with pytest.raises(IntegrityError) as refusal:
            db.session.flush()
        assert refusal.value.orig.diag.constraint_name == name
        db.session.rollback()


def test_a_file_belongs_to_one_attachment(case, gina):
    file = store_upload(upload=upload(PDF))
    for _twice in range(2):
        db.session.add(
            CaseAttachment(
                case_id=case.id, file_id=file.id, at=utc_now(), uploaded_by_id=gina.id,
                is_from_office=False,
            )
        )  # fmt: skip
    with pytest.raises(IntegrityError) as refusal:
        db.session.flush()
    assert refusal.value.orig.diag.constraint_name == "uq_case_attachment_file_id"
