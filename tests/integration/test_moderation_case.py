"""One case: its page, taking it in charge, deciding it."""

import threading

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.core.access import may
from portal.core.clock import local_today, utc_now
from portal.core.database import db
from portal.core.errors import AlreadyDecidedError, RuleBrokenError, explain_constraint
from portal.core.mail import MailMessage
from portal.moderation.models import Case
from portal.moderation.queries import (
    case_history,
    cases_of_subjects,
    find_case_of,
    get_case_row,
    list_cases_of,
)
from portal.moderation.services import (
    decide_case,
    open_case,
    release_case,
    resubmit_case,
    take_case,
    withdraw_case,
)
from portal.moderation.states import CaseAction, CaseKind, CaseState
from portal.permissions import Permission, Role
from tests.client import parse
from tests.factories.moderation import decided_case, known_kinds, make_case
from tests.factories.people import actor_of, make_user

NOW = utc_now()
HTMX = {"HX-Request": "true"}
REASON = "Bella idea, e si può fare."


@pytest.fixture
def clerk(client):
    user = make_user(name="Carla Prova", roles=(Role.STAFF,))
    client.sign_in(user)
    return user


@pytest.fixture
def kind(client):
    with known_kinds(CaseKind.PROPOSAL) as known:
        yield known


def decision(case, **changes):
    return {"version": case.version, "decision": "accept", "reason": REASON, **changes}


def steps(case):
    return [entry.action for entry in case_history(case.id)]


def fresh(case):
    db.session.rollback()
    return get_case_row(case.id)


# --- the page


def test_page_says_who_asks_for_whom_and_by_when(client, clerk, kind):
    case = make_case(
        applicant=make_user(name="Gina Prova", email="gina@example.org"),
        on_behalf_of="Amici inventati APS",
        days_left=3,
    )
    page = client.get(f"/gestione/coda/{case.id}").text
    for words in (
        case.title, case.case_number, "Gina Prova", "gina@example.org", "Amici inventati APS",
        "Restano 3 giorni", "Inviata da Gina Prova",
    ):  # fmt: skip
        assert words in page


def test_an_architect_does_not_see_the_address(client, kind):
    from portal.territory.queries import list_districts

    district = list_districts()[0]
    client.sign_in(make_user(roles=(Role.ARCHITECT,), district_id=district.id))
    case = make_case(applicant=make_user(email="gina@example.org"), district_id=district.id)
    assert "gina@example.org" not in client.get(f"/gestione/coda/{case.id}").text


@pytest.mark.parametrize("case_id", ["0", "999", str(2**63 - 1), str(2**63), "9" * 40, "-1", "x"])
def test_what_is_not_there_is_404(client, clerk, case_id):
    assert client.get(f"/gestione/coda/{case_id}").status_code == 404
    assert client.submit(f"/gestione/coda/{case_id}/decidi").status_code == 404


def test_htmx_opens_the_case_beside_the_list(client, clerk, kind):
    case = make_case()
    part = client.get(f"/gestione/coda/{case.id}", headers=HTMX)
    assert part.text.lstrip().startswith('<div class="desk" id="desk">')
    assert {"results", "case"} <= {
        e.get("id") for e in parse(f"<!doctype html><title>x</title>{part.text}").iter()
    }


def test_list_beside_the_case_keeps_its_filters(client, clerk, kind):
    case = make_case(title="Questa")
    page = client.get(f"/gestione/coda/{case.id}?vista=di-nessuno&q=questa").text
    for step in ("", "/prendi", "/decidi"):
        assert f"/gestione/coda/{case.id}{step}?vista=di-nessuno&amp;q=questa" in page


def test_a_reloaded_answer_leads_to_the_case(client, clerk, kind):
    case = make_case()
    for step in ("prendi", "lascia", "decidi"):
        answer = client.get(f"/gestione/coda/{case.id}/{step}?vista=mie")
        assert answer.location == f"/gestione/coda/{case.id}?vista=mie"


def test_a_subject_that_is_gone_does_not_break_the_page(client, clerk, kind, monkeypatch):
    from dataclasses import replace

    from flask import current_app

    from portal.core.errors import NotFoundError

    def load(_subject_id):
        raise NotFoundError

    table = current_app.extensions["portal_case_kinds"]
    table[CaseKind.PROPOSAL] = replace(table[CaseKind.PROPOSAL], load=load)
    assert "non si può mostrare" in client.get(f"/gestione/coda/{make_case().id}").text


