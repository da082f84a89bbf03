"""Settings from the environment: frozen, checked at the start, a wrong one is named."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT: Final = Path(__file__).resolve().parent.parent

_KEPT_AS: Final = "olka_settings"
_LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")


if TYPE_CHECKING:
    from flask import Flask


class BadSetting(Exception):
    """A setting is missing or wrong; the message names it and says what would be right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that deployment decides; what a site decides is a column of its own."""

    database_url: str
    secret_key: str
    base_url: str
    trusted_hosts: tuple[str, ...]
    trusted_proxies: int
    mail_url: str
    mail_from: str
    region: str
    demo: bool
    log_level: str
    workers: int
    bind: str

    @property
    def is_sqlite(self) -> bool:
        """Tells whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def is_https(self) -> bool:
        """Tells whether readers reach the app over https, which cookies and HSTS follow."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Reads the settings named in the README. Raises BadSetting, which names the one at fault."""
        e = os.environ if env is None else env
        demo = _flag(e, "OLKA_DEMO")
        base_url = _base_url(e)
        return cls(
            database_url=_database_url(e),
            secret_key=_secret_key(e, demo=demo),
            base_url=base_url,
            trusted_hosts=_trusted_hosts(e, base_url),
            trusted_proxies=_number(e, "OLKA_TRUSTED_PROXIES", default=0, lowest=0, highest=9),
            mail_url=_mail_url(e),
            mail_from=_mail_from(e),
            region=_region(e),
            demo=demo,
            log_level=_choice(e, "OLKA_LOG_LEVEL", _LOG_LEVELS, default="INFO"),
            workers=_number(e, "OLKA_WORKERS", default=2, lowest=1, highest=64),
            bind=_bind(e),
        )

    def to_env(self) -> dict[str, str]:
        """Writes the settings as the environment they can be read from again, for child processes."""
        return {
            "OLKA_DATABASE_URL": self.database_url,
            "OLKA_SECRET_KEY": self.secret_key,
            "OLKA_BASE_URL": self.base_url,
            "OLKA_TRUSTED_HOSTS": ",".join(self.trusted_hosts),
            "OLKA_TRUSTED_PROXIES": str(self.trusted_proxies),
            "OLKA_MAIL_URL": self.mail_url,
            "OLKA_MAIL_FROM": self.mail_from,
            "OLKA_REGION": self.region,
            "OLKA_DEMO": "1" if self.demo else "0",
            "OLKA_LOG_LEVEL": self.log_level,
            "OLKA_WORKERS": str(self.workers),
            "OLKA_BIND": self.bind,
        }


def keep_settings(app: Flask, settings: Settings) -> None:
    """Keeps with an app the settings that it is built from."""
    app.extensions[_KEPT_AS] = settings


def settings_of(app: Flask) -> Settings:
    """Gives the settings that an app was built from."""
    found: Settings = app.extensions[_KEPT_AS]
    return found


def for_real(settings: Settings) -> Settings:
    """Gives the settings back when the app may be started for people with them; only the demo's mail may be files.

    Raises BadSetting. Asked by the commands that start: tests and tools build apps whose mail nobody waits for.
    """
    if settings.mail_url.startswith("file:") and not settings.demo:
        raise BadSetting(
            "OLKA_MAIL_URL must be smtp://host:port or smtps://host:port: mail in a folder reaches nobody."
        )
    return settings


def lacks_proxy(settings: Settings) -> bool:
    """Tells whether every reader would look like one address: behind a proxy that isn't named.

    The throttle of signing in would then stop everybody for one.
    """
    host = settings.bind.rpartition(":")[0].strip("[]")
    local = settings.bind.startswith("unix:") or host in {"localhost", "::1"} or host.startswith("127.")
    return settings.is_https and local and settings.trusted_proxies == 0


NO_PROXY_NAMED: Final = (
    "OLKA_TRUSTED_PROXIES is 0, but the base URL is https and only this machine is listened to: every reader "
    "would look like one address. Set it to the number of proxies in front, mostly 1."
)


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "0")
    if value not in {"0", "1", ""}:
        raise BadSetting(f"{name} is {value!r}: set it to 1 or 0.")
    return value == "1"


def _number(env: Mapping[str, str], name: str, *, default: int, lowest: int, highest: int) -> int:
    value = env.get(name) or str(default)
    if not (value.isascii() and value.isdigit()) or not lowest <= int(value) <= highest:
        raise BadSetting(f"{name} is {value!r}: set it to a whole number from {lowest} to {highest}.")
    return int(value)


