"""What must never be true of laboratories is impossible, whoever writes to the database."""

from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.core.clock import local_today, utc_now
from portal.core.database import db
from portal.core.sign_ups import SignUpState
from portal.laboratories.models import (
    CommentUseful,
    CommitmentProgress,
    ContentReport,
    Evaluation,
    EvaluationQuestion,
    EvaluationReply,
    ExpectedSignature,
    LaboratoryNews,
    LaboratoryPhase,
    ListedProject,
    MeetingAttendee,
    MeetingSignUp,
    Proposal,
    ProposalCoauthor,
    ProposalSupport,
    ProposalVersion,
    SheetParty,
    SheetVersion,
)
from portal.laboratories.states import (
    AttendanceSource,
    Origin,
    PartyKind,
    Phase,
    ProposalState,
    QuestionKind,
    SignatureMode,
)
from portal.territory.models import Neighbourhood
from tests.factories.laboratories import district_id_of, make_laboratory, make_published
from tests.factories.laboratory_rows import (
    key,
    make_agreement,
    make_answer,
    make_comment,
    make_commitment,
    make_file,
    make_meeting,
    make_review,
    make_sheet,
    make_signature,
    make_version,
)
from tests.factories.people import make_user
from tests.factories.registry import make_association

pytestmark = pytest.mark.usefixtures("database")


def published() -> Proposal:
    return make_published(make_laboratory(), make_user())


def store(row):
    db.session.add(row)
    db.session.flush()
    return row


@contextmanager
def refused(rule: str):
    """Expect the database to refuse what stands below; what was there before stays."""
    db.session.commit()
    with pytest.raises(IntegrityError, match=rule):
        yield
    db.session.rollback()


def refuses(statement: str, rule: str, **values) -> None:
    with pytest.raises(IntegrityError, match=rule), db.session.begin_nested():
        db.session.execute(text(statement), values)


BROKEN = {
    "district": {"code_fits_an_address": "code = 'D/1'"},
    "proposal": {
        "support_count_not_negative": "support_count = -1",
        "has_author": "author_id = NULL, origin = 'phone', recorded_by_id = author_id",
        "online_has_account": "author_id = NULL, author_name = 'Ivana'",
        "recorded_says_by_whom": "origin = 'paper'",
        "spot_is_whole": "map_x = 3",
        "spot_is_on_the_map": "map_x = 3, map_y = 1001",
        "merges_into_another": "merged_into_id = id",
    },
    "laboratory_comment": {
        "is_about_one_thing": "proposal_id = NULL",
        "refused_or_hidden_says_why": "state = 'refused', reason = ' '",
        "sheet_has_section": "section = 'aims'",
        "answers_go_one_deep": "parent_id = 1, depth = 1",
        "depth": "depth = 1",
        "has_text": "text = ' '",
        "published_has_time": "state = 'published'",
    },
    "feasibility_review": {
        "given_has_verdict": "state = 'given', opinion = 'Sì', given_at = now()",
        "given_has_opinion": (
            "state = 'given', opinion = '', verdict = 'feasible', given_at = now()"
        ),
        "cost_is_plausible": "cost_cents = -1",
        "conditions_are_said": (
            "state = 'given', opinion = 'Sì', verdict = 'with_conditions', given_at = now(),"
            " conditions = ''"
        ),
    },
    "proposal_answer": {
        "has_reasons": "reasons = ' '",
        "merged_says_into_what": "outcome = 'merged'",
        "asked_again_says_why": "asked_again_at = now()",
        "accepted_says_cost_and_times": "outcome = 'accepted'",
    },
    "project_sheet": {
        "carries_over_another": "carried_from_id = id",
        "agreed_is_of_one": "state = 'agreed', contents = 'Due cortili.'",
        "shared_has_contents": "state = 'shared'",
    },
    "agreement": {
        "approved_has_resolution": "resolution_number = NULL, resolution_on = NULL",
        "approved_has_days": "ends_on = NULL",
        "ended_has_time": "state = 'ended_early', closing_words = 'Basta.'",
        "account_has_words": "account_published_at = now(), account_words = ' '",
        "closed_has_account": "state = 'closed', ended_at = now()",
        "told_is_whole": "told_days_before = 90",
        "told_twice": "told_days_before = 60, told_ends_on = ends_on",
        "in_force_has_time": "in_force_at = NULL",
        "ended_early_says_why": "state = 'ended_early', ended_at = now(), closing_words = ' '",
        "renews_another": "renews_id = id",
    },
    "commitment": {
        "done_has_day": "state = 'done'",
        "association_is_listed": "party_kind = 'association'",
        "dropped_says_why": "state = 'dropped'",
    },
    "agreement_signature": {
        "paper_has_its_scan": "recorded_by_id = user_id",
        "association_is_listed": "kind = 'association'",
        "who_is_not_a_person_has_a_name": "party_name = 'Un gruppo'",
        "who_signs_for_others_says_as_what": "kind = 'group', party_name = 'Un gruppo'",
        "online_has_account": "user_id = NULL",
    },
    "laboratory_meeting": {
        "has_places": "capacity = 0",
        "ends_after_start": "ends_at = starts_at",
        "ends_within_a_day": "ends_at = starts_at + interval '25 hours'",
        "cancelled_says_why": "state = 'cancelled'",
        "published_minutes_have_text": "minutes_published_at = now(), minutes = ' '",
        "closes_before_start": "closes_at = ends_at",
        "opens_before_it_closes": "opens_at = starts_at",
    },
}
"""Table → rule → the change that it refuses."""