# --- what the applicant sees


def test_the_applicant_sees_the_steps_and_the_answer(client, kind):
    gina = make_user(name="Gina Prova")
    dario = make_user(name="Dario Prova", roles=(Role.STAFF,))
    waiting = make_case(applicant=gina, days_left=-1, on_behalf_of="Amici inventati APS")
    done = decided_case(dario, applicant=gina, reason="Bella idea, si fa.")
    client.sign_in(gina)
    page = client.get(f"/area-personale/richieste/{waiting.id}").text
    for words in (waiting.case_number, "Siamo in ritardo", "Amici inventati APS", "In attesa"):
        assert words.lower() in page.lower()
    page = client.get(f"/area-personale/richieste/{done.id}").text
    for words in ("Bella idea, si fa.", "Accolta da Dario Prova", "Accolta"):
        assert words in page


def test_nobody_else_sees_the_applicants_page(client, kind):
    case = make_case()
    path = f"/area-personale/richieste/{case.id}"
    assert client.get(path).location.startswith("/accedi?next=")
    client.sign_in(make_user())
    assert client.get(path).status_code == 404
    assert client.get("/area-personale/richieste/999").status_code == 404
    assert client.get(f"/area-personale/richieste/{2**63}").status_code == 404


# --- taking in charge


def test_taking_in_charge_is_recorded_and_mailed_once(client, clerk, kind):
    case = make_case(applicant=make_user(email="gina@example.org"), title="Una pensilina")
    answer = client.submit(f"/gestione/coda/{case.id}/prendi?vista=di-nessuno", {"version": 1})
    assert (answer.status_code, answer.location) == (
        303,
        f"/gestione/coda/{case.id}?vista=di-nessuno",
    )
    row = fresh(case)
    assert (row.state, row.officer_name) == (CaseState.IN_CHARGE, "Carla Prova")
    mail = db.session.scalars(select(MailMessage)).one()
    assert mail.recipient == "gina@example.org"
    assert mail.subject == f"Stiamo lavorando alla tua richiesta n. {row.case_number}"
    for words in ("Carla Prova", "Una pensilina", f"/area-personale/richieste/{case.id}"):
        assert words in mail.text_body
        assert words in mail.html_body
    client.submit(f"/gestione/coda/{case.id}/lascia", {"version": row.version})
    client.submit(f"/gestione/coda/{case.id}/prendi", {"version": fresh(case).version})
    assert steps(case) == ["take", "release", "take", "open"]
    assert len(db.session.scalars(select(MailMessage)).all()) == 1


def test_mail_speaks_the_readers_language(client, clerk, kind):
    case = make_case(applicant=make_user(locale="en"))
    client.submit(f"/gestione/coda/{case.id}/prendi", {"version": 1})
    assert db.session.scalars(select(MailMessage)).one().subject.startswith("We are working on")


def test_a_case_given_back_is_nobodys(client, clerk, kind):
    case = make_case()
    take_case(actor=actor_of(clerk), case_id=case.id, version=case.version)
    db.session.commit()
    client.submit(f"/gestione/coda/{case.id}/lascia", {"version": case.version})
    assert (fresh(case).state, fresh(case).officer_id) == (CaseState.WAITING, None)


def test_what_nobody_has_cannot_be_given_back(client, clerk, kind):
    case = make_case()
    answer = client.submit(f"/gestione/coda/{case.id}/lascia", {"version": 1})
    assert answer.status_code == 409
    assert steps(case) == ["open"]


