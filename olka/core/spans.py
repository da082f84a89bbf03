"""Spans of time: a shift's truth is local (date, start, end, zone), its instants follow from it.

Spans are half-open: one that ends at twelve and one that starts at twelve don't overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from olka.core.errors import OlkaError

HOME_ZONE: Final = "Europe/Helsinki"  # where no site says otherwise: whose day it is for roles, lists, paper


class NoSuchLocalTime(OlkaError):
    """The clock is turned forward over this local time: it doesn't exist on that day."""


def instant_of(day: date, at: time, zone: str) -> datetime:
    """Turns a local date and time into an aware UTC instant.

    Where the clock is turned back and a time comes twice, the first is meant.
    Raises NoSuchLocalTime where it is turned forward over the time.
    """
    local = datetime.combine(day, at, ZoneInfo(zone))
    instant = local.astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchLocalTime(f"{day} {at} {zone}")
    return instant


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of time between two aware instants."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: Span) -> bool:
        """Tells whether the two share any moment."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    @property
    def length(self) -> timedelta:
        """The true length, across a change of clock too."""
        return self.ends_at - self.starts_at


@dataclass(frozen=True, slots=True)
class LocalSpan:
    """A local date with a start and an end; an end at or before the start means the next day."""

    day: date
    start: time
    end: time
    zone: str

    @property
    def last_day(self) -> date:
        """The local date on which the span ends."""
        return self.day if self.end > self.start else self.day + timedelta(days=1)

    @property
    def days(self) -> tuple[date, ...]:
        """The local dates that the span touches; one that ends at midnight doesn't touch the next day."""
        if self.last_day == self.day or self.end == time(0):
            return (self.day,)
        return (self.day, self.last_day)

    def to_span(self) -> Span:
        """Computes the instants in UTC. Raises NoSuchLocalTime for a time that the clock skips."""
        return Span(instant_of(self.day, self.start, self.zone), instant_of(self.last_day, self.end, self.zone))


def local(instant: datetime, zone: str) -> datetime:
    """Shows an aware instant on the wall clock of the zone."""
    return instant.astimezone(ZoneInfo(zone))


def iso_week_start(year: int, week: int) -> date:
    """Finds the Monday of an ISO week. Raises ValueError for a week that the year doesn't have."""
    return date.fromisocalendar(year, week, 1)
