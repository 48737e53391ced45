"""Project sheets: what will be done, by whom, where, with which money, and how one sees it."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, FormKey, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.core.person_names import PersonName
from portal.laboratories.models.laboratories import LONGEST_TITLE, Laboratory
from portal.laboratories.models.proposals import Proposal
from portal.laboratories.states import (
    LARGEST_BUDGET_CENTS,
    BudgetSource,
    PartyKind,
    SheetFamily,
    SheetState,
)
from portal.places.models import Place
from portal.registry.models import Association

LONGEST_PARTY_NAME = 250
LONGEST_LINE = 200
LONGEST_UNIT = 40
LARGEST_INDICATOR = 1_000_000_000

sheet_proposal = Table(
    "sheet_proposal",
    Base.metadata,
    Column(
        "sheet_id",
        BigInteger,
        ForeignKey("project_sheet.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("proposal_id", BigInteger, ForeignKey(Proposal.id), primary_key=True, index=True),
)
"""The proposals a sheet is built from."""

sheet_place = Table(
    "sheet_place",
    Base.metadata,
    Column(
        "sheet_id",
        BigInteger,
        ForeignKey("project_sheet.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("place_id", BigInteger, ForeignKey(Place.id), primary_key=True, index=True),
)
"""The social centres and houses where it takes place."""


class ProjectSheet(Timestamped, Base):
    """One project of a laboratory, on its way into an agreement."""

    __tablename__ = "project_sheet"
    __table_args__ = (
        CheckConstraint("length(trim(title)) > 0", name="has_title"),
        CheckConstraint("state <> 'agreed' OR agreement_id IS NOT NULL", name="agreed_is_of_one"),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR length(trim(contents)) > 0",
            name="shared_has_contents",
        ),
        CheckConstraint("carried_from_id <> id", name="carries_over_another"),
        UniqueConstraint("created_by_id", "form_key"),
        # Renewing twice carries a sheet over once.
        UniqueConstraint("laboratory_id", "carried_from_id"),
        Index(None, "laboratory_id", "position", "id"),
        Index(None, "agreement_id", "position", "id"),
    )

    id: Mapped[Id]
    laboratory_id: Mapped[int] = mapped_column(ForeignKey(Laboratory.id))
    agreement_id: Mapped[int | None] = mapped_column(
        ForeignKey("agreement.id", use_alter=True, name="fk_project_sheet_agreement_id")
    )
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("project_sheet.id"), index=True)
    """The sheet of the agreement before, of which this goes on."""
    position: Mapped[int] = mapped_column(server_default=sql_text("0"), default=0)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    family: Mapped[SheetFamily] = mapped_column(enum_type(SheetFamily))
    state: Mapped[SheetState] = mapped_column(enum_type(SheetState), default=SheetState.DRAFT)
    contents: Mapped[str] = mapped_column(Text, server_default=sql_text("''"), default="")
    aims: Mapped[str] = mapped_column(Text, server_default=sql_text("''"), default="")
    actions: Mapped[str] = mapped_column(Text, server_default=sql_text("''"), default="")
    times: Mapped[str] = mapped_column(Text, server_default=sql_text("''"), default="")
    spaces: Mapped[str] = mapped_column(Text, server_default=sql_text("''"), default="")
    contact: Mapped[str | None] = mapped_column(String(LONGEST_LINE))
    created_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    form_key: Mapped[FormKey]
    # Several editors: who saves second sees the difference.
    version: Mapped[int] = mapped_column(default=1, server_default=sql_text("1"))
    laboratory: Mapped[Laboratory] = relationship()
    parties: Mapped[list["SheetParty"]] = relationship(
        order_by="SheetParty.position, SheetParty.id", cascade="all, delete-orphan"
    )
    budget: Mapped[list["BudgetLine"]] = relationship(
        order_by="BudgetLine.position, BudgetLine.id", cascade="all, delete-orphan"
    )
    indicators: Mapped[list["SheetIndicator"]] = relationship(
        order_by="SheetIndicator.position, SheetIndicator.id", cascade="all, delete-orphan"
    )
    proposals: Mapped[list[Proposal]] = relationship(secondary=sheet_proposal, order_by=Proposal.id)
    places: Mapped[list[Place]] = relationship(secondary=sheet_place, order_by=Place.id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class SheetVersion(Base):
    """What the texts of a sheet were from a moment on, and who wrote them."""

    __tablename__ = "sheet_version"
    __table_args__ = (UniqueConstraint("sheet_id", "number"),)

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(ForeignKey(ProjectSheet.id, ondelete="CASCADE"))
    number: Mapped[int]
    """The sheet's `version` once saved."""
    texts: Mapped[dict[str, str]] = mapped_column(JSONB)
    """Field → text."""
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    saved_at: Mapped[UtcTime]


