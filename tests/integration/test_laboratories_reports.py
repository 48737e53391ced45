"""Reports of proposals and comments, and what becomes of them (behaviour 49)."""

import pytest
from flask import current_app
from sqlalchemy.exc import IntegrityError

from portal.core.access import ANONYMOUS
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.laboratories.models import ContentReport
from portal.laboratories.services import answer_report, report_content, show_comment_again
from portal.laboratories.states import CommentState, ProposalState, ReportState
from portal.moderation.models import Case
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.permissions import Role
from tests.factories.laboratories import make_laboratory, make_published
from tests.factories.people import actor_of, make_user
from tests.integration.test_laboratories_talk import address_of, comment, mails, published, said

REASON = "C’è un numero di telefono."


@pytest.fixture
def author(database):
    return make_user(name="Samira Prova", email="samira@example.org")


@pytest.fixture
def proposal(author):
    return make_published(make_laboratory(), author, title="Il cortile aperto")


@pytest.fixture
def lorenzo(database):
    return make_user(name="Lorenzo Gialli", email="lorenzo@example.org")


@pytest.fixture
def reported(proposal, lorenzo):
    return published(proposal, lorenzo, text="Chiamate lo 0522…")


def report(proposal, made=None, user=None, reason="Dati privati"):
    sent = report_content(
        actor=actor_of(user) if user else ANONYMOUS,
        proposal_id=proposal.id,
        comment_id=made.id if made else None,
        reason=reason,
    )
    db.session.commit()
    return sent


def cases() -> list[Case]:
    statement = db.select(Case).where(Case.kind == CaseKind.CONTENT_REPORT).order_by(Case.id)
    return list(db.session.scalars(statement))


def decide(action=CaseAction.ACCEPT, reason=REASON, clerk=None):
    case = cases()[-1]
    clerk = clerk or make_user(name="Carla Ufficio", roles=(Role.STAFF,))
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=action, reason=reason
    )
    db.session.commit()


def test_anybody_reports_without_an_account(client, proposal, reported):
    page = client.get(address_of(proposal, f"/segnala?commento={reported.id}"))
    assert "Chiamate lo 0522…" in said(page)
    form = {"reason": "Dati privati", "comment_id": str(reported.id)}
    assert client.submit(address_of(proposal, "/segnala"), form).status_code == 303
    [case] = cases()
    assert (case.applicant_id, case.term_days) == (None, 2)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    assert "segnalato" in said(client.get("/gestione/coda"))
    page = said(client.get(f"/gestione/coda/{case.id}"))
    for words in ("Una persona senza account", "Dati privati", "Il commento di Lorenzo Gialli"):
        assert words in page


def test_machines_are_told_the_same_and_nothing_is_kept(client, proposal, monkeypatch):
    form = {"reason": "Compra qui", "website": "https://example.org"}
    assert client.submit(address_of(proposal, "/segnala"), form).status_code == 303
    monkeypatch.setitem(current_app.config, "PORTAL_FASTEST_REGISTRATION_SECONDS", 2)
    fast = client.submit(address_of(proposal, "/segnala"), {"reason": "Troppo in fretta"})
    assert fast.status_code == 422
    assert "Troppo in fretta" in fast.text
    assert "premi di nuovo il pulsante" in said(fast)
    assert cases() == []


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"reason": ""}, 422),
        ({"reason": "x" * 1001}, 422),
        ({"reason": "Sì", "comment_id": "999999"}, 404),
        ({"reason": "Sì", "comment_id": "x"}, 303),
    ],
)
def test_bad_reports_are_refused(client, proposal, form, status):
    assert client.submit(address_of(proposal, "/segnala"), form).status_code == status


def test_what_is_not_public_cannot_be_reported(client, proposal, lorenzo):
    waiting = comment(proposal, lorenzo)
    with pytest.raises(NotFoundError):
        report(proposal, waiting)
    assert client.get(address_of(proposal, f"/segnala?commento={waiting.id}")).status_code == 404


def test_several_reports_of_one_thing_make_one_case(client, proposal, reported):
    ada = make_user(name="Ada Prova")
    first = report(proposal, reported, ada)
    assert report(proposal, reported, ada).id == first.id
    report(proposal, reported)
    report(proposal)
    assert len(cases()) == 2
    case = find_case_of(CaseKind.CONTENT_REPORT, first.id)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    assert "2 segnalazioni" in said(client.get(f"/gestione/coda/{case.id}"))


