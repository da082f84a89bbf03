"""Named reads of the week board: the shifts of places between two days, and who is on them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, select

from olka.accounts.models import Person
from olka.core.wording import with_initial
from olka.db import db, fetch_all
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState, ShiftState


@dataclass(frozen=True, slots=True)
class BoardShift:
    """A shift, whatever its state, as the board shows it."""

    id: int
    place_id: int
    task_id: int
    day: date
    start: time
    end: time
    starts_at: datetime
    ends_at: datetime
    min_people: int
    max_people: int
    taken: int
    state: ShiftState


def shifts_between(place_ids: Collection[int], first: date, last: date) -> list[BoardShift]:
    """Lists the shifts of the places that begin on the days from first to last, by time; every state."""
    rows = fetch_all(
        select(
            Shift.id,
            Shift.place_id,
            Shift.task_id,
            Shift.day,
            Shift.start,
            Shift.end,
            Shift.starts_at,
            Shift.ends_at,
            Shift.min_people,
            Shift.max_people,
            Shift.taken,
            Shift.state,
        )
        .where(Shift.place_id.in_(place_ids), Shift.day.between(first, last))
        .order_by(Shift.starts_at, Shift.ends_at, Shift.id)
    )
    return [BoardShift(*row) for row in rows]


def names_between(place_ids: Collection[int], first: date, last: date) -> dict[int, list[str]]:
    """Lists, by shift, who is booked on the shifts of the places on those days: called name and initial."""
    found: dict[int, list[str]] = {}
    for shift_id, called, family in fetch_all(
        select(Booking.shift_id, Person.called_name, Person.family_name)
        .join(Shift, Shift.id == Booking.shift_id)
        .join(Person, Person.id == Booking.person_id)
        .where(
            Shift.place_id.in_(place_ids),
            Shift.day.between(first, last),
            Booking.state == BookingState.BOOKED,
        )
        .order_by(Person.called_name, Person.family_name, Person.id)
    ):
        found.setdefault(shift_id, []).append(with_initial(called, family))
    return found


def number_of_drafts(place_ids: Collection[int], first: date, last: date) -> int:
    """Counts the drafts at the places on the days from first to last."""
    return (
        db.session.scalar(
            select(func.count(Shift.id)).where(
                Shift.place_id.in_(place_ids),
                Shift.day.between(first, last),
                Shift.state == ShiftState.DRAFT,
            )
        )
        or 0
    )
