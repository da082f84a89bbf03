"""`olka create-admin` and `olka reset-second-factor`, as they are typed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from olka.accounts import second_factor
from olka.accounts.models import SecondFactor
from olka.audit.models import AuditRow
from olka.cli import main
from olka.core import clock
from olka.db import db
from tests import factories
from tests.conftest import SECRET
from tests.reader import Reader


@pytest.fixture
def environment(sqlite_url: str) -> dict[str, str]:
    return {"OLKA_DATABASE_URL": sqlite_url, "OLKA_SECRET_KEY": SECRET, "OLKA_BASE_URL": "https://olka.example.org"}


def test_the_command_prints_a_link_that_signs_the_admin_in(app: Flask, environment: dict[str, str]) -> None:
    said = CliRunner().invoke(main, ["create-admin", "Aada.Virta@Example.org"], env=environment)
    assert said.exit_code == 0, said.output
    base, _, path = said.output.strip().rpartition("/kirjaudu/")
    assert base.endswith("https://olka.example.org")
    reader = app.test_client()
    assert isinstance(reader, Reader)
    assert reader.send(f"/kirjaudu/{path}").location == "/kirjaudu/vahvistus", "she takes her app into use first"


@pytest.mark.parametrize("address", ["ei osoite", "", "a@"])
def test_what_is_no_address_makes_nobody(app: Flask, environment: dict[str, str], address: str) -> None:
    said = CliRunner().invoke(main, ["create-admin", address], env=environment)
    assert said.exit_code == 1
    assert "is no mail address" in said.output


def test_a_shared_address_is_refused_in_words(app: Flask, environment: dict[str, str]) -> None:
    with app.app_context():
        factories.person("Pekka", mail="lehtoset@example.org")
        factories.person("Marjatta", mail="lehtoset@example.org")
        db.engine.dispose()
    said = CliRunner().invoke(main, ["create-admin", "lehtoset@example.org"], env=environment)
    assert said.exit_code == 1
    assert "several people share this address" in said.output


def factor(person_id: int) -> SecondFactor:
    return factories.save(SecondFactor(person_id=person_id, nonce="n", last_step=0, taken_at=clock.now()))


def test_a_lost_phone_is_taken_out_of_use_from_the_terminal(app: Flask, environment: dict[str, str]) -> None:
    with app.app_context():
        admin = factories.admin()
        factor(admin.id)
        reader = app.test_client()
        assert isinstance(reader, Reader)
        reader.sign_in_as(admin)
    said = CliRunner().invoke(main, ["reset-second-factor", "Aada.Virta@Example.org "], env=environment)
    assert said.exit_code == 0, said.output
    with app.app_context():
        assert not second_factor.is_in_use(admin.id)
        log = db.session.execute(select(AuditRow.verb, AuditRow.object_id, AuditRow.actor_id)).all()
        assert log == [("reset_second_factor", admin.id, None)]
    assert reader.get("/hallinta").location == "/kirjaudu?next=/hallinta"
    again = CliRunner().invoke(main, ["reset-second-factor", "aada.virta@example.org"], env=environment)
    assert again.exit_code == 1
    assert "has a second factor in use" in again.output


def test_whose_phone_is_lost_must_be_plain(app: Flask, environment: dict[str, str]) -> None:
    with app.app_context():
        for name in ("Pekka", "Marjatta"):
            factor(factories.person(name, mail="lehtoset@example.org").id)
    said = CliRunner().invoke(main, ["reset-second-factor", "lehtoset@example.org"], env=environment)
    assert said.exit_code == 1
    assert "share this address" in said.output
