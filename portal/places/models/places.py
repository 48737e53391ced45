"""Where people meet: social centres, neighbourhood houses."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, Id, Timestamped, enum_type
from portal.places.states import PlaceKind
from portal.registry.models import Association
from portal.territory.models import District


class Place(Timestamped, Base):
    """A publicly owned space run by citizens; what is not known stays empty and is not invented."""

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_stands_in_an_address"),
        CheckConstraint("length(trim(name)) > 0", name="has_name"),
        CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)", name="coordinates_come_in_pairs"
        ),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude_is_on_earth"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude_is_on_earth"),
        # The order of the list.
        Index("ix_place_name", text("f_unaccent(lower(name))"), "id"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(150))
    kind: Mapped[PlaceKind] = mapped_column(enum_type(PlaceKind))
    address: Mapped[str | None] = mapped_column(String(200))
    district_id: Mapped[int | None] = mapped_column(ForeignKey(District.id), index=True)
    managing_body: Mapped[str | None] = mapped_column(String(250))
    """Who runs it for the municipality, by name."""
    managing_association_id: Mapped[int | None] = mapped_column(
        ForeignKey(Association.id), index=True
    )
    """The same, where the registry knows it."""
    description: Mapped[str | None] = mapped_column(Text)
    accessibility_notes: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(8, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
