"""Sessions: a row for each signed-in browser, gone when it signs out or somebody ends it."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete, update

from olka.accounts import rules
from olka.accounts.models import SessionRow
from olka.accounts.queries import token_hash
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


def end_session(token: str) -> None:
    """Ends one session; a copy of its cookie is dead with it."""
    db.session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash(token)))


def end_sessions(person_id: int, *, but: str | None = None) -> None:
    """Ends every session of a person: on disabling, on a change of roles or mail; ``but`` keeps one token's."""
    gone = delete(SessionRow).where(SessionRow.person_id == person_id)
    if but is not None:
        gone = gone.where(SessionRow.token_hash != token_hash(but))
    db.session.execute(gone)


def note_presence(session_id: int, *, kept: bool, now: datetime) -> None:
    """Notes that a session is in use, and lets a kept one live on from now."""
    later = {"expires_at": rules.session_ends(kept, now)} if kept else {}
    db.session.execute(
        update(SessionRow)
        .where(SessionRow.id == session_id, SessionRow.seen_at <= now - rules.SEEN_EVERY)
        .values(seen_at=now, **later)
    )
