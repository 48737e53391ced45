"""A shift that is on right now, seen by its tutor: seven people, and what is said of each."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import update

from portal.accounts.services import create_account
from portal.core.access import PORTAL, Actor
from portal.core.clock import from_local, frozen, local_today, utc_now
from portal.core.database import session
from portal.demo.enrolment_demo import demo_person
from portal.demo.people_demo import TUTOR
from portal.volunteering.models import GuardianAuthorisation, ProjectTutor, Shift, SignUp
from portal.volunteering.queries import get_presence_shift, list_coming, list_hours_to_verify
from portal.volunteering.queries.answers import AnswerLink, LinkState
from portal.volunteering.services import (
    Mark,
    add_walk_in,
    ask_attendance,
    confirm_attendance,
    create_shift,
    mark_presence,
    refuse_attendance,
    save_enrolment_person,
    take_place,
    verify_hours,
)
from portal.volunteering.states import GuardianState, Presence

CLERK = "operatore@example.org"
WEEKS_BACK = 5


@dataclass(frozen=True)
class Coming:
    """Somebody who has a place today."""

    name: str
    age: int = 34
    weeks_before: int = 0
    """On how many of the past weeks they were there."""
    answers: bool | None = True
    """What they said to "ci sei?"; None: nothing."""
    is_there: bool | None = None
    """What the tutor has marked so far."""


PEOPLE = (
    Coming("Marta Prova", weeks_before=5, is_there=True),
    Coming("Karim Prova", is_there=True),
    Coming("Sofia Prova", age=16, weeks_before=2, is_there=True),
    Coming("Pietro Prova", weeks_before=1),
    Coming("Zoe Prova", weeks_before=3, answers=None),
    Coming("Amir Prova", weeks_before=2, answers=False),
    Coming("Lucia Prova", age=67, weeks_before=4, is_there=True),
)


def seed_tutor(people: dict[str, Actor], project_id: int) -> None:
    """Let Giulia look after a project with a shift that began an hour ago."""
    clerk, tutor = people[CLERK], people[TUTOR]
    session().add(ProjectTutor(project_id=project_id, user_id=tutor.account_id))
    coming = {person: _make_person(clerk, person) for person in PEOPLE}
    starts_at = _an_hour_ago()
    for week in range(WEEKS_BACK, 0, -1):
        there = [actor for person, actor in coming.items() if person.weeks_before >= week]
        _hold(clerk, tutor, project_id, starts_at - timedelta(weeks=week), there)
    _verify_all_but_newest(tutor, project_id)
    shift = _make_shift(clerk, project_id, starts_at, list(coming.values()))
    _ask(shift, coming)
    ids = _sign_ups_by_user(shift)
    marks = [
        Mark(ids[coming[p].account_id], Presence.PRESENT) for p in PEOPLE if p.is_there is not None
    ]
    mark_presence(actor=tutor, shift_id=shift.id, marks=marks)
    add_walk_in(actor=tutor, shift_id=shift.id, full_name="Rosa Prova", contact="0522 000000")


def _make_person(clerk: Actor, person: Coming) -> Actor:
    email = person.name.lower().replace(" ", ".") + "@example.org"
    actor = create_account(actor=PORTAL, email=email, name=person.name)
    today = local_today()
    enrolment = save_enrolment_person(
        actor=actor,
        person=demo_person(person.name, today.replace(year=today.year - person.age, day=1)),
    )
    if person.age < 18:  # noqa: PLR2004 - of age
        session().add(
            GuardianAuthorisation(
                enrolment_id=enrolment.id,
                state=GuardianState.GIVEN,
                full_name="Nadia Prova",
                answered_at=utc_now(),
                recorded_by_id=clerk.account_id,
            )
        )
        session().flush()
    return actor


def _an_hour_ago() -> datetime:
    """Return the full hour before this one, but not of yesterday."""
    hour = utc_now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    return max(hour, from_local(datetime.combine(local_today(), time())))


def _make_shift(clerk: Actor, project_id: int, starts_at: datetime, people: list[Actor]) -> Shift:
    with frozen(starts_at - timedelta(days=9)):
        shift = create_shift(
            actor=clerk,
            project_id=project_id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=3),
            capacity=10,
        )
        for actor in people:
            take_place(actor=actor, shift_id=shift.id)
        # The database dates rows by its own clock; only who came early is asked "ci sei?".
        of_shift = update(SignUp).where(SignUp.shift_id == shift.id)
        session().execute(of_shift.values(created_at=utc_now()))
    return shift


def _hold(
    clerk: Actor, tutor: Actor, project_id: int, starts_at: datetime, people: list[Actor]
) -> None:
    """Let a past shift have taken place, with these people."""
    shift = _make_shift(clerk, project_id, starts_at, people)
    with frozen(starts_at + timedelta(hours=2)):
        marks = [Mark(i, Presence.PRESENT) for i in _sign_ups_by_user(shift).values()]
        mark_presence(actor=tutor, shift_id=shift.id, marks=marks)


def _verify_all_but_newest(tutor: Actor, project_id: int) -> None:
    waiting = list_hours_to_verify([project_id])
    newest = max(row.worked_on for row in waiting)
    ids = [row.id for row in waiting if row.worked_on < newest]
    verify_hours(actor=tutor, entry_ids=ids, project_ids=[project_id])


def _ask(shift: Shift, coming: dict[Coming, Actor]) -> None:
    with frozen(shift.starts_at - timedelta(hours=47)):
        ask_attendance(shift_id=shift.id)
    with frozen(shift.starts_at - timedelta(hours=6)):
        for person, actor in coming.items():
            link = AnswerLink(LinkState.OPEN, shift.id, actor, actor.name)
            if person.answers:
                confirm_attendance(link=link)
            elif person.answers is False:
                refuse_attendance(link=link)


def _sign_ups_by_user(shift: Shift) -> dict[int, int]:
    return {row.user_id: row.sign_up_id for row in list_coming(get_presence_shift(shift.id))}
