"""Putting a message into the outbox, in the transaction of the change that it tells of, and taking it out again.

A message is taken under a lease: a worker that dies with it loses it to the next one, so each is sent at least once.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from olka.audit.service import record
from olka.core import clock
from olka.core.permissions import NOBODY
from olka.db import db
from olka.outbox.models import JobRow, Message
from olka.outbox.queries import IS_WAITING, is_free
from olka.outbox.rules import DEAD_KEPT, KEPT, PATIENCE, MessageState, wait_after


def post(
    kind: str,
    address: str,
    language: str,
    facts: dict[str, Any],
    *,
    due_at: datetime | None = None,
    to_nobody: bool = False,
) -> None:
    """Leaves a mail for the worker: ``templates/mail/<kind>.txt`` with the facts, in the language.

    ``to_nobody`` writes the same row but never sends it, so that a stranger's address takes as long as a
    known one. Facts hold no secret: links are made of ids when the mail is rendered.
    """
    now = clock.now()
    db.session.add(
        Message(
            message_id=f"{secrets.token_hex(16)}",
            kind=kind,
            address="" if to_nobody else address,  # a stranger's isn't kept
            language=language,
            facts=facts,
            state=MessageState.DROPPED if to_nobody else MessageState.WAITING,
            created_at=now,
            due_at=due_at or now,
        )
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this worker alone may send until its lease runs out."""

    id: int
    message_id: str
    kind: str
    address: str
    language: str
    facts: dict[str, Any]
    attempts: int
    leased_until: datetime


def claim_due(limit: int, lease: timedelta) -> list[Claim]:
    """Takes the messages that have waited longest, for as long as the lease; no other worker gets them meanwhile."""
    now = clock.now()
    until = now + lease
    rows = db.session.scalars(
        select(Message)
        .where(is_free(now))
        .order_by(Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.leased_until = until
        row.attempts += 1
    db.session.flush()
    return [
        Claim(row.id, row.message_id, row.kind, row.address, row.language, row.facts, row.attempts, until)
        for row in rows
    ]


def mark_sent(claim: Claim) -> None:
    """Notes that a message has left."""
    _close(claim, state=MessageState.SENT, done_at=clock.now(), leased_until=None, last_error=None)


def mark_dropped(claim: Claim) -> None:
    """Notes that a message had become moot and was not sent."""
    _close(claim, state=MessageState.DROPPED, done_at=clock.now(), leased_until=None)


def mark_dead(claim: Claim, reason: str) -> None:
    """Gives a message up. The reason holds no address."""
    _close(claim, state=MessageState.DEAD, done_at=clock.now(), leased_until=None, last_error=reason[:200])


def mark_failed(claim: Claim, reason: str, patience: timedelta = PATIENCE) -> None:
    """Puts a message back until its next try, or gives it up when patience has run out. The reason has no address."""
    wait = wait_after(claim.attempts, patience)
    if wait is None:
        mark_dead(claim, reason)
    else:
        _close(claim, due_at=clock.now() + wait, leased_until=None, last_error=reason[:200])


def retry_dead() -> int:
    """Puts every message that was given up back to wait, as if never tried; gives their number, and notes it."""
    revived = db.session.execute(
        update(Message)
        .where(Message.state == MessageState.DEAD)
        .values(state=MessageState.WAITING, due_at=clock.now(), attempts=0, done_at=None, last_error=None)
        .execution_options(synchronize_session=False)
    )
    number: int = revived.rowcount  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
    if number:
        record(NOBODY, "retried", "outbox", None, messages=number)
    return number


def release(claims: Sequence[Claim]) -> None:
    """Puts messages back untried."""
    for leased_until in {claim.leased_until for claim in claims}:
        ids = [claim.id for claim in claims if claim.leased_until == leased_until]
        db.session.execute(
            update(Message)
            .where(Message.id.in_(ids), IS_WAITING, Message.leased_until == leased_until)
            .values(leased_until=None, attempts=Message.attempts - 1)
            .execution_options(synchronize_session=False)
        )


def _close(claim: Claim, **values: Any) -> None:
    # The lease is the fence: whoever lost it, by being slow, changes nothing any more.
    db.session.execute(
        update(Message)
        .where(Message.id == claim.id, IS_WAITING, Message.leased_until == claim.leased_until)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def purge(limit: int) -> int:
    """Deletes up to ``limit`` messages whose time of keeping is over; gives their number."""
    now = clock.now()
    done_at = func.coalesce(Message.done_at, Message.created_at)
    old = db.session.scalars(
        select(Message.id)
        .where(
            or_(
                and_(Message.state.in_([MessageState.SENT, MessageState.DROPPED]), done_at <= now - KEPT),
                and_(Message.state == MessageState.DEAD, done_at <= now - DEAD_KEPT),
            )
        )
        .limit(limit)
    ).all()
    if old:
        db.session.execute(delete(Message).where(Message.id.in_(old)).execution_options(synchronize_session=False))
    return len(old)


def know_job(name: str) -> None:
    """Makes the row of a piece of timed work, due at once, unless it is there."""
    insert = sqlite_insert if db.engine.dialect.name == "sqlite" else postgresql_insert
    db.session.execute(insert(JobRow).values(name=name, due_at=clock.now()).on_conflict_do_nothing())


def begin_job(name: str, lease: timedelta) -> datetime | None:
    """Takes a piece of timed work that is due; gives the instant of its beginning, None where another has it.

    Should the worker be cut off, the work is due again once the lease has run out.
    """
    now = clock.now()
    taken = db.session.execute(
        update(JobRow)
        .where(JobRow.name == name, JobRow.due_at <= now)
        .values(due_at=now + lease, started_at=now)
        .execution_options(synchronize_session=False)
    )
    return now if taken.rowcount else None  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def end_job(name: str, began: datetime, *, due_at: datetime, succeeded: bool) -> None:
    """Notes how a piece of timed work ended, and when it is due next; nothing where another has begun it since."""
    db.session.execute(
        update(JobRow)
        .where(JobRow.name == name, JobRow.started_at == began)
        .values(due_at=due_at, **({"finished_at": clock.now()} if succeeded else {}))
        .execution_options(synchronize_session=False)
    )
