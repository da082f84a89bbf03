"""Named reads of acceptances: who may do which task."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import bindparam, select

from olka.db import db
from olka.eligibility.models import Acceptance

_ACCEPTANCES = Acceptance.__table__
_ACCEPTED = (
    select(_ACCEPTANCES.c.person_id, _ACCEPTANCES.c.task_id, _ACCEPTANCES.c.accepted_on)
    .where(
        _ACCEPTANCES.c.person_id.in_(bindparam("person_ids", expanding=True)),
        _ACCEPTANCES.c.revoked_on.is_(None),
    )
    .order_by(_ACCEPTANCES.c.accepted_on, _ACCEPTANCES.c.id)
)


def tasks_accepted_of(person_ids: Collection[int]) -> dict[int, dict[int, date]]:
    """Tells for which tasks each person is accepted now, the first one first: task's id to the day since when."""
    found: dict[int, dict[int, date]] = {person_id: {} for person_id in person_ids}
    for person_id, task_id, accepted_on in db.session.execute(_ACCEPTED, {"person_ids": list(person_ids)}):
        found[person_id][task_id] = accepted_on
    return found


def tasks_accepted(person_id: int) -> dict[int, date]:
    """Tells for which tasks a person is accepted now: task's id to the day of acceptance."""
    return tasks_accepted_of([person_id])[person_id]
