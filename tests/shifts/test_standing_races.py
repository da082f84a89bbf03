"""Whoever is closed or ended as she books is either refused or seen, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from olka.accounts.models import Person, RoleRow
from olka.core.permissions import Actor
from olka.db import db, retrying, transaction
from olka.shifts import standing
from olka.shifts.models import Booking
from olka.shifts.rules import BookingState
from tests import factories
from tests.processes import together
from tests.shifts.test_races import book, crowd_and_shifts

pytestmark = pytest.mark.race

BOSS = Actor(None)


def close_or_book(process: int, attempt: int, shifts: list[int], people: list[int], roles: list[int]) -> None:
    """One process closes an account or ends a role, the others book that very person."""
    if process:
        book(shifts[process % len(shifts)], people[attempt])
        return

    def act() -> None:
        with transaction():
            if attempt % 2:
                standing.disable(BOSS, people[attempt])
            else:
                standing.end_role(BOSS, roles[attempt])

    retrying(act)


def test_nobody_whose_account_closes_as_she_books_keeps_a_shift(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        people, shifts = crowd_and_shifts(people=24, shifts=6, places=50, side_by_side=False)
        factories.admin()
        roles = [
            db.session.scalars(select(RoleRow.id).where(RoleRow.person_id == person_id)).one() for person_id in people
        ]

    told = together(any_url, 4, close_or_book, shifts, people, roles, tries=24)

    with any_app.app_context():
        today = factories.today()
        without = select(Booking.id).join(Person, Person.id == Booking.person_id)
        without = without.where(Booking.state == BookingState.BOOKED)
        ended = select(RoleRow.person_id).where(RoleRow.ends_on < today + timedelta(days=7))
        assert db.session.scalars(without.where(Person.disabled_at.is_not(None))).all() == []
        assert db.session.scalars(without.where(Person.id.in_(ended))).all() == []
    assert set(told) <= {"done", "Refused"}, told
