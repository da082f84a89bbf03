"""Pure decisions on making, changing and publishing shifts: every obstacle at once, and the days of a repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from olka.core.spans import LocalSpan, NoSuchLocalTime, Span, instant_of
from olka.core.texts import Text3
from olka.shifts.rules import (
    Begun,
    Cancelled,
    Obstacle,
    PersonFacts,
    ShiftFacts,
    ShiftState,
    obstacles_of_person,
)

REPEAT_LIMIT: Final = 60
PEOPLE_LIMIT: Final = 50


@dataclass(frozen=True, slots=True)
class PlaceRetired:
    """The place, or its whole site, is out of use."""


@dataclass(frozen=True, slots=True)
class TaskRetired:
    """The task is out of use."""


@dataclass(frozen=True, slots=True)
class TaskNotDoneHere:
    """The task isn't done at the place."""


@dataclass(frozen=True, slots=True)
class BadNumbers:
    """The numbers of people don't hold 0 ≤ minimum ≤ maximum, 1 ≤ maximum ≤ 50."""


@dataclass(frozen=True, slots=True)
class InThePast:
    """The shift would have begun already."""


@dataclass(frozen=True, slots=True)
class NoSuchTime:
    """The clock is turned forward over the start, or over the end, on that day."""

    day: date
    at: time
    is_start: bool


@dataclass(frozen=True, slots=True)
class PlaceClosed:
    """The place is closed on a day that the shift touches."""

    day: date
    reason: Text3


@dataclass(frozen=True, slots=True)
class SiteNotOpen:
    """The site opens only later."""

    opens_on: date


@dataclass(frozen=True, slots=True)
class AlreadyThere:
    """The same task has a shift at the same place and time already."""

    shift_id: int


@dataclass(frozen=True, slots=True)
class RepeatEndsFirst:
    """The repeat would end before its first day."""


@dataclass(frozen=True, slots=True)
class TooManyShifts:
    """The repeat would make more shifts than may be made at once."""

    limit: int = REPEAT_LIMIT


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """No day of the repeat can have the shift; ``left_out`` says why, day by day."""

    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class BelowTaken:
    """More people are booked than the new maximum has places for."""

    taken: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hindered:
    """Somebody booked couldn't be on the shift as it would become."""

    name: str
    obstacles: tuple[Obstacle, ...]


