"""Booking and releasing on both databases: who belongs to the site, and what a second press finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from olka.accounts.people_queries import roles_of
from olka.core import clock
from olka.core.errors import Refused
from olka.core.permissions import Actor, Kind, Role
from olka.db import db, transaction
from olka.shifts import planning, queries, service, standing
from olka.shifts.planning_rules import Hindered
from olka.shifts.rules import NotOfSite
from olka.tasks.models import PlaceTask
from olka.volunteers.models import Volunteer
from olka.volunteers.rules import Standing
from tests import factories
from tests.conftest import make_app
from tests.factories import today
from tests.shifts.between import before_the_lock

CHIEF = Actor(None, (Role(Kind.ADMIN),))


def test_a_role_that_ends_before_the_shift_books_nothing(any_app: Flask) -> None:
    with any_app.app_context():
        site = factories.site()
        point = factories.place(site.id)
        duty = factories.task(at=point)
        her = factories.person()
        factories.role(her.id, Kind.VOLUNTEER, site.id, ends_on=today() + timedelta(days=2))
        factories.save(Volunteer(person_id=her.id, standing=Standing.ACTIVE, since=today()))
        factories.accept(her.id, duty.id)
        soon, later = (factories.shift(point.id, duty.id, today() + timedelta(days=n)) for n in (2, 30))
        for actor in (Actor(her.id), CHIEF):
            with pytest.raises(Refused) as refused, transaction():
                service.book(actor, later.id, her.id)
            assert refused.value.obstacles == (NotOfSite(site.id),)
        with transaction():
            service.book(Actor(her.id), soon.id, her.id)
        # Another role that goes on from there carries her further.
        factories.role(her.id, Kind.VOLUNTEER, site.id, starts_on=today() + timedelta(days=3))
        with transaction():
            service.book(Actor(her.id), later.id, her.id)


def test_a_closed_account_books_nothing(app: Flask) -> None:
    with app.app_context():
        point = factories.place(factories.site().id)
        duty = factories.task(at=point)
        her = factories.volunteer(point.site_id, duty.id, disabled_at=clock.now())
        shift = factories.shift(point.id, duty.id)
        with pytest.raises(Refused) as refused, transaction():
            service.book(CHIEF, shift.id, her.id)
        assert refused.value.obstacles == (NotOfSite(point.site_id),)


def test_a_coordinator_of_two_sites_books_nobody_across_them_and_moves_nobody(app: Flask) -> None:
    with app.app_context():
        here, there = factories.place(factories.site().id), factories.place(factories.site("Riihimäen sairaala").id)
        duty = factories.task(at=here)
        factories.save(PlaceTask(place_id=there.id, task_id=duty.id))
        hanna = Actor(
            factories.coordinator(here.site_id).id,
            (Role(Kind.COORDINATOR, here.site_id), Role(Kind.COORDINATOR, there.site_id)),
        )
        her = factories.volunteer(here.site_id, duty.id)
        mine, far = factories.shift(here.id, duty.id), factories.shift(there.id, duty.id, today() + timedelta(days=8))
        with pytest.raises(Refused) as refused, transaction():
            planning.book_for(hanna, far.id, her.id)
        assert refused.value.obstacles == (NotOfSite(there.site_id),)
        with transaction():
            planning.book_for(hanna, mine.id, her.id)
        plan = planning.plan_of(queries.get_shift(mine.id))
        with pytest.raises(Refused) as refused, transaction():
            planning.change(hanna, mine.id, 1, replace(plan, place_id=there.id))
        assert refused.value.obstacles == (Hindered("Marjatta Lehtonen", (NotOfSite(there.site_id),)),)


MEANWHILE: dict[str, Callable[[int, int], object]] = {
    "her account is closed": lambda her, _role: standing.disable(CHIEF, her),
    "her role ends": lambda _her, role: standing.end_role(CHIEF, role),
    "her role is cut short": lambda _her, role: standing.change_role(
        CHIEF, role, (today() - timedelta(days=30), today() + timedelta(days=6)), 1
    ),
}


@pytest.mark.parametrize("act", MEANWHILE.values(), ids=MEANWHILE)
@pytest.mark.parametrize("on_her_behalf", [False, True])
def test_whoever_loses_her_ground_as_the_booking_waits_for_its_lock_gets_no_shift(
    postgres_url: str, act: Callable[[int, int], object], on_her_behalf: bool
) -> None:
    app = make_app(postgres_url)
    with app.app_context():
        point = factories.place(factories.site().id)
        duty = factories.task(at=point)
        her = factories.volunteer(point.site_id, duty.id)
        role_id = roles_of([her.id])[her.id][0].id
        factories.admin()
        shift = factories.shift(point.id, duty.id)

        def meanwhile() -> None:
            with app.app_context(), transaction():
                act(her.id, role_id)

        before_the_lock("people", meanwhile)
        actor, book = (CHIEF, planning.book_for) if on_her_behalf else (Actor(her.id), service.book)
        with pytest.raises(Refused) as refused, transaction():
            book(actor, shift.id, her.id)
        assert refused.value.obstacles == (NotOfSite(point.site_id),)
        db.session.remove()
        db.engine.dispose()
