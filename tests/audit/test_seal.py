"""The worker seals the log in the order of the ids, while others write, and a forgery in the table is found."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from olka.audit import queries, service, timed
from olka.audit.models import AuditRow
from olka.audit.timed import seal_log
from olka.core.permissions import Actor
from olka.db import db, transaction
from tests.conftest import make_app
from tests.processes import together

ACTOR = Actor(7)


def write(count: int = 1) -> None:
    with transaction():
        for number in range(count):
            service.record(ACTOR, "book", "shift", 42, number=number, way="phone")


def sealed() -> int:
    found = db.session.execute(select(func.count()).where(AuditRow.seal.is_not(None))).scalar_one()
    db.session.close()
    return found


def broken_at() -> int | None:
    found = queries.broken_at()
    db.session.close()
    return found


def forge(statement: str) -> None:
    with transaction() as session:
        session.execute(text(statement))


def test_rows_are_sealed_once_and_the_chain_goes_on(any_app: Flask) -> None:
    with any_app.app_context():
        assert seal_log() == 0
        write(3)
        assert [seal_log(), seal_log()] == [3, 0]
        first = db.session.execute(select(AuditRow.seal).order_by(AuditRow.id)).all()
        db.session.close()
        write(2)
        assert seal_log() == 2
        seals = db.session.execute(select(AuditRow.seal).order_by(AuditRow.id)).all()
        db.session.close()
        assert seals[:3] == first
        assert len({seal for (seal,) in seals}) == 5
        assert broken_at() is None


def test_more_rows_than_a_transaction_takes_are_sealed_in_one_go(any_app: Flask) -> None:
    with any_app.app_context():
        write(timed._AT_ONCE * 2 + 7)
        assert seal_log() == timed._AT_ONCE * 2 + 7
        assert broken_at() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor_id = 8 WHERE id = 2",
        "UPDATE audit SET detail = '{}' WHERE id = 2",
        "UPDATE audit SET seal = NULL WHERE id = 2",
        "DELETE FROM audit WHERE id = 2",
    ],
)
def test_a_forgery_in_the_table_is_found(any_app: Flask, statement: str) -> None:
    with any_app.app_context():
        write(5)
        seal_log()
        forge(statement)
        assert broken_at() in (2, 3)


def test_a_row_put_in_between_is_found(any_app: Flask) -> None:
    copy = "INSERT INTO audit (id, at, verb, object_kind, detail) SELECT {}, at, verb, object_kind, detail FROM audit"
    with any_app.app_context():
        write()
        forge(copy.format(9))
        assert seal_log() == 2
        forge(f"{copy.format(5)} WHERE id = 1")
        assert broken_at() == 5


def test_the_last_seal_goes_to_the_log_as_well(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    app = make_app(sqlite_url, OLKA_LOG_LEVEL="INFO")
    with app.app_context():
        write(2)
        seal_log()
        _, seal = queries.last_seal()
        db.session.remove()
        db.engine.dispose()
    assert f'"seal": "{seal}"' in capsys.readouterr().err


def test_a_row_numbered_first_and_committed_last_is_waited_for(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timed, "_LOOKS", 2)
    app = make_app(postgres_url)
    insert = "INSERT INTO audit (at, verb, object_kind, detail) VALUES (now(), 'book', 'shift', '{}')"
    with app.app_context(), psycopg.connect(postgres_url.replace("+psycopg", "")) as early:
        early.execute(insert)  # takes number 1 and isn't committed yet
        write()
        assert (seal_log(), sealed()) == (0, 0)
        early.commit()
        assert (seal_log(), sealed()) == (2, 2)
        assert broken_at() is None
        db.session.remove()
        db.engine.dispose()


def write_and_seal(process: int, attempt: int) -> None:
    if process < 2:
        seal_log()
    else:
        write(1 + attempt % 3)


@pytest.mark.race
def test_many_write_while_two_seal(any_url: str, any_app: Flask) -> None:
    assert together(any_url, 6, write_and_seal, tries=15) == {"done": 90}
    with any_app.app_context():
        seal_log()
        counted: Any = db.session.execute(select(func.count()).select_from(AuditRow)).scalar_one()
        db.session.close()
        assert sealed() == counted == 4 * sum(1 + attempt % 3 for attempt in range(15))
        assert broken_at() is None
