"""What a person can take, as conditions of a statement.

The decision itself is `policies.decide_sign_up`. A list that shows "only what I can take" in pages
has to count it in the database, so each of its refusals stands here a second time, as a condition
on the shift's row with the person's facts as values: state and opening, places, what is already
held, overlap, then the rules in the words of `policies.rules`. Nothing is asked of the person by
SQL: both read the same `PersonFacts`. A test compares the two over thousands of cases.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    and_,
    cast,
    exists,
    extract,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from portal.accounts.commitments import Commitment, CommitmentKind
from portal.core.sign_ups import HeldSignUp, SignUpState
from portal.volunteering.models import Shift, VolunteeringProject
from portal.volunteering.policies import ADULT_AGE, PersonFacts, VolunteerFacts
from portal.volunteering.queries.facts import RULE_OF
from portal.volunteering.states import (
    Citizenship,
    EnrolmentState,
    ProjectState,
    Residence,
    ResidenceRule,
    ShiftState,
)

_Project = VolunteeringProject
_free = Shift.capacity - Shift.confirmed_count - Shift.offered_count

Condition = ColumnElement[bool]


def can_be_taken_by(person: PersonFacts, now: datetime) -> Condition:
    """Say of a shift, joined with project and programme, that `person` may take a place now."""
    if not person.is_signed_in:
        return false()
    first, last = _day_of(Shift.starts_at), _day_of(Shift.ends_at)
    return and_(
        Shift.state == ShiftState.OPEN,
        Shift.starts_at > now,
        _has_room_for(person, now),
        ~_overlaps(person),
        meets_rules(person.volunteer, first, last),
    )


def meets_rules(who: VolunteerFacts, first: Any, last: Any) -> Condition:  # noqa: ANN401 - a day, as column or value
    """Say of a project, joined with its programme, that `who` meets its rules on those days."""
    return and_(
        *_lasting(who, first),
        _enrolled(who),
        *_papers(who, first, last),
        or_(~RULE_OF["requires_training"], _Project.id.in_(who.trained_in)),
        or_(~_Project.requires_record_check, _Project.id.in_(who.record_seen_for)),
    )


def _has_room_for(person: PersonFacts, now: datetime) -> Condition:
    """What is held decides by itself; anything else has to be open and to have room."""
    is_open = and_(
        _Project.state == ProjectState.PUBLISHED,
        or_(Shift.opens_at.is_(None), Shift.opens_at <= now),
        Shift.closes_at > now,
        or_(_free >= 1, Shift.waiting_count + 1 <= Shift.waiting_capacity),
    )
    if not person.held:
        return is_open
    kept = [_moves_up(shift_id, held, now) for shift_id, held in person.held.items()]
    return or_(and_(Shift.id.not_in(list(person.held)), is_open), *kept)


def _moves_up(shift_id: int, held: HeldSignUp, now: datetime) -> Condition:
    is_offered = held.state is SignUpState.OFFERED
    if is_offered and held.offer_until_at is not None and now < held.offer_until_at:
        return Shift.id == shift_id
    if held.state is SignUpState.WAITING:
        return and_(Shift.id == shift_id, _free >= held.people)
    return false()


def _overlaps(person: PersonFacts) -> Condition:
    if not person.commitments:
        return false()
    promised = (
        func.unnest(
            _array(map(_shift_id_of, person.commitments), BigInteger()),
            _array((c.starts_at for c in person.commitments), DateTime(timezone=True)),
            _array((c.ends_at for c in person.commitments), DateTime(timezone=True)),
        )
        .table_valued("shift_id", "starts_at", "ends_at")
        .render_derived("promised")
    )
    at_that_time = select(literal(1)).where(
        promised.c.shift_id.is_distinct_from(Shift.id),
        promised.c.starts_at < Shift.ends_at,
        promised.c.ends_at > Shift.starts_at,
    )
    return exists(at_that_time.correlate(Shift))


def _shift_id_of(commitment: Commitment) -> int | None:
    return commitment.id if commitment.kind is CommitmentKind.SHIFT else None


def _lasting(who: VolunteerFacts, first: Any) -> Iterable[Condition]:  # noqa: ANN401
    if who.born_on is not None:
        age = _age(who.born_on, first)
        oldest = RULE_OF["oldest_age"]
        yield age >= RULE_OF["youngest_age"]
        yield or_(oldest.is_(None), age <= oldest)
    if who.works_for_municipality:
        yield ~RULE_OF["refuses_employees"]
    if who.residence is Residence.ELSEWHERE:
        yield RULE_OF["residence_rule"] == ResidenceRule.ANYWHERE
    elif who.residence is not None and who.residence is not Residence.RESIDENT:
        yield RULE_OF["residence_rule"] != ResidenceRule.RESIDENT


def _enrolled(who: VolunteerFacts) -> Condition:
    """Where the register is asked for: accepted, and after the talk where that is asked too."""
    asks = RULE_OF["requires_enrolment"]
    if who.enrolment is not EnrolmentState.ACCEPTED:
        return ~asks
    if who.has_been_interviewed:
        return true()
    return or_(~asks, ~RULE_OF["requires_interview"])


def _papers(who: VolunteerFacts, first: Any, last: Any) -> Iterable[Condition]:  # noqa: ANN401
    if who.born_on is not None:
        if not who.has_guardian:
            yield or_(~RULE_OF["requires_guardian"], _age(who.born_on, first) >= ADULT_AGE)
        from_age = RULE_OF["fitness_from_age"]
        yield or_(
            from_age.is_(None), _age(who.born_on, last) < from_age, _lasts(who.fitness_until, last)
        )
    if who.citizenship is Citizenship.OTHER:
        yield or_(~RULE_OF["requires_permit"], _lasts(who.permit_until, last))
    covered = [
        and_(literal(days.first, Date) <= first, literal(days.last, Date) >= last)
        for days in who.insured
    ]
    yield or_(~RULE_OF["requires_insurance"], *covered)


def _lasts(until: date | None, last: Any) -> Condition:  # noqa: ANN401
    return false() if until is None else literal(until, Date) >= last


def _age(born_on: date, day: Any) -> ColumnElement[int]:  # noqa: ANN401
    """Age in whole years on `day`; who was born on 29 February turns on 1 March."""
    birthday = born_on.month * 100 + born_on.day
    is_before = extract("month", day) * 100 + extract("day", day) < birthday
    return extract("year", day) - born_on.year - cast(is_before, Integer)


def _day_of(moment: Any) -> ColumnElement[date]:  # noqa: ANN401
    return cast(func.timezone("Europe/Rome", moment), Date)


def _array(values: Iterable[Any], kind: Any) -> ColumnElement[Any]:  # noqa: ANN401
    return cast(list(values), ARRAY(kind))
