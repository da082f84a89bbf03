"""How the doors of places stand now, for every page that shows it: two queries, however many places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from olka.core.spans import local
from olka.sites import queries
from olka.sites.queries import PlaceRow
from olka.sites.rules import HORIZON, DaysShut, DoorState, WeekLine, door_state, is_public, week_lines


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A place with its door's state, its week, and the closures that lie ahead."""

    place: PlaceRow
    state: DoorState
    today: date
    week: tuple[WeekLine, ...]
    closures: tuple[DaysShut, ...]

    @property
    def within_week(self) -> bool:
        """Tells whether the weekday alone says when it opens next."""
        return self.state.day is not None and self.state.day < self.today + timedelta(days=7)

    @property
    def is_public(self) -> bool:
        """Tells whether a visitor is shown the place."""
        return is_public(self.place.kind, bool(self.week))

    @staticmethod
    def a_day(weekday: int) -> date:
        """Gives some date of an ISO weekday, for naming it."""
        return date(2024, 1, weekday)  # 1 January 2024 was a Monday


def open_points(places: Sequence[PlaceRow], now: datetime) -> list[OpenPoint]:
    """Tells of each place how its door stands at the instant, on its own site's clock."""
    ids = [place.id for place in places]
    hours = queries.hours_of(ids)
    # A day more on either side: somewhere it is already tomorrow.
    first, last = now.date() - timedelta(days=1), now.date() + HORIZON + timedelta(days=1)
    closures: dict[int, list[DaysShut]] = {place_id: [] for place_id in ids}
    for place_id, first_day, last_day, reason in queries.closures_between(ids, first, last):
        closures[place_id].append(DaysShut(first_day, last_day, reason))
    found = []
    for place in places:
        at = local(now, place.zone)
        state = door_state(
            at.replace(tzinfo=None),
            hours[place.id],
            closures[place.id],
            opens_on=place.opens_on,
            retired=not place.in_use,
        )
        ahead = tuple(shut for shut in closures[place.id] if shut.last_day >= at.date())
        found.append(OpenPoint(place, state, at.date(), week_lines(hours[place.id]), ahead))
    return found