def test_htmx_taking_brings_panel_and_row(client, clerk, kind):
    case = make_case()
    answer = client.submit(f"/gestione/coda/{case.id}/prendi", {"version": 1}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<article")
    assert f'id="case-{case.id}" data-id="{case.id}" hx-swap-oob="true"' in answer.text
    assert "HX-Push-Url" not in answer.headers


@pytest.mark.parametrize("version", ["", "uno", "1.5", "9" * 30])
def test_a_broken_version_is_no_crash(client, clerk, kind, version):
    case = make_case()
    for step in ("prendi", "decidi"):
        answer = client.submit(f"/gestione/coda/{case.id}/{step}", decision(case, version=version))
        assert answer.status_code in {409, 422}
    assert steps(case) == ["open"]


# --- deciding


def test_a_decision_needs_no_taking_and_leads_to_the_next_case(client, clerk, kind):
    case, later = make_case(days_left=1), make_case(title="La prossima", days_left=5)
    answer = client.submit(f"/gestione/coda/{case.id}/decidi?vista=di-nessuno", decision(case))
    assert (answer.status_code, answer.location) == (
        303,
        f"/gestione/coda/{later.id}?vista=di-nessuno",
    )
    assert "La prossima" in client.get(answer.location).text
    row = fresh(case)
    assert (row.state, row.reason, row.decided_by_name) == (
        CaseState.ACCEPTED, REASON, "Carla Prova",
    )  # fmt: skip
    assert kind.applied == [(case.id, CaseAction.ACCEPT, REASON)]
    assert steps(case) == ["accept", "open"]
    assert case_history(case.id)[0].note == REASON


def test_after_the_last_one_the_queue_comes_back_with_its_filters(client, clerk, kind):
    case = make_case()
    answer = client.submit(f"/gestione/coda/{case.id}/decidi?tipo=proposal", decision(case))
    assert (answer.status_code, answer.location) == (303, "/gestione/coda?tipo=proposal")


def test_after_the_last_of_the_list_the_first_one_comes(client, clerk, kind):
    first, last = make_case(days_left=1), make_case(days_left=9)
    answer = client.submit(f"/gestione/coda/{last.id}/decidi", decision(last))
    assert answer.location == f"/gestione/coda/{first.id}"


def test_who_wants_to_stay_stays(client, clerk, kind):
    case, _later = make_case(days_left=1), make_case(days_left=2)
    answer = client.submit(f"/gestione/coda/{case.id}/decidi", decision(case, poi="qui"))
    assert answer.location == f"/gestione/coda/{case.id}"
    assert REASON in client.get(answer.location).text


def test_htmx_decision_brings_the_next_case_and_the_row_that_changed(client, clerk, kind):
    case, later = make_case(days_left=1), make_case(title="La prossima", days_left=5)
    answer = client.submit(f"/gestione/coda/{case.id}/decidi", decision(case), headers=HTMX)
    assert answer.status_code == 200
    assert "La prossima" in answer.text
    row = answer.text[answer.text.index(f'id="case-{case.id}"') :]
    assert 'hx-swap-oob="true"' in row
    assert "Accolta" in row
    assert answer.headers["HX-Push-Url"] == f"/gestione/coda/{later.id}"
    assert fresh(case).state is CaseState.ACCEPTED


def test_htmx_decision_of_the_last_one_shows_it_decided(client, clerk, kind):
    case = make_case()
    answer = client.submit(f"/gestione/coda/{case.id}/decidi", decision(case), headers=HTMX)
    assert answer.status_code == 200
    assert REASON in answer.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "Scrivi il motivo"),
        ({"reason": "   no   "}, "da 10 a 2000 caratteri"),
        ({"reason": "x" * 2001}, "da 10 a 2000 caratteri"),
        ({"reason": "Va bene, ma \x00 no"}, "invisib"),
        ({"reason": "Va bene, ma \u202e no"}, "invisib"),
        ({"decision": ""}, "Scegli cosa decidi"),
        ({"decision": "take"}, "Scegli cosa decidi"),
        ({"decision": "<b>"}, "Scegli cosa decidi"),
    ],
)
@pytest.mark.usefixtures("clerk", "kind")
def test_an_incomplete_decision_says_what_to_do(client, changes, words):
    case = make_case()
    data = decision(case, **changes)
    for headers in ({}, HTMX):
        answer = client.submit(f"/gestione/coda/{case.id}/decidi", data, headers=headers)
        assert answer.status_code == 422
        assert words in answer.text
        assert "error-summary" in answer.text
    assert fresh(case).state is CaseState.WAITING


def test_what_was_typed_is_kept(client, clerk, kind):
    case = make_case()
    data = decision(case, decision="", reason="Un motivo <lungo> abbastanza")
    answer = client.submit(f"/gestione/coda/{case.id}/decidi", data)
    assert "Un motivo &lt;lungo&gt; abbastanza" in answer.text
    assert f'name="version" value="{case.version}"' in answer.text


