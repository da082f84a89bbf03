"""Where one was going, paper, and the demo's buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from olka.accounts import sign_in
from olka.accounts.models import Attempt
from olka.accounts.second_rules import needs_second
from olka.core import clock
from olka.core.permissions import Actor, Kind, Role
from olka.db import db, transaction
from tests import factories
from tests.conftest import make_app
from tests.web.signing_in import MARJATTA, ask, last_secrets, marjatta, new_reader, rows

# ---------------------------------------------------------------- where one was going


def test_the_page_asked_for_opens_after_signing_in_by_link(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    start = reader.get("/vuorot?sivu=2").location
    assert 'value="/vuorot?sivu=2"' in reader.see(start)
    link = ask(reader, next="/vuorot?sivu=2")["link_path"]
    assert new_reader(app).send(link).location == "/vuorot?sivu=2"


def test_the_page_asked_for_opens_after_signing_in_by_code(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    code = ask(reader, next="/omat")["code"]
    assert "next=/omat" in reader.see("/kirjaudu/viesti")
    assert reader.send("/kirjaudu/viesti", {"code": code}).location == "/omat"


ELSEWHERE = [
    "/\t/evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\n/evil.example",
    "/\x00/evil.example",
    " //evil.example",
    "vuorot",
    "/" + "a" * 600,
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_out_of_the_house(app: Flask, target: str) -> None:
    marjatta(app)
    reader = new_reader(app)
    asked = reader.get("/kirjaudu", query_string={"next": target})
    assert asked.status_code == 200
    assert 'name="next" type="hidden" value=""' in asked.text or target.startswith("/a")
    answer = reader.post("/kirjaudu", data={"csrf_token": reader.token(), "mail": MARJATTA, "next": target})
    if answer.status_code == 302:
        assert new_reader(app).send(last_secrets(app)["link_path"]).location == "/vuorot"


@pytest.mark.parametrize(
    ("kinds", "landing"),
    [
        ([Kind.VOLUNTEER], "/vuorot"),
        ([Kind.COORDINATOR], "/viikko"),
        ([Kind.VOLUNTEER, Kind.COORDINATOR], "/viikko"),
        ([Kind.ADMIN], "/viikko"),
        ([Kind.EMPLOYEE], "/omat/profiili"),
        ([Kind.ASSOCIATION], "/omat/profiili"),
        ([Kind.WARD], "/omat/profiili"),
        ([], "/omat/profiili"),
    ],
)
def test_each_kind_lands_where_its_work_is(app: Flask, kinds: list[Kind], landing: str) -> None:
    with app.app_context():
        site, who = factories.site(), factories.person()
        for kind in kinds:
            factories.role(who.id, kind, None if kind is Kind.ADMIN else site.id)
    reader = new_reader(app)
    answer = reader.send(ask(new_reader(app))["link_path"])
    if needs_second(kinds):
        assert answer.location == "/kirjaudu/vahvistus", "staff give their second factor first"
        answer = reader.sign_in_as(who).get("/kirjaudu/vahvistus")
    assert answer.location == landing


# ---------------------------------------------------------------- paper


def test_a_printed_code_signs_in_once_within_seven_days(any_app: Flask) -> None:
    with any_app.app_context():
        site = factories.site()
        who = factories.volunteer(site.id, mail=None)
        hanna = factories.coordinator(site.id)
        with transaction():
            paper = sign_in.print_code(Actor(hanna.id, (Role(Kind.COORDINATOR, site.id),)), who.id)
    assert re.fullmatch("([A-Z0-9]{4}-){2}[A-Z0-9]{4}", paper.code)
    with time_machine.travel(clock.now() + timedelta(days=6)):
        reader = new_reader(any_app)
        reader.see("/kirjaudu/koodi?next=/omat")
        assert reader.send("/kirjaudu/koodi", {"code": paper.code.lower(), "next": "/omat"}).location == "/omat"
        assert "Koodi ei toimi" in new_reader(any_app).send("/kirjaudu/koodi", {"code": paper.code}, status=200).text
        new_reader(any_app).see(paper.path, status=404)


def test_the_qr_of_a_printed_code_opens_the_same_page_as_a_mailed_link(app: Flask) -> None:
    who = marjatta(app, mail=None)
    with app.app_context(), transaction():
        old = sign_in.print_code(Actor(99, (Role(Kind.ADMIN),)), who.id)
        paper = sign_in.print_code(Actor(99, (Role(Kind.ADMIN),)), who.id)
    new_reader(app).see(old.path, status=404)
    reader = new_reader(app)
    assert "Tervetuloa, Marjatta L." in reader.see(paper.path)
    reader.send(paper.path)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        new_reader(app).send(paper.path, status=404)


@pytest.mark.parametrize("code", ["", "ABC", "ACDE-FGHJ-KMN0", "\x00" * 12, "a" * 5000, "０" * 12])
def test_what_is_no_printed_code_is_said_beside_the_field(app: Flask, code: str) -> None:
    assert 'aria-invalid="true"' in new_reader(app).send("/kirjaudu/koodi", {"code": code}, status=200).text
    assert not rows(app, Attempt)


# ---------------------------------------------------------------- the demo


@pytest.fixture
def demo_app(sqlite_url: str) -> Iterator[Flask]:
    app = make_app(sqlite_url, OLKA_DEMO="1")
    yield app
    with app.app_context():
        db.engine.dispose()


LANDINGS = {
    "volunteer": "/vuorot",
    "coordinator": "/viikko",
    "employee": "/omat/profiili",
    "association": "/omat/profiili",
    "ward": "/omat/profiili",
    "admin": "/viikko",
}


def test_the_demo_has_a_button_for_each_kind_of_account(demo_app: Flask) -> None:
    with demo_app.app_context():
        site = factories.site()
        real = factories.person("Oikea")
        both = factories.person("Molempia", demo=True)
        for kind in Kind:
            factories.role(real.id, kind, site.id)
            factories.role(both.id, kind, site.id)
            who = factories.person(f"Esittely {kind.value}", demo=True)
            factories.role(who.id, kind, site.id)
    for account, landing in LANDINGS.items():
        reader = new_reader(demo_app)
        assert f'name="account" value="{account}"' in reader.see("/kirjaudu")
        assert reader.send("/kirjaudu/demo", {"account": account}).location == landing
        assert f"Esittely {account}" in reader.see("/omat/profiili")
    assert new_reader(demo_app).send("/kirjaudu/demo", {"account": "volunteer", "next": "/omat"}).location == "/omat"


@pytest.mark.parametrize("account", ["", "root", "volunteer", "\x00", "a" * 5000])
def test_an_account_that_the_demo_lacks_is_said(demo_app: Flask, account: str) -> None:
    page = new_reader(demo_app).send_and_follow("/kirjaudu/demo", {"account": account})
    assert "Esittelyssä ei ole tällaista tunnusta" in page


def test_outside_the_demo_there_is_no_such_page(app: Flask) -> None:
    with app.app_context():
        who = factories.person(demo=True)
        factories.role(who.id, Kind.ADMIN)
    reader = new_reader(app)
    assert "/kirjaudu/demo" not in reader.see("/kirjaudu")
    reader.send("/kirjaudu/demo", {"account": "admin"}, status=404)
    reader.see("/kirjaudu/demo", status=404)
