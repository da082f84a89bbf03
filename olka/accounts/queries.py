"""Named reads of people, roles and sessions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from olka.accounts.models import Person, RoleRow, SessionRow
from olka.core import clock
from olka.core.permissions import Actor, Role
from olka.db import fetch_all


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A live session's person, with the roles that hold today."""

    session_id: int
    actor: Actor
    called_name: str
    full_name: str
    language: str


def token_hash(token: str) -> str:
    """Gives the SHA-256 under which a token is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def find_session(token: str) -> FoundSession | None:
    """Finds whose live session a token is, in one query; None when it is dead or unknown."""
    now = clock.now()
    today = clock.today("Europe/Helsinki")
    rows = fetch_all(
        select(
            SessionRow.id,
            Person.id,
            Person.called_name,
            Person.family_name,
            Person.language,
            RoleRow.kind,
            RoleRow.site_id,
            RoleRow.place_id,
            RoleRow.starts_on,
            RoleRow.ends_on,
        )
        .join(Person, Person.id == SessionRow.person_id)
        .outerjoin(
            RoleRow,
            and_(
                RoleRow.person_id == Person.id,
                RoleRow.starts_on <= today,
                or_(RoleRow.ends_on.is_(None), RoleRow.ends_on >= today),
            ),
        )
        .where(
            SessionRow.token_hash == token_hash(token),
            SessionRow.expires_at > now,
            Person.disabled_at.is_(None),
        )
    )
    if not rows:
        return None
    session_id, person_id, called, family, language = rows[0][:5]
    roles = tuple(Role(*row[5:]) for row in rows if row[5] is not None)
    return FoundSession(session_id, Actor(person_id, roles), called, f"{called} {family}".strip(), language)
