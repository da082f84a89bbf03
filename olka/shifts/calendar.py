"""A shift as a calendar file."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from olka.core import wording
from olka.core.texts import Text3
from olka.shifts.queries import ShiftRecord
from olka.sites.queries import PlaceRow


def one_shift(shift: ShiftRecord, place: PlaceRow, task: Text3, language: str, now: datetime) -> bytes:
    """Writes one shift as an iCalendar object (RFC 5545) with its zone's rules.

    It names no other person: calendars are shared with families and workplaces.
    """
    zone = ZoneInfo(shift.when.zone)
    event = Event()
    event.add("uid", f"vuoro-{shift.facts.id}@olka")
    event.add("dtstamp", now)
    event.add("dtstart", shift.facts.span.starts_at.astimezone(zone))
    event.add("dtend", shift.facts.span.ends_at.astimezone(zone))
    event.add("sequence", shift.version)
    event.add("summary", f"{place.name.in_(language)}: {task.in_(language)}")
    event.add("location", f"{place.name.in_(language)}, {place.site_name.in_(language)}, {place.street}, {place.town}")
    event.add("description", place.directions.in_(language) or wording.span(shift.when, language))
    calendar = Calendar()
    calendar.add("prodid", "-//OLKA//vuorot//FI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written
