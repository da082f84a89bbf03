"""Counting tries in a table, so that the limit holds across processes and hosts.

Tries are counted by hashes of who made them and what they were at. A try is counted in the transaction that
asks whether it may be made, and on PostgreSQL, where writers run side by side, those who share a hash queue.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, func, insert, select

from olka.accounts import rules
from olka.accounts.models import Attempt
from olka.accounts.rules import Limit
from olka.core.errors import Throttled
from olka.db import db


@dataclass(frozen=True, slots=True)
class Gauge:
    """What is counted under one name, and how much of it is too much."""

    name: str
    limits: tuple[Limit, ...]

    @property
    def who(self) -> str:
        """The keyed hash under which the tries are stored: no address can be read from the table."""
        key = str(current_app.secret_key).encode()
        return hmac.digest(key, f"olka-attempt:{self.name}".encode("utf-8", "surrogatepass"), hashlib.sha256).hex()


def failures_from(remote_address: str | None) -> Gauge:
    """Gives the gauge of failures from an address block."""
    return Gauge(f"failures-from:{rules.address_block(remote_address)}", rules.FAILURES_FROM_BLOCK)


def failures_at(mail: str, browser_hash: str) -> Gauge:
    """Gives the gauge of one browser's failures at a mail address's codes: a stranger's fill only his own."""
    return Gauge(f"failures-at:{mail}:{browser_hash}", rules.FAILURES_AT_CODES)


def failures_of(person_id: int) -> Gauge:
    """Gives the gauge of failures at a person's second factor."""
    return Gauge(f"failures-of:{person_id}", rules.FAILURES_AT_CODES)


def asks_from(remote_address: str | None) -> Gauge:
    """Gives the gauge of mails asked for from an address block."""
    return Gauge(f"asks-from:{rules.address_block(remote_address)}", rules.ASKS_FROM_BLOCK)


def asks_for(mail: str) -> Gauge:
    """Gives the gauge of mails asked for to an address."""
    return Gauge(f"asks-for:{mail}", rules.ASKS_FOR_MAIL)


def hold(gauges: Iterable[Gauge], now: datetime) -> None:
    """Lets the act go on unless one of the gauges is full; raises Throttled with the seconds to wait.

    Until the transaction ends nobody else passes here with one of the same gauges.
    """
    seconds = seconds_to_wait(gauges, now)
    if seconds is not None:
        raise Throttled(seconds)


def seconds_to_wait(gauges: Iterable[Gauge], now: datetime) -> int | None:
    """Tells how long the gauges refuse the next try, in seconds; None when it may be now.

    Until the transaction ends nobody else passes here with one of the same gauges. Whoever calls this twice in a
    transaction asks first for an address block's gauges, so that two never wait for each other.
    """
    named = sorted(((gauge.who, gauge.limits) for gauge in gauges), key=lambda pair: pair[0])
    if db.engine.dialect.name == "postgresql":
        for who, _ in named:
            db.session.execute(select(func.pg_advisory_xact_lock(int(who[:15], 16))))
    waits = [rules.wait_after(limits, _tries(who, limits, now), now) for who, limits in named]
    longest = max((wait for wait in waits if wait is not None), default=None)
    return None if longest is None else math.ceil(longest.total_seconds())


def _tries(who: str, limits: tuple[Limit, ...], now: datetime) -> list[datetime]:
    since = now - max(limit.window for limit in limits)
    most = max(limit.tries for limit in limits)
    found = db.session.scalars(
        select(Attempt.at).where(Attempt.who == who, Attempt.at > since).order_by(Attempt.at.desc()).limit(most)
    )
    return list(found)


def forget(gauge: Gauge) -> None:
    """Empties a gauge."""
    db.session.execute(delete(Attempt).where(Attempt.who == gauge.who))


def count(gauges: Iterable[Gauge], now: datetime) -> None:
    """Counts one try under each gauge."""
    db.session.execute(insert(Attempt), [{"who": gauge.who, "at": now} for gauge in gauges])
