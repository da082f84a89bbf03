"""Kill -9 in mid-write and a crashed server lose nothing that was answered; the checker finds planted bugs.

A tenth of the whole: `make chaos` kills 300 times on each database.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.kill import run
from tests.chaos.writer import Bug
from tests.services import postgres

pytestmark = [pytest.mark.race, pytest.mark.slow]


def test_on_sqlite_nothing_answered_is_lost_and_nothing_rejected_is_stored(tmp_path: Path) -> None:
    report = run(f"sqlite:///{tmp_path}/olka.db", tmp_path, kills=30)
    assert report.faults == []
    assert min(report.booked, report.released, report.rejected) > 30


def test_on_postgresql_nothing_answered_is_lost_and_nothing_rejected_is_stored(tmp_path: Path) -> None:
    there = postgres.available()
    if not there:
        pytest.skip(str(there))
    with postgres.private(durable=True) as server:
        url = server.create_database("olka")
        report = run(url, tmp_path, kills=30, crashes=2, server=server)
    assert report.faults == []
    assert min(report.booked, report.released, report.rejected) > 30


@pytest.mark.parametrize(("bug", "fault"), [("answers_early", "lost: "), ("stores_what_it_rejects", "stored: ")])
def test_the_checker_finds_a_planted_bug(tmp_path: Path, bug: Bug, fault: str) -> None:
    report = run(f"sqlite:///{tmp_path}/olka.db", tmp_path, kills=8, bug=bug)
    assert [found for found in report.faults if found.startswith(fault)]
