"""How an agreement comes to its end: notices, final account, closing, ending early (27)."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from portal.accounts.models import User
from portal.core.access import PORTAL
from portal.core.clock import frozen, local_today, utc_now
from portal.core.database import db
from portal.core.errors import ForbiddenStepError
from portal.core.mail import MailMessage
from portal.laboratories.jobs import endings as jobs
from portal.laboratories.models import BudgetLine, Commitment, SheetIndicator
from portal.laboratories.policies.agreements import AgreementGuard
from portal.laboratories.queries import endings as queries
from portal.laboratories.queries.commitment_boards import count_commitments
from portal.laboratories.queries.commitments import Leftover, list_commitments
from portal.laboratories.services import amendments, final_accounts, force
from portal.laboratories.services.agreements import AgreementGuardedError
from portal.laboratories.services.draft_marks import AgreementChangedError
from portal.laboratories.services.final_accounts import AccountContent
from portal.laboratories.states import (
    AgreementState,
    BudgetSource,
    CommitmentState,
    MeetingKind,
)
from tests.client import fields_of, parse, texts
from tests.factories.agreements import days_before_end, make_clerk, make_in_force, make_open
from tests.factories.laboratory_rows import make_meeting
from tests.factories.people import actor_of, make_user


@pytest.fixture
def clerk(database):
    return make_clerk()


@pytest.fixture
def citizen(database):
    return make_user(name="Anna Prova")


@pytest.fixture
def agreement(clerk, citizen):
    """Return an agreement in force for a year, with an indicator and a line of money."""
    agreement = make_in_force(clerk, actor_of(citizen))
    sheet = agreement.sheets[0]
    db.session.add_all(
        (
            SheetIndicator(sheet_id=sheet.id, name="Persone", unit="persone", target=Decimal(100)),
            BudgetLine(
                sheet_id=sheet.id,
                source=BudgetSource.MUNICIPALITY,
                words="Materiali",
                planned_cents=100_000,
            ),
        )
    )
    db.session.commit()
    db.session.expire_all()
    return agreement


def hold_meeting(agreement):
    make_meeting(agreement.laboratory, kind=MeetingKind.EVALUATION, starts_in=-5)


def write(clerk, agreement, *, words="È andata bene.", reached=Decimal(80), spent=90_000):
    indicator = agreement.sheets[0].indicators[0]
    line = agreement.sheets[0].budget[0]
    content = AccountContent(words, {indicator.id: reached}, {line.id: spent})
    return final_accounts.save_account(
        actor=clerk, agreement_id=agreement.id, version=agreement.version, content=content
    )


def publish(clerk, agreement):
    hold_meeting(agreement)
    write(clerk, agreement)
    return final_accounts.publish_account(actor=clerk, agreement_id=agreement.id)


def settle(agreement):
    """Let every commitment be kept."""
    for commitment in db.session.scalars(
        db.select(Commitment).where(Commitment.agreement_id == agreement.id)
    ):
        commitment.state, commitment.done_on = CommitmentState.DONE, local_today()
    db.session.flush()


def mails(words):
    statement = db.select(MailMessage).where(MailMessage.event_key.contains(words))
    return db.session.scalars(statement.order_by(MailMessage.id)).all()


def count_jobs(name):
    statement = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name")
    return db.session.scalar(statement, {"name": name})


def tell(agreement):
    return force.tell_of_ending(actor=PORTAL, agreement_id=agreement.id)


def test_signatories_are_told_ninety_and_thirty_days_before_each_once(agreement, citizen):
    found = []
    for days in (91, 90, 89, 31, 30, 29, 0, -1):
        with days_before_end(agreement, days):
            found.append((days in (90, 30), agreement.id in queries.list_agreements_to_tell()))
            tell(agreement)
            tell(agreement)
            assert agreement.id not in queries.list_agreements_to_tell()
    assert [is_due for _, is_due in found] == [is_expected for is_expected, _ in found]
    told = [mail for mail in mails(":ending:") if mail.recipient == citizen.email]
    assert [mail.event_key.split(":")[4] for mail in told] == ["90", "30"]
    assert f"/accordi/{agreement.slug}/impegni" in told[0].text_body
    assert "se hai preso un impegno" in told[1].text_body.lower()


def test_moved_end_is_told_again(agreement):
    with days_before_end(agreement, 20):
        assert tell(agreement) == 30
        agreement.ends_on += timedelta(days=65)
        db.session.flush()
        assert agreement.id in queries.list_agreements_to_tell()
        assert tell(agreement) == 90


def test_the_day_s_job_finds_what_is_due_and_tells_once(agreement):
    agreement.ends_on = local_today() + timedelta(days=40)
    db.session.commit()
    jobs.find_ending_agreements(0)
    assert count_jobs("tell_of_ending") == 1
    jobs.tell_of_ending(agreement_id=agreement.id)
    jobs.tell_of_ending(agreement_id=agreement.id)
    assert (agreement.told_days_before, len(mails(":ending:"))) == (90, 2)
    jobs.find_ending_agreements(0)
    assert count_jobs("tell_of_ending") == 1


def test_account_is_published_only_when_everything_is_there(clerk, agreement):
    with pytest.raises(AgreementGuardedError) as refused:
        final_accounts.publish_account(actor=clerk, agreement_id=agreement.id)
    assert refused.value.guards == (
        AgreementGuard.NO_EVALUATION_MEETING_HELD,
        AgreementGuard.NO_ACCOUNT_WORDS,
        AgreementGuard.RESULTS_MISSING,
        AgreementGuard.SPENT_MISSING,
    )
    publish(clerk, agreement)
    again = final_accounts.publish_account(actor=clerk, agreement_id=agreement.id)
    assert again.account_published_at is not None


def test_published_account_cannot_lose_what_it_needs(clerk, agreement):
    publish(clerk, agreement)
    with pytest.raises(AgreementGuardedError) as refused:
        write(clerk, agreement, reached=None)
    assert refused.value.guards == (AgreementGuard.RESULTS_MISSING,)
    db.session.rollback()
    write(clerk, agreement, words="Corretto.", reached=Decimal(81))
    assert agreement.sheets[0].indicators[0].reached == 81


def test_account_of_another_window_is_not_overwritten(clerk, agreement):
    version = agreement.version
    write(clerk, agreement)
    with pytest.raises(AgreementChangedError):
        final_accounts.save_account(
            actor=clerk, agreement_id=agreement.id, version=version, content=AccountContent("Altro")
        )


def test_numbers_of_another_agreement_are_left_alone(clerk, citizen, agreement):
    other = make_in_force(clerk, actor_of(citizen), title="Un altro accordo")
    row = SheetIndicator(sheet_id=other.sheets[0].id, name="Ore", unit="ore", target=Decimal(5))
    db.session.add(row)
    db.session.flush()
    content = AccountContent("Com’è andata.", {row.id: Decimal(3)}, {})
    final_accounts.save_account(
        actor=clerk, agreement_id=agreement.id, version=agreement.version, content=content
    )
    assert row.reached is None


def test_agreement_is_closed_after_its_day_and_who_signed_is_told(clerk, citizen, agreement):
    with pytest.raises(AgreementGuardedError) as refused:
        force.close_agreement(actor=clerk, agreement_id=agreement.id)
    assert refused.value.guards == (
        AgreementGuard.NOT_OVER,
        AgreementGuard.ACCOUNT_NOT_PUBLISHED,
        AgreementGuard.COMMITMENTS_OPEN,
    )
    publish(clerk, agreement)
    settle(agreement)
    with days_before_end(agreement, -1):
        force.close_agreement(actor=clerk, agreement_id=agreement.id)
    assert (agreement.state, agreement.ended_at is not None) == (AgreementState.CLOSED, True)
    assert [mail.recipient for mail in mails(":closed:")] == [citizen.email]
    assert f"/accordi/{agreement.slug}/rendiconto" in mails(":closed:")[0].text_body
    with pytest.raises(ForbiddenStepError):
        force.close_agreement(actor=clerk, agreement_id=agreement.id)
    with pytest.raises(ForbiddenStepError):
        write(clerk, agreement)


def test_agreement_ends_early_for_a_reason_and_can_still_be_accounted_for(
    clerk, citizen, agreement
):
    force.end_agreement_early(actor=clerk, agreement_id=agreement.id, reason="La sala è chiusa.")
    assert agreement.state is AgreementState.ENDED_EARLY
    [mail] = mails(":ended_early:")
    assert (mail.recipient, "La sala è chiusa." in mail.text_body) == (citizen.email, True)
    assert "rendiconto" not in mail.text_body
    write(clerk, agreement)
    final_accounts.publish_account(actor=clerk, agreement_id=agreement.id)
    with pytest.raises(ForbiddenStepError):
        force.end_agreement_early(actor=clerk, agreement_id=agreement.id, reason="Di nuovo.")
    with days_before_end(agreement, 20):
        assert tell(agreement) is None


def test_agreement_does_not_end_while_a_change_is_on_its_way(clerk, agreement):
    amendments.start_amendment(
        actor=clerk,
        agreement_id=agreement.id,
        content=amendments.AmendmentContent(changes="Una data.", ends_on=agreement.ends_on),
    )
    with pytest.raises(AgreementGuardedError) as refused:
        force.end_agreement_early(actor=clerk, agreement_id=agreement.id, reason="Basta.")
    assert refused.value.guards == (AgreementGuard.CHANGE_ON_ITS_WAY,)


def test_end_is_walked_at_the_desk(client, clerk, agreement):
    client.sign_in(db.session.get_one(User, clerk.id))
    desk = f"/gestione/laboratori/{agreement.laboratory.slug}/accordo"
    hold_meeting(agreement)
    settle(agreement)
    db.session.commit()
    page = client.get(f"{desk}/fine")
    assert 'data-reason="no_account_words"' in page.text
    refused = client.submit(f"{desk}/rendiconto/pubblica")
    assert (refused.status_code, 'data-reason="results_missing"' in refused.text) == (409, True)
    form = fields_of(client.get(f"{desk}/rendiconto"))
    reached = next(name for name in form if name.startswith("reached_"))
    spent = next(name for name in form if name.startswith("spent_"))
    wrong = client.submit(f"{desk}/rendiconto", form | {reached: "tanti", spent: "-1"})
    assert wrong.status_code == 422
    assert "tanti" in wrong.text
    huge = client.submit(f"{desk}/rendiconto", form | {reached: "-1", spent: str(10**12)})
    assert huge.status_code == 422
    right = form | {reached: "82,5", spent: "950,00", "words": "Il quartiere si incontra."}
    assert client.submit(f"{desk}/rendiconto", right).status_code == 303
    assert client.submit(f"{desk}/rendiconto", right).status_code == 409
    assert client.get(f"/accordi/{agreement.slug}/rendiconto").status_code == 404
    assert client.submit(f"{desk}/rendiconto/pubblica").status_code == 303
    with days_before_end(agreement, -1):
        assert client.submit(f"{desk}/chiudi").status_code == 303
        assert "Accordo chiuso" in client.get(f"{desk}/fine").text
    client.sign_out()
    account = texts(parse(client.get(f"/accordi/{agreement.slug}/rendiconto").text).find(".//main"))
    told = ("82,5 persone", "950,00", "Il quartiere si incontra.")
    for words in (*told, "2 mantenuti"):
        assert words in account
    paper = PdfReader(BytesIO(client.get(f"/accordi/{agreement.slug}/rendiconto.pdf").data))
    read = " ".join("".join(page.extract_text() for page in paper.pages).split())
    for words in (*told, "Mantenuti 2"):
        assert words in read
    root = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("it")
    assert paper.metadata.title == f"Rendiconto: {agreement.title}"
    assert "/rendiconto" in client.get(f"/accordi/{agreement.slug}").text


def test_early_end_asks_why_beside_the_field(client, clerk, agreement):
    client.sign_in(db.session.get_one(User, clerk.id))
    desk = f"/gestione/laboratori/{agreement.laboratory.slug}/accordo"
    empty = client.submit(f"{desk}/termina", {"reason": " "})
    assert (empty.status_code, agreement.state) == (422, AgreementState.IN_FORCE)
    assert client.submit(f"{desk}/termina", {"reason": "Manca la sala."}).status_code == 303
    client.sign_out()
    assert "Manca la sala." in client.get(f"/accordi/{agreement.slug}").text


def test_page_of_the_end_is_not_there_before_the_agreement_was_in_force(client, clerk):
    agreement = make_open(clerk)
    client.sign_in(db.session.get_one(User, clerk.id))
    desk = f"/gestione/laboratori/{agreement.laboratory.slug}/accordo"
    for path in ("fine", "rendiconto", "domande", "risposte", "risposte/carta"):
        assert client.get(f"{desk}/{path}").status_code == 404
    assert client.get(f"/accordi/{agreement.slug}/valutazione").status_code == 404


def test_what_is_open_at_the_end_is_no_longer_late(client, clerk, agreement):
    with frozen(utc_now() + timedelta(days=100)):
        counts = count_commitments(list_commitments(agreement.id))
        assert (counts.late, counts.left) == (2, 0)
        force.end_agreement_early(actor=clerk, agreement_id=agreement.id, reason="Basta.")
        db.session.commit()
        rows = list_commitments(agreement.id)
        assert {(row.is_late, row.leftover) for row in rows} == {(False, Leftover.OPEN)}
        counts = count_commitments(rows)
        assert (counts.left, counts.going, counts.total) == (2, 0, 2)
        page = client.get(f"/accordi/{agreement.slug}/impegni/").text
    assert "2 rimasti aperti" in page
    assert "in ritardo" not in texts(parse(page).find(".//main")).replace("In ritardo", "")