def _choice(env: Mapping[str, str], name: str, choices: tuple[str, ...], *, default: str) -> str:
    value = (env.get(name) or default).upper()
    if value not in choices:
        raise BadSetting(f"{name} is {value!r}: set it to one of {', '.join(choices)}.")
    return value


def _database_url(env: Mapping[str, str]) -> str:
    url = env.get("OLKA_DATABASE_URL") or f"sqlite:///{ROOT / 'var' / 'olka.db'}"
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSetting("OLKA_DATABASE_URL must start with sqlite:/// or postgresql://.")
    if url.startswith("sqlite:"):
        return _sqlite_url(url.removeprefix("sqlite:///"))
    try:
        make_url(url)
    except (ArgumentError, ValueError):  # the words of neither are shown: they hold the password
        raise BadSetting("OLKA_DATABASE_URL must be like postgresql://user:password@host:5432/name.") from None
    return url


def _sqlite_url(path: str) -> str:
    if path in {"", ":memory:"}:
        raise BadSetting("OLKA_DATABASE_URL names no file: several processes share the database.")
    if "?" in path or path.startswith("file:"):
        raise BadSetting("OLKA_DATABASE_URL must be sqlite:/// and a path alone, without file: and without a ?.")
    # Absolute, so that every reader of it means the same file: the driver would look in the working folder, and
    # the web framework in a folder of its own.
    return f"sqlite:///{Path(path).absolute()}"


def _region(env: Mapping[str, str]) -> str:
    region = env.get("OLKA_REGION") or "Kanta-Häme"
    if not region.isprintable():
        raise BadSetting("OLKA_REGION must be a name on one line: it stands in pages and in the headers of mails.")
    return region


def _secret_key(env: Mapping[str, str], *, demo: bool) -> str:
    key = env.get("OLKA_SECRET_KEY", "")
    if not key and demo:
        return secrets.token_urlsafe(32)
    if len(key) < 32:
        raise BadSetting("OLKA_SECRET_KEY must be at least 32 random characters, the same on every host.")
    return key


def _base_url(env: Mapping[str, str]) -> str:
    url = env.get("OLKA_BASE_URL") or "http://localhost:8000"
    wrong = BadSetting("OLKA_BASE_URL must be like https://olka.example.org, without a path, a user or a ?.")
    try:
        parts = urlsplit(url)
        whole = parts.port != 0
    except ValueError:  # half a bracket, or a port that is no number
        raise wrong from None
    plain = whole and url.isprintable() and not set(url) & set("@?# ")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or not plain:
        raise wrong
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise BadSetting("OLKA_BASE_URL must be https, except on localhost.")
    return url.rstrip("/")


def _trusted_hosts(env: Mapping[str, str], base_url: str) -> tuple[str, ...]:
    named = [host.strip() for host in env.get("OLKA_TRUSTED_HOSTS", "").split(",") if host.strip()]
    host = urlsplit(base_url).hostname or ""
    own = [host] if host not in {"localhost", "127.0.0.1"} else ["localhost", "127.0.0.1"]
    return tuple(dict.fromkeys(own + named))


def _bind(env: Mapping[str, str]) -> str:
    port = _number(env, "PORT", default=8000, lowest=1, highest=65535)
    bind = env.get("OLKA_BIND") or f"127.0.0.1:{port}"
    host, _, number = bind.rpartition(":")
    if bind.startswith("unix:/") or (host and number.isascii() and number.isdigit() and 0 < int(number) < 65536):
        return bind
    raise BadSetting(f"OLKA_BIND is {bind!r}: set it like 127.0.0.1:8000 or unix:/run/olka.sock.")


def _mail_from(env: Mapping[str, str]) -> str:
    address = env.get("OLKA_MAIL_FROM") or "olka@example.org"
    with suppress(ValueError, IndexError, MessageError):  # the parser of the standard library raises all three
        if Address(addr_spec=address).domain and address.isascii():
            return address
    raise BadSetting("OLKA_MAIL_FROM must be a plain address like olka@example.org; the name is OLKA with its region.")


def _mail_url(env: Mapping[str, str]) -> str:
    url = env.get("OLKA_MAIL_URL") or f"file://{ROOT / 'var' / 'mail'}"
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        return url
    with suppress(ValueError):  # a port that is no number
        if parts.scheme in {"smtp", "smtps"} and parts.hostname and (parts.port is None or parts.port):
            return url
    raise BadSetting("OLKA_MAIL_URL must be smtp://host:port, smtps://host:port or file:///folder.")
