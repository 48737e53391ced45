"""Changes of a profile: what waits for the office, what it decides, what is brought back."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import User
from portal.core.clock import utc_now
from portal.core.database import db
from portal.core.errors import RuleBrokenError, constraint_name, explain_constraint
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseState
from portal.permissions import Role
from portal.registry.models import Association, AssociationChange
from portal.registry.profile import Officer
from portal.registry.queries import get_edit_case, profile_of
from portal.registry.services import (
    ChangePendingError,
    ProfileChangedError,
    restore_change,
    update_profile,
    withdraw_change,
)
from portal.registry.states import AssociationKind, AssociationState, ChangeState
from tests.factories.laboratories import district_id_of
from tests.factories.people import actor_of, make_user
from tests.factories.profiles import (
    case_of_change,
    changes_of,
    decide_change,
    representing,
    save_profile,
)
from tests.factories.registry import make_association, tax_code_of
from tests.factories.registry_requests import make_representative
from tests.sql_counter import counted_sql

NEW_SEAT = {"address": "via Emilia Ospizio 91", "legal_representative": "Elena Finta"}
DESK = "/associazione/circolo-inventato/"


@pytest.fixture
def association(database):
    return make_association(
        name="Circolo inventato",
        slug="circolo-inventato",
        state=AssociationState.ENROLLED,
        address="via Roma 12",
        description="Ci trovi lunedì 15–18.",
    )


@pytest.fixture
def person(association):
    made = make_user(name="Ivo Prova")
    make_representative(made, association)
    return made


@pytest.fixture
def clerk(database):
    return make_user(name="Clea Comune", roles=(Role.STAFF,))


def stored(association):
    db.session.rollback()
    return db.session.get(Association, association.id, populate_existing=True)


def steps_of(association):
    return [e.action for e in list_history(subject_kind="association", subject_id=association.id)]


def mails_to(person):
    return list(
        db.session.scalars(
            db.select(MailMessage)
            .where(MailMessage.recipient == person.email)
            .order_by(MailMessage.id)
        )
    )


def test_a_sensitive_edit_waits_while_the_rest_is_public(association, person):
    save_profile(person, association, phone="0522 1", **NEW_SEAT)
    kept = stored(association)
    assert (kept.phone, kept.address, kept.legal_representative) == ("0522 1", "via Roma 12", None)
    public, waiting = changes_of(association)
    assert (public.state, public.before, public.after) == (
        ChangeState.APPLIED, {"phone": None}, {"phone": "0522 1"},
    )  # fmt: skip
    assert waiting.state is ChangeState.PENDING
    assert waiting.before == {"address": "via Roma 12", "legal_representative": None}
    assert waiting.after == NEW_SEAT
    assert (waiting.author_id, waiting.author_name) == (person.id, "Ivo Prova")
    case = case_of_change(waiting)
    assert (case.state, case.on_behalf_of) == (CaseState.WAITING, "Circolo inventato")
    assert steps_of(association) == ["ask_change", "edit_profile"]
    history = list_history(subject_kind="association", subject_id=association.id)
    assert {entry.on_behalf_of for entry in history} == {"Circolo inventato"}


def test_every_field_can_be_written_and_read_back(association, person, clerk):
    values = replace(
        profile_of(association),
        description="Nuova", acronym="CI", purposes="Scopi", audience="tutti", areas=("salute",),
        meeting_times="mai", email="c@example.org", phone="1", website="https://example.org",
        officers=(Officer("Ada", "socia"),), name="Circolo nuovo", tax_code=tax_code_of(9001),
        kind=AssociationKind.ODV, municipality_code="035001", address="via X 1",
        legal_representative="Ada Prova", certified_email="c@pec.example.org",
    )  # fmt: skip
    save_profile(person, association, **vars(values))
    decide_change(clerk, changes_of(association)[1], CaseAction.ACCEPT)
    assert profile_of(stored(association)) == values


def test_approving_makes_it_public_and_tells_who_represents_it(client, association, person, clerk):
    other = make_user(name="Bea Prova")
    make_representative(other, association)
    save_profile(person, association, **NEW_SEAT)
    (change,) = changes_of(association)
    before = association.version
    decide_change(clerk, change, CaseAction.ACCEPT)
    kept = stored(association)
    assert (kept.address, kept.legal_representative) == tuple(NEW_SEAT.values())
    assert kept.version > before
    (change,) = changes_of(association)
    assert change.state is ChangeState.APPROVED
    assert change.decided_at is not None
    assert steps_of(association)[0] == "change_approved"
    for reader in (person, other):
        (mail,) = mails_to(reader)
        assert mail.subject == "Approvata: il profilo di Circolo inventato è cambiato"
        assert "Visto lo statuto." in mail.text_body
        assert "/associazione/circolo-inventato/modifiche" in mail.text_body
    assert mails_to(clerk) == []
    assert "via Emilia Ospizio 91" in client.get("/registro/circolo-inventato").text


def test_refusing_changes_nothing_and_says_why(association, person, clerk):
    save_profile(person, association, **NEW_SEAT)
    decide_change(clerk, changes_of(association)[0], CaseAction.REFUSE, "Manca il verbale.")
    kept = stored(association)
    assert kept.address == "via Roma 12"
    assert changes_of(association)[0].state is ChangeState.REFUSED
    (mail,) = mails_to(person)
    assert mail.subject == "Non abbiamo potuto approvare la modifica di Circolo inventato"
    assert "Manca il verbale." in mail.text_body
    assert "vedere quello che c’era prima" in mail.text_body


def test_an_approved_change_is_written_onto_the_profile_of_today(association, person, clerk):
    save_profile(person, association, **NEW_SEAT)
    save_profile(person, stored(association), phone="0522 777", areas=("salute",))
    decide_change(clerk, changes_of(association)[0], CaseAction.ACCEPT)
    kept = stored(association)
    assert (kept.phone, kept.address) == ("0522 777", "via Emilia Ospizio 91")
    assert [area.code for area in kept.areas] == ["salute"]


def test_one_change_waits_at_a_time(association, person):
    save_profile(person, association, **NEW_SEAT)
    with pytest.raises(ChangePendingError):
        save_profile(person, stored(association), address="via Altra 1")
    db.session.rollback()
    save_profile(person, stored(association), phone="0522 1")
    assert len(changes_of(association)) == 2


def test_a_tax_code_of_another_association_is_said_at_once(client, association, person):
    other = make_association(name="Altra", slug="altra")
    with pytest.raises(RuleBrokenError) as refused:
        save_profile(person, association, tax_code=other.tax_code)
    assert refused.value.field == "tax_code"
    assert "ha questo codice fiscale" in str(refused.value.sentence)


def test_a_tax_code_taken_in_the_meantime_cannot_be_approved(client, association, person, clerk):
    code = tax_code_of(9100)
    save_profile(person, association, tax_code=code)
    (change,) = changes_of(association)
    make_association(name="Arrivata prima", slug="prima", tax_code=code)
    client.sign_in(clerk)
    case = case_of_change(change)
    page = client.get(f"/gestione/coda/{case.id}").text
    assert "Arrivata prima" in page
    answer = client.submit(
        f"/gestione/coda/{case.id}/decidi",
        {
            "version": str(case.version),
            "decision": "accept",
            "reason": "Abbiamo visto lo statuto nuovo: va bene.",
        },
    )
    assert answer.status_code == 409
    assert "Un’altra associazione del registro ha questo codice fiscale" in answer.text
    assert changes_of(association)[0].state is ChangeState.PENDING
    assert case_of_change(change).state is CaseState.WAITING


def test_who_represents_the_association_does_not_decide_about_it(association, person, clerk):
    save_profile(person, association, **NEW_SEAT)
    make_representative(clerk, association)
    case = case_of_change(changes_of(association)[0])
    with pytest.raises(RuleBrokenError):
        decide_case(
            actor=representing(clerk, association),
            case_id=case.id,
            version=case.version,
            action=CaseAction.ACCEPT,
            reason="Mi va bene.",
        )


def test_staff_sees_the_difference_with_the_profile_of_today(client, association, person, clerk):
    save_profile(person, association, name="Circolo nuovo", kind=AssociationKind.ODV, **NEW_SEAT)
    (change,) = changes_of(association)
    row = stored(association)
    row.address = "via Cambiata 3"
    db.session.commit()
    subject = get_edit_case(change.id)
    assert [(d.name, d.before, d.after) for d in subject.differences] == [
        ("name", "Circolo inventato", "Circolo nuovo"),
        ("kind", "aps", "odv"),
        ("address", "via Cambiata 3", "via Emilia Ospizio 91"),
        ("legal_representative", "", "Elena Finta"),
    ]
    assert subject.meanwhile == ("address",)
    client.sign_in(clerk)
    page = client.get(f"/gestione/coda/{case_of_change(change).id}").text
    for words in ("Modifica del profilo", "via Cambiata 3", "Organizzazione di volontariato"):
        assert words in page
    assert "Approva la modifica" in page
    assert "Rimanda" not in page


def test_withdrawing_ends_it_and_another_may_be_sent(client, association, person):
    save_profile(person, association, **NEW_SEAT)
    (change,) = changes_of(association)
    client.sign_in(person)
    assert "Due" not in client.get(DESK).text
    assert "2 modifiche in esame" in client.get(DESK).text
    assert client.submit(f"{DESK}modifiche/{change.id}/ritira").status_code == 303
    (change,) = changes_of(association)
    assert change.state is ChangeState.WITHDRAWN
    assert case_of_change(change).state is CaseState.WITHDRAWN
    again = client.submit(f"{DESK}modifiche/{change.id}/ritira")
    assert again.status_code == 409
    assert "Nel frattempo l’ufficio ha risposto" in again.text
    save_profile(person, stored(association), address="via Altra 1")
    assert len(changes_of(association)) == 2


def test_while_a_change_waits_the_form_does_not_offer_what_is_checked(client, association, person):
    save_profile(person, association, **NEW_SEAT)
    client.sign_in(person)
    page = client.get(f"{DESK}profilo").text
    assert 'data-reason="change_pending"' in page
    assert 'name="tax_code"' not in page
    sent = {"description": "Nuova", "areas": ["cultura"], "address": "via Furba 1"}
    sent["version"] = str(stored(association).version)
    assert client.submit(f"{DESK}profilo", sent).status_code == 303
    kept = stored(association)
    assert (kept.description, kept.address) == ("Nuova", "via Roma 12")


def test_a_tab_of_before_the_change_is_told_and_loses_nothing(client, association, person):
    client.sign_in(person)
    seen = str(association.version)
    save_profile(person, association, **NEW_SEAT)
    row = stored(association)
    sent = {
        "description": "Un altro testo", "areas": ["cultura"], "version": seen,
        "name": "Nome di un’altra scheda", "tax_code": row.tax_code, "kind": row.kind,
        "municipality_code": row.municipality_code, "address": "via Roma 12",
    }  # fmt: skip
    response = client.submit(f"{DESK}profilo", sent)
    assert response.status_code == 409
    assert "Un altro testo" in response.text
    assert 'data-reason="change_pending"' in response.text


def test_the_page_of_changes_shows_texts_word_by_word(client, association, person, clerk):
    save_profile(person, association, description="Ci trovi lunedì e giovedì 15–18.")
    save_profile(person, stored(association), **NEW_SEAT)
    decide_change(clerk, changes_of(association)[1], CaseAction.REFUSE, "Manca il verbale.")
    client.sign_in(person)
    page = client.get(f"{DESK}modifiche").text
    assert '<ins class="yes">e giovedì </ins>' in page
    assert '<del class="no">via Roma 12</del>' in page
    assert "Manca il verbale." in page
    assert "per Circolo inventato" in page
    assert 'data-total="2"' in page
    client.sign_in(make_user())
    assert client.get(f"{DESK}modifiche").status_code == 404


def test_changes_of_another_association_are_not_found(client, association, person):
    save_profile(person, association, **NEW_SEAT)
    (change,) = changes_of(association)
    other, stranger = make_association(name="Altra", slug="altra"), make_user()
    make_representative(stranger, other)
    client.sign_in(stranger)
    for step in ("ritira", "ripristina"):
        for slug in ("altra", "circolo-inventato"):
            address = f"/associazione/{slug}/modifiche/{change.id}/{step}"
            assert client.submit(address).status_code == 404
    assert changes_of(association)[0].state is ChangeState.PENDING


def test_what_was_before_is_brought_back(client, association, person):
    save_profile(person, association, description="Peggio", areas=("sport",))
    (change,) = changes_of(association)
    client.sign_in(person)
    assert client.submit(f"{DESK}modifiche/{change.id}/ripristina").status_code == 303
    kept = stored(association)
    assert (kept.description, kept.areas) == ("Ci trovi lunedì 15–18.", [])
    assert changes_of(association)[-1].restores_id == change.id
    assert steps_of(association)[0] == "restore_profile"
    assert "Riportato com’era da Ivo Prova" in client.get(f"{DESK}modifiche").text
    again = client.submit(f"{DESK}modifiche/{change.id}/ripristina")
    assert again.status_code == 409
    assert "è già com’era prima" in again.text


def test_bringing_back_what_is_checked_waits_again(association, person, clerk):
    save_profile(person, association, **NEW_SEAT)
    decide_change(clerk, changes_of(association)[0], CaseAction.ACCEPT)
    change = changes_of(association)[0]
    restore_change(
        actor=representing(person, association),
        association_id=association.id,
        change_id=change.id,
    )
    db.session.commit()
    assert stored(association).address == "via Emilia Ospizio 91"
    again = changes_of(association)[-1]
    assert (again.state, again.restores_id) == (ChangeState.PENDING, change.id)
    decide_change(clerk, again, CaseAction.ACCEPT)
    assert stored(association).address == "via Roma 12"


def test_a_refused_change_cannot_be_brought_back(client, association, person, clerk):
    save_profile(person, association, **NEW_SEAT)
    (change,) = changes_of(association)
    decide_change(clerk, change, CaseAction.REFUSE)
    client.sign_in(person)
    assert client.submit(f"{DESK}modifiche/{change.id}/ripristina").status_code == 409


def test_moving_out_of_the_city_takes_the_district_along(association, person, clerk):
    row = stored(association)
    row.district_id = district_id_of("h")
    db.session.commit()
    save_profile(person, row, municipality_code="035001")
    (change,) = changes_of(association)
    assert set(change.after) == {"municipality_code", "district_id"}
    decide_change(clerk, change, CaseAction.ACCEPT)
    kept = stored(association)
    assert (kept.municipality_code, kept.district_id) == ("035001", None)


def test_the_list_of_changes_needs_the_same_queries_however_many(client, association, person):
    save_profile(person, association, phone="0522 0", **NEW_SEAT)
    client.sign_in(person)
    client.get(f"{DESK}modifiche")
    with counted_sql() as few:
        client.get(f"{DESK}modifiche")
    for number in range(1, 25):
        save_profile(person, stored(association), phone=f"0522 {number}")
    with counted_sql() as many:
        page = client.get(f"{DESK}modifiche").text
    assert len(few) == len(many) <= 10
    assert page.count("<article") == 20
    assert "<article" in client.get(f"{DESK}modifiche?pagina=2").text


def test_deciding_and_withdrawing_at_once_ends_in_one_of_them(app, association, person, clerk):
    save_profile(person, association, **NEW_SEAT)
    (change,) = changes_of(association)
    case = case_of_change(change)
    ready, outcomes = Barrier(2), []
    withdrawer, decider = representing(person, association), clerk.id
    arguments = (association.id, change.id, case.id, case.version)
    db.session.commit()

    def withdraw():
        withdraw_change(actor=withdrawer, association_id=arguments[0], change_id=arguments[1])

    def decide():
        decide_case(
            actor=actor_of(db.session.get(User, decider)),
            case_id=arguments[2],
            version=arguments[3],
            action=CaseAction.ACCEPT,
            reason="Visto.",
        )

    def run(step):
        with app.test_request_context():
            ready.wait()
            try:
                step()
                db.session.commit()
                outcomes.append("done")
            except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
                outcomes.append(type(error).__name__)
            finally:
                db.session.rollback()
                db.session.remove()

    threads = [Thread(target=run, args=(step,)) for step in (withdraw, decide)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("done") == 1, outcomes
    assert {*outcomes} - {"done"} <= {"ChangeAnsweredError", "AlreadyDecidedError"}
    db.session.expire_all()
    (change,) = changes_of(association)
    assert change.state in {ChangeState.APPROVED, ChangeState.WITHDRAWN}


def make_change(association, **fields):
    change = AssociationChange(
        **{
            "association_id": association.id,
            "at": utc_now(),
            "author_name": "Ivo Prova",
            "state": ChangeState.APPLIED,
            "before": {"phone": None},
            "after": {"phone": "1"},
            **fields,
        }
    )
    db.session.add(change)
    db.session.commit()
    return change


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"after": {"phone": None}}, "changes_something"),
        ({"state": ChangeState.APPROVED}, "decided_has_time"),
        ({"decided_at": utc_now()}, "decided_has_time"),
    ],
)
def test_an_impossible_change_is_refused_by_the_database(association, fields, rule):
    with pytest.raises(IntegrityError) as refused:
        make_change(association, **fields)
    assert constraint_name(refused.value) == f"ck_association_change_{rule}"
    db.session.rollback()


def test_the_database_holds_one_pending_change_an_association(association):
    make_change(association, state=ChangeState.PENDING)
    with pytest.raises(IntegrityError) as refused:
        make_change(association, state=ChangeState.PENDING)
    assert constraint_name(refused.value) == "uq_association_change_pending"
    assert explain_constraint(refused.value) is not None
    db.session.rollback()


def test_saving_with_an_old_version_is_refused_before_anything_is_written(association, person):
    with pytest.raises(ProfileChangedError):
        update_profile(
            actor=representing(person, association),
            association_id=association.id,
            seen_version=association.version + 1,
            values=replace(profile_of(association), phone="1"),
        )
    assert changes_of(association) == []
