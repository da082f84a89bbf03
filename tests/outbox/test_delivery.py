"""What waits is delivered by one worker at a time; what can't leave now waits on, and none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from olka.audit.models import AuditRow
from olka.core import clock
from olka.db import db, transaction
from olka.outbox import delivery, queries, service
from olka.outbox.delivery import deliver_due, register
from olka.outbox.models import Message
from olka.outbox.rules import MessageState
from olka.outbox.service import post
from olka.outbox.sinks import ServerDown, Sink, open_sink
from olka.outbox.timed import purge
from tests.services.mail_server import MailServer, free_port, mail_server


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def completers() -> Iterator[None]:
    """Puts the kinds back as they were."""
    before = dict(delivery.COMPLETERS)
    yield
    delivery.COMPLETERS.clear()
    delivery.COMPLETERS.update(before)


class Notebook:
    """A sink that notes what it is given, or fails as told."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.sent: list[str] = []
        self.failure = failure

    def send(self, mail: EmailMessage, address: str, name: str) -> None:
        assert not db.session().in_transaction(), "a mail leaves outside of any transaction"
        if self.failure:
            raise self.failure
        self.sent.append(address)

    def close(self) -> None:
        """Nothing is held."""


def wait_for(*addresses: str, kind: str = "trial", **more: Any) -> None:
    with transaction():
        for address in addresses:
            post(kind, address, "fi", {"called_name": "Aino"}, **more)


def rows() -> list[Message]:
    found = list(db.session.scalars(select(Message).order_by(Message.id)))
    db.session.expunge_all()
    db.session.close()
    return found


def deliver(app: Flask, sink: Sink) -> None:
    """Delivers until nothing is due."""
    while deliver_due(app, sink).taken:
        pass


def test_each_message_leaves_once_and_is_noted_as_sent(any_app: Flask, server: MailServer) -> None:
    with any_app.app_context():
        wait_for("aino@example.org", "pekka@example.org")
        deliver(any_app, open_sink(server.url))
        deliver(any_app, open_sink(server.url))
        assert server.addresses() == ["aino@example.org", "pekka@example.org"]
        assert {row.state for row in rows()} == {MessageState.SENT}
        assert {f"<{row.message_id}@localhost>" for row in rows()} == set(server.message_ids())


def test_what_is_meant_for_nobody_or_for_later_stays(app: Flask) -> None:
    sink = Notebook()
    with app.app_context():
        wait_for("nobody@example.org", to_nobody=True)
        wait_for("later@example.org", due_at=clock.now() + timedelta(hours=2))
        deliver(app, sink)
        assert sink.sent == []
        assert queries.waiting(clock.now()) == 0
        with time_machine.travel(clock.now() + timedelta(hours=3)):
            deliver(app, sink)
        assert sink.sent == ["later@example.org"]


def test_the_facts_are_completed_when_the_mail_leaves(any_app: Flask, server: MailServer, completers: None) -> None:
    def complete(facts: dict[str, Any]) -> dict[str, Any] | None:
        count = db.session.execute(select(Message.id)).all()
        return {"called_name": f"Numero {facts['number']} / {len(count)}"} if facts["number"] else None

    register("trial", complete)
    with any_app.app_context():
        with transaction():
            post("trial", "moot@example.org", "fi", {"number": 0})
            post("trial", "aino@example.org", "fi", {"number": 7})
        deliver(any_app, open_sink(server.url))
        assert server.addresses() == ["aino@example.org"]
        assert server.mails[0][1].get_content().startswith("Hei Numero 7 / 2,")
        assert [row.state for row in rows()] == [MessageState.DROPPED, MessageState.SENT]


def test_a_mail_that_cant_be_written_holds_up_none_behind_it(app: Flask, completers: None) -> None:
    def fail(facts: dict[str, Any]) -> dict[str, Any]:
        raise LookupError("aino@example.org has no shift")

    register("broken", fail)
    sink = Notebook()
    with app.app_context():
        wait_for("a@example.org", kind="broken")
        wait_for("b@example.org", kind="no_such_template")
        wait_for("c@example.org")
        deliver(app, sink)
        assert sink.sent == ["c@example.org"]
        broken, unknown, _ = rows()
        assert (broken.state, broken.last_error) == (MessageState.WAITING, "can't be written: LookupError")
        assert (unknown.state, unknown.last_error) == (MessageState.WAITING, "can't be written: TemplateNotFound")


