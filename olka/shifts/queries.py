"""Named reads of shifts and bookings, for the volunteer's pages and for the booking's facts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Executable, bindparam, select

from olka.accounts.models import Person
from olka.core.errors import NotFound
from olka.core.spans import LocalSpan, Span
from olka.core.texts import Text3
from olka.db import Instant, db, fetch_all
from olka.eligibility.queries import tasks_accepted_of
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState, Hold, OwnShift, PersonFacts, ShiftFacts, ShiftState
from olka.sites.models import Place, Site
from olka.volunteers.queries import memberships_of

PAGE: int = 50


class PartOfDay(StrEnum):
    """Where in the day a shift starts: before noon, before four, or later."""

    MORNING = "aamupaiva"
    AFTERNOON = "iltapaiva"
    EVENING = "ilta"


_STARTS = {
    PartOfDay.MORNING: (time(0), time(12)),
    PartOfDay.AFTERNOON: (time(12), time(16)),
    PartOfDay.EVENING: (time(16), time(23, 59, 59)),
}


@dataclass(frozen=True, slots=True)
class ShiftFilter:
    """What a volunteer has asked the list for; None leaves a thing open."""

    place_id: int | None = None
    task_id: int | None = None
    weekday: int | None = None
    part: PartOfDay | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class OpenShift:
    """A published coming shift, as the volunteer's list shows it."""

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

    def facts_at(self, site_id: int) -> ShiftFacts:
        """Gives what the rule must know of it, at the site of its place."""
        return ShiftFacts(
            self.id,
            site_id,
            self.task_id,
            self.day,
            Span(self.starts_at, self.ends_at),
            ShiftState.PUBLISHED,
            self.taken,
            self.max_people,
        )


# Hot reads are built once and on the tables themselves: building one costs as much as running it.
_SHIFTS = Shift.__table__
_OPEN = select(*(_SHIFTS.c[name] for name in OpenShift.__slots__)).order_by(_SHIFTS.c.starts_at, _SHIFTS.c.id)


def open_shifts(
    place_ids: Collection[int], wish: ShiftFilter, now: datetime, page: int
) -> tuple[list[OpenShift], bool]:
    """Lists a page of the published shifts that have not begun, by time; tells whether more follow."""
    query = _OPEN.where(_SHIFTS.c.starts_at > now, _SHIFTS.c.state == ShiftState.PUBLISHED).limit(PAGE + 1)
    if page > 1:
        query = query.offset((page - 1) * PAGE)
    if wish.place_id is None:
        # The sum keeps the planner off the places' index: it would read and sort all that is coming, and not
        # just the first page's rows, in order.
        query = query.where((_SHIFTS.c.place_id + 0).in_(place_ids))
    elif wish.place_id in place_ids:
        query = query.where(_SHIFTS.c.place_id == wish.place_id, _SHIFTS.c.day >= now.date() - timedelta(days=1))
    else:
        return [], False
    if wish.task_id is not None:
        query = query.where(_SHIFTS.c.task_id == wish.task_id)
    if wish.weekday is not None:
        query = query.where(_SHIFTS.c.weekday == wish.weekday)
    if wish.day is not None:
        query = query.where(_SHIFTS.c.day == wish.day)
    if wish.part is not None:
        first, last = _STARTS[wish.part]
        query = query.where(_SHIFTS.c.start >= first, _SHIFTS.c.start < last)
    rows = [OpenShift(*row) for row in db.session.execute(query)]
    return rows[:PAGE], len(rows) > PAGE


# No shift is longer than a day, so one that is still on can't have begun before this: history isn't read.
LONGEST = timedelta(hours=25)
_BOOKINGS, _PLACES, _SITES = Booking.__table__, Place.__table__, Site.__table__
_OWN_BETWEEN = (
    select(
        _BOOKINGS.c.person_id,
        _BOOKINGS.c.shift_id,
        _BOOKINGS.c.starts_at,
        _BOOKINGS.c.ends_at,
        _SHIFTS.c.day,
        _SHIFTS.c.start,
        _SHIFTS.c.end,
        _PLACES.c.name,
        _SITES.c.zone,
    )
    .join_from(_BOOKINGS, _SHIFTS, _SHIFTS.c.id == _BOOKINGS.c.shift_id)
    .join(_PLACES, _PLACES.c.id == _SHIFTS.c.place_id)
    .join(_SITES, _SITES.c.id == _PLACES.c.site_id)
    .where(
        _BOOKINGS.c.person_id.in_(bindparam("person_ids", expanding=True)),
        _BOOKINGS.c.state == BookingState.BOOKED,
        _BOOKINGS.c.starts_at > bindparam("earliest", type_=Instant),
        _BOOKINGS.c.starts_at < bindparam("last", type_=Instant),
        _BOOKINGS.c.ends_at > bindparam("first", type_=Instant),
    )
)


