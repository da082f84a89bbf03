"""Plans and places for the tests of planning: a fine Thursday, a place that is open, Christmas."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

from olka.core.texts import Text3
from olka.shifts.planning_rules import ClosedStretch, Layout, PlaceFacts, Plan

ZONE = "Europe/Helsinki"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
TASK = 7
SITE = 3
PLACE = PlaceFacts(SITE, ZONE, False, None, frozenset({TASK}))
XMAS = ClosedStretch(date(2026, 12, 24), date(2026, 12, 26), Text3("Joulu"))


def a_plan(day: date = date(2026, 12, 3), start: time = time(9), end: time = time(12), **changes: object) -> Plan:
    return replace(Plan(1, TASK, day, start, end, 1, 2, Text3()), **changes)  # type: ignore[arg-type]  # fields by name


def days_of(layout: object) -> tuple[date, ...]:
    assert isinstance(layout, Layout)
    return layout.days