ROWS = {
    "district": lambda: district_id_of("h"),
    "proposal": lambda: published().id,
    "laboratory_comment": lambda: make_comment(published()).id,
    "feasibility_review": lambda: make_review(published()).id,
    "proposal_answer": lambda: make_answer(published()).id,
    "project_sheet": lambda: make_sheet().id,
    "agreement": lambda: make_agreement().id,
    "commitment": lambda: make_commitment(make_agreement()).id,
    "agreement_signature": lambda: make_signature(make_version(make_agreement())).id,
    "laboratory_meeting": lambda: make_meeting().id,
}


@pytest.mark.parametrize(
    ("table", "rule"), [(table, rule) for table, rules in BROKEN.items() for rule in rules]
)
def test_the_database_refuses_what_must_never_be_true(table, rule):
    row_id = ROWS[table]()
    if table == "agreement_signature":
        # Beneath the rule that a signature stays as it was given.
        db.session.execute(text("ALTER TABLE agreement_signature DISABLE TRIGGER USER"))
    if rule == "support_count_not_negative":
        db.session.execute(text("ALTER TABLE proposal DISABLE TRIGGER proposal_counts_are_kept"))
    statement = f"UPDATE {table} SET {BROKEN[table][rule]} WHERE id = :id"  # noqa: S608 - the test's own words
    refuses(statement, f"ck_{table}_{rule}", id=row_id)


def test_a_neighbourhood_stands_once_in_its_district_from_one_day_on():
    row = {"district_id": district_id_of("h"), "name": "Prova", "valid_from": local_today()}
    store(Neighbourhood(**row))
    with pytest.raises(IntegrityError, match="uq_neighbourhood_district_id_name_valid_from"):
        store(Neighbourhood(**row))


def test_a_phase_and_its_place_stand_once_in_a_laboratory():
    laboratory = make_laboratory()
    with refused("uq_laboratory_phase_laboratory_id_kind"):
        store(LaboratoryPhase(laboratory_id=laboratory.id, kind=Phase.SHARING, position=9))
    db.session.execute(
        text("UPDATE laboratory_phase SET position = 1 WHERE laboratory_id = :id"),
        {"id": laboratory.id},
    )
    with pytest.raises(IntegrityError, match="uq_laboratory_phase_laboratory_id_position"):
        db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_the_same_form_makes_one_piece_of_news_and_one_listed_project():
    laboratory, author = make_laboratory(), make_user()
    shared = {"laboratory_id": laboratory.id, "title": "A", "text": "B", "form_key": key()}
    told = {"author_id": author.id, "published_at": utc_now(), **shared}
    store(LaboratoryNews(**told))
    with refused("uq_laboratory_news_author_id_form_key"):
        store(LaboratoryNews(**told))
    listed = {"created_by_id": author.id, "adopt_until": local_today(), **shared}
    store(ListedProject(**listed))
    with pytest.raises(IntegrityError, match="uq_listed_project_created_by_id_form_key"):
        store(ListedProject(**listed))