def own_shifts_between(person_ids: Collection[int], first: datetime, last: datetime) -> dict[int, list[OwnShift]]:
    """Lists, by person, the shifts on which she is booked and which touch the stretch between two instants."""
    found: dict[int, list[OwnShift]] = {person_id: [] for person_id in person_ids}
    for person_id, shift_id, starts, ends, day, start, end, name, zone in db.session.execute(
        _OWN_BETWEEN,
        {"person_ids": list(person_ids), "earliest": first - LONGEST, "first": first, "last": last},
    ):
        found[person_id].append(OwnShift(shift_id, Span(starts, ends), LocalSpan(day, start, end, zone), name))
    return found


def people_facts(person_ids: Collection[int], spans: Sequence[Span]) -> dict[int, PersonFacts]:
    """Gathers for several people what the rule must know of them for shifts within the spans, in three reads."""
    members = memberships_of(person_ids)
    accepted = tasks_accepted_of(person_ids)
    own = own_shifts_between(person_ids, min(span.starts_at for span in spans), max(span.ends_at for span in spans))
    return {
        person_id: PersonFacts(
            members[person_id].standing, accepted[person_id], own[person_id], members[person_id].roles
        )
        for person_id in person_ids
    }


def person_facts(person_id: int, span: Span) -> PersonFacts:
    """Gathers what the rule must know of a person for shifts within the span."""
    return people_facts([person_id], [span])[person_id]


@dataclass(frozen=True, slots=True)
class ShiftRecord:
    """A shift with where it is and what its site has set."""

    facts: ShiftFacts
    when: LocalSpan
    place_id: int
    site_id: int
    min_people: int
    note: Text3
    version: int
    place_name: Text3
    site_name: Text3
    cancel_hours: int
    undo_minutes: int

    def held_since(self, booked_at: datetime) -> Hold:
        """Gives the terms of a place on it that was booked then."""
        return Hold(self.facts.span.starts_at, booked_at, self.cancel_hours, self.undo_minutes, self.when.zone)


_SHIFT = (
    select(Shift, Place.site_id, Place.name, Site.name, Site.zone, Site.cancel_hours, Site.undo_minutes)
    .join(Place, Place.id == Shift.place_id)
    .join(Site, Site.id == Place.site_id)
    # What the transaction read before it had the row's lock may be old news.
    .execution_options(populate_existing=True)
)


def get_shift(shift_id: int) -> ShiftRecord:
    """Reads one shift. Raises NotFound."""
    row = db.session.execute(_SHIFT.where(Shift.id == shift_id)).first()
    if row is None:
        raise NotFound
    return _record(row)


def shifts_by_id(shift_ids: Collection[int]) -> list[ShiftRecord]:
    """Reads several shifts, in the order of their ids."""
    return [_record(row) for row in fetch_all(_SHIFT.where(Shift.id.in_(shift_ids)).order_by(Shift.id))]


def _record(row: Any) -> ShiftRecord:
    shift, site_id, place_name, site_name, zone, cancel_hours, undo_minutes = row
    return ShiftRecord(
        ShiftFacts(
            shift.id,
            site_id,
            shift.task_id,
            shift.day,
            Span(shift.starts_at, shift.ends_at),
            shift.state,
            shift.taken,
            shift.max_people,
        ),
        LocalSpan(shift.day, shift.start, shift.end, zone),
        shift.place_id,
        site_id,
        shift.min_people,
        shift.note,
        shift.version,
        place_name,
        site_name,
        cancel_hours,
        undo_minutes,
    )


