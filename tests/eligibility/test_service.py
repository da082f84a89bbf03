"""A coordinator accepts a person for a task and takes it back; dated, by whom, one in force at a time."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from olka.accounts.people_rules import Twins, Who
from olka.audit.models import AuditRow
from olka.core.errors import NotFound, Refused
from olka.core.permissions import Actor
from olka.db import db, transaction
from olka.eligibility import queries, rules, service
from olka.eligibility.models import Acceptance
from olka.volunteers.queries import find_standing, memberships_of
from olka.volunteers.rules import Standing
from tests import factories
from tests.factories import today


@pytest.mark.parametrize(
    ("standing", "retired", "found"),
    [
        (Standing.ACTIVE, False, ()),
        (Standing.ON_LEAVE, False, ()),
        (Standing.LEFT, False, (rules.NoVolunteer(),)),
        (None, False, (rules.NoVolunteer(),)),
        (Standing.ACTIVE, True, (rules.TaskRetired(),)),
        (None, True, (rules.NoVolunteer(), rules.TaskRetired())),
    ],
)
def test_only_a_volunteer_is_accepted_and_only_for_a_task_in_use(
    standing: Standing | None, retired: bool, found: tuple[object, ...]
) -> None:
    assert rules.obstacles_to_acceptance(standing, task_retired=retired) == found


def test_an_acceptance_is_dated_signed_and_taken_back(any_app: Flask) -> None:
    with any_app.app_context():
        site = factories.site()
        task = factories.task(at=factories.place(site.id))
        boss, who = factories.coordinator(site.id), factories.volunteer(site.id)
        actor = Actor(boss.id)
        for verb in (service.accept, service.accept, service.revoke, service.revoke, service.accept):
            with transaction():
                verb(actor, who.id, task.id)
        rows = db.session.execute(
            select(
                Acceptance.accepted_on,
                Acceptance.accepted_by_id,
                Acceptance.revoked_on,
                Acceptance.revoked_by_id,
            ).order_by(Acceptance.id)
        ).all()
        assert [tuple(row) for row in rows] == [
            (today(), boss.id, today(), boss.id),
            (today(), boss.id, None, None),
        ]
        assert queries.tasks_accepted(who.id) == {task.id: today()}
        assert list(db.session.scalars(select(AuditRow.verb).order_by(AuditRow.id))) == [
            "accepted",
            "revoked",
            "accepted",
        ]


def test_nobody_and_nothing_is_not_found(app: Flask) -> None:
    with app.app_context():
        who, task = factories.volunteer(factories.site().id), factories.task()
        for person_id, task_id in ((999, task.id), (who.id, 999)):
            with pytest.raises(NotFound), transaction():
                service.accept(Actor(None), person_id, task_id)


def test_someone_who_came_on_paper_is_a_volunteer_who_may_do_the_tasks(any_app: Flask) -> None:
    with any_app.app_context():
        site, other = factories.site(), factories.site("Riihimäen sairaala")
        task = factories.task(at=factories.place(site.id))
        aino = Who("Aino", "Salo", "Aino", None, None, "fi")
        with transaction():
            person_id = service.welcome(Actor(None), aino, site_ids=[site.id, other.id], task_ids=[task.id])
        assert find_standing(person_id) is Standing.ACTIVE
        assert {role.site_id for role in memberships_of([person_id])[person_id].roles} == {site.id, other.id}
        assert set(queries.tasks_accepted(person_id)) == {task.id}
        with pytest.raises(Refused) as caught, transaction():
            service.welcome(Actor(None), aino, site_ids=[site.id], task_ids=[])
        (twins,) = caught.value.obstacles
        assert isinstance(twins, Twins)
        assert twins.person_ids == (person_id,)
