"""Programmes and their rules: data that the office changes."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import AlreadyDecidedError, NotFoundError
from portal.core.history import record_step
from portal.core.text import slugify
from portal.volunteering.models import Programme
from portal.volunteering.states import ResidenceRule

HISTORY = "programme"


class ProgrammeChangedError(AlreadyDecidedError):
    """The programme was saved by somebody else since it was opened; `version` is the saved one."""

    def __init__(self, version: int) -> None:
        """Keep the number of what is saved now."""
        super().__init__()
        self.version = version


@dataclass(frozen=True)
class ProgrammeContent:
    """What is said of a programme, with the rules of its projects."""

    name: str
    summary: str = ""
    requires_enrolment: bool = False
    youngest_age: int = 0
    """Years, included; 0: any age."""
    oldest_age: int | None = None
    """Years, included; None: any age."""
    requires_guardian: bool = True
    fitness_from_age: int | None = None
    residence_rule: ResidenceRule = ResidenceRule.ANYWHERE
    requires_permit: bool = False
    requires_interview: bool = False
    requires_training: bool = False
    requires_insurance: bool = False
    refuses_employees: bool = False
    points_per_hour: Decimal = Decimal(0)
    offer_hours: int = 24


def create_programme(
    *,
    actor: Actor,
    name: str = "",
    requires_enrolment: bool = False,
    content: ProgrammeContent | None = None,
) -> Programme:
    """Write a programme and return it, with an id; without `content` it has no rules but one."""
    content = content or ProgrammeContent(name=name, requires_enrolment=requires_enrolment)
    programme = Programme(slug=slugify(content.name) or "programma", **vars(content))
    session().add(programme)
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=programme.id, action="create")
    return programme


def update_programme(
    *, actor: Actor, programme_id: int, seen_version: int, content: ProgrammeContent
) -> Programme:
    """Write what is said of a programme; its rules hold from now on.

    Places that people have already stay theirs. The address stays when the name changes. Raises
    `ProgrammeChangedError` when somebody saved since `seen_version`, `NotFoundError`.
    """
    programme = session().scalar(
        select(Programme)
        .where(Programme.id == programme_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if programme is None:
        raise NotFoundError
    if programme.version != seen_version:
        raise ProgrammeChangedError(programme.version)
    changed = [name for name, value in vars(content).items() if getattr(programme, name) != value]
    if not changed:
        return programme
    for name in changed:
        setattr(programme, name, getattr(content, name))
    programme.version += 1
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=programme.id,
        action="edit",
        note=" ".join(changed),
    )
    return programme
