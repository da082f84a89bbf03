"""What the house tells of itself while it runs: a JSON line per request on stderr, and figures for /metrics.

Never in either: query strings, paths, tokens, names, mail addresses, form values. A view is told by its name,
a person by her id, an error by its kind and the places it passed.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import sys
import traceback
from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import Any, Final

import structlog
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector
from sqlalchemy.exc import DBAPIError

from olka.config import ROOT, Settings
from olka.db import diagnosis_of

log: Final = structlog.get_logger()

# Whether this server's processes count into one folder: prometheus_client decides it when it is imported, as here.
SHARED: Final = "PROMETHEUS_MULTIPROC_DIR" in os.environ

REQUESTS: Final = Counter("olka_requests", "Answers by view, method and class of status.", ("view", "method", "status"))
SECONDS: Final = Histogram(
    "olka_request_seconds",
    "Time to the answer, by view.",
    ("view",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

# Name, what it is, labels, value.
Figure = tuple[str, str, Mapping[str, str], float]

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
_FRAMES: Final = 12
_LAST_FRAMES: Final = 3
_FLASK: Final = "olka"  # the name of the app, by which Flask logs


# ---------------------------------------------------------------- requests


def init_watch(app: Flask, settings: Settings) -> None:
    """Makes the app tell of each request; goes before whatever else looks at requests."""
    configure_logs(settings)

    @app.before_request
    def begin() -> None:
        g.began = perf_counter()
        g.request_id = _request_id(settings)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        took = perf_counter() - g.get("began", perf_counter())
        view = request.endpoint or "none"
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(view, method, f"{response.status_code // 100}xx").inc()
        SECONDS.labels(view).observe(took)
        tell = log.debug if view == "static_files.file" else log.info
        tell(
            "request",
            view=view,
            method=method,
            status=response.status_code,
            ms=round(took * 1000, 1),
            actor=_actor_id(),
        )
        response.headers.setdefault("X-Request-ID", g.get("request_id", ""))
        return response


def _request_id(settings: Settings) -> str:
    """Takes the id that a trusted proxy gave, else makes one; a reader can't write into the log by it."""
    given = request.headers.get("X-Request-ID", "") if settings.trusted_proxies else ""
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _actor_id() -> int | None:
    # Only whom the page asked for: no query is made for the log's sake.
    actor = getattr(g.get("_login_user"), "actor", None)
    found: int | None = getattr(actor, "person_id", None)
    return found


# ---------------------------------------------------------------- logs


class _Stderr:
    """Writes each line to the stderr of the moment, in one call, so that threads don't mix their lines."""

    def write_line(self, line: str) -> None:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = log = msg = write_line


class _Handler(logging.Handler):
    """Brings what libraries log into the same lines."""

    def emit(self, record: logging.LogRecord) -> None:
        event: dict[str, Any] = {"event": _words_of(record), "logger": record.name, "level": record.levelname.lower()}
        if record.exc_info and record.exc_info[1]:
            event |= {"exc_info": record.exc_info[1]}
        _Stderr().write_line(str(_render(structlog.contextvars.merge_contextvars(None, "", event))))


def _words_of(record: logging.LogRecord) -> str:
    """Writes a library's line, without a request's own words: the web server's of bad ones, Flask's of failed ones."""
    if record.name.startswith("gunicorn") and record.levelno >= logging.WARNING:
        text = str(record.msg)  # as the source has it, without the arguments
        return "Invalid request" if text.startswith("Invalid request") else text
    if record.name == _FLASK and str(record.msg).startswith("Exception on "):  # and then the path
        return "Exception on a page"
    return record.getMessage()


def configure_logs(settings: Settings) -> None:
    """Sends every log line to stderr as JSON, from the settings' level up; libraries from WARNING up."""
    level = getattr(logging, settings.log_level)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, _render_event],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Stderr(),
        cache_logger_on_first_use=False,
    )
    # In the demo nobody is real, and who builds the house wants an error's words.
    _render.tells_words = settings.demo
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, _Handler)]:
        root.removeHandler(handler)
    root.addHandler(_Handler(max(level, logging.WARNING)))


class _Render:
    """Makes a JSON line of an event; an exception becomes its kinds and the places it passed."""

    tells_words = False
    _stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")
    _json = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)

    def __call__(self, event: Mapping[str, Any]) -> str:
        line = {"at": None, "level": None, "event": None, **event}
        error = line.pop("exc_info", None)
        if error is True:
            error = sys.exc_info()[1]
        if isinstance(error, BaseException):
            line |= self._error(error)
        return str(self._json(None, "", self._stamp(None, "", line)))

    def _error(self, error: BaseException) -> dict[str, Any]:
        kinds, at = [type(error).__name__], error
        while (cause := at.__cause__ or getattr(at, "orig", None) or at.__context__) and len(kinds) < 5:
            kinds.append(type(cause).__name__)
            at = cause
        frames = list(traceback.extract_tb(error.__traceback__))
        last = frames[-_LAST_FRAMES:]
        # Our own places, and the last ones: a library is deep.
        frames = [frame for frame in frames if "/site-packages/" not in frame.filename or frame in last][-_FRAMES:]
        told: dict[str, Any] = {
            "error": kinds,
            "passed": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
        }
        if isinstance(error, DBAPIError):
            told |= diagnosis_of(error)
        return told | {"words": str(error)[:1000]} if self.tells_words else told


def _short(filename: str) -> str:
    return filename.rpartition("/site-packages/")[2].removeprefix(f"{ROOT}/")


_render: Final = _Render()


def _render_event(_logger: object, _name: str, event: Mapping[str, Any]) -> str:
    return _render(event)


# ---------------------------------------------------------------- figures


class _Gauges(Collector):
    """Figures that are read when they are asked for."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self.figures = figures

    def collect(self) -> Iterable[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for name, words, labels, value in self.figures:
            family = families.setdefault(name, GaugeMetricFamily(name, words, labels=list(labels)))
            family.add_metric(list(labels.values()), value)
        return families.values()


def exposition(figures: Iterable[Figure]) -> bytes:
    """Writes every figure in Prometheus' text form: of all web processes together, and those given."""
    registry: CollectorRegistry = REGISTRY
    if SHARED:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library leaves it bare
    given = CollectorRegistry()
    given.register(_Gauges(figures))
    return generate_latest(registry) + generate_latest(given)
