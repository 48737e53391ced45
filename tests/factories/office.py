"""Invented times for talks, and lines of the register."""

from datetime import date, datetime, timedelta

from portal.accounts.models import User
from portal.core.clock import local_today, utc_now
from portal.core.database import db
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.permissions import Role
from portal.volunteering.models import Enrolment, RegisterEntry
from portal.volunteering.services import (
    EnrolmentPerson,
    EnrolmentTimes,
    Guardian,
    SlotPlace,
    add_insurance_policy,
    enter_register,
    name_guardian,
    open_slots,
    save_enrolment_person,
    save_enrolment_times,
    submit_enrolment,
)
from portal.volunteering.states import Citizenship, EnrolmentState, Residence, TimePreference
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import AN_ADULT, make_enrolment

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


def hand_in_enrolment(
    person: User,
    *,
    born_on: date = AN_ADULT,
    citizenship: Citizenship = Citizenship.ITALIAN,
    guardian: Guardian | None = None,
) -> Enrolment:
    """Ask for the register of volunteers through every step."""
    actor = actor_of(person)
    who = EnrolmentPerson(
        full_name=person.display_name,
        born_on=born_on,
        tax_code=None,
        birth_place="Reggio Emilia",
        residence=Residence.RESIDENT,
        address="via delle Prove 1",
        citizenship=citizenship,
        works_for_municipality=False,
        phone="0522 000000",
    )
    save_enrolment_person(actor=actor, person=who)
    if guardian is not None:
        name_guardian(actor=actor, guardian=guardian)
    times = EnrolmentTimes(["mon-mattina"], local_today(), TimePreference.WHEN_I_CAN)
    save_enrolment_times(actor=actor, times=times)
    enrolment = submit_enrolment(actor=actor)
    db.session.commit()
    return enrolment


def decide_enrolment(
    enrolment: Enrolment, clerk: User, action: CaseAction = CaseAction.ACCEPT, reason: str = "Sì."
) -> None:
    """Let the office answer a request to be in the register."""
    case = find_case_of(CaseKind.ENROLMENT, enrolment.id)
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=action, reason=reason
    )
    db.session.commit()


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
