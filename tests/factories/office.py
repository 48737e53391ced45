"""Invented times for talks, and lines of the register."""

from datetime import date, datetime, timedelta

from portal.accounts.models import User
from portal.core.clock import local_today, utc_now
from portal.core.database import db
from portal.permissions import Role
from portal.volunteering.models import Enrolment, RegisterEntry
from portal.volunteering.services import (
    EnrolmentPerson,
    EnrolmentTimes,
    SlotPlace,
    add_insurance_policy,
    enter_register,
    open_slots,
    save_enrolment_person,
    save_enrolment_times,
    submit_enrolment,
)
from portal.volunteering.states import Citizenship, EnrolmentState, Residence, TimePreference
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_enrolment

PLACE = SlotPlace("Ufficio volontariato", "via delle Prove 2")


def make_slots(
    clerk: User | None = None, *, number: int = 1, starts_at: datetime | None = None
) -> list[int]:
    """Open `number` times of twenty minutes in a row, the day after tomorrow unless said."""
    clerk = clerk or make_user(name="Carla Prova", roles=(Role.STAFF,))
    start = starts_at or utc_now() + timedelta(days=2)
    times = [
        (start + timedelta(minutes=30 * n), start + timedelta(minutes=30 * n + 20))
        for n in range(number)
    ]
    ids = open_slots(actor=actor_of(clerk), times=times, place=PLACE)
    db.session.commit()
    return ids


def hand_in_enrolment(person: User) -> Enrolment:
    """Ask for the register of volunteers as an adult does, through every step."""
    actor = actor_of(person)
    who = EnrolmentPerson(
        full_name=person.display_name,
        born_on=date(1990, 5, 17),
        tax_code=None,
        birth_place="Reggio Emilia",
        residence=Residence.RESIDENT,
        address="via delle Prove 1",
        citizenship=Citizenship.ITALIAN,
        works_for_municipality=False,
        phone="0522 000000",
    )
    save_enrolment_person(actor=actor, person=who)
    times = EnrolmentTimes(["mon-mattina"], local_today(), TimePreference.WHEN_I_CAN)
    save_enrolment_times(actor=actor, times=times)
    return submit_enrolment(actor=actor)


def make_candidate(name: str = "Ada Prova", **person: object) -> User:
    """Store somebody who has sent the request to be in the register."""
    user = make_user(name=name, **person)
    make_enrolment(user, EnrolmentState.SUBMITTED)
    return user


def make_line(
    user: User | None = None, *, since: date | None = None, clerk: User | None = None
) -> RegisterEntry:
    """Enter somebody in the register."""
    user = user or make_user(name="Ada Prova")
    enrolment = make_enrolment(user)
    enrolment.birth_place = "Reggio Emilia"
    line = enter_register(
        actor=actor_of(clerk or make_user(name="Carla Prova", roles=(Role.STAFF,))),
        enrolment=enrolment,
        starts_on=since or local_today(),
    )
    db.session.commit()
    return line


def make_policy(clerk: User, *, number: str = "P-1", first: date, last: date) -> None:
    """Note a policy; it covers who is enrolled."""
    add_insurance_policy(
        actor=actor_of(clerk), insurer="Mutua Inventata", number=number, starts_on=first,
        ends_on=last,
    )  # fmt: skip
    db.session.commit()
