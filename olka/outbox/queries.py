"""What waits, what has left, what is given up; and which timed work is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select, text

from olka.db import db, fetch_all
from olka.outbox.models import JobRow, Message
from olka.outbox.rules import MessageState

# Written out and not bound, so that SQLite may use the index that holds only these.
IS_WAITING: Final = text("outbox.state = 'waiting'")


def is_free(now: datetime) -> ColumnElement[bool]:
    """The condition of a message that waits, is due, and that no worker has at hand."""
    return and_(IS_WAITING, Message.due_at <= now, or_(Message.leased_until.is_(None), Message.leased_until <= now))


def has_due(now: datetime) -> bool:
    """Tells whether a message may be taken to send."""
    return db.session.execute(select(Message.id).where(is_free(now)).limit(1)).first() is not None


def waiting(now: datetime) -> int:
    """Counts the messages that should have left by now and haven't."""
    return db.session.execute(select(func.count()).where(IS_WAITING, Message.due_at <= now)).scalar_one()


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    """How many messages there are in each state, and since when the oldest of those that should have left waits."""

    by_state: dict[MessageState, int]
    oldest_due_at: datetime | None


def figures(now: datetime) -> OutboxFigures:
    """Counts the outbox; a state without messages counts 0. Two statements."""
    counted = fetch_all(select(Message.state, func.count()).group_by(Message.state))
    oldest = db.session.execute(select(func.min(Message.due_at)).where(IS_WAITING, Message.due_at <= now)).scalar_one()
    return OutboxFigures(dict.fromkeys(MessageState, 0) | dict(counted), oldest)


@dataclass(frozen=True, slots=True)
class JobState:
    """How far a piece of timed work has got."""

    name: str
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def jobs() -> list[JobState]:
    """Lists the timed work that workers have known, by name."""
    rows = fetch_all(select(JobRow.name, JobRow.due_at, JobRow.started_at, JobRow.finished_at).order_by(JobRow.name))
    return [JobState(*row) for row in rows]


def is_job_due(name: str, now: datetime) -> bool:
    """Tells whether a piece of timed work may be begun, or has never been known."""
    due_at = db.session.execute(select(JobRow.due_at).where(JobRow.name == name)).scalar()
    return due_at is None or due_at <= now
