"""`olka doctor` looks at what the app stands on, and says what is wrong and what to do."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from olka import doctor
from olka.core import clock
from olka.db import db, transaction
from olka.doctor import NotWell, look
from olka.outbox.delivery import LEASE
from olka.outbox.service import begin_job, claim_due, end_job, know_job, mark_dead, post
from olka.outbox.sinks import ServerDown
from tests.conftest import settings_for
from tests.services.mail_server import free_port, hanging_server, mail_server
from tests.services.program import environment, run


def findings(monkeypatch: pytest.MonkeyPatch, url: str, **changes: str) -> dict[str, tuple[bool, str]]:
    for name, value in environment(url, **changes).items():
        if name.startswith("OLKA_"):
            monkeypatch.setenv(name, value)
    return {found.about: (found.well, found.words) for found in look()}


def test_where_all_is_well_it_says_so_line_by_line(
    any_url: str, any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server() as server:
        found = findings(monkeypatch, any_url, OLKA_MAIL_URL=server.url)
    found.pop("translations")  # compiled by make, not by pytest
    if "fsync is off" in found["database"][1]:  # the server of the tests is fast, and the doctor sees why
        found["database"] = (True, "postgresql 15")
    assert [about for about, (well, _) in found.items() if not well] == []
    assert list(found) == ["settings", "proxies", "database", "mail", "clock", "outbox", "timed work", "disk"]
    assert found["outbox"][1] == "0 waiting, 0 dead"
    assert "wal, synchronous full" in found["database"][1] or "postgresql 1" in found["database"][1]


def test_what_is_wrong_ends_it_with_an_error_and_is_named(tmp_path: Path) -> None:
    done = run("doctor", environment(f"sqlite:///{tmp_path}/none.db", OLKA_MAIL_URL=f"smtp://127.0.0.1:{free_port()}"))
    assert done.returncode == 1
    assert "FAIL  database" in done.stdout
    assert "run `olka migrate`" in done.stdout
    assert "FAIL  mail" in done.stdout
    assert "Connection refused" in done.stdout
    assert "ok    disk" in done.stdout
    done = run("doctor", environment("sqlite:////nowhere/x.db", OLKA_SECRET_KEY=""))
    assert (done.returncode, done.stdout.count("\n")) == (1, 1)
    assert "FAIL  settings      OLKA_SECRET_KEY" in done.stdout


def test_dead_and_late_mails_are_told(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            post("trial", "a@example.org", "fi", {})
        with transaction():
            (claim,) = claim_due(1, LEASE)
            mark_dead(claim, "RCPT 550")
        with pytest.raises(NotWell, match="1 dead"):
            doctor.outbox()
        with transaction():
            post("trial", "b@example.org", "fi", {}, due_at=clock.now() - timedelta(hours=1))
        with pytest.raises(NotWell, match="late by 60 min"):
            doctor.outbox()


def test_timed_work_that_is_late_or_never_ends_is_told(any_app: Flask) -> None:
    with any_app.app_context():
        assert "hasn't run" in doctor.timed_work()
        with transaction():
            know_job("purge")
        with pytest.raises(NotWell, match="never came to an end: purge"):
            doctor.timed_work()
        with transaction():
            began = begin_job("purge", timedelta(hours=1))
            assert began
            end_job("purge", began, due_at=clock.now() + timedelta(hours=1), succeeded=True)
        assert doctor.timed_work() == "1 jobs in time"
        with transaction():
            end_job("purge", began, due_at=clock.now() - timedelta(hours=1), succeeded=True)
        with pytest.raises(NotWell, match="late: purge"):
            doctor.timed_work()


def test_the_database_is_held_to_the_recipe(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "synchronous full" in doctor.database(settings_for(sqlite_url))
    monkeypatch.setattr("olka.db._sqlite_pragmas", lambda *_: None)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    with pytest.raises(NotWell, match="synchronous"):
        doctor.database(settings_for(sqlite_url))


def test_a_mail_server_that_hangs_or_a_folder_nobody_reads_is_told(tmp_path: Path) -> None:
    with hanging_server() as port, pytest.raises(ServerDown):
        doctor.mail(settings_for("sqlite:////nowhere/x.db", OLKA_MAIL_URL=f"smtp://127.0.0.1:{port}"))
    with pytest.raises(NotWell, match="to nobody"):
        doctor.mail(settings_for("sqlite:////nowhere/x.db", OLKA_MAIL_URL=f"file://{tmp_path}"))
    demo = settings_for("sqlite:////nowhere/x.db", OLKA_MAIL_URL=f"file://{tmp_path}", OLKA_DEMO="1")
    assert str(tmp_path) in doctor.mail(demo)


def test_a_clock_that_differs_is_told(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with any_app.app_context():
        assert "UTC" in doctor.database_clock()
        if db.engine.dialect.name == "postgresql":
            monkeypatch.setattr(doctor, "CLOCK_MAY_DIFFER_S", -1.0)
            with pytest.raises(NotWell, match="clock"):
                doctor.database_clock()
        db.session.close()


def test_a_full_disk_is_told(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "MB free" in doctor.disk(settings_for(sqlite_url))
    monkeypatch.setattr(doctor, "LEAST_FREE", 2**62)
    with pytest.raises(NotWell, match="MB left: make room"):
        doctor.disk(settings_for(sqlite_url))


def test_a_language_that_isnt_compiled_from_its_present_words_is_told(tmp_path: Path) -> None:
    for language in ("sv", "en"):
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "messages.po").write_text("")
        (folder / "messages.mo").write_bytes(b"")
    assert doctor.translations(tmp_path) == "fi, sv, en"
    os.utime(tmp_path / "sv" / "LC_MESSAGES" / "messages.mo", (0, 0))
    (tmp_path / "en" / "LC_MESSAGES" / "messages.mo").unlink()
    with pytest.raises(NotWell, match="not compiled: sv, en"):
        doctor.translations(tmp_path)
