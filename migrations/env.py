"""How a migration runs: alone, on the app's own engine, everything in one transaction.

Two hosts that start at once migrate one after the other: the second finds nothing left to do. A migration names
plain column types (``sa.DateTime``, ``sa.JSON``, ``sa.String``), never ours, so that it means the same when the
models have moved on. A new one is made by ``flask --app olka.app db revision --autogenerate -m "what it does"``
and then read line by line.
"""

from __future__ import annotations

import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.types import TypeDecorator

from olka.db import LOCK_TIMEOUT_MS, Base, db, turn_to_write

# Any number that nothing else in this database locks by.
_TURN: Final = 0x4F4C4B41


def render_type(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Writes our own column types as the plain ones that they are stored as."""
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__.startswith("olka."):
        return f"sa.{item.impl_instance!r}"
    return False


def number_in_order(_running: MigrationContext, _revision: Any, directives: list[MigrationScript]) -> None:
    """Numbers a new migration after the last one: 0001, 0002; makes none where nothing has changed."""
    script = directives[0]
    if getattr(context.config.cmd_opts, "autogenerate", False) and script.upgrade_ops and script.upgrade_ops.is_empty():
        directives.clear()
        return
    count = len(list(ScriptDirectory.from_config(context.config).walk_revisions()))
    script.rev_id = f"{count + 1:04}"


@contextmanager
def alone(connection: sa.Connection) -> Iterator[None]:
    """Keeps every other migration waiting until this one has committed."""
    if connection.dialect.name == "sqlite":
        # Changing a table makes it anew, which its foreign keys would forbid; they are checked as a whole instead.
        # The pragma works only before the transaction begins.
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.close()
        with connection.begin():
            yield
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration leaves rows that point to nothing: {broken[:5]}")
        return
    with connection.begin():
        # Waiting for another's migration may take long, and so may one's own statements.
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))
        # But pages don't wait for a migration that waits for a lock on their tables: it gives up and is run again.
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
        yield


def run() -> None:
    """Runs what Alembic was asked for."""
    how: dict[str, Any] = {
        "target_metadata": Base.metadata,
        "render_as_batch": True,
        "render_item": render_type,
        "compare_type": True,
        "process_revision_directives": number_in_order,
    }
    if context.is_offline_mode():  # `--sql`: written out, to be read or run by hand
        context.configure(dialect_name=db.engine.dialect.name, literal_binds=True, **how)
        with context.begin_transaction():
            context.run_migrations()
        return
    with turn_to_write(), db.engine.connect() as connection:
        connection.detach()  # it is closed afterwards, not lent on with its foreign keys off
        writer = connection.execution_options(olka_writes=True)
        with alone(writer):
            context.configure(connection=writer, **how)
            context.run_migrations()


if not current_app.testing and context.config.config_file_name is not None:
    logging.config.fileConfig(context.config.config_file_name, disable_existing_loggers=False)
run()
