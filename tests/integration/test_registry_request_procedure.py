"""A request on its way: completed when asked, refused after a notice, archived, too late."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from portal.core.clock import frozen, local_today, utc_now
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.core.files import StoredFile
from portal.core.history import list_history
from portal.moderation.queries import list_suspensions
from portal.moderation.services import (
    ask_integration,
    decide_case,
    give_refusal_notice,
    resume_case,
    send_observations,
)
from portal.moderation.states import CaseAction, CaseState
from portal.permissions import Role
from portal.registry.models import RequestDocument
from portal.registry.queries import get_association, list_requests_of
from portal.registry.services import submit_request, withdraw_request
from portal.registry.states import RequestState
from tests.factories.files import PDF
from tests.factories.people import actor_of, make_user
from tests.factories.registry_requests import case_of, decide, hand_in, make_draft, request_of

ASKED = "Manca il nome come nello statuto."
SUMMARY = "/registro/richiesta/riepilogo"


@pytest.fixture
def applicant(client):
    person = make_user(name="Bruna Prova", email="bruna@example.org")
    client.sign_in(person)
    return person


@pytest.fixture
def clerk(database):
    return make_user(name="Carla Prova", roles=(Role.STAFF,))


def step(name):
    return f"/registro/richiesta/{name}"


def page_of(request):
    return f"/registro/richieste/{request.id}"


def ask(clerk, request, text=ASKED):
    case = case_of(request)
    ask_integration(actor=actor_of(clerk), case_id=case.id, version=case.version, text=text)
    db.session.commit()


def give_notice(clerk, request, text="È un partito."):
    case = case_of(request)
    give_refusal_notice(actor=actor_of(clerk), case_id=case.id, version=case.version, text=text)
    db.session.commit()


def refuse(clerk, request, reason, answer=None):
    case = case_of(request)
    decide_case(
        actor=actor_of(clerk),
        case_id=case.id,
        version=case.version,
        action=CaseAction.REFUSE,
        reason=reason,
        observations_answer=answer,
    )
    db.session.commit()


def after(days):
    return frozen(utc_now() + timedelta(days=days))


# --- completed when asked


def test_what_is_asked_for_is_mended_and_sent_within_the_same_term(client, applicant, clerk):
    with frozen(datetime(2026, 11, 2, 10, tzinfo=UTC)):
        request = hand_in(applicant)
    with frozen(datetime(2026, 11, 9, 10, tzinfo=UTC)):
        ask(clerk, request)
        client.sign_in(applicant)
        assert request_of(applicant).state is RequestState.RETURNED
        for address in (step("associazione"), SUMMARY, page_of(request)):
            assert ASKED in client.get(address).text
    with frozen(datetime(2026, 11, 16, 10, tzinfo=UTC)):
        data = {"name": "Nome dello statuto", "tax_code": request.tax_code, "kind": "aps"}
        assert client.submit(step("associazione"), data).location == SUMMARY
        sent = client.submit(SUMMARY, {"note": "Ho corretto il nome."})
        assert sent.location == page_of(request)
    case = case_of(request)
    assert request_of(applicant).state is RequestState.SUBMITTED
    assert (case.state, case.title) == (CaseState.IN_CHARGE, "Nome dello statuto")
    # The second of December, and the seven days in which the term stood still.
    assert (case.received_on, case.due_on) == (date(2026, 11, 2), date(2026, 12, 9))
    (suspension,) = list_suspensions(case.id)
    assert suspension.answer == "Ho corretto il nome."
    steps = list_history(subject_kind="registry_request", subject_id=request.id)
    assert [s.to_state for s in steps] == ["submitted", "returned", "submitted"]
    decide(clerk, request, CaseAction.ACCEPT, "Ora c’è tutto.")
    assert request_of(applicant).state is RequestState.ACCEPTED


def test_completing_twice_with_the_same_tap_is_once(client, applicant, clerk):
    request = hand_in(applicant)
    ask(clerk, request)
    first, second = client.submit(SUMMARY), client.submit(SUMMARY)
    assert first.location == second.location == page_of(request)
    assert case_of(request).state is CaseState.IN_CHARGE


def test_documents_are_replaced_but_not_taken_away_while_the_office_waits(client, applicant, clerk):
    request = hand_in(applicant)
    ask(clerk, request, "Lo statuto non si legge.")
    assert client.submit(step("documenti/bylaws/togli")).status_code == 409
    new = {"bylaws": (BytesIO(PDF), "statuto leggibile.pdf")}
    assert client.submit(step("documenti"), new).location == SUMMARY
    assert "statuto leggibile.pdf" in client.get(SUMMARY).text
    kept = select(StoredFile.name).join(RequestDocument, RequestDocument.file_id == StoredFile.id)
    names = set(db.session.scalars(kept))
    assert names == {"deed.pdf", "statuto leggibile.pdf"}


def test_an_open_request_is_not_emptied(client, applicant, clerk):
    request = hand_in(applicant)
    ask(clerk, request)
    response = client.submit(step("persone"), {"legal_representative": "", "poi": "dopo"})
    assert response.status_code in {409, 422}
    assert request_of(applicant).legal_representative == "Bruna Prova"


def test_after_the_last_day_what_was_handed_in_stands(client, applicant, clerk):
    request = hand_in(applicant)
    ask(clerk, request)
    with after(31):
        client.sign_in(applicant)
        data = {"legal_representative": "Ada Prova"}
        assert client.submit(step("persone"), data).status_code == 409
        assert client.submit(SUMMARY).status_code == 409
        assert resume_case(case_id=case_of(request).id)
        db.session.commit()
        assert request_of(applicant).state is RequestState.SUBMITTED
        assert case_of(request).state is CaseState.IN_CHARGE
        assert client.get(step("persone")).location == page_of(request)
    assert request_of(applicant).legal_representative == "Bruna Prova"


def test_a_request_asked_to_be_completed_can_be_withdrawn(client, applicant, clerk):
    request = hand_in(applicant)
    ask(clerk, request)
    assert client.submit(f"{page_of(request)}/ritira").location == page_of(request)
    assert request_of(applicant).state is RequestState.WITHDRAWN
    assert case_of(request).state is CaseState.WITHDRAWN


# --- refused after a notice, archived


def test_a_refused_request_says_why_and_a_new_one_can_be_started(client, applicant, clerk):
    request = hand_in(applicant)
    give_notice(clerk, request)
    client.sign_in(applicant)
    page = client.get(page_of(request)).text
    assert "È un partito." in page
    with after(12):
        client.sign_in(applicant)
        refuse(clerk, request, "È un partito, e lo statuto lo dice.")
        page = client.get(page_of(request)).text
        assert "È un partito, e lo statuto lo dice." in page
    client.sign_in(applicant)
    data = {"name": "Altra", "tax_code": request.tax_code, "kind": "aps"}
    assert client.submit(step("associazione"), data).status_code == 303
    assert [r.state for r in list_requests_of(applicant.id)] == [
        RequestState.DRAFT,
        RequestState.REFUSED,
    ]


def test_observations_are_answered_in_the_refusal(client, applicant, clerk):
    request = hand_in(applicant)
    give_notice(clerk, request)
    send_observations(
        actor=actor_of(applicant), case_id=case_of(request).id, text="Non siamo un partito."
    )
    db.session.commit()
    with pytest.raises(ForbiddenStepError):
        refuse(clerk, request, "Resta un partito.")
    db.session.rollback()
    refuse(clerk, request, "Resta un partito.", "L’articolo 2 dice il contrario.")
    assert request_of(applicant).state is RequestState.REFUSED


def test_a_request_is_not_open_while_its_reasons_are_told(client, applicant, clerk):
    request = hand_in(applicant)
    give_notice(clerk, request)
    assert request_of(applicant).state is RequestState.SUBMITTED
    assert client.get(step("persone")).location == page_of(request)
    assert client.submit(step("persone"), {"legal_representative": "X"}).status_code == 409


def test_an_archived_request_says_why_and_frees_the_tax_code(client, applicant, clerk):
    request = hand_in(applicant)
    decide(clerk, request, CaseAction.ARCHIVE, "Non è arrivato lo statuto.")
    client.sign_in(applicant)
    assert "Non è arrivato lo statuto." in client.get(page_of(request)).text
    make_draft(other := make_user())
    submit_request(actor=actor_of(other))
    db.session.commit()


def test_what_has_ended_is_not_withdrawn(applicant, clerk):
    request = hand_in(applicant)
    decide(clerk, request, CaseAction.ARCHIVE, "Doppione.")
    with pytest.raises(NotFoundError):
        withdraw_request(actor=actor_of(applicant), request_id=request.id)


def test_acceptance_copies_what_the_office_reads_and_shows_nothing_more(client, applicant, clerk):
    request = hand_in(
        applicant,
        audience="famiglie",
        meeting_times="Giovedì 18–20",
        certified_email="amici@pec.example.org",
    )
    decide(clerk, request, CaseAction.ACCEPT, "Benvenute.")
    association = request_of(applicant).association_id
    entered = get_association(association)
    assert entered.purposes == request.purposes
    assert (entered.audience, entered.meeting_times) == ("famiglie", "Giovedì 18–20")
    assert entered.legal_representative == "Bruna Prova"
    assert entered.officers == [{"name": "Carlo Prova", "role": "tesoriere"}]
    assert entered.certified_email == "amici@pec.example.org"
    client.sign_out()
    public = client.get(f"/registro/{entered.slug}").text
    for secret in ("Carlo", "Bruna Prova", "pec.example.org"):
        assert secret not in public
    assert entered.enrolled_on == local_today()
