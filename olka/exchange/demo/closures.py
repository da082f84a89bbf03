"""The demo's closures and the days without shifts, all around today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from olka.core.texts import Text3
from olka.exchange.demo.sites import LIVING_ROOMS, sites


@dataclass(frozen=True, slots=True)
class ClosurePlan:
    """Days, both included, on which a site, or one place of it, is closed."""

    site: str
    place: str | None
    first_day: date
    last_day: date
    reason: Text3


def closures(today: date) -> tuple[ClosurePlan, ...]:
    """Lists closures around today: Christmas everywhere, a winter break, one day of water works, one of stocktaking."""
    year = (today - timedelta(days=90)).year
    christmas = date(year, 12, 24)
    found = [
        ClosurePlan(
            site.key,
            None,
            christmas,
            christmas + timedelta(days=2),
            Text3("Joulun pyhät", "Julhelgen", "Christmas holidays"),
        )
        for site in sites(today)
        if site.key != "assi"
    ]
    found += [
        ClosurePlan(
            site.key,
            None,
            christmas + timedelta(days=3),
            date(year + 1, 1, 6),
            Text3("Talvitauko", "Vinteruppehåll", "Winter break"),
        )
        for site in LIVING_ROOMS
    ]
    return (
        *found,
        ClosurePlan(
            "forssa",
            None,
            _weekday_from(today - timedelta(days=24), 2),
            _weekday_from(today - timedelta(days=24), 2),
            Text3("Vesikatko", "Vattenavbrott", "Water cut off"),
        ),
        ClosurePlan(
            "viipurintie",
            "support_point",
            _weekday_from(today + timedelta(days=16), 3),
            _weekday_from(today + timedelta(days=16), 3),
            Text3("Inventaario", "Inventering", "Stocktaking"),
        ),
    )


def _weekday_from(day: date, weekday: int) -> date:
    """Finds the first such weekday (1 Monday … 7 Sunday) on the day or after it."""
    return day + timedelta(days=(weekday - day.isoweekday()) % 7)
