"""An app on a database that holds the world; on SQLite it can be put back as it was."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask

from olka.db import db
from tests import world
from tests.conftest import make_app
from tests.reader import Reader
from tests.world import World


@dataclass(frozen=True)
class Filled:
    """The app, the world in its database, and the file that it is copied from."""

    app: Flask
    world: World
    template: Path | None = None

    def reader(self, kind: str) -> Reader:
        """Gives a client signed in as the kind of account; a visitor isn't."""
        return self.world.reader(self.app, kind)

    def restore(self) -> None:
        """Puts the database back as it was filled; SQLite's alone."""
        assert self.template is not None
        with self.app.app_context():
            db.engine.dispose()
            path = Path(db.engine.url.database or "")
        for rest in ("-wal", "-shm"):
            path.with_name(path.name + rest).unlink(missing_ok=True)
        shutil.copy(self.template, path)

    def close(self) -> None:
        """Lets go of the database."""
        with self.app.app_context():
            db.engine.dispose()


def fill(url: str) -> Filled:
    """Fills an empty database that has its tables."""
    app = make_app(url)
    with app.app_context():
        there = world.build()
        db.engine.dispose()
    return Filled(app, there)


def fill_sqlite(empty: Path, path: Path) -> Filled:
    """Makes a filled file, to be copied by `copy_of`."""
    shutil.copy(empty, path)
    made = fill(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return replace(made, template=path)


def copy_of(filled: Filled, path: Path, **changes: str) -> Filled:
    """Gives an app of its own on a copy of a filled file; further settings by their environment name."""
    assert filled.template is not None
    shutil.copy(filled.template, path)
    return replace(filled, app=make_app(f"sqlite:///{path}", **changes))
