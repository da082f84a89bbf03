"""Pure decisions on sites and places, and their kinds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, StrEnum
from functools import cache
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from olka.core.texts import Text3

HORIZON: Final = timedelta(days=60)
MOST_STRETCHES: Final = 4

Hours = tuple[time, time]


class SiteKind(StrEnum):
    """What a site is."""

    HOSPITAL = "hospital"
    HEALTH_STATION = "health_station"
    LIVING_ROOM = "living_room"
    COMMUNITY_HOUSE = "community_house"


class PlaceKind(StrEnum):
    """What a place within a site is; a unit of the hospital is a ward."""

    POINT = "point"
    SUPPORT_POINT = "support_point"
    HEALTH_ROOM = "health_room"
    WARD = "ward"
    LOBBY = "lobby"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a weekday (1 Monday … 7 Sunday) during which a place is open; half-open, local time."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class DaysShut:
    """Days, both ends included, on which a place is closed, and why."""

    first_day: date
    last_day: date
    reason: Text3

    def holds_on(self, day: date) -> bool:
        """Tells whether the day is among them."""
        return self.first_day <= day <= self.last_day


class Door(Enum):
    """How a place's door stands at a moment."""

    OPEN = "open until it closes"
    LATER = "opens later today"
    SHUT = "closed for today; the next opening may be known"
    NOT_YET = "its site has not opened yet"
    BY_ARRANGEMENT = "has no fixed hours"
    OUT_OF_USE = "retired"


@dataclass(frozen=True, slots=True)
class DoorState:
    """A door at a moment: ``day`` and ``hours`` are of the stretch that is on or comes next, where known.

    ``reason`` is there when today is a day of a closure.
    """

    door: Door
    day: date | None = None
    hours: Hours | None = None
    reason: Text3 | None = None


def door_state(
    now: datetime,
    stretches: Sequence[Stretch],
    closures: Sequence[DaysShut],
    *,
    opens_on: date | None = None,
    retired: bool = False,
) -> DoorState:
    """Tells how a place's door stands at a moment of its own wall clock, and when it opens next.

    The next opening is looked for over HORIZON; beyond it none is told.
    """
    today = now.date()
    if retired:
        return DoorState(Door.OUT_OF_USE)
    if opens_on is not None and opens_on > today:
        return DoorState(Door.NOT_YET, opens_on)
    reason = next((shut.reason for shut in closures if shut.holds_on(today)), None)
    if not stretches:
        return DoorState(Door.BY_ARRANGEMENT if reason is None else Door.SHUT, reason=reason)
    for opens, closes in hours_on(today, stretches) if reason is None else ():
        if now.time() < opens:
            return DoorState(Door.LATER, today, (opens, closes))
        if now.time() < closes:
            return DoorState(Door.OPEN, today, (opens, closes))
    day, hours = _next_opening(today, stretches, closures)
    return DoorState(Door.SHUT, day, hours, reason)


def hours_on(day: date, stretches: Sequence[Stretch]) -> list[Hours]:
    """Lists the hours of a day in order, whatever closures say."""
    return sorted((s.opens, s.closes) for s in stretches if s.weekday == day.isoweekday())


@dataclass(frozen=True, slots=True)
class WeekLine:
    """Weekdays in a row (1 Monday … 7 Sunday) that have the same hours."""

    first: int
    last: int
    hours: tuple[Hours, ...]


def week_lines(stretches: Sequence[Stretch]) -> tuple[WeekLine, ...]:
    """Sums up a week as people say it: Monday to Friday 9–15; closed days are left out."""
    lines: list[WeekLine] = []
    for weekday in range(1, 8):
        hours = tuple(sorted((s.opens, s.closes) for s in stretches if s.weekday == weekday))
        if lines and lines[-1].hours == hours and lines[-1].last == weekday - 1:
            lines[-1] = WeekLine(lines[-1].first, weekday, hours)
        elif hours:
            lines.append(WeekLine(weekday, weekday, hours))
    return tuple(lines)


def _next_opening(
    today: date, stretches: Sequence[Stretch], closures: Sequence[DaysShut]
) -> tuple[date | None, Hours | None]:
    for ahead in range(1, HORIZON.days + 1):
        day = today + timedelta(days=ahead)
        hours = hours_on(day, stretches)
        if hours and not any(shut.holds_on(day) for shut in closures):
            return day, hours[0]
    return None, None


