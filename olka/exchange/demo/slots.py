"""The weekly slots at the demo's places, and the days on which each is a shift."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

import holidays

from olka.exchange.demo.closures import closures
from olka.exchange.demo.sites import sites

WEEKS_PAST: Final = 12
WEEKS_COMING: Final = 12


@dataclass(frozen=True, slots=True)
class Slot:
    """A place and task with its hours on some weekdays (1 Monday … 7 Sunday), on every so manieth week.

    ``pull`` tells how readily its places go: 1 as usual, less for what few can do or wish to.
    """

    place: str
    task: str
    weekdays: str
    start: time
    end: time
    least: int = 1
    most: int = 2
    pull: float = 1.0
    every: int = 1


SLOTS: Final = (
    Slot("hospital_point", "point", "12345", time(9), time(12)),
    Slot("hospital_point", "point", "12345", time(12), time(15)),
    Slot("hospital_point", "peer", "3", time(13), time(15), pull=0.7),
    Slot("hospital_lobby", "lobby", "12345", time(8, 30), time(11, 30), most=3),
    Slot("hospital_lobby", "lobby", "135", time(12), time(14), least=0, pull=0.6),
    Slot("hospital_lobby", "performer", "5", time(13), time(15), least=0, pull=0.6, every=2),
    Slot("children", "play", "24", time(13), time(15), most=2, pull=0.9),
    Slot("children", "play", "3", time(16), time(18), most=1, pull=0.6),
    Slot("medical", "chat", "13", time(13), time(15, 30)),
    Slot("rehabilitation", "chat", "25", time(13), time(15)),
    Slot("palliative", "last_days", "14", time(14), time(17), most=1, pull=0.8),
    Slot("forssa_point", "point", "12345", time(9), time(12)),
    Slot("forssa_point", "point", "24", time(12), time(15), pull=0.7),
    Slot("forssa_point", "peer", "4", time(13), time(15), least=0, pull=0.5, every=2),
    Slot("forssa_ward", "chat", "3", time(13), time(15, 30)),
    Slot("riihimaki_point", "point", "12345", time(10), time(13)),
    Slot("riihimaki_point", "point", "3", time(13), time(15), pull=0.6),
    Slot("riihimaki_lobby", "lobby", "14", time(9), time(12), pull=0.9),
    Slot("support_point", "support", "12345", time(9), time(12), most=1),
    Slot("support_point", "support", "1234", time(12), time(15), most=1, pull=0.8),
    Slot("support_point", "digital", "24", time(13), time(15), pull=0.9),
    Slot("support_point", "guide", "13", time(9), time(12), least=0, pull=0.7),
    Slot("room_nummi", "room", "14", time(10), time(13)),
    Slot("room_kalvola", "room", "3", time(12), time(15), most=1),
    Slot("room_kuhala", "room", "2", time(10), time(13)),
    Slot("room_peltosaari", "room", "25", time(10), time(13)),
    Slot("hall", "chat", "4", time(17), time(19), most=3),
    Slot("hall", "performer", "6", time(13), time(15), least=0, pull=0.7, every=2),
)

# The unofficial flag days are working days; the eves are not, as this calendar knows.
_HOLIDAY_YEARS: Final = 3


def site_of_places(today: date) -> dict[str, str]:
    """Tells which site each place belongs to, by their keys."""
    return {place.key: site.key for site in sites(today) for place in site.places}


def first_day(today: date) -> date:
    """Tells the Monday with which the demo's shifts begin."""
    return today - timedelta(days=today.weekday() + 7 * WEEKS_PAST)


def occasions(today: date) -> Iterator[tuple[date, int, Slot]]:
    """Lists every shift to be: its day, its slot's number and the slot; holidays and closures are left out."""
    free_days = holidays.country_holidays("FI", years=range(today.year - 1, today.year - 1 + _HOLIDAY_YEARS))
    site_of = site_of_places(today)
    shut = closures(today)
    opened = {site.key: site.opens_on for site in sites(today)}
    start = first_day(today)
    for ahead in range(7 * (WEEKS_PAST + 1 + WEEKS_COMING)):
        day = start + timedelta(days=ahead)
        if day in free_days:
            continue
        for number, slot in enumerate(SLOTS):
            site = site_of[slot.place]
            opens_on = opened[site]
            if (
                str(day.isoweekday()) in slot.weekdays
                and (ahead // 7) % slot.every == 0
                and (opens_on is None or opens_on <= day)
                and not any(
                    c.site == site and c.place in (None, slot.place) and c.first_day <= day <= c.last_day for c in shut
                )
            ):
                yield day, number, slot
