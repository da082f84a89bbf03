"""The coordinator's verbs on shifts: make, publish, change, cancel, and book or remove on somebody's behalf."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update

from olka.accounts.models import Person
from olka.accounts.people_queries import PersonRow
from olka.audit.service import record
from olka.core import clock
from olka.core.errors import Conflict, NotFound, Refused
from olka.core.permissions import Actor, Permission, sites_where
from olka.db import change_row, db, lock_row
from olka.notifications.service import tell
from olka.shifts import messages, planning_queries, planning_rules, queries, rules, service
from olka.shifts.closing import hold_places_and_tasks
from olka.shifts.models import Booking, Shift
from olka.shifts.planning_queries import OnShift, Scope
from olka.shifts.planning_rules import BookedPerson, Layout, LeftOut, PlaceFacts, Plan, PlanObstacle, Present
from olka.shifts.rules import BookingState, Channel, ShiftState
from olka.sites.models import Place

_LOCK_TRIES: Final = 20
_DOUBLE_CLICK: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Made:
    """The shifts made, in the order of their days, and the days that a repeat left out."""

    shift_ids: tuple[int, ...]
    days: tuple[date, ...]
    left_out: tuple[LeftOut, ...]


def make_shifts(actor: Actor, plan: Plan, until: date | None, *, published: bool) -> Made:
    """Makes a shift, or one a week until a date, as drafts or published; each stands on its own from then on.

    The second of two clicks makes nothing and gives what the first one made.
    Raises NotFound for a place that isn't the actor's, Refused with every planning obstacle.
    """
    _require_place(plan.place_id, _scope(actor))
    # The place's lock makes the second of two clicks see the shifts of the first, too.
    hold_places_and_tasks([plan.place_id], [plan.task_id])
    place = planning_queries.place_facts(plan.place_id, plan.day, max(plan.day, until or plan.day))
    now, state = clock.now(), ShiftState.PUBLISHED if published else ShiftState.DRAFT
    mine = planning_queries.just_made(actor.person_id, plan, state, now - _DOUBLE_CLICK)
    if mine and (made := _made_already(plan, until, place, mine, now)):
        return made
    layout = planning_rules.lay_out(plan, until, place, now)
    if not isinstance(layout, Layout):
        raise Refused(*layout)
    shifts = [_shift(replace(plan, day=day), place.zone, state) for day in layout.days]
    db.session.add_all(shifts)
    db.session.flush()
    for shift in shifts:
        record(actor, "made", "shift", shift.id, state=state.value)
    return Made(tuple(shift.id for shift in shifts), layout.days, layout.left_out)


def _made_already(
    plan: Plan, until: date | None, place: PlaceFacts, mine: Mapping[date, int], now: datetime
) -> Made | None:
    """Lays the plan out as if what the actor has just made weren't there: is it all there, it was this very click."""
    own = set(mine.values())
    without = replace(place, standing=[shift for shift in place.standing if shift.shift_id not in own])
    layout = planning_rules.lay_out(plan, until, without, now)
    if not isinstance(layout, Layout) or not set(layout.days) <= set(mine):
        return None
    return Made(tuple(mine[day] for day in layout.days), layout.days, layout.left_out)


def _shift(plan: Plan, zone: str, state: ShiftState) -> Shift:
    span = plan.on(zone).to_span()
    return Shift(
        place_id=plan.place_id,
        task_id=plan.task_id,
        day=plan.day,
        start=plan.start,
        end=plan.end,
        weekday=plan.day.isoweekday(),
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        min_people=plan.min_people,
        max_people=plan.max_people,
        note=plan.note,
        state=state,
    )


def publish(actor: Actor, shift_id: int, version: int) -> None:
    """Publishes a draft; one that is published already stays so.

    Raises NotFound, Conflict where another has changed the shift since ``version``, Refused where it has begun
    or is cancelled, or where its place, site or task can't have it.
    """
    scope = _scope(actor)
    _own_shift(shift_id, scope)
    lock_row(Shift, shift_id)
    shift = _own_shift(shift_id, scope)
    if shift.facts.state is ShiftState.PUBLISHED:
        return
    if shift.version != version:
        raise Conflict
    hold_places_and_tasks([shift.place_id], [shift.facts.task_id])
    place = planning_queries.place_facts(shift.place_id, shift.when.day, shift.when.day)
    if obstacles := planning_rules.obstacles_to_publishing(present_of(shift), place, clock.now()):
        raise Refused(*obstacles)
    _publish(actor, [shift_id])


