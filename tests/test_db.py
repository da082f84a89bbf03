"""The recipe for reading and writing, on both kinds of database."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from olka.audit.models import AuditRow
from olka.core.permissions import Permission
from olka.core.texts import Text3
from olka.db import (
    LOCK_TIMEOUT_MS,
    STATEMENT_TIMEOUT_MS,
    db,
    diagnosis_of,
    is_away,
    is_retryable,
    lock_row,
    retrying,
    transaction,
)
from olka.outbox.models import Message
from olka.outbox.rules import MessageState
from olka.outbox.service import post
from olka.sites.models import Site
from olka.web.gate import requires
from tests import factories
from tests.conftest import make_app
from tests.processes import together


def write(verb: str = "book") -> AuditRow:
    row = AuditRow(
        at=datetime(2026, 11, 24, tzinfo=UTC), actor_id=1, verb=verb, object_kind="shift", object_id=1, detail={}
    )
    db.session.add(row)
    return row


def count() -> int:
    found = db.session.execute(select(func.count()).select_from(AuditRow)).scalar_one()
    db.session.close()
    return found


# ---------------------------------------------------------------- readers


@pytest.mark.parametrize(
    "statement", ["INSERT INTO attempts (who, at) VALUES ('x', '2026-11-24')", "DELETE FROM attempts"]
)
def test_a_reader_cant_write(any_app: Flask, statement: str) -> None:
    with any_app.app_context():
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            db.session.execute(text(statement))
        db.session.rollback()
        assert count() == 0


def test_a_page_that_is_looked_at_cant_write(any_url: str) -> None:
    app = make_app(any_url)

    @requires(Permission.ANYONE)
    def writes() -> str:
        write()
        db.session.flush()
        return "written"

    app.add_url_rule("/writes", view_func=writes)
    assert app.test_client().get("/writes").status_code == 500
    with app.app_context():
        assert count() == 0
        db.engine.dispose()


def test_a_reader_doesnt_wait_for_a_writer_nor_sees_half_of_it(any_app: Flask) -> None:
    with any_app.app_context():
        began = time.monotonic()
        with transaction() as session:
            write()
            session.flush()
            seen: list[int] = []

            def read() -> None:
                with any_app.app_context():
                    seen.append(count())

            reader = threading.Thread(target=read)
            reader.start()
            reader.join(10)
            assert seen == [0]
        assert time.monotonic() - began < 5
        assert count() == 1


# ---------------------------------------------------------------- writers


def test_a_transaction_commits_as_a_whole(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            write()
            post("trial", "a@example.org", "fi", {})
        assert count() == 1
        assert db.session.execute(select(func.count()).select_from(Message)).scalar_one() == 1


@pytest.mark.parametrize("failure", [LookupError("x"), KeyboardInterrupt(), SystemExit()])
def test_nothing_of_a_failed_transaction_remains(any_app: Flask, failure: BaseException) -> None:
    with any_app.app_context():
        with pytest.raises(type(failure)), transaction():
            fail_after_writing(failure)
        assert count() == 0
        assert not db.session().in_transaction()
        with transaction():  # the session works on
            write()
        assert count() == 1


def fail_after_writing(failure: BaseException) -> None:
    write()
    db.session.flush()
    raise failure


def test_nothing_remains_of_what_the_commit_itself_refuses(any_app: Flask) -> None:
    with any_app.app_context():
        with pytest.raises(IntegrityError), transaction():
            db.session.add_all([message("same"), message("same")])
        assert db.session.execute(select(func.count()).select_from(Message)).scalar_one() == 0
        db.session.close()
        with transaction():
            db.session.add(message("same"))


def message(message_id: str, state: MessageState = MessageState.WAITING) -> Message:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    return Message(
        message_id=message_id, kind="trial", address="a@example.org", language="fi", facts={},
        state=state, created_at=at, due_at=at,
    )  # fmt: skip


def test_one_act_is_one_transaction(any_app: Flask) -> None:
    with any_app.app_context():
        with pytest.raises(RuntimeError, match="already open"), transaction():
            open_another()
        assert count() == 0
        with transaction():
            write()
        assert count() == 1


def open_another() -> None:
    with transaction():
        write()


def test_what_was_read_before_a_transaction_is_let_go_of(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            write("old")
        row = db.session.scalars(select(AuditRow)).one()
        with transaction() as session:
            session.execute(update(AuditRow).values(verb="new"))
            fresh = session.scalars(select(AuditRow)).one()
            assert fresh is not row
            assert fresh.verb == "new"
        assert row.verb == "old"


def test_after_writing_the_session_only_reads_again(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            write()
        assert count() == 1
        write("sneaked in")
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            db.session.flush()
        db.session.rollback()
        assert count() == 1


def test_a_constraint_is_known_by_its_name(any_app: Flask) -> None:
    with any_app.app_context():
        with pytest.raises(IntegrityError) as refused, transaction():
            db.session.add_all([message("same"), message("same")])
        assert "message_id" in diagnosis_of(refused.value)["constraint"]
        assert "same" not in str(diagnosis_of(refused.value))
        assert not is_retryable(refused.value)
        assert not is_away(refused.value)


def take_turns(_process: int, _attempt: int) -> None:
    with transaction() as session:
        before = session.execute(select(func.count()).select_from(AuditRow)).scalar_one()
        time.sleep(0.002)
        write(str(before))


@pytest.mark.race
def test_many_writers_take_turns_and_none_finds_the_database_locked(any_url: str, any_app: Flask) -> None:
    assert together(any_url, 8, take_turns, tries=25) == {"done": 200}
    with any_app.app_context():
        assert count() == 200
        if db.engine.dialect.name == "sqlite":  # each saw all those before it
            verbs = db.session.scalars(select(AuditRow.verb)).all()
            assert sorted(map(int, verbs)) == list(range(200))


# ---------------------------------------------------------------- trying again


class Refusing:
    """An act that the database gives up a few times."""

    def __init__(self, sqlstate: str, times: int) -> None:
        self.sqlstate, self.left, self.runs = sqlstate, times, 0

    def __call__(self) -> str:
        self.runs += 1
        with transaction():
            write()
            if self.left:
                self.left -= 1
                cause = LookupError()
                cause.sqlstate = self.sqlstate  # type: ignore[attr-defined]  # as psycopg's errors have it
                raise DBAPIError("UPDATE", {}, cause)
        return "done"


@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "55P03"])
def test_an_act_given_up_for_anothers_sake_is_tried_again_and_done_once(app: Flask, sqlstate: str) -> None:
    with app.app_context():
        act = Refusing(sqlstate, 2)
        assert retrying(act) == "done"
        assert (act.runs, count()) == (3, 1)


def test_after_four_tries_and_for_other_errors_the_act_fails(app: Flask) -> None:
    with app.app_context():
        stubborn, wrong = Refusing("40P01", 99), Refusing("23505", 99)
        for act, runs in ((stubborn, 4), (wrong, 1)):
            with pytest.raises(DBAPIError):
                retrying(act)
            assert act.runs == runs
        assert count() == 0


def test_a_deadlock_ends_with_both_acts_done(postgres_url: str) -> None:
    app = make_app(postgres_url)
    with app.app_context():
        ids = [factories.site(f"Talo {n}").id for n in range(2)]
        db.engine.dispose()
    assert together(postgres_url, 2, lock_crosswise, ids, tries=3) == {"done": 6}


def lock_crosswise(process: int, _attempt: int, ids: list[int]) -> None:
    first, second = ids if process else reversed(ids)

    def act() -> None:
        with transaction():
            assert lock_row(Site, first)
            time.sleep(0.2)
            assert lock_row(Site, second)

    retrying(act)


def test_a_row_that_points_at_a_locked_one_does_not_wait_for_it(postgres_url: str) -> None:
    app = make_app(postgres_url)
    with app.app_context():
        site_id = factories.site().id
        with transaction():
            assert lock_row(Site, site_id)
            with db.engine.connect().execution_options(olka_writes=True) as other, other.begin():
                other.execute(text("SET LOCAL lock_timeout = 200"))
                place = {"site_id": site_id, "kind": "point", "name": "{}", "directions": "{}"}
                other.execute(
                    text(
                        "INSERT INTO places (site_id, kind, name, directions, street, map_url, version)"
                        " VALUES (:site_id, :kind, :name, :directions, '', '', 1)"
                    ),
                    place,
                )
                with pytest.raises(DBAPIError):  # another change does
                    other.execute(text("UPDATE sites SET version = 2"))
        db.engine.dispose()


# ---------------------------------------------------------------- what the engines are set to


def test_sqlite_keeps_what_it_acknowledged_and_holds_its_keys(app: Flask) -> None:
    with app.app_context():
        for pragma, value in {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": LOCK_TIMEOUT_MS,
            "trusted_schema": 0,
        }.items():
            assert db.session.execute(text(f"PRAGMA {pragma}")).scalar_one() == value, pragma
        db.session.close()
        with transaction() as session:
            assert session.execute(text("PRAGMA query_only")).scalar_one() == 0


def test_postgresql_waits_for_no_lock_and_no_statement_for_ever(postgres_url: str) -> None:
    app = make_app(postgres_url)
    with app.app_context():
        for name, value in {
            "lock_timeout": f"{LOCK_TIMEOUT_MS // 1000}s",
            "statement_timeout": f"{STATEMENT_TIMEOUT_MS // 1000}s",
            "transaction_read_only": "on",
            "transaction_isolation": "read committed",
        }.items():
            assert db.session.execute(text(f"SHOW {name}")).scalar_one() == value, name
        db.session.close()
        with transaction() as session:
            assert session.execute(text("SHOW transaction_read_only")).scalar_one() == "off"
        db.engine.dispose()


def test_a_foreign_key_that_leads_nowhere_is_refused(any_app: Flask) -> None:
    with any_app.app_context():
        with pytest.raises(IntegrityError), transaction():
            db.session.execute(
                text("INSERT INTO place_tasks (place_id, task_id) VALUES (:place, :task)"), {"place": 1, "task": 1}
            )
        db.session.close()


# ---------------------------------------------------------------- column types


def test_an_instant_comes_back_aware_in_utc_whatever_its_zone(any_app: Flask) -> None:
    there = datetime(2026, 10, 25, 3, 30, 0, 123456, tzinfo=timezone(timedelta(hours=3)))
    with any_app.app_context():
        with transaction():
            write().at = there
        found = db.session.scalars(select(AuditRow.at)).one()
        assert found == there
        assert found.tzinfo is UTC
        assert found.microsecond == 123456
        db.session.close()


def test_a_naive_instant_is_refused(any_app: Flask) -> None:
    with any_app.app_context():
        with pytest.raises(StatementError, match="naive"), transaction():
            write().at = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
        assert count() == 0


def test_an_unknown_word_of_a_closed_list_is_refused(any_app: Flask) -> None:
    wrong: Any = "lost"
    with any_app.app_context(), pytest.raises(StatementError, match="lost"), transaction():
        db.session.add(message("a", wrong))


def test_a_text_keeps_its_three_languages(any_app: Flask) -> None:
    with any_app.app_context():
        made = factories.site(short_name=Text3("Forssa", "", "Forssa & Åland"))
        found = db.session.scalars(select(Site.short_name).where(Site.id == made.id)).one()
        assert found == Text3("Forssa", "", "Forssa & Åland")
        assert found.in_("sv") == "Forssa"
        db.session.close()
