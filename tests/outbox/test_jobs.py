"""Timed work runs once in its interval, however many workers there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from olka.core import clock
from olka.core.jobs import Job
from olka.db import transaction
from olka.outbox import queries, service
from olka.outbox.jobs import AFTER_FAILURE, AGAIN, run_due
from olka.worker import rooms_jobs
from tests.processes import together

HOUR = timedelta(hours=1)


def counting(every: timedelta, fail: Callable[[], bool] = lambda: False) -> tuple[list[int], Job]:
    """Makes a job that counts its runs, and fails when asked to."""
    runs: list[int] = []

    def run() -> None:
        runs.append(1)
        if fail():
            raise LookupError("on purpose")

    return runs, Job("counting", every, run)


def test_a_job_runs_at_once_and_then_once_in_its_interval(any_app: Flask) -> None:
    runs, job = counting(HOUR)
    with any_app.app_context(), time_machine.travel(clock.now(), tick=False) as now:
        assert [run_due([job]), run_due([job])] == [1, 0]
        now.shift(HOUR - timedelta(seconds=1))
        assert run_due([job]) == 0
        now.shift(1)
        assert run_due([job]) == 1
        assert len(runs) == 2


def test_a_job_that_fails_is_tried_again_and_the_others_run(any_app: Flask) -> None:
    failing = True
    runs, job = counting(timedelta(days=1), lambda: failing)
    others: list[int] = []
    other = Job("other", HOUR, lambda: others.append(1))
    with any_app.app_context(), time_machine.travel(clock.now(), tick=False) as now:
        assert run_due([job, other]) == 2
        assert others == [1]
        assert {state.name: state.finished_at is None for state in queries.jobs()} == {"counting": True, "other": False}
        failing = False
        now.shift(AFTER_FAILURE)
        run_due([job])
        run_due([job])
        assert len(runs) == 2


def test_a_job_that_was_cut_off_is_begun_again_by_another_worker(any_app: Flask) -> None:
    runs, job = counting(timedelta(days=1))
    with any_app.app_context(), time_machine.travel(clock.now(), tick=False) as now:
        with transaction():
            service.know_job(job.name)
            assert service.begin_job(job.name, AGAIN)
            assert not service.begin_job(job.name, AGAIN)
        assert run_due([job]) == 0
        now.shift(AGAIN)
        assert run_due([job]) == 1
        now.shift(AGAIN * 2)
        assert run_due([job]) == 0
        assert runs == [1]


def test_a_job_that_outlives_its_interval_is_not_begun_twice(any_app: Flask) -> None:
    job = Job("slow", timedelta(minutes=5), lambda: None)
    with any_app.app_context(), time_machine.travel(clock.now(), tick=False) as now:
        with transaction():
            service.know_job(job.name)
            assert service.begin_job(job.name, AGAIN)
        now.shift(timedelta(minutes=6))
        assert run_due([job]) == 0


def test_the_end_of_a_worker_that_was_too_slow_changes_nothing_for_the_one_that_took_over(any_app: Flask) -> None:
    def taken_over() -> None:
        now.shift(AGAIN)
        with transaction():
            assert service.begin_job("slow", AGAIN)

    with any_app.app_context(), time_machine.travel(clock.now(), tick=False) as now:
        assert run_due([Job("slow", timedelta(minutes=5), taken_over)]) == 1
        (state,) = queries.jobs()
        assert (state.due_at, state.finished_at) == (clock.now() + AGAIN, None)


def test_a_worker_told_to_stop_begins_no_job(app: Flask) -> None:
    runs, job = counting(HOUR)
    with app.app_context():
        assert run_due([job], told_to_stop=lambda: True) == 0
    assert runs == []


def note_a_run() -> None:
    with transaction():
        service.post("trial", "job@example.org", "fi", {})


def run_jobs(_process: int, _attempt: int) -> None:
    run_due([Job(f"job_{number}", HOUR, note_a_run) for number in range(5)])


@pytest.mark.race
def test_many_workers_run_each_job_once(any_url: str, any_app: Flask) -> None:
    assert together(any_url, 8, run_jobs, tries=20) == {"done": 160}
    with any_app.app_context():
        assert sum(queries.figures(clock.now()).by_state.values()) == 5


def test_the_worker_collects_the_jobs_of_every_room() -> None:
    names = [job.name for job in rooms_jobs()]
    assert {"seal_audit", "purge_outbox"} <= set(names)
    assert len(names) == len(set(names))
