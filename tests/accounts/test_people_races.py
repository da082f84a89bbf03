"""Two admins who end each other at once leave one, on both databases; a double click enters one person."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from olka.accounts import people_service
from olka.accounts.models import Person, RoleRow
from olka.accounts.people_queries import admin_dates
from olka.accounts.people_rules import Who, first_day_without
from olka.core.permissions import Actor, Kind
from olka.db import db, retrying, transaction
from tests import factories
from tests.processes import together

pytestmark = pytest.mark.race


def end_next(process: int, _attempt: int, people: list[int], roles: list[int], by_disabling: bool) -> None:
    """Every process is one admin who acts on the next one."""
    mine, victim = people[process], (process + 1) % len(people)

    def act() -> None:
        with transaction():
            if by_disabling:
                people_service.disable(Actor(mine), people[victim])
            else:
                people_service.end_role(Actor(mine), roles[victim])

    retrying(act)


@pytest.mark.parametrize("by_disabling", [False, True], ids=["ending", "closing"])
@pytest.mark.parametrize("admins", [2, 6])
def test_admins_who_end_each_other_at_once_leave_one(
    any_app: Flask, any_url: str, admins: int, by_disabling: bool
) -> None:
    with any_app.app_context():
        people = [factories.person(f"Aada{n}").id for n in range(admins)]
        roles = [factories.role(person, Kind.ADMIN).id for person in people]
    seen = together(any_url, admins, end_next, people, roles, by_disabling)
    assert seen == {"done": admins - 1, "Refused": 1}
    with any_app.app_context():
        assert first_day_without(admin_dates(), factories.today()) is None
        left = select(func.count()).select_from(RoleRow).join(Person, Person.id == RoleRow.person_id)
        left = left.where(RoleRow.ends_on.is_(None), Person.disabled_at.is_(None))
        assert db.session.scalar(left) == 1


def enter(_process: int, _attempt: int, actor_id: int) -> None:
    def act() -> None:
        with transaction():
            people_service.enter(Actor(actor_id), Who("Aino", "Salo", "Aino", None, None, "fi"))

    retrying(act)


def test_a_person_sent_eight_times_at_once_is_entered_once(any_app: Flask, any_url: str) -> None:
    with any_app.app_context():
        actor_id = factories.coordinator(factories.site().id).id
    assert together(any_url, 8, enter, actor_id) == {"done": 1, "Refused": 7}
