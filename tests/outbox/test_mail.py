"""A message's text in its reader's language, and the mail made of it."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path
from typing import Any

import jinja2
import pytest
from flask import Flask

from olka.config import ROOT
from olka.outbox.mail import BadAddress, Letter, compose, in_ascii, write
from tests.conftest import make_app, settings_for

AT = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
SETTINGS = settings_for("sqlite:////nowhere/x.db", OLKA_BASE_URL="https://olka.example.org", OLKA_REGION="Häme")
EVIL = 'A\r\nBcc: x@y.example\n"><img src=x onerror=alert(1)>{{7*7}}'


def mail_of(letter: Letter, **changes: Any) -> EmailMessage:
    facts = {"message_id": "ab" * 16, "address": "aino@example.org", "at": AT, **changes}
    raw = compose(SETTINGS, letter, **facts).as_bytes()
    return message_from_bytes(raw, EmailMessage, policy=modern)


@pytest.fixture
def own_templates(app: Flask, tmp_path: Path) -> Path:
    """Puts a folder of templates before the house's."""
    folder = tmp_path / "templates"
    (folder / "mail").mkdir(parents=True)
    house = app.jinja_env.loader
    assert house is not None
    app.jinja_env.loader = jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder), house])
    return folder / "mail"


def test_a_letter_greets_and_says_who_sends_it_and_how_to_reach_a_person(app: Flask) -> None:
    letter = write(app, "trial", "fi", {"called_name": "Aino"})
    assert letter.subject == "Kokeiluviesti OLKAsta"
    assert letter.text.startswith("Hei Aino,\n\n")
    assert "http://localhost/yhteys" in letter.text
    assert "\n\n\n" not in letter.text


def test_without_a_name_the_greeting_has_none(app: Flask) -> None:
    assert write(app, "trial", "fi", {}).text.startswith("Hei,\n\n")


def test_links_come_from_the_configured_address_whatever_asked(sqlite_url: str) -> None:
    app = make_app(sqlite_url, OLKA_BASE_URL="https://olka.example.org")
    with app.test_request_context(base_url="http://evil.example"):
        text = write(app, "trial", "fi", {}).text
    assert "https://olka.example.org/yhteys" in text
    assert "evil" not in text


def test_a_letter_in_one_language_leaves_the_page_in_another(app: Flask, own_templates: Path) -> None:
    from olka.web.language import language

    (own_templates / "own.txt").write_text("Subject: {{ language }}\n\n{{ day | day_long }}")
    with app.test_request_context("/?kieli=sv"):
        assert language() == "sv"
        letter = write(app, "own", "en", {"day": AT.date()})
        assert (letter.subject, letter.text) == ("en", "Tuesday 24 Nov\n")
        assert language() == "sv"


def test_a_fact_that_is_missing_is_an_error_and_not_a_hole(app: Flask, own_templates: Path) -> None:
    (own_templates / "own.txt").write_text("Subject: x\n\n{{ when }}")
    with pytest.raises(jinja2.UndefinedError):
        write(app, "own", "fi", {})


def test_a_template_without_a_subject_is_an_error(app: Flask, own_templates: Path) -> None:
    (own_templates / "own.txt").write_text("Hei!")
    with pytest.raises(ValueError, match="Subject"):
        write(app, "own", "fi", {})


def test_a_name_can_push_nothing_into_the_headers_nor_run(app: Flask, own_templates: Path) -> None:
    (own_templates / "own.txt").write_text("Subject: Vuoro, {{ name }}\n\n{{ name }}")
    letter = write(app, "own", "fi", {"name": EVIL})
    mail = mail_of(letter)
    assert mail["Subject"].strip() == 'Vuoro, A Bcc: x@y.example "><img src=x onerror=alert(1)>{{7*7}}'
    assert mail["Bcc"] is None
    assert mail.get_content_type() == "text/plain"
    assert "{{7*7}}" in mail.get_content()


def test_a_subject_with_a_line_break_is_refused_should_one_ever_come() -> None:
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        compose(SETTINGS, Letter("A\r\nBcc: x@y.example", "x"), message_id="ab", address="a@example.org", at=AT)


def test_the_mail_has_the_headers_that_servers_and_readers_ask_for() -> None:
    mail = mail_of(Letter("Vuoro peruttu – Hämeenlinna", "Hei Åke,\n\nhttps://olka.example.org/" + "x" * 900 + "\n"))
    assert mail["Message-ID"] == f"<{'ab' * 16}@olka.example.org>"
    assert mail["Date"].datetime == AT
    assert mail["From"] == "OLKA Häme <olka@example.org>"
    assert mail["To"] == "aino@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"] == "Vuoro peruttu – Hämeenlinna"
    assert mail.get_content().replace("\r\n", "\n") == "Hei Åke,\n\nhttps://olka.example.org/" + "x" * 900 + "\n"
    raw = compose(SETTINGS, Letter("ä", "ä" * 3000), message_id="a", address="a@example.org", at=AT).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) <= 998


def test_the_mail_is_the_same_however_often_it_is_made() -> None:
    letter = Letter("Otsikko", "Teksti\n")
    assert mail_of(letter)["Message-ID"] == mail_of(letter)["Message-ID"]


@pytest.mark.parametrize(
    "address", ["", "aino", "@", "a@b@c, d@e", "a@example.org, b@example.org", "a@example.org\r\nBcc: b@c", "a@ä..b"]
)
def test_what_is_not_one_address_gets_no_mail(address: str) -> None:
    with pytest.raises(BadAddress):
        mail_of(Letter("x", "x"), address=address)


def test_a_domain_with_letters_of_its_own_is_written_as_servers_know_it() -> None:
    assert in_ascii("aino@hämeenlinna.example") == "aino@xn--hmeenlinna-q5a.example"


@pytest.mark.parametrize("path", sorted((ROOT / "templates" / "mail").glob("*.txt")), ids=lambda path: path.stem)
def test_every_kind_of_mail_is_written_as_the_layout_says(app: Flask, path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    app.jinja_env.parse(source)
    if path.stem != "layout":
        assert source.startswith("Subject: {{ ")
        assert '{% extends "mail/layout.txt" %}' in source
        assert "{% block text %}" in source
