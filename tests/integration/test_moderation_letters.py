"""Letters of a procedure: numbered without gaps, kept as they left, mailed with their step."""

import threading
from datetime import UTC, date, datetime

import pytest
from flask import current_app
from sqlalchemy.exc import IntegrityError

from portal.core.access import PORTAL
from portal.core.clock import frozen
from portal.core.database import db
from portal.core.errors import RuleBrokenError, constraint_name
from portal.core.files import get_stored_file, store_made
from portal.core.mail import MailMessage
from portal.moderation.models import Letter, LetterTemplate, ProtocolCounter
from portal.moderation.queries import (
    get_letter_row,
    get_letter_template,
    list_letter_templates,
    list_letters,
)
from portal.moderation.services import (
    LetterTemplateChangedError,
    MissingFactError,
    reset_letter_template,
    save_letter_template,
    take_case,
    write_letter,
)
from portal.moderation.states import CaseKind, CaseState, LetterKind
from portal.permissions import Role
from tests.factories.documents import read_pdf
from tests.factories.files import PDF
from tests.factories.moderation import known_kinds, make_case
from tests.factories.people import actor_of, make_user
from tests.sql_counter import counted_sql

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
ASSOCIATION = "Amici inventati APS"
ASKED = {"motivo": "Manca la firma.", "entro": date(2026, 12, 24), "giorni": 30}
NOTICE = "Non possiamo, perché {motivo} Rispondi entro il {entro}."

MAIL = (
    "Il Comune ti ha scritto una lettera, protocollo n. 2026/000001. Dice così:\n"
    "\n"
    "Gentile Gina Prova,\n"
    "\n"
    "una buona notizia: la richiesta per {association} (pratica {number}, ricevuta il"
    " 24 novembre 2026) è accolta.\n"
    "\n"
    "Sì.\n"
    "\n"
    "Nella tua area personale trovi che cosa puoi fare da adesso.\n"
    "\n"
    "Grazie per quello che fate per la città.\n"
    "\n"
    "La trovi in PDF, con tutta la pratica, qui:\n"
    "http://127.0.0.1:8000/area-personale/richieste/{case.id}\n"
    "\n"
    "--\n"
    "Città collaborativa, Reggio Emilia\n"
)


@pytest.fixture(autouse=True)
def today(database):
    with known_kinds(CaseKind.PROPOSAL), frozen(NOON):
        yield


@pytest.fixture
def gina(database):
    return make_user(name="Gina Prova", email="gina@example.org")


@pytest.fixture
def carla(database):
    return make_user(name="Carla Prova", roles=(Role.STAFF,))


@pytest.fixture
def case(gina):
    return make_case(applicant=gina, on_behalf_of=ASSOCIATION)


def receipt(case) -> Letter:
    return write_letter(actor=PORTAL, case=case, kind=LetterKind.RECEIPT)


def in_charge(case, carla):
    take_case(actor=actor_of(carla), case_id=case.id, version=case.version)
    db.session.commit()
    return case


def refused(case, carla, **facts):
    decision = {"reason": "Non è un’associazione.", "decided_at": NOON, "decided_by_id": carla.id}
    for name, value in ({"state": CaseState.REFUSED} | decision | facts).items():
        setattr(case, name, value)
    db.session.commit()


def mails():
    return db.session.scalars(
        db.select(MailMessage).where(MailMessage.event_key.like("letter:%"))
    ).all()


# --- what a letter is


def test_receipt_says_which_case_by_when_and_who_answers_for_it(case, gina):
    letter = receipt(case)
    assert letter.protocol == "2026/000001"
    assert letter.subject == f"Abbiamo ricevuto la richiesta per {ASSOCIATION}"
    for words in (case.case_number, "24 novembre 2026", "24 dicembre 2026", "chi dirige l’ufficio"):
        assert words in letter.body
    assert letter.author_id is None


def test_officer_stands_in_the_letter_and_signs_it(case, carla):
    in_charge(case, carla)
    letter = write_letter(
        actor=actor_of(carla), case=case, kind=LetterKind.INTEGRATION_REQUEST, facts=ASKED
    )
    text = read_pdf(get_stored_file(letter.file_id).content).text
    assert letter.author_id == carla.id
    assert "Manca la firma." in letter.body
    assert "entro il 24 dicembre 2026" in letter.body
    assert "Hai 30 giorni" in letter.body
    assert text.index("Carla Prova") < text.index("Responsabile del procedimento")


def test_pdf_says_what_the_letter_says_and_is_accessible(case):
    letter = receipt(case)
    stored = get_stored_file(letter.file_id)
    read = read_pdf(stored.content)
    assert stored.name == "Lettera 2026-000001.pdf"
    assert read.is_accessible
    assert read.is_tagged
    assert read.title == letter.subject
    for words in ("2026/000001", "Gina Prova", f"per {ASSOCIATION}", "Reggio Emilia, 24 novembre"):
        assert words in read.text
    assert "Ti rispondiamo entro il 24 dicembre 2026" in read.text


