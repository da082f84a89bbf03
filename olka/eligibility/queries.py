"""Named reads of acceptances: who may do which task."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select

from olka.db import db
from olka.eligibility.models import Acceptance

_ACCEPTANCES = Acceptance.__table__
_ACCEPTED = select(_ACCEPTANCES.c.task_id, _ACCEPTANCES.c.accepted_on).where(
    _ACCEPTANCES.c.person_id == bindparam("person_id"), _ACCEPTANCES.c.revoked_on.is_(None)
)


def tasks_accepted(person_id: int) -> dict[int, date]:
    """Tells for which tasks a person is accepted now: task's id to the day of acceptance."""
    rows = db.session.execute(_ACCEPTED, {"person_id": person_id})
    return {task_id: accepted_on for task_id, accepted_on in rows}


def people_accepted(task_id: int) -> set[int]:
    """Tells who is accepted for a task now, by the people's ids."""
    return set(
        db.session.scalars(
            select(Acceptance.person_id).where(Acceptance.task_id == task_id, Acceptance.revoked_on.is_(None))
        )
    )