@dataclass(frozen=True, slots=True)
class BookingRecord:
    """A booking as it stands."""

    id: int
    shift_id: int
    person_id: int
    state: BookingState
    booked_at: datetime


_BOOKING = select(Booking.id, Booking.shift_id, Booking.person_id, Booking.state, Booking.booked_at)


def find_booking_by_key(operation_key: str) -> BookingRecord | None:
    """Finds the booking that an operation made, released or not."""
    return _find_booking(_BOOKING.where(Booking.operation_key == operation_key))


def find_booking(shift_id: int, person_id: int) -> BookingRecord | None:
    """Finds the booking that holds the person's place on the shift."""
    return _find_booking(
        _BOOKING.where(
            Booking.shift_id == shift_id,
            Booking.person_id == person_id,
            Booking.state == BookingState.BOOKED,
        )
    )


def find_last_booking(shift_id: int, person_id: int) -> BookingRecord | None:
    """Finds the booking that holds the person's place on the shift, or else her last one that was released."""
    return _find_booking(
        _BOOKING.where(Booking.shift_id == shift_id, Booking.person_id == person_id)
        .order_by((Booking.state == BookingState.BOOKED).desc(), Booking.id.desc())
        .limit(1)
    )


def _find_booking(query: Executable) -> BookingRecord | None:
    row = db.session.execute(query).first()
    return BookingRecord(*row) if row else None


@dataclass(frozen=True, slots=True)
class OwnBooking:
    """One of a person's own shifts, as her page shows it."""

    shift_id: int
    place_id: int
    task_id: int
    when: LocalSpan
    starts_at: datetime
    booked_at: datetime
    note: Text3


_OWN = (
    select(
        Shift.id,
        Shift.place_id,
        Shift.task_id,
        Shift.day,
        Shift.start,
        Shift.end,
        Site.zone,
        Booking.starts_at,
        Booking.booked_at,
        Shift.note,
    )
    .join(Shift, Shift.id == Booking.shift_id)
    .join(Place, Place.id == Shift.place_id)
    .join(Site, Site.id == Place.site_id)
    .where(Booking.state == BookingState.BOOKED)
)


def _own(query: Executable) -> list[OwnBooking]:
    rows = fetch_all(query)
    return [
        OwnBooking(shift_id, place_id, task_id, LocalSpan(day, start, end, zone), starts_at, booked_at, note)
        for shift_id, place_id, task_id, day, start, end, zone, starts_at, booked_at, note in rows
    ]


def coming_bookings(person_id: int, now: datetime) -> list[OwnBooking]:
    """Lists a person's own shifts that are not over, the next one first."""
    query = _OWN.where(
        Booking.person_id == person_id, Booking.starts_at > now - LONGEST, Booking.ends_at > now
    ).order_by(Booking.starts_at)
    return _own(query)


def past_bookings(person_id: int, now: datetime, page: int, size: int = 20) -> tuple[list[OwnBooking], bool]:
    """Lists a page of a person's shifts that are over, the latest first; tells whether more follow."""
    query = (
        _OWN.where(Booking.person_id == person_id, Booking.starts_at < now, Booking.ends_at <= now)
        .order_by(Booking.starts_at.desc())
        .limit(size + 1)
        .offset((page - 1) * size)
    )
    rows = _own(query)
    return rows[:size], len(rows) > size


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody else on the same shift, with what she lets others see."""

    called_name: str
    family_name: str
    phone: str | None
    shows_name: bool
    shows_phone: bool


def companions_on(shift_ids: Collection[int], person_id: int) -> dict[int, list[Companion]]:
    """Lists, by shift, who else is booked on the shifts."""
    rows = fetch_all(
        select(
            Booking.shift_id,
            Person.called_name,
            Person.family_name,
            Person.phone,
            Person.shows_name,
            Person.shows_phone,
        )
        .join(Person, Person.id == Booking.person_id)
        .where(
            Booking.shift_id.in_(shift_ids),
            Booking.state == BookingState.BOOKED,
            Booking.person_id != person_id,
        )
        .order_by(Person.called_name)
    )
    found: dict[int, list[Companion]] = {}
    for shift_id, *rest in rows:
        found.setdefault(shift_id, []).append(Companion(*rest))
    return found
