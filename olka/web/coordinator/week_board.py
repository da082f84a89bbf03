"""The week board as a page shows it: days as columns, places as rows, and what is missing where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from olka.core.spans import LocalSpan
from olka.core.texts import Text3
from olka.shifts.board import BoardShift
from olka.shifts.planning_rules import ClosedStretch, closed_for, is_gap
from olka.shifts.rules import ShiftState
from olka.sites.queries import PlaceRow
from olka.sites.rules import PlaceKind

_SATURDAY: Final = 6


@dataclass(frozen=True, slots=True)
class Card:
    """A shift in a cell; ``task`` is its task where the place has several in the week."""

    shift: BoardShift
    who: str
    task: Text3 | None
    is_gap: bool
    is_clash: bool
    is_over: bool

    @property
    def is_cancelled(self) -> bool:
        """Whether it is shown struck out, for whoever looks for it."""
        return self.shift.state is ShiftState.CANCELLED

    @property
    def is_draft(self) -> bool:
        """Whether volunteers can't see it yet."""
        return self.shift.state is ShiftState.DRAFT


@dataclass(frozen=True, slots=True)
class Cell:
    """A place on a day."""

    day: date
    cards: Sequence[Card]
    closed: ClosedStretch | None
    is_past: bool


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A place over the week; ``task`` is the one task that all its shifts are for, if so.

    ``can_add`` tells whether a shift can be made there: it is in use, and something is done there.
    """

    place: PlaceRow
    task: Text3 | None
    can_add: bool
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class DayColumn:
    """A day of the week, with what stands out on it."""

    day: date
    is_past: bool
    is_today: bool
    shifts: int
    gaps: int
    clashes: int
    drafts: int


@dataclass(frozen=True, slots=True)
class Board:
    """The week of the places asked for."""

    days: Sequence[DayColumn]
    rows: Sequence[BoardRow]
    has_weekend: bool

    @property
    def gaps(self) -> int:
        """How many shifts of the week are short of people."""
        return sum(column.gaps for column in self.days)

    @property
    def clashes(self) -> int:
        """How many shifts of the week are on a day on which their place is closed."""
        return sum(column.clashes for column in self.days)

    @property
    def drafts(self) -> int:
        """How many shifts of the week volunteers can't see yet."""
        return sum(column.drafts for column in self.days)

    @property
    def last_day(self) -> date:
        """The last day shown."""
        return self.days[-1].day


@dataclass(frozen=True, slots=True)
class Week:
    """What was read for a week: where, what, who, and when places are closed."""

    monday: date
    places: Sequence[PlaceRow]
    shifts: Sequence[BoardShift]
    names: Mapping[int, Sequence[str]]
    task_names: Mapping[int, Text3]
    closures: Mapping[int, Sequence[ClosedStretch]]
    tasks_done: Mapping[int, Sequence[int]]


def arrange(week: Week, today: date, now: datetime, *, only: str | None = None) -> Board:
    """Arranges a week into days and places; ``only`` keeps the gaps (``aukot``) or the clashes (``suljetut``).

    The counts are those of the whole week, whatever is kept. A place out of use or not open yet, and a room,
    is a row only in a week in which it has shifts. The weekend is shown when it has any.
    """
    cards = {place.id: _cards_of(place, week, now) for place in week.places}
    counts: Counter[tuple[date, str]] = Counter()
    for of_place in cards.values():
        for card in of_place:
            for word in _words_of(card):
                counts[card.shift.day, word] += 1
    has_weekend = any(shift.day.isoweekday() >= _SATURDAY for shift in week.shifts)
    dates = [week.monday + timedelta(days=n) for n in range(7 if has_weekend else 5)]
    columns = [
        DayColumn(
            day, day < today, day == today, *(counts[day, word] for word in ("shifts", "gaps", "clashes", "drafts"))
        )
        for day in dates
    ]
    rows = [
        _row(place, [card for card in cards[place.id] if _is_kept(card, only)], week, dates, today)
        for place in week.places
        if cards[place.id] or _is_waiting(place, dates[-1])
    ]
    if only:
        rows = [row for row in rows if any(cell.cards for cell in row.cells)]
    return Board(columns, rows, has_weekend)


def _is_waiting(place: PlaceRow, last_day: date) -> bool:
    """Tells whether a place without a shift is a row all the same: rooms are booked, not staffed."""
    opened = place.opens_on is None or place.opens_on <= last_day
    return place.in_use and opened and place.kind is not PlaceKind.ROOM


def _words_of(card: Card) -> list[str]:
    if card.is_cancelled:
        return []
    words = ["shifts"]
    words += ["gaps"] * card.is_gap + ["clashes"] * card.is_clash + ["drafts"] * card.is_draft
    return words


def _cards_of(place: PlaceRow, week: Week, now: datetime) -> list[Card]:
    own = [shift for shift in week.shifts if shift.place_id == place.id]
    several = len({shift.task_id for shift in own}) > 1
    closures = week.closures.get(place.id, ())
    return [
        Card(
            shift,
            ", ".join(week.names.get(shift.id, ())),
            week.task_names[shift.task_id] if several else None,
            is_gap(shift.state, shift.min_people, shift.taken, shift.starts_at, now),
            shift.state is not ShiftState.CANCELLED
            and closed_for(LocalSpan(shift.day, shift.start, shift.end, place.zone), closures) is not None,
            shift.ends_at <= now,
        )
        for shift in own
    ]


def _row(place: PlaceRow, kept: Sequence[Card], week: Week, dates: Sequence[date], today: date) -> BoardRow:
    tasks = {shift.task_id for shift in week.shifts if shift.place_id == place.id}
    closures = week.closures.get(place.id, ())
    cells = []
    for day in dates:
        closed = next((c for c in closures if c.first_day <= day <= c.last_day), None)
        cells.append(Cell(day, [card for card in kept if card.shift.day == day], closed, day < today))
    can_add = place.in_use and bool(week.tasks_done.get(place.id))
    return BoardRow(place, week.task_names[tasks.pop()] if len(tasks) == 1 else None, can_add, cells)


def _is_kept(card: Card, only: str | None) -> bool:
    return (only != "aukot" or card.is_gap) and (only != "suljetut" or card.is_clash)
