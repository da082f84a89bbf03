"""Keeping the tasks, and what is done where.

Taking a task out of use, or away from a place, looks at coming bookings first: call those verbs in
``olka.shifts.closing``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import delete, update

from olka.audit.service import record
from olka.core.errors import NotFound
from olka.core.permissions import Actor
from olka.core.texts import Text3
from olka.db import change_row, db, lock_row
from olka.sites.models import Place
from olka.tasks import queries
from olka.tasks.models import PlaceTask, Task
from olka.tasks.rules import Service


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What is kept of a task."""

    service: Service
    name: Text3
    description: Text3
    with_children: bool


def create_task(actor: Actor, facts: TaskFacts) -> int:
    """Adds a task and gives its id."""
    row = Task(**_values(facts))
    db.session.add(row)
    db.session.flush()
    record(actor, "created", "task", row.id)
    return row.id


def change_task(actor: Actor, task_id: int, version: int, facts: TaskFacts) -> None:
    """Changes a task. Raises Conflict, NotFound."""
    change_row(Task, task_id, version, **_values(facts))
    record(actor, "changed", "task", task_id)


def put_out_of_use(actor: Actor, task_id: int, today: date) -> None:
    """Marks a task as out of use from today; looks at no bookings. Raises NotFound."""
    if not lock_row(Task, task_id):
        raise NotFound
    retired = db.session.execute(
        update(Task)
        .where(Task.id == task_id, Task.retired_on.is_(None))
        .values(retired_on=today, version=Task.version + 1)
        .returning(Task.id)
    ).first()
    if retired:  # a double click finds it done
        record(actor, "retired", "task", task_id)


def take_back_task(actor: Actor, task_id: int) -> None:
    """Takes a task back into use. Raises NotFound."""
    if not lock_row(Task, task_id):
        raise NotFound
    back = db.session.execute(
        update(Task)
        .where(Task.id == task_id, Task.retired_on.is_not(None))
        .values(retired_on=None, version=Task.version + 1)
        .returning(Task.id)
    ).first()
    if back:
        record(actor, "taken_back", "task", task_id)


def put_tasks_of_place(actor: Actor, place_id: int, version: int, task_ids: Collection[int]) -> None:
    """Sets what is done at a place, of the tasks in use; looks at no bookings. Raises Conflict, NotFound."""
    change_row(Place, place_id, version)
    in_use = {task.id for task in queries.all_tasks().values() if task.retired_on is None}
    if not set(task_ids) <= in_use:
        raise NotFound
    before = set(queries.tasks_at(place_id))
    wanted = set(task_ids)
    db.session.execute(delete(PlaceTask).where(PlaceTask.place_id == place_id, PlaceTask.task_id.in_(before - wanted)))
    db.session.add_all(PlaceTask(place_id=place_id, task_id=task_id) for task_id in sorted(wanted - before))
    db.session.flush()
    record(actor, "set_tasks", "place", place_id)


def _values(facts: TaskFacts) -> dict[str, Any]:
    return {field.name: getattr(facts, field.name) for field in fields(facts)}
