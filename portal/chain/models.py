"""Which volunteering project or initiative of a place comes from which project sheet."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import User
from portal.core.database import Base, FormKey, Id, UtcTime
from portal.core.errors import register_constraints
from portal.laboratories.models import ProjectSheet
from portal.places.models import Initiative
from portal.volunteering.models import VolunteeringProject


class SheetProject(Base):
    """A volunteering project that comes from a project sheet; from one at most.

    Nothing of its results is kept here: they are counted where they happen.
    """

    __tablename__ = "sheet_project"
    __table_args__ = (
        UniqueConstraint("project_id"),
        UniqueConstraint("opened_by_id", "form_key"),
        Index(None, "sheet_id", "id"),
    )

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(ForeignKey(ProjectSheet.id))
    project_id: Mapped[int] = mapped_column(ForeignKey(VolunteeringProject.id))
    opened_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    opened_at: Mapped[UtcTime]
    form_key: Mapped[FormKey | None]
    """Of the form it was written with; None: it was there and has been tied."""


class SheetInitiative(Base):
    """An initiative of a place that comes from a project sheet; from one at most.

    The key of the form it was written with stands in the initiative itself.
    """

    __tablename__ = "sheet_initiative"
    __table_args__ = (UniqueConstraint("initiative_id"), Index(None, "sheet_id", "id"))

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(ForeignKey(ProjectSheet.id))
    initiative_id: Mapped[int] = mapped_column(ForeignKey(Initiative.id))
    opened_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    opened_at: Mapped[UtcTime]
    reminded_at: Mapped[UtcTime | None]
    """When who runs the place was told that it still is a draft."""


TIED_ALREADY = _l("It comes from another project sheet already.")
register_constraints(
    {
        "uq_sheet_project_project_id": (TIED_ALREADY, "opening"),
        "uq_sheet_initiative_initiative_id": (TIED_ALREADY, "opening"),
        "uq_sheet_project_opened_by_id_form_key": (
            _l("This project has been written already."),
            None,
        ),
    }
)
