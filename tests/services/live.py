"""The real thing for a test: `olka serve` as its own processes on a free loopback port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

PATIENCE: Final = 90  # seconds until the server must answer


class DidNotStart(RuntimeError):
    """The server ended or kept silent; the message holds what it said."""


@contextmanager
def serving(database_url: str, folder: Path, *, workers: int = 2, **env: str) -> Iterator[str]:
    """Serves a database, whose tables are there, for the block; gives the base address.

    ``folder`` takes what the server says (``server.log``). More settings by their names.
    """
    port = free_port()
    base = f"http://localhost:{port}"
    settings = {
        "OLKA_DATABASE_URL": database_url,
        "OLKA_SECRET_KEY": "only-for-tests-0123456789abcdef0123456789",
        "OLKA_BASE_URL": base,
        "OLKA_MAIL_URL": "smtp://127.0.0.1:25",  # spoken to by the worker alone, and there is none
        "OLKA_WORKERS": str(workers),
        "PORT": str(port),
        **env,
    }
    said = folder / "server.log"
    with said.open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "olka.cli", "serve"],
            env={**os.environ, **settings},
            stdout=log,
            stderr=log,
        )
    try:
        _wait(base, server, said)
        yield base
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(base: str, server: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        with suppress(OSError), closing(HTTPConnection(base.removeprefix("http://"), timeout=5)) as line:
            line.request("GET", "/readyz")
            if line.getresponse().status == HTTPStatus.OK:
                return
        time.sleep(0.1)
    raise DidNotStart(said.read_text()[-2000:])


def free_port() -> int:
    """Finds a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
