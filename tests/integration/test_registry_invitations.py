"""Invitations to represent an association: sent, opened, answered, out of date."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.errors import ForbiddenStepError
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.registry.models import Association, Invitation
from portal.registry.people import MOST_INVITATIONS
from portal.registry.queries import list_invitations, list_representatives
from portal.registry.services import accept_invitation, invite_person
from portal.registry.states import AssociationState, InvitationState, RepresentativeRole
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative

MANAGER, EDITOR = RepresentativeRole.MANAGER, RepresentativeRole.EDITOR
PEOPLE = "/associazione/circolo-inventato/persone"
SARA = "sara@example.org"


@pytest.fixture
def association(database):
    return make_association(
        name="Circolo inventato", slug="circolo-inventato", state=AssociationState.ENROLLED
    )


@pytest.fixture
def ada(client, association):
    person = make_user(name="Ada Prova", email="ada@example.org")
    make_representative(person, association)
    client.sign_in(person)
    return person


@pytest.fixture
def sara(database):
    return make_user(name="Sara Prova", email=SARA)


def invite(client, email=SARA, role="editor"):
    return client.submit(PEOPLE, {"email": email, "role": role})


def mails_to(email):
    db.session.rollback()
    statement = select(MailMessage).where(MailMessage.recipient == email)
    return list(db.session.scalars(statement.order_by(MailMessage.id)))


def link_of(mail):
    return re.search(r"/inviti/\S+", mail.text_body)[0]


def invited_link(client, **facts):
    assert invite(client, **facts).status_code == 303
    return link_of(mails_to(SARA)[-1])


def steps(association):
    return [s.action for s in list_history(subject_kind="association", subject_id=association.id)]


def test_invitation_arrives_by_mail_and_waits_on_the_page(client, association, ada):
    assert invite(client, email=" Sara@Example.org ").location == PEOPLE
    (mail,) = mails_to(SARA)
    assert mail.subject == "Ada Prova ti invita a curare Circolo inventato"
    assert "tieni aggiornata la sua pagina" in mail.text_body
    page = client.get(PEOPLE).text
    assert SARA in page
    assert "non ha ancora risposto" in page
    (entry,) = list_history(subject_kind="association", subject_id=association.id)
    assert (entry.action, entry.note, entry.on_behalf_of) == (
        "invite_person", SARA, "Circolo inventato"
    )  # fmt: skip


def test_answer_tells_nothing_about_accounts(client, association, ada, sara):
    known = invite(client)
    unknown = invite(client, email="nessuno@example.org")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    subjects = {mails_to(SARA)[0].subject, mails_to("nessuno@example.org")[0].subject}
    assert len(subjects) == 1


@pytest.mark.parametrize(
    ("email", "role", "words"),
    [
        ("", "editor", "Scrivi l’indirizzo e-mail"),
        ("sara", "editor", "indirizzo per intero"),
        ("ADA@example.org", "editor", "rappresenta già"),
        ("eva@example.org", "capo", "Scegli"),
    ],
)
def test_wrong_invitation_is_said_at_its_field(client, ada, email, role, words):
    answer = invite(client, email=email, role=role)
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_somebody_is_invited_once_at_a_time(client, association, ada):
    invite(client)
    answer = invite(client, email="SARA@example.org")
    assert answer.status_code == 422
    assert "non ha ancora risposto" in answer.text
    assert len(mails_to(SARA)) == 1


def test_invitations_that_wait_are_limited(client, association, ada):
    for number in range(MOST_INVITATIONS):
        invite_person(
            actor=actor_of(ada), association_id=association.id,
            email=f"p{number}@example.org", role=EDITOR,
        )  # fmt: skip
    db.session.commit()
    assert "prima ritirane uno" in invite(client).text


def test_visitor_reads_who_invites_and_is_led_to_sign_in_and_back(client, association, ada):
    link = invited_link(client)
    client.sign_out()
    answer = client.get(link)
    for words in ("Ada Prova", "Circolo inventato", "Redattore", "s…@example.org"):
        assert words in answer.text
    assert SARA not in answer.text
    assert f'href="/accedi?next={link}"' in answer.text
    assert f'href="/registrati?next={link}"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.submit(f"{link}/accetto", {"capacity": "socia"}).location.startswith("/accedi")


def test_opening_the_link_changes_nothing(client, association, ada, sara):
    link = invited_link(client)
    client.sign_in(sara)
    client.get(link)
    client.head(link)
    assert [p.name for p in list_representatives(association.id)] == ["Ada Prova"]


def test_who_is_invited_accepts_and_the_managers_are_told(client, association, ada, sara):
    link = invited_link(client)
    client.sign_in(sara)
    assert client.submit(f"{link}/accetto", {"capacity": ""}).status_code == 422
    answer = client.submit(f"{link}/accetto", {"capacity": "segretaria"})
    assert answer.location == "/associazione/circolo-inventato/"
    assert client.get(answer.location).status_code == 200
    db.session.rollback()
    row = next(p for p in list_representatives(association.id) if p.user_id == sara.id)
    assert (row.role, row.capacity) == (EDITOR, "segretaria")
    (mail,) = mails_to(ada.email)
    assert mail.subject == "Sara Prova ora cura Circolo inventato con voi"
    assert len(mails_to(SARA)) == 1
    assert steps(association) == ["add_representative", "invite_person"]
    page = client.get(link).text
    assert "è stato accettato" in page
    assert "scrivania" in page
    assert client.submit(f"{link}/accetto", {"capacity": "x"}).status_code == 409


def test_invitation_for_another_address_is_explained_and_refused(client, association, ada):
    link = invited_link(client)
    client.sign_in(make_user(name="Edo Prova", email="edo@example.org"))
    page = client.get(link).text
    assert "edo@example.org" in page
    assert "s…@example.org" in page
    assert client.submit(f"{link}/accetto", {"capacity": "x"}).status_code == 403
    assert client.submit(f"{link}/rifiuto").status_code == 403
    assert len(list_representatives(association.id)) == 1


def test_address_that_nobody_confirmed_accepts_nothing(association, ada, client):
    invited_link(client)
    sara = make_user(email=SARA, is_confirmed=False)
    (row,) = list_invitations(association.id)
    with pytest.raises(ForbiddenStepError):
        accept_invitation(actor=actor_of(sara), invitation_id=row.id, capacity="x")


def test_invitation_is_declined(client, association, ada, sara):
    link = invited_link(client)
    client.sign_in(sara)
    assert client.submit(f"{link}/rifiuto").location == link
    assert "non è stato accettato" in client.get(link).text
    assert client.submit(f"{link}/accetto", {"capacity": "x"}).status_code == 409
    assert steps(association)[0] == "decline_invitation"
    client.sign_in(ada)
    assert invite(client).status_code == 303


def test_withdrawn_invitation_says_so(client, association, ada, sara):
    link = invited_link(client)
    (row,) = list_invitations(association.id)
    address = f"{PEOPLE}/inviti/{row.id}/ritira"
    assert client.submit(address).location == PEOPLE
    assert client.submit(address).status_code == 404
    assert SARA not in client.get(PEOPLE).text.split('id="persone"')[1]
    client.sign_in(sara)
    assert "è stato ritirato" in client.get(link).text
    assert client.submit(f"{link}/accetto", {"capacity": "x"}).status_code == 409


def test_invitation_is_good_for_seven_days_and_can_be_sent_again(client, association, ada, sara):
    first = invited_link(client)
    (row,) = list_invitations(association.id)
    later = utc_now() + timedelta(days=7, minutes=1)
    with frozen(later):
        assert "è scaduto" in client.get(first).text
        assert "Invito scaduto" in client.get(PEOPLE).text
        client.sign_in(sara)
        assert client.submit(f"{first}/accetto", {"capacity": "x"}).status_code == 409
        client.sign_in(ada)
        assert client.submit(f"{PEOPLE}/inviti/{row.id}/rimanda").location == PEOPLE
        client.sign_in(sara)
        second = link_of(mails_to(SARA)[-1])
        assert client.submit(f"{second}/accetto", {"capacity": "socia"}).status_code == 303
    assert len(mails_to(SARA)) == 2


def test_who_let_an_invitation_expire_is_invited_anew(client, association, ada):
    invited_link(client)
    with frozen(utc_now() + timedelta(days=8)):
        assert invite(client, role="manager").status_code == 303
    (row,) = list_invitations(association.id)
    assert row.role is MANAGER


def test_invitations_of_others_are_not_found(client, association, ada):
    other = make_association(name="Altra", slug="altra")
    eva = make_user()
    make_representative(eva, other)
    theirs = invite_person(actor=actor_of(eva), association_id=other.id, email=SARA, role=EDITOR)
    db.session.commit()
    for way in ("rimanda", "ritira"):
        assert client.submit(f"{PEOPLE}/inviti/{theirs.id}/{way}").status_code == 404


@pytest.mark.parametrize("token", ["nessuno", "a.b.c", "è"])
def test_invented_link_says_that_it_is_none(client, association, token):
    answer = client.get(f"/inviti/{token}")
    assert answer.status_code == 200
    assert "non è più valido" in answer.text or "non vale più" in answer.text
    client.sign_in(make_user())
    assert client.submit(f"/inviti/{token}/accetto", {"capacity": "x"}).status_code == 409
    assert client.submit(f"/inviti/{token}/rifiuto").status_code == 409


def test_merged_association_is_not_joined(client, association, ada, sara):
    link = invited_link(client)
    survivor = make_association(name="Rimasta", slug="rimasta")
    from portal.registry.states import RemovalCause

    merged = db.session.get(Association, association.id)
    merged.state, merged.removed_on = AssociationState.REMOVED, utc_now().date()
    merged.removal_cause, merged.merged_into_id = RemovalCause.DUPLICATE, survivor.id
    db.session.commit()
    client.sign_in(sara)
    assert "sotto un’altra voce" in client.get(link).text
    assert client.submit(f"{link}/accetto", {"capacity": "x"}).status_code == 409


def test_who_came_in_by_another_way_gets_the_higher_role(client, association, ada, sara):
    link = invited_link(client, role="manager")
    make_representative(sara, association, role=EDITOR)
    client.sign_in(sara)
    assert client.submit(f"{link}/accetto", {"capacity": "x"}).status_code == 303
    db.session.rollback()
    assert {p.role for p in list_representatives(association.id)} == {MANAGER}
    stored = db.session.scalars(select(Invitation)).one()
    assert stored.state is InvitationState.ACCEPTED
    assert stored.accepted_by_id == sara.id
