"""Reads of the audit log for sealing it, and for holding it against its seals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text

from olka.audit.models import AuditRow
from olka.audit.rules import Entry, first_break
from olka.db import db

_COLUMNS = (
    AuditRow.id,
    AuditRow.at,
    AuditRow.actor_id,
    AuditRow.verb,
    AuditRow.object_kind,
    AuditRow.object_id,
    AuditRow.detail,
)
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far the log may be sealed once ``is_past`` it: up to this id, whoever was writing then has ended."""

    id: int
    transaction: int


def horizon() -> Horizon | None:
    """Sees the last unsealed row, and on PostgreSQL the transactions that might yet bring one before it.

    There a row that was numbered first may be committed last; SQLite has one writer, whose order is the ids'.
    None where nothing waits for its seal.
    """
    sealed, _ = last_seal()
    last = select(func.max(AuditRow.id)).where(AuditRow.id > sealed).scalar_subquery()
    if db.engine.dialect.name == "sqlite":
        found = db.session.execute(select(last)).scalar_one()
        return None if found is None else Horizon(found, 0)
    # One statement, one snapshot: what is not in it yet is numbered by a transaction that is in it, or later.
    newest = text("pg_snapshot_xmax(pg_current_snapshot())::text")
    row = db.session.execute(select(last, newest)).one()
    return None if row[0] is None else Horizon(row[0], int(row[1]))


def is_past(seen: Horizon) -> bool:
    """Tells whether every transaction that was under way at the horizon has ended."""
    if db.engine.dialect.name == "sqlite":
        return True
    oldest = db.session.execute(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")).scalar_one()
    return int(oldest) >= seen.transaction


def last_seal() -> tuple[int, str]:
    """Gives the id and the seal of the last sealed row; (0, "") where there is none."""
    row = db.session.execute(
        select(AuditRow.id, AuditRow.seal).where(AuditRow.seal.is_not(None)).order_by(AuditRow.id.desc()).limit(1)
    ).first()
    return (0, "") if row is None else (row[0], row[1] or "")


def find_detail(actor_id: int | None, verb: str, object_kind: str, object_id: int) -> dict[str, Any] | None:
    """Finds what was noted when the person last did this to the object; None where she never did.

    So a second click learns that the first one has done it, even where the object is gone.
    """
    return db.session.scalar(
        select(AuditRow.detail)
        .where(
            AuditRow.object_kind == object_kind,
            AuditRow.object_id == object_id,
            AuditRow.verb == verb,
            AuditRow.actor_id == actor_id,
        )
        .order_by(AuditRow.id.desc())
        .limit(1)
    )


def entries_between(after: int, last: int, limit: int) -> list[Entry]:
    """Lists entries by id, after the one and up to the other."""
    rows = db.session.execute(
        select(*_COLUMNS).where(AuditRow.id > after, AuditRow.id <= last).order_by(AuditRow.id).limit(limit)
    )
    return [Entry(*row) for row in rows]


def broken_at() -> int | None:
    """Holds the whole log against its seals; gives the id of the first entry that doesn't fit, None when all do."""
    return first_break("", _sealed(last_seal()[0]))


def _sealed(last: int) -> Iterator[tuple[Entry, str | None]]:
    after = 0
    while rows := db.session.execute(
        select(*_COLUMNS, AuditRow.seal)
        .where(AuditRow.id > after, AuditRow.id <= last)
        .order_by(AuditRow.id)
        .limit(_AT_ONCE)
    ).all():
        for row in rows:
            yield Entry(*row[:-1]), row[-1]
        after = rows[-1][0]
