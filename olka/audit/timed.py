"""The audit log's timed work: rows are sealed into a chain, a minute after they were written, and no writer waits."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import text, update

from olka.audit import queries
from olka.audit.models import AuditRow
from olka.audit.queries import Horizon
from olka.audit.rules import chain
from olka.core.jobs import Job
from olka.db import db, transaction

log: Final = structlog.get_logger()

_AT_ONCE: Final = 500
_LOOKS: Final = 20
# Any number that nothing else in this database locks by.
_SEALER: Final = 0x5EA1


def seal_log() -> int:
    """Seals the rows written so far, in the order of their ids; gives their number.

    Waits up to two seconds for those who were writing when it looked; where one takes longer, the next run seals.
    The last seal goes to the log as well: who cuts the newest rows off would have to change both.
    """
    seen = queries.horizon()
    db.session.close()
    if seen is None or not _settled(seen):
        return 0
    sealed = 0
    while (number := _seal_some(seen)) > 0:
        sealed += number
    if sealed:
        row, seal = queries.last_seal()
        db.session.close()
        log.info("audit sealed", rows=sealed, last_row=row, seal=seal)
    return sealed


def _settled(seen: Horizon) -> bool:
    for look in range(_LOOKS):
        if look:
            time.sleep(0.1)
        past = queries.is_past(seen)
        db.session.close()
        if past:
            return True
    return False


def _seal_some(seen: Horizon) -> int:
    with transaction() as session:
        if not _alone():
            return 0
        after, before = queries.last_seal()
        seals = list(chain(before, queries.entries_between(after, seen.id, _AT_ONCE)))
        if seals:
            session.execute(update(AuditRow), [{"id": id_, "seal": seal} for id_, seal in seals])
        return len(seals)


def _alone() -> bool:
    """Tells whether no other worker seals now; SQLite's writers take turns anyway."""
    if db.engine.dialect.name == "sqlite":
        return True
    return bool(db.session.execute(text(f"SELECT pg_try_advisory_xact_lock({_SEALER})")).scalar_one())


JOBS: Final = (Job("seal_audit", timedelta(minutes=1), seal_log),)
