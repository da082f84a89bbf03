"""Whoever has coming shifts isn't sent on leave, closed, ended or unaccepted: refused with their list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from olka.accounts.models import RoleRow
from olka.accounts.people_rules import Terms
from olka.core.errors import Refused
from olka.core.permissions import Actor, Kind
from olka.core.spans import LocalSpan
from olka.core.texts import Text3
from olka.db import db, transaction
from olka.shifts import service, standing
from olka.shifts.standing_rules import ComingShift, HasShifts, shifts_losing_ground
from olka.volunteers.queries import find_standing
from olka.volunteers.rules import Standing
from tests import factories, world
from tests.factories import today

BOSS = Actor(None)
DAY = date(2026, 12, 7)
HERE, THERE = 1, 2


def coming(site_id: int = HERE, day: date = DAY) -> ComingShift:
    return ComingShift(5, site_id, 3, LocalSpan(day, time(9), time(12), factories.ZONE), Text3(), Text3(), Text3())


def role(site_id: int = HERE, until: date | None = None, kind: Kind = Kind.VOLUNTEER) -> Terms:
    return Terms(kind, site_id, None, date(2026, 1, 1), until)


@pytest.mark.parametrize(
    ("shift", "before", "after", "lost"),
    [
        (coming(), [role()], [], True),
        (coming(), [role()], [role()], False),
        (coming(), [role()], [role(until=DAY)], False),
        (coming(), [role()], [role(until=DAY - timedelta(days=1))], True),
        (coming(), [role(), role(THERE)], [role(THERE)], True),
        (coming(THERE), [role(), role(THERE)], [role(THERE)], False),
        (coming(THERE), [role()], [], True),  # a guest there, and a volunteer nowhere any more
        (coming(THERE), [role(), role(9)], [role(9)], False),  # a guest still
        (coming(), [], [], False),
        (coming(), [role(kind=Kind.COORDINATOR)], [], False),
    ],
)
def test_a_shift_stands_on_a_volunteers_role(
    shift: ComingShift, before: list[Terms], after: list[Terms], lost: bool
) -> None:
    assert bool(shifts_losing_ground([shift], before, after)) is lost


ACTS: dict[str, Callable[[int, int, int], Any]] = {
    "leave": lambda who, _task, _role: standing.set_standing(BOSS, who, Standing.ON_LEAVE),
    "leaving": lambda who, _task, _role: standing.set_standing(BOSS, who, Standing.LEFT),
    "revoking": lambda who, task, _role: standing.revoke(BOSS, who, task),
    "closing": lambda who, _task, _role: standing.disable(BOSS, who),
    "ending": lambda _who, _task, role: standing.end_role(BOSS, role),
    "shortening": lambda _who, _task, role: standing.change_role(
        BOSS, role, (today() - timedelta(days=30), today()), 1
    ),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_change_waits_for_the_coming_shifts(any_app: Flask, act: Callable[[int, int, int], Any]) -> None:
    with any_app.app_context():
        site = factories.site()
        place = factories.place(site.id)
        task = factories.task(at=place)
        who = factories.volunteer(site.id, task.id)
        role_id = db.session.scalar(select(RoleRow.id)) or 0
        shift = factories.shift(place.id, task.id)
        with transaction():
            service.book(Actor(who.id), shift.id, who.id)
        with pytest.raises(Refused) as caught, transaction():
            act(who.id, task.id, role_id)
        (obstacle,) = caught.value.obstacles
        assert isinstance(obstacle, HasShifts)
        (listed,) = obstacle.shifts
        assert (listed.shift_id, listed.day, listed.place_name) == (shift.id, shift.day, Text3("OLKA-piste"))
        with transaction():
            service.release_for(BOSS, shift.id, who.id)
        with transaction():
            act(who.id, task.id, role_id)


def test_other_tasks_and_coming_back_need_no_empty_calendar(app: Flask) -> None:
    with app.app_context():
        site = factories.site()
        place = factories.place(site.id)
        task, other = factories.task(at=place), factories.task("Juttukaveri", place)
        who = factories.volunteer(site.id, task.id, other.id)
        shift = factories.shift(place.id, task.id)
        with transaction():
            service.book(Actor(who.id), shift.id, who.id)
        with transaction():
            standing.revoke(BOSS, who.id, other.id)
        with transaction():
            standing.set_standing(BOSS, who.id, Standing.ACTIVE)
        assert find_standing(who.id) is Standing.ACTIVE


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_shift_that_has_begun_holds_nothing_up(app: Flask, act: Callable[[int, int, int], Any]) -> None:
    with app.app_context():
        site = factories.site()
        place = factories.place(site.id)
        task = factories.task(at=place)
        who = factories.volunteer(site.id, task.id)
        role_id = db.session.scalar(select(RoleRow.id)) or 0
        world.book(factories.shift_under_way(place.id, task.id, taken=1), who)
        with transaction():
            act(who.id, task.id, role_id)
