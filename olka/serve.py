"""Starting the web server on the settings, with the worker beside it where that is wished."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from olka import schema
from olka.app import create_app
from olka.config import NO_PROXY_NAMED, Settings, lacks_proxy
from olka.db import db
from olka.exchange.demo.load import held
from olka.stop import stop_on_signals

GRACE: Final = 20  # seconds that a page under way has when the server ends
FIGURES: Final = "PROMETHEUS_MULTIPROC_DIR"
_OWN_FOLDER: Final = "olka-metrics-"
_PR_SET_PDEATHSIG: Final = 1


def serve(settings: Settings, *, with_worker: bool = False, own_demo: bool = False) -> int:
    """Serves the app until it is told to stop; ``with_worker`` runs the worker beside it and ends both together.

    Gives the exit code; without a worker this process becomes the server and doesn't come back. What is in the
    way of a start is printed as one line, and nothing starts. ``own_demo``: the database was made for the demo,
    and who is in it was let in there.
    """
    fault = schema.fault_at(settings.database_url) or _taken(settings.bind)
    if fault is None and settings.demo and not own_demo:
        fault = _no_place_for_demo(settings)
    if fault:
        _say(fault)
        return 1
    if lacks_proxy(settings):
        _say(NO_PROXY_NAMED)
    # Every process gets the same settings, a demo's key made here included.
    env = {**os.environ, **settings.to_env(), FIGURES: _clean_folder()}
    web = [sys.executable, "-m", "olka.gunicorn_app"]
    if not with_worker:
        os.execve(sys.executable, web, env)  # noqa: S606  # no shell is wanted
    return _together([web, [sys.executable, "-m", "olka.cli", "worker"]], env)


def _say(words: str) -> None:
    print(f"olka: {words}", file=sys.stderr)  # noqa: T201  # said on the terminal, before there is a log


def _no_place_for_demo(settings: Settings) -> str | None:
    """Tells in one line that the demo would open real people's data to anyone who presses a button."""
    if settings.is_https:
        return "OLKA_DEMO is 1, but OLKA_BASE_URL is https: the demo opens every account to anyone. Set it to 0."
    app = create_app(settings)
    with app.app_context():
        others = held().others
        db.session.remove()
        db.engine.dispose()
    if others:
        return (
            "OLKA_DEMO is 1, but this database has accounts that the demo didn't make, and the demo opens accounts "
            "to anyone. Set it to 0, or set OLKA_DATABASE_URL to an empty database."
        )
    return None


def _taken(bind: str) -> str | None:
    """Tells in one line that the address can't be served on; None when it can."""
    if bind.startswith("unix:"):
        return None
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, int(port)))
    except OSError as error:
        return f"can't serve on {bind} ({error.strerror}): set PORT or OLKA_BIND to a free address of this machine."
    return None


def _clean_folder() -> str:
    """Makes a folder of our own in which the web processes count together, inside the one that is named, if any."""
    named = os.environ.get(FIGURES)
    if named:
        Path(named).mkdir(parents=True, exist_ok=True)
    return tempfile.mkdtemp(prefix=_OWN_FOLDER, dir=named or None)


def drop_folder(folder: str) -> None:
    """Removes the folder that was made for counting, and no other."""
    if Path(folder).name.startswith(_OWN_FOLDER):
        shutil.rmtree(folder, ignore_errors=True)


# ---------------------------------------------------------------- two processes, one life


def _together(commands: list[list[str]], env: dict[str, str]) -> int:
    """Runs the commands until one ends or we are told to stop, then ends them all; 0 when we were told."""
    stop = stop_on_signals()
    children = [
        subprocess.Popen(command, env=env, preexec_fn=_end_with_parent)  # noqa: PLW1509, S603  # no threads, own words
        for command in commands
    ]
    while not stop() and all(child.poll() is None for child in children):
        stop.wait(0.2)
    code = 0 if stop() else 1
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(GRACE + 5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    drop_folder(env[FIGURES])
    return code


def _end_with_parent() -> None:
    """Asks the system to end this child when its parent dies, even by kill -9; only Linux knows how."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
