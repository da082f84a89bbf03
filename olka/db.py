"""The database: the base of every model, the column types, and the one way to write, ``transaction()``.

The recipe, on both kinds of database: a reader can't write (``query_only`` or READ ONLY), a writer says so
before its first statement. On SQLite writers queue on a file lock and begin IMMEDIATE; on PostgreSQL they lock
rows in a fixed order (person, then shift) and what the server aborts for another's sake is tried again.
"""

from __future__ import annotations

import fcntl
import os
import random
import sqlite3
import time as _time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum
from typing import Any, ClassVar, Final, Generic, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Executable,
    MetaData,
    String,
    event,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from olka.core.errors import Conflict, NotFound
from olka.core.texts import Text3

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

LOCK_TIMEOUT_MS: Final = 8000
STATEMENT_TIMEOUT_MS: Final = 15000
_TRIES: Final = 4
_DICE: Final = random.SystemRandom()
_RETRYABLE_STATES: Final = frozenset({"40001", "40P01", "55P03"})
# Connection trouble, an operator's or a time-out's doing, too many connections: later it may pass.
_AWAY_STATES: Final = ("08", "57", "53300")
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_LONGEST_NAP: Final = 0.003


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive value is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turns an aware instant into UTC for the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime can't be stored: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Gives the instant back aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Trilingual(TypeDecorator[Text3]):
    """A Text3 in one JSON column; empty languages are left out."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Text3 | None, dialect: Dialect) -> dict[str, str] | None:
        """Writes the languages that have a text."""
        if value is None:
            return None
        return {k: v for k in ("fi", "sv", "en") if (v := getattr(value, k))}

    def process_result_value(self, value: dict[str, str] | None, dialect: Dialect) -> Text3 | None:
        """Reads the text back; a missing language is an empty string."""
        return None if value is None else Text3(**value)


class Choice(TypeDecorator[E], Generic[E]):
    """A closed enum, stored by its value in a short string; an unknown value is refused."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        """Writes the member's value."""
        return None if value is None else str(self.kind(value).value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        """Reads the member back."""
        return None if value is None else self.kind(value)


class Base(DeclarativeBase):
    """The base of every model; names every constraint, so that a loser of a race can be told by which."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: Instant, Text3: Trilingual}


db: Final = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)


def engine_options(url: str) -> dict[str, Any]:
    """Gives the engine's options for the kind of database that the URL names."""
    if url.startswith("sqlite"):
        return {
            "hide_parameters": True,  # an error's words go to the log, a person's data must not
            "connect_args": {"timeout": LOCK_TIMEOUT_MS / 1000, "isolation_level": None},
        }
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 10,
        "connect_args": {
            "connect_timeout": 5,
            "options": f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS}",
        },
    }


def prepare_engine(engine: Engine) -> None:
    """Makes an engine keep the recipe: readers read only, SQLite's writers begin IMMEDIATE."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "begin", _postgresql_begin)


def _sqlite_pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={LOCK_TIMEOUT_MS}",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _is_writer(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("olka_writes"))


def _sqlite_begin(connection: Connection) -> None:
    writes = _is_writer(connection)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql_begin(connection: Connection) -> None:
    if not _is_writer(connection):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


@contextmanager
def turn_to_write() -> Iterator[None]:
    """Waits for SQLite's one writer to be done, 8 s at most; the lock falls with the process that holds it.

    Raises OperationalError when it is still another's turn then.
    """
    if db.engine.dialect.name != "sqlite":
        yield
        return
    lock = os.open(f"{db.engine.url.database}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(lock)
        yield
    finally:
        os.close(lock)


def _take(lock: int) -> None:
    """Asks for the lock again and again, the more often the longer it has waited: so the first to come is first.

    A wait inside the system would be fairer yet, but has no end when the holder hangs.
    """
    began = _time.monotonic()
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = _time.monotonic() - began
        else:
            return
        if waited > LOCK_TIMEOUT_MS / 1000:
            busy = sqlite3.OperationalError("database is locked: another writer holds it")
            busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
            busy.sqlite_errorname = "SQLITE_BUSY"
            raise OperationalError("BEGIN IMMEDIATE", None, busy)
        _time.sleep(_DICE.uniform(0.5, 1) * _LONGEST_NAP / (1 + 10 * waited))


@contextmanager
def transaction() -> Iterator[Session]:
    """Writes as one: commits when the block ends, rolls back when it raises. The only place that commits.

    What was read before the block is let go of, so facts are gathered inside it. Raises RuntimeError when
    opened inside another one.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("a transaction is already open: one act, one transaction")
    session.close()
    with turn_to_write():
        session.info["writing"] = True
        try:
            session.connection(execution_options={"olka_writes": True})
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info["writing"] = False
            session.close()


