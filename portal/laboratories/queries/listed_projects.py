"""Projects listed for adoption, and who proposes to adopt them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from portal.core.clock import local_today
from portal.core.database import session
from portal.laboratories.models import ListedProject, Proposal
from portal.laboratories.states import ProposalState


@dataclass(frozen=True)
class ListedProjectRow:
    """A project of a list."""

    id: int
    title: str
    text: str
    adopt_until: date
    is_withdrawn: bool
    adoptions: int
    """Published proposals that would adopt it."""

    @property
    def can_be_adopted(self) -> bool:
        """Say whether somebody can still put themselves forward today."""
        return not self.is_withdrawn and self.adopt_until >= local_today()


def list_listed_projects(
    laboratory_id: int, *, with_withdrawn: bool = False
) -> list[ListedProjectRow]:
    """Return the listed projects of a laboratory, those that end soonest first."""
    adoptions = (
        select(func.count(Proposal.id))
        .where(
            Proposal.listed_project_id == ListedProject.id,
            Proposal.state == ProposalState.PUBLISHED,
        )
        .correlate(ListedProject)
        .scalar_subquery()
    )
    statement = (
        select(
            ListedProject.id,
            ListedProject.title,
            ListedProject.text,
            ListedProject.adopt_until,
            ListedProject.withdrawn_at.is_not(None),
            adoptions,
        )
        .where(ListedProject.laboratory_id == laboratory_id)
        .order_by(
            ListedProject.adopt_until < local_today(), ListedProject.adopt_until, ListedProject.id
        )
    )
    if not with_withdrawn:
        statement = statement.where(ListedProject.withdrawn_at.is_(None))
    return [ListedProjectRow(*row) for row in session().execute(statement)]


def find_listed_project(laboratory_id: int, project_id: int | None) -> ListedProjectRow | None:
    """Return one listed project of a laboratory, withdrawn ones too, or None."""
    if project_id is None:
        return None
    rows = list_listed_projects(laboratory_id, with_withdrawn=True)
    return next((row for row in rows if row.id == project_id), None)
