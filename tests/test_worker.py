"""`olka worker` as it is run: it outlives servers that go away, ends when told to, and holds up no page."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from olka.core import clock
from olka.db import db, transaction
from olka.outbox import delivery, queries
from olka.outbox.models import Message
from olka.outbox.rules import MessageState
from olka.outbox.service import claim_due, post
from olka.outbox.sinks import Server, open_sink
from olka.stop import Stop
from olka.worker import work
from tests.conftest import make_app
from tests.reader import Reader
from tests.services import postgres
from tests.services.mail_server import MailServer, free_port, hanging_server, mail_server
from tests.services.program import environment, running


def wait_for(app: Flask, count: int, start: int = 0) -> None:
    with app.app_context(), transaction():
        for number in range(start, start + count):
            post("trial", f"{number}@example.org", "fi", {"called_name": "Aino"})


def state_of(app: Flask) -> dict[MessageState, int]:
    with app.app_context():
        found = queries.figures(clock.now()).by_state
        db.session.close()
        return found


def until_taken(server: MailServer, count: int, patience: float = 60) -> None:
    end = time.monotonic() + patience
    while len(server.mails) < count:
        assert time.monotonic() < end, f"{len(server.mails)} of {count} mails came"
        time.sleep(0.05)


def test_the_worker_delivers_and_ends_when_told_to(any_url: str, any_app: Flask, tmp_path: Path) -> None:
    wait_for(any_app, 5)
    with (
        mail_server() as server,
        running("worker", environment(any_url, OLKA_MAIL_URL=server.url), tmp_path / "said") as worker,
    ):
        until_taken(server, 5)
        wait_for(any_app, 1, start=5)
        until_taken(server, 6)
        worker.wait_until_it_says('"event": "mail sent"', times=6)
        assert worker.end() == 0
        assert "worker ended" in worker.said
        assert "@example.org" not in worker.said
    assert state_of(any_app)[MessageState.SENT] == 6


def test_a_mail_server_that_comes_back_gets_all_that_waited(sqlite_url: str, app: Flask, tmp_path: Path) -> None:
    wait_for(app, 3)
    server = MailServer(port=free_port())
    with running("worker", environment(sqlite_url, OLKA_MAIL_URL=server.url), tmp_path / "said") as worker:
        worker.wait_until_it_says("Connection refused", times=2)
        server.start()
        try:
            until_taken(server, 3)
            worker.wait_until_it_says('"event": "back again"')
        finally:
            server.stop()
    assert sorted(server.addresses()) == ["0@example.org", "1@example.org", "2@example.org"]


def test_a_worker_outlives_a_database_that_is_restarted(tmp_path: Path) -> None:
    there = postgres.available()
    if not there:
        pytest.skip(str(there))
    from tests.conftest import make_tables

    with postgres.private(durable=True) as database, mail_server() as server:
        url = database.create_database("olka")
        make_tables(url)
        with running("worker", environment(url, OLKA_MAIL_URL=server.url), tmp_path / "said") as worker:
            worker.wait_until_it_says("worker began")
            database.crash()
            worker.wait_until_it_says('"event": "away"')
            database.start()
            app = make_app(url)
            wait_for(app, 2)
            until_taken(server, 2)
            with app.app_context():
                db.engine.dispose()


def test_a_hanging_mail_server_is_left_and_pages_answer_meanwhile(any_url: str, any_app: Flask) -> None:
    wait_for(any_app, 1)
    stop = Stop()
    with hanging_server() as port:
        sink = Server(f"smtp://127.0.0.1:{port}", timeout=3)
        worker = threading.Thread(target=lambda: work(make_app(any_url), stop=stop, sink=sink, jobs=[]))
        worker.start()
        time.sleep(1)  # by now the worker waits for the server to speak
        client = any_app.test_client()
        assert isinstance(client, Reader)
        client.see("/yhteys")
        began = time.monotonic()
        client.see("/yhteys")
        wait_for(any_app, 1, start=1)  # a page that writes
        assert time.monotonic() - began < 1.5
        stop.tell()
        worker.join(20)
        assert not worker.is_alive()
    assert state_of(any_app)[MessageState.WAITING] == 2


def test_what_a_killed_worker_had_at_hand_another_sends(any_url: str, any_app: Flask, tmp_path: Path) -> None:
    wait_for(any_app, 3)
    with (
        hanging_server() as port,
        running("worker", environment(any_url, OLKA_MAIL_URL=f"smtp://127.0.0.1:{port}"), tmp_path / "said") as worker,
    ):
        worker.wait_until_it_says("worker began")
        until = time.monotonic() + 30
        while not leased(any_app):
            assert time.monotonic() < until
            time.sleep(0.05)
        assert worker.end(signal.SIGKILL) == -signal.SIGKILL
    assert leased(any_app) == 3
    with any_app.app_context(), mail_server() as server:
        sink = open_sink(server.url)
        assert delivery.deliver_due(any_app, sink).taken == 0  # it may still be at it
        with transaction() as session:  # five minutes later
            for row in session.scalars(select(Message)):
                assert row.leased_until is not None
                row.leased_until -= delivery.LEASE
        assert delivery.deliver_due(any_app, sink).taken == 3
    assert len(server.mails) == 3
    assert state_of(any_app)[MessageState.SENT] == 3


def leased(app: Flask) -> int:
    with app.app_context():
        found = db.session.scalars(select(Message).where(Message.leased_until.is_not(None))).all()
        db.session.close()
        return len(found)


@pytest.mark.race
def test_four_workers_send_a_thousand_messages_once_each(any_url: str, any_app: Flask, tmp_path: Path) -> None:
    wait_for(any_app, 1000)
    with mail_server() as server:
        env = environment(any_url, OLKA_MAIL_URL=server.url)
        with (
            running("worker", env, tmp_path / "1") as one,
            running("worker", env, tmp_path / "2") as two,
            running("worker", env, tmp_path / "3") as three,
            running("worker", env, tmp_path / "4") as four,
        ):
            until_taken(server, 1000, patience=300)
            time.sleep(1)  # a second copy would come now
            assert [program.end() for program in (one, two, three, four)] == [0, 0, 0, 0]
            said = [program.said.count('"event": "mail sent"') for program in (one, two, three, four)]
    assert len(server.mails) == len(set(server.message_ids())) == sum(said) == 1000
    assert sum(1 for count in said if count) > 1, "more than one worker had a part in it"
    assert state_of(any_app)[MessageState.SENT] == 1000
    with any_app.app_context(), transaction():
        assert claim_due(1, delivery.LEASE) == []
