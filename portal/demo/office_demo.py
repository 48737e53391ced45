"""What the office of R+ has before it: talks, the register, policies, a message."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import from_local, frozen, local_today, utc_now
from portal.core.database import session
from portal.demo.people_demo import TUTOR
from portal.volunteering.models import Enrolment, ProjectTutor
from portal.volunteering.policies import plan_slots
from portal.volunteering.queries.interviews import list_free_slots
from portal.volunteering.queries.messages import list_reachable_of_project
from portal.volunteering.services import (
    MessageText,
    Person,
    SlotPlace,
    add_insurance_policy,
    book_interview,
    enter_occasional,
    enter_register,
    open_slots,
    send_message,
)
from portal.volunteering.services.register import find_last_line
from portal.volunteering.states import EnrolmentState

CLERK = "operatore@example.org"
DAYS_AHEAD = (1, 2, 3, 7, 8, 9)
PLACE = SlotPlace("Ufficio volontariato, primo piano", "via Emilia San Pietro 12")


def seed_office(people: dict[str, Actor]) -> None:
    """Open times for talks, one of them booked; fill the register, note policies, write once."""
    clerk = people[CLERK]
    _open_times(clerk)
    _book_first()
    _fill_register(clerk)
    this_year = local_today().year
    for year in (this_year, this_year + 1):
        add_insurance_policy(
            actor=clerk,
            insurer="Mutua Inventata",
            number=f"RE-{year}-001",
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
        )
    _write(people[TUTOR])


def _open_times(clerk: Actor) -> None:
    for ahead in DAYS_AHEAD:
        day = local_today() + timedelta(days=ahead)
        if day.weekday() < 5:  # noqa: PLR2004 - Monday to Friday
            times = plan_slots(day, time(9), time(11), minutes=20, pause=10)
            open_slots(actor=clerk, times=times, place=PLACE)


def _book_first() -> None:
    """Let who waits for an answer have an appointment."""
    waiting = session().execute(
        select(User.id, User.display_name)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.state == EnrolmentState.SUBMITTED)
        .order_by(Enrolment.id)
        .limit(1)
    )
    for user_id, name in waiting:
        slot = list_free_slots()[1]
        book_interview(actor=Actor(id=user_id, name=name), slot_id=slot.id)


def _fill_register(clerk: Actor) -> None:
    accepted = session().scalars(
        select(Enrolment).where(Enrolment.state == EnrolmentState.ACCEPTED).order_by(Enrolment.id)
    )
    with frozen(utc_now() - timedelta(days=15)):
        for enrolment in accepted:
            if find_last_line(enrolment.user_id) is None:
                enrolment.birth_place = enrolment.birth_place or "Reggio Emilia"
                enter_register(actor=clerk, enrolment=enrolment, starts_on=local_today())
    yesterday = local_today() - timedelta(days=1)
    guest = Person("Ospite Prova", born_on=date(1979, 6, 2), birth_place="Parma")
    with frozen(from_local(datetime.combine(yesterday, time(12)))):
        enter_occasional(actor=clerk, person=guest, on=yesterday)


def _write(tutor: Actor) -> None:
    project_id = session().scalar(
        select(ProjectTutor.project_id)
        .where(ProjectTutor.user_id == tutor.account_id)
        .order_by(ProjectTutor.id)
        .limit(1)
    )
    if project_id is None:
        return
    readers = list_reachable_of_project(project_id)
    send_message(
        actor=tutor,
        project_id=project_id,
        shift_id=None,
        user_ids=[reader.user_id for reader in readers],
        text=MessageText(
            "La sala è al primo piano",
            "Ciao a tutte e tutti,\n\nquesta settimana siamo al primo piano: si entra dal cortile."
            "\n\nA presto, Giulia",
        ),
        seen_message_id=0,
    )
