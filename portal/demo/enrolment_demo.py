"""Enrolments in every situation: waiting for a parent, a permit that ends, made at the counter."""

from datetime import date, timedelta

from portal.accounts.services import create_account
from portal.core.access import PORTAL, Actor
from portal.core.clock import frozen, local_today, utc_now
from portal.demo.tax_codes import demo_person_code
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.volunteering.models import Enrolment
from portal.volunteering.services import (
    EnrolmentPerson,
    EnrolmentTimes,
    Guardian,
    add_person,
    name_guardian,
    note_permit,
    save_enrolment_person,
    save_enrolment_times,
    save_enrolment_wishes,
    submit_enrolment,
)
from portal.volunteering.states import Citizenship, Residence, Skill, TimePreference

CLERK = "operatore@example.org"
PARENT = Guardian("Paola Prova", "paola.prova@example.org", "0522 000000")
PERMIT_ENDS_IN = timedelta(days=20)


def seed_enrolments(people: dict[str, Actor]) -> None:
    """Let a minor wait for her mother, a permit end soon, and somebody come to the counter."""
    clerk, today = people[CLERK], local_today()
    _enrol_minor(today)
    _enrol_with_permit(clerk, today)
    _enrol_at_counter(clerk)


def demo_person(
    name: str, born_on: date, citizenship: Citizenship = Citizenship.ITALIAN
) -> EnrolmentPerson:
    """Return who an invented person is, as the register asks."""
    letters = (name.upper().replace(" ", "") + "XXXXXX")[:6]
    return EnrolmentPerson(
        full_name=name,
        born_on=born_on,
        tax_code=demo_person_code(letters, born_on),
        birth_place=None,
        residence=Residence.RESIDENT,
        address="via delle Prove 1, Reggio Emilia",
        citizenship=citizenship,
        works_for_municipality=False,
        phone="0522 000000",
    )


def fill_in(
    actor: Actor, person: EnrolmentPerson, *, guardian: Guardian | None = None,
    user_id: int | None = None,
) -> Enrolment:  # fmt: skip
    """Fill in all steps and hand them in, at the counter where `user_id` says for whom."""
    save_enrolment_person(actor=actor, person=person, user_id=user_id)
    if guardian is not None:
        name_guardian(actor=actor, guardian=guardian, user_id=user_id)
    times = EnrolmentTimes(
        ("tue-pomeriggio", "sat-mattina"), local_today(), TimePreference.WHEN_I_CAN
    )
    save_enrolment_times(actor=actor, times=times, user_id=user_id)
    save_enrolment_wishes(
        actor=actor,
        skills=[Skill.CHILDREN, Skill.DIGITAL],
        motivation="Ho il sabato libero e mi piace stare con le persone del quartiere.",
        user_id=user_id,
    )
    return submit_enrolment(actor=actor, user_id=user_id)


def accept(clerk: Actor, enrolment: Enrolment, *, reason: str) -> None:
    """Let the office accept an enrolment."""
    case = find_case_of(CaseKind.ENROLMENT, enrolment.id)
    if case is None:
        raise LookupError(enrolment.id)
    decide_case(
        actor=clerk, case_id=case.id, version=case.version, action=CaseAction.ACCEPT, reason=reason
    )


def _enrol_minor(today: date) -> None:
    minor = create_account(actor=PORTAL, email="irene.prova@example.org", name="Irene Prova")
    with frozen(utc_now() - timedelta(days=2)):
        born_on = today.replace(year=today.year - 16, day=1)
        fill_in(minor, demo_person("Irene Prova", born_on), guardian=PARENT)


def _enrol_with_permit(clerk: Actor, today: date) -> None:
    person = create_account(actor=PORTAL, email="yonas.prova@example.org", name="Yonas Prova")
    with frozen(utc_now() - timedelta(days=40)):
        who = demo_person("Yonas Prova", date(1995, 6, 9), Citizenship.OTHER)
        enrolment = fill_in(person, who)
    with frozen(utc_now() - timedelta(days=30)):
        note_permit(actor=clerk, enrolment_id=enrolment.id, until=today + PERMIT_ENDS_IN)
        accept(clerk, enrolment, reason="Colloquio fatto: ti diamo il benvenuto nel registro.")


def _enrol_at_counter(clerk: Actor) -> None:
    with frozen(utc_now() - timedelta(days=1)):
        person = add_person(actor=clerk, full_name="Ines Prova", phone="0522 000001")
        fill_in(clerk, demo_person("Ines Prova", date(1956, 2, 3)), user_id=person.id)
