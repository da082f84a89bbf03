"""`olka create-admin`, as it is typed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from flask import Flask

from olka.cli import main
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
