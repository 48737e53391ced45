"""What becomes of proposals, comments, meetings and agreements when an account is erased."""

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from portal.accounts.services import erase_account
from portal.core.clock import frozen
from portal.core.database import db
from portal.core.errors import NotFoundError
from portal.core.extensions import LOCALE_COOKIE
from portal.core.files import StoredFile, get_stored_file
from portal.core.person_names import NO_NAME
from portal.core.sign_ups import SignUpState
from portal.laboratories.models import (
    AgreementVersion,
    Comment,
    Commitment,
    CommitmentProgress,
    ContentReport,
    ExpectedSignature,
    LaboratoryPerson,
    MeetingAttendee,
    Proposal,
    ProposalCoauthor,
    ProposalSupport,
    ProposalVersion,
    Signature,
)
from portal.laboratories.queries import signing as queries
from portal.laboratories.services import (
    join_laboratory,
    register,
    report_content,
    support_proposal,
    withdraw_comment,
    withdraw_proposal,
    write_comment,
)
from portal.laboratories.services.agreement_documents import make_agreement_document
from portal.laboratories.services.agreement_text import canonical_json, fingerprint
from portal.laboratories.services.signing import sign_agreement
from portal.laboratories.states import AttendanceSource, PartyKind, ProgressState, SignatureMode
from portal.moderation.models import Case
from portal.moderation.states import CaseState
from tests.factories.agreements import make_clerk, make_open, wish
from tests.factories.erasure import FORMER, erase, jobs_about, where_is
from tests.factories.laboratories import (
    case_of,
    make_draft,
    make_laboratory,
    make_published,
    make_submitted,
)
from tests.factories.laboratory_rows import (
    key,
    make_agreement,
    make_commitment,
    make_file,
    make_signature,
    make_version,
)
from tests.factories.meetings import plan, register_user, states
from tests.factories.people import actor_of, make_user
from tests.factories.proposals import make_asked, make_attached
from tests.factories.talk import make_published_comment

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def anna(database):
    return make_user(name="Anna Prova", email="anna@example.org")


# --- proposals


def test_published_proposal_stays_in_public_without_the_name(client, anna):
    laboratory = make_laboratory()
    proposal = make_published(laboratory, anna, title="Panchine al sole")
    address = f"/laboratori/{laboratory.slug}/proposte/{proposal.id}"
    assert "Anna P." in client.get(address).text
    assert erase(anna)
    page = client.get(address).text
    assert "Panchine al sole" in page
    assert FORMER in page
    assert "Anna" not in page
    assert "Anna" not in client.get(f"/laboratori/{laboratory.slug}/proposte").text
    client.set_cookie(LOCALE_COOKIE, "en")
    english = client.get(address).text
    assert "a person no longer registered" in english
    assert "Anna" not in english


def test_draft_and_unanswered_proposal_go_with_their_files_and_invitations(database, anna):
    laboratory = make_laboratory()
    draft = make_draft(laboratory, anna, title="Bozza mia")
    make_attached(draft, anna)
    make_asked(draft, anna, email="bea@example.org")
    submitted = make_submitted(laboratory, anna, title="Attesa mia")
    case = case_of(submitted)
    assert erase(anna)
    assert db.session.scalars(select(Proposal)).all() == []
    assert db.session.scalars(select(ProposalCoauthor)).all() == []
    assert db.session.scalars(select(StoredFile.id)).all() == []
    assert db.session.get_one(Case, case.id).state is CaseState.WITHDRAWN
    for words in ("Bozza mia", "Attesa mia"):
        found = [f for f in where_is(words) if not f.startswith("mail_message.")]
        assert found == [], words


def test_withdrawn_proposal_keeps_its_title_and_nothing_else(database, anna):
    laboratory = make_laboratory()
    proposal = make_published(laboratory, anna, title="Panchine", text="Abito in via Rossi.")
    withdraw_proposal(actor=actor_of(anna), proposal_id=proposal.id)
    db.session.commit()
    assert erase(anna)
    kept = db.session.get_one(Proposal, proposal.id)
    assert (kept.title, kept.text, kept.author_name) == ("Panchine", "", None)
    assert db.session.scalars(select(ProposalVersion)).all() == []
    assert where_is("via Rossi") == []


def test_supports_and_follows_go_and_are_not_counted_any_more(database, anna):
    laboratory = make_laboratory()
    proposal = make_published(laboratory, make_user())
    support_proposal(actor=actor_of(anna), proposal_id=proposal.id)
    join_laboratory(
        actor=actor_of(anna), laboratory_id=laboratory.id, takes_part=True, follows=True,
        shows_name=True,
    )  # fmt: skip
    db.session.commit()
    db.session.refresh(proposal)
    assert proposal.support_count == 1
    assert erase(anna)
    db.session.refresh(proposal)
    assert proposal.support_count == 0
    for model in (ProposalSupport, LaboratoryPerson):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_who_stood_beside_a_proposal_or_was_asked_to_goes(database, anna):
    author = make_user()
    make_asked(make_draft(make_laboratory(), author), author, email="anna@example.org")
    assert erase(anna)
    assert db.session.scalars(select(ProposalCoauthor)).all() == []


