"""Capacity, overlaps and double clicks when many processes book at once, on both databases."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from olka.accounts.models import Person
from olka.core.permissions import Actor
from olka.db import db, retrying, transaction
from olka.shifts import service
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState
from tests import factories
from tests.processes import together

pytestmark = pytest.mark.race

PROCESSES = 8


def book(shift_id: int, person_id: int, key: str | None = None) -> None:
    """Books as the page does: one transaction, tried again when the database gave it up."""

    def act() -> None:
        with transaction():
            service.book(Actor(person_id), shift_id, person_id, key=key)

    retrying(act)


def book_somewhere(process: int, attempt: int, shifts: list[int], people: list[int]) -> None:
    """Books a person of a crowd on one of the shifts, so that each pair comes up once."""
    number = process * 200 + attempt
    book(shifts[number % len(shifts)], people[number // len(shifts)])


def book_with_one_key(_process: int, _attempt: int, shift_id: int, person_id: int) -> None:
    """Presses the same button of the same page."""
    book(shift_id, person_id, "same-page-same-button")


def book_and_release(process: int, attempt: int, shifts: list[int], people: list[int]) -> None:
    """Books and, every other time, undoes at once."""
    person_id = people[(process + attempt) % len(people)]
    shift_id = shifts[attempt % len(shifts)]
    book(shift_id, person_id)
    if attempt % 2:

        def undo() -> None:
            with transaction():
                service.release_own(Actor(person_id), shift_id)

        retrying(undo)


def crowd_and_shifts(people: int, shifts: int, places: int, *, side_by_side: bool) -> tuple[list[int], list[int]]:
    """Makes volunteers accepted for one task, and shifts one after another or all at one time."""
    site = factories.site()
    point = factories.place(site.id)
    duty = factories.task(at=point)
    crowd = [factories.volunteer(site.id, duty.id, called=f"Vapaaehtoinen{n}").id for n in range(people)]
    rows = [
        factories.shift(
            point.id,
            duty.id,
            factories.today() + timedelta(days=7 + (0 if side_by_side else n)),
            time(9),
            time(12),
            max_people=places,
        ).id
        for n in range(shifts)
    ]
    return crowd, rows


def held(shift_ids: list[int]) -> dict[int, tuple[int, int]]:
    """Reads, by shift, its counter and the bookings that hold a place."""
    rows = db.session.execute(
        select(Shift.id, Shift.taken, func.count(Booking.id))
        .outerjoin(Booking, (Booking.shift_id == Shift.id) & (Booking.state == BookingState.BOOKED))
        .where(Shift.id.in_(shift_ids))
        .group_by(Shift.id, Shift.taken)
    )
    return {shift_id: (taken, count) for shift_id, taken, count in rows}


def test_no_place_is_given_twice_and_none_is_lost(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        people, shifts = crowd_and_shifts(people=160, shifts=10, places=50, side_by_side=False)

    told = together(any_url, PROCESSES, book_somewhere, shifts, people, tries=200)

    with any_app.app_context():
        assert set(held(shifts).values()) == {(50, 50)}
    assert told == {"done": 500, "Refused": 1100}, told


def test_a_person_never_gets_two_shifts_at_one_time(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        people, shifts = crowd_and_shifts(people=20, shifts=10, places=50, side_by_side=True)

    # 8 × 200 attempts over 20 people and 10 shifts of the same hours: each pair comes up eight times.
    told = together(any_url, PROCESSES, book_by_turns, shifts, people, tries=200)

    with any_app.app_context():
        per_person = db.session.execute(
            select(func.count(Booking.id)).where(Booking.state == BookingState.BOOKED).group_by(Booking.person_id)
        )
        assert {count for (count,) in per_person} == {1}
        assert sum(count for _taken, count in held(shifts).values()) == len(people)
        assert all(taken == count for taken, count in held(shifts).values())
    assert set(told) == {"done", "Refused"}, told


def book_by_turns(process: int, attempt: int, shifts: list[int], people: list[int]) -> None:
    """Books each person on each shift, every process in an order of its own."""
    book(shifts[(attempt + process) % len(shifts)], people[(attempt // len(shifts) + process) % len(people)])


def test_eight_double_clicks_make_one_booking(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        people, shifts = crowd_and_shifts(people=1, shifts=1, places=50, side_by_side=False)

    told = together(any_url, PROCESSES, book_with_one_key, shifts[0], people[0], tries=5)

    with any_app.app_context():
        assert db.session.scalar(select(func.count(Booking.id))) == 1
        assert held(shifts) == {shifts[0]: (1, 1)}
    assert told == {"done": 40}, told


def test_undoing_and_booking_at_once_keeps_the_counter_true(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        people, shifts = crowd_and_shifts(people=6, shifts=4, places=3, side_by_side=False)

    told = together(any_url, PROCESSES, book_and_release, shifts, people, tries=40)

    with any_app.app_context():
        assert all(taken == count <= 3 for taken, count in held(shifts).values())
        assert db.session.scalar(select(func.count(Person.id)))
    assert set(told) <= {"done", "Refused", "NotFound", "Conflict"}, told
