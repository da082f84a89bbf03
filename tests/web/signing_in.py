"""What tests of signing in share: a browser somewhere, and what a mail would hold."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from olka.accounts.models import Person, SignIn
from olka.accounts.queries import sign_in_facts
from olka.db import db
from tests import factories
from tests.conftest import SECRET
from tests.reader import Reader

MARJATTA = "marjatta.lehtonen@example.org"


def new_reader(app: Flask, address: str = "192.0.2.1") -> Reader:
    client = app.test_client()
    assert isinstance(client, Reader)
    client.environ_base["REMOTE_ADDR"] = address
    return client


def marjatta(app: Flask, **changes: Any) -> Person:
    with app.app_context():
        return factories.volunteer(factories.site().id, **changes)


def ask(reader: Reader, mail: str = MARJATTA, **more: str) -> dict[str, str]:
    """Asks for a mail, and gives its link and code as the worker would write them."""
    reader.send("/kirjaudu", {"mail": mail, **more})
    return last_secrets(reader.application)


def last_secrets(app: Flask) -> dict[str, str]:
    with app.app_context():
        number = db.session.scalar(select(SignIn.id).order_by(SignIn.id.desc()).limit(1))
        facts = sign_in_facts(number or 0, SECRET)
    assert facts is not None
    return facts


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def rows(app: Flask, model: Any) -> list[Any]:
    with app.app_context():
        return list(db.session.scalars(select(model).order_by(model.id)))
