"""The mail that signs in: written when it leaves, in its reader's language, and not at all when it is moot."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from olka.core import clock
from olka.db import db
from olka.outbox.delivery import deliver_due
from olka.outbox.models import Message
from tests import factories
from tests.reader import Reader

MAIL = "marjatta.lehtonen@example.org"


class Letterbox:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    def send(self, mail: EmailMessage, address: str, name: str) -> None:
        self.mails.append(f"{mail['Subject']}\n{mail.get_content()}")

    def close(self) -> None:
        """Nothing is held."""


def delivered(app: Flask) -> list[str]:
    box = Letterbox()
    with app.app_context():
        while deliver_due(app, box).taken:
            pass
    return box.mails


def state(app: Flask) -> str:
    with app.app_context():
        return str(db.session.scalars(select(Message.state)).one().value)


@pytest.fixture
def asked(any_app: Flask) -> Reader:
    with any_app.app_context():
        factories.volunteer(factories.site().id)
    reader = any_app.test_client()
    assert isinstance(reader, Reader)
    reader.send("/kirjaudu", {"mail": MAIL, "next": "/omat"})
    return reader


def test_its_link_signs_in_on_any_device(any_app: Flask, asked: Reader) -> None:
    (mail,) = delivered(any_app)
    path = re.search(r"^http://localhost(/kirjaudu/\S+)$", mail, re.M)
    assert path is not None, mail
    other = any_app.test_client()
    assert isinstance(other, Reader)
    assert other.send(path[1]).location == "/omat"


def test_its_code_signs_in_where_it_was_asked_for(any_app: Flask, asked: Reader) -> None:
    (mail,) = delivered(any_app)
    code = re.search(r"\b[0-9]{6}\b", mail)
    assert code is not None, mail
    assert asked.send("/kirjaudu/viesti", {"code": code[0]}).location == "/omat"


def test_one_that_comes_too_late_is_dropped(any_app: Flask, asked: Reader) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        assert delivered(any_app) == []
    assert state(any_app) == "dropped"


def test_a_stranger_gets_none(app: Flask, reader: Reader) -> None:
    reader.send("/kirjaudu", {"mail": "tuntematon@example.org"})
    assert delivered(app) == []
    assert state(app) == "dropped"
