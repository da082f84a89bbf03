"""Where mails go: to an SMTP server, or as files into a folder.

What goes wrong is one of three: the whole server is away, this mail didn't pass this time, or its address is refused.
"""

from __future__ import annotations

import ipaddress
import os
import re
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from olka.outbox.mail import in_ascii

TIMEOUT: Final = 10.0
_WANTS_SIGN_IN: Final = frozenset({530, 535})
_STATUS: Final = re.compile(rb"\s*([245]\.[0-9]{1,3}\.[0-9]{1,3})\b")


class ServerDown(Exception):
    """The server can't be reached or doesn't take mail from us; no mail is to blame. Says why, in a few words."""


class NotTaken(Exception):
    """This mail didn't pass this time; later it may. Says why, without an address."""


class NotRelayed(NotTaken):
    """The server doesn't take this mail from us: its policy or ours must change, the address may be right."""


class AddressRefused(Exception):
    """The server knows no such address. Says why, without the address."""


class Sink(Protocol):
    """Takes mails; keeps its connection from one to the next until it is closed."""

    def send(self, mail: EmailMessage, address: str, name: str) -> None:
        """Hands one mail over, for good when it returns. Raises ServerDown, NotTaken, AddressRefused."""

    def close(self) -> None:
        """Lets the connection go."""


def open_sink(mail_url: str) -> Sink:
    """Gives the sink that ``OLKA_MAIL_URL`` names; nothing is connected yet."""
    if mail_url.startswith("file:"):
        return Folder.of(mail_url)
    return Server(mail_url)


class Folder:
    """Writes each mail as ``<name>.eml``; it is there whole or not at all, and once however often it is sent."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, mail_url: str) -> Folder:
        """Finds the folder of a ``file:///…`` address."""
        return cls(Path(unquote(urlsplit(mail_url).path)))

    def send(self, mail: EmailMessage, address: str, name: str) -> None:
        """Writes the mail. Raises ServerDown where the folder can't be written to."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,120}", name):
            raise NotTaken("its id makes no file name")
        hidden = self.path / f".{name}.{os.getpid()}"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with hidden.open("wb") as file:
                file.write(mail.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            hidden.replace(self.path / f"{name}.eml")
        except OSError as error:
            with suppress(OSError):
                hidden.unlink()
            raise ServerDown(f"the folder can't be written to: {error.strerror}") from error

    def check(self) -> str:
        """Tells that the folder can be written to. Raises ServerDown."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ServerDown(f"{self.path} can't be made: {error.strerror}") from error
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise ServerDown(f"{self.path} can't be written to")
        return f"files into {self.path}"

    def close(self) -> None:
        """Nothing is held open."""


class Server:
    """Speaks SMTP: TLS from the start for ``smtps``, STARTTLS when it is offered; each step has 10 s."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        self.timeout = timeout
        self.host = parts.hostname or ""
        self.from_start = parts.scheme == "smtps"
        self.port = parts.port or (465 if self.from_start else 587 if parts.username else 25)
        self.user = unquote(parts.username) if parts.username else None
        self.password = unquote(parts.password or "")
        self._smtp: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage, address: str, name: str) -> None:
        """Hands the mail to the server. Raises ServerDown, NotTaken, AddressRefused."""
        smtp = self._connected()
        try:
            smtp.send_message(mail, str(mail["From"].addresses[0].addr_spec), [in_ascii(address)])
        except smtplib.SMTPRecipientsRefused as refused:
            if smtp.sock is None:  # 421: the server said good-bye
                self._drop()
            code, words = next(iter(refused.recipients.values()))
            said = _said("RCPT", code, words)
            if code in _WANTS_SIGN_IN:
                self._drop()
                raise ServerDown(self._where(said)) from None
            raise _refusal(code, _status_of(words))(said) from None
        except smtplib.SMTPNotSupportedError:
            raise AddressRefused("the server takes no address with letters beyond ASCII") from None
        except smtplib.SMTPResponseException as answer:
            self._drop()
            step = "MAIL" if isinstance(answer, smtplib.SMTPSenderRefused) else "DATA"
            raise NotTaken(_said(step, answer.smtp_code, answer.smtp_error)) from None
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise NotTaken(f"cut off in the middle: {type(error).__name__}") from None

    def check(self) -> str:
        """Tells how the server answers to EHLO and sign-in. Raises ServerDown."""
        smtp = self._connected()
        secured = "TLS" if isinstance(smtp.sock, ssl.SSLSocket) else "no TLS"
        self.close()
        return f"{self.host}:{self.port} answers, {secured}"

    def close(self) -> None:
        """Takes leave of the server, where one is connected."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            try:
                self._smtp = self._connect()
            except smtplib.SMTPResponseException as answer:
                step = "AUTH" if isinstance(answer, smtplib.SMTPAuthenticationError) else "EHLO"
                raise ServerDown(self._where(_said(step, answer.smtp_code, answer.smtp_error))) from None
            except (OSError, smtplib.SMTPException) as error:
                # Only the kind: the words of an SMTP server may hold what was sent to it.
                raise ServerDown(self._where(getattr(error, "strerror", None) or type(error).__name__)) from None
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        local = _is_loopback(self.host)
        context = ssl.create_default_context()
        if local:  # nobody is in between, and a machine's own server seldom has a certificate that others would trust
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.from_start:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        else:
            smtp = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            smtp.ehlo_or_helo_if_needed()
            if not self.from_start and smtp.has_extn("starttls"):
                smtp.starttls(context=context)
                smtp.ehlo_or_helo_if_needed()
            if self.user is not None:
                if not local and not isinstance(smtp.sock, ssl.SSLSocket):
                    raise ServerDown(self._where("offers no TLS, and a password isn't sent in the clear"))
                smtp.login(self.user, self.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _where(self, why: str) -> str:
        return f"{self.host}:{self.port}: {why}"


def _said(step: str, code: int, words: bytes | str) -> str:
    """Writes a server's answer without its words, which like to repeat the address."""
    return " ".join(filter(None, (step, str(code), _status_of(words))))


def _status_of(words: bytes | str) -> str:
    """Reads the enhanced status code with which an answer begins, ``5.1.1``; empty where there is none."""
    status = _STATUS.match(words if isinstance(words, bytes) else words.encode(errors="replace"))
    return status[1].decode() if status else ""


def _refusal(code: int, status: str) -> type[NotTaken | AddressRefused]:
    """Tells a wrong address from a server that relays nothing of ours, and both from a box that is only full."""
    if status.startswith("5.7.") or code == 554:
        return NotRelayed
    unknown = status.startswith("5.1.") if status else code in {550, 551, 553}
    return AddressRefused if unknown else NotTaken


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
