"""`olka worker`: delivers the outbox and runs the rooms' timed work, until it is told to stop."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any, Final

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError

from olka.config import settings_of
from olka.core.jobs import Job
from olka.db import db
from olka.outbox.delivery import deliver_due
from olka.outbox.jobs import run_due
from olka.outbox.sinks import Sink, open_sink
from olka.stop import Stop

log: Final = structlog.get_logger()

PAUSE: Final = 1.0
# While the mail server or the database is away, the pause grows to this; mail is late by as much once it is back.
LONGEST_PAUSE: Final = 60.0


def rooms_jobs() -> list[Job]:
    """Collects the timed work of every room that has a ``timed.py``."""
    found: list[Job] = []
    for path in sorted(Path(__file__).parent.glob("*/timed.py")):
        found.extend(importlib.import_module(f"olka.{path.parent.name}.timed").JOBS)
    return found


def work(app: Flask, *, stop: Stop, sink: Sink | None = None, jobs: list[Job] | None = None) -> None:
    """Delivers and runs timed work until told to stop; a database or a mail server that is away is waited for."""
    sink = sink or open_sink(settings_of(app).mail_url)
    jobs = rooms_jobs() if jobs is None else jobs
    mail, timed = _Steps("mail"), _Steps("jobs")
    with app.app_context():
        log.info("worker began", jobs=[job.name for job in jobs])
        while not stop():
            busy = mail.take(lambda: _deliver(app, sink, stop))
            timed.take(lambda: bool(run_due(jobs, stop)))
            if not busy:
                stop.wait(PAUSE)
        sink.close()
        db.session.remove()
        db.engine.dispose()
        log.info("worker ended")


class _Away(Exception):
    """What the work needs isn't there; says what."""


def _deliver(app: Flask, sink: Sink, stop: Stop) -> bool:
    done = deliver_due(app, sink, stop)
    if done.server_down:
        raise _Away(done.server_down)
    return done.taken > 0


class _Steps:
    """Does one kind of work step by step, and leaves it be for a growing while when what it needs is away."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.pause = 0.0
        self.not_before = 0.0

    def take(self, step: Callable[[], bool]) -> bool:
        """Takes a step, unless it is too early; tells whether there may be more to do at once."""
        if monotonic() < self.not_before:
            return False
        try:
            more = step()
        except (_Away, DBAPIError) as error:
            self._put_off(error)
            return False
        except Exception as error:  # a fault of ours must not end the worker either
            log.error("worker stumbled", what=self.what, exc_info=error)
            self._put_off(error)
            return False
        if self.pause:
            log.info("back again", what=self.what)
        self.pause = 0.0
        return more

    def _put_off(self, error: Exception) -> None:
        db.session.remove()
        self.pause = min(self.pause * 2 or PAUSE, LONGEST_PAUSE)
        self.not_before = monotonic() + self.pause
        told: dict[str, Any] = {"reason": str(error)} if isinstance(error, _Away) else {"exc_info": error}
        log.warning("away", what=self.what, again_in_s=self.pause, **told)
