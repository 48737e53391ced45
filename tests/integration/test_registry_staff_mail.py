"""What is written to who represents an association, word by word."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.accounts.queries import recipients_of
from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.permissions import Role
from portal.registry.emails import mail_removed
from portal.registry.services.merging import merge_associations
from portal.registry.services.removals import (
    give_removal_notice,
    remove_association,
    restore_association,
    withdraw_removal_notice,
)
from portal.registry.states import AssociationState, RemovalCause
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative

REASON = "Nessuno risponde da due anni."


@pytest.fixture
def association(database):
    made = make_association(name="Prova", slug="prova", state=AssociationState.ENROLLED)
    make_representative(make_user(name="Ivo Prova", email="ivo@example.org"), made)
    return made


@pytest.fixture
def clerk(database):
    return actor_of(make_user(roles=(Role.STAFF,)))


def last_mail():
    db.session.commit()
    return db.session.scalars(select(MailMessage).order_by(MailMessage.id.desc())).first()


def words_of(mail):
    """Return the subject and what stands between greeting and the link."""
    _greeting, body = mail.text_body.split("Ciao Ivo Prova,", 1)
    return mail.subject, body.split("\nVai ", 1)[0].strip()


@pytest.mark.parametrize(
    ("cause", "last"),
    [
        (
            RemovalCause.STALE,
            (
                "Per restare basta confermare la pagina, prima di quel giorno, dalla scrivania"
                " dell’associazione."
            ),
        ),
        (
            RemovalCause.REQUIREMENTS,
            "Per restare, rispondi all’ufficio partecipazione prima di quel giorno.",
        ),
    ],
)
def test_notice_says_why_until_when_and_what_to_do(association, clerk, cause, last):
    with frozen(utc_now().replace(year=2026, month=11, day=24)):
        give_removal_notice(
            actor=clerk, association_id=association.id, cause=cause, reason=REASON,
            effective_on=date(2026, 12, 31),
        )  # fmt: skip
    assert words_of(last_mail()) == (
        "Prova: dal 31 dicembre 2026 non sarebbe più nel registro",
        (
            "Il 31 dicembre 2026 Prova uscirebbe dal registro delle associazioni. Te lo diciamo"
            " prima, così puoi rimediare o dirci perché deve restare.\n\n"
            f"L’ufficio scrive:\n{REASON}\n\n{last}"
        ),
    )


def test_withdrawal_removal_and_return_say_what_is_true_now(association, clerk):
    with frozen(utc_now().replace(year=2026, month=11, day=24)):
        give_removal_notice(
            actor=clerk, association_id=association.id, cause=RemovalCause.OTHER, reason=REASON,
            effective_on=date(2026, 12, 31),
        )  # fmt: skip
    withdraw_removal_notice(actor=clerk, association_id=association.id, reason="Ha risposto.")
    assert words_of(last_mail()) == (
        "Prova resta nel registro",
        (
            "Abbiamo ritirato l’avviso: Prova resta nel registro delle associazioni.\n\n"
            "L’ufficio scrive:\nHa risposto."
        ),
    )
    remove_association(
        actor=clerk, association_id=association.id, cause=RemovalCause.OWN_WISH, reason=REASON
    )
    assert words_of(last_mail()) == (
        "Prova non è più nel registro",
        (
            "Da oggi Prova non è più nel registro delle associazioni: la sua pagina non è più"
            f" pubblica.\n\nL’ufficio scrive:\n{REASON}\n\n"
            "Niente è perso: dalla scrivania dell’associazione leggi come può tornare."
        ),
    )
    restore_association(actor=clerk, association_id=association.id, reason="Ci ha ripensato.")
    assert words_of(last_mail()) == (
        "Prova è di nuovo nel registro",
        (
            "Da oggi Prova è di nuovo nel registro delle associazioni, con la pagina che aveva.\n\n"
            "L’ufficio scrive:\nCi ha ripensato."
        ),
    )


def test_merge_names_both_and_leads_to_the_one_that_stays(association, clerk):
    other = make_association(name="PROVA DOPPIA", slug="prova-doppia")
    merge_associations(
        actor=clerk, survivor_id=association.id, duplicate_id=other.id,
        seen_versions=(association.version, other.version), taken=(), reason=REASON,
    )  # fmt: skip
    mail = last_mail()
    assert words_of(mail) == (
        "Prova adesso ha una pagina sola invece di due",
        (
            "«PROVA DOPPIA» e «Prova» erano la stessa associazione con due pagine nel registro."
            " Adesso ce n’è una sola, con le persone e la storia di tutte e due; il vecchio"
            f" indirizzo porta lì.\n\nL’ufficio scrive:\n{REASON}\n\n"
            "Se una modifica del profilo aspettava l’ufficio, rifalla dalla pagina"
            " dell’associazione."
        ),
    )
    assert "/associazione/prova/" in mail.text_body


def test_the_same_event_twice_is_one_mail(association, clerk):
    ids = db.session.scalars(select(User.id).where(User.email == "ivo@example.org"))
    (reader,) = recipients_of(ids).values()
    for _time in range(2):
        mail_removed(association=association, reason=REASON, reader_id=1, reader=reader)
    db.session.commit()
    assert len(db.session.scalars(select(MailMessage)).all()) == 1
