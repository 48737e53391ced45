"""Proposals through the services: steps, cases, history, mails, rules of the database."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.core.access import PORTAL
from portal.core.clock import frozen, local_today, utc_now
from portal.core.database import db
from portal.core.errors import (
    AlreadyDecidedError,
    ForbiddenStepError,
    NotFoundError,
    RuleBrokenError,
)
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.laboratories import queries
from portal.laboratories.models import Laboratory, Meeting, Proposal
from portal.laboratories.policies import PhaseGuard
from portal.laboratories.services import (
    ChangedMeanwhileError,
    LaboratoryChangedError,
    PhaseContent,
    PhaseGuardedError,
    ProposalContent,
    WritingClosedError,
    advance_phase,
    archive_laboratory,
    go_back,
    save_draft,
    set_phases,
    start_proposal,
    submit_proposal,
    withdraw_proposal,
)
from portal.laboratories.states import (
    Ability,
    Availability,
    MeetingKind,
    Phase,
    ProposalState,
)
from portal.moderation.models import Case
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseState
from portal.permissions import Role
from tests.factories.laboratories import (
    case_of,
    decide,
    district_id_of,
    make_draft,
    make_laboratory,
    make_published,
    make_submitted,
    move_to,
)
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association

pytestmark = pytest.mark.usefixtures("database")


def mails() -> list[MailMessage]:
    return list(db.session.scalars(db.select(MailMessage).order_by(MailMessage.id)))


def steps_of(proposal: Proposal) -> list[str]:
    history = list_history(subject_kind="proposal", subject_id=proposal.id)
    return [step.action for step in reversed(history)]


def resubmit(author, proposal):
    submit_proposal(actor=actor_of(author), proposal_id=proposal.id, version=proposal.version)
    db.session.commit()


# --- laboratories


def hold_meeting(laboratory, kind=MeetingKind.OPEN):
    start = utc_now() - timedelta(hours=3)
    db.session.add(
        Meeting(
            laboratory=laboratory,
            title="Primo incontro",
            kind=kind,
            starts_at=start,
            ends_at=start + timedelta(hours=2),
            closes_at=start,
            place_name="Orologio",
            created_by_id=make_user().id,
            form_key=uuid4().hex,
        )
    )
    db.session.flush()


def test_a_laboratory_moves_on_once_nothing_is_missing_and_the_new_phase_begins_today():
    laboratory = make_laboratory(closes_in=5)
    assert laboratory.phase is Phase.LISTENING
    with pytest.raises(PhaseGuardedError) as guarded:
        advance_phase(actor=PORTAL, laboratory_id=laboratory.id)
    assert guarded.value.guards == (PhaseGuard.NO_MEETING_HELD,)
    hold_meeting(laboratory)
    assert advance_phase(actor=PORTAL, laboratory_id=laboratory.id).phase is Phase.FEASIBILITY
    listening, feasibility = laboratory.phases[:2]
    assert (listening.ends_on, feasibility.starts_on) == (local_today(), local_today())
    history = list_history(subject_kind="laboratory", subject_id=laboratory.id)
    assert [h.action for h in reversed(history)] == ["open", "advance"]


def test_after_the_last_phase_comes_none_and_before_the_first_neither():
    with pytest.raises(ForbiddenStepError):
        advance_phase(actor=PORTAL, laboratory_id=make_laboratory(phase=Phase.EVALUATION).id)
    with pytest.raises(ForbiddenStepError):
        go_back(actor=PORTAL, laboratory_id=make_laboratory().id, reason="Troppo presto.")


def test_going_back_says_why():
    laboratory = make_laboratory(phase=Phase.SHARING)
    go_back(actor=PORTAL, laboratory_id=laboratory.id, reason="Mancano due pareri.")
    assert laboratory.phase is Phase.FEASIBILITY
    [last, *_rest] = queries.get_laboratory(laboratory.slug).happenings
    assert (last.action, last.note) == ("go_back", "Mancano due pareri.")


def test_of_two_architects_who_move_the_phase_the_second_is_told():
    laboratory = make_laboratory(phase=Phase.SHARING)
    seen = laboratory.version
    go_back(actor=PORTAL, laboratory_id=laboratory.id, version=seen, reason="Manca un parere.")
    with pytest.raises(LaboratoryChangedError):
        go_back(actor=PORTAL, laboratory_id=laboratory.id, version=seen, reason="Idem.")
    assert laboratory.phase is Phase.FEASIBILITY


def test_phases_are_data_of_each_laboratory():
    laboratory = make_laboratory()
    day = local_today()
    plans = [
        PhaseContent(Phase.LISTENING, day, day + timedelta(days=9), (Ability.PROPOSE,), "Parola"),
        PhaseContent(Phase.SIGNATURE, day + timedelta(days=10), None, (Ability.SIGN,)),
    ]
    set_phases(actor=PORTAL, laboratory_id=laboratory.id, version=laboratory.version, plans=plans)
    found = queries.get_laboratory(laboratory.slug)
    assert [(p.kind, p.name) for p in found.phases] == [
        (Phase.LISTENING, "Parola"),
        (Phase.SIGNATURE, None),
    ]
    assert found.window(Ability.SIGN).day == day + timedelta(days=10)
    assert found.window(Ability.SUPPORT).availability is Availability.NEVER
    with pytest.raises(RuleBrokenError):
        set_phases(
            actor=PORTAL, laboratory_id=laboratory.id, version=laboratory.version, plans=plans[1:]
        )


def test_the_database_keeps_a_laboratory_in_a_phase_of_its_own():
    laboratory = make_laboratory()
    db.session.execute(
        text("DELETE FROM laboratory_phase WHERE laboratory_id = :id AND kind = 'listening'"),
        {"id": laboratory.id},
    )
    with pytest.raises(IntegrityError, match="fk_laboratory_phase_is_own"):
        db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_a_laboratory_is_archived_once():
    laboratory = make_laboratory()
    archive_laboratory(actor=PORTAL, laboratory_id=laboratory.id)
    with pytest.raises(ForbiddenStepError):
        archive_laboratory(actor=PORTAL, laboratory_id=laboratory.id)


def test_an_unknown_laboratory_is_not_found():
    with pytest.raises(NotFoundError):
        advance_phase(actor=PORTAL, laboratory_id=404)


def test_two_laboratories_with_one_title_have_two_addresses():
    slugs = {make_laboratory(title="Il Parco!").slug for _ in range(3)}
    assert slugs == {"il-parco", "il-parco-2", "il-parco-3"}


def test_a_title_without_letters_still_gets_an_address():
    assert make_laboratory(title="«…»").slug == "laboratorio"


# --- writing and sending


def test_a_proposal_goes_from_draft_to_the_page():
    author = make_user(name="Anna Prova")
    laboratory = make_laboratory()
    proposal = make_draft(laboratory, author)
    assert proposal.state is ProposalState.DRAFT
    submit_proposal(actor=actor_of(author), proposal_id=proposal.id, version=proposal.version)
    db.session.commit()
    case = case_of(proposal)
    assert (case.state, case.title) == (CaseState.WAITING, proposal.title)
    assert case.applicant_id == author.id
    assert case.district_id == district_id_of("h")
    decide(proposal, CaseAction.ACCEPT)
    assert proposal.state is ProposalState.PUBLISHED
    assert proposal.published_at is not None
    assert steps_of(proposal) == ["start", "submit", "publish"]
    assert [m.subject for m in mails()] == [
        "La tua proposta è arrivata: Una panchina all’ombra",
        "La tua proposta è pubblica: Una panchina all’ombra",
    ]


def test_a_laboratory_of_two_districts_belongs_to_no_single_queue():
    proposal = make_submitted(make_laboratory(districts=("d", "e")), make_user())
    assert case_of(proposal).district_id is None


def test_the_receipt_says_by_when_and_leads_to_the_proposal():
    author = make_user(name="Anna Prova")
    proposal = make_submitted(make_laboratory(), author)
    [receipt] = mails()
    assert receipt.recipient == author.email
    assert f"/laboratori/parco-della-prova/proposte/{proposal.id}" in receipt.text_body
    assert "Ciao Anna Prova," in receipt.text_body
    assert "risponde entro" in receipt.text_body
    assert f"Il suo numero è {case_of(proposal).case_number}." in receipt.text_body
    assert receipt.event_key.startswith(f"proposal:{proposal.id}:submitted:")


def test_a_returned_proposal_says_why_and_comes_back():
    author = make_user()
    proposal = decide(
        make_submitted(make_laboratory(), author), CaseAction.RETURN, reason="Scrivi dove."
    )
    assert (proposal.state, proposal.reason) == (ProposalState.RETURNED, "Scrivi dove.")
    mail = mails()[-1]
    assert "Scrivi dove." in mail.text_body
    assert "Scrivi dove." in mail.html_body
    assert f"/proposte/{proposal.id}/modifica" in mail.text_body
    actor = actor_of(author)
    save_draft(
        actor=actor,
        proposal_id=proposal.id,
        version=proposal.version,
        content=ProposalContent(title="Una panchina al Tondo", text="Davanti alla fermata."),
    )
    resubmit(author, proposal)
    assert (proposal.state, proposal.reason) == (ProposalState.SUBMITTED, None)
    case = case_of(proposal)
    assert (case.state, case.title) == (CaseState.WAITING, "Una panchina al Tondo")
    assert db.session.scalar(db.select(db.func.count(Case.id))) == 1
    decide(proposal, CaseAction.ACCEPT)
    assert steps_of(proposal) == ["start", "submit", "return", "resubmit", "publish"]
    assert len(mails()) == 4


def test_two_returns_are_two_mails():
    author = make_user()
    proposal = make_submitted(make_laboratory(), author)
    decide(proposal, CaseAction.RETURN, reason="Scrivi dove.")
    resubmit(author, proposal)
    decide(proposal, CaseAction.RETURN, reason="Scrivi anche quando.")
    subjects = [m.subject for m in mails()]
    assert len([s for s in subjects if s.startswith("Qualcosa da sistemare")]) == 2


def test_a_refusal_says_why_and_ends_there():
    author = make_user()
    proposal = decide(
        make_submitted(make_laboratory(), author), CaseAction.REFUSE, reason="È una segnalazione."
    )
    assert proposal.state is ProposalState.REFUSED
    mail = mails()[-1]
    assert "È una segnalazione." in mail.text_body
    assert "/laboratori/parco-della-prova" in mail.text_body
    with pytest.raises(ForbiddenStepError):
        submit_proposal(actor=actor_of(author), proposal_id=proposal.id, version=proposal.version)
    with pytest.raises(ForbiddenStepError):
        withdraw_proposal(actor=actor_of(author), proposal_id=proposal.id)


def test_mails_speak_the_readers_language():
    make_submitted(make_laboratory(), make_user(locale="en"))
    assert mails()[0].subject.startswith("We have your proposal")


def test_markup_in_a_title_stays_text_in_the_mail():
    make_submitted(make_laboratory(), make_user(), title="<b>Via</b> & 100% %(x)s")
    [mail] = mails()
    assert "&lt;b&gt;Via&lt;/b&gt; &amp; 100% %(x)s" in mail.html_body
    assert "<b>Via</b> & 100% %(x)s" in mail.text_body


def test_sent_twice_is_one_case_and_one_mail():
    author = make_user()
    proposal = make_draft(make_laboratory(), author)
    version = proposal.version
    for _tap in range(2):
        submit_proposal(actor=actor_of(author), proposal_id=proposal.id, version=version)
        db.session.commit()
    assert db.session.scalar(db.select(db.func.count(Case.id))) == 1
    assert len(mails()) == 1
    assert steps_of(proposal) == ["start", "submit"]


def test_two_taps_at_the_same_moment_are_one_case():
    author = make_user()
    proposal = make_draft(make_laboratory(), author)
    actor, proposal_id, version = actor_of(author), proposal.id, proposal.version
    app = current_app._get_current_object()
    problems: list[Exception] = []
    start = threading.Barrier(2)

    def tap():
        with app.test_request_context():
            start.wait()
            try:
                submit_proposal(actor=actor, proposal_id=proposal_id, version=version)
                db.session.commit()
            except Exception as error:  # noqa: BLE001 - the test reports it
                problems.append(error)
            finally:
                db.session.remove()

    taps = [threading.Thread(target=tap) for _ in range(2)]
    for thread in taps:
        thread.start()
    for thread in taps:
        thread.join()
    assert problems == []
    assert db.session.scalar(db.select(db.func.count(Case.id))) == 1


def test_the_same_new_form_is_one_draft():
    author = actor_of(make_user())
    laboratory = make_laboratory()
    ids = {
        start_proposal(
            actor=author,
            laboratory_id=laboratory.id,
            form_key="a" * 32,
            content=ProposalContent(title="Una volta sola"),
        ).id
        for _tap in range(2)
    }
    assert len(ids) == 1


def test_a_draft_may_lack_its_text_but_is_not_sent_without():
    author = make_user()
    proposal = make_draft(make_laboratory(), author, text="")
    with pytest.raises(RuleBrokenError) as refused:
        submit_proposal(actor=actor_of(author), proposal_id=proposal.id, version=proposal.version)
    assert refused.value.field == "text"


def test_who_saves_second_is_told_and_changes_nothing():
    author = make_user()
    proposal = make_draft(make_laboratory(), author)
    seen, actor = proposal.version, actor_of(author)
    save_draft(
        actor=actor, proposal_id=proposal.id, version=seen, content=ProposalContent(title="Prima")
    )
    db.session.commit()
    for late in (
        lambda: save_draft(
            actor=actor,
            proposal_id=proposal.id,
            version=seen,
            content=ProposalContent(title="Seconda"),
        ),
        lambda: submit_proposal(actor=actor, proposal_id=proposal.id, version=seen),
    ):
        with pytest.raises(ChangedMeanwhileError) as told:
            late()
        assert told.value.version == proposal.version
    assert proposal.title == "Prima"


def test_what_was_handed_in_cannot_be_rewritten():
    author = make_user()
    proposal = make_submitted(make_laboratory(), author)
    with pytest.raises(ForbiddenStepError):
        save_draft(
            actor=actor_of(author),
            proposal_id=proposal.id,
            version=proposal.version,
            content=ProposalContent(title="Altro"),
        )


def test_nobody_acts_on_the_proposal_of_another():
    proposal = make_draft(make_laboratory(), make_user())
    stranger = actor_of(make_user(roles=(Role.STAFF,)))
    content = ProposalContent(title="Mia")
    for act in (
        lambda: save_draft(actor=stranger, proposal_id=proposal.id, version=1, content=content),
        lambda: submit_proposal(actor=stranger, proposal_id=proposal.id, version=1),
        lambda: withdraw_proposal(actor=stranger, proposal_id=proposal.id),
    ):
        with pytest.raises(NotFoundError):
            act()


# --- taking back


@pytest.mark.parametrize("make", [make_draft, make_submitted, make_published])
def test_an_author_takes_a_proposal_back(make):
    author = make_user()
    proposal = make(make_laboratory(), author)
    withdraw_proposal(actor=actor_of(author), proposal_id=proposal.id)
    db.session.commit()
    assert proposal.state is ProposalState.WITHDRAWN
    assert steps_of(proposal)[-1] == "withdraw"
    with pytest.raises(ForbiddenStepError):
        withdraw_proposal(actor=actor_of(author), proposal_id=proposal.id)


def test_taking_back_ends_the_case():
    author = make_user()
    laboratory = make_laboratory()
    waiting = make_submitted(laboratory, author)
    returned = decide(make_submitted(laboratory, author), CaseAction.RETURN)
    for proposal in (waiting, returned):
        withdraw_proposal(actor=actor_of(author), proposal_id=proposal.id)
        db.session.commit()
        assert case_of(proposal).state is CaseState.WITHDRAWN


def test_what_was_taken_back_can_no_longer_be_decided():
    author = make_user()
    clerk = actor_of(make_user(roles=(Role.STAFF,)))
    proposal = make_submitted(make_laboratory(), author)
    case = case_of(proposal)
    seen = case.version
    withdraw_proposal(actor=actor_of(author), proposal_id=proposal.id)
    db.session.commit()
    with pytest.raises(AlreadyDecidedError):
        decide_case(
            actor=clerk, case_id=case.id, version=seen, action=CaseAction.ACCEPT, reason="Sì."
        )


def test_a_published_proposal_taken_back_keeps_the_day_as_its_trace():
    author = make_user()
    proposal = make_published(make_laboratory(), author)
    day = proposal.published_at
    withdraw_proposal(actor=actor_of(author), proposal_id=proposal.id)
    assert proposal.published_at == day


def test_taking_back_and_deciding_at_once_leave_one_outcome():
    author, clerk = make_user(), make_user(roles=(Role.STAFF,))
    proposal = make_submitted(make_laboratory(), author)
    case = case_of(proposal)
    proposal_id, case_id, seen = proposal.id, case.id, case.version
    writer, decider = actor_of(author), actor_of(clerk)
    app = current_app._get_current_object()
    refused: list[Exception] = []
    start = threading.Barrier(2)

    def act(step):
        with app.test_request_context():
            start.wait()
            try:
                step()
                db.session.commit()
            except Exception as error:  # noqa: BLE001 - the test reports it
                refused.append(error)
            finally:
                db.session.remove()

    threads = [
        threading.Thread(
            target=act,
            args=(lambda: withdraw_proposal(actor=writer, proposal_id=proposal_id),),
        ),
        threading.Thread(
            target=act,
            args=(
                lambda: decide_case(
                    actor=decider,
                    case_id=case_id,
                    version=seen,
                    action=CaseAction.REFUSE,
                    reason="No.",
                ),
            ),
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    outcome = db.session.get_one(Proposal, proposal_id).state
    ended = {ProposalState.WITHDRAWN: CaseState.WITHDRAWN, ProposalState.REFUSED: CaseState.REFUSED}
    assert db.session.get_one(Case, case_id).state is ended[outcome]
    assert [type(e) for e in refused] in ([AlreadyDecidedError], [ForbiddenStepError])


# --- when


@pytest.mark.parametrize(
    ("made", "availability"),
    [
        ({"phase": Phase.FEASIBILITY}, Availability.CLOSED),
        ({"opens_in": 1, "closes_in": 5}, Availability.NOT_OPEN_YET),
        ({"opens_in": -5, "closes_in": -1}, Availability.CLOSED),
    ],
)
def test_outside_its_days_nothing_is_written(made, availability):
    laboratory = make_laboratory(**made)
    with pytest.raises(WritingClosedError) as closed:
        make_draft(laboratory, make_user())
    assert closed.value.window.availability is availability
    assert queries.get_laboratory(laboratory.slug).proposing.availability is availability
    assert queries.count_open_laboratories() == 0


def test_a_draft_is_not_sent_after_the_last_day():
    author = make_user()
    proposal = make_draft(make_laboratory(closes_in=2), author)
    with frozen(utc_now() + timedelta(days=3)), pytest.raises(WritingClosedError):
        submit_proposal(actor=actor_of(author), proposal_id=proposal.id, version=proposal.version)


def test_what_was_returned_is_mended_after_the_last_day():
    author = make_user()
    proposal = decide(make_submitted(make_laboratory(closes_in=2), author), CaseAction.RETURN)
    with frozen(utc_now() + timedelta(days=9)):
        resubmit(author, proposal)
    assert proposal.state is ProposalState.SUBMITTED


def test_what_waits_is_decided_also_when_listening_is_over():
    laboratory = make_laboratory()
    proposal = make_submitted(laboratory, make_user())
    move_to(laboratory, Phase.FEASIBILITY)
    assert decide(proposal, CaseAction.ACCEPT).state is ProposalState.PUBLISHED


# --- on whose behalf


def test_a_representative_writes_for_the_association():
    association = make_association(name="Amici della Prova (inventata)")
    author = replace(actor_of(make_user()), association_ids=frozenset({association.id}))
    proposal = make_submitted(make_laboratory(), author, association_id=association.id)
    assert proposal.association_name == "Amici della Prova (inventata)"
    assert case_of(proposal).on_behalf_of == "Amici della Prova (inventata)"


def test_the_name_stays_as_it_was_when_written():
    association = make_association(name="Vecchio nome")
    author = replace(actor_of(make_user()), association_ids=frozenset({association.id}))
    proposal = make_published(make_laboratory(), author, association_id=association.id)
    association.name = "Nuovo nome"
    db.session.commit()
    [row] = queries.list_recent_published(5)
    assert row.author == proposal.association_name == "Vecchio nome"


def test_nobody_writes_for_an_association_they_do_not_represent():
    association = make_association()
    author = make_user()
    laboratory = make_laboratory()
    with pytest.raises(RuleBrokenError) as refused:
        make_draft(laboratory, author, association_id=association.id)
    assert refused.value.field == "on_behalf_of"


def test_who_represents_it_no_longer_cannot_send():
    association = make_association()
    author = actor_of(make_user())
    entitled = replace(author, association_ids=frozenset({association.id}))
    proposal = make_draft(make_laboratory(), entitled, association_id=association.id)
    with pytest.raises(RuleBrokenError):
        submit_proposal(actor=author, proposal_id=proposal.id, version=proposal.version)


# --- what the database itself refuses

BROKEN_PROPOSALS = {
    "has_title": "title = '  '",
    "sent_has_text": "text = ' '",
    "association_has_name": "association_name = 'Nessuna'",
    "draft_was_not_sent": "state = 'draft'",
    "sent_has_time": "submitted_at = NULL",
    "published_has_time": "published_at = NULL",
    "time_of_publishing_means_published": "state = 'submitted'",
    "returned_or_refused_says_why": "state = 'refused', published_at = NULL, reason = ' '",
    "proposal_state": "state = 'lost'",
}


@pytest.mark.parametrize("rule", BROKEN_PROPOSALS)
def test_the_database_refuses_an_impossible_proposal(rule):
    proposal = make_published(make_laboratory(), make_user())
    statement = f"UPDATE proposal SET {BROKEN_PROPOSALS[rule]} WHERE id = {proposal.id}"  # noqa: S608 - the test's own words
    with pytest.raises(IntegrityError, match=f"ck_proposal_{rule}"):
        db.session.execute(text(statement))


BROKEN_LABORATORIES = {
    "slug_fits_an_address": "slug = 'Il Parco'",
    "has_title": "title = ' '",
    "answers_within_a_year": "answer_days = 0",
    "phase": "phase = 'waiting'",
}


@pytest.mark.parametrize("rule", BROKEN_LABORATORIES)
def test_the_database_refuses_an_impossible_laboratory(rule):
    laboratory = make_laboratory()
    statement = f"UPDATE laboratory SET {BROKEN_LABORATORIES[rule]} WHERE id = {laboratory.id}"  # noqa: S608 - the test's own words
    with pytest.raises(IntegrityError, match=f"ck_laboratory_{rule}"):
        db.session.execute(text(statement))


def test_addresses_and_forms_are_used_once():
    laboratory = make_laboratory()
    author = make_user()
    first, second = make_draft(laboratory, author), make_draft(laboratory, author)
    with (
        pytest.raises(IntegrityError, match="uq_proposal_author_id_form_key"),
        db.session.begin_nested(),
    ):
        second.form_key = first.form_key
    with pytest.raises(IntegrityError, match="uq_laboratory_slug"), db.session.begin_nested():
        db.session.add(Laboratory(slug=laboratory.slug, title="A", summary="B", description="C"))


def test_a_phase_that_ends_before_it_starts_is_refused_by_the_database():
    with pytest.raises(IntegrityError, match="ck_laboratory_phase_ends_after_start"):
        make_laboratory(opens_in=3, closes_in=1)


BROKEN_PHASES = {
    "position_counts_from_one": "position = 0",
    "own_name_is_not_blank": "name = ' '",
    "abilities_are_known": "allows = ARRAY['vote']::varchar[]",
}


@pytest.mark.parametrize("rule", BROKEN_PHASES)
def test_the_database_refuses_an_impossible_phase(rule):
    make_laboratory()
    with pytest.raises(IntegrityError, match=f"ck_laboratory_phase_{rule}"):
        db.session.execute(text(f"UPDATE laboratory_phase SET {BROKEN_PHASES[rule]}"))  # noqa: S608 - the test's own words
