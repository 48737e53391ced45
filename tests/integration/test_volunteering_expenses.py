"""Expenses asked back: claimed, returned, decided, paid; who may see the receipt."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, NotFoundError, constraint_name
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.moderation.models import Case
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.permissions import Role
from portal.volunteering.models import Expense, VolunteeringProject
from portal.volunteering.services import (
    ExpenseContent,
    ExpenseRefusedError,
    claim_expense,
    resubmit_expense,
)
from portal.volunteering.states import ExpenseKind, ExpenseRefusal, ExpenseState
from tests.client import parse, texts
from tests.factories.files import PDF, picture, upload
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_project, make_shift, make_sign_up
from tests.integration.test_volunteering_crowd import run_at_once
from tests.sql_counter import counted_sql

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
MINE, OFFICE = "/area-personale/rimborsi", "/gestione/volontariato/rimborsi"


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def project(database):
    return make_project(title="Compiti insieme")


@pytest.fixture
def ada(project):
    """Somebody who had a place in a shift of the project."""
    person = make_user(name="Ada Prova")
    make_sign_up(make_shift(project=project, in_hours=-48), person)
    return person


@pytest.fixture
def clerk(database):
    return make_user(name="Carla Prova", roles=(Role.STAFF,))


def content_of(project, **changes):
    facts = {
        "project_id": project.id, "spent_on": TODAY, "kind": ExpenseKind.SELF_CERTIFIED,
        "amount_cents": 8_00, "description": "Due biglietti del bus",
    }  # fmt: skip
    return ExpenseContent(**facts | changes)


def claim(person, project, receipt=None, **changes):
    made = claim_expense(
        actor=actor_of(person), content=content_of(project, **changes), receipt=receipt
    )
    db.session.commit()
    return made


def words_of(of, **changes):
    return {
        "project": of.id, "spent_on": "30/11/2026", "amount": "8,00",
        "description": "Due biglietti del bus", "kind": "self_certified",
    } | changes  # fmt: skip


def with_file(words, content=PDF, name="scontrino.pdf"):
    return words | {"kind": "documented", "receipt": (BytesIO(content), name)}


def expenses():
    db.session.expire_all()
    return list(db.session.scalars(select(Expense).order_by(Expense.id)))


def decide(expense, action, clerk, reason="Va bene così."):
    case = find_case_of(CaseKind.EXPENSE, expense.id)
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=action, reason=reason
    )
    db.session.commit()


def mails_to(person):
    db.session.expire_all()
    rows = db.session.scalars(
        select(MailMessage).where(MailMessage.recipient == person.email).order_by(MailMessage.id)
    )
    return list(rows)


def test_declared_expense_goes_to_the_office_with_a_number(client, project, ada):
    client.sign_in(ada)
    answer = client.submit(f"{MINE}/chiedi", words_of(project))
    (expense,) = expenses()
    assert answer.headers["Location"] == f"{MINE}/{expense.id}"
    assert (expense.amount_cents, expense.kind, expense.state) == (
        8_00, ExpenseKind.SELF_CERTIFIED, ExpenseState.SUBMITTED,
    )  # fmt: skip
    case = find_case_of(CaseKind.EXPENSE, expense.id)
    page = texts(parse(client.get(f"{MINE}/{expense.id}").text))
    assert case.case_number in page
    assert "8,00 €" in page
    assert (
        "Senza ricevuta questo mese hai chiesto 8,00\N{NO-BREAK SPACE}€." in client.get(MINE).text
    )
    assert [s.action for s in list_history(subject_kind="expense", subject_id=expense.id)] == [
        "claim"
    ]
    (mail,) = mails_to(ada)
    assert case.case_number in mail.text_body
    assert "8,00\N{NO-BREAK SPACE}€ per «Compiti insieme»" in mail.text_body


@pytest.mark.parametrize(
    ("content", "name"), [(PDF, "scontrino.pdf"), (picture(), "foto.jpg")], ids=["pdf", "picture"]
)
def test_expense_with_its_receipt_is_kept_and_read_back(client, project, ada, content, name):
    client.sign_in(ada)
    words = with_file(words_of(project, amount="1.000,00"), content, name)
    assert client.submit(f"{MINE}/chiedi", words).status_code == 303
    (expense,) = expenses()
    assert (expense.amount_cents, expense.kind) == (1_000_00, ExpenseKind.DOCUMENTED)
    answer = client.get(f"{MINE}/{expense.id}/ricevuta")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"amount": "0"}, "amount", "tra un centesimo e 1.000 €"),
        ({"amount": "-1"}, "amount", "per esempio 12,50"),
        ({"amount": "abc"}, "amount", "per esempio 12,50"),
        ({"amount": "1000000000000"}, "amount", "per esempio 12,50"),
        ({"amount": "999999999999"}, "amount", "tra un centesimo e 1.000 €"),
        ({"amount": ""}, "amount", "Scrivi l’importo"),
        ({"amount": "10,01"}, "amount", "al massimo 10,00\N{NO-BREAK SPACE}€ al giorno"),
        ({"spent_on": "01/12/2026"}, "spent_on", "deve ancora arrivare"),
        ({"spent_on": "31/10/2026"}, "spent_on", "In quel mese"),
        ({"spent_on": "ieri"}, "spent_on", "Scrivi giorno, mese e anno"),
        ({"project": "0"}, "project", None),
        ({"project": "uno"}, "project", None),
        ({"description": "  "}, "description", "Scrivi per che cosa"),
        ({"description": "b" * 301}, "description", "al massimo 300 caratteri"),
        ({"kind": "documented"}, "receipt", "Aggiungi la ricevuta"),
        ({"kind": ""}, "kind", None),
    ],
)
def test_what_cannot_be_paid_back_is_said_beside_the_field(client, ada, changes, field, words):
    client.sign_in(ada)
    project = db.session.scalars(select(VolunteeringProject)).one()
    answer = client.submit(f"{MINE}/chiedi", words_of(project, **changes))
    assert answer.status_code == 422
    # One sentence for one mistake, however the field is checked.
    assert answer.text.count(f'href="#{field}') == 1
    if words:
        assert answer.text.count(words) >= 2
    inputs = {tag.get("name"): tag.get("value") for tag in parse(answer.text).iter("input")}
    for name in ("spent_on", "amount", "description"):
        typed = words_of(project, **changes)[name]
        assert inputs[name] == " ".join(typed.split())
    assert expenses() == []


def test_file_that_is_no_receipt_is_refused(client, project, ada):
    client.sign_in(ada)
    words = with_file(words_of(project), b"MZ\x90\x00 programma", "scontrino.pdf")
    answer = client.submit(f"{MINE}/chiedi", words)
    assert answer.status_code == 422
    assert 'href="#receipt"' in answer.text
    assert 'value="Due biglietti del bus"' in answer.text
    assert expenses() == []


def test_who_takes_part_in_nothing_is_told_where_to_begin(client, project):
    client.sign_in(make_user())
    page = client.get(f"{MINE}/chiedi").text
    assert "Non partecipi ancora a nessun progetto" in page
    assert client.submit(f"{MINE}/chiedi", words_of(project)).status_code == 422


def test_same_tap_twice_is_one_expense(client, project, ada):
    client.sign_in(ada)
    for _ in range(2):
        assert client.submit(f"{MINE}/chiedi", words_of(project)).status_code == 303
    assert len(expenses()) == 1
    assert len(mails_to(ada)) == 1
    assert db.session.query(Case).count() == 1


def test_caps_count_what_waits_and_what_was_approved_but_not_what_was_refused(project, ada, clerk):
    first = claim(ada, project, amount_cents=6_00)
    with pytest.raises(ExpenseRefusedError) as caught:
        claim(ada, project, amount_cents=4_01)
    assert caught.value.refusal is ExpenseRefusal.DAY_CAP
    assert "hai già chiesto 6,00\N{NO-BREAK SPACE}€" in str(caught.value.sentence)
    db.session.rollback()
    decide(first, CaseAction.REFUSE, clerk)
    claim(ada, project, amount_cents=10_00)
    with pytest.raises(ExpenseRefusedError):
        claim(ada, project, amount_cents=1, description="Un caffè")


def test_month_has_its_cap(project, ada):
    early = make_shift(project=project, starts_at=datetime(2026, 11, 1, 9, tzinfo=UTC))
    make_sign_up(early, ada)
    for day in range(1, 16):
        claim(ada, project, amount_cents=10_00, spent_on=date(2026, 11, day))
    with pytest.raises(ExpenseRefusedError) as caught:
        claim(ada, project, amount_cents=1, spent_on=date(2026, 11, 20))
    assert caught.value.refusal is ExpenseRefusal.MONTH_CAP
    assert "150,00\N{NO-BREAK SPACE}€" in str(caught.value.sentence)


def test_two_windows_at_once_stay_within_the_cap(app, project, ada):
    def ask(words):
        def run():
            with app.test_request_context(), frozen(NOW):
                try:
                    claim(ada_again(), project_again(), description=words, amount_cents=6_00)
                finally:
                    db.session.remove()

        return run

    user_id, project_id = ada.id, project.id

    def ada_again():
        return db.session.get(type(ada), user_id)

    def project_again():
        return db.session.get(type(project), project_id)

    results = run_at_once([ask("Bus"), ask("Colla"), ask("Fogli")])
    refused = [r for r in results if isinstance(r, ExpenseRefusedError)]
    assert len(refused) == 2
    assert len(expenses()) == 1


def test_database_itself_keeps_the_cap_of_two_at_once(app, project, ada):
    other = make_user()
    facts = {
        "project_id": project.id, "spent_on": TODAY, "kind": ExpenseKind.SELF_CERTIFIED,
        "amount_cents": 6_00, "description": "Bus",
    }  # fmt: skip

    def write(user_id):
        def run():
            with app.test_request_context():
                try:
                    db.session.add(Expense(user_id=user_id, **facts))
                    db.session.commit()
                finally:
                    db.session.remove()

        return run

    results = run_at_once([write(ada.id), write(ada.id), write(ada.id), write(other.id)])
    refused = [constraint_name(error) for error in results if error is not None]
    assert refused == ["expense_day_cap"] * 2
    assert sorted(row.user_id for row in expenses()) == sorted([ada.id, other.id])


def test_returned_expense_is_corrected_and_approved(client, project, ada, clerk):
    expense = claim(ada, project)
    client.sign_in(ada)
    # Nothing can be changed while the office looks at it.
    assert (
        client.get(f"{MINE}/{expense.id}/modifica").headers["Location"].endswith(f"/{expense.id}")
    )
    decide(expense, CaseAction.RETURN, clerk, "Manca la ricevuta: la trovi?")
    page = client.get(f"{MINE}/{expense.id}").text
    assert "Manca la ricevuta: la trovi?" in page
    form = client.get(f"{MINE}/{expense.id}/modifica").text
    assert 'value="8,00"' in form
    assert "Due biglietti del bus" in form
    words = with_file(words_of(project, amount="9"))
    assert client.submit(f"{MINE}/{expense.id}/modifica", words).status_code == 303
    (fresh,) = expenses()
    assert (fresh.state, fresh.amount_cents, fresh.reason) == (ExpenseState.SUBMITTED, 9_00, None)
    # The old tab sends once more: it is handed in already.
    assert client.submit(f"{MINE}/{expense.id}/modifica", words_of(project)).status_code == 303
    assert expenses()[0].amount_cents == 9_00
    decide(expense, CaseAction.ACCEPT, clerk)
    assert expenses()[0].state is ExpenseState.APPROVED
    assert [mail.event_key.split(":")[2] for mail in mails_to(ada)] == [
        "expense_received", "expense_returned", "expense_received", "expense_approved",
    ]  # fmt: skip
    with pytest.raises(ForbiddenStepError):
        resubmit_expense(actor=actor_of(ada), expense_id=expense.id, content=content_of(project))


def test_refused_expense_says_why(client, project, ada, clerk):
    expense = claim(ada, project)
    decide(expense, CaseAction.REFUSE, clerk, "Il bus era già pagato dal Comune.")
    client.sign_in(ada)
    assert "Il bus era già pagato dal Comune." in client.get(f"{MINE}/{expense.id}").text
    mail = mails_to(ada)[-1]
    assert "Il bus era già pagato dal Comune." in mail.text_body
    assert f"{MINE}/{expense.id}" in mail.text_body


def test_nobody_decides_on_their_own_expense(project, clerk):
    make_sign_up(make_shift(project=project, in_hours=-48), clerk)
    expense = claim(clerk, project)
    with pytest.raises(IntegrityError) as caught:
        decide(expense, CaseAction.ACCEPT, clerk)
    db.session.rollback()
    assert constraint_name(caught.value) == "ck_moderation_case_decider_is_not_applicant"


def test_receipt_is_for_its_person_and_the_office(client, project, ada, clerk):
    expense = claim(
        ada, project, upload(PDF, "scontrino.pdf"), kind=ExpenseKind.DOCUMENTED,
        amount_cents=30_00,
    )  # fmt: skip
    path = f"{MINE}/{expense.id}/ricevuta"
    assert "/accedi" in client.get(path).headers["Location"]
    for person, status in ((ada, 200), (clerk, 200), (make_user(), 404)):
        client.sign_in(person)
        assert client.get(path).status_code == status
    client.sign_in(clerk)
    assert client.get(f"{MINE}/{expense.id}").status_code == 404
    case = find_case_of(CaseKind.EXPENSE, expense.id)
    shown = client.get(f"/gestione/coda/{case.id}").text
    assert path in shown
    assert "30,00\N{NO-BREAK SPACE}€" in shown


def test_case_says_what_is_decided_and_what_else_was_declared(client, project, ada, clerk):
    claim(ada, project, amount_cents=1_50, spent_on=TODAY - timedelta(days=1))
    expense = claim(ada, project, amount_cents=2_00)
    client.sign_in(clerk)
    case = find_case_of(CaseKind.EXPENSE, expense.id)
    shown = texts(parse(client.get(f"/gestione/coda/{case.id}").text))
    assert "0,00 € lo stesso giorno, 1,50 € lo stesso mese" in shown
    for words in ("Approva il rimborso", "la ragioneria lo paga", "Rimanda", "Non accogliere"):
        assert words in shown


def test_receipt_on_paper_is_not_asked_again(client, project, ada, clerk):
    paper = {"kind": ExpenseKind.DOCUMENTED, "amount_cents": 30_00}
    expense = claim_expense(
        actor=actor_of(clerk), user_id=ada.id, content=content_of(project, **paper)
    )
    db.session.commit()
    decide(expense, CaseAction.RETURN, make_user(roles=(Role.STAFF,)), "Per quale giorno?")
    client.sign_in(ada)
    path = f"{MINE}/{expense.id}"
    assert "su carta, la tiene lo sportello" in client.get(path).text
    assert client.get(f"{path}/ricevuta").status_code == 404
    words = words_of(project, kind="documented", amount="31")
    assert client.submit(f"{path}/modifica", words).status_code == 303
    (fresh,) = expenses()
    assert (fresh.amount_cents, fresh.file_id) == (31_00, None)


def test_word_given_at_the_counter_does_not_become_a_receipt(client, project, ada, clerk):
    expense = claim_expense(actor=actor_of(clerk), user_id=ada.id, content=content_of(project))
    db.session.commit()
    decide(expense, CaseAction.RETURN, make_user(roles=(Role.STAFF,)), "Hai lo scontrino?")
    client.sign_in(ada)
    words = words_of(project, kind="documented")
    answer = client.submit(f"{MINE}/{expense.id}/modifica", words)
    assert answer.status_code == 422
    assert 'href="#receipt"' in answer.text


def test_expense_of_another_cannot_be_changed(project, ada):
    expense = claim(ada, project)
    with pytest.raises(NotFoundError):
        resubmit_expense(
            actor=actor_of(make_user()), expense_id=expense.id, content=content_of(project)
        )


def test_accounting_gets_what_was_approved_by_month(client, project, ada, clerk):
    other = make_project(title="Biblioteca")
    make_sign_up(make_shift(project=other, in_hours=-48), ada)
    approved = claim(ada, project, description="=SOMMA(A1)")
    decide(approved, CaseAction.ACCEPT, clerk)
    decide(claim(ada, other, amount_cents=2_00), CaseAction.ACCEPT, clerk)
    decide(claim(ada, project, spent_on=TODAY - timedelta(days=1)), CaseAction.REFUSE, clerk)
    client.sign_in(clerk)
    page = client.get(OFFICE).text
    assert "10,00\N{NO-BREAK SPACE}€" in page
    assert page.count("data-id=") == 2
    assert client.get(f"{OFFICE}?progetto={other.id}").text.count("data-id=") == 1
    text = client.get(f"{OFFICE}.csv?mese=2026-11").text.lstrip("\ufeff")
    rows = list(csv.reader(StringIO(text)))
    assert [row[5] for row in rows[1:]] == ["2,00", "8,00"]
    assert rows[2][3] == "'=SOMMA(A1)"
    for odd in ("?mese=2026-13&progetto=uno", f"?progetto={'9' * 30}", "?mese=%00"):
        assert client.get(OFFICE + odd).status_code == 200


def cost_of(client, path):
    with counted_sql() as sql:
        assert client.get(path).status_code == 200
    return len(sql)


def test_pages_cost_the_same_with_one_and_with_three(client, project, ada, clerk):
    costs = []
    for amounts in ((1,), (2, 3)):
        made = [claim(ada, project, amount_cents=cents) for cents in amounts]
        case = find_case_of(CaseKind.EXPENSE, made[0].id)
        client.sign_in(ada)
        mine, one = cost_of(client, MINE), cost_of(client, f"{MINE}/{made[0].id}")
        client.sign_in(clerk)
        shown = cost_of(client, f"/gestione/coda/{case.id}")
        for expense in made:
            decide(expense, CaseAction.ACCEPT, clerk)
        costs.append((mine, one, shown, cost_of(client, OFFICE), cost_of(client, f"{OFFICE}.csv")))
    assert costs[0] == costs[1]
    assert all(cost <= most for cost, most in zip(costs[0], (6, 10, 12, 12, 12), strict=True))
