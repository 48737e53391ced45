"""Claiming a listed association, and what a decision does."""

from datetime import date

import pytest
from sqlalchemy import func, select

from portal.core.database import db
from portal.core.errors import RuleBrokenError
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.moderation.models import Case
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind, CaseState
from portal.permissions import Role
from portal.registry.models import Association, Claim, Representative
from portal.registry.queries import list_associations_of, list_claims_of
from portal.registry.services import claim_association
from portal.registry.states import AssociationState, RemovalCause, RequestState
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative
from tests.sql_counter import counted_sql

WRITTEN = {
    "applicant_role": "presidente",
    "evidence": "Il mio nome è nel verbale di marzo.",
    "has_declared": "y",
}
ADDRESS = "/registro/circolo-inventato/rivendica"


@pytest.fixture
def association(database):
    return make_association(name="Circolo inventato", slug="circolo-inventato")


@pytest.fixture
def claimant(client):
    person = make_user(name="Ivo Prova", email="ivo@example.org")
    client.sign_in(person)
    return person


@pytest.fixture
def clerk(database):
    return make_user(name="Carla Prova", roles=(Role.STAFF,))


def claimed_by(person, association):
    claim = claim_association(
        actor=actor_of(person), association_id=association.id, applicant_role="presidente",
        evidence="Lo dice il verbale.", has_declared=True,
    )  # fmt: skip
    db.session.commit()
    return claim


def decide(clerk, claim, action, reason="Il verbale lo mostra."):
    case = db.session.scalars(select(Case).where(Case.subject_id == claim.id)).one()
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=action, reason=reason
    )
    db.session.commit()
    return case


def mails_to(person):
    return list(
        db.session.scalars(
            select(MailMessage)
            .where(MailMessage.recipient == person.email)
            .order_by(MailMessage.id)
        )
    )


def test_a_visitor_is_sent_to_sign_in_and_back(client, association):
    response = client.get(ADDRESS)
    assert response.status_code == 303
    assert "rivendica" in response.location


def test_a_person_claims_an_association_and_gets_a_receipt(client, claimant, association):
    assert "Circolo inventato" in client.get(ADDRESS).text
    response = client.submit(ADDRESS, WRITTEN)
    (row,) = list_claims_of(claimant.id)
    assert response.location == f"/registro/rivendicazioni/{row.id}"
    page = client.get(response.location).text
    assert row.case.case_number in page
    assert "verbale di marzo" in page
    (mail,) = mails_to(claimant)
    assert row.case.case_number in mail.text_body
    assert f"/registro/rivendicazioni/{row.id}" in mail.text_body
    assert [s.action for s in list_history(subject_kind="registry_claim", subject_id=row.id)] == [
        "submit"
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"evidence": ""}, "come puoi dimostrare"),
        ({"evidence": "x" * 2001}, "al massimo 2000"),
        ({"evidence": "a\x00b"}, "caratteri invisibili"),
        ({"applicant_role": "x" * 101}, "al massimo 100"),
        ({"has_declared": ""}, "Spunta la dichiarazione"),
    ],
)
def test_a_wrong_claim_is_said_at_its_field(client, claimant, association, changes, words):
    response = client.submit(ADDRESS, {**WRITTEN, **changes})
    assert response.status_code == 422
    assert words in response.text
    assert db.session.scalar(select(func.count()).select_from(Claim)) == 0


def test_the_same_tap_twice_is_one_claim(client, claimant, association):
    first, second = client.submit(ADDRESS, WRITTEN), client.submit(ADDRESS, WRITTEN)
    assert first.location == second.location
    assert client.get(ADDRESS).location == first.location
    assert len(mails_to(claimant)) == 1


def test_what_is_not_public_cannot_be_claimed(client, claimant):
    make_association(name="Tolta", slug="tolta", state=AssociationState.REMOVED)
    assert client.get("/registro/tolta/rivendica").status_code == 404
    assert client.submit("/registro/tolta/rivendica", WRITTEN).status_code == 404
    assert client.get("/registro/mai-vista/rivendica").status_code == 404


def test_a_representative_is_led_to_the_desk_instead(client, claimant, association):
    make_representative(claimant, association)
    assert client.get(ADDRESS).location == "/associazione/circolo-inventato/"
    assert client.submit(ADDRESS, WRITTEN).status_code == 409


def test_acceptance_hands_the_page_over(client, claimant, clerk, association):
    claim = claimed_by(claimant, association)
    decide(clerk, claim, CaseAction.ACCEPT)
    client.sign_in(claimant)
    assert client.get("/associazione/circolo-inventato/").status_code == 200
    assert db.session.get(Association, association.id).state is AssociationState.ENROLLED
    mail = mails_to(claimant)[-1]
    assert "Il verbale lo mostra." in mail.text_body
    assert "/associazione/circolo-inventato/" in mail.text_body
    assert [a.slug for a in list_associations_of(claimant.id)] == ["circolo-inventato"]


