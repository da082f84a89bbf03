"""Coordinators and volunteers at once, in many processes, on both databases: nothing oversold, nobody in two places."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from olka.core.permissions import Actor, Kind, Role
from olka.db import db, retrying, transaction
from olka.shifts import planning, queries, service
from olka.shifts.models import Booking, Shift
from olka.shifts.planning_rules import Plan
from olka.shifts.rules import BookingState
from tests import factories
from tests.processes import together
from tests.shifts.test_races import book, crowd_and_shifts, held

pytestmark = pytest.mark.race

PROCESSES = 6
CHIEF = Actor(None, (Role(Kind.ADMIN),))


def replan(shift_id: int, **changes: Any) -> None:
    """Changes a shift from what it is now, as a coordinator does who has just opened it."""

    def act() -> None:
        db.session.remove()
        shift = queries.get_shift(shift_id)
        plan = replace(planning.plan_of(shift), **changes)
        with transaction():
            planning.change(CHIEF, shift_id, shift.version, plan)

    retrying(act)


def lower_or_book(process: int, attempt: int, shift_id: int, people: list[int]) -> None:
    """One process lowers the maximum step by step, the others book."""
    if process == 0:
        replan(shift_id, max_people=20 - attempt)
    else:
        book(shift_id, people[(process - 1) * 12 + attempt])


def edit(process: int, _attempt: int, shift_id: int, plans: list[Plan]) -> None:
    """Saves a form that was opened at the first version."""
    with transaction():
        planning.change(CHIEF, shift_id, 1, plans[process])


def make(_process: int, _attempt: int, plan: Plan) -> None:
    """Presses the button that makes four shifts."""

    def act() -> None:
        with transaction():
            planning.make_shifts(CHIEF, plan, plan.day + timedelta(weeks=3), published=True)

    retrying(act)


def cancel_or_book(process: int, attempt: int, shift_ids: list[int], people: list[int]) -> None:
    """Two coordinators cancel one shift after another, the others book on the same ones."""
    shift_id = shift_ids[attempt]
    if process >= 2:
        book(shift_id, people[process])
        return

    def act() -> None:
        with transaction():
            planning.cancel(CHIEF, shift_id, 1)

    retrying(act)


def move_or_book(process: int, attempt: int, mine: list[int], others: list[int], people: list[int]) -> None:
    """Coordinators move her shift onto the hours of another that she is about to book."""
    number = attempt if process % 2 else len(mine) - 1 - attempt
    if process % 2:
        book(others[number], people[number])
    else:
        replan(mine[number], start=time(13), end=time(16))


def test_a_maximum_that_is_lowered_while_people_book_is_never_oversold(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        people, (shift_id,) = crowd_and_shifts(people=60, shifts=1, places=20, side_by_side=False)

    told = together(any_url, PROCESSES, lower_or_book, shift_id, people, tries=12)

    with any_app.app_context():
        taken, booked = held([shift_id])[shift_id]
        highest = db.session.scalar(select(Shift.max_people))
        assert highest is not None
        assert taken == booked <= highest <= 20
    assert set(told) <= {"done", "Refused"}, told


def test_of_six_coordinators_who_edit_one_shift_one_is_first(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        _, (shift_id,) = crowd_and_shifts(people=0, shifts=1, places=5, side_by_side=False)
        plan = planning.plan_of(queries.get_shift(shift_id))
        plans = [replace(plan, end=time(13 + n)) for n in range(PROCESSES)]

    told = together(any_url, PROCESSES, edit, shift_id, plans)

    assert told == {"done": 1, "Conflict": 5}, told


def test_six_clicks_make_each_shift_once(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        _, (shift_id,) = crowd_and_shifts(people=0, shifts=1, places=5, side_by_side=False)
        plan = planning.plan_of(queries.get_shift(shift_id))
        anew = replace(plan, day=plan.day + timedelta(days=1))

    told = together(any_url, PROCESSES, make, anew)

    with any_app.app_context():
        assert db.session.scalar(select(func.count(Shift.id))) == 5
    assert told == {"done": 1, "Refused": 5}, told


def test_nobody_stays_on_a_shift_that_was_cancelled_as_she_booked(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        people, shifts = crowd_and_shifts(people=PROCESSES, shifts=12, places=20, side_by_side=False)

    told = together(any_url, PROCESSES, cancel_or_book, shifts, people, tries=12)

    with any_app.app_context():
        assert set(held(shifts).values()) == {(0, 0)}
    assert set(told) <= {"done", "Refused"}, told
    assert told["done"] >= 24


def test_nobody_is_moved_onto_a_shift_that_she_books_this_moment(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        people, mine = crowd_and_shifts(people=12, shifts=12, places=5, side_by_side=False)
        first = db.session.get(Shift, mine[0])
        assert first is not None
        place_id, task_id, days = first.place_id, first.task_id, [queries.get_shift(one).when.day for one in mine]
        others = [factories.shift(place_id, task_id, day, time(14), time(17), max_people=5).id for day in days]
        for shift_id, person_id in zip(mine, people, strict=True):
            with transaction():
                service.book(Actor(person_id), shift_id, person_id)

    told = together(any_url, PROCESSES, move_or_book, mine, others, people, tries=12)

    with any_app.app_context():
        one, two = Booking.__table__.alias(), Booking.__table__.alias()
        clashing = db.session.execute(
            select(one.c.id).where(
                one.c.person_id == two.c.person_id,
                one.c.id < two.c.id,
                one.c.state == BookingState.BOOKED,
                two.c.state == BookingState.BOOKED,
                one.c.starts_at < two.c.ends_at,
                two.c.starts_at < one.c.ends_at,
            )
        ).all()
        assert clashing == []
        drifted = db.session.execute(
            select(Booking.id)
            .join(Shift, Shift.id == Booking.shift_id)
            .where(Booking.state == BookingState.BOOKED, Booking.starts_at != Shift.starts_at)
        ).all()
        assert drifted == []
    assert set(told) <= {"done", "Refused", "Conflict"}, told
