"""The demo from an empty folder to a page that answers: its own database, mailbox and secret, filled once."""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

from flask import Flask
from flask_migrate import upgrade

from olka import schema
from olka.app import create_app
from olka.config import ROOT, Settings
from olka.core import clock
from olka.core.permissions import Kind
from olka.db import db, transaction
from olka.exchange.demo import load
from olka.serve import serve

FOLDER: Final = ROOT / "var" / "demo"
STALE_AFTER: Final = timedelta(days=7)

_LOOK_AT: Final = {
    Kind.VOLUNTEER: "her next shift and whom she meets there; then Vapaat vuorot: take one, undo it",
    Kind.COORDINATOR: "the week of Hämeenlinna with its gaps; open a shift, book somebody who has called",
    Kind.EMPLOYEE: "his own profile; duties come with a later version",
    Kind.ASSOCIATION: "her own profile; theme days come with a later version",
    Kind.WARD: "her own profile; requests for support come with a later version",
    Kind.ADMIN: "Hallinta: organisers, sites, tasks and everybody's roles",
}


class NoDemo(Exception):
    """The demo can't be made or served here; the message says why and what to do."""


def load_demo(settings: Settings) -> str:
    """Loads the demo data into the settings' database and tells what was done.

    Raises NoDemo where there is an account that the demo didn't make, or a database that can't be worked with.
    """
    if fault := schema.fault_at(settings.database_url):
        raise NoDemo(fault)
    found, fresh = _fill(create_app(settings), clock.today(clock.HOME_ZONE))
    if found.made_on is None or found.others:
        number = "1 account" if found.others == 1 else f"{found.others} accounts"
        raise NoDemo(
            f"this database has {number} that the demo didn't make. Demo data is only loaded where nobody is "
            "yet: set OLKA_DATABASE_URL to an empty database."
        )
    done = f"is loaded: {found.people} people" if fresh else f"is there already, made on {found.made_on}"
    start = "" if settings.demo else "Start with OLKA_DEMO=1: "
    return f"The demo data {done}. {start}The sign-in page offers a button for each kind of account."


def serve_demo(folder: Path, port: str, *, fresh: bool) -> int:
    """Prepares the folder, fills its database when nobody is there, and serves it until it is told to stop.

    ``fresh`` makes the data anew. Gives the exit code. Raises BadSetting for a port that is no number, NoDemo
    for one that can't be had, and for a fresh start in a folder that is being served.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = _settings(folder, port)
    _check_port(port)
    logging.disable(logging.INFO)  # how the schema is made would only push the address out of sight
    with _kept(folder, alone=fresh):
        if fresh:
            _clear(folder)
        today = clock.today(clock.HOME_ZONE)
        with _one_at_a_time(folder):
            app = create_app(settings)
            if schema.fault_at(settings.database_url):
                with app.app_context():
                    upgrade()
            found, _ = _fill(app, today)
        print(_welcome(app, settings.base_url, found.made_on, today), flush=True)
        return serve(settings, with_worker=True, own_demo=True)


def _fill(app: Flask, today: date) -> tuple[load.Held, bool]:
    """Loads the data where nobody is yet; gives what is there then, and whether it is new."""
    with app.app_context():
        with transaction() as session:
            found = load.held()
            fresh = found.is_empty
            if fresh:
                load.load(session, today)
                found = load.held()
        db.engine.dispose()
    return found, fresh


# ---------------------------------------------------------------- the folder


def _settings(folder: Path, port: str) -> Settings:
    """Gives the demo's settings; what the environment says of database, mail and address is another's."""
    kept = {"OLKA_LOG_LEVEL", "OLKA_WORKERS", "OLKA_REGION"}
    return Settings.from_env(
        {
            "OLKA_LOG_LEVEL": "WARNING",  # else every page pushes the address out of sight
            **{name: value for name, value in os.environ.items() if name in kept},
            "OLKA_DEMO": "1",
            "PORT": port,
            "OLKA_BASE_URL": f"http://localhost:{port}",
            "OLKA_DATABASE_URL": f"sqlite:///{folder / 'olka.db'}",
            "OLKA_MAIL_URL": f"file://{quote(str(folder / 'mail'))}",
            "OLKA_SECRET_KEY": _secret(folder / "secret"),
        }
    )


def _secret(path: Path) -> str:
    """Reads the folder's secret key, made at the first start, so that sessions outlive a restart."""
    if not path.exists() or path.stat().st_size < 32:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def _clear(folder: Path) -> None:
    for name in ("olka.db", "olka.db-wal", "olka.db-shm", "olka.db.lock"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "mail", ignore_errors=True)


@contextmanager
def _kept(folder: Path, *, alone: bool) -> Iterator[None]:
    """Keeps the folder while it is served, so that nobody makes its data anew under the feet of a server."""
    handle = os.open(folder / "served.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise NoDemo(f"the demo in {folder} is being served. Stop that one first (Ctrl-C there).") from None
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Lets one start migrate and load, and the next find it done."""
    handle = os.open(folder / "prepared.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _check_port(port: str) -> None:
    """Raises NoDemo where another program has the port: before the data is made, not after."""
    with socket.socket() as probe:
        # As the server will: a port just let go of is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            raise NoDemo(
                f"port {port} can't be had ({error.strerror}). Choose another one: make demo PORT=8001"
            ) from error


# ---------------------------------------------------------------- what is said


def _welcome(app: Flask, address: str, made_on: date | None, today: date) -> str:
    with app.app_context():
        accounts = load.demo_accounts()
        db.session.remove()
        db.engine.dispose()
    wide = max((len(account.name) for account in accounts), default=0)
    lines = [
        "",
        f"The demo of OLKA answers at {address} until Ctrl-C.",
        "",
        f"Who can sign in at {address}/kirjaudu, each by a button, and what to look at first:",
        *(f"  {a.kind.value:<12} {a.name:<{wide}}  {_LOOK_AT[a.kind]}" for a in accounts),
        "",
        f"What it has mailed: {address}/demo/posti",
    ]
    if made_on is not None and today - made_on > STALE_AFTER:
        lines += [
            "",
            f"Its shifts were made around {made_on}, which is a while ago: make demo FRESH=1 makes them around today.",
        ]
    return "\n".join([*lines, ""])