def test_letter_is_in_italian_whatever_the_readers_pages_are():
    john = make_user(name="John Prova", email="john@example.org", locale="en")
    letter = receipt(make_case(applicant=john))
    assert "24 dicembre 2026" in letter.body
    assert "The municipality has written you a letter" in mails()[0].text_body
    assert "24 dicembre 2026" in mails()[0].text_body


def test_refusal_without_observations_says_that_none_came(case, carla):
    refused(case, carla)
    letter = write_letter(actor=actor_of(carla), case=case, kind=LetterKind.REFUSAL)
    assert "Non è un’associazione." in letter.body
    assert "non ci sono arrivate osservazioni" in letter.body
    assert "TAR" in letter.body


def test_refusal_answers_the_observations(case, carla):
    refused(
        case, carla, noticed_on=NOON.date(), observed_at=NOON, observations_answer="Manca altro."
    )
    letter = write_letter(actor=actor_of(carla), case=case, kind=LetterKind.REFUSAL)
    assert "Manca altro." in letter.body


def test_letter_that_asks_for_something_cannot_forget_until_when(case, carla):
    with pytest.raises(MissingFactError, match="entro, giorni, motivo"):
        write_letter(actor=actor_of(carla), case=case, kind=LetterKind.REFUSAL_NOTICE)
    assert db.session.query(ProtocolCounter).count() == 0


def test_very_long_name_shortens_the_subject_and_not_the_text(gina):
    name = "Associazione " * 19
    letter = receipt(make_case(applicant=gina, on_behalf_of=name.strip()))
    assert len(letter.subject) <= 250
    assert letter.subject.endswith("…")
    assert name.strip() in letter.body


def test_braces_and_strange_signs_in_a_name_stay_as_they_are(gina):
    letter = receipt(make_case(applicant=gina, on_behalf_of="{motivo} #set 👍 APS"))
    assert "{motivo} #set 👍 APS" in letter.body


# --- the mail


def test_letter_is_mailed_whole_to_who_asked(case, carla):
    write_letter(
        actor=actor_of(carla), case=case, kind=LetterKind.APPROVAL, facts={"motivo": "Sì."}
    )
    [mail] = mails()
    assert mail.recipient == "gina@example.org"
    assert mail.subject == f"La richiesta per {ASSOCIATION} è accolta"
    assert mail.text_body == MAIL.format(
        association=ASSOCIATION, number=case.case_number, case=case
    )
    assert f"/area-personale/richieste/{case.id}" in mail.html_body


def test_mail_leads_to_the_features_own_page_of_the_case(case):
    from dataclasses import replace

    table = current_app.extensions["portal_case_kinds"]
    spec = table[CaseKind.PROPOSAL]
    table[CaseKind.PROPOSAL] = replace(spec, own_page=lambda subject_id: f"/mia/{subject_id}")
    receipt(case)
    assert f"http://127.0.0.1:8000/mia/{case.subject_id}" in mails()[0].text_body


def test_letter_that_is_not_kept_is_neither_numbered_nor_mailed(case):
    db.session.commit()
    receipt(case)
    db.session.rollback()
    assert mails() == []
    assert receipt(case).protocol == "2026/000001"


# --- numbers


def test_numbers_follow_each_other_and_start_anew_each_year(gina):
    cases = [make_case(applicant=gina) for _ in range(3)]
    assert [receipt(case).protocol for case in cases[:2]] == ["2026/000001", "2026/000002"]
    # 23:30 in London: in Reggio Emilia the new year has begun.
    with frozen(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        letter = receipt(cases[2])
    assert letter.protocol == "2027/000001"


def test_letters_at_the_same_moment_get_numbers_of_their_own(app, gina):
    cases = [make_case(applicant=gina) for _ in range(6)]
    ids = [case.id for case in cases]
    db.session.commit()
    start, numbers, problems = threading.Barrier(len(ids)), [], []

    def write(case_id):
        with app.test_request_context():
            try:
                start.wait(timeout=20)
                letter = receipt(db.session.get(type(cases[0]), case_id))
                db.session.commit()
                numbers.append(letter.protocol_number)
            except IntegrityError as error:
                problems.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write, args=(case_id,)) for case_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert problems == []
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


# --- what the database refuses


def stored() -> int:
    return store_made(name="x", content=PDF).id


def letter_of(case, **changes) -> Letter:
    facts = {
        "case_id": case.id, "kind": LetterKind.APPROVAL, "at": NOON, "protocol_year": 2026,
        "protocol_number": 7, "subject": "x", "body": "y", "file_id": stored(),
    }  # fmt: skip
    return Letter(**facts | changes)


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ("uq_letter_protocol_year_protocol_number", {}, {}),
        ("ck_letter_has_number", {}, {"protocol_number": 0}),
        (
            "uq_letter_receipt",
            {"kind": LetterKind.RECEIPT},
            {"kind": LetterKind.RECEIPT, "protocol_number": 8},
        ),
    ],
)
def test_database_refuses_an_impossible_letter(case, rule, first, second):
    db.session.add(letter_of(case, **first))
    db.session.flush()
    db.session.add(letter_of(case, **second))
    with pytest.raises(IntegrityError) as refused:
        db.session.flush()
    assert constraint_name(refused.value) == rule


