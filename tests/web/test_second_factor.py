"""Staff give a code after the mailed link; nothing of theirs opens before."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from olka.accounts import second_factor
from olka.accounts.models import SessionRow
from olka.core import clock
from olka.core.permissions import Actor
from olka.db import db, transaction
from tests import factories
from tests.reader import Reader


@pytest.fixture
def coordinator(app: Flask, reader: Reader) -> Reader:
    """A coordinator who has opened her link and owes the second factor."""
    with app.app_context():
        who = factories.coordinator(factories.site().id)
    reader.sign_in_as(who)
    with app.app_context(), transaction() as session:
        session.execute(update(SessionRow).values(second_passed=False))
    return reader


def secret_of(page: str) -> str:
    found = re.search('class="secret">([A-Z2-7 ]+)<', page)
    assert found, page[:3000]
    return found[1].replace(" ", "")


def take_into_use(reader: Reader) -> tuple[str, str]:
    """Takes the app into use; gives its secret and a spare code."""
    secret = secret_of(reader.see("/kirjaudu/vahvistus"))
    page = reader.send("/kirjaudu/vahvistus", {"code": pyotp.TOTP(secret).now()}, status=200).text
    spare = re.search('<li class="secret">([A-Z0-9-]+)<', page)
    assert spare, page[:3000]
    return secret, spare[1]


@pytest.mark.parametrize("page", ["/viikko", "/vapaaehtoiset", "/omat/profiili", "/paikat"])
def test_no_page_of_hers_opens_before_the_second_factor(coordinator: Reader, page: str) -> None:
    answer = coordinator.get(page)
    assert answer.location == f"/kirjaudu/vahvistus?next={page}"


def test_no_act_of_hers_is_done_before_the_second_factor(coordinator: Reader) -> None:
    assert coordinator.send("/omat/profiili", {"given_name": "X"}).location.startswith("/kirjaudu/vahvistus")


def test_she_takes_the_app_into_use_and_lands_on_the_week(coordinator: Reader) -> None:
    take_into_use(coordinator)
    assert coordinator.get("/kirjaudu/eteenpain").location == "/viikko"
    coordinator.see("/viikko")


def test_the_page_that_she_came_for_is_kept(coordinator: Reader) -> None:
    secret = secret_of(coordinator.see("/kirjaudu/vahvistus?next=/vapaaehtoiset"))
    page = coordinator.send(
        "/kirjaudu/vahvistus", {"code": pyotp.TOTP(secret).now(), "next": "/vapaaehtoiset"}, status=200
    ).text
    assert 'href="/vapaaehtoiset"' in page
    assert "evil" not in coordinator.get("/kirjaudu/vahvistus?next=//evil.example").location


def test_a_wrong_code_says_so_beside_the_field(coordinator: Reader) -> None:
    coordinator.see("/kirjaudu/vahvistus")
    for typed in ("ABC", "000000", ""):
        page = coordinator.send("/kirjaudu/vahvistus", {"code": typed}, status=200).text
        assert 'id="code-virhe"' in page
    coordinator.see("/viikko", status=302)


def test_a_later_session_takes_the_apps_code_or_a_spare_one(app: Flask, coordinator: Reader) -> None:
    secret, spare = take_into_use(coordinator)
    for typed in (pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30)), spare.lower()):
        with app.app_context(), transaction() as session:
            session.execute(update(SessionRow).values(second_passed=False))
        assert "secret" not in coordinator.see("/kirjaudu/vahvistus").split('class="mark"')[1].split("<footer")[0]
        answer = coordinator.send("/kirjaudu/vahvistus", {"code": typed})
        assert answer.location == "/kirjaudu/eteenpain"
        coordinator.see("/viikko")


def test_a_cookie_copied_before_the_second_factor_opens_nothing_after(app: Flask, coordinator: Reader) -> None:
    copied = coordinator.get_cookie("olka")
    assert copied is not None
    take_into_use(coordinator)
    thief = app.test_client()
    assert isinstance(thief, Reader)
    thief.set_cookie("olka", copied.value)
    assert thief.get("/viikko").location == "/kirjaudu?next=/viikko"
    coordinator.see("/viikko")


def test_a_kept_session_is_asked_again_after_thirty_days_and_stays_kept(app: Flask, coordinator: Reader) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(SessionRow).values(kept=True, expires_at=clock.now() + timedelta(days=90)))
    secret, _ = take_into_use(coordinator)
    for days, opens in ((29, True), (31, False)):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            assert coordinator.get("/viikko").location == (None if opens else "/kirjaudu/vahvistus?next=/viikko")
    with time_machine.travel(clock.now() + timedelta(days=31)):
        answer = coordinator.send("/kirjaudu/vahvistus", {"code": pyotp.TOTP(secret).at(clock.now())})
        assert any("Expires=" in c for c in answer.headers.getlist("Set-Cookie") if c.startswith("olka="))
        coordinator.see("/viikko")


def test_nobody_elses_failures_at_the_hospitals_address_keep_her_out(app: Flask, coordinator: Reader) -> None:
    visitor = app.test_client()
    assert isinstance(visitor, Reader)
    for _ in range(10):
        visitor.send("/kirjaudu/koodi", {"code": "ACDE-FGHJ-KMNP"}, status=200)
    visitor.send("/kirjaudu/koodi", {"code": "ACDE-FGHJ-KMNP"}, status=429)
    take_into_use(coordinator)
    coordinator.see("/viikko")


def test_she_may_sign_out_instead(app: Flask, coordinator: Reader) -> None:
    coordinator.send("/kirjaudu/ulos")
    with app.app_context():
        assert db.session.scalar(select(SessionRow.id)) is None


def test_a_volunteer_is_not_asked(app: Flask, reader: Reader) -> None:
    with app.app_context():
        who = factories.volunteer(factories.site().id)
    reader.sign_in_as(who)
    with app.app_context(), transaction() as session:
        session.execute(update(SessionRow).values(second_passed=False))
    reader.see("/vuorot")
    assert reader.get("/kirjaudu/vahvistus").location == "/vuorot"


def test_an_admin_resets_a_lost_phone(app: Flask, coordinator: Reader) -> None:
    take_into_use(coordinator)
    with app.app_context():
        admin = factories.admin()
        lost = db.session.scalar(select(SessionRow.person_id))
    other = app.test_client()
    assert isinstance(other, Reader)
    other.sign_in_as(admin)
    assert "Nollaa vahvistus" in other.see(f"/hallinta/tunnukset/{lost}")
    other.send(f"/hallinta/tunnukset/{lost}/vahvistus")
    assert "Nollaa vahvistus" not in other.see(f"/hallinta/tunnukset/{lost}")
    assert coordinator.get("/viikko").location == "/kirjaudu?next=/viikko"


def test_she_makes_new_spare_codes_with_a_right_code_and_the_old_ones_die(app: Flask, coordinator: Reader) -> None:
    secret, old = take_into_use(coordinator)
    page = coordinator.see("/omat/profiili")
    assert "Sinulla on 8 varakoodia jäljellä." in page
    there = "/omat/profiili/varakoodit"
    for typed in ("", "000000", "ACDEF-GHJKM"):
        page = coordinator.send(there, {"code": typed}, status=200).text
        assert 'id="code-virhe"' in page
        assert "Hanna" in page, "the rest of the profile is there"
    code = pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30))
    page = coordinator.send(there, {"code": code}, status=200).text
    made = re.findall('<li class="secret">([A-Z0-9-]+)<', page)
    assert len(made) == 8
    assert old not in made
    assert 'id="code-virhe"' in coordinator.send(there, {"code": old}, status=200).text
    assert "Uudet varakoodit" in coordinator.send(there, {"code": made[0]}, status=200).text
    assert made[1] not in coordinator.see("/omat/profiili")


def test_who_has_no_second_factor_has_no_spare_codes(app: Flask, reader: Reader) -> None:
    with app.app_context():
        who = factories.volunteer(factories.site().id)
    assert "varakood" not in reader.sign_in_as(who).see("/omat/profiili")
    reader.send("/omat/profiili/varakoodit", {"code": "012345"}, status=404)


def test_a_reset_forgets_the_wrong_codes_too(app: Flask, coordinator: Reader) -> None:
    take_into_use(coordinator)
    with app.app_context():
        lost = db.session.scalar(select(SessionRow.person_id)) or 0
    coordinator.owe_second(lost)
    for _ in range(10):
        coordinator.send("/kirjaudu/vahvistus", {"code": "000000"}, status=200)
    coordinator.send("/kirjaudu/vahvistus", {"code": "000000"}, status=429)
    with app.app_context(), transaction():
        second_factor.reset(Actor(None), lost)
    coordinator.sign_in_as(lost).owe_second(lost)
    take_into_use(coordinator)


def test_only_an_admin_resets_it(app: Flask, reader: Reader) -> None:
    with app.app_context():
        who = factories.coordinator(factories.site().id)
    reader.sign_in_as(who).send(f"/hallinta/tunnukset/{who.id}/vahvistus", status=403)