def test_a_code_claims_one_proposal():
    laboratory, clerk = make_laboratory(), make_user()
    facts = {
        "laboratory": laboratory,
        "title": "A",
        "text": "B",
        "origin": Origin.PHONE,
        "author_name": "Ivana",
        "recorded_by_id": clerk.id,
        "claim_key": "0" * 64,
        "state": ProposalState.DRAFT,
        "state_at": utc_now(),
    }
    store(Proposal(form_key=key(), **facts))
    with pytest.raises(IntegrityError, match="uq_proposal_claim_key"):
        store(Proposal(form_key=key(), **facts))


def test_versions_are_numbered_once():
    proposal, sheet = published(), make_sheet()
    number = {"proposal_id": proposal.id, "number": 7, "title": "A", "text": "B"}
    store(ProposalVersion(saved_at=utc_now(), **number))
    with refused("uq_proposal_version_proposal_id_number"):
        store(ProposalVersion(saved_at=utc_now(), **number))
    store(SheetVersion(sheet_id=sheet.id, number=7, texts={}, saved_at=utc_now()))
    with pytest.raises(IntegrityError, match="uq_sheet_version_sheet_id_number"):
        store(SheetVersion(sheet_id=sheet.id, number=7, texts={}, saved_at=utc_now()))


def test_a_coauthor_can_be_asked_and_accepts_as_somebody():
    facts = {"proposal_id": published().id, "invited_by_id": make_user().id, "name": "Paolo V."}
    with refused("ck_proposal_coauthor_can_be_asked"):
        store(ProposalCoauthor(**facts))
    coauthor = store(ProposalCoauthor(email="paolo@example.org", **facts))
    refuses(
        "UPDATE proposal_coauthor SET state = 'accepted', answered_at = now() WHERE id = :id",
        "ck_proposal_coauthor_accepted_by_somebody",
        id=coauthor.id,
    )
    refuses(
        "UPDATE proposal_coauthor SET state = 'declined' WHERE id = :id",
        "ck_proposal_coauthor_answer_has_time",
        id=coauthor.id,
    )


def test_supports_and_comments_are_counted_by_the_database_alone():
    proposal = published()
    people = [make_user() for _n in range(2)]
    for user in people:
        store(ProposalSupport(proposal_id=proposal.id, user_id=user.id, supported_at=utc_now()))
    comment = make_comment(proposal)
    store(CommentUseful(comment_id=comment.id, user_id=people[0].id))
    db.session.execute(
        text("UPDATE laboratory_comment SET state = 'published', published_at = now()")
    )
    db.session.refresh(proposal)
    db.session.refresh(comment)
    assert (proposal.support_count, proposal.comment_count, comment.useful_count) == (2, 1, 1)
    db.session.execute(text("DELETE FROM proposal_support WHERE user_id = :u"), {"u": people[0].id})
    db.session.execute(text("UPDATE laboratory_comment SET state = 'hidden', reason = 'Offende.'"))
    db.session.execute(text("DELETE FROM comment_useful"))
    db.session.refresh(proposal)
    db.session.refresh(comment)
    assert (proposal.support_count, proposal.comment_count, comment.useful_count) == (1, 0, 0)
    refuses("UPDATE proposal SET support_count = 900", "counted by the database")
    refuses("UPDATE laboratory_comment SET useful_count = 900", "counted by the database")


def test_an_answer_to_an_answer_is_refused():
    proposal = published()
    first = make_comment(proposal)
    answer = make_comment(proposal, parent_id=first.id, parent_depth=0, depth=1)
    with pytest.raises(IntegrityError, match=r"(ck|fk)_laboratory_comment"):
        make_comment(proposal, parent_id=answer.id, parent_depth=1, depth=1)


def test_two_comments_never_share_a_key_of_their_depth():
    # `id_depth` is what an answer points to.
    refuses(
        "INSERT INTO laboratory_comment (id, depth, proposal_id, author_id, text, state, form_key)"
        " OVERRIDING SYSTEM VALUE SELECT id, depth, proposal_id, author_id, text, state, 'x'"
        " FROM laboratory_comment WHERE id = :id",
        "(pk_laboratory_comment|uq_laboratory_comment_id_depth)",
        id=make_comment(published()).id,
    )


