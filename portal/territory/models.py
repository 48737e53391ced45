"""Where things are: municipalities, districts (ambiti), neighbourhoods."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, Id
from portal.core.errors import register_constraints


class Municipality(Base):
    """A municipality of the province; its ISTAT code never changes while it exists."""

    __tablename__ = "municipality"
    __table_args__ = (CheckConstraint("istat_code ~ '^[0-9]{6}$'", name="istat_code_has_6_digits"),)

    istat_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    outline: Mapped[str | None] = mapped_column(Text)
    """Its boundary as the `d` of an SVG path, all in one system of coordinates; None: no map."""


class MunicipalityAlias(Base):
    """Another way a list writes a municipality, or the name of one that became part of it."""

    __tablename__ = "municipality_alias"

    spelling: Mapped[str] = mapped_column(String(100), primary_key=True)
    """As `territory/spelling.py` writes it: capitals, no accents, spaces single, cut."""
    istat_code: Mapped[str] = mapped_column(ForeignKey(Municipality.istat_code))


class District(Base):
    """An ambito of the city, as it is or was: the city has redrawn them four times."""

    __tablename__ = "district"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name="ends_after_start"),
        CheckConstraint("code ~ '^[a-z0-9]{1,10}$'", name="code_fits_an_address"),
        CheckConstraint("length(trim(name)) > 0", name="has_name"),
        UniqueConstraint("code", "valid_from"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(10))
    """The letter people know it by, as it stands in addresses (`a` to `h`, `centro`)."""
    name: Mapped[str] = mapped_column(String(100))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    """The first day on which it no longer exists."""
    outline: Mapped[str | None] = mapped_column(Text)
    """Its boundary as the `d` of an SVG path, in the coordinates of the municipality's; None: not
    known."""
    neighbourhoods: Mapped[list["Neighbourhood"]] = relationship(
        back_populates="district", order_by="Neighbourhood.name"
    )


class Neighbourhood(Base):
    """A quartiere, frazione or villa, within the district it belongs to."""

    __tablename__ = "neighbourhood"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name="ends_after_start"),
        CheckConstraint("length(trim(name)) > 0", name="has_name"),
        UniqueConstraint("district_id", "name", "valid_from"),
    )

    id: Mapped[Id]
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    name: Mapped[str] = mapped_column(String(100))
    valid_from: Mapped[date]
    """Since when it belongs to this district: moved to another, it is another row."""
    valid_until: Mapped[date | None]
    """The first day on which it no longer does."""
    district: Mapped[District] = relationship(back_populates="neighbourhoods")


register_constraints(
    {
        "uq_district_code_valid_from": (
            _l("Another district has this code in these days."),
            "code",
        ),
        "ck_district_ends_after_start": (_l("Choose a day after it began."), "day"),
        "ck_district_has_name": (_l("Write the name."), "name"),
        "ck_district_code_fits_an_address": (
            _l("Use small letters without accents and figures, at most ten."),
            "code",
        ),
        "ck_neighbourhood_ends_after_start": (_l("Choose a day after it began."), "day"),
        "ck_neighbourhood_has_name": (_l("Write the name."), "name"),
        "uq_neighbourhood_district_id_name_valid_from": (
            _l("The district has a neighbourhood of this name already."),
            "name",
        ),
    }
)
