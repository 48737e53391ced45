"""The rules of programmes and projects, and why a person does not meet one."""

from dataclasses import dataclass
from datetime import date

from portal.volunteering.states import (
    Citizenship,
    EnrolmentState,
    Residence,
    ResidenceRule,
    SignUpRefusal,
)

ADULT_AGE = 18
"""Years; below it, who holds parental responsibility authorises (art. 316 of the civil code)."""


@dataclass(frozen=True)
class Rules:
    """What a project asks of people: its own rules where it has some, else its programme's."""

    requires_enrolment: bool = False
    youngest_age: int = 0
    """Years, included."""
    oldest_age: int | None = None
    """Years, included; None: any age."""
    requires_guardian: bool = True
    """Of who is under 18."""
    fitness_from_age: int | None = None
    """Years from which a certificate of fitness must have been seen; None: never."""
    residence_rule: ResidenceRule = ResidenceRule.ANYWHERE
    requires_permit: bool = False
    """Of who comes from outside the European Union."""
    requires_interview: bool = False
    requires_training: bool = False
    requires_insurance: bool = False
    refuses_employees: bool = False


NO_RULES = Rules()


@dataclass(frozen=True)
class DayRange:
    """Days from one to another, both included."""

    first: date
    last: date

    def covers(self, first: date, last: date) -> bool:
        """Say whether all days from `first` to `last` are in it."""
        return self.first <= first and last <= self.last


@dataclass(frozen=True)
class VolunteerFacts:
    """What the rules ask of a person: what their enrolment says, and what has been seen."""

    enrolment: EnrolmentState | None = None
    born_on: date | None = None
    residence: Residence | None = None
    citizenship: Citizenship | None = None
    works_for_municipality: bool = False
    permit_until: date | None = None
    fitness_until: date | None = None
    has_guardian: bool = False
    """Who holds parental responsibility has authorised, and not withdrawn."""
    has_been_interviewed: bool = False
    insured: tuple[DayRange, ...] = ()
    trained_in: frozenset[int] = frozenset()
    """Ids of the projects whose training was done."""
    record_seen_for: frozenset[int] = frozenset()
    """Ids of the projects for which a criminal-record certificate was seen."""


UNKNOWN_VOLUNTEER = VolunteerFacts()


def find_unmet_rule(
    rules: Rules, volunteer: VolunteerFacts, first: date, last: date
) -> SignUpRefusal | None:
    """Return the first rule that `volunteer` does not meet from day `first` to day `last`.

    What nobody can change (age) comes before what takes a step, and the steps in the order in
    which they are taken: enrol, show, be authorised, talk, wait for the answer.
    """
    return (
        find_lasting_reason(rules, volunteer, first)
        or _find_enrolment_reason(rules, volunteer)
        or _find_missing_paper(rules, volunteer, first, last)
    )


def age_on(born_on: date, day: date) -> int:
    """Return the age in whole years on `day`; who was born on 29 February turns on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def needs_guardian(rules: Rules, born_on: date | None, day: date) -> bool:
    """Say whether somebody has to authorise who was born on `born_on`, on `day`."""
    return rules.requires_guardian and born_on is not None and age_on(born_on, day) < ADULT_AGE


def needs_fitness(rules: Rules, born_on: date | None, day: date) -> bool:
    """Say whether a certificate of fitness must have been seen, on `day`."""
    return (
        rules.fitness_from_age is not None
        and born_on is not None
        and age_on(born_on, day) >= rules.fitness_from_age
    )


def find_lasting_reason(rules: Rules, who: VolunteerFacts, day: date) -> SignUpRefusal | None:
    """Return why somebody is not taken that no step of theirs can change, on `day`."""
    if who.born_on is not None:
        age = age_on(who.born_on, day)
        if age < rules.youngest_age:
            return SignUpRefusal.TOO_YOUNG
        if rules.oldest_age is not None and age > rules.oldest_age:
            return SignUpRefusal.TOO_OLD
    if rules.refuses_employees and who.works_for_municipality:
        return SignUpRefusal.WORKS_FOR_MUNICIPALITY
    if who.residence is not None and not _lives_as_asked(rules.residence_rule, who.residence):
        return SignUpRefusal.NOT_RESIDENT
    return None


def _lives_as_asked(rule: ResidenceRule, residence: Residence) -> bool:
    if rule is ResidenceRule.RESIDENT:
        return residence is Residence.RESIDENT
    return rule is ResidenceRule.ANYWHERE or residence is not Residence.ELSEWHERE


def _find_enrolment_reason(rules: Rules, who: VolunteerFacts) -> SignUpRefusal | None:
    if not rules.requires_enrolment:
        return None
    if who.enrolment not in (EnrolmentState.SUBMITTED, EnrolmentState.ACCEPTED):
        return SignUpRefusal.NOT_ENROLLED
    if rules.requires_interview and not who.has_been_interviewed:
        return SignUpRefusal.NEEDS_INTERVIEW
    if who.enrolment is EnrolmentState.SUBMITTED:
        return SignUpRefusal.ENROLMENT_PENDING
    return None


def _find_missing_paper(
    rules: Rules, who: VolunteerFacts, first: date, last: date
) -> SignUpRefusal | None:
    if needs_guardian(rules, who.born_on, first) and not who.has_guardian:
        return SignUpRefusal.NEEDS_GUARDIAN
    asks_permit = rules.requires_permit and who.citizenship is Citizenship.OTHER
    if asks_permit and (who.permit_until is None or who.permit_until < last):
        return SignUpRefusal.NEEDS_PERMIT
    if needs_fitness(rules, who.born_on, last) and (
        who.fitness_until is None or who.fitness_until < last
    ):
        return SignUpRefusal.NEEDS_FITNESS
    if rules.requires_insurance and not any(days.covers(first, last) for days in who.insured):
        return SignUpRefusal.NOT_INSURED
    return None
