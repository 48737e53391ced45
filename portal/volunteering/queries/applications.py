"""Who asked to join a project without shifts, and whether one can."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import QueryableAttribute

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import Page, clamp_page, count_rows
from portal.volunteering.models import Programme, ProjectApplication, VolunteeringProject
from portal.volunteering.policies import (
    LIVE_APPLICATIONS,
    ApplicationDecision,
    ApplicationFacts,
    decide_application,
)
from portal.volunteering.queries.facts import RULE_COLUMNS, read_rules
from portal.volunteering.queries.sign_ups import find_person_facts
from portal.volunteering.states import ApplicationState


@dataclass(frozen=True)
class ApplicationRow:
    """An application as who answers it sees it."""

    id: int
    user_id: int
    name: str
    email: str | None
    state: ApplicationState
    message: str | None
    reason: str | None
    created_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class ApplicationStanding:
    """How one person stands to a project without shifts."""

    decision: ApplicationDecision
    held: ApplicationState | None
    """What their newest application came to."""
    reason: str | None
    """Why it was refused."""
    accepted_count: int
    people_wanted: int | None

    @property
    def is_in(self) -> bool:
        """Say whether an application of theirs stands."""
        return self.held in LIVE_APPLICATIONS


def get_application_facts(project_id: int) -> ApplicationFacts:
    """Return what the decision asks of a project; raises `NotFoundError`."""
    project = VolunteeringProject
    row = (
        session()
        .execute(
            select(
                project.state,
                project.starts_on,
                project.ends_on,
                project.people_wanted,
                count_accepted(project.id).label("accepted_count"),
                *RULE_COLUMNS,
            )
            .join(Programme)
            .where(project.id == project_id)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError
    return ApplicationFacts(**read_rules(row))


def count_accepted(project_id: QueryableAttribute[int]) -> ColumnElement[int]:
    """Return how many people are in a project, as part of a statement."""
    return (
        select(func.count(ProjectApplication.id))
        .where(
            ProjectApplication.project_id == project_id,
            ProjectApplication.state == ApplicationState.ACCEPTED,
        )
        .scalar_subquery()
    )


def find_application_state(project_id: int, user_id: int) -> ApplicationState | None:
    """Return where the newest application of a person to a project is, if they asked."""
    newest = _find_newest(project_id, user_id)
    return newest.state if newest else None


def find_application_standing(actor: Actor, project_id: int) -> ApplicationStanding:
    """Return whether `actor` can ask to join a project, and what came of it if they did."""
    facts = get_application_facts(project_id)
    newest = _find_newest(project_id, actor.account_id) if actor.is_signed_in else None
    held = newest.state if newest else None
    return ApplicationStanding(
        decision=decide_application(facts, find_person_facts(actor), held, local_today()),
        held=held,
        reason=newest.reason if newest else None,
        accepted_count=facts.accepted_count,
        people_wanted=facts.people_wanted,
    )


def list_applications(project_id: int, *, page: int) -> Page[ApplicationRow]:
    """Return who asked to join: those without an answer first, then who is in, oldest first."""
    order = [ApplicationState.SUBMITTED, ApplicationState.ACCEPTED]
    statement = (
        select(
            ProjectApplication.id,
            User.id,
            User.display_name,
            User.email,
            ProjectApplication.state,
            ProjectApplication.message,
            ProjectApplication.reason,
            ProjectApplication.created_at,
            ProjectApplication.answered_at,
        )
        .join(User, User.id == ProjectApplication.user_id)
        .where(ProjectApplication.project_id == project_id)
    )
    total = count_rows(statement.with_only_columns(ProjectApplication.id))
    number = clamp_page(page, total)
    result: Page[ApplicationRow] = Page([], number, total)
    rows = session().execute(
        statement.order_by(
            *(ProjectApplication.state != state for state in order), ProjectApplication.id
        )
        .limit(result.per_page)
        .offset((number - 1) * result.per_page)
    )
    result.rows.extend(ApplicationRow(*row) for row in rows)
    return result


def _find_newest(project_id: int, user_id: int) -> ProjectApplication | None:
    return session().scalar(
        select(ProjectApplication)
        .where(ProjectApplication.project_id == project_id, ProjectApplication.user_id == user_id)
        .order_by(ProjectApplication.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
