"""A draft is published only where it can be had: each way out of use, and each way back, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from olka.core.errors import Conflict, NotFound, Refused
from olka.core.permissions import Actor, Kind, Role
from olka.core.texts import Text3
from olka.db import db, transaction
from olka.shifts import closing, planning, queries, service
from olka.shifts.models import Shift
from olka.shifts.planning_rules import PlaceClosed, PlaceRetired, SiteNotOpen, TaskNotDoneHere, TaskRetired
from olka.shifts.rules import ShiftState
from olka.sites.models import Place
from tests import factories
from tests.conftest import make_app
from tests.factories import today
from tests.shifts.between import before_the_lock

CHIEF = Actor(None, (Role(Kind.ADMIN),))
WHY = Text3("Remontti")


@dataclass(frozen=True)
class Point:
    """A place with a task, and a shift there in a week."""

    place: Place
    task_id: int
    shift_id: int

    def publish(self) -> None:
        """Publishes the shift as it stands."""
        with transaction():
            planning.publish(CHIEF, self.shift_id, queries.get_shift(self.shift_id).version)

    def publish_week(self) -> planning.Published:
        """Publishes the drafts of the place in the weeks around the shift."""
        with transaction():
            return planning.publish_drafts(CHIEF, [self.place.id], today(), today() + timedelta(days=13))


def a_point(**site: Any) -> Point:
    place = factories.place(factories.site(**site).id)
    task = factories.task(at=place)
    return Point(place, task.id, factories.shift(place.id, task.id).id)


DAY: dict[str, Any] = {"first_day": today() + timedelta(days=7), "last_day": today() + timedelta(days=7), "reason": WHY}
WAYS: dict[str, tuple[Callable[[Point], int], object]] = {
    "the place retires": (lambda p: closing.retire_place(CHIEF, p.place.id), PlaceRetired()),
    "the site retires": (lambda p: closing.retire_site(CHIEF, p.place.site_id), PlaceRetired()),
    "the task retires": (lambda p: closing.retire_task(CHIEF, p.task_id, today()), TaskRetired()),
    "the task leaves": (lambda p: closing.set_tasks_of_place(CHIEF, p.place.id, 1, []), TaskNotDoneHere()),
    "the place closes": (lambda p: closing.close_place(CHIEF, p.place.id, **DAY), PlaceClosed),
    "the site closes": (lambda p: closing.close_site(CHIEF, p.place.site_id, **DAY), PlaceClosed),
}


@pytest.mark.parametrize(("way", "why"), WAYS.values(), ids=WAYS)
def test_what_went_out_of_use_is_not_published(any_app: Flask, way: Callable[[Point], int], why: object) -> None:
    with any_app.app_context():
        point = a_point()
        with transaction():
            assert way(point) == 1
        with pytest.raises(Refused) as refused:
            point.publish()
        (obstacle,) = refused.value.obstacles
        assert obstacle == why or type(obstacle) is why
        assert point.publish_week() == planning.Published(0, 1)
        db.session.remove()
        assert queries.get_shift(point.shift_id).facts.state is ShiftState.DRAFT


def test_a_draft_before_its_site_opens_is_not_published(app: Flask) -> None:
    with app.app_context():
        opens = today() + timedelta(days=20)
        point = a_point(opens_on=opens)
        draft = replace(point, shift_id=factories.shift(point.place.id, point.task_id, state=ShiftState.DRAFT).id)
        with pytest.raises(Refused) as refused:
            draft.publish()
        assert refused.value.obstacles == (SiteNotOpen(opens),)
        assert draft.publish_week() == planning.Published(0, 1)


def test_publishing_raises_the_version_so_that_an_older_page_is_told(any_app: Flask) -> None:
    with any_app.app_context():
        point = a_point()
        drafts = [factories.shift(point.place.id, point.task_id, state=ShiftState.DRAFT) for _ in range(2)]
        with transaction():
            planning.publish(CHIEF, drafts[0].id, 1)
        point.publish_week()
        for draft in drafts:
            db.session.remove()
            shift = queries.get_shift(draft.id)
            assert (shift.facts.state, shift.version) == (ShiftState.PUBLISHED, 2)
            with pytest.raises(Conflict), transaction():
                planning.cancel(CHIEF, draft.id, 1)


# ---------------------------------------------------------------- a shift that moves away as its lock is waited for


ACTS: dict[str, Callable[[Actor, int, int], object]] = {
    "publish": lambda hanna, shift_id, _her: planning.publish(hanna, shift_id, 1),
    "cancel": lambda hanna, shift_id, _her: planning.cancel(hanna, shift_id, 1),
    "change": lambda hanna, shift_id, _her: planning.change(
        hanna, shift_id, 1, replace(planning.plan_of(queries.get_shift(shift_id)), max_people=9)
    ),
    "book": planning.book_for,
    "remove": planning.remove,
}


@pytest.mark.parametrize("name", ACTS)
def test_a_shift_that_moves_to_another_site_before_its_lock_is_out_of_reach(postgres_url: str, name: str) -> None:
    app = make_app(postgres_url)
    with app.app_context():
        point, far = a_point(), factories.place(factories.site("Riihimäen sairaala").id)
        hanna = Actor(factories.coordinator(point.place.site_id).id, (Role(Kind.COORDINATOR, point.place.site_id),))
        her = factories.volunteer(point.place.site_id, point.task_id)
        shift = factories.shift(
            point.place.id, point.task_id, state=ShiftState.DRAFT if name == "publish" else ShiftState.PUBLISHED
        )
        if name == "remove":
            with transaction():
                service.book(Actor(her.id), shift.id, her.id)
        before_the_lock("shifts", lambda: move(shift.id, far.id))
        with pytest.raises(NotFound), transaction():
            ACTS[name](hanna, shift.id, her.id)
        assert queries.get_shift(shift.id).place_id == far.id  # the other coordinator was there in between
        db.session.remove()
        db.engine.dispose()


def move(shift_id: int, place_id: int) -> None:
    """Moves a shift as another coordinator does, in a transaction of its own."""
    with db.engine.connect().execution_options(olka_writes=True) as other, other.begin():
        other.execute(update(Shift).where(Shift.id == shift_id).values(place_id=place_id))