# --- comments and reports


def test_published_comment_stays_without_the_name_and_an_unseen_one_goes(client, anna):
    laboratory = make_laboratory()
    proposal = make_published(laboratory, make_user(name="Bea Rossi"))
    make_published_comment(proposal.id, anna, words="Bella idea")
    write_comment(
        actor=actor_of(anna), proposal_id=proposal.id, text="Nessuno lo legge", form_key=key()
    )
    db.session.commit()
    address = f"/laboratori/{laboratory.slug}/proposte/{proposal.id}"
    assert erase(anna)
    page = client.get(address).text
    assert "Bella idea" in page
    assert FORMER in page
    assert "Anna" not in page
    assert [f for f in where_is("Nessuno lo legge") if not f.startswith("mail_")] == []
    assert db.session.scalar(select(func.count(Comment.id))) == 1


def test_comment_taken_back_leaves_its_place_and_no_words(database, anna):
    proposal = make_published(make_laboratory(), make_user())
    comment_id = make_published_comment(proposal.id, anna, words="Parole mie")
    withdraw_comment(actor=actor_of(anna), comment_id=comment_id)
    db.session.commit()
    assert erase(anna)
    assert db.session.get_one(Comment, comment_id).text == NO_NAME


def test_report_stays_and_nobody_knows_whose_it_was(database, anna):
    proposal = make_published(make_laboratory(), make_user())
    report_content(
        actor=actor_of(anna), proposal_id=proposal.id, comment_id=None, reason="Offende."
    )
    db.session.commit()
    assert erase(anna)
    assert db.session.scalars(select(ContentReport.reporter_id)).all() == [None]


# --- meetings


def test_place_in_a_full_meeting_is_offered_to_the_next_in_line(database, anna):
    meeting = plan(capacity=1, waiting_capacity=2)
    register_user(meeting, anna)
    register_user(meeting)
    assert erase(anna)
    assert states(meeting) == [SignUpState.LEFT, SignUpState.OFFERED]
    # The worker may run it twice.
    assert erase_account(actor=actor_of(anna), proof="") is True


def test_nobody_registers_for_who_has_just_erased_the_account(database, anna):
    meeting, actor = plan(), actor_of(anna)
    erase_account(actor=actor, proof="anna@example.org")
    db.session.commit()
    with pytest.raises(NotFoundError):
        register(actor=actor, meeting_id=meeting.id)
    db.session.rollback()
    assert {name for name, _arguments in jobs_about(actor.account_id)} == {"finish_erasure"}


def test_who_came_is_counted_without_a_name(database, anna):
    meeting = plan(in_hours=-5)
    db.session.add(
        MeetingAttendee(
            meeting_id=meeting.id, user_id=anna.id, shows_name=True, on_behalf_of="Insieme",
            source=AttendanceSource.LIST,
        )
    )  # fmt: skip
    db.session.commit()
    assert erase(anna)
    kept = db.session.scalars(select(MeetingAttendee)).one()
    assert (kept.user_id, kept.shows_name, kept.on_behalf_of) == (anna.id, False, None)


# --- agreements


def read(document):
    pdf = PdfReader(BytesIO(get_stored_file(document.file_id).content))
    return "".join(page.extract_text() for page in pdf.pages)


def test_signature_stays_and_page_and_pdf_show_initials(client, anna):
    agreement = make_open(make_clerk())
    signature = sign_agreement(
        actor=actor_of(anna), agreement_id=agreement.id, content=wish(agreement)
    )
    db.session.commit()
    before = make_agreement_document(version_id=signature.version_id)
    db.session.commit()
    assert "Anna P." in read(before)
    address = f"/accordi/{agreement.slug}"
    assert "Anna P." in client.get(address).text
    signature_id, version_id = signature.id, signature.version_id
    assert erase(anna)
    kept = db.session.get_one(Signature, signature_id)
    assert (kept.user_id, kept.signer_name, kept.shows_initials) == (None, "Anna Prova", True)
    assert kept.erased_at == NOW
    waits = db.session.scalar(
        text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'make_agreement_document'")
    )
    assert waits
    after = make_agreement_document(version_id=version_id)
    db.session.commit()
    assert "A. P." in read(after)
    assert "Anna" not in read(after)
    # Run again with nothing new it keeps what is there.
    with frozen(datetime(2026, 12, 1, 9, 0, tzinfo=UTC)):
        newest = make_agreement_document(version_id=version_id)
        assert make_agreement_document(version_id=version_id).id == newest.id
    page = client.get(address).text
    assert "A. P." in page
    assert "Anna" not in page


