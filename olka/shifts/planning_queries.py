"""Named reads behind making, changing and showing a shift: the place's facts, who is booked, who could be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from olka.accounts.models import Person
from olka.accounts.people_queries import PersonRow, by_name, found_by, has_role, person_of, select_people
from olka.audit.models import AuditRow
from olka.core.errors import NotFound
from olka.core.permissions import Kind
from olka.db import db, fetch_all
from olka.shifts.models import Booking, Shift
from olka.shifts.planning_rules import ClosedStretch, PlaceFacts, Plan, StandingShift
from olka.shifts.queries import ShiftRecord, shifts_by_id
from olka.shifts.rules import BookingState, Channel, ShiftState
from olka.sites.models import Place, Site
from olka.sites.queries import closures_between
from olka.tasks.models import PlaceTask, Task

Scope = Collection[int] | None
CANDIDATES: int = 20


def place_facts(place_id: int, first: date, last: date) -> PlaceFacts:
    """Gathers what planning must know of a place for shifts from first to last day. Raises NotFound."""
    facts = facts_of_places([place_id], first, last).get(place_id)
    if facts is None:
        raise NotFound
    return facts


def facts_of_places(place_ids: Collection[int], first: date, last: date) -> dict[int, PlaceFacts]:
    """Gathers what planning must know of several places for shifts from first to last day, in four reads."""
    tasks: dict[int, list[tuple[int, date | None]]] = {place_id: [] for place_id in place_ids}
    for place_id, task_id, retired_on in fetch_all(
        select(PlaceTask.place_id, Task.id, Task.retired_on)
        .join(Task, Task.id == PlaceTask.task_id)
        .where(PlaceTask.place_id.in_(place_ids))
    ):
        tasks[place_id].append((task_id, retired_on))
    closures: dict[int, list[ClosedStretch]] = {place_id: [] for place_id in place_ids}
    for closed in closures_between(place_ids, first, last + timedelta(days=1)):
        closures[closed.place_id].append(ClosedStretch(closed.first_day, closed.last_day, closed.reason))
    standing: dict[int, list[StandingShift]] = {place_id: [] for place_id in place_ids}
    for place_id, *rest in fetch_all(
        select(Shift.place_id, Shift.id, Shift.task_id, Shift.day, Shift.start, Shift.end).where(
            Shift.place_id.in_(place_ids),
            Shift.day.between(first, last),
            Shift.state != ShiftState.CANCELLED,
        )
    ):
        standing[place_id].append(StandingShift(*rest))
    return {
        place_id: PlaceFacts(
            site_id,
            zone,
            retired_on is not None or site_retired_on is not None,
            opens_on,
            frozenset(task_id for task_id, gone in tasks[place_id] if gone is None),
            frozenset(task_id for task_id, gone in tasks[place_id] if gone is not None),
            closures[place_id],
            standing[place_id],
        )
        for place_id, site_id, zone, retired_on, site_retired_on, opens_on in fetch_all(
            select(
                *(Place.id, Place.site_id, Site.zone),
                *(Place.retired_on, Site.retired_on.label("site_retired_on"), Site.opens_on),
            )
            .join(Site, Site.id == Place.site_id)
            .where(Place.id.in_(place_ids))
        )
    }


def locked_drafts(place_ids: Collection[int], first: date, last: date) -> list[ShiftRecord]:
    """Locks the drafts at the places from first to last day, in the order of their ids, and reads them."""
    locked = db.session.scalars(
        select(Shift.id)
        .where(Shift.place_id.in_(place_ids), Shift.day.between(first, last), Shift.state == ShiftState.DRAFT)
        .order_by(Shift.id)
        .with_for_update(key_share=True)
    )
    return shifts_by_id(list(locked))


def just_made(person_id: int | None, plan: Plan, state: ShiftState, since: datetime) -> dict[date, int]:
    """Finds, by day, the shifts that the person has made to this very plan since then, and that stand as they were."""
    if person_id is None:
        return {}
    rows = fetch_all(
        select(Shift.day, Shift.id, Shift.note)
        .join(AuditRow, AuditRow.object_id == Shift.id)
        .where(
            *(AuditRow.object_kind == "shift", AuditRow.verb == "made"),
            *(AuditRow.actor_id == person_id, AuditRow.at > since),
            *(Shift.place_id == plan.place_id, Shift.task_id == plan.task_id),
            *(Shift.start == plan.start, Shift.end == plan.end, Shift.state == state),
            *(Shift.min_people == plan.min_people, Shift.max_people == plan.max_people),
        )
    )
    return {day: shift_id for day, shift_id, note in rows if note == plan.note}


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
    """Somebody on a shift, or who was when it was cancelled, with how her booking came.

    ``told`` says of a cancelled shift's whether a message was left for her.
    """

    person: PersonRow
    channel: Channel
    booked_by: str
    told: bool | None

    @property
    def is_by_phone(self) -> bool:
        """Whether a coordinator booked her on her behalf."""
        return self.channel is Channel.PHONE


def people_on(shift_id: int, cancelled_at: datetime | None = None) -> list[OnShift]:
    """Lists who is booked on a shift by name; for a cancelled one, whose bookings fell with it."""
    booker = aliased(Person)
    query = (
        select_people(Booking.channel, booker.called_name, booker.family_name, Booking.told)
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
        *_, channel, called, family, told = row
        found.append(OnShift(person_of(row), channel, f"{called} {family}".strip(), told))
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
