"""Named reads of people, roles and sessions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from olka.accounts import rules, second_rules
from olka.accounts.models import Person, RoleRow, SessionRow, SignIn
from olka.accounts.rules import Sharer, SignInKind
from olka.core import clock
from olka.core.errors import NotFound
from olka.core.permissions import Actor, Kind, Role
from olka.db import Instant, db, fetch_all


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A live session's person, with the roles that hold today."""

    session_id: int
    kept: bool
    seen_at: datetime
    awaits_second: bool
    actor: Actor
    called_name: str
    full_name: str
    language: str


def token_hash(token: str) -> str:
    """Gives the SHA-256 under which a token is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


# Every page of a signed-in person asks this: it is built once.
_SESSIONS, _PEOPLE, _ROLES = SessionRow.__table__, Person.__table__, RoleRow.__table__
_SESSION = (
    select(
        _SESSIONS.c.id,
        _SESSIONS.c.kept,
        _SESSIONS.c.seen_at,
        _SESSIONS.c.second_passed,
        _SESSIONS.c.created_at,
        _PEOPLE.c.id,
        _PEOPLE.c.called_name,
        _PEOPLE.c.family_name,
        _PEOPLE.c.language,
        _ROLES.c.kind,
        _ROLES.c.site_id,
        _ROLES.c.place_id,
        _ROLES.c.starts_on,
        _ROLES.c.ends_on,
    )
    .join_from(_SESSIONS, _PEOPLE, _PEOPLE.c.id == _SESSIONS.c.person_id)
    .outerjoin(
        _ROLES,
        and_(
            _ROLES.c.person_id == _PEOPLE.c.id,
            _ROLES.c.starts_on <= bindparam("today", type_=Date),
            or_(_ROLES.c.ends_on.is_(None), _ROLES.c.ends_on >= bindparam("today", type_=Date)),
        ),
    )
    .where(
        _SESSIONS.c.token_hash == bindparam("token_hash"),
        _SESSIONS.c.expires_at > bindparam("now", type_=Instant),
        _PEOPLE.c.disabled_at.is_(None),
    )
)


def find_session(token: str) -> FoundSession | None:
    """Finds whose live session a token is, in one query; None when it is dead or unknown."""
    now = clock.now()
    facts = {"token_hash": token_hash(token), "now": now, "today": clock.today(clock.HOME_ZONE)}
    rows = db.session.execute(_SESSION, facts).all()
    if not rows:
        return None
    session_id, kept, seen_at, passed, begun_at, person_id, called, family, language = rows[0][:9]
    roles = tuple(Role(*row[9:]) for row in rows if row[9] is not None)
    name = f"{called} {family}".strip()
    actor = Actor(person_id, roles)
    waits = second_rules.awaits_second(actor.kinds, passed=passed, begun_at=begun_at, now=now)
    return FoundSession(session_id, kept, seen_at, waits, actor, called, name, language)


def count_other_sessions(person_id: int, token: str) -> int:
    """Counts the person's living sessions besides the token's."""
    return (
        db.session.scalar(
            select(func.count()).where(
                SessionRow.person_id == person_id,
                SessionRow.token_hash != token_hash(token),
                SessionRow.expires_at > clock.now(),
            )
        )
        or 0
    )


@dataclass(frozen=True, slots=True)
class OwnPerson:
    """What a person may see and say of herself."""

    id: int
    given_name: str
    family_name: str
    called_name: str
    mail: str | None
    phone: str | None
    shows_name: bool
    shows_phone: bool
    shows_phone_publicly: bool
    version: int


def get_own(person_id: int) -> OwnPerson:
    """Reads a person for her own profile. Raises NotFound."""
    row = db.session.execute(
        select(*(getattr(Person, name) for name in OwnPerson.__slots__)).where(Person.id == person_id)
    ).first()
    if row is None:
        raise NotFound
    return OwnPerson(*row)


# ---------------------------------------------------------------- sign-ins


@dataclass(frozen=True, slots=True)
class FoundSignIn:
    """A living sign-in, and the people who may enter by it."""

    sign_in_id: int
    kind: SignInKind
    goes_to: str | None
    sharers: tuple[Sharer, ...]


def find_sign_in(token: str, now: datetime, *, held: bool = False) -> FoundSignIn | None:
    """Finds the living sign-in of a link, mailed or printed; None when it is dead, unknown or nobody's.

    ``held`` locks its people until the transaction ends.
    """
    return _find_living(SignIn.token_hash == token_hash(token), now, held=held)


def find_printed(letters_hash: str, now: datetime, *, held: bool = False) -> FoundSignIn | None:
    """Finds the living sign-in of a printed code; None when it is dead, unknown or nobody's."""
    return _find_living(and_(SignIn.code_hash == letters_hash, SignIn.kind == SignInKind.PRINTED), now, held=held)


