"""Timed work on accounts: dead sessions, sign-ins and tries are cleared away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete

from olka.accounts import rules
from olka.accounts.models import Attempt, SessionRow, SignIn
from olka.core import clock
from olka.core.jobs import Job
from olka.db import db, transaction

# A used link is known as used a while longer than it could have lived.
_SIGN_IN_KEPT: Final = timedelta(days=1)


def purge_sessions(now: datetime) -> None:
    """Removes the sessions whose time is over."""
    with transaction():
        db.session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))


def purge_sign_ins(now: datetime) -> None:
    """Removes the sign-ins whose time was over a day ago, used or not, and the addresses in them."""
    with transaction():
        db.session.execute(delete(SignIn).where(SignIn.expires_at <= now - _SIGN_IN_KEPT))


def purge_attempts(now: datetime) -> None:
    """Removes the tries that count towards no limit any more."""
    with transaction():
        db.session.execute(delete(Attempt).where(Attempt.at <= now - rules.LONGEST_WINDOW))


JOBS: Final = (
    Job("purge_sessions", timedelta(hours=1), lambda: purge_sessions(clock.now())),
    Job("purge_sign_ins", timedelta(hours=1), lambda: purge_sign_ins(clock.now())),
    Job("purge_attempts", timedelta(hours=1), lambda: purge_attempts(clock.now())),
)
