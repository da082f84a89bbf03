"""Rows as they stood at a revision, kept in tests/past_rows/<revision>.json, for migrations to be tried on.

`python -m tests.past_rows` writes the file of the newest revision from the world that tests are made of. A file
is written once, when its revision is the newest, and then left alone: it is a database of that day.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from olka import schema
from olka.db import db, transaction

FOLDER: Final = Path(__file__).parent / "past_rows"
_READERS: Final[tuple[tuple[type, Callable[[str], Any]], ...]] = (
    (sa.DateTime, datetime.fromisoformat),
    (sa.Date, date.fromisoformat),
    (sa.Time, time.fromisoformat),
)
Rows = dict[str, list[dict[str, Any]]]


def tables_of(connection: sa.Connection) -> list[sa.Table]:
    """Reads the tables that are there, those that others point to first; the house's, without Alembic's own."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def dump(connection: sa.Connection) -> Rows:
    """Lists every row of every table, as JSON can hold it."""
    return {
        table.name: [
            {name: _plain(value) for name, value in row.items()}
            for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in tables_of(connection)
    }


def load(connection: sa.Connection, rows: Rows) -> None:
    """Writes rows into tables that are there and empty, and moves PostgreSQL's counters past them."""
    for table in tables_of(connection):
        for row in rows[table.name]:
            connection.execute(
                table.insert().values({name: _typed(table.c[name], value) for name, value in row.items()})
            )
        key = table.primary_key.columns.values()[0]
        if connection.dialect.name == "postgresql" and key.name == "id" and rows[table.name]:
            counter = sa.func.pg_get_serial_sequence(table.name, "id")
            connection.execute(sa.select(sa.func.setval(counter, sa.select(sa.func.max(key)).scalar_subquery())))


def read(revision: str) -> Rows:
    """Reads the rows of a revision's day."""
    found: Rows = json.loads((FOLDER / f"{revision}.json").read_text(encoding="utf-8"))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:  # SQLite keeps UTC without saying so
        value = value.replace(tzinfo=UTC)
    return value.isoformat() if isinstance(value, date | time) else value


def _typed(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return sa.null()
    for kind, reader in _READERS:
        if isinstance(column.type, kind):
            return reader(value)
    return value


def _one_a_line(rows: Rows) -> str:
    tables = (
        f"{json.dumps(table)}: [\n"
        + ",\n".join(f" {json.dumps(row, ensure_ascii=False, sort_keys=True)}" for row in rows[table])
        + "\n]"
        for table in sorted(rows)
    )
    return "{\n" + ",\n".join(tables) + "\n}\n"


def main() -> None:
    """Writes the newest revision's file."""
    from tests import world
    from tests.conftest import make_app, make_tables

    (head,) = schema.heads()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/olka.db"
        make_tables(url)
        with make_app(url).app_context():
            world.build()
            with transaction() as session:
                rows = dump(session.connection())
            db.engine.dispose()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{head}.json").write_text(_one_a_line(rows), encoding="utf-8")
    sys.stdout.write(f"{FOLDER / head}.json: {sum(map(len, rows.values()))} rows of {len(rows)} tables\n")


if __name__ == "__main__":
    main()
