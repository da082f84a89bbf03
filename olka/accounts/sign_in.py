"""Signing in: a mail asked for, a link opened, a code typed, a printed code handed over.

A wrong try is counted and must stay counted, so these verbs give an answer instead of raising.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from olka.accounts import people_queries, people_rules, queries, rules, sessions, throttle
from olka.accounts.models import Person, SignIn
from olka.accounts.queries import token_hash
from olka.accounts.rules import Secrets, SignInKind, Way
from olka.audit.service import record
from olka.core import clock
from olka.core.errors import NotFound, Refused
from olka.core.permissions import Actor, Kind, Permission, sites_where
from olka.db import db, lock_row
from olka.outbox.service import post


@dataclass(frozen=True, slots=True)
class Browser:
    """From where somebody tries to sign in, and the session that she has there already."""

    address: str | None
    session_token: str | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """Signed in: the new session's token, whose it is, and the own path that was wished for."""

    token: str
    person_id: int
    goes_to: str | None


@dataclass(frozen=True, slots=True)
class WhoIsIt:
    """The address is shared: the sign-in's page asks who signs in."""

    token: str


@dataclass(frozen=True, slots=True)
class WrongCode:
    """The code was wrong; so many tries are left."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class TooManyTries:
    """The code was wrong, and too many failed from here before; it is counted on the code all the same."""

    retry_after: int


@dataclass(frozen=True, slots=True)
class DeadSignIn:
    """Unknown, used up or too old; nothing is told of which."""


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """What a coordinator hands over on paper: characters to type, a path for the QR code, and until when."""

    code: str
    path: str
    expires_at: datetime


def _secret_key() -> str:
    return str(current_app.secret_key)


# ---------------------------------------------------------------- asking


def ask_for_mail(
    mail: str, *, remote_address: str | None, browser_secret: str, language: str, goes_to: str | None
) -> None:
    """Sends the address a link and a code, where somebody has it; takes as long and writes as much where nobody has.

    ``browser_secret`` is the value to which the code is bound; the browser's older codes die, their links live on.
    When too many were asked for at the address, nothing is sent and nothing said of it: a stranger's asking must not
    tell its owner off, and the mails that he made leave are hers to use. Raises Throttled for too many from here.
    """
    now = clock.now()
    from_here, at_mail = throttle.asks_from(remote_address), throttle.asks_for(mail)
    throttle.hold([from_here], now)
    is_full = throttle.seconds_to_wait([at_mail], now) is not None
    throttle.count([from_here] if is_full else [from_here, at_mail], now)
    sharers = queries.sharers_of(mail)
    if not is_full:
        _kill_codes(token_hash(browser_secret), now)
    row, _ = _add_sign_in(
        SignInKind.MAILED,
        lives=rules.MAILED_LIVES,
        mail=mail,
        browser_hash=token_hash(browser_secret),
        goes_to=goes_to if goes_to and len(goes_to) <= 500 else None,
    )
    if is_full:
        row.code_hash = ""  # what nobody was sent is no code to guess at
        db.session.flush()
    to_nobody = is_full or not sharers
    post("sign_in", mail, rules.language_for(sharers, language), {"sign_in_id": row.id}, to_nobody=to_nobody)


def _kill_codes(browser_hash: str, now: datetime) -> None:
    # One guess would else be held against each of them at once.
    db.session.execute(
        update(SignIn)
        .where(
            SignIn.browser_hash == browser_hash,
            SignIn.used_at.is_(None),
            SignIn.expires_at > now,
            SignIn.wrong_codes < rules.CODE_TRIES,
        )
        .values(wrong_codes=rules.CODE_TRIES)
    )


def facts_of_mail(facts: dict[str, Any]) -> dict[str, Any] | None:
    """Makes the link and the code of a mail that is about to leave; None when they are used or too old to send."""
    return queries.sign_in_facts(facts["sign_in_id"], _secret_key())


def _add_sign_in(
    kind: SignInKind,
    *,
    lives: timedelta,
    mail: str | None = None,
    person_id: int | None = None,
    browser_hash: str | None = None,
    goes_to: str | None = None,
) -> tuple[SignIn, Secrets]:
    now = clock.now()
    nonce = secrets.token_hex(24)
    row = SignIn(
        kind=kind,
        mail=mail,
        person_id=person_id,
        nonce=nonce,
        token_hash=token_hash(nonce),  # stands in until the row's id is known
        code_hash="",
        browser_hash=browser_hash,
        goes_to=goes_to,
        created_at=now,
        expires_at=now + lives,
    )
    db.session.add(row)
    db.session.flush()
    key = _secret_key()
    made = rules.sign_in_secrets(key, row.id, nonce)
    row.token_hash = token_hash(made.token)
    row.code_hash = (
        rules.letters_hash(key, made.letters)
        if kind is SignInKind.PRINTED
        else rules.digits_hash(key, row.id, made.digits)
    )
    db.session.flush()
    return row, made


# ---------------------------------------------------------------- entering


def enter_by_link(token: str, *, person_id: int | None, kept: bool, browser: Browser) -> Entered | WhoIsIt | DeadSignIn:
    """Signs in by a mailed or printed link and uses it up; ``person_id`` says who, where several share the address.

    A living link opens even when tries from here are throttled. Raises Throttled for a dead one.
    """
    now = clock.now()
    found = queries.find_sign_in(token, now, held=True)
    if found is None:
        return _failed(browser, now)
    if person_id is None and len(found.sharers) > 1:
        return WhoIsIt(token)
    chosen = [who.person_id for who in found.sharers if person_id in (None, who.person_id)]
    if not chosen or not _use_up(found.sign_in_id, now):
        return _failed(browser, now)
    way = Way.PRINTED if found.kind is SignInKind.PRINTED else Way.LINK
    return _enter(chosen[0], way, kept=kept, browser=browser, now=now, goes_to=found.goes_to)


def enter_by_digits(
    digits: str, *, browser_secret: str, kept: bool, browser: Browser
) -> Entered | WhoIsIt | WrongCode | TooManyTries | DeadSignIn:
    """Signs in by the six digits of a mail that this browser asked for; five wrong ones kill the code.

    The right code gets in even when tries from here are throttled, for a whole hospital shares one address. Raises
    Throttled when too many codes failed in this browser at this address, or from here while it has no living one.
    """
    now = clock.now()
    browser_hash = token_hash(browser_secret)
    rows = _living_codes(browser_hash, now)
    if not rows:
        return _failed(browser, now)
    key = _secret_key()
    right = [row for row in rows if rules.is_same(rules.digits_hash(key, row.id, digits), row.code_hash)]
    from_here, here = throttle.failures_from(browser.address), throttle.failures_at(rows[0].mail or "", browser_hash)
    # A wrong try is counted on its code and in its browser whatever the block's gauge says.
    wait = None if right else throttle.seconds_to_wait([from_here], now)
    throttle.hold([here], now)
    if not right:
        throttle.count([here] if wait else [from_here, here], now)
        for row in rows:
            row.wrong_codes += 1
        db.session.flush()
        if wait:
            return TooManyTries(wait)
        return WrongCode(max(rules.CODE_TRIES - row.wrong_codes for row in rows))
    row = right[0]
    sharers = queries.sharers_of(row.mail or "", held=True)
    if len(sharers) > 1:
        return WhoIsIt(rules.sign_in_secrets(key, row.id, row.nonce).token)
    if not sharers or not _use_up(row.id, now):
        return DeadSignIn()
    return _enter(sharers[0].person_id, Way.CODE, kept=kept, browser=browser, now=now, goes_to=row.goes_to)


def _living_codes(browser_hash: str, now: datetime) -> list[SignIn]:
    """Locks the mails that a browser asked for and whose code may still be typed, the newest first."""
    found = db.session.scalars(
        select(SignIn)
        .where(
            SignIn.browser_hash == browser_hash,
            SignIn.kind == SignInKind.MAILED,
            SignIn.used_at.is_(None),
            SignIn.expires_at > now,
            SignIn.wrong_codes < rules.CODE_TRIES,
        )
        .order_by(SignIn.id.desc())
        .with_for_update()
    )
    return list(found)


def enter_by_letters(letters: str, *, kept: bool, browser: Browser) -> Entered | DeadSignIn:
    """Signs in by the twelve characters of a printed code and uses it up; raises Throttled for a dead one."""
    now = clock.now()
    found = queries.find_printed(rules.letters_hash(_secret_key(), letters), now, held=True)
    if found is None or not _use_up(found.sign_in_id, now):
        return _failed(browser, now)
    return _enter(found.sharers[0].person_id, Way.PRINTED, kept=kept, browser=browser, now=now, goes_to=None)


def enter_demo(kind: Kind, *, browser: Browser) -> Entered | None:
    """Signs in as the demo's first person of a kind; None where it has none. The caller knows it is a demo."""
    now = clock.now()
    person_id = queries.find_demo_person(kind, clock.today(clock.HOME_ZONE))
    if person_id is None:
        return None
    return _enter(person_id, Way.DEMO, kept=False, browser=browser, now=now, goes_to=None)


