"""Named reads behind making, changing and showing a shift: the place's facts, who is booked, who could be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from olka.accounts.models import Person
from olka.accounts.people_queries import PersonRow, by_name, found_by, has_role, person_of, select_people
from olka.core.errors import NotFound
from olka.core.permissions import Kind
from olka.core.spans import LocalSpan, Span
from olka.db import db, fetch_all
from olka.shifts.models import Booking, Shift
from olka.shifts.planning_rules import ClosedStretch, PlaceFacts, StandingShift
from olka.shifts.rules import BookingState, Channel, ShiftFacts, ShiftState
from olka.sites.models import Place, Site
from olka.sites.queries import closures_between, get_place
from olka.tasks.models import PlaceTask, Task

Scope = Collection[int] | None
CANDIDATES: int = 20


@dataclass(frozen=True, slots=True)
class Glance:
    """Where a shift is: what must be known before its rows are locked."""

    site_id: int
    zone: str


def get_glance(shift_id: int, scope: Scope) -> Glance:
    """Reads where a shift is. Raises NotFound, also outside the sites of the scope."""
    query = (
        select(Place.site_id, Site.zone)
        .join(Site, Site.id == Place.site_id)
        .join(Shift, Shift.place_id == Place.id)
        .where(Shift.id == shift_id)
    )
    if scope is not None:
        query = query.where(Place.site_id.in_(scope))
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return Glance(*row)


def place_facts(place_id: int, scope: Scope, first: date, last: date) -> PlaceFacts:
    """Gathers what planning must know of a place for shifts from first to last day.

    Raises NotFound, also outside the sites of the scope.
    """
    place = get_place(place_id)
    if scope is not None and place.site_id not in scope:
        raise NotFound
    after = last + timedelta(days=1)
    tasks = fetch_all(
        select(Task.id, Task.retired_on)
        .join(PlaceTask, PlaceTask.task_id == Task.id)
        .where(PlaceTask.place_id == place_id)
    )
    return PlaceFacts(
        place.site_id,
        place.zone,
        place.retired_on is not None or place.site_retired_on is not None,
        place.opens_on,
        frozenset(task_id for task_id, retired_on in tasks if retired_on is None),
        frozenset(task_id for task_id, retired_on in tasks if retired_on is not None),
        closed_stretches(place_id, first, after),
        [
            StandingShift(*row)
            for row in fetch_all(
                select(Shift.id, Shift.task_id, Shift.day, Shift.start, Shift.end).where(
                    Shift.place_id == place_id,
                    Shift.day.between(first, last),
                    Shift.state != ShiftState.CANCELLED,
                )
            )
        ],
    )


def closed_stretches(place_id: int, first: date, last: date) -> list[ClosedStretch]:
    """Lists what closes the place, or its whole site, on any day from first to last."""
    return [
        ClosedStretch(closed.first_day, closed.last_day, closed.reason)
        for closed in closures_between([place_id], first, last)
    ]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, locked to be published."""

    place_id: int
    facts: ShiftFacts
    when: LocalSpan


def locked_drafts(place_ids: Collection[int], first: date, last: date) -> list[Draft]:
    """Locks the drafts at the places from first to last day, in the order of their ids, and reads them."""
    rows = fetch_all(
        select(
            *(Shift.place_id, Shift.id, Place.site_id, Shift.task_id, Shift.day, Shift.start, Shift.end, Site.zone),
            *(Shift.starts_at, Shift.ends_at, Shift.state, Shift.taken, Shift.max_people),
        )
        .join(Place, Place.id == Shift.place_id)
        .join(Site, Site.id == Place.site_id)
        .where(Shift.place_id.in_(place_ids), Shift.day.between(first, last), Shift.state == ShiftState.DRAFT)
        .order_by(Shift.id)
        .with_for_update(of=Shift)
    )
    return [
        Draft(
            row.place_id,
            ShiftFacts(
                row.id,
                row.site_id,
                row.task_id,
                row.day,
                Span(row.starts_at, row.ends_at),
                row.state,
                row.taken,
                row.max_people,
            ),
            LocalSpan(row.day, row.start, row.end, row.zone),
        )
        for row in rows
    ]


def ids_booked(shift_id: int) -> list[int]:
    """Lists who is booked on a shift, by the people's ids in their order."""
    return list(
        db.session.scalars(
            select(Booking.person_id)
            .where(Booking.shift_id == shift_id, Booking.state == BookingState.BOOKED)
            .order_by(Booking.person_id)
        )
    )


def find_cancelled_at(shift_id: int) -> datetime | None:
    """Finds when a shift was cancelled; None for one that stands."""
    return db.session.scalar(select(Shift.cancelled_at).where(Shift.id == shift_id))


def has_any_booking(shift_id: int) -> bool:
    """Tells whether anybody has ever been booked on the shift."""
    return db.session.execute(select(Booking.id).where(Booking.shift_id == shift_id).limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class OnShift:
    """Somebody on a shift, or who was when it was cancelled, with how her booking came."""

    person: PersonRow
    channel: Channel
    booked_by: str

    @property
    def is_by_phone(self) -> bool:
        """Whether a coordinator booked her on her behalf."""
        return self.channel is Channel.PHONE


def people_on(shift_id: int, cancelled_at: datetime | None = None) -> list[OnShift]:
    """Lists who is booked on a shift by name; for a cancelled one, whose bookings fell with it."""
    booker = aliased(Person)
    query = (
        select_people(Booking.channel, booker.called_name, booker.family_name)
        .join(Booking, Booking.person_id == Person.id)
        .join(booker, booker.id == Booking.booked_by_id)
        .where(Booking.shift_id == shift_id)
        .order_by(*by_name())
    )
    if cancelled_at is None:
        query = query.where(Booking.state == BookingState.BOOKED)
    else:
        query = query.where(Booking.state == BookingState.RELEASED, Booking.released_at == cancelled_at)
    found = []
    for row in fetch_all(query):
        *_, channel, called, family = row
        found.append(OnShift(person_of(row), channel, f"{called} {family}".strip()))
    return found


def volunteers_found(scope: Scope, search: str, today: date) -> list[PersonRow]:
    """Lists the first 20 volunteers of the sites whom a search finds, by name."""
    query = (
        select_people()
        .where(
            Person.disabled_at.is_(None),
            has_role(today, kind=Kind.VOLUNTEER, site_ids=scope),
            *found_by(search),
        )
        .order_by(*by_name())
        .limit(CANDIDATES)
    )
    return [person_of(row) for row in fetch_all(query)]


def is_volunteer_of(person_id: int, scope: Scope, today: date) -> bool:
    """Tells whether a person is a volunteer of one of the sites, now or soon."""
    query = select(Person.id).where(
        Person.id == person_id,
        Person.disabled_at.is_(None),
        has_role(today, kind=Kind.VOLUNTEER, site_ids=scope),
    )
    return db.session.execute(query).first() is not None
