"""The web server's own process: gunicorn with the house's settings, whatever its files and arguments say."""

from __future__ import annotations

import logging
import os
from typing import Any, Final

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from olka.app import create_app
from olka.config import Settings
from olka.db import db
from olka.serve import FIGURES, GRACE, drop_folder

log: Final = structlog.get_logger()

THREADS: Final = 8


class _Log(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """Gives gunicorn's own words to our log; requests are told by olka/watch.py, without their query strings."""

    def setup(self, cfg: Any) -> None:
        """Leaves handlers and formats to the house."""
        self.error_log.setLevel(logging.WARNING)
        self.error_log.propagate = True

    def access(self, *_: object) -> None:
        """Tells nothing."""


class Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """The server's settings: processes by OLKA_WORKERS with eight threads each, made from one loaded app."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.app: Any = None
        super().__init__()

    def load_config(self) -> None:
        """Sets what we decide; no file and no argument changes it."""
        for name, value in {
            "bind": self.settings.bind,
            "workers": self.settings.workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": GRACE,
            "keepalive": 5,
            # A fault in the app stops the start, in the parent; and the processes share its memory.
            "preload_app": True,
            "proc_name": "olka",
            "logger_class": _Log,
            "accesslog": None,
            # Forwarded headers are believed by ProxyFix alone, as OLKA_TRUSTED_PROXIES says.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "forwarder_headers": "",
            "control_socket_disable": True,
            "when_ready": self.ready,
            "post_fork": self.forked,
            "on_exit": self.ended,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Builds the app, once."""
        self.app = create_app(self.settings)
        return self.app

    def ready(self, _arbiter: Any) -> None:
        """Tells that the server answers."""
        log.info("web began", bind=self.settings.bind, workers=self.settings.workers, threads=THREADS)

    def forked(self, _arbiter: Any, _worker: Any) -> None:
        """Sees that no process uses a database connection that its parent opened."""
        with self.app.app_context():
            db.engine.dispose(close=False)

    def ended(self, _arbiter: Any) -> None:
        """Clears away what the processes counted."""
        drop_folder(os.environ.get(FIGURES, ""))


if __name__ == "__main__":
    Gunicorn(Settings.from_env()).run()
