"""When the database is away or refuses: a page of ours, its headers, and no word of the reader's in the log."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from olka import db as database
from olka.accounts.models import SessionRow
from olka.core import clock
from olka.core.permissions import Permission
from olka.db import db, is_away, transaction
from olka.outbox.models import Message
from olka.outbox.rules import MessageState
from olka.web.gate import requires
from olka.web.notes import tell
from tests import factories
from tests.conftest import make_app
from tests.reader import Reader
from tests.services import postgres

TOKEN = "SalainenTokeni1234567890"


def reader_of(app: Flask) -> Reader:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = app.test_client()
    assert isinstance(client, Reader)
    return client


def signed_in(app: Flask) -> Reader:
    with app.app_context():
        return reader_of(app).sign_in_as(factories.volunteer(factories.site().id))


def assert_told(reader: Reader, capsys: pytest.CaptureFixture[str], status: int) -> None:
    """Opens pages of every way to an error, and asserts that each is ours and that the log tells no path."""
    capsys.readouterr()
    for path in (f"/kirjaudu/{TOKEN}", "/omat", f"/nothing/{TOKEN}"):
        answer = reader.get(path)
        assert answer.status_code == status, path
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"], path
        assert answer.headers["Cache-Control"] == "no-store", path
        assert '<main id="sisalto"' in answer.text, path
    reader.see(f"/static/x/{TOKEN}.css", status=500)
    reader.see("/healthz")
    reader.see("/metrics")
    assert reader.get("/readyz").status_code == 503
    said = capsys.readouterr().err
    assert TOKEN not in said
    assert '"event": "database"' in said


def test_without_the_database_a_signed_in_reader_sees_our_page_and_no_token_is_logged(
    sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = make_app(sqlite_url, OLKA_LOG_LEVEL="DEBUG")
    reader = signed_in(app)
    with app.app_context():
        db.engine.dispose()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    for left in path.parent.glob("olka.db*"):
        left.unlink()
    assert_told(reader, capsys, 500)
    with app.app_context():
        db.engine.dispose()


def test_the_same_when_postgresql_is_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    there = postgres.available()
    if not there:
        pytest.skip(str(there))
    from tests.conftest import make_tables

    with postgres.private() as server:
        url = server.create_database("olka")
        make_tables(url)
        app = make_app(url, OLKA_LOG_LEVEL="DEBUG")
        reader = signed_in(app)
        reader.see("/omat")
        server.stop()
        assert_told(reader, capsys, 503)
        with app.app_context():
            db.engine.dispose()


# ---------------------------------------------------------------- acts that come to nothing


def app_with(url: str, endpoint: str, view: Any) -> Flask:
    """Gives an app with one more page, which anyone may send to."""
    app = make_app(url)
    app.add_url_rule(f"/{endpoint}", endpoint, requires(Permission.ANYONE)(view), methods=["POST"])
    return app


def _same() -> Message:
    now = clock.now()
    return Message(
        message_id="same", kind="trial", address=f"{TOKEN}@example.org", language="fi", facts={},
        state=MessageState.WAITING, created_at=now, due_at=now,
    )  # fmt: skip


def says_and_fails() -> ResponseReturnValue:
    with transaction():
        db.session.add_all([_same(), _same()])
        tell("ok", "Vuoro on sinun")
    return redirect("/")


def test_a_failed_commit_never_says_done_and_is_logged_by_its_constraint(
    any_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = app_with(any_url, "fails", says_and_fails)
    reader = reader_of(app)
    answer = reader.send("/fails", status=500)
    assert "Vuoro on sinun" not in answer.text
    assert "Vuoro on sinun" not in reader.see("/")
    said = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (line,) = [line for line in said if line["event"] == "database"]
    assert "message_id" in line["constraint"]
    assert line["sqlstate"] in {"23505", "SQLITE_CONSTRAINT_UNIQUE"}
    assert any("says_and_fails" in place for place in line["passed"])
    assert TOKEN not in str(line)
    with app.app_context():
        db.engine.dispose()


def test_an_act_tried_again_says_done_once(sqlite_url: str) -> None:
    tries = []

    def says() -> ResponseReturnValue:
        tries.append(1)
        tell("ok", "Vuoro on sinun")
        if len(tries) < 3:
            cause = LookupError()
            cause.sqlstate = "40001"  # type: ignore[attr-defined]  # as psycopg's errors have it
            raise DBAPIError("UPDATE", {}, cause)
        return redirect("/")

    reader = reader_of(app_with(sqlite_url, "says", says))
    assert reader.send_and_follow("/says").count("Vuoro on sinun") == 1


# ---------------------------------------------------------------- a writer that hangs


@pytest.fixture
def held(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Gives a database whose turn to write another holds for good; the wait is cut short."""
    import fcntl

    monkeypatch.setattr(database, "LOCK_TIMEOUT_MS", 200)
    with Path(sqlite_url.removeprefix("sqlite:///") + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield sqlite_url


def test_a_writer_that_hangs_is_waited_for_no_longer_than_the_limit(held: str) -> None:
    app = app_with(held, "fails", says_and_fails)
    answer = reader_of(app).send("/fails", status=503)
    assert "ruuhkaa" in answer.text


def test_a_page_that_is_looked_at_does_not_fail_for_a_presence_that_cant_be_noted(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    app = make_app(sqlite_url)
    reader = signed_in(app)
    with app.app_context(), transaction() as session:
        session.execute(update(SessionRow).values(seen_at=clock.now() - timedelta(days=1)))
    request.getfixturevalue("held")
    reader.see("/omat")


def test_what_is_away_is_told_from_a_fault_of_ours(any_app: Flask) -> None:
    with any_app.app_context():
        for statement in ("SELECT nothing FROM nowhere", "SELECT 1/", "INSERT INTO sites (id) VALUES (1)"):
            with pytest.raises(DBAPIError) as wrong:
                db.session.execute(text(statement))
            db.session.rollback()
            assert not is_away(wrong.value), statement


def test_a_locked_file_is_busy_not_broken(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(sqlite_url)
    with (
        app.app_context(),
        closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as other,
    ):
        with transaction() as session:
            session.execute(text("PRAGMA busy_timeout=50"))
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DBAPIError) as busy, transaction():
            pass
        assert is_away(busy.value)
        other.execute("ROLLBACK")
        db.engine.dispose()
