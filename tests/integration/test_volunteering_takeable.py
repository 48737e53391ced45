"""The filter "only what I can take" against the decision itself, over many cases."""

import random
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.sign_ups import HeldSignUp, SignUpState
from portal.volunteering.models import Programme, Shift, VolunteeringProject
from portal.volunteering.policies import (
    UNKNOWN_VOLUNTEER,
    DayRange,
    PersonFacts,
    Rules,
    VolunteerFacts,
    decide_sign_up,
    find_unmet_rule,
)
from portal.volunteering.queries import ShiftFilters, list_open_projects, list_shifts_for_file
from portal.volunteering.queries.commitments import interview_commitment, shift_commitment
from portal.volunteering.states import (
    Citizenship,
    EnrolmentState,
    ProjectState,
    Residence,
    ResidenceRule,
    TimeKind,
)
from tests.factories.volunteering import make_project, make_shift, make_sign_up

NOW = datetime(2027, 2, 27, 22, 30, tzinfo=UTC)  # half an hour before midnight in the city
BIRTHDAYS = (
    date(2009, 2, 28),
    date(2009, 3, 1),
    date(2008, 2, 29),
    date(1957, 2, 28),
    date(1957, 3, 1),
    date(1990, 5, 17),
    None,
)
CASES = 400


@pytest.fixture
def chance() -> random.Random:
    return random.Random(20270227)  # noqa: S311 - the same cases each time, no secret


@pytest.fixture(autouse=True)
def at_midnight() -> Iterator[None]:
    with frozen(NOW):
        yield


def some_rules(chance: random.Random) -> dict[str, object]:
    often = (None, None, True, False)
    return {
        "requires_enrolment": chance.choice(often),
        "youngest_age": chance.choice((None, 0, 16, 18)),
        "oldest_age": chance.choice((None, None, 69, 70)),
        "requires_guardian": chance.choice(often),
        "fitness_from_age": chance.choice((None, None, 18, 70)),
        "residence_rule": chance.choice((None, *ResidenceRule)),
        "requires_permit": chance.choice(often),
        "requires_interview": chance.choice(often),
        "requires_training": chance.choice((None, None, None, True)),
        "requires_insurance": chance.choice((None, None, None, True)),
        "refuses_employees": chance.choice(often),
    }


def make_scene(chance: random.Random) -> list[Shift]:
    """Forty shifts of twenty projects, open, full, not yet, no longer; some with strict rules."""
    shifts = []
    for _ in range(20):
        project = make_project()
        for name, value in some_rules(chance).items():
            setattr(project, name, value)
        project.requires_record_check = chance.random() < 0.15
        project.programme.requires_permit = chance.random() < 0.3
        project.programme.requires_interview = chance.random() < 0.3
        shifts += [make_shift(project=project, **some_times(chance)) for _ in range(2)]
    db.session.commit()
    return shifts


def some_times(chance: random.Random) -> dict[str, object]:
    hours = chance.choice((1, 2, 3, 25, 26, 27, 49))
    opens = chance.choice((None, None, None, -1, 0.5))
    return {
        "in_hours": hours,
        "hours": chance.choice((1, 2, 24)),
        "capacity": chance.choice((1, 2)),
        "waiting_capacity": chance.choice((0, 1)),
        "opens_at": None if opens is None else utc_now() + timedelta(hours=opens),
        "closes_at": None
        if opens is not None
        else chance.choice((None, utc_now() - timedelta(hours=1))),
    }


def some_volunteer(chance: random.Random, project_ids: list[int]) -> VolunteerFacts:
    day = NOW.date()
    days = (None, day, day + timedelta(days=1), day + timedelta(days=30))
    return VolunteerFacts(
        enrolment=chance.choice((None, *EnrolmentState)),
        born_on=chance.choice(BIRTHDAYS),
        residence=chance.choice((None, *Residence)),
        citizenship=chance.choice((None, *Citizenship)),
        works_for_municipality=chance.random() < 0.2,
        permit_until=chance.choice(days),
        fitness_until=chance.choice(days),
        has_guardian=chance.random() < 0.5,
        has_been_interviewed=chance.random() < 0.5,
        insured=chance.choice(
            (
                (),
                (DayRange(day, day + timedelta(days=1)),),
                (DayRange(day - timedelta(days=9), day + timedelta(days=90)),),
            )
        ),
        trained_in=frozenset(chance.sample(project_ids, 5)),
        record_seen_for=frozenset(chance.sample(project_ids, 5)),
    )


