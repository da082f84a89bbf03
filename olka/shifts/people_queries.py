"""Named reads of a coordinator's people: whoever has a role at her sites, and whoever is booked there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, exists, func, literal, or_, select

from olka.accounts.models import Person
from olka.accounts.people_queries import (
    PAGE,
    PersonRow,
    by_name,
    found_by,
    has_role,
    person_of,
    person_rows,
    select_people,
)
from olka.core.permissions import Kind
from olka.core.spans import LocalSpan
from olka.db import db
from olka.eligibility.models import Acceptance
from olka.shifts.models import Booking, Shift
from olka.shifts.queries import LONGEST
from olka.shifts.rules import BookingState
from olka.shifts.standing_rules import ComingShift
from olka.sites.models import Place, Site
from olka.tasks.models import PlaceTask, Task
from olka.volunteers.models import Volunteer
from olka.volunteers.rules import Standing


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What the list is narrowed to; None leaves a thing open."""

    search: str = ""
    site_id: int | None = None
    kind: Kind | None = None
    task_id: int | None = None
    standing: Standing | None = None

    def __bool__(self) -> bool:
        return self != PeopleFilter()


@dataclass(frozen=True, slots=True)
class Listed:
    """A person of the list, with her standing where she is a volunteer."""

    person: PersonRow
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class PeopleListed:
    """A page of the list, and how many there are in all."""

    people: list[Listed]
    total: int
    page: int

    @property
    def has_next(self) -> bool:
        """Whether another page follows."""
        return self.page * PAGE < self.total


@dataclass(frozen=True, slots=True)
class InScope:
    """A person whom a coordinator may see; ``belongs``: she has a role at the coordinator's sites now or later."""

    person: PersonRow
    standing: Standing | None
    since: date | None
    belongs: bool


def _booked_at(now: datetime, site_ids: Collection[int]) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Booking.person_id == Person.id,
            Booking.state == BookingState.BOOKED,
            Booking.starts_at > now - LONGEST,
            Booking.ends_at > now,
            Shift.id == Booking.shift_id,
            Place.id == Shift.place_id,
            Place.site_id.in_(site_ids),
        )
        .correlate(Person)
    )


def _of_sites(site_ids: Collection[int], today: date, now: datetime) -> ColumnElement[bool]:
    return or_(has_role(today, site_ids=site_ids), _booked_at(now, site_ids))


def people_of(
    scope: frozenset[int] | None, wish: PeopleFilter, *, today: date, now: datetime, page: int = 1
) -> PeopleListed:
    """Lists a page of the people of the sites in ``scope`` (None: everybody) by name."""
    query = (
        select_people(Volunteer.standing, func.count().over())
        .outerjoin(Volunteer, Volunteer.person_id == Person.id)
        .where(*found_by(wish.search))
    )
    if scope is not None:
        query = query.where(_of_sites(scope, today, now))
    query = _narrowed(query, scope, wish, today, now)
    query = query.order_by(*by_name()).limit(PAGE).offset((page - 1) * PAGE)
    rows = db.session.execute(query).all()
    return PeopleListed([Listed(person_of(row), row[-2]) for row in rows], rows[0][-1] if rows else 0, page)


def _narrowed(
    query: Select[Any], scope: frozenset[int] | None, wish: PeopleFilter, today: date, now: datetime
) -> Select[Any]:
    sites = scope if wish.site_id is None else frozenset({wish.site_id})
    if wish.kind is not None:
        query = query.where(has_role(today, kind=wish.kind, site_ids=sites))
    elif wish.site_id is not None and sites is not None:
        query = query.where(_of_sites(sites, today, now))
    if wish.task_id is not None:
        query = query.where(
            exists()
            .where(
                Acceptance.person_id == Person.id,
                Acceptance.task_id == wish.task_id,
                Acceptance.revoked_on.is_(None),
            )
            .correlate(Person)
        )
    if wish.standing is not None:
        query = query.where(Volunteer.standing == wish.standing)
    return query


