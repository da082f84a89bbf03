"""Tables of organisers, sites, places, opening hours and closures."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from olka.core.spans import HOME_ZONE
from olka.core.texts import Text3
from olka.db import Base, Choice
from olka.sites.rules import PlaceKind, SiteKind


class Organiser(Base):
    """The legal person in whose name the activity runs (act 148/2014 §3)."""

    __tablename__ = "organisers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    register_number: Mapped[str] = mapped_column(String(20))
    street: Mapped[str] = mapped_column(String(120))
    postcode: Mapped[str] = mapped_column(String(10))
    town: Mapped[str] = mapped_column(String(60))
    retired_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class Site(Base):
    """A hospital, health station, living room or community house, with what its coordinators have set."""

    __tablename__ = "sites"
    __table_args__ = (
        CheckConstraint("cancel_hours BETWEEN 0 AND 336", "cancel_hours"),
        CheckConstraint("undo_minutes BETWEEN 0 AND 120", "undo_minutes"),
        CheckConstraint("(succeeds_id IS NULL) = (succeeds_from IS NULL)", "succession"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organisers.id"), index=True)
    kind: Mapped[SiteKind] = mapped_column(Choice(SiteKind))
    name: Mapped[Text3]
    short_name: Mapped[Text3]
    street: Mapped[str] = mapped_column(String(120))
    postcode: Mapped[str] = mapped_column(String(10))
    town: Mapped[str] = mapped_column(String(60))
    map_url: Mapped[str] = mapped_column(String(300))
    directions: Mapped[Text3]
    zone: Mapped[str] = mapped_column(String(40), default=HOME_ZONE)
    phone: Mapped[str] = mapped_column(String(20))
    mail: Mapped[str] = mapped_column(String(254))
    opens_on: Mapped[date | None]
    succeeds_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"), index=True)
    succeeds_from: Mapped[date | None]
    cancel_hours: Mapped[int] = mapped_column(default=24)
    undo_minutes: Mapped[int] = mapped_column(default=10)
    retired_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class Place(Base):
    """A point, ward, lobby or room of a site: where a shift is."""

    __tablename__ = "places"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    kind: Mapped[PlaceKind] = mapped_column(Choice(PlaceKind))
    name: Mapped[Text3]
    directions: Mapped[Text3]
    street: Mapped[str] = mapped_column(String(120))
    map_url: Mapped[str] = mapped_column(String(300))
    retired_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class OpeningHours(Base):
    """A stretch of a weekday (1 Monday … 7 Sunday) during which a place is open, local time."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", "weekday"),
        CheckConstraint("opens < closes", "order"),
        Index("uq_opening_hours", "place_id", "weekday", "opens", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class Closure(Base):
    """Days, both ends included, on which a place, or a whole site where no place is named, is closed."""

    __tablename__ = "closures"
    # The number of a closure removed is never another's: a second click must not open other days.
    __table_args__ = (CheckConstraint("first_day <= last_day", "order"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[Text3]
