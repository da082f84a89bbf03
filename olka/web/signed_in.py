"""Who is signed in: Flask-Login's user, made from a session's row in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.exc import DBAPIError

from olka.accounts import queries, rules, sessions
from olka.core import clock
from olka.core.permissions import Actor
from olka.db import db, transaction

log: Final = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The person behind this request; her id for Flask-Login is the session's token."""

    token: str
    actor: Actor
    called_name: str
    full_name: str
    language: str
    session_id: int
    kept: bool
    seen_at: datetime
    awaits_second: bool

    def get_id(self) -> str:
        """Gives the token that Flask-Login keeps in the signed cookie."""
        return self.token


def init_sign_in(app: Flask) -> None:
    """Makes the app load whoever is signed in from the sessions' table."""
    manager = LoginManager(app)
    manager.session_protection = None  # a phone changes its address on the bus; the row is the authority

    manager.user_loader(_load)
    app.before_request(_note_presence)


def _load(token: str) -> SignedIn | None:
    if g.get("session_unreadable"):
        return None
    try:
        found = queries.find_session(token)
    except DBAPIError:
        g.session_unreadable = True  # told once; the page that tells it is written as for nobody
        raise
    if found is None:
        return None
    names = (found.called_name, found.full_name, found.language)
    return SignedIn(token, found.actor, *names, found.session_id, found.kept, found.seen_at, found.awaits_second)


def _note_presence() -> None:
    """Notes now and then that a session is in use: one of the named writes that a GET may make."""
    if request.blueprint in {"static_files", "machines"} or not current_user.is_authenticated:
        return
    now = clock.now()
    if current_user.seen_at > now - rules.SEEN_EVERY:
        return
    try:
        with transaction():
            sessions.note_presence(current_user.session_id, kept=current_user.kept, now=now)
    except DBAPIError as error:  # noted by a later page: this one is only looked at
        db.session.rollback()
        log.warning("presence not noted", exc_info=error)
        return
    session.modified = session.modified or current_user.kept  # its cookie lives on as long as its row


def enter(token: str) -> None:
    """Makes this browser the session's; whatever it held before is forgotten, but for its language."""
    found = _load(token)
    session.clear()
    if found is not None:
        session.permanent = found.kept
        login_user(found)


def leave() -> None:
    """Makes this browser nobody's."""
    logout_user()
    session.clear()
