"""What machines ask and what the log tells: true, and nothing personal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from olka.audit.models import AuditRow
from olka.config import Settings
from olka.db import db, transaction
from olka.outbox.service import post
from olka.watch import configure_logs, log
from tests import factories
from tests.conftest import make_app, settings_for
from tests.reader import Reader
from tests.services.mail_server import free_port


@pytest.fixture
def telling(sqlite_url: str) -> Iterator[Flask]:
    """Gives an app that tells of each request."""
    app = make_app(sqlite_url, OLKA_LOG_LEVEL="DEBUG")
    yield app
    with app.app_context():
        db.engine.dispose()


def reader_of(app: Flask) -> Reader:
    client = app.test_client()
    assert isinstance(client, Reader)
    return client


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_the_process_says_that_it_lives_without_asking_the_database(app: Flask) -> None:
    queries: list[str] = []
    from sqlalchemy import event

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *what: queries.append(what[2]))
    assert reader_of(app).see("/healthz") == "ok\n"
    assert queries == []


def test_it_is_ready_when_the_database_is_there_at_the_newest_schema(any_app: Flask) -> None:
    reader_of(any_app).see("/readyz")
    with any_app.app_context(), transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = reader_of(any_app).get("/readyz")
    assert answer.status_code == 503
    assert "olka doctor" in answer.text
    assert "<" not in answer.text


def test_without_the_database_it_lives_isnt_ready_and_still_gives_figures() -> None:
    app = make_app(f"postgresql://olka:salasana@127.0.0.1:{free_port()}/olka")
    client = reader_of(app)
    client.see("/healthz")
    assert "salasana" not in client.see("/readyz", status=503)
    assert "olka_database_up 0.0" in client.see("/metrics")
    assert "ruuhkaa" in client.see("/yhteys", status=503)


def test_the_figures_count_requests_by_view_and_the_outbox_by_state(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        post("trial", "aino.salainen@example.org", "fi", {"called_name": "Aino"})
        post("trial", "aino.salainen@example.org", "fi", {}, to_nobody=True)
    client = reader_of(any_app)
    client.see("/healthz?haku=salainen")
    client.see("/no/such/page/salainen", status=404)
    figures = client.see("/metrics")
    assert 'olka_requests_total{method="GET",status="2xx",view="machines.lives"}' in figures
    assert 'olka_requests_total{method="GET",status="4xx",view="none"}' in figures
    assert 'olka_request_seconds_bucket{le="0.005",view="machines.lives"}' in figures
    assert 'olka_outbox_messages{state="waiting"} 1.0' in figures
    assert 'olka_outbox_messages{state="dropped"} 1.0' in figures
    assert 'olka_outbox_messages{state="dead"} 0.0' in figures
    assert "olka_outbox_oldest_seconds" in figures
    assert "salainen" not in figures


def test_a_strange_method_makes_no_row_of_its_own(app: Flask) -> None:
    client = reader_of(app)
    client.open("/healthz", method="SALAINEN")
    assert "SALAINEN" not in client.see("/metrics")


def test_each_request_is_one_line_with_its_view_and_person_and_no_words_of_hers(
    telling: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    with telling.app_context():
        who = factories.volunteer(factories.site().id)
    client = reader_of(telling).sign_in_as(who)
    capsys.readouterr()
    answer = client.get("/omat/profiili?haku=salainen", headers={"X-Request-ID": "made-up-by-a-reader"})
    (line,) = lines(capsys)
    assert line["event"] == "request"
    assert line["view"] == "profile.own_profile"
    assert (line["method"], line["status"], line["actor"]) == ("GET", 200, who.id)
    assert line["ms"] > 0
    assert line["request_id"] == answer.headers["X-Request-ID"] != "made-up-by-a-reader"
    assert "salainen" not in str(line)
    assert who.family_name not in str(line)


def test_no_token_name_or_address_of_a_form_or_path_reaches_the_log(
    telling: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    client = reader_of(telling)
    secret = "SalainenTokeni1234567890"
    client.get(f"/kirjaudu/{secret}")
    client.get(f"/kirjaudu?next=/{secret}")
    client.post("/kirjaudu", data={"csrf_token": client.token(), "mail": f'{secret}@example.org\n{{"event": 1}}'})
    client.post("/kirjaudu", data={"csrf_token": secret})
    told = lines(capsys)
    assert len([line for line in told if line["event"] == "request"]) == 4
    assert secret.lower() not in str(told).lower()


def test_an_id_is_taken_from_a_proxy_that_is_trusted_and_from_nobody_else(sqlite_url: str) -> None:
    app = make_app(sqlite_url, OLKA_TRUSTED_PROXIES="1")
    client = reader_of(app)
    given = {"X-Request-ID": "a1b2c3d4-e5f6"}
    assert client.get("/healthz", headers=given).headers["X-Request-ID"] == "a1b2c3d4-e5f6"
    bad = {"X-Request-ID": 'x" injected'}
    assert "injected" not in client.get("/healthz", headers=bad).headers["X-Request-ID"]


def failure_with_personal_data() -> Exception:
    try:
        try:
            raise ValueError("aino@example.org")
        except ValueError as inner:
            raise LookupError("Aino Salainen") from inner
    except LookupError as outer:
        return outer


def test_an_error_is_told_by_its_kinds_and_the_places_it_passed(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(settings_for("sqlite:////nowhere/x.db"))
    log.error("unexpected", exc_info=failure_with_personal_data())
    (line,) = lines(capsys)
    assert line["error"] == ["LookupError", "ValueError"]
    assert line["passed"][-1].startswith("tests/web/test_machines.py:")
    assert "Aino" not in str(line)
    assert "aino@" not in str(line)


def test_in_the_demo_where_nobody_is_real_its_words_are_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings.from_env({"OLKA_DEMO": "1"}))
    log.error("unexpected", exc_info=failure_with_personal_data())
    assert lines(capsys)[0]["words"] == "Aino Salainen"
    configure_logs(settings_for("sqlite:////nowhere/x.db"))


def test_what_a_database_refuses_is_logged_without_the_row(any_app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(settings_for("sqlite:////nowhere/x.db"))
    row = AuditRow(id=1, at=None, verb="Salainen", object_kind="Salainen", object_id=1, detail={})
    with any_app.app_context():
        with pytest.raises(IntegrityError) as refused, transaction() as session:
            session.add(row)
        log.error("database", exc_info=refused.value)
    assert "Salainen" not in str(refused.value).partition("DETAIL")[0]
    (line,) = lines(capsys)
    assert line["error"][0] == "IntegrityError"
    assert "Salainen" not in str(line)


def test_what_libraries_say_comes_in_the_same_lines(capsys: pytest.CaptureFixture[str]) -> None:
    import logging

    configure_logs(settings_for("sqlite:////nowhere/x.db"))
    logging.getLogger("some.library").warning("pool is %s", "full")
    logging.getLogger("some.library").info("not told")
    logging.getLogger("gunicorn.error").warning("Invalid request from ip=%s: %s", "10.0.0.9", "Salainen")
    logging.getLogger("gunicorn.error").error("Error handling request %s", "/kirjaudu/Salainen")
    told = lines(capsys)
    assert [line["event"] for line in told] == ["pool is full", "Invalid request", "Error handling request %s"]
    assert "Salainen" not in str(told)
    assert "10.0.0.9" not in str(told)