def test_two_letters_are_never_one_file(case):
    file_id = stored()
    db.session.add(letter_of(case, file_id=file_id))
    db.session.flush()
    db.session.add(letter_of(case, file_id=file_id, protocol_number=8))
    with pytest.raises(IntegrityError) as refused:
        db.session.flush()
    assert constraint_name(refused.value) == "uq_letter_file_id"


def test_counter_never_counts_below_nothing(database):
    db.session.add(ProtocolCounter(year=2026, last_number=-1))
    with pytest.raises(IntegrityError) as refused:
        db.session.flush()
    assert constraint_name(refused.value) == "ck_protocol_counter_counts_up"


@pytest.mark.parametrize("field", ["subject", "body"])
def test_text_of_a_letter_says_something(carla, field):
    text = {"subject": "x", "body": "y", field: " "}
    db.session.add(
        LetterTemplate(kind=LetterKind.RECEIPT, updated_at=NOON, updated_by_id=carla.id, **text)
    )
    with pytest.raises(IntegrityError) as refused:
        db.session.flush()
    assert constraint_name(refused.value) == "ck_letter_template_says_something"


# --- the texts


def save(actor, *, version=0, subject="Preavviso", body=NOTICE):
    save_letter_template(
        actor=actor, kind=LetterKind.REFUSAL_NOTICE, seen_version=version, subject=subject,
        body=body,
    )  # fmt: skip
    db.session.commit()


def test_letters_are_made_from_what_staff_wrote(case, carla):
    save(actor_of(carla))
    letter = write_letter(
        actor=actor_of(carla), case=case, kind=LetterKind.REFUSAL_NOTICE, facts=ASKED
    )
    assert letter.body == (
        "Non possiamo, perché Manca la firma. Rispondi entro il 24 dicembre 2026."
    )


def test_letter_that_left_does_not_change_with_its_text(case, carla):
    letter = write_letter(
        actor=actor_of(carla), case=case, kind=LetterKind.REFUSAL_NOTICE, facts=ASKED
    )
    before = letter.body
    save(actor_of(carla))
    assert get_letter_row(letter.id).body == before


def test_wrong_text_is_refused_by_the_service_too(carla):
    with pytest.raises(RuleBrokenError) as refused:
        save(actor_of(carla), body="Non possiamo, {motivi}")
    assert refused.value.field == "body"
    assert "{motivi}" in str(refused.value.sentence)
    with pytest.raises(RuleBrokenError):
        save(actor_of(carla), subject="{risposta}")


def test_who_saves_a_text_second_is_told(carla):
    save(actor_of(carla))
    other = actor_of(make_user(roles=(Role.STAFF,)))
    for seen in (0, 2):
        with pytest.raises(LetterTemplateChangedError):
            save(other, version=seen)
    save(other, version=1, subject="Altro")
    row = get_letter_template(LetterKind.REFUSAL_NOTICE)
    assert (row.version, row.subject, row.is_own) == (2, "Altro", True)


def test_portals_own_words_come_back(carla):
    save(actor_of(carla))
    actor = actor_of(carla)
    with pytest.raises(LetterTemplateChangedError):
        reset_letter_template(actor=actor, kind=LetterKind.REFUSAL_NOTICE, seen_version=9)
    reset_letter_template(actor=actor, kind=LetterKind.REFUSAL_NOTICE, seen_version=1)
    assert not get_letter_template(LetterKind.REFUSAL_NOTICE).is_own
    reset_letter_template(actor=actor, kind=LetterKind.REFUSAL_NOTICE, seen_version=0)


def test_two_first_texts_at_once_are_one_and_the_other_is_told(app, carla):
    actor, start, outcomes = actor_of(carla), threading.Barrier(2), []
    db.session.commit()

    def write():
        with app.test_request_context():
            try:
                start.wait(timeout=20)
                save(actor)
                outcomes.append("saved")
            except LetterTemplateChangedError:
                outcomes.append("told")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["saved", "told"]


def test_all_texts_are_one_query(carla):
    save(actor_of(carla))
    with counted_sql() as statements:
        rows = list_letter_templates()
    assert [row.kind for row in rows] == list(LetterKind)
    assert [row.updated_by_name for row in rows if row.is_own] == ["Carla Prova"]
    assert len(statements) == 1


def test_letters_of_a_case_are_one_query(case, carla):
    receipt(case)
    write_letter(actor=actor_of(carla), case=case, kind=LetterKind.ARCHIVING, facts=ASKED)
    with counted_sql() as statements:
        rows = list_letters(case.id)
    assert [row.kind for row in rows] == [LetterKind.RECEIPT, LetterKind.ARCHIVING]
    assert [row.author_name for row in rows] == [None, "Carla Prova"]
    assert len(statements) == 1