def test_a_decision_that_the_kind_does_not_know_is_409(client, clerk):
    with known_kinds(CaseKind.PROPOSAL, decisions=(CaseAction.ACCEPT,)):
        case = make_case()
        data = decision(case, decision="refuse")
        answer = client.submit(f"/gestione/coda/{case.id}/decidi", data)
    assert answer.status_code == 409
    assert REASON in answer.text
    assert fresh(case).state is CaseState.WAITING


def test_a_kind_without_a_row_cannot_be_decided(client, clerk):
    with known_kinds():
        case = make_case()
        answer = client.submit(f"/gestione/coda/{case.id}/decidi", decision(case))
    assert answer.status_code == 409
    assert fresh(case).state is CaseState.WAITING


def test_what_the_feature_refuses_leaves_the_case_as_it_was(client, clerk, kind):
    kind.refusal = RuleBrokenError("Il laboratorio è chiuso.")
    case = make_case()
    answer = client.submit(f"/gestione/coda/{case.id}/decidi", decision(case))
    assert answer.status_code == 409
    assert "Il laboratorio è chiuso." in answer.text
    assert REASON in answer.text
    assert 'class="decide"' in answer.text
    assert fresh(case).state is CaseState.WAITING
    assert steps(case) == ["open"]


def test_nobody_decides_about_their_own_request(client, clerk, kind):
    case = make_case(applicant=clerk)
    page = client.get(f"/gestione/coda/{case.id}").text
    assert "È una tua richiesta." in page
    assert "/decidi" not in page
    for step in ("prendi", "decidi"):
        answer = client.submit(f"/gestione/coda/{case.id}/{step}", decision(case))
        assert answer.status_code == 403
    assert fresh(case).state is CaseState.WAITING


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_a_case_follows_the_table(client, kind, role):
    granted = (role,) if role in {Role.STAFF, Role.ADMINISTRATOR} else ()
    user = make_user(roles=granted)
    client.sign_in(user)
    case = make_case()
    expected = 200 if granted else 403
    assert client.get(f"/gestione/coda/{case.id}").status_code == expected
    row = get_case_row(case.id)
    assert may(actor_of(user), Permission.CASE_DECIDE, row) is bool(granted)


# --- two at once


def test_the_second_decider_is_told_who_did_what_and_keeps_the_words(client, clerk, kind):
    case = make_case()
    seen = case.version
    colleague = make_user(name="Dario Prova", roles=(Role.STAFF,))
    decide_case(
        actor=actor_of(colleague), case_id=case.id, version=seen, action=CaseAction.REFUSE,
        reason="Non è del Comune.",
    )  # fmt: skip
    db.session.commit()
    data = decision(case, version=seen, reason="Il motivo che ho scritto io")
    for headers in ({}, HTMX):
        answer = client.submit(f"/gestione/coda/{case.id}/decidi", data, headers=headers)
        assert answer.status_code == 409
        assert 'class="notice wait"' in answer.text
        assert "Dario Prova ha deciso" in answer.text
        assert "non accolta" in answer.text
        assert "Non è del Comune." in answer.text
        assert "Il motivo che ho scritto io" in answer.text
    assert fresh(case).decided_by_name == "Dario Prova"
    assert len(kind.applied) == 1


def test_the_same_button_twice_says_that_it_is_done(client, clerk, kind):
    case = make_case()
    data = decision(case)
    assert client.submit(f"/gestione/coda/{case.id}/decidi", data).status_code == 303
    again = client.submit(f"/gestione/coda/{case.id}/decidi", data)
    assert again.status_code == 409
    assert "Hai già deciso tu" in again.text
    assert len(kind.applied) == 1


def test_who_decides_while_a_colleague_takes_it_can_confirm_again(client, clerk, kind):
    case = make_case()
    seen = case.version
    colleague = make_user(name="Dario Prova", roles=(Role.STAFF,))
    take_case(actor=actor_of(colleague), case_id=case.id, version=seen)
    db.session.commit()
    answer = client.submit(f"/gestione/coda/{case.id}/decidi", decision(case, version=seen))
    assert answer.status_code == 409
    assert "Presa in carico da Dario Prova" in answer.text
    assert REASON in answer.text
    assert f'name="version" value="{case.version}"' in answer.text
    again = client.submit(f"/gestione/coda/{case.id}/decidi", decision(case))
    assert again.status_code == 303