def test_an_address_that_is_refused_is_dead_at_once_and_isnt_named(any_app: Flask, server: MailServer) -> None:
    server.answers["gone@example.org"] = "550 5.1.1 <gone@example.org>: no such user"
    with any_app.app_context():
        wait_for("gone@example.org", "here@example.org", "not an address")
        deliver(any_app, open_sink(server.url))
        gone, here, none = rows()
        assert (gone.state, gone.last_error) == (MessageState.DEAD, "RCPT 550 5.1.1")
        assert here.state == MessageState.SENT
        assert (none.state, none.last_error) == (MessageState.DEAD, "no mail address")
        assert queries.figures(clock.now()).by_state[MessageState.DEAD] == 2


def test_what_isnt_taken_now_is_tried_again_after_growing_pauses(any_app: Flask, server: MailServer) -> None:
    server.answers["DATA"] = "451 4.3.0 later"
    with any_app.app_context(), time_machine.travel(clock.now(), tick=False) as now:
        wait_for("aino@example.org")
        for failures, minutes in enumerate((1, 5, 15, 60, 60), start=1):
            deliver(any_app, open_sink(server.url))
            (row,) = rows()
            assert (row.attempts, row.last_error) == (failures, "DATA 451 4.3.0")
            assert row.due_at == clock.now() + timedelta(minutes=minutes)
            now.shift(timedelta(minutes=minutes) - timedelta(seconds=1))
            assert not queries.has_due(clock.now())
            now.shift(1)
        server.answers.clear()
        deliver(any_app, open_sink(server.url))
        (row,) = rows()
        assert (row.state, row.last_error) == (MessageState.SENT, None)


def test_after_three_days_a_message_is_dead(app: Flask, server: MailServer) -> None:
    server.answers["RCPT"] = "450 4.2.0 mailbox busy"
    with app.app_context(), time_machine.travel(clock.now(), tick=False) as now:
        wait_for("aino@example.org")
        began = clock.now()
        while rows()[0].state is MessageState.WAITING:
            deliver(app, open_sink(server.url))
            now.shift(timedelta(minutes=30))
        assert timedelta(days=2, hours=22) < clock.now() - began < timedelta(days=4)
        assert rows()[0].state is MessageState.DEAD


def test_a_server_that_is_down_loses_nothing_and_counts_against_none(any_app: Flask) -> None:
    with any_app.app_context():
        wait_for(*(f"{number}@example.org" for number in range(30)))
        port = free_port()
        for _ in range(20):
            assert "refused" in deliver_due(any_app, open_sink(f"smtp://127.0.0.1:{port}")).server_down
        assert {(row.state, row.attempts, row.leased_until) for row in rows()} == {(MessageState.WAITING, 0, None)}
        with mail_server() as back:
            deliver(any_app, open_sink(back.url))
        assert sorted(back.addresses()) == sorted(f"{number}@example.org" for number in range(30))


def test_a_worker_told_to_stop_ends_after_the_mail_at_hand_and_puts_the_rest_back(any_app: Flask) -> None:
    sink = Notebook()
    with any_app.app_context():
        wait_for("a@example.org", "b@example.org", "c@example.org")
        deliver_due(any_app, sink, told_to_stop=lambda: bool(sink.sent))
        assert sink.sent == ["a@example.org"]
        assert [(row.attempts, row.leased_until) for row in rows()[1:]] == [(0, None), (0, None)]


def test_what_one_worker_has_at_hand_another_doesnt_get_until_the_lease_runs_out(any_app: Flask) -> None:
    with any_app.app_context(), time_machine.travel(clock.now(), tick=False) as now:
        wait_for("a@example.org", "b@example.org")
        with transaction():
            (slow,) = service.claim_due(1, delivery.LEASE)
        sink = Notebook()
        deliver(any_app, sink)
        assert sink.sent == ["b@example.org"]

        now.shift(delivery.LEASE)  # the first worker has died, or sleeps
        with transaction():
            (other,) = service.claim_due(1, delivery.LEASE)
        assert (other.id, other.message_id, other.attempts) == (slow.id, slow.message_id, 2)

        with transaction():  # the slow one wakes up: it has lost the message, whatever it wants to note
            service.mark_dead(slow, "too late")
            service.release([slow])
        assert rows()[0].state is MessageState.WAITING
        assert rows()[0].leased_until == other.leased_until
        with transaction():
            service.mark_sent(other)
        assert rows()[0].state is MessageState.SENT


