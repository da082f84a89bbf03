"""Timed work: each job is claimed in the database, so that it runs once in its interval across all workers.

A room's ``timed.py`` lists its own as ``JOBS``; the worker collects them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from olka.core import clock
from olka.core.jobs import Job
from olka.db import db, retrying, transaction
from olka.outbox import queries, service

log: Final = structlog.get_logger()

# A job that was cut off is begun again after this long, however short its interval: it may only be slow.
AGAIN: Final = timedelta(hours=1)
# One that failed, after this long, or after its interval where that is shorter.
AFTER_FAILURE: Final = timedelta(minutes=10)


def run_due(jobs: Sequence[Job], told_to_stop: Callable[[], bool] = lambda: False) -> int:
    """Runs the jobs whose time has come and that no other worker has; gives their number.

    A job that raises is noted in the log and tried again later; the others run all the same.
    Call it in an app context. Raises what the database raises while a job is claimed.
    """
    ran = 0
    for job in jobs:
        if told_to_stop():
            break
        due = queries.is_job_due(job.name, clock.now())
        db.session.close()
        if due and (began := retrying(partial(_begin, job))):
            _run(job, began)
            ran += 1
    return ran


def _begin(job: Job) -> datetime | None:
    with transaction():
        service.know_job(job.name)
        return service.begin_job(job.name, AGAIN)


def _run(job: Job, began: datetime) -> None:
    try:
        job.run()
    except Exception as error:  # whatever it is, the other jobs and the mail go on
        log.error("job failed", job=job.name, exc_info=error)
        db.session.rollback()
        _end(job, began, began + min(AFTER_FAILURE, job.every), succeeded=False)
    else:
        log.debug("job done", job=job.name, ms=round((clock.now() - began).total_seconds() * 1000))
        _end(job, began, began + job.every, succeeded=True)


def _end(job: Job, began: datetime, due_at: datetime, *, succeeded: bool) -> None:
    def end() -> None:
        with transaction():
            service.end_job(job.name, began, due_at=due_at, succeeded=succeeded)

    retrying(end)


__all__ = ["Job", "run_due"]
