"""Commitments: everybody follows them, parties report, who leads confirms."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.core.clock import frozen, local_today, utc_now
from portal.core.database import db
from portal.core.errors import ForbiddenStepError
from portal.core.files import StoredFile
from portal.core.mail import MailMessage
from portal.core.templating import format_long_day
from portal.laboratories.models import CommitmentProgress
from portal.laboratories.queries import commitments as queries
from portal.laboratories.queries.commitment_boards import (
    BoardFilter,
    count_commitments,
    fits,
)
from portal.laboratories.queries.commitment_reports import list_own_commitments
from portal.laboratories.services import (
    CommitmentChangedError,
    ProgressContent,
    confirm_progress,
    drop_commitment,
    refuse_progress,
    remind_of_commitments,
    report_progress,
    take_up_again,
)
from portal.laboratories.states import AgreementState, CommitmentState, PartyKind, ProgressState
from portal.permissions import Role
from tests.client import parse, texts
from tests.factories.files import picture_with_place, upload
from tests.factories.laboratories import district_id_of, make_laboratory
from tests.factories.laboratory_rows import key, make_agreement, make_commitment
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative
from tests.sql_counter import counted_sql

pytestmark = pytest.mark.usefixtures("database")


def said(response) -> str:
    return texts(parse(response.text))


@pytest.fixture
def architect():
    return make_user(
        roles=(Role.ARCHITECT,), district_id=district_id_of("h"), name="Elena Architetta"
    )


@pytest.fixture
def agreement(architect):
    laboratory = make_laboratory()
    laboratory.architect_id = architect.id
    db.session.commit()
    return make_agreement(laboratory)


def make_party(agreement, **given):
    """Store an association with its representative and a commitment of it."""
    person = make_user(name="Rita Rappresentante")
    association = make_association(name="Vicine in Cortile APS", slug=f"vicine-{key()[:6]}")
    make_representative(person, association)
    commitment = make_commitment(
        agreement,
        party_kind=PartyKind.ASSOCIATION,
        association_id=association.id,
        party_name=association.name,
        title="Aprire il cortile due pomeriggi",
        **given,
    )
    db.session.commit()
    return person, commitment


def report(person, commitment, **given):
    content = ProgressContent(text=given.pop("text", "Il cortile apre da lunedì."), **given)
    progress = report_progress(
        actor=actor_of(person), commitment_id=commitment.id, form_key=key(), content=content
    )
    db.session.commit()
    return progress


def mails():
    return {
        mail.event_key.split(":")[2]: mail
        for mail in db.session.scalars(db.select(MailMessage).order_by(MailMessage.id))
    }


def page_of(commitment, more=""):
    return f"/accordi/{commitment.agreement.slug}/impegni/{commitment.id}{more}"


# --- the board


def test_the_municipality_stands_first_and_late_is_computed(client, agreement):
    today = local_today()
    make_party(agreement, due_on=today - timedelta(days=1))
    make_commitment(agreement, due_on=today)
    late = make_commitment(agreement, title="Rifare l’attraversamento")
    late.due_on = today - timedelta(days=30)
    done = make_commitment(agreement, title="Mettere 8.000 euro")
    done.state, done.done_on = CommitmentState.DONE, today
    db.session.commit()
    rows = queries.list_commitments(agreement.id)
    assert rows[0].party_kind is PartyKind.MUNICIPALITY
    counts = count_commitments(rows)
    assert (counts.done, counts.going, counts.late, counts.late_of_municipality) == (1, 1, 2, 1)
    page = client.get(f"/accordi/{agreement.slug}/impegni/")
    assert "4 impegni: 1 mantenuto, 1 in corso, 2 in ritardo" in said(page)
    assert "In ritardo di 30 giorni" in said(page)
    assert said(page).index("Comune di Reggio Emilia") < said(page).index("Vicine in Cortile")


def test_a_filter_shows_those_that_fit_and_the_partial_is_the_part(client, agreement):
    make_party(agreement, due_on=local_today() - timedelta(days=1))
    make_commitment(agreement)
    db.session.commit()
    address = f"/accordi/{agreement.slug}/impegni/?stato=in-ritardo"
    page = client.get(address)
    assert "Vicine in Cortile" in said(page)
    assert "Riaprire la sala piccola" not in said(page)
    part = client.get(address, headers={"HX-Request": "true"})
    assert part.text.strip() in page.text
    empty = client.get(f"/accordi/{agreement.slug}/impegni/?stato=lasciati")
    assert "Nessun impegno è così" in said(empty)
    assert "Tutti gli impegni In ritardo In corso Mantenuti Lasciati" in said(empty)


def test_a_board_asks_the_same_few_questions_however_long_it_is(client, agreement):
    counts = []
    for _more in range(2):
        for _n in range(3):
            make_party(agreement)
        with counted_sql() as sql:
            client.get(f"/accordi/{agreement.slug}/impegni/")
        counts.append(len(sql))
    assert counts[0] == counts[1] <= 6


def test_a_citizen_stands_by_first_name_and_initial(client, agreement):
    person = make_user(name="Anna Prova")
    commitment = make_commitment(
        agreement, party_kind=PartyKind.PERSON, party_name="Anna Prova", user_id=person.id
    )
    db.session.commit()
    for address in (f"/accordi/{agreement.slug}/impegni/", page_of(commitment)):
        assert "Anna P." in said(client.get(address))
        assert "Anna Prova" not in said(client.get(address))
    table = client.get(f"/accordi/{agreement.slug}/impegni/scarica.csv")
    assert "Anna P." in table.text
    assert "Anna Prova" not in table.text


def test_a_draft_is_nobodys_to_read(client, agreement):
    agreement.state, agreement.in_force_at = AgreementState.DRAFTING, None
    commitment = make_commitment(agreement)
    db.session.commit()
    assert client.get(f"/accordi/{agreement.slug}/impegni/").status_code == 404
    assert client.get(page_of(commitment)).status_code == 404


# --- reporting and confirming


def test_a_party_reports_from_the_phone_and_everybody_reads_it_once_confirmed(
    client, agreement, architect
):
    person, commitment = make_party(agreement)
    client.sign_in(person)
    told = {
        "text": "Il cortile apre da lunedì.",
        "photo": upload(picture_with_place(), "cortile.jpg"),
        "alt_text": "Il cancello aperto.",
        "form_key": key(),
    }
    assert client.submit(page_of(commitment, "/racconta"), told).status_code == 303
    assert "Aspetta la conferma" in said(client.get(page_of(commitment)))
    [progress] = db.session.scalars(db.select(CommitmentProgress)).all()
    client.sign_out()
    assert "da lunedì" not in said(client.get(page_of(commitment)))
    photo = page_of(commitment, f"/foto/{progress.id}")
    assert client.get(photo).status_code == 404
    client.sign_in(architect)
    desk = f"/gestione/laboratori/{agreement.laboratory.slug}/impegni"
    assert "Il cortile apre da lunedì." in said(client.get(desk))
    assert client.get(f"{desk}/{progress.id}/foto").status_code == 200
    assert client.submit(f"{desk}/{progress.id}/conferma").status_code == 303
    client.sign_out()
    page = client.get(page_of(commitment))
    assert "Il cortile apre da lunedì." in said(page)
    assert 'alt="Il cancello aperto."' in page.text
    assert "Rita R." in said(page)
    shown = client.get(photo)
    assert shown.mimetype == "image/jpeg"
    assert b"Exif" not in shown.data
    assert commitment.state is CommitmentState.IN_PROGRESS


def test_a_report_that_says_so_keeps_the_commitment(agreement, architect):
    person, commitment = make_party(agreement)
    progress = report(person, commitment, says_done=True)
    confirm_progress(actor=actor_of(architect), progress_id=progress.id)
    confirm_progress(actor=actor_of(architect), progress_id=progress.id)
    assert (commitment.state, commitment.done_on) == (CommitmentState.DONE, local_today())
    sent = mails()
    assert sent["reported"].recipient == architect.email
    assert sent["confirmed"].recipient == person.email


def test_what_is_not_confirmed_says_why_to_who_wrote_it_alone(client, agreement, architect):
    person, commitment = make_party(agreement)
    progress = report(person, commitment)
    refuse_progress(
        actor=actor_of(architect), progress_id=progress.id, reason="Manca il giorno di chiusura."
    )
    db.session.commit()
    assert "giorno di chiusura" not in said(client.get(page_of(commitment)))
    client.sign_in(person)
    assert "Manca il giorno di chiusura." in said(client.get(page_of(commitment)))
    assert "Manca il giorno di chiusura." in mails()["unconfirmed"].text_body
    with pytest.raises(ForbiddenStepError):
        confirm_progress(actor=actor_of(architect), progress_id=progress.id)


def test_what_the_municipality_reports_is_public_at_once(client, agreement, architect):
    commitment = make_commitment(agreement)
    db.session.commit()
    client.sign_in(architect)
    told = {"text": "La sala è aperta.", "says_done": "y", "form_key": key()}
    assert client.submit(page_of(commitment, "/racconta"), told).status_code == 303
    assert commitment.state is CommitmentState.DONE
    assert mails() == {}


def test_the_same_report_sent_twice_is_one(client, agreement):
    person, commitment = make_party(agreement)
    client.sign_in(person)
    told = {"text": "Fatto.", "form_key": key()}
    for _twice in range(2):
        assert client.submit(page_of(commitment, "/racconta"), told).status_code == 303
    assert len(db.session.scalars(db.select(CommitmentProgress)).all()) == 1


def test_a_picture_without_words_is_refused_and_nothing_is_lost(client, agreement):
    person, commitment = make_party(agreement)
    client.sign_in(person)
    refused = client.submit(
        page_of(commitment, "/racconta"),
        {"text": "Fatto.", "photo": upload(picture_with_place(), "a.jpg"), "form_key": key()},
    )
    assert refused.status_code == 422
    assert "Scrivi che cosa mostra la foto" in said(refused)
    assert "Fatto." in refused.text
    assert db.session.scalars(db.select(StoredFile)).all() == []


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"%PDF-1.4 %%EOF"])
def test_what_is_no_picture_is_refused(client, agreement, content):
    person, commitment = make_party(agreement)
    client.sign_in(person)
    refused = client.submit(
        page_of(commitment, "/racconta"),
        {"text": "Fatto.", "photo": upload(content, "a.jpg"), "alt_text": "A", "form_key": key()},
    )
    assert refused.status_code == 422


def test_others_report_nothing(client, agreement):
    _person, commitment = make_party(agreement)
    client.sign_in(make_user())
    told = {"text": "Fatto.", "form_key": key()}
    assert client.submit(page_of(commitment, "/racconta"), told).status_code == 403
    assert "/racconta" not in client.get(page_of(commitment)).text


def test_nothing_is_reported_once_the_agreement_has_ended(agreement):
    person, commitment = make_party(agreement)
    agreement.state, agreement.ended_at = AgreementState.ENDED_EARLY, utc_now()
    agreement.closing_words = "Non si va avanti."
    db.session.commit()
    with pytest.raises(ForbiddenStepError):
        report(person, commitment)


def test_a_report_of_another_laboratory_is_not_there(client, agreement, architect):
    other = make_agreement(make_laboratory(title="Altrove", districts=("a",)))
    person, commitment = make_party(other)
    progress = report(person, commitment)
    client.sign_in(architect)
    desk = f"/gestione/laboratori/{agreement.laboratory.slug}/impegni"
    for step in ("conferma", "rifiuta"):
        assert client.submit(f"{desk}/{progress.id}/{step}").status_code == 404
    assert client.get(f"{desk}/{progress.id}/foto").status_code == 404
    assert progress.state is ProgressState.REPORTED


# --- late, dropped, reminded


def test_being_late_is_explained_in_public(client, agreement):
    person, commitment = make_party(agreement, due_on=local_today() - timedelta(days=5))
    client.sign_in(person)
    version = {"version": str(commitment.version)}
    assert client.submit(page_of(commitment, "/ritardo"), version).status_code == 422
    reason = {**version, "reason": "Mancano le chiavi."}
    assert client.submit(page_of(commitment, "/ritardo"), reason).status_code == 303
    client.sign_out()
    assert "In ritardo, perché Mancano le chiavi." in said(client.get(page_of(commitment)))
    client.sign_in(person)
    told = client.submit(page_of(commitment, "/ritardo"), reason)
    assert told.status_code == 409
    assert "Mancano le chiavi." in told.text


def test_a_commitment_is_dropped_only_with_a_reason_and_its_party_is_told(agreement, architect):
    person, commitment = make_party(agreement)
    seen = commitment.version
    drop_commitment(
        actor=actor_of(architect),
        commitment_id=commitment.id,
        version=seen,
        reason="Il cortile è in cantiere.",
    )
    assert commitment.state is CommitmentState.DROPPED
    assert mails()["dropped"].recipient == person.email
    with pytest.raises(CommitmentChangedError):
        drop_commitment(
            actor=actor_of(architect), commitment_id=commitment.id, version=seen, reason="Ancora."
        )
    with pytest.raises(ForbiddenStepError):
        report(person, commitment)
    take_up_again(
        actor=actor_of(architect),
        commitment_id=commitment.id,
        version=commitment.version,
        reason="Il cantiere è finito.",
    )
    assert commitment.state is CommitmentState.IN_PROGRESS


def test_only_who_leads_lets_a_commitment_go(client, agreement):
    person, commitment = make_party(agreement)
    client.sign_in(person)
    dropped = {"version": str(commitment.version), "reason": "Non ci va più."}
    assert client.submit(page_of(commitment, "/lascia"), dropped).status_code == 403
    assert commitment.state is CommitmentState.TO_DO


def test_a_party_is_reminded_once_fourteen_days_before(agreement, architect):
    person, commitment = make_party(agreement, due_on=local_today() + timedelta(days=20))
    make_commitment(agreement, due_on=local_today() + timedelta(days=20))
    kept = make_commitment(agreement, due_on=local_today() + timedelta(days=20))
    kept.state, kept.done_on = CommitmentState.DONE, local_today()
    db.session.commit()
    assert remind_of_commitments() == 0
    with frozen(utc_now() + timedelta(days=6)):
        assert [remind_of_commitments() for _twice in range(2)] == [2, 0]
    db.session.commit()
    sent = db.session.scalars(db.select(MailMessage).order_by(MailMessage.id)).all()
    assert {mail.recipient for mail in sent} == {person.email, architect.email}
    [mail] = [m for m in sent if m.recipient == person.email]
    assert mail.text_body.split("\n--\n")[0].strip().split("\n\n")[1:4] == [
        (
            "Vicine in Cortile APS ha preso questo impegno nell’accordo “Un quartiere che si"
            f" incontra”, entro {format_long_day(commitment.due_on)}:"
        ),
        "Aprire il cortile due pomeriggi",
        (
            "Se è fatto, o a buon punto, raccontalo in poche righe e, se vuoi, con una foto: lo"
            " leggeranno tutti."
        ),
    ]


def test_what_one_has_taken_on_is_listed_for_them(agreement):
    person, commitment = make_party(agreement)
    association_id = commitment.association_id
    actor = replace(actor_of(person), association_ids=frozenset({association_id}))
    assert [row.id for row, _slug, _title in list_own_commitments(actor)] == [commitment.id]
    assert list_own_commitments(actor_of(make_user())) == []


def test_each_filter_takes_its_own(agreement):
    today = local_today()
    make_commitment(agreement, due_on=today - timedelta(days=1))
    going = make_commitment(agreement, due_on=today)
    db.session.commit()
    rows = queries.list_commitments(agreement.id)
    assert [row.id for row in rows if fits(row, BoardFilter.OPEN)] == [going.id]
    assert len([row for row in rows if fits(row, BoardFilter.LATE)]) == 1
    assert [row for row in rows if fits(row, BoardFilter.DONE)] == []