def test_a_report_is_about_one_thing():
    with pytest.raises(IntegrityError, match="ck_content_report_is_about_one_thing"):
        store(ContentReport(reason="Offende."))


# --- meetings


def test_a_meeting_never_has_more_people_than_places():
    meeting = make_meeting(capacity=2, waiting_capacity=1)
    held = {"meeting_id": meeting.id, "state": SignUpState.CONFIRMED}
    store(MeetingSignUp(user_id=make_user().id, people=2, **held))
    with refused("ck_laboratory_meeting_places_not_exceeded"):
        store(MeetingSignUp(user_id=make_user().id, **held))
    waiting = {**held, "state": SignUpState.WAITING}
    store(MeetingSignUp(user_id=make_user().id, **waiting))
    with refused("ck_laboratory_meeting_waiting_list_not_exceeded"):
        store(MeetingSignUp(user_id=make_user().id, **waiting))
    refuses("UPDATE laboratory_meeting SET confirmed_count = 0", "counted by the database")


BROKEN_SIGN_UPS = {
    "left_has_time": "state = 'left'",
    "offer_has_an_end": "state = 'offered'",
    "people_are_few": "people = 11",
}


@pytest.mark.parametrize("rule", BROKEN_SIGN_UPS)
def test_the_database_refuses_an_impossible_registration(rule):
    sign_up = store(
        MeetingSignUp(
            meeting_id=make_meeting().id, user_id=make_user().id, state=SignUpState.CONFIRMED
        )
    )
    statement = f"UPDATE meeting_sign_up SET {BROKEN_SIGN_UPS[rule]} WHERE id = :id"  # noqa: S608 - the test's own words
    refuses(statement, f"ck_meeting_sign_up_{rule}", id=sign_up.id)


def test_who_came_is_one_person_and_came_once():
    meeting, user = make_meeting(), make_user()
    came = {"meeting_id": meeting.id, "source": AttendanceSource.LIST}
    for facts in ({}, {"user_id": user.id, "full_name": "Anna"}):
        with refused("ck_meeting_attendee_is_one_person"):
            store(MeetingAttendee(**came, **facts))
    store(MeetingAttendee(user_id=user.id, **came))
    with pytest.raises(IntegrityError, match="uq_meeting_attendee_user"):
        store(MeetingAttendee(user_id=user.id, **came))


# --- sheets, agreements, signatures


def test_an_association_of_a_sheet_or_an_expected_signature_is_listed():
    with refused("ck_sheet_party_association_is_listed"):
        store(SheetParty(sheet_id=make_sheet().id, kind=PartyKind.ASSOCIATION, name="A", does="B"))
    version = make_version(make_agreement())
    with pytest.raises(IntegrityError, match="ck_expected_signature_association_is_listed"):
        store(ExpectedSignature(version_id=version.id, kind=PartyKind.ASSOCIATION, name="A"))


def test_a_fingerprint_is_that_of_its_text():
    with pytest.raises(IntegrityError, match="ck_agreement_version_fingerprint_is_of_text"):
        make_version(make_agreement(), sha256="0" * 64)


def test_a_frozen_text_is_neither_changed_nor_deleted():
    version = make_version(make_agreement())
    for statement in (
        "UPDATE agreement_version SET canonical = '{ }' WHERE id = :id",
        "DELETE FROM agreement_version WHERE id = :id",
    ):
        refuses(statement, "never changed", id=version.id)


def test_versions_of_an_agreement_count_from_one_and_say_what_changed():
    agreement = make_agreement()
    make_version(agreement)
    for rule, facts in {
        "number_counts_from_one": {"number": 0, "changes": "Tutto."},
        "amendment_says_what": {"number": 2},
    }.items():
        with refused(f"ck_agreement_version_{rule}"):
            make_version(agreement, **facts)
    with refused("uq_agreement_version_agreement_id_number"):
        make_version(agreement, canonical='{"a":1}')


def test_a_signature_is_of_the_text_that_was_frozen():
    # It points to the version and its fingerprint together: "id_sha256".
    version = make_version(make_agreement())
    with pytest.raises(IntegrityError, match="fk_agreement_signature_version"):
        make_signature(version, fingerprint="0" * 64)


