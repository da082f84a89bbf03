"""Measuring a WSGI app in this process: CPU a request, statements a request, bytes over the wire."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import event

from olka.db import db


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status and the body as it went over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(app: Flask, path: str, *, cookie: str = "", form: bytes | None = None, gzip: bool = False) -> Answer:
    """Sends one request straight into the app, with as little of a client as can be."""
    path, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET" if form is None else "POST",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_COOKIE": cookie,
        "HTTP_ACCEPT_LANGUAGE": "fi",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(form or b"")),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(form or b""),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if gzip:
        environ["HTTP_ACCEPT_ENCODING"] = "gzip"
    seen: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
        seen.update(status=int(status[:3]), headers=headers)
        return lambda _data: None

    body = app.wsgi_app(environ, start)
    try:
        sent = b"".join(body)
    finally:
        close = getattr(body, "close", None)
        if close:
            close()
    return Answer(seen["status"], {name.lower(): value for name, value in seen["headers"]}, sent)


def cpu_ms(act: Callable[[], object], runs: int = 60, warm: int = 10) -> float:
    """Tells the median CPU time of an act in milliseconds."""
    for _ in range(warm):
        act()
    spent = []
    for _ in range(runs):
        before = time.process_time_ns()
        act()
        spent.append((time.process_time_ns() - before) / 1e6)
    return median(spent)


@contextmanager
def counted_statements(app: Flask) -> Iterator[list[str]]:
    """Collects the statements that the app sends to its database in the block."""
    seen: list[str] = []

    def note(_c: object, _cu: object, statement: str, *_: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SET TRANSACTION")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