def some_person(chance: random.Random, shifts: list[Shift]) -> PersonFacts:
    held, commitments = {}, []
    for shift in chance.sample(shifts, chance.choice((0, 0, 1, 3))):
        state = chance.choice((SignUpState.CONFIRMED, SignUpState.WAITING, SignUpState.OFFERED))
        until = NOW + timedelta(hours=chance.choice((-1, 1)))
        held[shift.id] = HeldSignUp(
            state,
            1 if state is SignUpState.WAITING else None,
            chance.choice((1, 1, 2)),
            until if state is SignUpState.OFFERED else None,
        )
        if state is SignUpState.CONFIRMED:
            commitments.append(
                shift_commitment(shift.id, "Turno", shift.starts_at, shift.ends_at, "")
            )
    if chance.random() < 0.2:
        start = NOW + timedelta(hours=chance.choice((1, 2, 25)))
        commitments.append(interview_commitment(1, start, start + timedelta(hours=1), ""))
    plain = chance.random() < 0.2
    projects = sorted({shift.project_id for shift in shifts})
    volunteer = UNKNOWN_VOLUNTEER if plain else some_volunteer(chance, projects)
    return PersonFacts(True, held, tuple(commitments), volunteer)


def take_places(chance: random.Random, shifts: list[Shift]) -> None:
    """Let some be full and some have a waiting list, by real sign-ups: the database counts."""
    for shift in shifts:
        for _ in range(chance.choice((0, 0, shift.capacity))):
            make_sign_up(shift)
        if shift.waiting_capacity and chance.random() < 0.4:
            make_sign_up(shift, state=SignUpState.WAITING)


def test_list_of_what_i_can_take_agrees_with_the_decision(database, chance):
    shifts = make_scene(chance)
    take_places(chance, shifts)
    everything = list_shifts_for_file(ShiftFilters())
    assert len(everything) == 40
    outcomes = set()
    for case in range(CASES):
        person = some_person(chance, shifts)
        decisions = {row.id: decide_sign_up(row, person, NOW) for row in everything}
        allowed = {shift_id for shift_id, decision in decisions.items() if decision.is_allowed}
        found = list_shifts_for_file(ShiftFilters(is_takeable=True), person=person)
        wrong = {row.id for row in found} ^ allowed
        assert not wrong, (case, person, {i: decisions[i] for i in wrong})
        outcomes |= {decision.refusal for decision in decisions.values()}
    # Cases that never come about would prove nothing.
    assert len(outcomes) >= 18, outcomes


def test_visitors_can_take_nothing(database):
    make_shift()
    assert list_shifts_for_file(ShiftFilters(is_takeable=True)) == []


def test_projects_i_can_join_agree_with_the_rules(database, chance):
    today = date(2027, 2, 27)
    for number in range(20):
        project = make_project()
        for name, value in some_rules(chance).items():
            setattr(project, name, value)
        project.time_kind = TimeKind.OPEN_ENDED
        project.starts_on = today + timedelta(days=1) if number % 3 == 0 else None
        # No more than a page of them: the others are closed.
        if number >= 12:
            project.state, project.closed_reason = ProjectState.CLOSED, "Finito."
    db.session.commit()
    everything = list_open_projects(ShiftFilters())
    assert len(everything) == 12
    for _ in range(150):
        volunteer = some_volunteer(chance, [row.id for row in everything])
        person = PersonFacts(True, volunteer=volunteer)
        allowed = set()
        for row in everything:
            first = max(today, row.starts_on or today)
            has_trained = not row.rules.requires_training or row.id in volunteer.trained_in
            if find_unmet_rule(row.rules, volunteer, first, first) is None and has_trained:
                allowed.add(row.id)
        found = list_open_projects(ShiftFilters(is_takeable=True), person)
        assert {row.id for row in found} == allowed


def test_every_rule_is_part_of_the_cases(chance):
    assert set(some_rules(chance)) == {field.name for field in fields(Rules)}


def test_scene_leaves_programmes_out_of_the_projects_own_rules(database):
    """A rule that is None on the project is its programme's."""
    project = make_project()
    project.programme.youngest_age = 90
    shift = make_shift(project=project)
    db.session.commit()
    young = PersonFacts(True, volunteer=VolunteerFacts(born_on=date(1990, 5, 17)))
    wanted = ShiftFilters(is_takeable=True)
    assert list_shifts_for_file(wanted, person=young) == []
    db.session.scalars(select(Programme)).one().youngest_age = 0
    db.session.commit()
    assert [row.id for row in list_shifts_for_file(wanted, person=young)] == [shift.id]
    assert db.session.scalars(select(VolunteeringProject.youngest_age)).one() is None