def test_a_returned_claim_is_mended_and_sent_again(client, claimant, clerk, association):
    claim = claimed_by(claimant, association)
    address = f"/registro/rivendicazioni/{claim.id}"
    assert client.get(f"{address}/modifica").location == address
    decide(clerk, claim, CaseAction.RETURN, "Serve il verbale.")
    client.sign_in(claimant)
    assert "Serve il verbale." in client.get(address).text
    assert "Serve il verbale." in mails_to(claimant)[-1].text_body
    assert "Lo dice il verbale." in client.get(f"{address}/modifica").text
    assert client.submit(f"{address}/modifica", {**WRITTEN, "evidence": ""}).status_code == 422
    assert client.submit(f"{address}/modifica", WRITTEN).location == address
    assert db.session.get(Claim, claim.id).evidence == WRITTEN["evidence"]
    assert client.submit(f"{address}/modifica", WRITTEN).location == address
    assert len(mails_to(claimant)) == 3


def test_a_refused_claim_says_why_and_gives_nothing(client, claimant, clerk, association):
    claim = claimed_by(claimant, association)
    decide(clerk, claim, CaseAction.REFUSE, "Il nome non torna.")
    client.sign_in(claimant)
    assert "Il nome non torna." in client.get(f"/registro/rivendicazioni/{claim.id}").text
    assert client.get("/associazione/circolo-inventato/").status_code == 404
    assert db.session.scalar(select(func.count()).select_from(Representative)) == 0


def test_a_claim_can_be_withdrawn(client, claimant, association):
    claim = claimed_by(claimant, association)
    address = f"/registro/rivendicazioni/{claim.id}"
    assert client.submit(f"{address}/ritira").location == address
    assert db.session.get(Claim, claim.id).state is RequestState.WITHDRAWN
    assert client.submit(f"{address}/ritira").status_code == 404
    client.get(address)


def test_a_stranger_does_not_find_somebodys_claim(client, claimant, clerk, association):
    claim = claimed_by(claimant, association)
    for person in (make_user(), clerk):
        client.sign_in(person)
        for way in ("", "/modifica"):
            assert client.get(f"/registro/rivendicazioni/{claim.id}{way}").status_code == 404
        for way in ("/modifica", "/ritira"):
            assert client.submit(f"/registro/rivendicazioni/{claim.id}{way}").status_code == 404


def test_staff_sees_who_else_claims_and_may_accept_both(client, claimant, clerk, association):
    rita = make_user(name="Rita Prova", email="rita@example.org")
    first, second = claimed_by(claimant, association), claimed_by(rita, association)
    client.sign_in(clerk)
    case = db.session.scalars(select(Case).where(Case.subject_id == first.id)).one()
    assert "Rita Prova" in client.get(f"/gestione/coda/{case.id}").text
    decide(clerk, first, CaseAction.ACCEPT)
    other = db.session.scalars(select(Case).where(Case.subject_id == second.id)).one()
    page = client.get(f"/gestione/coda/{other.id}").text
    assert "La rappresenta già" in page
    assert "Ivo Prova" in page
    decide(clerk, second, CaseAction.ACCEPT)
    assert db.session.scalar(select(func.count()).select_from(Representative)) == 2
    assert "Rita Prova" in mails_to(claimant)[-1].text_body
    assert all("Ivo" not in mail.text_body for mail in mails_to(rita))


def test_who_represents_already_cannot_claim_again(claimant, association):
    make_representative(claimant, association)
    from dataclasses import replace

    actor = replace(actor_of(claimant), association_ids=frozenset({association.id}))
    with pytest.raises(RuleBrokenError):
        claim_association(
            actor=actor, association_id=association.id, applicant_role="x", evidence="x",
            has_declared=True,
        )  # fmt: skip


def test_a_case_with_many_rivals_needs_as_few_queries_as_one(client, claimant, clerk, association):
    claim = claimed_by(claimant, association)
    address = f"/gestione/coda/{find_case_of(CaseKind.CLAIM, claim.id).id}"
    client.sign_in(clerk)

    def queries():
        with counted_sql() as statements:
            client.get(address)
        return len(statements)

    claimed_by(make_user(), association)
    few = queries()
    for _ in range(4):
        claimed_by(make_user(), association)
    assert few == queries() <= 12


def test_a_claim_of_what_was_removed_meanwhile_is_not_accepted(database):
    person, clerk = make_user(), make_user(roles=(Role.STAFF,))
    association = make_association(name="Sparita")
    claim = claim_association(
        actor=actor_of(person),
        association_id=association.id,
        applicant_role="presidente",
        evidence="Lo statuto",
        has_declared=True,
    )
    association.state = AssociationState.REMOVED
    association.removed_on, association.removal_cause = date(2026, 6, 1), RemovalCause.OTHER
    db.session.commit()
    case = find_case_of(CaseKind.CLAIM, claim.id)
    with pytest.raises(RuleBrokenError):
        decide_case(
            actor=actor_of(clerk),
            case_id=case.id,
            version=case.version,
            action=CaseAction.ACCEPT,
            reason="Va bene così.",
        )
    assert find_case_of(CaseKind.CLAIM, claim.id).state is CaseState.WAITING