def find_in_scope(scope: frozenset[int] | None, person_id: int, *, today: date, now: datetime) -> InScope | None:
    """Finds a person whom a coordinator of the sites may see; None for anybody else."""
    belongs = literal(value=True) if scope is None else has_role(today, site_ids=scope)
    query = select_people(Volunteer.standing, Volunteer.since, belongs).outerjoin(
        Volunteer, Volunteer.person_id == Person.id
    )
    query = query.where(Person.id == person_id)
    if scope is not None:
        query = query.where(_of_sites(scope, today, now))
    row = db.session.execute(query).first()
    return None if row is None else InScope(person_of(row), row[-3], row[-2], bool(row[-1]))


def within_scope(
    scope: frozenset[int] | None, person_ids: Collection[int], *, today: date, now: datetime
) -> list[PersonRow]:
    """Lists those of the people whom a coordinator of the sites may see."""
    query = select_people().where(Person.id.in_(person_ids)).order_by(*by_name())
    return person_rows(query if scope is None else query.where(_of_sites(scope, today, now)))


def tasks_done_at(scope: frozenset[int] | None) -> frozenset[int]:
    """Tells which tasks in use are done at places in use of the sites (None: all, done anywhere or not)."""
    query = select(Task.id).where(Task.retired_on.is_(None))
    if scope is not None:
        query = (
            query.join(PlaceTask, PlaceTask.task_id == Task.id)
            .join(Place, Place.id == PlaceTask.place_id)
            .where(Place.site_id.in_(scope), Place.retired_on.is_(None))
        )
    return frozenset(db.session.scalars(query))


# ---------------------------------------------------------------- her shifts

_COMING: Final[tuple[Any, ...]] = (
    Shift.id,
    Place.site_id,
    Shift.task_id,
    Shift.day,
    Shift.start,
    Shift.end,
    Site.zone,
    Place.name,
    Site.name.label("site_name"),
    Task.name.label("task_name"),
)


def _select_coming(now: datetime, *more: Any) -> Select[Any]:
    return (
        select(*_COMING, *more)
        .select_from(Booking)
        .join(Shift, Shift.id == Booking.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .join(Site, Site.id == Place.site_id)
        .join(Task, Task.id == Shift.task_id)
        .where(Booking.state == BookingState.BOOKED, Booking.starts_at > now - LONGEST, Booking.ends_at > now)
    )


def _coming(row: Row[Any] | tuple[Any, ...]) -> ComingShift:
    shift_id, site_id, task_id, day, start, end, zone, place, site, task = row[:10]
    return ComingShift(shift_id, site_id, task_id, LocalSpan(day, start, end, zone), place, site, task)


def coming_shifts(person_id: int, now: datetime) -> list[ComingShift]:
    """Lists the shifts on which a person is booked and that aren't over, at every site, the next one first."""
    query = _select_coming(now).where(Booking.person_id == person_id)
    return [_coming(row) for row in db.session.execute(query.order_by(Booking.starts_at, Booking.id))]


def next_shifts_of(person_ids: Collection[int], now: datetime) -> dict[int, ComingShift]:
    """Tells each person's next shift; someone without one isn't there."""
    turn = (
        func.row_number().over(partition_by=Booking.person_id, order_by=(Booking.starts_at, Booking.id)).label("turn")
    )
    mine = (
        select(Booking.id, turn)
        .where(
            Booking.person_id.in_(person_ids),
            Booking.state == BookingState.BOOKED,
            Booking.starts_at > now - LONGEST,
            Booking.ends_at > now,
        )
        .subquery()
    )
    query = _select_coming(now, Booking.person_id).join(mine, mine.c.id == Booking.id)
    return {row[-1]: _coming(row) for row in db.session.execute(query.where(mine.c.turn == 1))}


def count_past_shifts(person_id: int, now: datetime) -> int:
    """Counts the shifts that a person has been booked on and that are over."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Booking.person_id == person_id,
                Booking.state == BookingState.BOOKED,
                Booking.ends_at <= now,
            )
        )
        or 0
    )
