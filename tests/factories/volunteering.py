"""Invented programmes, projects, shifts and sign-ups."""

from datetime import date, datetime, timedelta
from itertools import count

from portal.accounts.models import User
from portal.core.access import PORTAL
from portal.core.clock import local_today, utc_now
from portal.core.database import db
from portal.core.sign_ups import ENDED_STATES, SignUpState
from portal.territory.queries import list_districts
from portal.volunteering.models import (
    Enrolment,
    Programme,
    ProjectTutor,
    Shift,
    SignUp,
    VolunteeringProject,
)
from portal.volunteering.services import (
    ProjectContent,
    create_programme,
    create_project,
    create_shift,
)
from portal.volunteering.states import EnrolmentState, Residence, Sector
from tests.factories.people import make_user

_numbers = count(1)


AN_ADULT = date(1990, 5, 17)
"""Born on."""


def make_programme(*, requires_enrolment: bool = False) -> Programme:
    programme = create_programme(
        actor=PORTAL, name=f"Programma {next(_numbers)}", requires_enrolment=requires_enrolment
    )
    db.session.commit()
    return programme


def make_project(
    *, title: str | None = None, sector: Sector = Sector.GREEN, district_code: str = "e",
    programme: Programme | None = None, requires_enrolment: bool | None = None,
    tutor_name: str = "Tea Tutora", place_name: str = "Casa di quartiere inventata",
    partner_association_id: int | None = None, partner_name: str | None = None,
    **columns: object,
) -> VolunteeringProject:  # fmt: skip
    """Store a project; `columns` are set as they stand in the table (`group_cap`, a rule, …)."""
    district = next(d for d in list_districts() if d.code == district_code)
    project = create_project(
        actor=PORTAL,
        programme_id=(programme or make_programme()).id,
        content=ProjectContent(
            title=title or f"Cura del verde {next(_numbers)}",
            summary="Si lavora insieme per un paio d’ore.",
            description="Si pota.\n\nPoi si raccoglie.",
            sector=sector,
            district_id=district.id,
            place_name=place_name,
            address="via delle Prove 1",
            tutor_name=tutor_name,
            partner_association_id=partner_association_id,
            partner_name=partner_name,
            requires_enrolment=requires_enrolment,
        ),
    )
    for name, value in columns.items():
        setattr(project, name, value)
    db.session.commit()
    return project


def make_tutor(project: VolunteeringProject, user: User | None = None, **person: object) -> User:
    """Let somebody look after a project."""
    tutor = user or make_user(**person)
    db.session.add(ProjectTutor(project_id=project.id, user_id=tutor.id))
    db.session.commit()
    return tutor


def make_shift(
    *, project: VolunteeringProject | None = None, starts_at: datetime | None = None,
    in_hours: float = 48, hours: float = 2, capacity: int = 3, waiting_capacity: int = 2,
    opens_at: datetime | None = None, closes_at: datetime | None = None,
) -> Shift:  # fmt: skip
    """Store a shift that starts `in_hours` from now, unless `starts_at` says when."""
    starts = starts_at or (utc_now() + timedelta(hours=in_hours)).replace(microsecond=0)
    shift = create_shift(
        actor=PORTAL,
        project_id=(project or make_project()).id,
        starts_at=starts,
        ends_at=starts + timedelta(hours=hours),
        capacity=capacity,
        waiting_capacity=waiting_capacity,
        opens_at=opens_at,
        closes_at=closes_at,
    )
    db.session.commit()
    return shift


def make_sign_up(
    shift: Shift,
    user: User | None = None,
    state: SignUpState = SignUpState.CONFIRMED,
    **columns: object,
) -> SignUp:
    sign_up = SignUp(
        shift_id=shift.id,
        user_id=(user or make_user()).id,
        state=state,
        left_at=utc_now() if state in ENDED_STATES else None,
        **columns,
    )
    db.session.add(sign_up)
    db.session.commit()
    db.session.refresh(shift)
    return sign_up


def make_enrolment(
    user: User,
    state: EnrolmentState = EnrolmentState.ACCEPTED,
    *,
    born_on: date = AN_ADULT,
) -> Enrolment:
    is_draft = state is EnrolmentState.DRAFT
    has_reason = state in (EnrolmentState.RETURNED, EnrolmentState.REFUSED)
    enrolment = Enrolment(
        user_id=user.id,
        state=state,
        born_on=born_on,
        phone="0522 000000",
        residence=Residence.RESIDENT,
        availability=["mon-mattina"],
        reason="Manca il recapito." if has_reason else None,
        submitted_at=None if is_draft else utc_now(),
        left_on=local_today() if state is EnrolmentState.LEFT else None,
    )
    db.session.add(enrolment)
    db.session.commit()
    return enrolment
