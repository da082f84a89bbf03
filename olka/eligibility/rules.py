"""Pure decisions on acceptance: what must be so before a coordinator accepts a person for a task."""

from __future__ import annotations

from dataclasses import dataclass

from olka.volunteers.rules import Standing


@dataclass(frozen=True, slots=True)
class NoVolunteer:
    """The person isn't a volunteer, or has left."""


@dataclass(frozen=True, slots=True)
class TaskRetired:
    """The task isn't done any more."""


def obstacles_to_acceptance(standing: Standing | None, *, task_retired: bool) -> tuple[NoVolunteer | TaskRetired, ...]:
    """Lists what keeps a person from being accepted for a task; someone on leave may be accepted."""
    found: list[NoVolunteer | TaskRetired] = []
    if standing is None or standing is Standing.LEFT:
        found.append(NoVolunteer())
    if task_retired:
        found.append(TaskRetired())
    return tuple(found)
