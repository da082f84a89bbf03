"""Kills writers and workers in mid-write and crashes the server, then checks what is left.

``python -m tests.chaos.kill --kills 300 --crashes 4``; a line per database, and every fault.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import time as clock_time
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from olka.db import db
from tests import factories
from tests.chaos import checker, writer
from tests.chaos.checker import Report
from tests.chaos.writer import Bug
from tests.conftest import make_app, make_tables
from tests.services import postgres
from tests.services.program import environment

WRITERS: Final = 4
PEOPLE: Final = 24
SHIFTS: Final = 12
PATIENCE: Final = 120


def run(
    url: str,
    room: Path,
    *,
    kills: int,
    crashes: int = 0,
    server: postgres.Server | None = None,
    bug: Bug = "",
    seed: int = 1,
) -> Report:
    """Runs writers and a worker on a fresh database, kills one of them again and again, and checks what is left."""
    make_tables(url)
    app = make_app(url)
    with app.app_context():
        _make_world()
        db.engine.dispose()  # no connection of ours is in the server when it crashes
    journals, mails = room / "journals", room / "mails"
    journals.mkdir()
    crew = _Crew(url, journals, mails, bug, random.Random(seed))
    crash_at = {kills * (n + 1) // (crashes + 1) for n in range(crashes)}
    try:
        for number in range(kills):
            crew.kill_one(worker=number % 10 == 9)
            if number in crash_at and server is not None:
                server.crash()
                time.sleep(0.3)
                server.start()
    finally:
        crew.end()
    with app.app_context():
        try:
            return checker.check(journals, mails)
        finally:
            db.session.remove()
            db.engine.dispose()


def _make_world() -> None:
    site = factories.site()
    point = factories.place(site.id)
    duty = factories.task(at=point)
    factories.coordinator(site.id)
    for number in range(PEOPLE):
        factories.volunteer(site.id, duty.id, called=f"Vapaaehtoinen{number}")
    for number in range(SHIFTS):
        # Two by two at one time, so that overlaps are tried; few places, so that they fill.
        day = factories.today() + timedelta(days=7 + number // 2)
        factories.shift(point.id, duty.id, day, clock_time(9), clock_time(12), max_people=5)


class _Crew:
    """The processes under fire: each that is killed is followed by another."""

    def __init__(self, url: str, journals: Path, mails: Path, bug: Bug, chance: random.Random) -> None:
        self.url, self.journals, self.bug, self.chance = url, journals, bug, chance
        self.env = environment(url, OLKA_MAIL_URL=f"file://{mails}", OLKA_DEMO="1", OLKA_LOG_LEVEL="ERROR")
        # A server that has all imported forks each writer, so that a life begins within a moment.
        self.nursery: Any = multiprocessing.get_context("forkserver")
        self.nursery.set_forkserver_preload(["tests.chaos.writer", "tests.conftest"])
        self.lives = 0
        self.writers = [self._born() for _ in range(WRITERS)]
        self.worker = self._worker()

    def _born(self) -> tuple[Any, Path]:
        self.lives += 1
        journal = self.journals / f"{self.lives:05}"
        life = self.nursery.Process(target=writer.live, args=(self.url, journal, self.lives, self.bug), daemon=True)
        life.start()
        return life, journal

    def _worker(self) -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        command = [sys.executable, "-m", "olka.cli", "worker"]
        return subprocess.Popen(command, env=self.env, cwd="/", stdout=quiet, stderr=quiet)

    def kill_one(self, *, worker: bool) -> None:
        """Kills a process that is in the middle of its work."""
        number = self.chance.randrange(len(self.writers))
        life, journal = self.writers[number]
        _until(lambda: journal.exists() and journal.stat().st_size > 800)
        time.sleep(self.chance.random() * 0.05)
        if worker:
            self.worker.kill()
            self.worker.wait()
            self.worker = self._worker()
            return
        os.kill(life.pid, signal.SIGKILL)
        life.join()
        self.writers[number] = self._born()

    def end(self) -> None:
        """Kills them all."""
        for life, _ in self.writers:
            life.kill()
            life.join()
        self.worker.kill()
        self.worker.wait()


def _until(happens: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not happens():
        if time.monotonic() > end:
            raise TimeoutError("a writer does nothing")
        time.sleep(0.01)


def main() -> int:
    """Runs what the arguments ask for; 1 when a fault was found."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--kills", type=int, default=300, help="on each database")
    words.add_argument("--crashes", type=int, default=4, help="of PostgreSQL")
    words.add_argument("--seed", type=int, default=int(time.time()))
    words.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    asked = words.parse_args()
    faults = 0
    for kind in asked.database or ["sqlite", "postgresql"]:
        if kind == "postgresql" and not (there := postgres.available()):
            print(f"{kind}: not tried: {there}")
            continue
        with ExitStack() as stack:
            room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="olka-chaos-")))
            server = stack.enter_context(postgres.private(durable=True)) if kind == "postgresql" else None
            url = server.create_database("olka") if server else f"sqlite:///{room}/olka.db"
            crashes = asked.crashes if server else 0
            report = run(url, room, kills=asked.kills, crashes=crashes, server=server, seed=asked.seed)
        print(f"{kind}: {asked.kills} kills, {crashes} crashes (seed {asked.seed}): {report}")
        print("".join(f"  {fault}\n" for fault in report.faults[:50]), end="")
        faults += len(report.faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
