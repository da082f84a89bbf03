"""The app as it is served: `olka serve` in processes of its own, on a database that the test fills and looks into."""

from __future__ import annotations

import email
import email.policy
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import httpx
from flask import Flask

from olka.config import ROOT
from olka.db import db
from olka.outbox.delivery import deliver_due
from olka.outbox.sinks import Folder
from tests.conftest import SECRET, make_app
from tests.reader import Reader

PATIENCE = 90


@dataclass(frozen=True)
class Live:
    """A server that answers at `url`; `app` is the same app on the same database, in this process."""

    url: str
    app: Flask
    mail: Path

    def cookie_of(self, person_id: int, *, owes_second: bool = False) -> str:
        """Signs a person in and gives the value of the session's cookie; ``owes_second``: before her second factor."""
        reader = self.app.test_client()
        assert isinstance(reader, Reader)
        reader.sign_in_as(person_id)
        if owes_second:
            reader.owe_second(person_id)
        cookie = reader.get_cookie("olka")
        assert cookie is not None
        return cookie.value

    def deliver(self) -> None:
        """Delivers what waits in the outbox, as the worker does."""
        with self.app.app_context():
            deliver_due(self.app, Folder(self.mail))

    def mails_to(self, address: str) -> list[EmailMessage]:
        """Reads the delivered mails to an address, the oldest first."""
        found = []
        for path in sorted(self.mail.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            if address in str(mail["To"]):
                found.append(mail)
        return found

    def newest_mail(self, address: str) -> str:
        """Delivers what waits and gives the newest mail's text."""
        self.deliver()
        mails = self.mails_to(address)
        assert mails, f"no mail came to {address}"
        body = mails[-1].get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def link_in_mail(self, address: str) -> str:
        """Gives the path of the newest mail's sign-in link."""
        text = self.newest_mail(address)
        found = re.search(re.escape(self.url) + r"(/kirjaudu/\S+)", text)
        assert found, text
        return found[1]

    def code_in_mail(self, address: str) -> str:
        """Gives the six digits of the newest mail."""
        found = re.search(r"\b[0-9]{6}\b", self.newest_mail(address))
        assert found
        return found[0]


def free_port() -> int:
    """Finds a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(database_url: str, folder: Path, **settings: str) -> Iterator[Live]:
    """Serves the app on a database that has its tables, for as long as the block lasts."""
    port = free_port()
    url, mail = f"http://localhost:{port}", folder / "mail"
    changes = {"OLKA_BASE_URL": url, "OLKA_MAIL_URL": f"file://{mail}", **settings}
    env = {
        "PATH": os.environ["PATH"],
        "OLKA_DATABASE_URL": database_url,
        "OLKA_SECRET_KEY": SECRET,
        "OLKA_LOG_LEVEL": "WARNING",
        "PORT": str(port),
        "PYTHONPATH": str(ROOT),
        **changes,
    }
    if settings.get("OLKA_DEMO") != "1":  # mail in files is the demo's; `deliver` writes it here
        env["OLKA_MAIL_URL"] = "smtp://127.0.0.1:25"
    log = folder / f"server-{secrets.token_hex(4)}.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "olka.cli", "serve"], env=env, stdout=out, stderr=out, cwd=ROOT
        )
    app = make_app(database_url, **changes)
    try:
        _wait_for(url, server, log)
        yield Live(url, app, mail)
        said = log.read_text(errors="replace")
        assert '"level": "error"' not in said, said[-4000:]
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        with app.app_context():
            db.engine.dispose()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text(errors="replace")[-4000:]
        with suppress(httpx.TransportError):
            if httpx.get(f"{url}/healthz", timeout=5, trust_env=False).is_success:
                return
        time.sleep(0.2)
    raise AssertionError(f"the server didn't answer in {PATIENCE} s\n{log.read_text(errors='replace')[-4000:]}")
