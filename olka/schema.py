"""Is the database there, and does its schema fit the code? Asked before a start and by /readyz."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from olka.config import ROOT
from olka.db import engine_options

FOLDER: Final = ROOT / "migrations"


@cache
def heads(folder: Path = FOLDER) -> frozenset[str]:
    """Names the newest schema that the code knows; nothing while there are no migrations."""
    if not (folder / "versions").is_dir():
        return frozenset()
    return frozenset(_scripts(folder).get_heads())


def _scripts(folder: Path) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def revisions(connection: Connection) -> frozenset[str]:
    """Names the schema that the database is at; nothing where it has never been migrated."""
    return frozenset(MigrationContext.configure(connection).get_current_heads())


def mark_as_newest(connection: Connection) -> None:
    """Marks a database, whose tables were made from the models, as migrated to the newest schema."""
    if heads():
        MigrationContext.configure(connection).stamp(_scripts(FOLDER), "heads")


def fault_at(database_url: str) -> str | None:
    """Asks ``fault`` of a database by its address, before there is an app, and whether it can be written to."""
    engine = _engine(database_url)
    try:
        return fault(engine) or (_unwritable(Path(engine.url.database or "")) if _is_sqlite(engine) else None)
    finally:
        engine.dispose()


def _unwritable(path: Path) -> str | None:
    """Tells in one line what of an SQLite database can't be written to: its file, its lock, or its folder."""
    lock = path.with_name(f"{path.name}.lock")
    for needed, flags in ((path, os.O_RDWR), (lock, os.O_RDWR | os.O_CREAT)):
        try:
            os.close(os.open(needed, flags | os.O_CLOEXEC, 0o600))
        except OSError as error:
            return f"{needed} can't be written to ({error.strerror}): give it to the user that runs olka."
    if not os.access(path.parent, os.W_OK | os.X_OK):
        return f"{path.parent} can't be written to, and SQLite keeps files beside its own: give it to olka's user."
    return None


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def unreachable(database_url: str) -> str | None:
    """Tells in one line that the database doesn't answer; None when it does, whatever its schema."""
    engine = _engine(database_url)
    try:
        found = _revisions_or_words(engine)
        return found if isinstance(found, str) else None
    finally:
        engine.dispose()


def fault(engine: Engine) -> str | None:
    """Tells in one line what is wrong with the database and what to do; None when it can be worked with.

    Holds no password. Takes at most the connection's time-out, 5 s.
    """
    if _is_sqlite(engine) and not Path(engine.url.database or "").exists():
        return f"there is no database at {engine.url.database} yet: run `olka migrate`."
    found = _revisions_or_words(engine)
    if isinstance(found, str):
        return found
    if found == heads():
        return None
    known = {script.revision for script in _scripts(FOLDER).walk_revisions()} if heads() else frozenset[str]()
    if found <= known:
        return f"the database's schema is behind the code ({_names(found)} of {_names(heads())}): run `olka migrate`."
    return f"the database's schema ({_names(found)}) is newer than this code: start the newer version."


def _engine(database_url: str) -> Engine:
    connect_args = engine_options(database_url)["connect_args"]
    return create_engine(database_url, poolclass=NullPool, connect_args=connect_args)


def _revisions_or_words(engine: Engine) -> frozenset[str] | str:
    try:
        with engine.connect() as connection:
            return revisions(connection)
    except DBAPIError as error:
        where = engine.url.render_as_string(hide_password=True)
        return f"the database {where} can't be reached ({_first_line(error)}): start it, or set OLKA_DATABASE_URL."


def _names(found: frozenset[str]) -> str:
    return ", ".join(sorted(found)) or "empty"


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]
