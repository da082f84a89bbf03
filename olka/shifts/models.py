"""Tables of shifts and bookings."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from olka.core.texts import Text3
from olka.db import Base, Choice
from olka.shifts.rules import BookingState, Channel, ShiftState


class Shift(Base):
    """A task at a place on a local day from start to end; ``starts_at``, ``ends_at``, ``weekday`` follow from it.

    ``taken`` counts the bookings that hold a place and is only ever changed by a conditional UPDATE. The bookings
    that fell with a cancelled shift were released at its ``cancelled_at``.
    """

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("taken BETWEEN 0 AND max_people", "capacity"),
        CheckConstraint("min_people BETWEEN 0 AND max_people", "minimum"),
        CheckConstraint("starts_at < ends_at", "order"),
        Index("ix_shifts_starts_at", "starts_at", "id"),
        Index("ix_shifts_place_day", "place_id", "day"),
        # The number of a draft thrown away is never another shift's: an old page must not touch that one.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    day: Mapped[date]
    start: Mapped[time]
    end: Mapped[time]
    weekday: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    min_people: Mapped[int]
    max_people: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    note: Mapped[Text3]
    state: Mapped[ShiftState] = mapped_column(Choice(ShiftState))
    version: Mapped[int] = mapped_column(default=1)
    cancelled_at: Mapped[datetime | None]


class Booking(Base):
    """A person on a shift. The operation key makes a retry the same booking.

    ``told`` says of a booking that somebody else released whether a message was left for her.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        Index(
            "uq_bookings_person_shift",
            "shift_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'booked'"),
            postgresql_where=text("state = 'booked'"),
        ),
        Index("ix_bookings_person", "person_id", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    state: Mapped[BookingState] = mapped_column(Choice(BookingState))
    operation_key: Mapped[str] = mapped_column(String(80), unique=True)
    channel: Mapped[Channel] = mapped_column(Choice(Channel))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    booked_at: Mapped[datetime]
    booked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    told: Mapped[bool | None]
