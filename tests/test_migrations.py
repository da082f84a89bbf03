"""Migrations: from nothing and from every earlier schema, on both kinds of database, to just what the models say."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from olka import schema
from olka.db import Base, db, transaction
from tests import past_rows, processes
from tests.conftest import make_app
from tests.services import postgres


def revisions() -> list[str]:
    """Lists the revisions from the first to the newest."""
    config = Config()
    config.set_main_option("script_location", str(schema.FOLDER))
    config.set_main_option("path_separator", "os")
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Gives a database without a table, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = f"bare_{secrets.token_hex(6)}"
    yield server.create_database(name)
    server.drop_database(name)


@pytest.fixture
def bare_app(bare_url: str) -> Iterator[Flask]:
    """Gives an app on a database without a table."""
    app = make_app(bare_url)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_revisions_form_one_line_and_are_numbered_in_it() -> None:
    assert revisions() == [f"{n:04}" for n in range(1, len(revisions()) + 1)]


def test_a_migration_means_the_same_when_the_models_have_moved_on() -> None:
    for file in (schema.FOLDER / "versions").glob("*.py"):
        assert "olka" not in file.read_text(encoding="utf-8"), f"{file.name} names a part of the house"


def test_an_empty_database_becomes_what_the_models_say(bare_app: Flask, request: pytest.FixtureRequest) -> None:
    with bare_app.app_context():
        upgrade()
        assert_equals_the_models()
        migrated = description()
        kind = db.engine.dialect.name
    modelled_app = make_app(request.getfixturevalue("sqlite_url" if kind == "sqlite" else "postgres_url"))
    with modelled_app.app_context():
        assert migrated == description()
        db.engine.dispose()


@pytest.mark.parametrize("revision", revisions())
def test_a_filled_database_of_each_revision_comes_up_with_its_rows(bare_app: Flask, revision: str) -> None:
    rows = past_rows.read(revision)
    with bare_app.app_context():
        upgrade(revision=revision)
        with transaction() as session:
            past_rows.load(session.connection(), rows)
        upgrade()
        assert_equals_the_models()
        with transaction() as session:
            there = past_rows.dump(session.connection())
    for table, before in rows.items():
        if table in there:  # a migration that drops a table says where its rows went in a test of its own
            assert len(there[table]) >= len(before), table
    client = bare_app.test_client()
    for address in ("/", "/yhteys"):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("revision", revisions())
def test_the_rows_of_each_revision_fill_every_table(revision: str) -> None:
    assert (past_rows.FOLDER / f"{revision}.json").exists(), (
        f"No rows of revision {revision} to try later migrations on: run `python -m tests.past_rows`."
    )
    empty = [table for table, rows in past_rows.read(revision).items() if not rows]
    assert not empty, f"tests/world.py makes no row of {', '.join(empty)}; then `python -m tests.past_rows`"


def test_the_newest_rows_know_every_table_of_the_models() -> None:
    newest = revisions()[-1]
    assert set(past_rows.read(newest)) == {table.name for table in house_tables()}


def test_a_migration_can_be_taken_back(bare_app: Flask) -> None:
    with bare_app.app_context():
        upgrade()
        downgrade(revision="base")
        with db.engine.connect() as connection:
            assert past_rows.tables_of(connection) == []
        upgrade()
        assert_equals_the_models()


def test_a_schema_behind_the_code_is_told_with_what_to_do(bare_app: Flask) -> None:
    with bare_app.app_context():
        with db.engine.connect() as connection:
            connection.execute(sa.select(1))
        assert "run `olka migrate`" in str(schema.fault(db.engine))
        upgrade()
        assert schema.fault(db.engine) is None
        with transaction() as session:
            session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        assert "newer than this code" in str(schema.fault(db.engine))


@pytest.mark.race
def test_hosts_that_migrate_at_once_wait_for_each_other(bare_url: str) -> None:
    assert processes.together(bare_url, 4, _migrate) == {"done": 4}


def _migrate(_process: int, _attempt: int) -> None:
    upgrade()


def house_tables() -> list[sa.Table]:
    """Lists the tables of the house, without those that a test made for itself."""
    return [
        mapper.local_table
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("olka.") and isinstance(mapper.local_table, sa.Table)
    ]


def assert_equals_the_models() -> None:
    """Holds the database in context to the models, as `flask db check` does."""
    ours = {table.name for table in house_tables()}

    def of_the_house(item: Any, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
        return kind != "table" or name in ours or _reflected

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": of_the_house})
        assert compare_metadata(context, Base.metadata) == []


def description() -> set[tuple[str, ...]]:
    """Describes all that `compare_metadata` looks past too: conditions of indexes, checks, in the database's words."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return set(_sqlite_parts(connection))
        return {tuple(map(str, row)) for row in connection.execute(sa.text(_POSTGRESQL_PARTS))}


def _sqlite_parts(connection: sa.Connection) -> Iterator[tuple[str, ...]]:
    rows = connection.execute(sa.text("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    for table, statement in rows:
        if table != "alembic_version":
            for line in statement.splitlines():
                yield table, re.sub(r"\s+", " ", line).strip(' ,"')


_POSTGRESQL_PARTS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND c.relname <> 'alembic_version'
UNION ALL
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(k.oid), ''
  FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
 WHERE n.nspname = 'public' AND conrelid::regclass::text <> 'alembic_version'
UNION ALL
SELECT tablename, indexname, indexdef, '' FROM pg_indexes
 WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""