def _use_up(sign_in_id: int, now: datetime) -> bool:
    """Marks a sign-in used; of those who try at once, one is told that it was she."""
    won = db.session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.used_at.is_(None), SignIn.expires_at > now)
        .values(used_at=now)
        .returning(SignIn.id)
    ).first()
    return won is not None


def _failed(browser: Browser, now: datetime) -> DeadSignIn:
    gauges = (throttle.failures_from(browser.address),)
    throttle.hold(gauges, now)
    throttle.count(gauges, now)
    return DeadSignIn()


def _enter(person_id: int, way: Way, *, kept: bool, browser: Browser, now: datetime, goes_to: str | None) -> Entered:
    token = sessions.begin_session(
        person_id,
        kept=kept,
        now=now,
        replaces=browser.session_token,
        second_passed=way is Way.DEMO,  # the demo's people have no phones
    )
    record(Actor(person_id), "sign_in", "person", person_id, way=way.value)
    return Entered(token, person_id, goes_to)


# ---------------------------------------------------------------- handing over


def print_code(actor: Actor, person_id: int) -> PrintedCode:
    """Makes a one-time code that a coordinator hands over on paper: seven days, once; an older one of hers dies.

    Raises NotFound for someone who isn't at the actor's sites, Refused with Disabled, or with RolesElsewhere for
    someone whose duties reach further than the actor's own.
    """
    if not lock_row(Person, person_id):
        raise NotFound
    today = clock.today(clock.HOME_ZONE)
    scope = sites_where(actor, Permission.SEE_PEOPLE)
    roles = [role.terms for role in people_queries.roles_of([person_id])[person_id]]
    held = [role for role in roles if role.ends_on is None or role.ends_on >= today]
    if scope is not None and not any(role.site_id in scope for role in held):
        raise NotFound
    if not people_rules.may_handle(scope, held):
        raise Refused(people_rules.RolesElsewhere())
    if people_queries.get_person(person_id).disabled_at is not None:
        raise Refused(people_rules.Disabled())
    made = hand_over(person_id, lives=rules.PRINTED_LIVES)
    record(actor, "print_code", "person", person_id)
    return made


def hand_over(person_id: int, *, lives: timedelta) -> PrintedCode:
    """Makes a one-time code and link for a person, and kills what was printed for her before."""
    now = clock.now()
    db.session.execute(
        update(SignIn)
        .where(SignIn.person_id == person_id, SignIn.used_at.is_(None), SignIn.expires_at > now)
        .values(expires_at=now)
    )
    row, made = _add_sign_in(SignInKind.PRINTED, lives=lives, person_id=person_id)
    return PrintedCode(rules.grouped(made.letters), f"/kirjaudu/{made.token}", row.expires_at)
