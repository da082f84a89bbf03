"""Verbs on acceptance: a coordinator accepts a person for a task, or takes it back; dated, by whom, on record."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import update

from olka.accounts import people_service
from olka.accounts.models import Person
from olka.accounts.people_rules import Who
from olka.audit.service import record
from olka.core import clock
from olka.core.errors import NotFound, Refused
from olka.core.permissions import Actor
from olka.db import db, lock_row
from olka.eligibility import queries, rules
from olka.eligibility.models import Acceptance
from olka.tasks.queries import get_task
from olka.volunteers import service as volunteers
from olka.volunteers.queries import find_standing


def welcome(
    actor: Actor,
    who: Who,
    *,
    site_ids: Collection[int],
    task_ids: Collection[int],
    known: str = "",
) -> int:
    """Enters someone who came by paper or phone: a person, a volunteer of the sites, accepted for the tasks.

    Gives her id. Raises Refused with Twins unless they are ``known``, NotFound for a site or task that isn't.
    """
    person_id = people_service.enter(actor, who, known=known)
    for site_id in sorted(site_ids):
        volunteers.take_in(actor, person_id, site_id)
    for task_id in sorted(task_ids):
        accept(actor, person_id, task_id)
    return person_id


def accept(actor: Actor, person_id: int, task_id: int) -> None:
    """Accepts a person for a task from today; once accepted, again changes nothing. Raises NotFound, Refused."""
    if not lock_row(Person, person_id):
        raise NotFound
    task = get_task(task_id)
    obstacles = rules.obstacles_to_acceptance(find_standing(person_id), task_retired=task.retired_on is not None)
    if obstacles:
        raise Refused(*obstacles)
    if task_id in queries.tasks_accepted(person_id):
        return
    db.session.add(
        Acceptance(
            person_id=person_id,
            task_id=task_id,
            accepted_on=clock.today(clock.HOME_ZONE),
            accepted_by_id=actor.person_id,
        )
    )
    db.session.flush()
    record(actor, "accepted", "person", person_id, task_id=task_id)


def revoke(actor: Actor, person_id: int, task_id: int) -> None:
    """Takes an acceptance back today; with none in force nothing changes. Raises NotFound for no such person.

    Whoever has coming shifts of the task is kept by shifts/standing.py, which knows them.
    """
    if not lock_row(Person, person_id):
        raise NotFound
    revoked = db.session.execute(
        update(Acceptance)
        .where(
            Acceptance.person_id == person_id,
            Acceptance.task_id == task_id,
            Acceptance.revoked_on.is_(None),
        )
        .values(revoked_on=clock.today(clock.HOME_ZONE), revoked_by_id=actor.person_id)
        .returning(Acceptance.id)
    ).first()
    if revoked is not None:
        record(actor, "revoked", "person", person_id, task_id=task_id)
