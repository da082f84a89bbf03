"""Sessions: a row for each signed-in browser, gone when it signs out or somebody ends it."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from olka.accounts import rules
from olka.accounts.models import Person, SessionRow, SignIn
from olka.accounts.queries import token_hash
from olka.core import clock
from olka.db import db


def begin_session(
    person_id: int, *, kept: bool, now: datetime, replaces: str | None = None, second_passed: bool = False
) -> str:
    """Begins a session and gives its token; the one it replaces in this browser ends."""
    if replaces is not None:
        end_session(replaces)
    token = secrets.token_urlsafe(32)
    db.session.add(
        SessionRow(
            token_hash=token_hash(token),
            person_id=person_id,
            kept=kept,
            second_passed=second_passed,
            created_at=now,
            seen_at=now,
            expires_at=rules.session_ends(kept, now),
        )
    )
    db.session.flush()
    return token


def end_session(token: str) -> bool:
    """Ends one session; a copy of its cookie is dead with it. Tells whether there was one."""
    gone = delete(SessionRow).where(SessionRow.token_hash == token_hash(token)).returning(SessionRow.id)
    return db.session.execute(gone).first() is not None


def end_sessions(person_id: int, *, but: str | None = None) -> None:
    """Ends every session of a person; ``but`` keeps one token's."""
    gone = delete(SessionRow).where(SessionRow.person_id == person_id)
    if but is not None:
        gone = gone.where(SessionRow.token_hash != token_hash(but))
    db.session.execute(gone)


def shut_out(person_id: int) -> None:
    """Ends every session of a person and kills every sign-in that waits for her, on paper or in her mail.

    Whenever her account, roles or mail change: what was handed over before must not open what is there after. Those
    who share her mail ask for a new one too. The caller holds the person.
    """
    end_sessions(person_id)
    now = clock.now()
    mail = select(Person.mail).where(Person.id == person_id).scalar_subquery()
    db.session.execute(
        update(SignIn)
        .where(
            or_(SignIn.person_id == person_id, SignIn.mail == mail),
            SignIn.used_at.is_(None),
            SignIn.expires_at > now,
        )
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )


def note_presence(session_id: int, *, kept: bool, now: datetime) -> None:
    """Notes that a session is in use, and lets a kept one live on from now."""
    later = {"expires_at": rules.session_ends(kept, now)} if kept else {}
    db.session.execute(
        update(SessionRow)
        .where(SessionRow.id == session_id, SessionRow.seen_at <= now - rules.SEEN_EVERY)
        .values(seen_at=now, **later)
    )
