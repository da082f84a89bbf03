"""Mails are handed to a real SMTP server, or become files; what goes wrong is told apart, without addresses."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from olka.outbox.mail import Letter, compose
from olka.outbox.sinks import AddressRefused, Folder, NotRelayed, NotTaken, Server, ServerDown, open_sink
from tests.conftest import settings_for
from tests.services.mail_server import certificate, free_port, hanging_server, mail_server

ADDRESS = "aino@example.org"

# The test's server asks for passwords on loopback without TLS, which its library warns of.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


def a_mail(address: str = ADDRESS) -> EmailMessage:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    settings = settings_for("sqlite:////nowhere/olka.db")
    return compose(settings, Letter("Otsikko äö", "Hei Åke\n"), message_id="ab12", address=address, at=at)


def send(url: str) -> None:
    """Sends one mail on a connection of its own."""
    with closing(Server(url)) as sink:
        sink.send(a_mail(), ADDRESS, "x")


def test_a_server_takes_mails_one_after_another_on_one_connection() -> None:
    with mail_server() as server:
        sink = open_sink(server.url)
        for address in ("aino@example.org", "pekka@hämeenlinna.example"):
            sink.send(a_mail(address), address, "x")
        sink.close()
    assert server.addresses() == ["aino@example.org", "pekka@xn--hmeenlinna-q5a.example"]
    assert server.mails[0][1]["Subject"] == "Otsikko äö"
    assert server.mails[0][1]["From"] == "OLKA Kanta-Häme <olka@example.org>"
    assert server.mails[0][1].get_content().strip() == "Hei Åke"


def test_where_the_server_offers_tls_it_is_used(tmp_path: Path) -> None:
    context = certificate(tmp_path)
    if context is None:
        pytest.skip("there is no openssl to make a certificate with")
    with mail_server(tls_context=context) as server:
        send(server.url)
        assert "TLS" in Server(server.url).check()
    with mail_server(ssl_context=context) as from_start:
        send(from_start.url.replace("smtp:", "smtps:"))
    assert server.secured == [True]
    assert from_start.addresses() == [ADDRESS]


def test_a_user_signs_in_with_name_and_password() -> None:
    with mail_server(with_users=True) as server:
        send(f"smtp://olka%40example.org:secret@127.0.0.1:{server.port}")
        with pytest.raises(ServerDown, match="AUTH 535") as wrong:
            send(f"smtp://olka:sala%20sana@127.0.0.1:{server.port}")
    assert server.users[0] == b"olka@example.org"
    assert "sala" not in str(wrong.value)


def test_a_password_is_never_sent_in_the_clear_to_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    # No other machine is spoken to here: this one is taken for another.
    monkeypatch.setattr("olka.outbox.sinks._is_loopback", lambda _host: False)
    with mail_server(with_users=True) as server, pytest.raises(ServerDown, match="no TLS"):
        send(f"smtp://olka:secret@127.0.0.1:{server.port}")
    assert server.users == []


def test_a_certificate_that_nobody_trusts_is_refused_from_another_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context = certificate(tmp_path)
    if context is None:
        pytest.skip("there is no openssl to make a certificate with")
    monkeypatch.setattr("olka.outbox.sinks._is_loopback", lambda _host: False)
    with mail_server(tls_context=context) as server, pytest.raises(ServerDown):
        send(server.url)
    assert server.mails == []


@pytest.mark.parametrize(
    ("step", "answer", "error", "says"),
    [
        ("RCPT", "550 5.1.1 <aino@example.org> unknown", AddressRefused, "RCPT 550 5.1.1"),
        ("RCPT", "550 no such mailbox", AddressRefused, "RCPT 550"),
        ("RCPT", "552 5.2.2 the box of aino@example.org is full", NotTaken, "RCPT 552 5.2.2"),
        ("RCPT", "550 5.2.1 closed for now", NotTaken, "RCPT 550 5.2.1"),
        ("RCPT", "554 5.7.1 <aino@example.org>: Relay access denied", NotRelayed, "RCPT 554 5.7.1"),
        ("RCPT", "550 5.7.54 unable to relay", NotRelayed, "RCPT 550 5.7.54"),
        ("RCPT", "554 go away", NotRelayed, "RCPT 554"),
        ("RCPT", "553 no such mailbox aino@example.org", AddressRefused, "RCPT 553"),
        ("RCPT", "451 4.7.1 greylisted aino@example.org", NotTaken, "RCPT 451 4.7.1"),
        ("RCPT", "421 4.3.2 going down", NotTaken, "RCPT 421 4.3.2"),
        ("DATA", "451 4.3.0 later, aino@example.org", NotTaken, "DATA 451 4.3.0"),
        ("DATA", "554 5.7.1 looks like spam", NotTaken, "DATA 554 5.7.1"),
    ],
)
def test_a_refusal_is_told_without_the_address(step: str, answer: str, error: type[Exception], says: str) -> None:
    with mail_server() as server:
        sink = Server(server.url)
        server.answers[step] = answer
        with pytest.raises(error) as refused:
            sink.send(a_mail(), ADDRESS, "x")
        assert str(refused.value) == says
        server.answers.clear()
        sink.send(a_mail(), ADDRESS, "x")  # the next mail passes all the same
        sink.close()
    assert server.addresses() == [ADDRESS]


@pytest.mark.parametrize("answer", ["530 5.7.0 Authentication required", "535 5.7.8 wrong"])
def test_a_server_that_wants_a_sign_in_is_waited_for_like_one_that_is_away(answer: str) -> None:
    with mail_server() as server:
        server.answers["RCPT"] = answer
        with pytest.raises(ServerDown, match=f"RCPT {answer[:3]}"):
            send(server.url)


def test_a_server_that_isnt_there_is_told_so() -> None:
    with pytest.raises(ServerDown, match="Connection refused"):
        Server(f"smtp://127.0.0.1:{free_port()}").send(a_mail(), ADDRESS, "x")
    with pytest.raises(ServerDown):
        send("smtp://no-such-host.invalid")


def test_a_server_that_never_answers_is_left() -> None:
    with hanging_server() as port:
        began = time.monotonic()
        with pytest.raises(ServerDown):
            Server(f"smtp://127.0.0.1:{port}", timeout=0.5).send(a_mail(), ADDRESS, "x")
        assert time.monotonic() - began < 3


def test_a_server_that_goes_away_between_two_mails_costs_none() -> None:
    with mail_server() as server:
        sink = Server(server.url)
        sink.send(a_mail(), ADDRESS, "x")
        server.stop()
        with pytest.raises((NotTaken, ServerDown)):
            sink.send(a_mail(), ADDRESS, "x")
        with pytest.raises(ServerDown):
            sink.send(a_mail(), ADDRESS, "x")
        server.start()
        sink.send(a_mail(), ADDRESS, "x")
        sink.close()
    assert len(server.mails) == 2


def test_a_folder_gets_each_mail_once_and_whole(tmp_path: Path) -> None:
    sink = open_sink(f"file://{tmp_path}/posti%20laatikko")
    sink.send(a_mail(), ADDRESS, "ab12")
    sink.send(a_mail(), ADDRESS, "ab12")
    sink.close()
    folder = tmp_path / "posti laatikko"
    assert [path.name for path in folder.iterdir()] == ["ab12.eml"]
    assert b"Message-ID: <ab12@localhost>" in (folder / "ab12.eml").read_bytes()


def test_a_folder_that_cant_be_written_to_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ServerDown, match="can't be written"):
        Folder(tmp_path / "file").send(a_mail(), ADDRESS, "x")
    with pytest.raises(ServerDown):
        Folder(tmp_path / "file").check()


def test_a_name_leads_to_no_other_folder(tmp_path: Path) -> None:
    with pytest.raises(NotTaken):
        Folder(tmp_path / "in").send(a_mail(), ADDRESS, "../out")
    assert list(tmp_path.iterdir()) == []
