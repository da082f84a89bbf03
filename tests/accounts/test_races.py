"""Many processes sign in, guess and are throttled at once, on both databases."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from olka.accounts import rules, sign_in
from olka.accounts.models import Attempt, SessionRow, SignIn
from olka.accounts.queries import sign_in_facts
from olka.accounts.sign_in import Browser, Entered, WrongCode
from olka.core.errors import OlkaError
from olka.db import db, retrying, transaction
from olka.outbox.models import Message
from olka.outbox.rules import MessageState
from tests import factories
from tests.conftest import SECRET
from tests.processes import together

pytestmark = pytest.mark.race

PROCESSES = 4
MAIL = "marjatta.lehtonen@example.org"


class Missed(OlkaError):
    """The try opened nothing."""


class Wrong(OlkaError):
    """The code was wrong and counted."""


def ask(app: Flask, address: str = "192.0.2.1") -> int:
    with app.app_context():
        with transaction():
            sign_in.ask_for_mail(MAIL, remote_address=address, browser_secret="b", language="fi", goes_to=None)
        return db.session.scalar(select(func.max(SignIn.id))) or 0


def by_link(process: int, _attempt: int, token: str) -> None:
    def act() -> object:
        with transaction():
            browser = Browser(f"192.0.2.{process}")
            return sign_in.enter_by_link(token, person_id=None, kept=False, browser=browser)

    if not isinstance(retrying(act), Entered):
        raise Missed


def by_digits(process: int, attempt: int, digits: str, spread: bool) -> None:
    def act() -> object:
        with transaction():
            browser = Browser(f"192.0.2.{process * 50 + attempt if spread else 1}")
            return sign_in.enter_by_digits(digits, browser_secret="b", kept=False, browser=browser)

    outcome = retrying(act)
    if isinstance(outcome, WrongCode):
        raise Wrong
    if not isinstance(outcome, Entered):
        raise Missed


def ask_again(process: int, attempt: int) -> None:
    def act() -> None:
        with transaction():
            sign_in.ask_for_mail(
                MAIL,
                remote_address=f"192.0.2.{process * 50 + attempt}",
                browser_secret="b",
                language="fi",
                goes_to=None,
            )

    retrying(act)


def test_one_link_signs_in_once_however_many_open_it(any_url: str, any_app: Flask) -> None:
    with any_app.app_context():
        factories.person()
    number = ask(any_app)
    with any_app.app_context():
        facts = sign_in_facts(number, SECRET)
        assert facts is not None
    went = together(any_url, PROCESSES, by_link, facts["token"], tries=2)
    assert went == {"done": 1, "Missed": PROCESSES * 2 - 1}
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SessionRow)) == 1


def test_five_wrong_codes_kill_the_code_however_many_guess(any_url: str, any_app: Flask) -> None:
    with any_app.app_context():
        factories.person()
    number = ask(any_app)
    with any_app.app_context():
        facts = sign_in_facts(number, SECRET)
        assert facts is not None
    wrong = f"{(int(facts['code']) + 1) % 10**6:06}"
    went = together(any_url, PROCESSES, by_digits, wrong, True, tries=2)
    assert went["Wrong"] == rules.CODE_TRIES
    assert went["done"] == 0
    with any_app.app_context(), transaction():
        browser = Browser("198.51.100.1")
        right = sign_in.enter_by_digits(facts["code"], browser_secret="b", kept=False, browser=browser)
        assert not isinstance(right, Entered)
        assert isinstance(sign_in.enter_by_link(facts["token"], person_id=None, kept=False, browser=browser), Entered)


def test_ten_failures_and_no_more_pass_however_many_try(any_url: str, any_app: Flask) -> None:
    went = together(any_url, PROCESSES, by_digits, "000000", False, tries=4)
    assert went == {"Missed": 10, "Throttled": PROCESSES * 4 - 10}
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Attempt)) == 10


def test_five_mails_and_no_more_leave_for_one_address(any_url: str, any_app: Flask) -> None:
    with any_app.app_context():
        factories.person()
    went = together(any_url, PROCESSES, ask_again, tries=3)
    assert went == {"done": PROCESSES * 3}
    with any_app.app_context():
        left = select(func.count()).select_from(Message).where(Message.state == MessageState.WAITING)
        assert db.session.scalar(left) == 5
