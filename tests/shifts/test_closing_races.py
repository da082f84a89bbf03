"""A booking or a new shift made while a closure is saved never slips through unseen, on both databases."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from olka.core.permissions import Actor, Kind, Role
from olka.core.texts import Text3
from olka.db import db, fetch_all, retrying, transaction
from olka.shifts import closing, planning, queries
from olka.shifts.models import Shift
from olka.shifts.planning_rules import Plan
from olka.shifts.rules import ShiftState
from olka.sites.queries import closures_between
from olka.tasks.models import PlaceTask
from tests import factories
from tests.processes import together
from tests.shifts.test_races import book, crowd_and_shifts

pytestmark = pytest.mark.race

PROCESSES = 8
CHIEF = Actor(None, (Role(Kind.ADMIN),))
WHY = Text3("Remontti")


def close_or_book(process: int, attempt: int, place_id: int, shifts: list[tuple[int, date]], people: list[int]) -> None:
    """One process closes day after day, the others book on the shifts of those very days."""
    shift_id, day = shifts[attempt]
    if process:
        book(shift_id, people[process])
        return

    def act() -> None:
        with transaction():
            closing.close_place(CHIEF, place_id, first_day=day, last_day=day, reason=WHY)

    retrying(act)


def close_or_plan(process: int, attempt: int, place_id: int, task_id: int, days: list[date]) -> None:
    """Two processes close day after day, the others make and move shifts into those very days."""
    day = days[attempt]

    def close() -> None:
        with transaction():
            closing.close_place(CHIEF, place_id, first_day=day, last_day=day, reason=WHY)

    def make() -> None:
        plan = Plan(place_id, task_id, day, time(process + 1), time(process + 2), 1, 2, Text3())
        with transaction():
            planning.make_shifts(CHIEF, plan, None, published=True)

    retrying(close if process < 2 else make)


def move_or_close(process: int, attempt: int, place_id: int, shifts: list[int], days: list[date]) -> None:
    """One process closes day after day, another moves a booked shift into each of them."""
    day = days[attempt]

    def close() -> None:
        with transaction():
            closing.close_place(CHIEF, place_id, first_day=day, last_day=day, reason=WHY)

    def move() -> None:
        db.session.remove()
        shift = queries.get_shift(shifts[attempt])
        plan = planning.plan_of(shift)
        wanted = Plan(place_id, plan.task_id, day, plan.start, plan.end, plan.min_people, plan.max_people, plan.note)
        with transaction():
            planning.change(CHIEF, shifts[attempt], shift.version, wanted)

    retrying(move if process else close)


def retire_or_make(process: int, attempt: int, place_id: int, tasks: list[int], day: date) -> None:
    """One process retires task after task, the others make shifts for those very tasks."""

    def retire() -> None:
        with transaction():
            closing.retire_task(CHIEF, tasks[attempt], day)

    def make() -> None:
        plan = Plan(place_id, tasks[attempt], day, time(process + 1), time(process + 2), 1, 2, Text3())
        with transaction():
            planning.make_shifts(CHIEF, plan, None, published=True)

    retrying(make if process else retire)


def at_closed_days(place_id: int) -> list[Shift]:
    """Lists the published or booked shifts that lie on a closed day of the place: there must be none."""
    shifts = [row[0] for row in fetch_all(select(Shift).where(Shift.place_id == place_id))]
    return [
        shift
        for shift in shifts
        if closures_between([place_id], shift.day, shift.day) and (shift.state is ShiftState.PUBLISHED or shift.taken)
    ]


def the_place() -> int:
    return db.session.scalars(select(Shift.place_id)).first() or 0


def test_whoever_books_as_a_day_is_closed_is_seen_or_told(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        people, shifts = crowd_and_shifts(people=PROCESSES, shifts=16, places=10, side_by_side=False)
        place_id = the_place()
        days = [queries.get_shift(shift_id).when.day for shift_id in shifts]

    told = together(any_url, PROCESSES, close_or_book, place_id, list(zip(shifts, days, strict=True)), people, tries=16)

    with any_app.app_context():
        assert at_closed_days(place_id) == []
    assert set(told) <= {"done", "Refused"}, told


def test_no_shift_is_made_on_a_day_that_is_being_closed(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        crowd_and_shifts(people=0, shifts=1, places=5, side_by_side=False)
        place_id = the_place()
        task_id = db.session.scalars(select(Shift.task_id)).first()
        days = [factories.today() + timedelta(days=30 + n) for n in range(12)]

    told = together(any_url, PROCESSES, close_or_plan, place_id, task_id, days, tries=12)

    with any_app.app_context():
        assert at_closed_days(place_id) == []
    assert set(told) <= {"done", "Refused"}, told


def test_no_booked_shift_is_moved_into_a_day_that_is_being_closed(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        people, shifts = crowd_and_shifts(people=1, shifts=16, places=5, side_by_side=False)
        place_id = the_place()
        for shift_id in shifts:
            book(shift_id, people[0])
        days = [factories.today() + timedelta(days=60 + n) for n in range(16)]

    told = together(any_url, 2, move_or_close, place_id, shifts, days, tries=16)

    with any_app.app_context():
        assert at_closed_days(place_id) == []
    assert set(told) <= {"done", "Refused"}, told


def test_no_shift_is_made_for_a_task_that_is_being_retired(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        crowd_and_shifts(people=0, shifts=1, places=5, side_by_side=False)
        place_id = the_place()
        tasks = [factories.task(f"Tehtävä {n}").id for n in range(12)]
        for task_id in tasks:
            factories.save(PlaceTask(place_id=place_id, task_id=task_id))

    told = together(
        any_url, PROCESSES, retire_or_make, place_id, tasks, factories.today() + timedelta(days=40), tries=12
    )

    with any_app.app_context():
        left = fetch_all(select(Shift.id).where(Shift.task_id.in_(tasks), Shift.state == ShiftState.PUBLISHED))
        assert left == []
    assert set(told) <= {"done", "Refused"}, told
