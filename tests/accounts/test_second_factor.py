"""The second factor of staff: who needs it, which code is right, once, and what a lost phone means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select

from olka.accounts import second_factor, second_rules, sessions
from olka.accounts.models import SecondFactor, SessionRow, SpareCode
from olka.accounts.queries import token_hash
from olka.accounts.second_factor import Given, Taken
from olka.core import clock
from olka.core.errors import Conflict, NotFound, Throttled
from olka.core.permissions import Actor, Kind
from olka.db import db, retrying, transaction
from tests import factories
from tests.processes import together

KEY = "only-for-tests-0123456789abcdef0123456789"
NOW = datetime(2026, 11, 24, 8, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30
NONCE = "n" * 32


@pytest.mark.parametrize("kind", list(Kind))
def test_whoever_sees_others_data_needs_it(kind: Kind) -> None:
    assert second_rules.needs_second({kind}) is (kind in {Kind.COORDINATOR, Kind.EMPLOYEE, Kind.ADMIN})


def test_one_staff_role_among_others_is_enough() -> None:
    assert second_rules.needs_second({Kind.VOLUNTEER, Kind.EMPLOYEE})
    assert not second_rules.needs_second(set())


@pytest.mark.parametrize(
    ("kinds", "passed", "days", "awaits"),
    [
        ({Kind.ADMIN}, False, 0, True),
        ({Kind.ADMIN}, True, 0, False),
        ({Kind.COORDINATOR}, True, 29, False),
        ({Kind.COORDINATOR}, True, 30, True),
        ({Kind.VOLUNTEER}, False, 0, False),
        ({Kind.VOLUNTEER}, True, 80, False),
    ],
)
def test_it_is_asked_again_after_thirty_days(kinds: set[Kind], passed: bool, days: int, awaits: bool) -> None:
    begun_at = NOW - timedelta(days=days)
    assert second_rules.awaits_second(kinds, passed=passed, begun_at=begun_at, now=NOW) is awaits


@pytest.mark.parametrize(
    ("drift", "last_step", "found"),
    [
        (0, 0, STEP),
        (-1, 0, STEP - 1),
        (1, 0, STEP + 1),
        (-2, 0, None),
        (2, 0, None),
        (0, STEP, None),
        (0, STEP - 1, STEP),
        (-1, STEP, None),
        (1, STEP, STEP + 1),
    ],
)
def test_a_code_is_right_near_its_time_and_after_the_last_one_used(
    drift: int, last_step: int, found: int | None
) -> None:
    secret = second_rules.app_secret(KEY, 7, NONCE)
    code = pyotp.TOTP(secret).at(NOW + timedelta(seconds=30 * drift))
    assert second_rules.step_of(code, secret, NOW, last_step) == found


def test_the_secret_follows_from_key_person_and_nonce_and_is_long_enough() -> None:
    made = {
        second_rules.app_secret(key, person, nonce) for key in (KEY, "x" * 40) for person in (1, 2) for nonce in "ab"
    }
    assert len(made) == 8
    assert {len(secret) for secret in made} == {32}


@pytest.mark.parametrize(
    ("typed", "read"),
    [("acdef-ghjkm", "ACDEFGHJKM"), (" ACDEF GHJKM ", "ACDEFGHJKM"), ("ACDEFGHJK", None), ("ACDEFGHJK1", None)],
)
def test_spare_codes_are_read_as_people_type_them(typed: str, read: str | None) -> None:
    assert second_rules.read_spare(typed) == read


def staff(app: Flask) -> tuple[Actor, str]:
    """Makes a coordinator, and the token of her session that awaits its second factor."""
    with app.app_context():
        who = factories.coordinator(factories.site().id)
        with transaction():
            return Actor(who.id), sessions.begin_session(who.id, kept=False, now=clock.now())


def code_now(person_id: int, nonce: str = NONCE, ahead: int = 0) -> str:
    return pyotp.TOTP(second_factor.secret_for(person_id, nonce)).at(clock.now() + timedelta(seconds=30 * ahead))


def take(actor: Actor, token: str, typed: str | None = None) -> Taken | None:
    with transaction():
        return second_factor.take_into_use(
            actor, NONCE, Given(typed or code_now(actor.person_id or 0), token, kept=False)
        )


def give(actor: Actor, token: str, typed: str) -> str | None:
    with transaction():
        return second_factor.pass_with(actor, Given(typed, token, kept=False))


def taken(actor: Actor, token: str) -> Taken:
    """Takes the app into use, which must go well."""
    made = take(actor, token)
    assert made is not None
    return made


def passed(token: str) -> bool | None:
    return db.session.scalar(select(SessionRow.second_passed).where(SessionRow.token_hash == token_hash(token)))


def test_the_first_right_code_takes_it_into_use_and_gives_spare_codes_once(any_app: Flask) -> None:
    actor, before = staff(any_app)
    with any_app.app_context():
        assert take(actor, before, "000000x") is None
        assert passed(before) is False
        made = taken(actor, before)
        codes = made.spare_codes
        assert len(set(codes)) == 8
        assert (passed(before), passed(made.token)) == (None, True), "a cookie copied before it is dead after"
        stored = set(db.session.scalars(select(SpareCode.code_hash)))
        assert len(stored) == 8
        assert not stored & set(codes)
        with pytest.raises(Conflict):
            take(actor, made.token)


def test_an_apps_code_and_a_spare_code_work_once_each(any_app: Flask) -> None:
    actor, before = staff(any_app)
    with any_app.app_context():
        made = taken(actor, before)
        used = code_now(actor.person_id or 0)
        assert not give(actor, made.token, used)
        second = give(actor, made.token, code_now(actor.person_id or 0, ahead=1))
        assert second
        assert passed(made.token) is None
        third = give(actor, second, made.spare_codes[0].lower())
        assert third
        assert not give(actor, third, made.spare_codes[0])


def test_a_session_ended_meanwhile_passes_nobody(any_app: Flask) -> None:
    actor, before = staff(any_app)
    with any_app.app_context():
        made = taken(actor, before)
        with transaction():
            sessions.end_sessions(actor.person_id or 0)
        with pytest.raises(Conflict):
            give(actor, made.token, made.spare_codes[0])
        assert db.session.scalar(select(SessionRow.id)) is None


def test_without_one_in_use_no_code_is_taken(any_app: Flask) -> None:
    actor, token = staff(any_app)
    with any_app.app_context(), pytest.raises(NotFound):
        give(actor, token, "123456")


def test_ten_wrong_codes_throttle(any_app: Flask) -> None:
    actor, token = staff(any_app)
    with any_app.app_context():
        token = taken(actor, token).token
        for _try in range(10):
            assert not give(actor, token, "ACDEFGHJKM")
        with pytest.raises(Throttled):
            give(actor, token, code_now(actor.person_id or 0, ahead=1))


def test_a_reset_ends_her_sessions_and_lets_her_begin_anew(any_app: Flask) -> None:
    actor, token = staff(any_app)
    with any_app.app_context():
        token = taken(actor, token).token
        admin = Actor(factories.admin().id)
        with transaction():
            second_factor.reset(admin, actor.person_id or 0)
        assert passed(token) is None
        assert not second_factor.is_in_use(actor.person_id or 0)
        assert db.session.scalar(select(func.count(SpareCode.id))) == 0


def give_in_a_crowd(_process: int, _attempt: int, person_id: int, token: str, code: str) -> None:
    """Gives one code; a second one who gets in with it is an error that the test counts."""

    def act() -> str | None:
        return give(Actor(person_id), token, code)

    if not retrying(act):
        raise NotFound


@pytest.mark.race
def test_of_eight_at_once_one_gets_in_with_a_code(any_app: Flask, any_url: str) -> None:
    actor, token = staff(any_app)
    with any_app.app_context():
        factories.save(SecondFactor(person_id=actor.person_id, nonce=NONCE, last_step=0, taken_at=clock.now()))
        codes = second_rules.new_spare_codes()
        factories.save(
            SpareCode(person_id=actor.person_id, code_hash=second_rules.spare_hash(KEY, actor.person_id or 0, codes[0]))
        )
    told = together(any_url, 8, give_in_a_crowd, actor.person_id, token, codes[0])
    assert told == {"done": 1, "NotFound": 7}