def test_two_connections_decide_at_once_and_one_wins(app, client, clerk, kind):
    case = make_case()
    case_id, version = case.id, case.version
    actors = [actor_of(clerk), actor_of(make_user(name="Dario Prova", roles=(Role.STAFF,)))]
    start, outcomes = threading.Barrier(2), []

    def run(actor):
        with app.test_request_context():
            start.wait()
            try:
                decide_case(
                    actor=actor, case_id=case_id, version=version, action=CaseAction.ACCEPT,
                    reason=REASON,
                )  # fmt: skip
                db.session.commit()
                outcomes.append("decided")
            except AlreadyDecidedError:
                outcomes.append("told")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["decided", "told"]
    assert steps(case) == ["accept", "open"]
    assert len(kind.applied) == 1


# --- services and queries of other features


def test_what_was_returned_is_handed_in_again_with_a_new_term(client, clerk):
    case = decided_case(clerk, action=CaseAction.RETURN, days_left=-3)
    applicant = actor_of(db.session.get(type(clerk), case.applicant_id))
    number = case.case_number
    resubmit_case(
        actor=applicant, kind=case.kind, subject_id=case.subject_id, title="Una panchina, meglio"
    )
    db.session.commit()
    row = fresh(case)
    assert (row.state, row.received_on, row.reason) == (CaseState.WAITING, local_today(), None)
    assert (row.case_number, row.title) == (number, "Una panchina, meglio")
    assert steps(case) == ["resubmit", "return", "open"]


def test_a_request_can_be_taken_back(client, clerk):
    case = make_case()
    applicant = actor_of(db.session.get(type(clerk), case.applicant_id))
    withdraw_case(actor=applicant, kind=case.kind, subject_id=case.subject_id)
    db.session.commit()
    assert fresh(case).state is CaseState.WITHDRAWN


def test_features_find_the_newest_case_of_their_subjects(client, clerk):
    applicant = make_user()
    decided_case(clerk, applicant=applicant, subject_id=7, action=CaseAction.REFUSE)
    newest = make_case(applicant=applicant, subject_id=7)
    make_case(subject_id=8)
    assert find_case_of(CaseKind.PROPOSAL, 7).id == newest.id
    assert find_case_of(CaseKind.CLAIM, 7) is None
    assert set(cases_of_subjects(CaseKind.PROPOSAL, [7, 8, 9])) == {7, 8}
    assert list_cases_of(applicant.id)[0].id == newest.id
    assert len(list_cases_of(applicant.id)) == 2


def test_one_open_case_a_subject(client, clerk):
    case = make_case(subject_id=7)
    with pytest.raises(IntegrityError) as refusal:
        open_case(
            actor=actor_of(clerk), kind=case.kind, subject_id=7, title="Ancora"
        )  # fmt: skip
    assert "già stata inviata" in str(explain_constraint(refusal.value).sentence)


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("decided_has_decider_and_reason", {"state": CaseState.ACCEPTED}),
        ("decided_has_decider_and_reason", {"reason": "Senza stato"}),
        ("in_charge_has_officer", {"state": CaseState.IN_CHARGE}),
        ("due_after_received", {"due_on": local_today().replace(year=2000)}),
        (
            "reason_is_said",
            {
                "state": CaseState.REFUSED,
                "reason": " ",
                "decided_at": utc_now(),
                "decided_by_id": 0,
            },
        ),
        (
            "decider_is_not_applicant",
            {
                "state": CaseState.REFUSED,
                "reason": "No",
                "decided_at": utc_now(),
                "decided_by_id": 1,
            },
        ),
    ],
)
def test_the_database_refuses_impossible_cases(client, clerk, rule, values):
    applicant = make_user()
    case = make_case(applicant=applicant)
    if "decided_by_id" in values:
        values = {**values, "decided_by_id": [clerk.id, applicant.id][values["decided_by_id"]]}
    with pytest.raises(IntegrityError) as refusal:
        db.session.execute(update(Case).where(Case.id == case.id).values(**values))
    assert refusal.value.orig.diag.constraint_name == f"ck_moderation_case_{rule}"


def test_release_by_a_stale_page_is_told(client, clerk, kind):
    case = make_case()
    take_case(actor=actor_of(clerk), case_id=case.id, version=1)
    with pytest.raises(AlreadyDecidedError):
        release_case(actor=actor_of(clerk), case_id=case.id, version=1)
