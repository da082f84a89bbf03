"""Who is signed in: Flask-Login's user, made from a session's row in one query."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from flask_login import LoginManager, UserMixin

from olka.accounts import queries
from olka.core.permissions import Actor


@dataclass(frozen=True, slots=True)
class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The person behind this request; her id for Flask-Login is the session's token."""

    token: str
    actor: Actor
    called_name: str
    full_name: str
    language: str

    def get_id(self) -> str:
        """Gives the token that Flask-Login keeps in the signed cookie."""
        return self.token


def init_sign_in(app: Flask) -> None:
    """Makes the app load whoever is signed in from the sessions' table."""
    manager = LoginManager(app)
    manager.session_protection = None  # a phone changes its address on the bus; the row is the authority

    @manager.user_loader
    def load(token: str) -> SignedIn | None:
        found = queries.find_session(token)
        if found is None:
            return None
        return SignedIn(token, found.actor, found.called_name, found.full_name, found.language)
