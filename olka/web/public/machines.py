"""What machines ask: does it live, can it work, and its figures. Nothing personal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import DBAPIError

from olka import schema
from olka.core import clock
from olka.core.errors import NotReady
from olka.core.permissions import Permission
from olka.db import db
from olka.outbox import queries
from olka.watch import Figure, exposition
from olka.web.gate import requires

pages: Final = Blueprint("machines", __name__)


@pages.get("/healthz")
@requires(Permission.ANYONE)
def lives() -> ResponseReturnValue:
    """Answers while the process lives; the database isn't asked."""
    return _plain("ok\n")


@pages.get("/readyz")
@requires(Permission.ANYONE)
def ready() -> ResponseReturnValue:
    """Answers when the database does and its schema fits the code. Raises NotReady."""
    db.session.close()
    if schema.fault(db.engine):
        raise NotReady("not ready: the database is away or its schema doesn't fit; `olka doctor` says more")
    return _plain("ok\n")


@pages.get("/metrics")
@requires(Permission.ANYONE)
def metrics() -> ResponseReturnValue:
    """Gives the figures for Prometheus; without the database, those that need none."""
    return _plain(exposition(_figures()).decode(), CONTENT_TYPE_LATEST)


def _plain(text: str, content_type: str = "text/plain; charset=utf-8") -> Response:
    response = Response(text, content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    return response


def _figures() -> Iterator[Figure]:
    now = clock.now()
    try:
        outbox, jobs = queries.figures(now), queries.jobs()
    except DBAPIError:
        db.session.rollback()
        yield "olka_database_up", "Whether the database answers.", {}, 0
        return
    yield "olka_database_up", "Whether the database answers.", {}, 1
    for state, number in outbox.by_state.items():
        yield "olka_outbox_messages", "Messages by state; the dead wait for a person.", {"state": state.value}, number
    waited = (now - outbox.oldest_due_at).total_seconds() if outbox.oldest_due_at else 0
    yield "olka_outbox_oldest_seconds", "How late the oldest waiting message is.", {}, waited
    for job in jobs:
        if job.finished_at is not None:
            age = (now - job.finished_at).total_seconds()
            yield "olka_job_age_seconds", "Time since a job last came to its end.", {"job": job.name}, age