def _find_living(which: ColumnElement[bool], now: datetime, *, held: bool) -> FoundSignIn | None:
    row = db.session.execute(
        select(SignIn.id, SignIn.kind, SignIn.goes_to, SignIn.mail, SignIn.person_id).where(
            which, SignIn.used_at.is_(None), SignIn.expires_at > now
        )
    ).first()
    if row is None:
        return None
    theirs = Person.mail == row.mail if row.kind is SignInKind.MAILED else Person.id == row.person_id
    sharers = _sharers(theirs, held=held)
    return FoundSignIn(row.id, row.kind, row.goes_to, sharers) if sharers else None


def sharers_of(mail: str, *, held: bool = False) -> tuple[Sharer, ...]:
    """Lists the people of a mail address whose accounts are open; ``held`` locks them."""
    return _sharers(Person.mail == mail, held=held)


def _sharers(which: ColumnElement[bool], *, held: bool) -> tuple[Sharer, ...]:
    query = (
        select(Person.id, Person.given_name, Person.family_name, Person.called_name, Person.language)
        .where(which, Person.disabled_at.is_(None))
        .order_by(Person.id)
    )
    return tuple(Sharer(*row) for row in fetch_all(query.with_for_update() if held else query))


def sign_in_facts(sign_in_id: int, secret_key: str) -> dict[str, Any] | None:
    """Makes the link's token and the code of a sign-in's mail again; None when it is used or too old to send."""
    row = db.session.execute(
        select(SignIn.nonce).where(SignIn.id == sign_in_id, SignIn.used_at.is_(None), SignIn.expires_at > clock.now())
    ).first()
    if row is None:
        return None
    made = rules.sign_in_secrets(secret_key, sign_in_id, row.nonce)
    return {"token": made.token, "link_path": f"/kirjaudu/{made.token}", "code": made.digits}


def find_demo_person(kind: Kind, today: date) -> int | None:
    """Finds the demo's first person of a kind, rather one who is of no other kind."""
    other = aliased(RoleRow)
    is_more = exists().where(other.person_id == Person.id, other.kind != kind, _in_force(other, today))
    return db.session.scalar(
        select(Person.id)
        .join(RoleRow, RoleRow.person_id == Person.id)
        .where(Person.demo.is_(True), Person.disabled_at.is_(None), RoleRow.kind == kind, _in_force(RoleRow, today))
        .order_by(is_more, Person.id)
        .limit(1)
    )


def holds_role(person_id: int, kind: Kind, today: date) -> bool:
    """Tells whether a person holds a role of the kind today, at any site."""
    query = select(RoleRow.id).where(RoleRow.person_id == person_id, RoleRow.kind == kind, _in_force(RoleRow, today))
    return db.session.execute(query.limit(1)).first() is not None


def _in_force(role: Any, today: date) -> ColumnElement[bool]:
    return and_(role.starts_on <= today, or_(role.ends_on.is_(None), role.ends_on >= today))
