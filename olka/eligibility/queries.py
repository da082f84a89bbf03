"""Named reads of acceptances: who may do which task."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from olka.db import db
from olka.eligibility.models import Acceptance


def tasks_accepted(person_id: int) -> dict[int, date]:
    """Tells for which tasks a person is accepted now: task's id to the day of acceptance."""
    rows = db.session.execute(
        select(Acceptance.task_id, Acceptance.accepted_on).where(
            Acceptance.person_id == person_id, Acceptance.revoked_on.is_(None)
        )
    )
    return {row.task_id: row.accepted_on for row in rows}


def people_accepted(task_id: int) -> set[int]:
    """Tells who is accepted for a task now, by the people's ids."""
    return set(
        db.session.scalars(
            select(Acceptance.person_id).where(Acceptance.task_id == task_id, Acceptance.revoked_on.is_(None))
        )
    )