def test_frozen_text_shows_initials_of_a_party_and_keeps_its_fingerprint(client, anna):
    clerk = make_clerk()
    agreement = make_open(clerk)
    canonical = canonical_json(
        json.loads(queries.get_newest_version(agreement.id).canonical)
        | {
            "commitments": [
                {
                    "party_kind": kind, "party": name, "title": "Aprire la sala",
                    "details": None, "due_on": "2027-05-31", "indicator": None, "sheet": None,
                }
                for kind, name in (("person", "Anna Prova"), ("group", "Anna Prova e amiche"))
            ]
        }
    )  # fmt: skip
    version = make_version(agreement, canonical, number=2, changes="Un impegno.")
    make_signature(version, user_id=anna.id, signer_name="Anna Prova")
    address = f"/accordi/{agreement.slug}/testo"
    assert "Anna Prova</b>" in client.get(address).text
    assert erase(anna)
    page = client.get(address).text
    assert "Anna Prova</b>" not in page
    assert "A. P.</b>" in page
    assert "Anna Prova e amiche" in page
    words = read(make_agreement_document(version_id=version.id))
    assert words.replace("Anna Prova e amiche", "").find("Anna") < 0
    db.session.expire_all()
    assert db.session.get_one(AgreementVersion, version.id).sha256 == fingerprint(canonical)


def test_who_signed_for_a_group_is_read_by_initials_too(database, anna):
    agreement = make_open(make_clerk(), spokesperson=anna.id)
    signature = sign_agreement(
        actor=actor_of(anna), agreement_id=agreement.id,
        content=wish(agreement, PartyKind.GROUP, party_name="Vicine di casa", role_words="voce"),
    )  # fmt: skip
    db.session.commit()
    version_id = signature.version_id
    assert erase(anna)
    words = read(make_agreement_document(version_id=version_id))
    assert "Vicine di casa" in words
    assert "A. P., voce" in words
    assert "Anna" not in words


def test_erased_signature_can_be_neither_changed_nor_deleted(database, anna):
    version = make_version(make_agreement())
    signature = make_signature(version, user_id=anna.id, signer_name="Anna Prova")
    assert erase(anna)
    for change in (
        "UPDATE agreement_signature SET signer_name = 'X'",
        "DELETE FROM agreement_signature",
    ):
        with pytest.raises(IntegrityError, match="signature"):
            db.session.execute(text(f"{change} WHERE id = :id"), {"id": signature.id})
        db.session.rollback()
    # Online, without account and never erased: no such signature.
    with pytest.raises(IntegrityError, match="online_has_account"):
        make_signature(version, user_id=None, mode=SignatureMode.ONLINE)
    db.session.rollback()


def test_commitment_stays_without_name_and_nobody_is_expected_any_more(client, anna):
    agreement = make_agreement()
    version = make_version(agreement)
    own = make_commitment(
        agreement, party_kind=PartyKind.PERSON, party_name="Anna Prova", user_id=anna.id
    )
    group = make_commitment(
        agreement, party_kind=PartyKind.GROUP, party_name="Vicine di casa", user_id=anna.id
    )
    db.session.add_all(
        [
            ExpectedSignature(
                version_id=version.id, kind=PartyKind.PERSON, user_id=anna.id, name="Anna Prova"
            ),
            ExpectedSignature(
                version_id=version.id, kind=PartyKind.GROUP, user_id=anna.id, name="Vicine di casa"
            ),
            CommitmentProgress(
                commitment_id=own.id, text="Sala aperta.", photo_id=make_file().id,
                alt_text="La sala", author_id=anna.id, form_key=key(),
                state=ProgressState.CONFIRMED, decided_at=NOW, decided_by_id=make_user().id,
            ),
        ]
    )  # fmt: skip
    db.session.commit()
    assert erase(anna)
    kept = [db.session.get_one(Commitment, c.id) for c in (own, group)]
    assert [c.party_name for c in kept] == [FORMER, "Vicine di casa"]
    assert [c.user_id for c in kept] == [None, None]
    expected = select(ExpectedSignature.name, ExpectedSignature.user_id)
    assert db.session.execute(expected).all() == [("Vicine di casa", None)]
    progress = db.session.scalars(select(CommitmentProgress)).one()
    assert (progress.text, progress.photo_id, progress.alt_text) == ("Sala aperta.", None, None)
    page = client.get(f"/accordi/{agreement.slug}/impegni/")
    assert page.status_code == 200
    assert FORMER in page.text
    assert "Anna" not in page.text