class SheetEditor(Base):
    """Somebody who may write in a sheet beside who leads the laboratory."""

    __tablename__ = "sheet_editor"

    sheet_id: Mapped[int] = mapped_column(
        ForeignKey(ProjectSheet.id, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey(User.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    added_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))


class SheetParty(Base):
    """Who does what in a sheet."""

    __tablename__ = "sheet_party"
    __table_args__ = (
        CheckConstraint("length(trim(name)) > 0", name="has_name"),
        CheckConstraint(
            "(kind = 'association') = (association_id IS NOT NULL)", name="association_is_listed"
        ),
        Index(None, "sheet_id", "position", "id"),
    )

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(ForeignKey(ProjectSheet.id, ondelete="CASCADE"))
    kind: Mapped[PartyKind] = mapped_column(enum_type(PartyKind))
    association_id: Mapped[int | None] = mapped_column(ForeignKey(Association.id), index=True)
    name: Mapped[str] = mapped_column(PersonName(LONGEST_PARTY_NAME))
    does: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(server_default=sql_text("0"), default=0)


class BudgetLine(Base):
    """Money of a sheet, planned and, in the end, spent."""

    __tablename__ = "budget_line"
    __table_args__ = (
        CheckConstraint("length(trim(words)) > 0", name="says_for_what"),
        CheckConstraint(
            f"planned_cents BETWEEN 0 AND {LARGEST_BUDGET_CENTS}", name="planned_is_plausible"
        ),
        CheckConstraint(
            f"spent_cents BETWEEN 0 AND {LARGEST_BUDGET_CENTS}", name="spent_is_plausible"
        ),
        Index(None, "sheet_id", "position", "id"),
    )

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(ForeignKey(ProjectSheet.id, ondelete="CASCADE"))
    source: Mapped[BudgetSource] = mapped_column(enum_type(BudgetSource))
    words: Mapped[str] = mapped_column(String(LONGEST_LINE))
    planned_cents: Mapped[int] = mapped_column(BigInteger)
    spent_cents: Mapped[int | None] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(server_default=sql_text("0"), default=0)


class SheetIndicator(Base):
    """How one will see that a sheet worked, as a number with its unit."""

    __tablename__ = "sheet_indicator"
    __table_args__ = (
        CheckConstraint("length(trim(name)) > 0", name="has_name"),
        CheckConstraint(f"target BETWEEN 0 AND {LARGEST_INDICATOR}", name="target_is_plausible"),
        CheckConstraint(f"reached BETWEEN 0 AND {LARGEST_INDICATOR}", name="reached_is_plausible"),
        Index(None, "sheet_id", "position", "id"),
    )

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(ForeignKey(ProjectSheet.id, ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(LONGEST_LINE))
    unit: Mapped[str] = mapped_column(String(LONGEST_UNIT))
    target: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    reached: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    position: Mapped[int] = mapped_column(server_default=sql_text("0"), default=0)


register_constraints(
    {
        "ck_project_sheet_has_title": (_l("Write a title."), "title"),
        "ck_project_sheet_shared_has_contents": (
            _l("Write what the project consists of before you share it."),
            "contents",
        ),
        "uq_project_sheet_created_by_id_form_key": (
            _l("This project sheet has been saved already."),
            None,
        ),
        "ck_sheet_party_has_name": (_l("Write who does it."), "name"),
        "ck_budget_line_says_for_what": (_l("Write what the money is for."), "words"),
        "ck_budget_line_planned_is_plausible": (
            _l("Write an amount from 0 to 10 million euro."),
            "planned",
        ),
        "ck_budget_line_spent_is_plausible": (
            _l("Write an amount from 0 to 10 million euro."),
            "spent",
        ),
        "ck_sheet_indicator_has_name": (_l("Write what is counted."), "name"),
        "ck_sheet_indicator_target_is_plausible": (
            _l("Write a number from 0 to a thousand million."),
            "target",
        ),
        "ck_sheet_indicator_reached_is_plausible": (
            _l("Write a number from 0 to a thousand million."),
            "reached",
        ),
    }
)