@dataclass(frozen=True, slots=True)
class Published:
    """How many drafts were published, and how many stayed drafts, since they have passed or can't be had there now."""

    number: int
    left: int


def publish_drafts(actor: Actor, place_ids: Collection[int], first: date, last: date) -> Published:
    """Publishes the drafts at the places from first to last day; one that can't be published stays a draft.

    Raises NotFound where a place isn't the actor's.
    """
    scope = _scope(actor)
    for place_id in place_ids:
        _require_place(place_id, scope)
    drafts = planning_queries.locked_drafts(place_ids, first, last)
    hold_places_and_tasks([draft.place_id for draft in drafts], [draft.facts.task_id for draft in drafts])
    places = planning_queries.facts_of_places({draft.place_id for draft in drafts}, first, last)
    now = clock.now()
    ready = [
        draft.facts.id
        for draft in drafts
        if not planning_rules.obstacles_to_publishing(present_of(draft), places[draft.place_id], now)
    ]
    _publish(actor, ready)
    return Published(len(ready), len(drafts) - len(ready))


def _publish(actor: Actor, shift_ids: list[int]) -> None:
    db.session.execute(
        update(Shift)
        .where(Shift.id.in_(shift_ids), Shift.state == ShiftState.DRAFT)
        .values(state=ShiftState.PUBLISHED, version=Shift.version + 1)
        .execution_options(synchronize_session=False)
    )
    for shift_id in shift_ids:
        record(actor, "published", "shift", shift_id)


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change or a cancellation did to those booked: who was told by mail, and who must be called."""

    told: tuple[PersonRow, ...] = ()
    to_call: tuple[PersonRow, ...] = ()


def change(actor: Actor, shift_id: int, version: int, plan: Plan) -> Touched:
    """Changes a shift as planned, moves its bookings along and tells whoever is booked what became different.

    ``version`` is the one that the coordinator saw. Raises NotFound, Conflict where another has changed the
    shift since, Refused where the plan can't be or would hinder somebody booked, with the names.
    """
    scope = _scope(actor)
    moved = planning_rules.is_moved(plan_of(_own_shift(shift_id, scope)), plan)
    _require_place(plan.place_id, scope)
    if moved:
        _lock_with_people(shift_id)
        hold_places_and_tasks([plan.place_id], [plan.task_id])
    else:
        lock_row(Shift, shift_id)
    place = planning_queries.place_facts(plan.place_id, plan.day, plan.day)
    before = _own_shift(shift_id, scope)
    if plan_of(before) == plan:  # nothing to do, or the second click of two
        return Touched()
    if before.version != version:
        raise Conflict
    on_it = planning_queries.people_on(shift_id)
    spans = [before.facts.span, planning_rules.span_of(plan.on(place.zone)) or before.facts.span]
    facts = queries.people_facts([someone.person.id for someone in on_it], spans)
    booked = [BookedPerson(someone.person.full_name, facts[someone.person.id]) for someone in on_it]
    obstacles: tuple[PlanObstacle, ...] = planning_rules.obstacles_to_change(
        present_of(before), plan, place, booked, clock.now()
    )
    if obstacles:
        raise Refused(*obstacles)
    _write_change(shift_id, version, plan, place.zone)
    record(actor, "changed", "shift", shift_id)
    after = queries.get_shift(shift_id)
    if not moved and after.note == before.note:
        return Touched()
    return _tell_all("shift_changed", on_it, messages.of_change(before, after))


def _write_change(shift_id: int, version: int, plan: Plan, zone: str) -> None:
    span = plan.on(zone).to_span()
    change_row(
        Shift,
        shift_id,
        version,
        place_id=plan.place_id,
        task_id=plan.task_id,
        day=plan.day,
        start=plan.start,
        end=plan.end,
        weekday=plan.day.isoweekday(),
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        min_people=plan.min_people,
        max_people=plan.max_people,
        note=plan.note,
    )
    db.session.execute(
        update(Booking)
        .where(Booking.shift_id == shift_id, Booking.state == BookingState.BOOKED)
        .values(starts_at=span.starts_at, ends_at=span.ends_at)
    )


def plan_of(shift: queries.ShiftRecord) -> Plan:
    """Gives the plan that a shift follows now."""
    return Plan(
        shift.place_id,
        shift.facts.task_id,
        shift.when.day,
        shift.when.start,
        shift.when.end,
        shift.min_people,
        shift.facts.max_people,
        shift.note,
    )


def present_of(shift: queries.ShiftRecord) -> Present:
    """Gives a shift as the rules of planning know it."""
    return Present(shift.facts, plan_of(shift))


def cancel(actor: Actor, shift_id: int, version: int) -> bool:
    """Cancels a shift, releases whoever is booked and tells them; a draft that nobody was ever on is thrown away.

    Gives False for a draft thrown away, else True. A shift that is cancelled already stays so. Raises NotFound,
    Conflict where another has changed the shift since ``version``, Refused once it has begun.
    """
    scope = _scope(actor)
    _own_shift(shift_id, scope)
    _lock_with_people(shift_id)
    shift = _own_shift(shift_id, scope)
    if shift.facts.state is ShiftState.CANCELLED:
        return True
    if shift.version != version:
        raise Conflict
    if rules.is_thrown_away(shift.facts.state, ever_booked=planning_queries.has_any_booking(shift_id)):
        db.session.execute(delete(Shift).where(Shift.id == shift_id))
        record(actor, "thrown_away", "shift", shift_id)
        return False
    if obstacles := planning_rules.obstacles_to_touching(shift.facts, clock.now()):
        raise Refused(*obstacles)
    on_it = planning_queries.people_on(shift_id)
    now = clock.now()
    change_row(Shift, shift_id, version, state=ShiftState.CANCELLED, cancelled_at=now, taken=0)
    told = [person.id for person in _tell_all("shift_cancelled", on_it, messages.of_shift(shift)).told]
    db.session.execute(
        update(Booking)
        .where(Booking.shift_id == shift_id, Booking.state == BookingState.BOOKED)
        .values(
            state=BookingState.RELEASED,
            released_at=now,
            released_by_id=actor.person_id,
            told=Booking.person_id.in_(told),
        )
        .execution_options(synchronize_session=False)
    )
    record(actor, "cancelled", "shift", shift_id)
    for someone in on_it:
        record(actor, "released", "shift", shift_id, person_id=someone.person.id)
    return True


def book_for(actor: Actor, shift_id: int, person_id: int, *, key: str | None = None) -> service.Booked:
    """Books a volunteer of the actor's sites on her behalf, by the same rule as her own booking, marked so.

    Raises NotFound for a shift or a volunteer out of the actor's sites, Refused, Conflict.
    """
    scope = _scope(actor)
    shift = _own_shift(shift_id, scope)
    if not planning_queries.is_volunteer_of(person_id, scope, clock.today(shift.when.zone)):
        raise NotFound
    return service.book(actor, shift_id, person_id, key=key, channel=Channel.PHONE, scope=scope)


def remove(actor: Actor, shift_id: int, person_id: int) -> service.Released:
    """Takes a person off a shift of the actor's sites, deadline or not, and tells her.

    Raises NotFound where she was never booked, Refused once the shift has begun.
    """
    scope = _scope(actor)
    _own_shift(shift_id, scope)
    return service.release_for(actor, shift_id, person_id, scope=scope)


def _scope(actor: Actor) -> Scope:
    return sites_where(actor, Permission.RUN_ROTA)


def _require_place(place_id: int, scope: Scope) -> None:
    site_id = db.session.scalar(select(Place.site_id).where(Place.id == place_id))
    if site_id is None or (scope is not None and site_id not in scope):
        raise NotFound


def _own_shift(shift_id: int, scope: Scope) -> queries.ShiftRecord:
    """Reads a shift of the actor's sites: before its lock to see it, and after it, since it may have moved away."""
    shift = queries.get_shift(shift_id)
    if scope is not None and shift.site_id not in scope:
        raise NotFound
    return shift


def _lock_with_people(shift_id: int) -> None:
    """Locks everybody booked, in the order of their ids, then the shift: the order of every booking.

    Whoever books between the two locks is seen; then both are let go of and taken again, with her.
    """
    for _ in range(_LOCK_TRIES):
        attempt = db.session.begin_nested()
        booked = planning_queries.ids_booked(shift_id)
        db.session.execute(
            select(Person.id).where(Person.id.in_(booked)).order_by(Person.id).with_for_update(key_share=True)
        )
        if not lock_row(Shift, shift_id):
            raise NotFound
        if set(planning_queries.ids_booked(shift_id)) <= set(booked):
            return
        attempt.rollback()
    raise Conflict


def _tell_all(kind: str, on_it: list[OnShift], facts_in: messages.FactsIn) -> Touched:
    told: list[PersonRow] = []
    to_call: list[PersonRow] = []
    for someone in on_it:
        (told if tell(kind, someone.person.id, facts_in) else to_call).append(someone.person)
    return Touched(tuple(told), tuple(to_call))