def test_a_signature_stays_as_it_was_given():
    signature = make_signature(make_version(make_agreement()))
    for statement in (
        "UPDATE agreement_signature SET signer_name = 'Un’altra' WHERE id = :id",
        "DELETE FROM agreement_signature WHERE id = :id",
    ):
        refuses(statement, "stays as it was given", id=signature.id)
    # What the law lets a person have erased goes.
    db.session.execute(
        text("UPDATE agreement_signature SET user_id = NULL, erased_at = now() WHERE id = :id"),
        {"id": signature.id},
    )


def test_nobody_signs_one_text_twice():
    version, user, association = make_version(make_agreement()), make_user(), make_association()
    twice = [
        ("uq_agreement_signature_person", {"user_id": user.id}),
        (
            "uq_agreement_signature_association",
            {
                "kind": PartyKind.ASSOCIATION,
                "association_id": association.id,
                "party_name": association.name,
                "role_words": "presidente",
            },
        ),
        (
            "uq_agreement_signature_municipality",
            {"kind": PartyKind.MUNICIPALITY, "party_name": "Comune", "role_words": "sindaco"},
        ),
        (
            "uq_agreement_signature_party",
            {"kind": PartyKind.GROUP, "party_name": "Vicine", "role_words": "portavoce"},
        ),
    ]
    for rule, facts in twice:
        make_signature(version, **facts)
        with refused(rule):
            make_signature(version, **facts)


def test_a_scan_and_a_code_belong_to_one_signature():
    version, scan = make_version(make_agreement()), make_file()
    paper = {
        "mode": SignatureMode.PAPER,
        "user_id": None,
        "recorded_by_id": make_user().id,
        "signer_name": "Rosa T.",
    }
    make_signature(version, scan_id=scan.id, claim_key="0" * 64, **paper)
    for rule, facts in {
        "scan_id": {"scan_id": scan.id},
        "claim_key": {"scan_id": make_file().id, "claim_key": "0" * 64},
    }.items():
        with refused(f"uq_agreement_signature_{rule}"):
            make_signature(version, **paper, **facts)


def test_a_picture_belongs_to_one_report():
    commitment, photo = make_commitment(make_agreement()), make_file()
    shown = {"commitment_id": commitment.id, "text": "Fatto.", "alt_text": "La sala."}
    author = make_user()
    store(CommitmentProgress(author_id=author.id, form_key=key(), photo_id=photo.id, **shown))
    with pytest.raises(IntegrityError, match="uq_commitment_progress_photo_id"):
        store(CommitmentProgress(author_id=author.id, form_key=key(), photo_id=photo.id, **shown))


def test_the_questions_of_an_evaluation_have_one_place_and_one_answer_each():
    agreement = make_agreement()
    asked = {"agreement_id": agreement.id, "kind": QuestionKind.MARK, "words": "Com’è andata?"}
    question = store(EvaluationQuestion(position=1, **asked))
    with refused("ck_evaluation_question_questions_are_few"):
        store(EvaluationQuestion(position=21, **asked))
    evaluation = store(Evaluation(agreement_id=agreement.id, user_id=make_user().id))
    clerk = make_user().id
    for rule, facts in {
        "ck_evaluation_is_own_or_recorded": {},
        "ck_evaluation_recorded_has_form_key": {"recorded_by_id": clerk},
    }.items():
        with refused(rule):
            store(Evaluation(agreement_id=agreement.id, **facts))
    reply = {"evaluation_id": evaluation.id, "question_id": question.id}
    for rule, facts in {
        "is_mark_or_text": {"mark": 3, "text": "Bene"},
        "mark_is_from_1_to_5": {"mark": 6},
    }.items():
        with refused(f"ck_evaluation_reply_{rule}"):
            store(EvaluationReply(**reply, **facts))
    with refused("ck_evaluation_reply_text_says_something"):
        store(EvaluationReply(text=" ", **reply))
    store(EvaluationReply(mark=5, **reply))
    with refused("uq_evaluation_reply_evaluation_id_question_id"):
        store(EvaluationReply(mark=4, **reply))
    store(EvaluationQuestion(position=1, **asked))
    with pytest.raises(IntegrityError, match="uq_evaluation_question_agreement_id_position"):
        db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