def is_public(kind: PlaceKind, has_hours: bool) -> bool:
    """Tells whether a visitor is shown the place: points and rooms that open to all, never a ward."""
    if kind in {PlaceKind.POINT, PlaceKind.SUPPORT_POINT, PlaceKind.HEALTH_ROOM}:
        return True
    return has_hours and kind is not PlaceKind.WARD


class HoursFault(Enum):
    """What is wrong with hours as typed."""

    UNREADABLE = "not like 9–15 or 9–12, 13–16"
    BACKWARDS = "a stretch ends before it begins"
    OVERLAP = "two stretches overlap"
    TOO_MANY = "more stretches than a day may have"


_STRETCH: Final = re.compile(r"([0-9]{1,2})(?:[.:]([0-9]{2}))?\s*[-–—−]\s*([0-9]{1,2})(?:[.:]([0-9]{2}))?")
_BETWEEN: Final = re.compile(r"\s*(?:[,;&+]|\bja\b|\boch\b|\band\b)\s*", re.IGNORECASE)


def read_hours(typed: str) -> tuple[Hours, ...] | HoursFault:
    """Reads a day's hours: ``9–15``, ``9.30-12, 13–16``; empty means closed."""
    if not typed.strip():
        return ()
    parts = _BETWEEN.split(re.sub(r"\bklo\b|\bkl\b\.?", "", typed, flags=re.IGNORECASE).strip())
    if len(parts) > MOST_STRETCHES:
        return HoursFault.TOO_MANY
    found: list[Hours] = []
    for part in parts:
        match = _STRETCH.fullmatch(part.strip())
        opens, closes = (_time(match[1], match[2]), _time(match[3], match[4])) if match else (None, None)
        if opens is None or closes is None:
            return HoursFault.UNREADABLE
        found.append((opens, closes))
    found.sort()
    if any(opens >= closes for opens, closes in found):
        return HoursFault.BACKWARDS
    if any(before[1] > after[0] for before, after in pairwise(found)):
        return HoursFault.OVERLAP
    return tuple(found)


def hours_words(hours: Sequence[Hours]) -> str:
    """Writes a day's hours as they are typed: ``9–12, 13.30–16``; reading them gives the same hours."""

    def clock(at: time) -> str:
        return f"{at.hour}.{at.minute:02}" if at.minute else str(at.hour)

    return ", ".join(f"{clock(opens)}–{clock(closes)}" for opens, closes in hours)


def _time(hour: str, minute: str | None) -> time | None:
    if int(hour) > 23 or int(minute or 0) > 59:
        return None
    return time(int(hour), int(minute or 0))


@dataclass(frozen=True, slots=True)
class WrongDays:
    """A closure would end before today, or last longer than anyone means."""

    too_long: bool


def obstacle_to_closure(first_day: date, last_day: date, today: date) -> WrongDays | None:
    """Tells what is wrong with the days of a closure: it must reach today or later, and at most two years."""
    if last_day < today:
        return WrongDays(too_long=False)
    if last_day - first_day > timedelta(days=731):
        return WrongDays(too_long=True)
    return None


@dataclass(frozen=True, slots=True)
class SucceedsItself:
    """A site can't be its own successor."""


@dataclass(frozen=True, slots=True)
class SuccessionCircle:
    """The site named follows, in the end, this very site."""


def obstacle_to_succession(
    site_id: int, succeeds_id: int, successions: Mapping[int, int]
) -> SucceedsItself | SuccessionCircle | None:
    """Tells why a site can't succeed another; ``successions`` maps each other site to the one it succeeds."""
    if site_id == succeeds_id:
        return SucceedsItself()
    at: int | None = succeeds_id
    for _ in range(len(successions) + 1):
        at = successions.get(at) if at is not None else None
        if at == site_id:
            return SuccessionCircle()
    return None


@dataclass(frozen=True, slots=True)
class StillInUse:
    """An organiser runs sites that are in use; they are named."""

    names: tuple[Text3, ...]


@dataclass(frozen=True, slots=True)
class OrganiserRetired:
    """A new site can't be given to an organiser that is out of use."""


@dataclass(frozen=True, slots=True)
class SiteRetired:
    """A site out of use gets no new places."""


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Tells whether the name is an IANA time zone, e.g. ``Europe/Helsinki``."""
    return "/" in name and name in _zones()


def is_https_link(address: str) -> bool:
    """Tells whether the address is a plain https link to a host, without a user or blanks in it."""
    if re.search(r"[\s\\<>\"]", address):
        return False
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and bool(host) and "." in str(host) and "@" not in parts.netloc
