"""Leaving the registry with notice, at once, and coming back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.core.access import PORTAL
from portal.core.clock import frozen, local_today, utc_now
from portal.core.database import db
from portal.core.errors import RuleBrokenError, constraint_name
from portal.core.history import list_history, record_step
from portal.core.mail import MailMessage
from portal.permissions import Role
from portal.registry.jobs.removals import apply_removal_notices
from portal.registry.models import Association, RemovalNotice
from portal.registry.queries import count_associations
from portal.registry.services.certified_email import set_certified_email
from portal.registry.services.removals import (
    StepRefusedError,
    give_removal_notice,
    remove_association,
    restore_association,
    withdraw_removal_notice,
)
from portal.registry.staff_steps import StepRefusal
from portal.registry.states import AssociationState, NoticeState, RemovalCause
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative

REASON = "La sede non esiste più da un anno."
ENTRY = "/gestione/registro/associazioni/circolo-inventato"


@pytest.fixture
def association(database):
    return make_association(
        name="Circolo inventato", slug="circolo-inventato", state=AssociationState.ENROLLED
    )


@pytest.fixture
def clerk(client):
    person = make_user(name="Carla Prova", roles=(Role.STAFF,))
    client.sign_in(person)
    return person


@pytest.fixture
def representative(association):
    person = make_user(name="Ivo Prova", email="ivo@example.org")
    make_representative(person, association)
    return person


def stored(association):
    db.session.rollback()
    return db.session.get(Association, association.id, populate_existing=True)


def mails(event):
    return list(
        db.session.scalars(
            select(MailMessage)
            .where(MailMessage.event_key.contains(f":{event}:"))
            .order_by(MailMessage.id)
        )
    )


def give(clerk, association, *, cause=RemovalCause.REQUIREMENTS, days=30):
    notice = give_removal_notice(
        actor=actor_of(clerk), association_id=association.id, cause=cause, reason=REASON,
        effective_on=local_today() + timedelta(days=days),
    )  # fmt: skip
    db.session.commit()
    return notice


def test_notice_is_given_on_a_page_and_told_by_mail(client, clerk, association, representative):
    page = client.get(f"{ENTRY}/avviso").text
    day = local_today() + timedelta(days=30)
    assert f'value="{day.isoformat()}"' in page
    assert "1 persona la rappresenta" in page
    answer = client.submit(
        f"{ENTRY}/avviso", {"cause": "requirements", "reason": REASON, "effective_on": str(day)}
    )
    assert answer.status_code == 303
    page = client.get(ENTRY).text
    assert REASON in page
    assert "Avvisata della cancellazione" in page
    assert 'data-reason="notice_is_running"' in page
    (mail,) = mails("given")
    assert mail.recipient == "ivo@example.org"
    assert "uscirebbe dal registro" in mail.text_body
    assert REASON in mail.text_body
    assert "/associazione/circolo-inventato/" in mail.text_body
    assert stored(association).state is AssociationState.ENROLLED


def test_entry_names_the_fields_that_changed_in_words(client, clerk, association, representative):
    for action in ("edit_profile", "ask_change"):
        record_step(
            actor=actor_of(representative), subject_kind="association", subject_id=association.id,
            action=action, note="name meeting_times",
        )  # fmt: skip
    db.session.commit()
    page = client.get(ENTRY).text
    assert page.count("Nome dell’associazione, Quando e dove vi si trova") == 2
    assert "meeting_times" not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"effective_on": str(date(2026, 1, 1))}, "almeno trenta giorni"),
        ({"effective_on": "domani"}, "Scegli un giorno dal calendario."),
        ({"effective_on": ""}, "almeno trenta giorni"),
        ({"cause": ""}, "Scegli la causa."),
        ({"cause": "boh"}, "Scegli una delle voci"),
        ({"reason": "corto"}, "Scrivi il motivo in un testo da 10"),
        ({"reason": ""}, "Scrivi il motivo: lo legge"),
    ],
)
def test_a_wrong_notice_is_said_at_its_field(client, clerk, association, changes, words):
    data = {
        "cause": "other", "reason": REASON,
        "effective_on": str(local_today() + timedelta(days=40)),
    }  # fmt: skip
    answer = client.submit(f"{ENTRY}/avviso", {**data, **changes})
    assert answer.status_code == 422
    assert words in answer.text
    assert "reason" in changes or REASON in answer.text
    assert db.session.scalar(select(RemovalNotice.id)) is None


def test_two_clerks_give_notice_and_the_second_is_told(client, clerk, association):
    give(clerk, association)
    day = local_today() + timedelta(days=30)
    answer = client.submit(
        f"{ENTRY}/avviso", {"cause": "other", "reason": REASON, "effective_on": str(day)}
    )
    assert answer.status_code == 409
    assert "già stata avvisata" in answer.text
    assert 'data-reason="notice_is_running"' in answer.text


def test_on_the_day_the_portal_removes_tells_and_writes_it_down(
    client, clerk, association, representative
):
    notice = give(clerk, association)
    public = count_associations()
    apply_removal_notices(0)
    assert stored(association).state is AssociationState.ENROLLED
    with frozen(utc_now() + timedelta(days=30)):
        apply_removal_notices(0)
        apply_removal_notices(0)
        today = local_today()
    kept = stored(association)
    assert (kept.state, kept.removed_on, kept.removal_cause) == (
        AssociationState.REMOVED, today, RemovalCause.REQUIREMENTS,
    )  # fmt: skip
    assert db.session.get(RemovalNotice, notice.id).state is NoticeState.DONE
    assert count_associations() == public - 1
    step = list_history(subject_kind="association", subject_id=association.id)[0]
    assert (step.action, step.note, step.actor_name) == ("remove", REASON, PORTAL.name)
    (mail,) = mails("removed")
    assert mail.recipient == representative.email
    assert REASON in mail.text_body
    assert client.get("/registro/circolo-inventato").status_code == 404
    page = client.get(ENTRY).text
    assert "Cancellata il" in page
    assert "Il portale" in page


def test_withdrawn_notice_removes_nobody(client, clerk, association, representative):
    give(clerk, association)
    answer = client.submit(f"{ENTRY}/ritira-avviso", {"reason": "Hanno trovato una sede."})
    assert answer.status_code == 303
    with frozen(utc_now() + timedelta(days=60)):
        apply_removal_notices(0)
    assert stored(association).state is AssociationState.ENROLLED
    (mail,) = mails("withdrawn")
    assert "resta nel registro" in mail.subject
    assert "Hanno trovato una sede." in mail.text_body
    # Told again later: a new notice with a mail of its own.
    give(clerk, association)
    assert len(mails("given")) == 2


def test_removal_at_once_needs_its_own_wish_or_a_duplicate(client, clerk, association):
    page = client.get(f"{ENTRY}/cancella").text
    assert 'value="own_wish"' in page
    assert 'value="stale"' not in page
    answer = client.submit(f"{ENTRY}/cancella", {"cause": "stale", "reason": REASON})
    assert answer.status_code == 422
    with pytest.raises(RuleBrokenError):
        remove_association(
            actor=actor_of(clerk), association_id=association.id, cause=RemovalCause.STALE,
            reason=REASON,
        )  # fmt: skip
    db.session.rollback()
    answer = client.submit(f"{ENTRY}/cancella", {"cause": "own_wish", "reason": REASON})
    assert answer.status_code == 303
    assert stored(association).removal_cause is RemovalCause.OWN_WISH
    again = client.submit(f"{ENTRY}/cancella", {"cause": "own_wish", "reason": REASON})
    assert again.status_code == 409


def test_removal_ends_the_notice_that_runs(clerk, association):
    notice = give(clerk, association)
    remove_association(
        actor=actor_of(clerk), association_id=association.id, cause=RemovalCause.OWN_WISH,
        reason=REASON,
    )  # fmt: skip
    db.session.commit()
    assert db.session.get(RemovalNotice, notice.id).state is NoticeState.DONE


@pytest.mark.parametrize("state", [AssociationState.ENROLLED, AssociationState.LISTED])
def test_who_comes_back_is_what_it_was(client, clerk, state):
    made = make_association(name="Torna", slug="torna", state=state)
    person = make_user(email="eva@example.org")
    make_representative(person, made)
    client.submit(
        "/gestione/registro/associazioni/torna/cancella", {"cause": "own_wish", "reason": REASON}
    )
    answer = client.submit(
        "/gestione/registro/associazioni/torna/ripristina", {"reason": "Ha cambiato idea."}
    )
    assert answer.status_code == 303
    kept = stored(made)
    assert (kept.state, kept.removed_on, kept.removal_cause) == (state, None, None)
    assert client.get("/registro/torna").status_code == 200
    (mail,) = mails("restored")
    assert mail.recipient == "eva@example.org"
    assert "di nuovo nel registro" in mail.subject
    with pytest.raises(StepRefusedError) as caught:
        restore_association(actor=actor_of(clerk), association_id=made.id, reason=REASON)
    assert caught.value.refusal is StepRefusal.IS_NOT_REMOVED


def test_nobody_is_mailed_about_their_own_act(association):
    clerk = make_user(roles=(Role.STAFF,))
    make_representative(clerk, association)
    give(clerk, association)
    withdraw_removal_notice(
        actor=actor_of(clerk), association_id=association.id, reason="Ritirato."
    )
    db.session.commit()
    assert db.session.scalar(select(MailMessage.id)) is None


def test_certified_email_is_kept_with_its_history(client, clerk, association):
    address = f"{ENTRY}/pec"
    answer = client.submit(address, {"certified_email": "circolo@pec.example.org"})
    assert answer.status_code == 303
    assert stored(association).certified_email == "circolo@pec.example.org"
    assert 'value="circolo@pec.example.org"' in client.get(address).text
    assert client.submit(address, {"certified_email": "boh"}).status_code == 422
    set_certified_email(
        actor=actor_of(clerk), association_id=association.id,
        certified_email="circolo@pec.example.org",
    )  # fmt: skip
    steps = list_history(subject_kind="association", subject_id=association.id)
    assert [s.action for s in steps] == ["certified_email"]
    assert "circolo@pec.example.org" not in client.get("/registro/circolo-inventato").text
    client.submit(address, {"certified_email": ""})
    assert stored(association).certified_email is None


NOTICE = {
    "cause": RemovalCause.OTHER,
    "reason": REASON,
    "given_on": date(2026, 11, 1),
    "effective_on": date(2026, 12, 1),
}


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"effective_on": date(2026, 11, 1)}, "ck_removal_notice_takes_effect_later"),
        ({"reason": "  "}, "ck_removal_notice_says_why"),
    ],
)
def test_impossible_notice_is_refused(association, changes, constraint):
    db.session.add(RemovalNotice(association_id=association.id, **{**NOTICE, **changes}))
    with pytest.raises(IntegrityError) as caught:
        db.session.commit()
    assert constraint_name(caught.value) == constraint


def test_two_notices_at_once_are_refused(association):
    for _number in range(2):
        db.session.add(RemovalNotice(association_id=association.id, **NOTICE))
    with pytest.raises(IntegrityError) as caught:
        db.session.commit()
    assert constraint_name(caught.value) == "uq_removal_notice_pending"


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"runts_number": 0}, "ck_association_runts_number_is_positive"),
        (
            {"removed_on": date(2026, 1, 1), "removal_cause": RemovalCause.OTHER},
            "ck_association_removed_has_day_and_cause",
        ),
        (
            {"state": AssociationState.REMOVED, "removal_cause": None},
            "ck_association_removed_has_day_and_cause",
        ),
    ],
)
def test_impossible_removal_is_refused(database, values, constraint):
    with pytest.raises(IntegrityError) as caught:
        make_association(**values)
    assert constraint_name(caught.value) == constraint


def test_only_what_is_removed_is_merged_and_never_into_itself(database):
    other = make_association(name="Altra")
    with pytest.raises(IntegrityError) as caught:
        make_association(merged_into_id=other.id)
    assert constraint_name(caught.value) == "ck_association_merged_is_removed"
    db.session.rollback()
    removed = make_association(name="Via", state=AssociationState.REMOVED)
    removed.merged_into_id = removed.id
    with pytest.raises(IntegrityError) as caught:
        db.session.commit()
    assert constraint_name(caught.value) == "ck_association_merged_is_removed"
