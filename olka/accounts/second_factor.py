"""The second factor of staff: taken into use, passed once per session, reset by an admin.

A wrong code is counted and must stay counted, so ``pass_with`` answers instead of raising. It counts against the
person alone: a whole hospital shares one address, and whoever types here has opened the person's mail before.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import delete, func, insert, select

from olka.accounts import rules, second_rules, sessions, throttle
from olka.accounts.models import Person, SecondFactor, SpareCode
from olka.audit.service import record
from olka.core import clock
from olka.core.errors import Conflict, NotFound, Refused
from olka.core.permissions import NOBODY, Actor
from olka.db import db, lock_row


@dataclass(frozen=True, slots=True)
class Given:
    """A code as it was typed, and the session that it is to pass: its token, and whether it is kept."""

    typed: str
    session_token: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """The app is in use: the new session's token, and the spare codes, shown this once."""

    token: str
    spare_codes: tuple[str, ...]


def _secret_key() -> str:
    return str(current_app.secret_key)


def secret_for(person_id: int, nonce: str) -> str:
    """Gives the secret that a person's authenticator app shares with us under a nonce."""
    return second_rules.app_secret(_secret_key(), person_id, nonce)


def is_in_use(person_id: int) -> bool:
    """Tells whether the person has taken the second factor into use."""
    return db.session.scalar(select(SecondFactor.person_id).where(SecondFactor.person_id == person_id)) is not None


def take_into_use(actor: Actor, nonce: str, given: Given) -> Taken | None:
    """Takes the app into use by its first code; a session that has passed replaces the one that hadn't.

    None for a wrong code. Raises Conflict where it is in use already or the session was ended meanwhile, Throttled
    after too many wrong codes.
    """
    person_id = _locked(actor)
    if is_in_use(person_id):
        raise Conflict
    gauges = (throttle.failures_of(person_id),)
    now = clock.now()
    throttle.hold(gauges, now)
    digits = rules.read_digits(given.typed)
    step = second_rules.step_of(digits, secret_for(person_id, nonce), now, 0) if digits else None
    if step is None:
        throttle.count(gauges, now)
        return None
    db.session.add(SecondFactor(person_id=person_id, nonce=nonce, last_step=step, taken_at=now))
    db.session.flush()
    codes = _new_spare_codes(person_id)
    record(actor, "took_second_factor", "person", person_id)
    return Taken(_passed(person_id, given), codes)


def _new_spare_codes(person_id: int) -> tuple[str, ...]:
    codes = second_rules.new_spare_codes()
    db.session.execute(delete(SpareCode).where(SpareCode.person_id == person_id))
    db.session.execute(
        insert(SpareCode),
        [
            {"person_id": person_id, "code_hash": second_rules.spare_hash(_secret_key(), person_id, code)}
            for code in codes
        ],
    )
    return codes


def count_spare_codes(person_id: int) -> int | None:
    """Counts the spare codes that a person has left; None where she has no second factor in use."""
    return db.session.scalar(
        select(func.count(SpareCode.id))
        .select_from(SecondFactor)
        .outerjoin(SpareCode, SpareCode.person_id == SecondFactor.person_id)
        .where(SecondFactor.person_id == person_id)
        .group_by(SecondFactor.person_id)
    )


def renew_spare_codes(actor: Actor, typed: str) -> tuple[str, ...] | None:
    """Makes new spare codes, shown this once, for a code of the app or a spare one; the old ones die.

    None for a wrong code. Raises NotFound where no second factor is in use, Throttled after too many wrong codes.
    """
    person_id = _locked(actor)
    if _way_of(person_id, typed) is None:
        return None
    record(actor, "renewed_spare_codes", "person", person_id)
    return _new_spare_codes(person_id)


def pass_with(actor: Actor, given: Given) -> str | None:
    """Passes by a code of the app or by a spare one, each of which works once; None for a wrong one.

    Gives the token of the session that replaces the one that hadn't. Raises NotFound where no second factor is in
    use, Conflict where the session was ended meanwhile, Throttled after too many wrong codes.
    """
    person_id = _locked(actor)
    way = _way_of(person_id, given.typed)
    if way is None:
        return None
    record(actor, "passed_second_factor", "person", person_id, way=way)
    return _passed(person_id, given)


def _way_of(person_id: int, typed: str) -> str | None:
    """Uses up a right code and tells which kind it was; counts a wrong one. The caller holds the person."""
    now = clock.now()
    gauges = (throttle.failures_of(person_id),)
    throttle.hold(gauges, now)
    factor = db.session.get(SecondFactor, person_id, populate_existing=True)
    if factor is None:
        raise NotFound
    way = _used(factor, typed)
    if way is None:
        throttle.count(gauges, now)
    return way


def _used(factor: SecondFactor, typed: str) -> str | None:
    """Uses up the code, and tells which kind it was; the person's row is locked, so nobody else can."""
    digits = rules.read_digits(typed)
    if digits is not None:
        secret = secret_for(factor.person_id, factor.nonce)
        step = second_rules.step_of(digits, secret, clock.now(), factor.last_step)
        if step is None:
            return None
        factor.last_step = step
        db.session.flush()
        return "app"
    spare = second_rules.read_spare(typed)
    if spare is None:
        return None
    gone = db.session.execute(
        delete(SpareCode)
        .where(SpareCode.code_hash == second_rules.spare_hash(_secret_key(), factor.person_id, spare))
        .returning(SpareCode.id)
    ).first()
    return "spare" if gone is not None else None


def reset(actor: Actor, person_id: int) -> None:
    """Takes a person's second factor out of use, for a lost phone, and shuts her out: she signs in anew.

    Raises NotFound for an unknown person.
    """
    if not lock_row(Person, person_id):
        raise NotFound
    db.session.execute(delete(SpareCode).where(SpareCode.person_id == person_id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
    throttle.forget(throttle.failures_of(person_id))
    sessions.shut_out(person_id)
    record(actor, "reset_second_factor", "person", person_id)


def reset_at(mail: str) -> None:
    """Resets the second factor of a mail address's person, by whoever keeps the server: the way in of a lone admin.

    Raises NotFound where nobody of the address has one in use, Refused with SharedAddress where several do.
    """
    query = select(Person.id).join(SecondFactor, SecondFactor.person_id == Person.id).where(Person.mail == mail)
    found = list(db.session.scalars(query))
    if not found:
        raise NotFound
    if len(found) > 1:
        raise Refused(rules.SharedAddress())
    reset(NOBODY, found[0])


def _locked(actor: Actor) -> int:
    if actor.person_id is None or not lock_row(Person, actor.person_id):
        raise NotFound
    return actor.person_id


def _passed(person_id: int, given: Given) -> str:
    # A new token, so that a cookie copied before the second factor opens nothing after it.
    if not sessions.end_session(given.session_token):
        raise Conflict
    return sessions.begin_session(person_id, kept=given.kept, now=clock.now(), second_passed=True)
