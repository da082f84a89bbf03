"""Lets somebody else act at the worst moment: between what an act read before its lock and the lock itself."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event

from olka.db import db


def before_the_lock(table: str, act: Callable[[], None]) -> None:
    """Lets somebody else act once, right before the first lock of a row of the table is taken; PostgreSQL alone.

    ``act`` has a connection of its own, so it commits before the lock. SQLite has one writer: nobody comes between.
    """
    done: list[bool] = []

    def first(_c: object, _cu: object, statement: str, *_: object) -> None:
        if not done and f"FROM {table}" in statement and "FOR NO KEY UPDATE" in statement:
            done.append(True)
            act()

    event.listen(db.engine, "before_cursor_execute", first)
