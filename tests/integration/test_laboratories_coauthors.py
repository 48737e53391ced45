"""Proposing together: asked, accepted, declined, taken back."""

import pytest

from portal.core.access import Actor
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.mail import MailMessage
from portal.laboratories.models import ProposalCoauthor
from portal.laboratories.queries import list_authors
from portal.laboratories.services import (
    accept_coauthorship,
    decline_coauthorship,
    invite_association,
    invite_person,
    submit_proposal,
    take_back_invitation,
    withdraw_proposal,
)
from portal.laboratories.services.coauthors import MOST_COAUTHORS
from portal.laboratories.states import CoauthorState
from portal.moderation.states import CaseAction
from portal.registry.queries import find_represented
from tests.client import parse, texts
from tests.factories.laboratories import decide, make_draft, make_laboratory, make_submitted
from tests.factories.people import actor_of, make_user
from tests.factories.proposals import link_of, make_asked
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative


@pytest.fixture
def author(database):
    return make_user(name="Ada Prova", email="ada@example.org")


@pytest.fixture
def paolo(database):
    return make_user(name="Paolo Rossi", email="paolo@example.org")


@pytest.fixture
def draft(author):
    return make_draft(make_laboratory(), author, text="Il segreto della panchina.")


@pytest.fixture
def circle(database):
    return make_association(name="Circolo Gardenia", slug="circolo")


def represents(user, association) -> Actor:
    make_representative(user, association)
    db.session.commit()
    ids = find_represented(user.id).association_ids
    actor = actor_of(user)
    return Actor(
        id=actor.id, name=actor.name, email=actor.email, roles=actor.roles, association_ids=ids
    )


def page_of(proposal, step: str = "") -> str:
    return f"/laboratori/{proposal.laboratory.slug}/proposte/{proposal.id}{step}"


def said(response) -> str:
    return texts(parse(response.text))


def mails(key: str) -> list[MailMessage]:
    statement = db.select(MailMessage).where(MailMessage.event_key.contains(key))
    return list(db.session.scalars(statement.order_by(MailMessage.id)))


def publish(proposal, author):
    submit_proposal(actor=actor_of(author), proposal_id=proposal.id, version=proposal.version)
    db.session.commit()
    return decide(proposal, CaseAction.ACCEPT)


def test_a_person_accepts_and_is_named_once_public(client, draft, author, paolo):
    asked = make_asked(draft, author, email="Paolo@Example.org")
    link = f"/laboratori/inviti/{link_of(asked)}"
    assert "Il segreto" not in client.get(link).text
    client.sign_in(make_user())
    assert "Questo invito è per un’altra persona" in said(client.get(link))
    assert client.submit(f"{link}/accetto").status_code == 404
    client.sign_in(paolo)
    assert client.get(page_of(draft)).status_code == 404
    assert "Il segreto della panchina." in said(client.get(link))
    answer = client.submit(f"{link}/accetto")
    assert answer.location == page_of(draft)
    assert client.get(answer.location).status_code == 200
    assert client.get(page_of(draft, "/modifica")).status_code == 404
    publish(draft, author)
    client.sign_out()
    page = said(client.get(page_of(draft)))
    assert "con Paolo R." in page
    assert "Rossi" not in page
    assert "paolo@example.org" not in client.get(page_of(draft)).text
    assert [a.name for a in list_authors(draft.id)] == ["Ada Prova", "Paolo Rossi"]


def test_who_only_was_asked_is_not_named(client, draft, author):
    make_asked(draft, author)
    publish(draft, author)
    page = client.get(page_of(draft)).text
    assert "invitata@example.org" not in page
    assert [a.name for a in list_authors(draft.id)] == ["Ada Prova"]


def test_one_of_those_who_represent_an_association_accepts(client, draft, author, circle, paolo):
    actor = represents(paolo, circle)
    other = make_user(name="Ugo Bianchi")
    represents(other, circle)
    asked = invite_association(
        actor=actor_of(author), proposal_id=draft.id, association_id=circle.id
    )
    db.session.commit()
    assert {m.recipient for m in mails(f"coauthor:{asked.id}:asked")} == {paolo.email, other.email}
    client.sign_in(paolo)
    assert client.get(page_of(draft)).status_code == 200
    accept_coauthorship(actor=actor, coauthor_id=asked.id)
    db.session.commit()
    publish(draft, author)
    client.sign_out()
    page = client.get(page_of(draft))
    assert "con Circolo Gardenia" in said(page)
    assert 'href="/registro/circolo"' in page.text
    assert [a.public_name for a in list_authors(draft.id)] == ["Ada P.", "Circolo Gardenia"]


def test_saying_no_tells_the_author_and_can_be_changed(draft, author, paolo):
    asked = make_asked(draft, author, email="paolo@example.org")
    for _ in range(2):
        decline_coauthorship(actor=actor_of(paolo), coauthor_id=asked.id)
    accept_coauthorship(actor=actor_of(paolo), coauthor_id=asked.id)
    accept_coauthorship(actor=actor_of(paolo), coauthor_id=asked.id)
    db.session.commit()
    told = [
        (m.recipient, m.subject)
        for m in mails(f"coauthor:{asked.id}:")
        if "asked" not in m.event_key
    ]
    assert told == [
        ("ada@example.org", "Paolo Rossi non sta tra gli autori di “Una panchina all’ombra”"),
        ("ada@example.org", "Paolo Rossi sta tra gli autori di “Una panchina all’ombra”"),
    ]


