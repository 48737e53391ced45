"""Going on later with an enrolment: what is there of a step is kept."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.core.clock import local_today
from portal.core.database import db
from portal.core.errors import ForbiddenStepError
from portal.volunteering.models import Enrolment
from portal.volunteering.policies import EnrolmentStep
from portal.volunteering.services import keep_unfinished_step
from portal.volunteering.states import EnrolmentState, Residence, Skill
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_enrolment

PAGE = "/volontariato/iscrizione"
LATER = {"poi": "dopo"}


def enrolment_of(user):
    db.session.expire_all()
    return db.session.scalar(select(Enrolment).where(Enrolment.user_id == user.id))


def test_half_a_step_is_kept_and_shown_again(client):
    user = make_user(name="Ada Prova")
    client.sign_in(user)
    half = {"full_name": "Ada Prova", "born_on": "17/05/1990", "residence": "resident"}
    answer = client.submit(f"{PAGE}/chi-sei", half | LATER)
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    kept = enrolment_of(user)
    assert (kept.state, kept.born_on, kept.residence, kept.phone) == (
        EnrolmentState.DRAFT, date(1990, 5, 17), Residence.RESIDENT, None,
    )  # fmt: skip
    assert 'value="17/05/1990"' in client.get(f"{PAGE}/chi-sei").text
    assert client.get(f"{PAGE}/riepilogo").headers["Location"] == f"{PAGE}/chi-sei"


def test_what_is_wrong_is_left_as_it_was(client):
    user = make_user()
    client.sign_in(user)
    client.submit(f"{PAGE}/chi-sei", {"phone": "0522 000000"} | LATER)
    wrong = {"phone": "chiamami", "tax_code": "ABC", "residence": "luna", "address": "via Roma 1"}
    client.submit(f"{PAGE}/chi-sei", wrong | LATER)
    kept = enrolment_of(user)
    assert (kept.phone, kept.tax_code, kept.residence) == ("0522 000000", None, None)
    assert kept.address == "via Roma 1"


def test_whole_step_is_saved_by_the_same_button(client):
    user = make_user()
    client.sign_in(user)
    client.submit(f"{PAGE}/chi-sei", LATER)
    wishes = {"skills": ["children"], "motivation": "Mi piace."}
    answer = client.submit(f"{PAGE}/cosa-ti-piace", wishes | LATER)
    assert answer.headers["Location"] == PAGE
    assert enrolment_of(user).skills == [Skill.CHILDREN]
    assert enrolment_of(user).motivation == "Mi piace."


def test_birth_in_the_future_is_said_even_when_going_on_later(client):
    user = make_user()
    client.sign_in(user)
    tomorrow = local_today() + timedelta(days=1)
    answer = client.submit(f"{PAGE}/chi-sei", {"born_on": f"{tomorrow:%d/%m/%Y}"} | LATER)
    assert answer.status_code == 422
    assert "La data di nascita è nel futuro" in answer.text
    assert enrolment_of(user) is None


def test_who_is_in_the_register_saves_a_step_as_a_whole(client):
    user = make_user()
    make_enrolment(user)
    client.sign_in(user)
    assert client.submit(f"{PAGE}/quando", LATER).status_code == 422
    with pytest.raises(ForbiddenStepError):
        keep_unfinished_step(actor=actor_of(user), step=EnrolmentStep.TIMES, values={})
