"""Erasing one's account, over all features: what is left anywhere in the database."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.accounts.erasure import HindranceKind, list_hindrances
from portal.accounts.models import User
from portal.accounts.queries import count_accounts, list_people, read_recovery_link
from portal.accounts.services import StillNeededError, create_account, erase_account
from portal.accounts.services.passwords import hash_of, make_password_link
from portal.config import SmtpServer
from portal.core import mail
from portal.core.access import PORTAL
from portal.core.clock import utc_now
from portal.core.database import db
from portal.core.history import HistoryEntry, list_history
from portal.core.mail import MailMessage, PhoneMessage, queue_mail, send_mail
from portal.core.person_names import NO_NAME
from portal.core.text import short_name
from portal.laboratories.models import Proposal
from portal.moderation.models import Case, CaseAttachment, CaseMessage
from portal.moderation.services import decide_case, take_case, write_message
from portal.moderation.states import CaseAction, CaseState
from portal.permissions import Role
from portal.registry.models import Invitation, RegistryRequest, Representative
from portal.registry.services import PeopleRefusedError, invite_person
from portal.registry.states import RepresentativeRole
from portal.volunteering.models import ProjectTutor, VolunteeringProject
from tests.factories import registry_requests
from tests.factories.erasure import FORMER, at_once, erase, where_is
from tests.factories.kept_world import put_back_world
from tests.factories.laboratories import case_of, make_laboratory, make_submitted
from tests.factories.people import actor_of, make_user
from tests.factories.profiles import representing
from tests.factories.registry import make_association
from tests.factories.volunteering import make_tutor

STAYS = {
    # D.M. 6 October 2021, art. 3: the register is kept with the name.
    "register_entry",
    # Public acts, of which the public reads initials.
    "agreement_signature",
    # Acts under a protocol number.
    "letter",
    # What went to others may say who left them: it is theirs.
    "mail_message",
}
"""Tables in which a name may be left."""


@pytest.mark.parametrize("who", ["owner", "citizen", "staff", "architect"])
def test_neither_name_nor_address_is_left_anywhere(database, who):
    user = put_back_world().people[who]
    name, email = user.display_name, user.email
    of_tutor = select(VolunteeringProject).join(ProjectTutor).where(ProjectTutor.user_id == user.id)
    for project in db.session.scalars(of_tutor).all():
        make_tutor(project)
    assert where_is(email)
    assert erase(user)
    left = {found for found in where_is(name) if found.split(".")[0] not in STAYS}
    # Whoever acted for the municipality is named in the act.
    assert left <= ({"history_entry.actor_name"} if user_held_office(who) else set())
    assert where_is(email) == ["mail_message.recipient"]
    assert [m.event_key for m in mails_to(email)] == [f"account:{user.id}:erased"]


def user_held_office(who):
    return who in {"staff", "architect"}


def mails_to(email):
    statement = select(MailMessage).where(MailMessage.recipient == email).order_by(MailMessage.id)
    return db.session.scalars(statement).all()


def test_an_empty_shell_is_left_and_cannot_be_filled(database):
    user = make_user(name="Anna Prova")
    assert erase(user)
    shell = db.session.get_one(User, user.id)
    assert (shell.email, shell.password, shell.confirmed_at, shell.active) == (
        None, None, None, False,
    )  # fmt: skip
    assert shell.erased_at is not None
    assert short_name(shell.display_name) == FORMER


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("email", "'anna@example.org'"), ("given_email", "'anna@example.org'"),
        ("display_name", "'Anna Prova'"), ("us_totp_secrets", "'x'"), ("last_code_counter", "1"),
        ("confirmed_at", "now()"), ("active", "true"),
    ],
)  # fmt: skip
def test_ck_user_account_erased_is_empty_refuses_each_thing_of_a_person(database, column, value):
    user = make_user()
    assert erase(user)
    with pytest.raises(IntegrityError, match="ck_user_account_erased_is_empty"):
        db.session.execute(
            text(f"UPDATE user_account SET {column} = {value} WHERE id = :id"),  # noqa: S608 - from the list above
            {"id": user.id},
        )
    db.session.rollback()


def test_a_shell_has_no_password_either(database):
    user = make_user()
    assert erase(user)
    with pytest.raises(IntegrityError, match=r"erased_is_empty|sign_in_has_email"):
        db.session.execute(
            text("UPDATE user_account SET password = 'x' WHERE id = :id"), {"id": user.id}
        )
    db.session.rollback()


def test_address_can_be_registered_anew_by_somebody_who_starts_from_nothing(database):
    user = make_user(email="anna@example.org", name="Anna Prova", roles=(Role.STAFF,))
    before = count_accounts()
    assert erase(user)
    assert count_accounts() == before - 1
    again = create_account(actor=PORTAL, email="Anna@example.org", name="Anna Prova")
    db.session.commit()
    assert again.account_id != user.id
    assert again.roles == {Role.CITIZEN}
    assert [row.id for row in list_people("anna", page=1).rows] == [again.account_id]
    assert list_people("iscritta", page=1).rows == []
    assert list_people(NO_NAME, page=1).rows == []


def test_wrong_proof_erases_nothing(database):
    user = make_user(email="anna@example.org")
    assert not erase(user, proof="altra@example.org")
    assert not erase(user, proof="\x00")
    user.password = hash_of("quattro gatti blu")
    db.session.commit()
    # Who has a password shows it; the address is no proof any more.
    assert not erase(user, proof="anna@example.org")
    assert not erase(user, proof="")
    assert erase(user, proof="quattro gatti blu")


def test_links_of_earlier_mails_open_nothing(database):
    user = make_user()
    token = make_password_link(user).rsplit("/", 1)[1]
    assert erase(user)
    assert read_recovery_link(token).user is None


# --- mails


def test_mails_of_before_go_and_the_last_one_is_not_kept_once_it_left(app, database, monkeypatch):
    user = make_user(email="anna@example.org", name="Anna Prova")
    queue_mail(
        event_key="prova:1", to="Anna@Example.org", template="accounts/code", name="Anna",
        code="123456", minutes=10, link="https://example.org",
    )  # fmt: skip
    db.session.commit()
    assert erase(user)
    (last,) = mails_to("anna@example.org")
    assert "Anna Prova" in last.text_body
    assert "abbiamo cancellato il tuo account" in last.text_body
    handed = []
    there = SmtpServer(host="x", port=25, username=None, password=None, uses_tls=False)
    before = app.extensions["portal_settings"]
    monkeypatch.setitem(app.extensions, "portal_settings", replace(before, smtp=there))
    monkeypatch.setattr(mail, "_hand_over", lambda _server, message: handed.append(message))
    send_mail(mail_id=last.id)
    db.session.commit()
    send_mail(mail_id=last.id)
    (message,) = handed
    assert isinstance(message, EmailMessage)
    assert message["To"] == "anna@example.org"
    assert where_is("anna@example.org") == []


def test_nobody_is_called_whose_account_is_erased(database):
    user = make_user(name="Anna Prova")
    other = make_user(has_email=False)
    assert erase(user)
    for number, reader in enumerate((user, other)):
        queue_mail(
            event_key=f"prova:{number}", to=None, phone_id=reader.id, template="accounts/code",
            name="Anna", code="123456", minutes=10, link="https://example.org",
        )  # fmt: skip
    db.session.commit()
    assert list(db.session.scalars(select(PhoneMessage.reader_id))) == [other.id]


# --- what has to be handed over first


def test_last_administrator_stays_until_another_is_named(database):
    user = make_user(roles=(Role.ADMINISTRATOR,))
    assert [h.kind for h in list_hindrances(user.id)] == [HindranceKind.LAST_ADMINISTRATOR]
    with pytest.raises(StillNeededError):
        erase(user)
    db.session.rollback()
    make_user(roles=(Role.ADMINISTRATOR,))
    assert list_hindrances(user.id) == []
    assert erase(user)


def test_only_manager_hands_over_first_and_an_editor_need_not(database):
    association = make_association(name="Insieme", slug="insieme")
    manager, editor = make_user(), make_user(name="Bea Prova")
    registry_requests.make_representative(manager, association)
    registry_requests.make_representative(editor, association, role=RepresentativeRole.EDITOR)
    (hindrance,) = list_hindrances(manager.id)
    assert (hindrance.kind, hindrance.words) == (HindranceKind.ONLY_MANAGER, "Insieme")
    assert list_hindrances(editor.id) == []
    with pytest.raises(StillNeededError):
        erase(manager)
    db.session.rollback()
    assert erase(editor)
    ended = db.session.scalars(
        select(Representative).where(Representative.user_id == editor.id)
    ).one()
    assert (ended.until_on is not None, ended.capacity) == (True, NO_NAME)
    # Its manager is told who left, as for anybody.
    assert any(
        m.event_key.startswith("association_representative:") for m in mails_to(manager.email)
    )


def test_who_leads_a_laboratory_names_somebody_else_first(database):
    architect = make_user()
    laboratory = make_laboratory(title="Parco")
    laboratory.architect_id = architect.id
    db.session.commit()
    (hindrance,) = list_hindrances(architect.id)
    assert (hindrance.kind, hindrance.words) == (HindranceKind.LEADS_LABORATORY, "Parco")
    laboratory.archived_at = utc_now()
    db.session.commit()
    assert erase(architect)
    assert laboratory.architect_id is None


# --- cases and the registry


def test_own_cases_are_withdrawn_and_what_was_said_in_them_goes(database):
    user, clerk = make_user(name="Anna Prova"), make_user(roles=(Role.STAFF,))
    proposal = make_submitted(make_laboratory(), user, title="Il mio cortile")
    case = case_of(proposal)
    write_message(
        actor=actor_of(user), case_id=case.id, body="Abito in via Rossi 3.", is_from_office=False
    )
    db.session.commit()
    case_id = case.id
    assert erase(user)
    kept = db.session.get_one(Case, case_id)
    assert (kept.state, kept.title) == (CaseState.WITHDRAWN, NO_NAME)
    assert db.session.scalars(select(CaseMessage)).all() == []
    assert db.session.scalars(select(CaseAttachment)).all() == []
    assert where_is("Il mio cortile") == []
    assert clerk.erased_at is None


def test_cases_in_charge_go_back_to_nobody_and_the_act_keeps_its_name(database):
    clerk = make_user(name="Carla Ufficio", roles=(Role.STAFF,))
    case = case_of(make_submitted(make_laboratory(), make_user()))
    take_case(actor=actor_of(clerk), case_id=case.id, version=case.version)
    db.session.commit()
    assert erase(clerk)
    db.session.refresh(case)
    assert (case.state, case.officer_id) == (CaseState.WAITING, None)
    steps = list_history(subject_kind="moderation_case", subject_id=case.id)
    assert "Carla Ufficio" in {step.actor_name for step in steps}


def test_steps_of_a_citizen_lose_the_name(database):
    user = make_user(name="Anna Prova")
    proposal = make_submitted(make_laboratory(), user)
    assert erase(user)
    raw = select(HistoryEntry.actor_name).where(HistoryEntry.actor_id == user.id)
    assert set(db.session.scalars(raw)) == {FORMER}
    assert proposal.id


def test_request_of_an_association_not_decided_goes_with_its_documents(database):
    user = make_user(name="Anna Prova")
    registry_requests.hand_in(user)
    assert erase(user)
    assert db.session.scalars(select(RegistryRequest)).all() == []
    assert db.session.scalar(text("SELECT count(*) FROM registry_request_document")) == 0


def test_invitation_to_the_address_goes(database):
    manager, invited = make_user(), make_user(email="bea@example.org")
    association = make_association()
    registry_requests.make_representative(manager, association)
    invite_person(
        actor=representing(manager, association), association_id=association.id,
        email="bea@example.org", role=RepresentativeRole.EDITOR,
    )  # fmt: skip
    db.session.commit()
    assert erase(invited)
    assert db.session.scalars(select(Invitation)).all() == []


# --- two at once


def test_two_taps_erase_once(app, database):
    user = make_user(email="anna@example.org")
    actor = actor_of(user)
    problems = at_once(
        app, [actor, actor], lambda one: erase_account(actor=one, proof="anna@example.org")
    )
    assert problems == []
    db.session.expire_all()
    assert len(mails_to("anna@example.org")) == 1
    steps = list_history(subject_kind="user_account", subject_id=user.id)
    assert [step.action for step in steps].count("erase") == 1


def test_of_two_administrators_who_leave_at_once_one_stays(app, database):
    pair = [make_user(roles=(Role.ADMINISTRATOR,)) for _n in range(2)]
    actors = [actor_of(user) for user in pair]
    problems = at_once(app, actors, lambda one: erase_account(actor=one, proof=one.email))
    assert [type(p) for p in problems] == [StillNeededError]
    db.session.expire_all()
    left = db.session.scalars(select(User).where(User.erased_at.is_(None))).all()
    assert len([u for u in left if u.id in {a.id for a in actors}]) == 1


def test_erasing_twice_later_changes_nothing(database):
    user = make_user(email="anna@example.org")
    actor = actor_of(user)
    assert erase(user)
    erased_at = db.session.get_one(User, user.id).erased_at
    assert erase_account(actor=actor, proof="quel che sia")
    db.session.commit()
    assert db.session.get_one(User, user.id).erased_at == erased_at
    assert utc_now() - erased_at < timedelta(minutes=5)


def test_of_two_managers_who_leave_at_once_one_stays(app, database):
    association = make_association()
    pair = [make_user() for _n in range(2)]
    for user in pair:
        registry_requests.make_representative(user, association)
    actors = [actor_of(user) for user in pair]
    problems = at_once(app, actors, lambda one: erase_account(actor=one, proof=one.email))
    assert len(problems) == 1
    assert isinstance(problems[0], StillNeededError | PeopleRefusedError)
    db.session.expire_all()
    current = select(Representative.user_id).where(Representative.until_on.is_(None))
    (left,) = db.session.scalars(current)
    assert db.session.get_one(User, left).erased_at is None


def test_case_decided_in_the_moment_of_erasing_ends_one_way_or_the_other(app, database):
    user, clerk = make_user(), make_user(roles=(Role.STAFF,))
    case = case_of(make_submitted(make_laboratory(), user))
    case_id, version, subject_id = case.id, case.version, case.subject_id
    erasing, deciding = actor_of(user), actor_of(clerk)
    db.session.commit()

    def act(one):
        if one is erasing:
            erase_account(actor=one, proof=one.email)
        else:
            decide_case(
                actor=one, case_id=case_id, version=version, action=CaseAction.ACCEPT, reason="Sì."
            )

    problems = at_once(app, [erasing, deciding], act)
    db.session.expire_all()
    state = db.session.get_one(Case, case_id).state
    assert state in {CaseState.ACCEPTED, CaseState.WITHDRAWN}
    is_there = db.session.get(Proposal, subject_id) is not None
    assert is_there is (state is CaseState.ACCEPTED)
    # The clerk alone may be told that it is too late.
    assert len(problems) == (0 if is_there else 1)
    assert db.session.get_one(User, erasing.account_id).erased_at is not None
