"""Closing days and taking a place, a site or a task out of use: never over the head of someone who is booked.

Each verb first locks the coming shifts that it touches, then what it closes, then the shifts that were made
meanwhile. Booking locks its shift too, so it has either been seen here or finds the shift a draft. Whoever
makes, moves or publishes a shift calls ``hold_places_and_tasks`` before reading closures and what is in use, so
that what is read stands until the commit.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update

from olka.accounts.models import Person
from olka.audit.service import record
from olka.core import clock
from olka.core.errors import NotFound, Refused
from olka.core.permissions import Actor
from olka.core.spans import LocalSpan
from olka.core.texts import Text3
from olka.core.wording import with_initial
from olka.db import db, fetch_all, lock_row
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState, ShiftState
from olka.shifts.standing_rules import ComingShift
from olka.sites import queries as site_queries
from olka.sites import service as site_service
from olka.sites.models import Place, Site
from olka.sites.rules import obstacle_to_closure
from olka.tasks import queries as task_queries
from olka.tasks import service as task_service
from olka.tasks.models import Task


@dataclass(frozen=True, slots=True)
class ComingBookings:
    """People are booked on shifts: cancel those ``ahead`` or take the people off them, wait for those ``under_way``."""

    ahead: tuple[ComingShift, ...]
    under_way: tuple[ComingShift, ...] = ()

    @property
    def shifts(self) -> tuple[ComingShift, ...]:
        """All of them, by time."""
        return self.under_way + self.ahead


@dataclass(frozen=True, slots=True)
class HitShifts:
    """Coming shifts whose hours another zone would shift, or which are before the day on which the site opens."""

    shifts: tuple[ComingShift, ...]


@dataclass(frozen=True, slots=True)
class _Touched:
    id: int
    place_id: int
    task_id: int
    when: LocalSpan
    state: ShiftState
    starts_at: datetime


def hold_places_and_tasks(place_ids: Collection[int], task_ids: Collection[int]) -> None:
    """Keeps anyone from closing the places or retiring the tasks until the transaction ends. Raises NotFound.

    Take it after the locks of people and shifts, before reading closures, tasks of the place, what is in use.
    """
    rows: list[tuple[Any, int]] = [(Place, key) for key in sorted(set(place_ids))]
    rows += [(Task, key) for key in sorted(set(task_ids))]
    if not all(lock_row(model, key) for model, key in rows):
        raise NotFound


def close_place(actor: Actor, place_id: int, *, first_day: date, last_day: date, reason: Text3) -> int:
    """Closes a place from the first day to the last; tells how many unbooked shifts became drafts.

    Raises Refused with ComingBookings or WrongDays, NotFound.
    """
    place = site_queries.get_place(place_id)
    _check_days(first_day, last_day, place.zone)
    drafts = _clear(actor, Shift.place_id == place_id, [(Place, place_id)], (first_day, last_day))
    site_service.add_closure(actor, place.site_id, place_id, first_day=first_day, last_day=last_day, reason=reason)
    return drafts


def close_site(actor: Actor, site_id: int, *, first_day: date, last_day: date, reason: Text3) -> int:
    """Closes a whole site from the first day to the last; tells how many unbooked shifts became drafts.

    Raises Refused with ComingBookings or WrongDays, NotFound.
    """
    _check_days(first_day, last_day, site_queries.get_site(site_id).zone)
    drafts = _clear(actor, _at_site(site_id), [(Site, site_id)], (first_day, last_day))
    site_service.add_closure(actor, site_id, None, first_day=first_day, last_day=last_day, reason=reason)
    return drafts


def retire_place(actor: Actor, place_id: int) -> int:
    """Takes a place out of use; tells how many unbooked shifts became drafts.

    Raises Refused with ComingBookings, NotFound.
    """
    place = site_queries.get_place(place_id)
    drafts = _clear(actor, Shift.place_id == place_id, [(Place, place_id)])
    site_service.put_out_of_use(actor, Place, place_id, clock.today(place.zone))
    return drafts


def retire_site(actor: Actor, site_id: int) -> int:
    """Takes a site and all its places out of use; tells how many unbooked shifts became drafts.

    Raises Refused with ComingBookings, NotFound.
    """
    site = site_queries.get_site(site_id)
    drafts = _clear(actor, _at_site(site_id), [(Site, site_id)])
    site_service.put_out_of_use(actor, Site, site_id, clock.today(site.zone))
    return drafts


def retire_task(actor: Actor, task_id: int, today: date) -> int:
    """Takes a task out of use everywhere; tells how many unbooked shifts became drafts.

    Raises Refused with ComingBookings, NotFound.
    """
    drafts = _clear(actor, Shift.task_id == task_id, [(Task, task_id)])
    task_service.put_out_of_use(actor, task_id, today)
    return drafts


def change_site(actor: Actor, site_id: int, version: int, facts: site_service.SiteFacts) -> None:
    """Changes a site. Another zone waits for every coming shift, a later opening day for those published before it.

    Raises Refused with HitShifts or for a succession that can't be, Conflict, NotFound.
    """
    site = site_queries.get_site(site_id)
    opened, opens = (row.opens_on or date.min for row in (site, facts))
    if facts.zone != site.zone or opens > opened:
        hit = [
            shift
            for shift in _hold(_at_site(site_id), [(Site, site_id)])
            if facts.zone != site.zone or (shift.state is ShiftState.PUBLISHED and opened <= shift.when.day < opens)
        ]
        if hit:
            raise Refused(HitShifts(_described(hit, _names_on([shift.id for shift in hit]))))
    site_service.change_site(actor, site_id, version, facts)


def set_tasks_of_place(actor: Actor, place_id: int, version: int, task_ids: Collection[int]) -> int:
    """Sets what is done at a place; tells how many unbooked shifts of tasks taken away became drafts.

    Raises Refused with ComingBookings, Conflict, NotFound.
    """
    gone = set(task_queries.tasks_at(place_id)) - set(task_ids)
    drafts = 0
    if gone:
        touched = (Shift.place_id == place_id) & Shift.task_id.in_(gone)
        drafts = _clear(actor, touched, [(Place, place_id)])
    task_service.put_tasks_of_place(actor, place_id, version, task_ids)
    return drafts


def _check_days(first_day: date, last_day: date, zone: str) -> None:
    if obstacle := obstacle_to_closure(first_day, last_day, clock.today(zone)):
        raise Refused(obstacle)


def _at_site(site_id: int) -> ColumnElement[bool]:
    return Shift.place_id.in_(select(Place.id).where(Place.site_id == site_id))


def _clear(
    actor: Actor,
    touched: ColumnElement[bool],
    holds: list[tuple[Any, int]],
    days: tuple[date, date] | None = None,
) -> int:
    """Makes sure that nobody is booked on the touched coming shifts, and turns the published ones into drafts."""
    shifts = _hold(touched, holds, days)
    names = _names_on([shift.id for shift in shifts])
    if names:
        booked, now = [shift for shift in shifts if shift.id in names], clock.now()
        raise Refused(
            ComingBookings(
                _described([shift for shift in booked if shift.starts_at > now], names),
                _described([shift for shift in booked if shift.starts_at <= now], names),
            )
        )
    published = [shift.id for shift in shifts if shift.state is ShiftState.PUBLISHED]
    db.session.execute(
        update(Shift)
        .where(Shift.id.in_(published))
        .values(state=ShiftState.DRAFT, version=Shift.version + 1)
        .execution_options(synchronize_session=False)
    )
    for shift_id in published:
        record(actor, "withdrawn", "shift", shift_id)
    return len(published)


def _hold(
    touched: ColumnElement[bool], holds: list[tuple[Any, int]], days: tuple[date, date] | None = None
) -> list[_Touched]:
    """Locks the touched coming shifts and what is held, and reads the shifts."""
    _lock_coming(touched, days)
    for model, key in holds:
        if not lock_row(model, key):
            raise NotFound
        if model is Site:
            places = select(Place.id).where(Place.site_id == key).order_by(Place.id)
            db.session.execute(places.with_for_update(key_share=True)).all()
    return _lock_coming(touched, days)  # those made while we waited for what is held, too


def _lock_coming(touched: ColumnElement[bool], days: tuple[date, date] | None) -> list[_Touched]:
    query = (
        select(
            *(Shift.id, Shift.place_id, Shift.task_id, Shift.state, Shift.starts_at),
            *(Shift.day, Shift.start, Shift.end, Site.zone),
        )
        .join(Place, Place.id == Shift.place_id)
        .join(Site, Site.id == Place.site_id)
        .where(touched, Shift.ends_at > clock.now(), Shift.state != ShiftState.CANCELLED)
        .order_by(Shift.id)
        .with_for_update(key_share=True, of=Shift)
    )
    if days is not None:  # a shift of the day before may reach over midnight
        query = query.where(Shift.day.between(days[0] - timedelta(days=1), days[1]))
    shifts = [
        _Touched(shift_id, place_id, task_id, LocalSpan(*when), state, starts_at)
        for shift_id, place_id, task_id, state, starts_at, *when in fetch_all(query)
    ]
    if days is None:
        return shifts
    return [shift for shift in shifts if any(days[0] <= day <= days[1] for day in shift.when.days)]


def _names_on(shift_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for shift_id, called, family in fetch_all(
        select(Booking.shift_id, Person.called_name, Person.family_name)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.shift_id.in_(shift_ids), Booking.state == BookingState.BOOKED)
        .order_by(Person.called_name, Person.id)
    ):
        found.setdefault(shift_id, []).append(with_initial(called, family))
    return found


def _described(shifts: list[_Touched], names: dict[int, list[str]]) -> tuple[ComingShift, ...]:
    places = {place.id: place for place in site_queries.places_of(None, retired=True)}
    tasks = task_queries.all_tasks()
    return tuple(
        ComingShift(
            shift.id,
            places[shift.place_id].site_id,
            shift.task_id,
            shift.when,
            places[shift.place_id].name,
            places[shift.place_id].site_name,
            tasks[shift.task_id].name,
            tuple(names.get(shift.id, ())),
        )
        for shift in sorted(shifts, key=lambda s: (s.starts_at, s.id))
    )
