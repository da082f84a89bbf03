"""The program itself, run as its users run it: `olka …` in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 90.0


@dataclass
class Program:
    """A running command, and what it has said so far."""

    process: subprocess.Popen[bytes]
    said_in: Path

    @property
    def said(self) -> str:
        """What it has written, to stdout and stderr."""
        return self.said_in.read_text(encoding="utf-8", errors="replace")

    def wait_until_it_says(self, words: str, times: int = 1) -> None:
        """Waits for the words; fails when it ends or stays silent."""
        until = time.monotonic() + PATIENCE
        while self.said.count(words) < times:
            assert self.process.poll() is None or self.said.count(words) >= times, f"it ended:\n{self.said}"
            assert time.monotonic() < until, f"it didn't say {words!r}:\n{self.said}"
            time.sleep(0.05)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal and gives the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def environment(database_url: str, **changes: str) -> dict[str, str]:
    """Gives the environment of a command: ours without its OLKA settings, and those of a test."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("OLKA_", "PORT", "PROMETHEUS"))}
    return ours | {
        "OLKA_DATABASE_URL": database_url,
        "OLKA_MAIL_URL": "smtp://127.0.0.1:25",  # nobody listens there
        "OLKA_SECRET_KEY": "only-for-tests-0123456789abcdef0123456789",
        "PYTHONPATH": str(ROOT),
        **changes,
    }


def run(command: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs `olka …` to its end."""
    words = [sys.executable, "-m", "olka.cli", *command.split()]
    return subprocess.run(words, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False, cwd="/")


@contextmanager
def running(command: str, env: dict[str, str], said_in: Path) -> Iterator[Program]:
    """Runs `olka …` for the block, and ends it afterwards if it still runs."""
    words = [sys.executable, "-m", "olka.cli", *command.split()]
    with said_in.open("wb") as file:
        process = subprocess.Popen(words, env=env, stdout=file, stderr=file, cwd="/")
    program = Program(process, said_in)
    try:
        yield program
    finally:
        program.end()
