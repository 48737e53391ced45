"""Who may ask to join a project without shifts, and the one reason why not."""

from dataclasses import replace
from datetime import date

import pytest

from portal.volunteering.policies import (
    VISITOR,
    ApplicationFacts,
    PersonFacts,
    Rules,
    VolunteerFacts,
    decide_application,
)
from portal.volunteering.states import (
    ApplicationState,
    EnrolmentState,
    ProjectState,
    Residence,
    ResidenceRule,
    SignUpRefusal,
)

TODAY = date(2026, 11, 30)
PROJECT = ApplicationFacts(
    state=ProjectState.PUBLISHED, ends_on=None, people_wanted=2, accepted_count=1
)
PERSON = PersonFacts(is_signed_in=True)


def reason(project=PROJECT, person=PERSON, held=None):
    return decide_application(project, person, held, TODAY).refusal


def test_who_is_signed_in_may_ask():
    assert decide_application(PROJECT, PERSON, None, TODAY).is_allowed


@pytest.mark.parametrize("held", [ApplicationState.SUBMITTED, ApplicationState.ACCEPTED])
def test_who_asked_or_is_in_does_not_ask_again(held):
    assert reason(held=held) is SignUpRefusal.ALREADY_SIGNED_UP


@pytest.mark.parametrize("held", [ApplicationState.REFUSED, ApplicationState.LEFT])
def test_who_was_refused_or_left_may_ask_again(held):
    assert reason(held=held) is None


@pytest.mark.parametrize("state", [s for s in ProjectState if s is not ProjectState.PUBLISHED])
def test_only_a_published_project_is_asked(state):
    assert reason(replace(PROJECT, state=state)) is SignUpRefusal.PROJECT_CLOSED


def test_project_can_be_joined_on_its_last_day_and_not_after():
    assert reason(replace(PROJECT, ends_on=TODAY)) is None
    assert reason(replace(PROJECT, ends_on=date(2026, 11, 29))) is SignUpRefusal.IN_THE_PAST


def test_project_with_the_people_it_looked_for_takes_nobody_more():
    full = replace(PROJECT, accepted_count=2)
    assert full.is_complete
    assert reason(full) is SignUpRefusal.FULL_WAITING_LIST_FULL
    assert reason(replace(full, people_wanted=None)) is None


def test_visitor_is_asked_to_sign_in_once_nothing_else_stands_in_the_way():
    assert reason(person=VISITOR) is SignUpRefusal.NOT_SIGNED_IN
    full = replace(PROJECT, accepted_count=2)
    assert reason(full, VISITOR) is SignUpRefusal.FULL_WAITING_LIST_FULL


@pytest.mark.parametrize(
    ("rules", "facts", "expected"),
    [
        (Rules(requires_enrolment=True), {}, SignUpRefusal.NOT_ENROLLED),
        (
            Rules(requires_enrolment=True),
            {"enrolment": EnrolmentState.SUBMITTED},
            SignUpRefusal.ENROLMENT_PENDING,
        ),
        (Rules(youngest_age=18), {"born_on": date(2009, 1, 1)}, SignUpRefusal.TOO_YOUNG),
        (Rules(oldest_age=80), {"born_on": date(1940, 1, 1)}, SignUpRefusal.TOO_OLD),
        (Rules(), {"born_on": date(2010, 1, 1)}, SignUpRefusal.NEEDS_GUARDIAN),
        (Rules(requires_insurance=True), {}, SignUpRefusal.NOT_INSURED),
        (
            Rules(refuses_employees=True),
            {"works_for_municipality": True},
            SignUpRefusal.WORKS_FOR_MUNICIPALITY,
        ),
    ],
)
def test_rules_are_those_of_places_in_shifts(rules, facts, expected):
    person = replace(PERSON, volunteer=VolunteerFacts(**facts))
    assert reason(replace(PROJECT, rules=rules), person) is expected


def test_rules_are_asked_of_the_first_day_on_which_one_could_begin():
    """Who turns eighteen before the project starts may ask today."""
    rules = Rules(youngest_age=18)
    person = replace(PERSON, volunteer=VolunteerFacts(born_on=date(2009, 1, 15)))
    assert reason(replace(PROJECT, rules=rules), person) is SignUpRefusal.TOO_YOUNG
    later = replace(PROJECT, rules=rules, starts_on=date(2027, 2, 1))
    assert reason(later, person) is None


def test_training_and_record_are_seen_with_the_tutor_after_the_answer():
    rules = Rules(requires_training=True)
    assert reason(replace(PROJECT, rules=rules)) is None


def test_who_lives_elsewhere_is_told_where_the_rule_says_so():
    rules = Rules(residence_rule=ResidenceRule.LIVING_HERE)
    person = replace(PERSON, volunteer=VolunteerFacts(residence=Residence.ELSEWHERE))
    assert reason(replace(PROJECT, rules=rules), person) is SignUpRefusal.NOT_RESIDENT
