"""Closing and retiring see every coming booking; what nobody has taken becomes a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from olka.audit.models import AuditRow
from olka.core import wording
from olka.core.errors import Conflict, NotFound, Refused
from olka.core.permissions import Actor
from olka.core.texts import Text3
from olka.db import db, fetch_all, transaction
from olka.shifts import closing, service
from olka.shifts.closing import ComingBookings, HitShifts
from olka.shifts.models import Shift
from olka.shifts.rules import ShiftState
from olka.sites import queries as site_queries
from olka.sites.models import Closure, Place
from olka.sites.rules import WrongDays
from olka.sites.service import SiteFacts
from olka.tasks import queries as task_queries
from olka.web.obstacles import words_of
from tests import factories, world

ACTOR = Actor(7)
WHY = Text3("Remontti")


@dataclass
class Point:
    """A site with a point, a task done there, and a volunteer who may take it."""

    site_id: int
    place: Place
    task_id: int
    person_id: int

    def shift(self, days: int, *, booked: bool = False, **changes: object) -> int:
        """Makes a shift so many days from now, with the volunteer on it or empty."""
        day = factories.today() + timedelta(days=days)
        row = factories.shift(self.place.id, self.task_id, day, **changes)  # type: ignore[arg-type]  # a row's own
        if booked:
            with transaction():
                service.book(Actor(self.person_id), row.id, self.person_id)
        return row.id

    def close(self, first: int, last: int) -> int:
        """Closes the point from one day from now to another."""
        with transaction():
            return closing.close_place(ACTOR, self.place.id, first_day=day(first), last_day=day(last), reason=WHY)


def day(ahead: int) -> date:
    return factories.today() + timedelta(days=ahead)


def a_point() -> Point:
    site = factories.site()
    place = factories.place(site.id)
    task = factories.task(at=place)
    return Point(site.id, place, task.id, factories.volunteer(site.id, task.id).id)


def state(shift_id: int) -> ShiftState:
    with transaction() as session:
        return session.scalars(select(Shift.state).where(Shift.id == shift_id)).one()


def refusal_of(act: Callable[[], object]) -> ComingBookings:
    """Does what must be refused, and gives the list that it is refused with."""
    with pytest.raises(Refused) as refused, transaction():
        act()
    (obstacle,) = refused.value.obstacles
    assert isinstance(obstacle, ComingBookings)
    return obstacle


def verbs(point: Point) -> list[Callable[[], object]]:
    days: Any = {"first_day": day(1), "last_day": day(14), "reason": WHY}
    return [
        lambda: closing.close_place(ACTOR, point.place.id, **days),
        lambda: closing.close_site(ACTOR, point.site_id, **days),
        lambda: closing.retire_place(ACTOR, point.place.id),
        lambda: closing.retire_site(ACTOR, point.site_id),
        lambda: closing.retire_task(ACTOR, point.task_id, factories.today()),
        lambda: closing.set_tasks_of_place(ACTOR, point.place.id, 1, []),
    ]


def test_every_verb_is_refused_with_the_days_and_the_people(any_app: Flask) -> None:
    with any_app.app_context():
        point = a_point()
        shift_id = point.shift(7, booked=True)
        empty = point.shift(8)
        for act in verbs(point):
            (coming,) = refusal_of(act).shifts
            assert coming.shift_id == shift_id
            assert (coming.when.day, coming.when.start) == (day(7), time(9))
            assert (coming.place_name.fi, coming.task_name.fi) == ("OLKA-piste", "Pisteen päivystäjä")
            assert coming.names == ("Marjatta L.",)
        assert state(empty) is ShiftState.PUBLISHED
        assert db.session.scalars(select(Closure.id)).all() == []
        assert site_queries.get_place(point.place.id).in_use
        assert task_queries.tasks_at(point.place.id) == [point.task_id]


def test_every_verb_goes_through_where_nobody_is_booked_and_empty_shifts_become_drafts(any_app: Flask) -> None:
    for number in range(6):
        with any_app.app_context():
            point = a_point()
            empty = point.shift(7)
            with transaction():
                assert verbs(point)[number]() == 1
            assert state(empty) is ShiftState.DRAFT
            told = fetch_all(select(AuditRow.object_id).where(AuditRow.verb == "withdrawn").order_by(AuditRow.id))
            assert told[-1].object_id == empty


def test_only_the_shifts_of_the_closed_days_count(app: Flask) -> None:
    with app.app_context():
        point = a_point()
        before, after = point.shift(3, booked=True), point.shift(6, booked=True)
        assert point.close(4, 5) == 0
        assert {state(before), state(after)} == {ShiftState.PUBLISHED}


def test_a_shift_that_reaches_over_midnight_into_a_closed_day_counts(app: Flask) -> None:
    with app.app_context():
        point = a_point()
        point.shift(3, booked=True, start=time(22), end=time(6))
        with pytest.raises(Refused):
            point.close(4, 4)
        assert point.close(5, 5) == 0


def test_past_cancelled_and_released_shifts_stand_in_nobodys_way(app: Flask) -> None:
    with app.app_context():
        point = a_point()
        point.shift(-3)
        point.shift(5, state=ShiftState.CANCELLED)
        released = point.shift(6, booked=True)
        with transaction():
            service.release_own(Actor(point.person_id), released)
        with transaction():
            assert closing.retire_place(ACTOR, point.place.id) == 1
        assert not site_queries.get_place(point.place.id).in_use


def test_the_people_of_another_place_stand_in_nobodys_way(app: Flask) -> None:
    with app.app_context():
        point, other = a_point(), a_point()
        other.shift(7, booked=True)
        point.close(1, 14)
        with transaction():
            closing.retire_site(ACTOR, point.site_id)


def test_closing_again_for_the_same_days_changes_no_shift(app: Flask) -> None:
    with app.app_context():
        point = a_point()
        point.shift(7)
        assert [point.close(6, 8), point.close(6, 8)] == [1, 0]
        assert len(db.session.scalars(select(Closure.id)).all()) == 1
        point.close(6, 9)
        assert len(db.session.scalars(select(Closure.id)).all()) == 2


def test_a_closure_of_days_gone_by_is_refused(app: Flask) -> None:
    with app.app_context():
        point = a_point()
        with pytest.raises(Refused) as refused:
            point.close(-3, -1)
        assert refused.value.obstacles == (WrongDays(too_long=False),)


def test_what_is_not_there_is_not_found(any_app: Flask) -> None:
    with any_app.app_context():
        days: Any = {"first_day": day(1), "last_day": day(1), "reason": WHY}
        for act in (
            lambda: closing.close_place(ACTOR, 999, **days),
            lambda: closing.close_site(ACTOR, 999, **days),
            lambda: closing.retire_place(ACTOR, 999),
            lambda: closing.retire_site(ACTOR, 999),
            lambda: closing.retire_task(ACTOR, 999, factories.today()),
            lambda: closing.set_tasks_of_place(ACTOR, 999, 1, []),
            lambda: closing.hold_places_and_tasks([999], [999]),
        ):
            with pytest.raises(NotFound), transaction():
                act()


def test_setting_tasks_from_an_old_page_is_a_conflict_and_withdraws_nothing(app: Flask) -> None:
    with app.app_context():
        point = a_point()
        empty = point.shift(7)
        with transaction():
            closing.set_tasks_of_place(ACTOR, point.place.id, 1, [point.task_id])
        with pytest.raises(Conflict), transaction():
            closing.set_tasks_of_place(ACTOR, point.place.id, 1, [])
        assert state(empty) is ShiftState.PUBLISHED


# ---------------------------------------------------------------- under way


def test_a_shift_under_way_is_told_of_by_itself_with_its_end(app: Flask) -> None:
    with app.app_context():
        point = a_point()
        on = factories.shift_under_way(point.place.id, point.task_id, taken=1)
        world.book(on, factories.volunteer(point.site_id, called="Eero"))
        ahead = point.shift(7, booked=True)
        no = refusal_of(lambda: closing.retire_place(ACTOR, point.place.id))
        assert [shift.shift_id for shift in no.under_way] == [on.id]
        assert [shift.shift_id for shift in no.ahead] == [ahead]
        with app.test_request_context():
            why = words_of(no).why
        assert "Yhdessä tulevassa vuorossa on jo ihmisiä." in why
        assert "Vuoro on nyt käynnissä" in why
        assert f"klo {wording.clock(on.end, 'fi')} asti" in why


# ---------------------------------------------------------------- a site's zone and opening day


@pytest.mark.parametrize(
    ("changes", "hit"),
    [
        ({"zone": "Europe/Stockholm"}, {"published", "draft"}),
        ({"opens_on": day(10)}, {"published"}),
        ({"opens_on": day(7)}, set()),
        ({"town": "Forssa 2"}, set()),
    ],
)
def test_a_change_of_a_site_that_would_hit_coming_shifts_waits_for_them(
    any_app: Flask, changes: dict[str, Any], hit: set[str]
) -> None:
    with any_app.app_context():
        point = a_point()
        ids = {
            point.shift(7, booked=True): "published",
            point.shift(8, state=ShiftState.DRAFT): "draft",
            point.shift(9, state=ShiftState.CANCELLED): "cancelled",
            point.shift(-2): "past",
        }
        row = site_queries.get_site(point.site_id)
        names = [field.name for field in fields(SiteFacts)]
        facts = replace(SiteFacts(**{name: getattr(row, name) for name in names}), **changes)
        if not hit:
            with transaction():
                closing.change_site(ACTOR, point.site_id, 1, facts)
            return
        with pytest.raises(Refused) as refused, transaction():
            closing.change_site(ACTOR, point.site_id, 1, facts)
        (obstacle,) = refused.value.obstacles
        assert isinstance(obstacle, HitShifts)
        assert {ids[shift.shift_id] for shift in obstacle.shifts} == hit
        assert site_queries.get_site(point.site_id) == row
