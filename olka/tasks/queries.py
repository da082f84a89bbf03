"""Named reads of tasks and of what is done where."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from olka.core.errors import NotFound
from olka.core.texts import Text3
from olka.db import db, fetch_all
from olka.tasks.models import PlaceTask, Task
from olka.tasks.rules import Service


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as it stands."""

    id: int
    service: Service
    name: Text3
    description: Text3
    with_children: bool
    retired_on: date | None
    version: int


_TASK = (
    Task.id,
    Task.service,
    Task.name,
    Task.description,
    Task.with_children,
    Task.retired_on,
    Task.version,
)


def all_tasks() -> dict[int, TaskRow]:
    """Reads every task by id, those out of use too, in the order of their names."""
    rows = sorted((TaskRow(*row) for row in fetch_all(select(*_TASK))), key=lambda t: (t.name.fi.casefold(), t.id))
    return {row.id: row for row in rows}


class TaskName(NamedTuple):
    """A task by its name, and since when it is out of use."""

    id: int
    name: Text3
    retired_on: date | None


_TASKS = Task.__table__
_TASK_NAMES = select(_TASKS.c.id, _TASKS.c.name, _TASKS.c.retired_on)


def task_names() -> dict[int, TaskName]:
    """Reads every task's name by its id, those out of use too, in the order of their names."""
    rows = sorted((TaskName(*row) for row in fetch_all(_TASK_NAMES)), key=lambda t: (t.name.fi.casefold(), t.id))
    return {row.id: row for row in rows}


def get_task(task_id: int) -> TaskRow:
    """Reads a task, one out of use too. Raises NotFound."""
    row = db.session.execute(select(*_TASK).where(Task.id == task_id)).first()
    if row is None:
        raise NotFound
    return TaskRow(*row)


def place_tasks(place_ids: Collection[int]) -> dict[int, list[int]]:
    """Lists for each place the tasks in use that are done there; a place without any is there, empty."""
    found: dict[int, list[int]] = {place_id: [] for place_id in place_ids}
    for place_id, task_id in fetch_all(
        select(PlaceTask.place_id, PlaceTask.task_id)
        .join(Task, Task.id == PlaceTask.task_id)
        .where(PlaceTask.place_id.in_(place_ids), Task.retired_on.is_(None))
        .order_by(PlaceTask.place_id, PlaceTask.task_id)
    ):
        found[place_id].append(task_id)
    return found


def tasks_at(place_id: int) -> list[int]:
    """Lists the tasks in use that are done at a place."""
    return place_tasks([place_id])[place_id]