def test_a_mail_isnt_begun_with_less_of_the_lease_left_than_it_may_take(app: Flask) -> None:
    with app.app_context(), time_machine.travel(clock.now(), tick=False) as now:
        wait_for("a@example.org", "b@example.org")

        class Slow(Notebook):
            def send(self, mail: EmailMessage, address: str, name: str) -> None:
                super().send(mail, address, name)
                now.shift(delivery.LEASE - delivery.LONGEST + timedelta(seconds=1))

        sink = Slow()
        deliver_due(app, sink)
        assert sink.sent == ["a@example.org"]
        assert rows()[1].leased_until is None


def test_a_database_that_fails_while_a_mail_is_at_hand_costs_at_most_a_second_copy(app: Flask) -> None:
    with app.app_context(), time_machine.travel(clock.now(), tick=False) as now:
        wait_for("a@example.org")
        with pytest.raises(KeyboardInterrupt):
            deliver_due(app, Notebook(KeyboardInterrupt()))  # as a kill would
        sink = Notebook()
        deliver(app, sink)
        assert sink.sent == []
        now.shift(delivery.LEASE)
        deliver(app, sink)
        assert sink.sent == ["a@example.org"]


def test_a_fault_of_the_server_is_told_to_who_waits(app: Flask) -> None:
    with app.app_context():
        wait_for("a@example.org")
        assert deliver_due(app, Notebook(ServerDown("EHLO 554"))).server_down == "EHLO 554"


def test_what_has_been_kept_long_enough_is_deleted(any_app: Flask) -> None:
    with any_app.app_context(), time_machine.travel(clock.now(), tick=False) as now:
        wait_for("sent@example.org")
        deliver(any_app, Notebook())
        wait_for("nobody@example.org", to_nobody=True)
        wait_for("not an address")
        deliver(any_app, Notebook())
        wait_for("waiting@example.org", due_at=clock.now() + timedelta(days=400))
        now.shift(timedelta(days=29))
        purge()
        assert len(rows()) == 4
        now.shift(timedelta(days=1, seconds=1))
        purge()
        assert [row.address for row in rows()] == ["not an address", "waiting@example.org"]
        now.shift(timedelta(days=60))
        purge()
        assert [row.address for row in rows()] == ["waiting@example.org"]


def test_what_the_server_does_not_relay_is_tried_for_two_weeks_and_what_is_dead_can_be_tried_anew(
    any_app: Flask, server: MailServer
) -> None:
    server.answers["RCPT"] = "554 5.7.1 Relay access denied"
    with any_app.app_context(), time_machine.travel(clock.now(), tick=False) as now:
        wait_for("a@example.org", "b@example.org")
        for hours, state in ((10 * 24, MessageState.WAITING), (15 * 24, MessageState.DEAD)):
            with transaction() as session:
                session.execute(update(Message).values(attempts=hours))
            deliver(any_app, open_sink(server.url))
            assert {row.state for row in rows()} == {state}
            now.shift(timedelta(hours=1))
        server.answers.clear()
        with transaction():
            assert service.retry_dead() == 2
        with transaction():
            assert service.retry_dead() == 0
        deliver(any_app, open_sink(server.url))
        assert server.addresses() == ["a@example.org", "b@example.org"]
        assert [(row.verb, row.detail) for row in db.session.scalars(select(AuditRow))] == [
            ("retried", {"messages": 2})
        ]
        db.session.close()


def test_the_address_of_a_stranger_is_not_kept(any_app: Flask) -> None:
    with any_app.app_context():
        wait_for("nobody@example.org", to_nobody=True)
        assert [row.address for row in rows()] == [""]


def test_the_search_for_what_is_due_reads_only_what_waits(app: Flask) -> None:
    with app.app_context():
        statement = select(Message.id).where(queries.is_free(clock.now())).limit(1)
        compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
        assert "ix_outbox_waiting" in str(plan)
