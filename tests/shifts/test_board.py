"""The reads of the week board."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask

from olka.core.permissions import Actor
from olka.db import transaction
from olka.shifts import board, service
from olka.shifts.rules import ShiftState
from tests import factories

MONDAY = date(2030, 6, 3)


def test_the_board_reads_its_places_and_days_alone(any_app: Flask) -> None:
    with any_app.app_context():
        site = factories.site()
        point, other = factories.place(site.id), factories.place(site.id, "Aula")
        duty = factories.task(at=point)
        her = factories.volunteer(site.id, duty.id, family_name="Lehtonen")
        days = [MONDAY + timedelta(days=n) for n in (-1, 0, 6, 7)]
        shifts = [factories.shift(point.id, duty.id, day).id for day in days]
        draft = factories.shift(point.id, duty.id, MONDAY, state=ShiftState.DRAFT).id
        factories.shift(other.id, duty.id, MONDAY)
        for shift_id in shifts:
            with transaction():
                service.book(Actor(her.id), shift_id, her.id)
        with transaction():
            service.release_own(Actor(her.id), shifts[2])
        last = MONDAY + timedelta(days=6)

        found = board.shifts_between([point.id], MONDAY, last)

        assert [(shift.id, shift.taken) for shift in found] == [(shifts[1], 1), (draft, 0), (shifts[2], 0)]
        assert board.names_between([point.id], MONDAY, last) == {shifts[1]: ["Marjatta L."]}
        assert board.number_of_drafts([point.id, other.id], MONDAY, last) == 1
        assert board.shifts_between([], MONDAY, last) == []
