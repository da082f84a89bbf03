"""`olka doctor`: looks at what the app stands on, one line each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from olka import schema
from olka.app import create_app
from olka.config import NO_PROXY_NAMED, ROOT, BadSetting, Settings, lacks_proxy
from olka.core import clock
from olka.core.texts import LANGUAGES
from olka.db import db
from olka.outbox import queries
from olka.outbox.rules import MessageState
from olka.outbox.sinks import Folder, Server, ServerDown

CLOCK_MAY_DIFFER_S: Final = 5.0
LEAST_FREE: Final = 500 * 1024 * 1024
# Messages leave within seconds; a job runs within its interval. What takes longer has no worker.
LATE_S: Final = 600


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is as it should be, and what was seen."""

    about: str
    well: bool
    words: str

    def __str__(self) -> str:
        return f"{'ok' if self.well else 'FAIL':<5} {self.about:<13} {self.words}"


class NotWell(Exception):
    """Something is wrong; says what, and what to do."""


def look() -> Iterator[Finding]:
    """Looks at each thing in turn. What hangs on the settings or the database isn't looked at without them."""
    try:
        settings = Settings.from_env()
    except BadSetting as error:
        yield Finding("settings", False, str(error))
        return
    yield Finding("settings", True, f"{settings.base_url}, {settings.workers} web processes{_demo(settings)}")
    yield _find("proxies", lambda: proxies(settings))
    yield _find("database", lambda: database(settings))
    yield _find("mail", lambda: mail(settings))
    if schema.fault_at(settings.database_url) is None:
        app = create_app(settings)
        with app.app_context():
            yield _find("clock", database_clock)
            yield _find("outbox", outbox)
            yield _find("timed work", timed_work)
            db.session.remove()
            db.engine.dispose()
    yield _find("disk", lambda: disk(settings))
    yield _find("translations", lambda: translations(ROOT / "olka" / "translations"))


def _demo(settings: Settings) -> str:
    return ", demo" if settings.demo else ""


def _find(about: str, look_at: Callable[[], str]) -> Finding:
    try:
        return Finding(about, True, look_at())
    except (NotWell, ServerDown) as error:
        return Finding(about, False, str(error))
    except (DBAPIError, OSError) as error:
        return Finding(about, False, f"{type(error).__name__}: {str(error).splitlines()[0]}")


def proxies(settings: Settings) -> str:
    """Tells how many proxies are believed. Raises NotWell when there must be one and none is named."""
    if lacks_proxy(settings):
        raise NotWell(NO_PROXY_NAMED)
    return f"{settings.trusted_proxies} in front, as OLKA_TRUSTED_PROXIES says"


def database(settings: Settings) -> str:
    """Tells the kind of database and how it is set. Raises NotWell when it is away or its schema doesn't fit."""
    if fault := schema.fault_at(settings.database_url):
        raise NotWell(fault)
    at = ", ".join(sorted(schema.heads())) or "no migrations yet"
    app = create_app(settings)
    with app.app_context():
        try:
            if settings.is_sqlite:
                return f"sqlite at {db.engine.url.database}, {_sqlite_keeps()}, schema {at}"
            version = db.session.execute(text("SHOW server_version")).scalar_one()
            if db.session.execute(text("SHOW fsync")).scalar_one() != "on":
                raise NotWell("fsync is off: a power cut may lose what was acknowledged. Turn it on.")
            return f"postgresql {version} at {db.engine.url.host}, schema {at}"
        finally:
            db.session.remove()
            db.engine.dispose()


def _sqlite_keeps() -> str:
    mode = db.session.execute(text("PRAGMA journal_mode")).scalar_one()
    synchronous = db.session.execute(text("PRAGMA synchronous")).scalar_one()
    if (mode, synchronous) != ("wal", 2):
        raise NotWell(f"journal_mode {mode} and synchronous {synchronous}, not wal and full: is it on a network disk?")
    return "wal, synchronous full"


def mail(settings: Settings) -> str:
    """Speaks to the mail server, or looks at the folder. Raises ServerDown."""
    if settings.mail_url.startswith("file:"):
        if not settings.demo:
            raise NotWell("mails go into a folder, to nobody: set OLKA_MAIL_URL to smtp://host:port.")
        return Folder.of(settings.mail_url).check()
    return Server(settings.mail_url).check()


def database_clock() -> str:
    """Holds the database's clock against ours. Raises NotWell when they differ by more than 5 s."""
    if db.engine.dialect.name == "sqlite":
        return f"{clock.now():%Y-%m-%d %H:%M:%S} UTC, of this machine"
    theirs = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = abs((clock.now() - theirs).total_seconds())
    if apart > CLOCK_MAY_DIFFER_S:
        raise NotWell(f"the database's clock is {apart:.0f} s apart from ours: let both follow a time server.")
    return f"{clock.now():%Y-%m-%d %H:%M:%S} UTC, the database's {apart:.1f} s apart"


def outbox() -> str:
    """Counts what waits and what is dead. Raises NotWell when mails are dead, or late by ten minutes."""
    now = clock.now()
    found = queries.figures(now)
    db.session.close()
    waiting, dead = found.by_state[MessageState.WAITING], found.by_state[MessageState.DEAD]
    late = (now - found.oldest_due_at).total_seconds() if found.oldest_due_at else 0
    seen = f"{waiting} waiting, {dead} dead"
    if late > LATE_S:
        raise NotWell(f"{seen}; the oldest is late by {late / 60:.0f} min: does `olka worker` run?")
    if dead:
        raise NotWell(
            f'{seen}: look for "mail dead" in the worker\'s log, put it right, then `olka outbox retry-dead`.'
        )
    return seen


def timed_work() -> str:
    """Looks at when each job came to its end. Raises NotWell when one is late."""
    now = clock.now()
    found = queries.jobs()
    db.session.close()
    late = [job.name for job in found if (now - job.due_at).total_seconds() > LATE_S]
    if late:
        raise NotWell(f"late: {', '.join(late)}: does `olka worker` run?")
    unfinished = [job.name for job in found if job.finished_at is None]
    if unfinished:
        raise NotWell(f'never came to an end: {", ".join(unfinished)}: look for "job failed" in the worker\'s log.')
    return f"{len(found)} jobs in time" if found else "none yet: the worker hasn't run here"


def disk(settings: Settings) -> str:
    """Looks at the room left where we write. Raises NotWell below 500 MB."""
    folders = {Path(os.environ.get("TMPDIR", "/tmp"))}  # noqa: S108  # only looked at
    if settings.is_sqlite:
        folders.add(Path(settings.database_url.removeprefix("sqlite:///")).parent)
    if settings.mail_url.startswith("file:"):
        folders.add(Folder.of(settings.mail_url).path)
    free = {folder: shutil.disk_usage(folder).free for folder in folders if folder.exists()}
    tight = [f"{folder} has {room // 2**20} MB left" for folder, room in free.items() if room < LEAST_FREE]
    if tight:
        raise NotWell(f"{'; '.join(tight)}: make room.")
    return f"{min(free.values()) // 2**20} MB free"


def translations(folder: Path) -> str:
    """Sees that every language is compiled from its present words. Raises NotWell, naming those that aren't."""
    stale = [
        language
        for language in LANGUAGES
        if language != "fi" and not _is_compiled(folder / language / "LC_MESSAGES" / "messages.po")
    ]
    if stale:
        raise NotWell(f"not compiled: {', '.join(stale)}: run `pybabel compile -d olka/translations`.")
    return ", ".join(LANGUAGES)


def _is_compiled(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return compiled.exists() and (not source.exists() or compiled.stat().st_mtime >= source.stat().st_mtime)