def test_a_hidden_comment_leaves_a_trace_and_its_author_answers_once(
    client, proposal, reported, lorenzo
):
    ada = make_user(name="Ada Prova", email="ada@example.org")
    sent = report(proposal, reported, ada)
    decide()
    page = said(client.get(address_of(proposal)))
    assert f"La redazione ha nascosto questo commento: {REASON}" in page
    assert "0522" not in page
    assert "Lorenzo G." not in page
    [hidden] = mails("hidden")
    assert (hidden.recipient, hidden.subject) == (
        lorenzo.email,
        "Abbiamo nascosto quello che hai scritto: Il cortile aperto",
    )
    for words in (REASON, "Chiamate lo 0522…", f"/laboratori/nascosti/{sent.id}"):
        assert words in hidden.text_body
    [told] = mails("decided")
    assert (told.recipient, told.subject) == (
        ada.email,
        "Quello che hai segnalato è nascosto: Il cortile aperto",
    )

    address = f"/laboratori/nascosti/{sent.id}"
    client.sign_in(ada)
    assert client.get(address).status_code == 404
    client.sign_in(lorenzo)
    assert REASON in said(client.get(address))
    assert client.submit(address, {"text": ""}).status_code == 422
    assert client.submit(address, {"text": "Era il mio numero."}).status_code == 303
    again = client.submit(address, {"text": "Ancora."})
    assert again.status_code == 409
    assert db.session.get(ContentReport, sent.id).author_answer == "Era il mio numero."
    [answered] = mails("answered")
    assert "Era il mio numero." in answered.text_body
    with pytest.raises(NotFoundError):
        answer_report(actor=actor_of(ada), report_id=sent.id, text="Io")


def test_the_office_sees_the_answer_and_shows_the_comment_again(
    client, proposal, reported, lorenzo
):
    sent = report(proposal, reported)
    decide()
    answer_report(actor=actor_of(lorenzo), report_id=sent.id, text="Era il mio numero.")
    db.session.commit()
    client.sign_in(make_user(roles=(Role.STAFF,)))
    page = said(client.get(f"/gestione/coda/{cases()[0].id}"))
    assert "Era il mio numero." in page
    assert "Rimetti in vista il commento" in page
    again = f"/gestione/laboratori/nascosti/{sent.id}/mostra"
    assert client.submit(again).status_code == 303
    db.session.refresh(reported)
    assert (reported.state, reported.reason) == (CommentState.PUBLISHED, None)
    assert client.submit(again).status_code == 409
    assert len(mails("restored")) == 1


def test_nobody_shows_their_own_comment_again(proposal, reported, lorenzo):
    report(proposal, reported)
    decide()
    with pytest.raises(ForbiddenStepError):
        show_comment_again(actor=actor_of(lorenzo), comment_id=reported.id)


def test_a_dismissed_report_changes_nothing_and_is_told(client, proposal, reported):
    ada = make_user(name="Ada Prova", email="ada@example.org")
    report(proposal, reported, ada)
    report(proposal, reported)
    decide(CaseAction.REFUSE, "È il numero del Comune.")
    assert "Chiamate lo 0522…" in said(client.get(address_of(proposal)))
    assert {r.state for r in db.session.scalars(db.select(ContentReport))} == {
        ReportState.DISMISSED
    }
    [told] = mails("decided")
    assert told.subject == "Quello che hai segnalato resta: Il cortile aperto"
    assert "È il numero del Comune." in told.text_body
    assert mails("hidden") == []
    report(proposal, reported, ada)
    assert len(cases()) == 2


def test_a_reported_proposal_is_taken_down_with_a_trace(client, proposal, author):
    report(proposal, reason="Pubblicità")
    decide(reason="È pubblicità di un negozio.")
    db.session.refresh(proposal)
    assert proposal.state is ProposalState.REFUSED
    page = said(client.get(address_of(proposal)))
    assert "La redazione ha nascosto questa proposta dopo una segnalazione." in page
    assert "È pubblicità di un negozio." in page
    assert "Davanti alla fermata" not in page
    assert "Il cortile aperto" not in said(
        client.get(f"/laboratori/{proposal.laboratory.slug}/proposte/")
    )
    client.sign_in(author)
    assert "Davanti alla fermata" in said(client.get(address_of(proposal)))


def test_who_wrote_it_does_not_decide_about_it(proposal):
    clerk = make_user(name="Carla Ufficio", roles=(Role.STAFF,))
    report(proposal, comment(proposal, clerk))
    with pytest.raises(RuleBrokenError):
        decide(clerk=clerk)


def test_what_was_taken_back_meanwhile_can_only_be_dismissed(proposal, reported, lorenzo):
    from portal.laboratories.services import withdraw_comment

    report(proposal, reported)
    withdraw_comment(actor=actor_of(lorenzo), comment_id=reported.id)
    db.session.commit()
    with pytest.raises(ForbiddenStepError):
        decide()
    db.session.rollback()
    decide(CaseAction.REFUSE)


@pytest.mark.parametrize(
    "broken", ["reason = ' '", "state = 'upheld'", "decided_at = now()", "proposal_id = 1"]
)
def test_the_database_refuses_an_impossible_report(proposal, reported, broken):
    sent = report(proposal, reported)
    with pytest.raises(IntegrityError):
        db.session.execute(
            db.text(f"UPDATE content_report SET {broken} WHERE id = {sent.id}")  # noqa: S608
        )