def test_stepping_back_takes_the_name_off_the_page(client, draft, author, paolo):
    asked = make_asked(draft, author, email="paolo@example.org")
    accept_coauthorship(actor=actor_of(paolo), coauthor_id=asked.id)
    publish(draft, author)
    client.sign_in(paolo)
    client.submit(f"/laboratori/inviti/{link_of(asked)}/rifiuto")
    client.sign_out()
    assert "Paolo" not in client.get(page_of(draft)).text.split("<main")[1]


def test_an_invitation_is_taken_back_and_its_link_says_so(client, draft, author, paolo):
    asked = make_asked(draft, author, email="paolo@example.org")
    token = link_of(asked)
    client.sign_in(author)
    address = page_of(draft, f"/autori/{asked.id}/ritira")
    for _ in range(2):
        answer = client.submit(address)
        assert answer.status_code == 303
    client.sign_in(paolo)
    assert "Questo invito non c’è più" in said(client.get(f"/laboratori/inviti/{token}"))
    assert client.submit(f"/laboratori/inviti/{token}/accetto").status_code == 404


def test_who_accepted_steps_back_only_by_themselves(draft, author, paolo):
    asked = make_asked(draft, author, email="paolo@example.org")
    accept_coauthorship(actor=actor_of(paolo), coauthor_id=asked.id)
    with pytest.raises(ForbiddenStepError):
        take_back_invitation(actor=actor_of(author), proposal_id=draft.id, coauthor_id=asked.id)


def test_only_the_author_asks(draft, author, paolo):
    with pytest.raises(NotFoundError):
        invite_person(actor=actor_of(paolo), proposal_id=draft.id, email="x@example.org")
    other = make_draft(draft.laboratory, paolo)
    asked = make_asked(other, paolo, email="x@example.org")
    with pytest.raises(NotFoundError):
        take_back_invitation(actor=actor_of(author), proposal_id=draft.id, coauthor_id=asked.id)


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("ada@example.org", "Questo è il tuo indirizzo"),
        ("ADA@example.org", "Questo è il tuo indirizzo"),
        ("gia@example.org", "è già stato chiesto"),
        ("nessuno", "Scrivi un indirizzo"),
        ("", "Scrivi un indirizzo"),
        ("a\x00b@example.org", ""),
        ("a" * 400 + "@example.org", ""),
    ],
)
def test_an_address_that_cannot_be_asked_says_why(client, draft, author, email, words):
    make_asked(draft, author, email="gia@example.org")
    client.sign_in(author)
    answer = client.submit(page_of(draft, "/autori/persona"), {"email": email})
    assert answer.status_code == 422
    assert db.session.scalar(db.select(db.func.count(ProposalCoauthor.id))) == 1
    if words != "è già stato chiesto":
        assert words in said(answer)


@pytest.mark.parametrize("forged", ["", "abc", "0", "-1", "9" * 30])
def test_a_forged_association_is_refused(client, draft, author, circle, forged):
    represents(make_user(), circle)
    client.sign_in(author)
    answer = client.submit(page_of(draft, "/autori/associazione"), {"association": forged})
    assert answer.status_code == 422


def test_associations_that_cannot_be_asked(draft, author, circle, paolo):
    asking = {"actor": actor_of(author), "proposal_id": draft.id, "association_id": circle.id}
    with pytest.raises(RuleBrokenError):
        invite_association(**asking)
    represents(paolo, circle)
    invite_association(**asking)
    with pytest.raises(RuleBrokenError):
        invite_association(**asking)


def test_not_more_than_twenty_are_asked(draft, author):
    for n in range(MOST_COAUTHORS):
        invite_person(actor=actor_of(author), proposal_id=draft.id, email=f"p{n}@example.org")
    with pytest.raises(RuleBrokenError):
        invite_person(actor=actor_of(author), proposal_id=draft.id, email="altra@example.org")


def test_an_address_that_is_not_confirmed_accepts_nothing(draft, author):
    asked = make_asked(draft, author, email="nuova@example.org")
    newcomer = make_user(email="nuova@example.org", is_confirmed=False)
    with pytest.raises(NotFoundError):
        accept_coauthorship(actor=actor_of(newcomer), coauthor_id=asked.id)


def test_what_was_taken_back_is_not_accepted(draft, author, paolo):
    asked = make_asked(draft, author, email="paolo@example.org")
    withdraw_proposal(actor=actor_of(author), proposal_id=draft.id)
    with pytest.raises(ForbiddenStepError):
        accept_coauthorship(actor=actor_of(paolo), coauthor_id=asked.id)
    with pytest.raises(ForbiddenStepError):
        invite_person(actor=actor_of(author), proposal_id=draft.id, email="altra@example.org")
    assert db.session.get_one(ProposalCoauthor, asked.id).state is CoauthorState.INVITED


@pytest.mark.parametrize("token", ["nessuno", "a.b.c"])
def test_a_broken_link_says_so(client, token):
    answer = client.get(f"/laboratori/inviti/{token}")
    assert "Questo invito non c’è più" in said(answer)


def test_the_trace_of_a_withdrawn_proposal_names_nobody(client, author, paolo):
    proposal = make_submitted(make_laboratory(), author)
    asked = make_asked(proposal, author, email="paolo@example.org")
    accept_coauthorship(actor=actor_of(paolo), coauthor_id=asked.id)
    decide(proposal, CaseAction.ACCEPT)
    withdraw_proposal(actor=actor_of(author), proposal_id=proposal.id)
    db.session.commit()
    page = said(client.get(page_of(proposal)))
    assert "Paolo" not in page
    assert "Ada" not in page
