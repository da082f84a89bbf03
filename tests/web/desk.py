"""A coordinator's desk for the tests of shifts: a site with a point and a duty, and a shift of another site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask

from olka.accounts.models import Person
from olka.core.permissions import Actor
from olka.db import db, transaction
from olka.shifts import service
from olka.shifts.models import Shift
from olka.sites.models import Place, Site
from olka.tasks.models import Task
from tests import factories
from tests.factories import today
from tests.reader import Reader


@dataclass(frozen=True)
class Desk:
    """Forssa with a point and a duty, its coordinator signed in, and a shift of another site."""

    app: Flask
    reader: Reader
    site: Site
    point: Place
    duty: Task
    hanna: int
    foreign: int

    def shift(self, *people: Person, **changes: Any) -> int:
        """A shift for next week with people booked on it."""
        with self.app.app_context():
            shift = factories.shift(self.point.id, self.duty.id, **changes)
            for person in people:
                with transaction():
                    service.book(Actor(person.id), shift.id, person.id)
            return shift.id

    def volunteer(self, called: str = "Marjatta", **changes: Any) -> Person:
        """A volunteer of Forssa, accepted for the duty."""
        with self.app.app_context():
            return factories.volunteer(self.site.id, self.duty.id, called=called, **changes)

    def read(self, shift_id: int) -> Shift:
        """The shift as it is stored."""
        with self.app.app_context():
            found = db.session.get(Shift, shift_id)
            assert found is not None
            return found

    def form(self, **changes: Any) -> dict[str, Any]:
        """What the form sends for a shift of next week."""
        day = today() + timedelta(days=7)
        return {
            "where": f"{self.point.id}-{self.duty.id}",
            "day": f"{day.day}.{day.month}.{day.year}",
            "start": "9",
            "end": "12.30",
            "min_people": "1",
            "max_people": "3",
            "note-fi": "",
            "version": "1",
            **changes,
        }


def a_desk(app: Flask, reader: Reader) -> Desk:
    """Fills an empty database and signs the coordinator in."""
    with app.app_context():
        site = factories.site()
        point = factories.place(site.id)
        duty = factories.task(at=point)
        hanna = factories.coordinator(site.id)
        far = factories.place(factories.site("Riihimäen sairaala").id)
        foreign = factories.shift(far.id, duty.id)
    return Desk(app, reader.sign_in_as(hanna), site, point, duty, hanna.id, foreign.id)
