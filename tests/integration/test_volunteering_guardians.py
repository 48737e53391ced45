"""Who holds parental responsibility authorises a minor: by their own link, or on paper."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, RuleBrokenError
from portal.core.mail import MailMessage
from portal.core.sign_ups import SignUpState
from portal.core.signed_links import sign
from portal.permissions import Role
from portal.volunteering.emails.enrolments import GUARDIAN_LINK
from portal.volunteering.jobs import give_back_unmet_place
from portal.volunteering.models import Enrolment, GuardianAuthorisation, SignUp
from portal.volunteering.services import (
    Guardian,
    name_guardian,
    record_paper_authorisation,
    submit_enrolment,
    take_place,
)
from portal.volunteering.states import EnrolmentState, GuardianState, SignUpRefusal
from tests.factories.office import decide_enrolment, hand_in_enrolment
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_enrolment, make_project, make_shift, make_sign_up

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
SIXTEEN = date(2010, 3, 1)
MOTHER = Guardian("Marta Prova", "marta@example.org", "0522 111111")
END = "\n\n--\nCittà collaborativa, Reggio Emilia\n"


@pytest.fixture(autouse=True)
def _one_moment(database):
    with frozen(NOW):
        # What asks for the register says from which age, and that somebody authorises.
        make_project(
            requires_enrolment=True, youngest_age=15, requires_guardian=True
        )  # fmt: skip
        yield


@pytest.fixture
def minor(database):
    return make_user(name="Ilaria Prova")


@pytest.fixture
def clerk(database):
    return make_user(name="Carla Prova", roles=(Role.STAFF,))


def ask(person, guardian=MOTHER):
    return hand_in_enrolment(person, born_on=SIXTEEN, guardian=guardian)


def authorisations():
    db.session.expire_all()
    return list(
        db.session.scalars(select(GuardianAuthorisation).order_by(GuardianAuthorisation.id))
    )


def path_of(authorisation):
    return f"/volontariato/autorizzazione/{sign(GUARDIAN_LINK, [authorisation.id])}"


def mails_to(email):
    db.session.expire_all()
    rows = db.session.scalars(
        select(MailMessage).where(MailMessage.recipient == email).order_by(MailMessage.id)
    )
    return list(rows)


YES = {"answer": "give", "declares": "y"}


def test_mail_goes_to_the_guardian_when_the_request_is_sent(minor):
    actor = actor_of(minor)
    enrolment = ask(minor)
    (mail,) = mails_to(MOTHER.email)
    assert mail.subject == "Ilaria Prova ti chiede di autorizzare il volontariato"
    assert mail.text_body.startswith("Ciao Marta Prova,\n\nIlaria Prova, 16 anni, ha chiesto")
    assert path_of(authorisations()[0])[:40] in mail.text_body
    # Nothing was mailed while it was a draft, and nothing is mailed twice.
    submit_enrolment(actor=actor)
    db.session.commit()
    assert len(mails_to(MOTHER.email)) == 1
    assert enrolment.state is EnrolmentState.SUBMITTED


def test_request_of_a_minor_without_a_guardian_cannot_be_sent(minor):
    with pytest.raises(ForbiddenStepError):
        hand_in_enrolment(minor, born_on=SIXTEEN)


@pytest.mark.parametrize(
    "guardian",
    [Guardian("Marta Prova", None), Guardian("Marta Prova", "Ilaria@Example.org")],
    ids=["no address", "the minor's own address"],
)
def test_guardian_has_an_address_of_their_own(guardian):
    minor = make_user(name="Ilaria Prova", email="ilaria@example.org")
    with pytest.raises(RuleBrokenError) as caught:
        ask(minor, guardian)
    assert caught.value.field == "email"


def test_adult_names_nobody(minor):
    with pytest.raises(ForbiddenStepError):
        hand_in_enrolment(minor, guardian=MOTHER)


def test_link_shows_and_only_the_button_acts(client, minor):
    ask(minor)
    (authorisation,) = authorisations()
    page = client.get(path_of(authorisation))
    assert page.status_code == 200
    assert "Ilaria Prova" in page.text
    assert authorisations()[0].state is GuardianState.ASKED
    # Without the declaration nothing is given.
    answer = client.submit(path_of(authorisation), {"answer": "give"})
    assert answer.status_code == 422
    assert "spunta questa casella" in answer.text
    assert client.submit(path_of(authorisation), YES).status_code == 303
    (given,) = authorisations()
    assert (given.state, given.answered_at) == (GuardianState.GIVEN, NOW)
    mail = mails_to(minor.email)[-1]
    assert "Marta Prova ti ha autorizzato al volontariato." in mail.text_body or (
        "Marta Prova" in mail.text_body
    )
    # The second tap finds it given.
    assert client.submit(path_of(authorisation), YES).status_code == 409
    assert "Hai dato l’autorizzazione" in client.get(path_of(authorisation)).text


def test_refusal_is_told_and_somebody_else_can_be_named(client, minor):
    ask(minor)
    (authorisation,) = authorisations()
    client.submit(path_of(authorisation), {"answer": "refuse"})
    assert authorisations()[0].state is GuardianState.REFUSED
    assert "Marta Prova" in mails_to(minor.email)[-1].text_body
    father = Guardian("Pietro Prova", "pietro@example.org")
    name_guardian(actor=actor_of(minor), guardian=father)
    db.session.commit()
    assert len(mails_to(father.email)) == 1
    assert client.submit(path_of(authorisation), YES).status_code == 409


def test_link_of_who_was_replaced_is_dead(client, minor):
    ask(minor)
    name_guardian(actor=actor_of(minor), guardian=Guardian("Pietro Prova", "p@example.org"))
    db.session.commit()
    old, new = authorisations()
    assert (old.state, new.state) == (GuardianState.WITHDRAWN, GuardianState.ASKED)
    assert client.submit(path_of(old), YES).status_code == 409
    assert "non vale più" in client.get(path_of(old)).text
    # The same person named again is nobody new.
    name_guardian(actor=actor_of(minor), guardian=Guardian("Pietro Prova", "P@example.org"))
    assert len(authorisations()) == 2


@pytest.mark.parametrize("token", ["nessuno", "W1=.x.y", "a" * 600, "%00"])
def test_forged_link_is_not_found(client, token):
    path = f"/volontariato/autorizzazione/{token}"
    assert client.get(path).status_code == 404
    assert client.submit(path, YES).status_code in (404, 405)


def test_link_of_another_purpose_is_not_found(client, minor):
    ask(minor)
    other = sign("volunteering-offer", [authorisations()[0].id])
    assert client.get(f"/volontariato/autorizzazione/{other}").status_code == 404


def test_link_asks_for_sixty_days_and_can_be_sent_again(client, minor):
    ask(minor)
    (authorisation,) = authorisations()
    old = path_of(authorisation)
    with frozen(NOW + timedelta(days=61)):
        assert client.submit(old, YES).status_code == 409
        client.sign_in(minor)
        for _ in range(2):
            answer = client.submit("/volontariato/iscrizione/chi-autorizza/rimanda")
            assert answer.status_code == 303
        assert len(mails_to(MOTHER.email)) == 2
        client.sign_out()
        assert client.submit(path_of(authorisation), YES).status_code == 303
    assert authorisations()[0].state is GuardianState.GIVEN


def test_minor_is_not_accepted_before_the_guardian_has_answered(client, minor, clerk):
    enrolment = ask(minor)
    with pytest.raises(ForbiddenStepError):
        decide_enrolment(enrolment, clerk)
    db.session.rollback()
    client.submit(path_of(authorisations()[0]), YES)
    decide_enrolment(enrolment, clerk)
    db.session.expire_all()
    assert db.session.get(Enrolment, enrolment.id).state is EnrolmentState.ACCEPTED


def test_authorisation_taken_back_gives_back_the_places_that_ask_for_it(client, minor, clerk):
    enrolment = ask(minor)
    link = path_of(authorisations()[0])
    client.submit(link, YES)
    decide_enrolment(enrolment, clerk)
    asking = make_shift(
        project=make_project(requires_enrolment=True), capacity=1,
        waiting_capacity=2,
    )  # fmt: skip
    free = make_shift(project=make_project(requires_guardian=False), in_hours=90)
    for shift in (asking, free):
        assert take_place(actor=actor_of(minor), shift_id=shift.id).refusal is None
    next_in_line = make_user()
    make_enrolment(next_in_line)
    waiting = make_sign_up(asking, next_in_line, state=SignUpState.WAITING)
    db.session.commit()
    client.submit(link, {"answer": "withdraw"})
    for shift in (asking, free):
        # Twice, as after a kill.
        for _ in range(2):
            give_back_unmet_place(user_id=minor.id, shift_id=shift.id)
    db.session.expire_all()
    held = {
        s.shift_id: s.state
        for s in db.session.scalars(select(SignUp).where(SignUp.user_id == minor.id))
    }
    assert held == {asking.id: SignUpState.LEFT, free.id: SignUpState.CONFIRMED}
    assert db.session.get(SignUp, waiting.id).state is SignUpState.OFFERED
    decision = take_place(actor=actor_of(minor), shift_id=asking.id)
    assert decision.refusal is SignUpRefusal.NEEDS_GUARDIAN


def test_signed_paper_does_as_well(client, minor, clerk):
    enrolment = ask(minor)
    record_paper_authorisation(
        actor=actor_of(clerk), enrolment_id=enrolment.id, guardian=Guardian("Marta Prova", None)
    )
    db.session.commit()
    old, paper = authorisations()
    assert (old.state, paper.state) == (GuardianState.WITHDRAWN, GuardianState.GIVEN)
    assert paper.recorded_by_id == clerk.id
    with pytest.raises(ForbiddenStepError):
        record_paper_authorisation(
            actor=actor_of(clerk), enrolment_id=enrolment.id, guardian=Guardian("Altro", None)
        )
    db.session.rollback()
    decide_enrolment(enrolment, clerk)
    client.sign_in(minor)
    assert "L’ufficio ha il foglio firmato" in client.get("/volontariato/iscrizione").text


def test_name_of_the_minor_is_nowhere_public(client, minor):
    ask(minor)
    for path in ("/volontariato/", "/cerca?q=Prova", "/"):
        assert "Ilaria" not in client.get(path).text
