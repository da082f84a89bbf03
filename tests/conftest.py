"""Fixtures: an app on a fresh database of either kind, and readers signed in as each kind of account."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from olka import schema
from olka.app import create_app
from olka.config import Settings
from olka.db import Base, db, transaction
from tests.reader import Reader
from tests.services import postgres

if TYPE_CHECKING:
    from tests.filled import Filled

SECRET = "only-for-tests-0123456789abcdef0123456789"


def settings_for(database_url: str, **changes: str) -> Settings:
    """Gives the settings of a test app; further ones by their environment name."""
    return Settings.from_env(
        {
            "OLKA_DATABASE_URL": database_url,
            "OLKA_SECRET_KEY": SECRET,
            "OLKA_BASE_URL": "http://localhost",
            "OLKA_MAIL_URL": "file:///tmp/olka-test-mail",
            "OLKA_LOG_LEVEL": "WARNING",
            **changes,
        }
    )


def make_app(database_url: str, **changes: str) -> Flask:
    """Builds a test app on a database whose tables are there."""
    app = create_app(settings_for(database_url, **changes))
    app.testing = True
    app.test_client_class = Reader
    return app


def make_tables(database_url: str) -> None:
    """Makes every table in an empty database, and marks it as migrated to the newest schema."""
    app = create_app(settings_for(database_url))
    with app.app_context():
        with transaction() as session:
            Base.metadata.create_all(session.connection())
            schema.mark_as_newest(session.connection())
        db.engine.dispose()


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """Puts back the umask that a command, run within a test's process, has made strict."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Makes an SQLite file with every table, to be copied by each test."""
    path = tmp_path_factory.mktemp("template") / "olka.db"
    make_tables(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def sqlite_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """Gives a fresh SQLite database."""
    path = tmp_path / "olka.db"
    shutil.copy(empty_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def app(sqlite_url: str) -> Iterator[Flask]:
    """Gives an app on a fresh SQLite database."""
    app = make_app(sqlite_url)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def reader(app: Flask) -> Reader:
    """Gives a browser-like client that nobody has signed in with."""
    client = app.test_client()
    assert isinstance(client, Reader)
    return client


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    """Starts a private PostgreSQL, one for all workers of the run."""
    there = postgres.available()
    if not there:
        pytest.skip(str(there))
    with postgres.shared(tmp_path_factory.getbasetemp()) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server) -> str:
    """Makes a database with every table, to be copied by each test of this worker."""
    name = f"template_{os.getpid()}"
    make_tables(postgres_server.create_database(name))
    return name


@pytest.fixture
def postgres_url(postgres_server: postgres.Server, postgres_template: str) -> Iterator[str]:
    """Gives a fresh PostgreSQL database."""
    name = f"test_{secrets.token_hex(6)}"
    yield postgres_server.create_database(name, postgres_template)
    postgres_server.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_url(request: pytest.FixtureRequest) -> str:
    """Gives a fresh database of each kind in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def any_app(any_url: str) -> Iterator[Flask]:
    """Gives an app on a fresh database of each kind in turn."""
    app = make_app(any_url)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def count_queries(app: Flask) -> Iterator[Callable[[], int]]:
    """Counts the statements sent to the app's database; calling it gives the number and starts over."""
    from sqlalchemy import event

    seen: list[str] = []

    def note(_c: object, _cu: object, statement: str, *_: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SET TRANSACTION")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)

    def count() -> int:
        number = len(seen)
        seen.clear()
        return number

    yield count
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def filled_template(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """Makes an SQLite file that holds the world, to be copied."""
    from tests import filled

    return filled.fill_sqlite(empty_sqlite, tmp_path_factory.mktemp("filled") / "olka.db")


@pytest.fixture(scope="module")
def house(filled_template: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """Gives an app on the world, on SQLite, one for all tests of a file."""
    from tests import filled

    made = filled.copy_of(filled_template, tmp_path_factory.mktemp("house") / "olka.db")
    yield made
    made.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def any_house(request: pytest.FixtureRequest) -> Iterator[Filled]:
    """Gives an app on the world, on either kind of database, one each for all tests of a file."""
    from tests import filled

    if request.param == "sqlite":
        yield request.getfixturevalue("house")
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = f"house_{secrets.token_hex(6)}"
    made = filled.fill(server.create_database(name, request.getfixturevalue("postgres_template")))
    yield made
    made.close()
    server.drop_database(name)
