"""What the mails about expenses say, word for word."""

from datetime import UTC, date, datetime

import pytest

from portal.core.clock import frozen
from portal.core.database import db
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.permissions import Role
from portal.volunteering.services import ExpenseContent, claim_expense, resubmit_expense
from portal.volunteering.states import ExpenseKind
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_project, make_shift, make_sign_up
from tests.integration.test_volunteering_desk_mails import PORTAL, all_mails, newest_mail

WHAT = (
    "3,40\N{NO-BREAK SPACE}€ per «Orti in città», spesi il 29 novembre 2026: Due biglietti del bus"
)


@pytest.fixture(autouse=True)
def _in_november(database):
    with frozen(datetime(2026, 11, 30, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def project(database):
    return make_project(title="Orti in città")


@pytest.fixture
def ada(project):
    person = make_user(name="Ada Prova", email="ada@example.org")
    make_sign_up(make_shift(project=project, in_hours=-48), person)
    return person


@pytest.fixture
def content(project):
    """Two bus tickets of the day before."""
    return ExpenseContent(
        project.id, date(2026, 11, 29), ExpenseKind.SELF_CERTIFIED, 3_40, "Due biglietti del bus"
    )


@pytest.fixture
def expense(ada, content):
    made = claim_expense(actor=actor_of(ada), content=content)
    db.session.commit()
    return made


def case_of(expense):
    return find_case_of(CaseKind.EXPENSE, expense.id)


def decide(expense, action, reason):
    clerk = make_user(name="Carla Prova", roles=(Role.STAFF,))
    case = case_of(expense)
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=action, reason=reason
    )


def words(*paragraphs, link="Guarda la richiesta", of):
    address = f"{PORTAL}/area-personale/rimborsi/{of.id}"
    return "\n\n".join(["Ciao Ada Prova,", *paragraphs, f"{link}:\n{address}"])


def received(expense):
    number = case_of(expense).case_number
    return (
        "La tua richiesta di rimborso è arrivata",
        words(
            f"la tua richiesta di rimborso è arrivata, con il numero {number}:",
            WHAT,
            "L’ufficio risponde entro mercoledì 30 dicembre. Intanto non devi fare niente.",
            of=expense,
        ),
    )


def test_expense_handed_in(expense):
    assert newest_mail() == received(expense)


def test_expense_approved(expense):
    decide(expense, CaseAction.ACCEPT, "Va bene.")
    assert newest_mail() == (
        "La tua spesa verrà rimborsata",
        words(
            "l’ufficio ha accolto la tua richiesta:",
            WHAT,
            "La ragioneria la rimborsa con uno dei prossimi pagamenti. Grazie del tuo tempo.",
            of=expense,
        ),
    )


def test_expense_sent_back_and_handed_in_again(expense, ada, content):
    decide(expense, CaseAction.RETURN, "Per quale giorno?\n\nScrivilo nella descrizione.")
    assert newest_mail() == (
        "La tua richiesta di rimborso va corretta",
        words(
            "prima di rimborsare questa spesa c’è qualcosa da correggere:",
            WHAT,
            "L’ufficio scrive:",
            "Per quale giorno?",
            "Scrivilo nella descrizione.",
            "Quello che hai scritto è rimasto: correggilo e invialo di nuovo.",
            link="Correggi il rimborso",
            of=expense,
        ),
    )
    resubmit_expense(actor=actor_of(ada), expense_id=expense.id, content=content)
    assert newest_mail() == received(expense)
    assert len(all_mails()) == 3


def test_expense_refused(expense):
    decide(expense, CaseAction.REFUSE, "Il bus era già pagato dal Comune.")
    assert newest_mail() == (
        "La tua spesa non può essere rimborsata",
        words(
            "non possiamo rimborsare questa spesa:",
            WHAT,
            "L’ufficio scrive:",
            "Il bus era già pagato dal Comune.",
            "Se pensi che ci siamo sbagliati, scrivici o vieni allo sportello.",
            of=expense,
        ),
    )