def retrying(act: Callable[[], T]) -> T:
    """Runs an act again, a few times, when the database gave it up for another's sake.

    The act opens its own ``transaction()`` and has no effect outside it.
    """
    for left in reversed(range(_TRIES)):
        try:
            return act()
        except DBAPIError as error:
            if not left or not is_retryable(error):
                raise
            db.session.rollback()
            _time.sleep(_DICE.uniform(0.01, 0.1) * (_TRIES - left))
    raise AssertionError("unreachable")


def is_retryable(error: DBAPIError) -> bool:
    """Tells whether the same act may succeed if tried again: deadlock, serialisation, lock timeout."""
    return getattr(error.orig, "sqlstate", None) in _RETRYABLE_STATES


def is_away(error: DBAPIError) -> bool:
    """Tells whether the database is away or busy, so that the same may pass later; else the fault is ours."""
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _BUSY
    state = getattr(error.orig, "sqlstate", None)
    never_connected = state is None and isinstance(error, OperationalError)
    return error.connection_invalidated or is_retryable(error) or never_connected or str(state).startswith(_AWAY_STATES)


def diagnosis_of(error: DBAPIError) -> dict[str, str]:
    """Tells what the database's own diagnosis says without a row's values: its code, and the constraint's name."""
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if isinstance(error.orig, sqlite3.IntegrityError):  # its words are the constraint: its name, or its columns
        name = str(error.orig).partition(": ")[2]
    return {key: value for key, value in (("sqlstate", code), ("constraint", name)) if value}


def fetch_all(query: Executable) -> list[Any]:
    """Runs a read and lists its rows."""
    return list(db.session.execute(query).all())


def lock_row(model: type[Base], key: int) -> bool:
    """Locks one row until the transaction ends; tells whether it exists. Lock people first, then shifts.

    The lock is the one that a change takes (FOR NO KEY UPDATE): a row that only points at this one, as every row
    points at who made it, doesn't wait for it.
    """
    column = model.__mapper__.primary_key[0]
    locked = select(column).where(column == key).with_for_update(key_share=True)
    return db.session.execute(locked).first() is not None


def change_row(model: type[Base], key: int, version: int, **values: Any) -> None:
    """Changes a row that still has the version that was read, and gives it the next one.

    Raises Conflict where another has changed it since, NotFound where it doesn't exist.
    """
    column = model.__mapper__.primary_key[0]
    changed = db.session.execute(
        update(model)
        .where(column == key, model.__mapper__.columns["version"] == version)
        .values(version=version + 1, **values)
        .returning(column)
    ).first()
    if changed is None:
        raise Conflict if db.session.execute(select(column).where(column == key)).first() else NotFound


__all__ = [
    "Base",
    "Choice",
    "Instant",
    "Trilingual",
    "change_row",
    "db",
    "diagnosis_of",
    "engine_options",
    "fetch_all",
    "is_away",
    "is_retryable",
    "lock_row",
    "prepare_engine",
    "retrying",
    "transaction",
    "turn_to_write",
]