DayObstacle = NoSuchTime | InThePast | PlaceClosed | SiteNotOpen | AlreadyThere
PlanObstacle = (
    DayObstacle
    | PlaceRetired
    | TaskRetired
    | TaskNotDoneHere
    | BadNumbers
    | RepeatEndsFirst
    | TooManyShifts
    | NothingLeft
    | BelowTaken
    | Hindered
    | Begun
    | Cancelled
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A shift as a coordinator wants it."""

    place_id: int
    task_id: int
    day: date
    start: time
    end: time
    min_people: int
    max_people: int
    note: Text3

    def on(self, zone: str) -> LocalSpan:
        """Its local span at a site of the zone."""
        return LocalSpan(self.day, self.start, self.end, zone)


@dataclass(frozen=True, slots=True)
class ClosedStretch:
    """Days, both ends included, on which the place is closed."""

    first_day: date
    last_day: date
    reason: Text3


@dataclass(frozen=True, slots=True)
class StandingShift:
    """A shift that stands at the place already, cancelled ones left out."""

    shift_id: int
    task_id: int
    day: date
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What the rule must know of the place: its tasks in use, and whether each known task is out of use."""

    site_id: int
    zone: str
    retired: bool
    opens_on: date | None
    tasks: frozenset[int]
    retired_tasks: frozenset[int] = frozenset()
    closures: Sequence[ClosedStretch] = ()
    standing: Sequence[StandingShift] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A day that a repeat passes over, and why."""

    day: date
    why: DayObstacle


@dataclass(frozen=True, slots=True)
class Layout:
    """The days on which a repeat makes its shifts, and those that it leaves out."""

    days: tuple[date, ...]
    left_out: tuple[LeftOut, ...] = ()


def closed_for(when: LocalSpan, closures: Sequence[ClosedStretch]) -> PlaceClosed | None:
    """Finds what closes the place on a day that the span touches."""
    for day in when.days:
        for closure in closures:
            if closure.first_day <= day <= closure.last_day:
                return PlaceClosed(day, closure.reason)
    return None


def obstacles_of_day(
    plan: Plan, place: PlaceFacts, now: datetime, *, itself: int | None = None
) -> tuple[DayObstacle, ...]:
    """Lists what keeps the plan from its day; ``itself`` is the shift being changed, no twin of its own."""
    when = plan.on(place.zone)
    found: list[DayObstacle] = []
    if skipped := _skipped(when):
        found.append(skipped)
    elif when.to_span().starts_at <= now:
        found.append(InThePast())
    found.extend(_not_open(plan, place))
    found.extend(
        AlreadyThere(twin.shift_id)
        for twin in place.standing
        if twin.shift_id != itself
        and (twin.task_id, twin.day, twin.start, twin.end) == (plan.task_id, plan.day, plan.start, plan.end)
    )
    return tuple(found)


def _not_open(plan: Plan, place: PlaceFacts) -> list[DayObstacle]:
    found: list[DayObstacle] = []
    if closed := closed_for(plan.on(place.zone), place.closures):
        found.append(closed)
    if place.opens_on is not None and plan.day < place.opens_on:
        found.append(SiteNotOpen(place.opens_on))
    return found


def span_of(when: LocalSpan) -> Span | None:
    """Gives the instants of a local span; None where the clock skips an end of it."""
    return None if _skipped(when) else when.to_span()


def _skipped(when: LocalSpan) -> NoSuchTime | None:
    for day, at, is_start in ((when.day, when.start, True), (when.last_day, when.end, False)):
        try:
            instant_of(day, at, when.zone)
        except NoSuchLocalTime:
            return NoSuchTime(day, at, is_start)
    return None


def obstacles_of_plan(plan: Plan, place: PlaceFacts) -> tuple[PlanObstacle, ...]:
    """Lists what is wrong with the plan whatever its day."""
    found: list[PlanObstacle] = []
    if place.retired:
        found.append(PlaceRetired())
    if plan.task_id in place.retired_tasks:
        found.append(TaskRetired())
    elif plan.task_id not in place.tasks:
        found.append(TaskNotDoneHere())
    if not are_numbers_right(plan.min_people, plan.max_people):
        found.append(BadNumbers())
    return tuple(found)


def are_numbers_right(min_people: int, max_people: int) -> bool:
    """Tells whether a shift can ask for so many people: 0 ≤ minimum ≤ maximum, and 1 to 50 at most."""
    return 0 <= min_people <= max_people and 1 <= max_people <= PEOPLE_LIMIT


def lay_out(plan: Plan, until: date | None, place: PlaceFacts, now: datetime) -> Layout | tuple[PlanObstacle, ...]:
    """Lays out the shifts of a plan, weekly until a date (none: one shift), or lists every obstacle.

    A single shift is refused on a day that can't have it. A repeat leaves such days out and goes on; it is
    refused when it begins in the past, makes more than 60, or has no day left.
    """
    found = list(obstacles_of_plan(plan, place))
    if until is None:
        found.extend(obstacles_of_day(plan, place, now))
        return tuple(found) or Layout((plan.day,))
    weeks = (until - plan.day).days // 7
    if weeks < 0:
        return (*found, RepeatEndsFirst())
    if weeks >= REPEAT_LIMIT:
        return (*found, TooManyShifts())
    days: list[date] = []
    left_out: list[LeftOut] = []
    for week in range(weeks + 1):
        dated = replace(plan, day=plan.day + timedelta(weeks=week))
        hindrances = obstacles_of_day(dated, place, now)
        if InThePast() in hindrances:
            found.append(InThePast())
            break
        if hindrances:
            left_out.append(LeftOut(dated.day, hindrances[0]))
        else:
            days.append(dated.day)
    if not days and not found:
        found.append(NothingLeft(tuple(left_out)))
    return tuple(found) or Layout(tuple(days), tuple(left_out))


@dataclass(frozen=True, slots=True)
class Present:
    """A shift as it is before a change: the facts that booking judges by, and the plan it follows."""

    facts: ShiftFacts
    plan: Plan


@dataclass(frozen=True, slots=True)
class BookedPerson:
    """Somebody booked on the shift that is about to change."""

    name: str
    facts: PersonFacts


def obstacles_to_change(
    present: Present, plan: Plan, place: PlaceFacts, booked: Sequence[BookedPerson], now: datetime
) -> tuple[PlanObstacle, ...]:
    """Lists what keeps a shift from becoming as planned: what is wrong with the plan, and whom it would hinder.

    Day, hours, place and task are judged only where they change, so that a note or an hour can be mended on a
    shift that a closure or a retirement has hit since. Only what the change itself brings, on the shift or on a
    booked person, is held against it.
    """
    before = present.facts
    if untouchable := obstacles_to_touching(before, now):
        return untouchable
    found: list[PlanObstacle] = []
    if is_moved(present.plan, plan):
        had = _had_before(present, plan, place, now)
        found.extend(one for one in obstacles_of_plan(plan, place) if one not in had)
        found.extend(one for one in obstacles_of_day(plan, place, now, itself=before.id) if one not in had)
    elif not are_numbers_right(plan.min_people, plan.max_people):
        found.append(BadNumbers())
    if plan.max_people < before.taken:
        found.append(BelowTaken(before.taken, tuple(person.name for person in booked)))
    if is_moved(present.plan, plan) and (span := span_of(plan.on(place.zone))):
        after = replace(before, site_id=place.site_id, task_id=plan.task_id, day=plan.day, span=span)
        found.extend(_hindered(before, after, booked))
    return tuple(found)


def _had_before(present: Present, plan: Plan, place: PlaceFacts, now: datetime) -> list[PlanObstacle]:
    """Lists what is wrong with the shift already in the things that the plan leaves as they are."""
    before, had = present.plan, list[PlanObstacle]()
    if before.place_id != plan.place_id:
        return had
    lasting = obstacles_of_plan(before, place)
    had.extend(one for one in lasting if isinstance(one, PlaceRetired) or before.task_id == plan.task_id)
    if before.day == plan.day:
        had.extend(obstacles_of_day(before, place, now, itself=present.facts.id))
    return [one for one in had if not isinstance(one, BadNumbers)]


def is_moved(before: Plan, after: Plan) -> bool:
    """Tells whether the place, the task or the time differs: what a booked person must be able to keep."""
    return (before.place_id, before.task_id, before.day, before.start, before.end) != (
        after.place_id,
        after.task_id,
        after.day,
        after.start,
        after.end,
    )


def _hindered(before: ShiftFacts, after: ShiftFacts, booked: Sequence[BookedPerson]) -> list[Hindered]:
    found = []
    for person in booked:
        had = obstacles_of_person(before, person.facts)
        new = tuple(o for o in obstacles_of_person(after, person.facts) if o not in had)
        if new:
            found.append(Hindered(person.name, new))
    return found


def obstacles_to_touching(shift: ShiftFacts, now: datetime) -> tuple[Begun | Cancelled, ...]:
    """Lists what keeps a shift from being changed or cancelled at all."""
    if shift.state is ShiftState.CANCELLED:
        return (Cancelled(),)
    return (Begun(),) if shift.span.starts_at <= now else ()


def obstacles_to_publishing(draft: Present, place: PlaceFacts, now: datetime) -> tuple[PlanObstacle, ...]:
    """Lists what keeps a draft from being published: its place, site or task may be gone since it was made."""
    if untouchable := obstacles_to_touching(draft.facts, now):
        return untouchable
    return (*obstacles_of_plan(draft.plan, place), *_not_open(draft.plan, place))


def is_gap(state: ShiftState, min_people: int, taken: int, starts_at: datetime, now: datetime) -> bool:
    """Tells whether people are still missing from a shift that volunteers can see and that hasn't begun."""
    return state is ShiftState.PUBLISHED and taken < min_people and starts_at > now
