"""A real SMTP server on loopback: takes mails, refuses them as told, hangs, goes away and comes back."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword


@dataclass
class MailServer:
    """What the server has taken, and how it answers; `answers` maps RCPT or DATA to a refusal, also by address."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    users: list[bytes] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    _controller: Any = None
    _options: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Gives the server's OLKA_MAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def addresses(self) -> list[str]:
        """Lists whom the mails that were taken went to."""
        return [address for address, _ in self.mails]

    def message_ids(self) -> list[str]:
        """Lists the mails' ids."""
        return [str(mail["Message-ID"]) for _, mail in self.mails]

    def start(self) -> None:
        """Starts answering, on the same port as before."""
        self.port = self.port or free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=20, **self._options)
        self._controller.start()

    def stop(self) -> None:
        """Goes away: whoever connects is refused."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes an address, unless told otherwise for it or for all."""
        if refusal := self.answers.get(address) or self.answers.get("RCPT"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802  # as above
        """Takes a mail, unless told otherwise."""
        if refusal := self.answers.get("DATA"):
            return refusal
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, EmailMessage, policy=modern)
        self.secured.append(session.ssl is not None)
        self.mails.extend((address, mail) for address in envelope.rcpt_tos)
        return "250 OK"

    def sign_in(self, server: Any, session: Any, envelope: Any, mechanism: str, auth_data: Any) -> AuthResult:
        """Lets in whoever has the password `secret`."""
        assert isinstance(auth_data, LoginPassword)
        self.users.append(auth_data.login)
        return AuthResult(success=auth_data.password == b"secret", handled=False)


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """Runs a server for the block; options are aiosmtpd's, `with_users=True` asks for a sign-in."""
    server = MailServer()
    if options.pop("with_users", False):
        options |= {"authenticator": server.sign_in, "auth_required": True, "auth_require_tls": False}
    server._options = options
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def hanging_server() -> Iterator[int]:
    """Accepts every connection and never says a word; gives the port."""
    ended = threading.Event()
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listening:
        listening.settimeout(0.1)

        def accept() -> None:
            while not ended.is_set():
                try:
                    held.append(listening.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            ended.set()
            thread.join()
            for connection in held:
                connection.close()


def certificate(folder: Path) -> ssl.SSLContext | None:
    """Makes a server's TLS context with a certificate that nobody else trusts; None where there is no openssl."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    try:
        subprocess.run([*command, "-keyout", key, "-out", cert], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def free_port() -> int:
    """Finds a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
