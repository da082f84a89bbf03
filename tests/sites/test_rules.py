"""Truth tables of places: how a door stands, what hours are typed, which days a closure touches, succession."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from olka.core.texts import Text3
from olka.sites import rules
from olka.sites.rules import DaysShut, Door, DoorState, HoursFault, PlaceKind, Stretch, WeekLine

TUESDAY = date(2026, 11, 24)
BREAK = Text3("Joulutauko")
NINE_TO_THREE = (time(9), time(15))


def week(*weekdays: int, hours: tuple[tuple[time, time], ...] = (NINE_TO_THREE,)) -> list[Stretch]:
    return [Stretch(weekday, opens, closes) for weekday in weekdays for opens, closes in hours]


WORKDAYS = week(1, 2, 3, 4, 5)
WITH_BREAK = week(2, hours=((time(9), time(12)), (time(13), time(16))))


def shut(first: date, last: date) -> DaysShut:
    return DaysShut(first, last, BREAK)


DOORS = [
    # what, when (of Tuesday unless a day is given), hours, closures, opens_on, the door, its day and hours
    ("in the middle of its hours", time(10), WORKDAYS, [], None, DoorState(Door.OPEN, TUESDAY, NINE_TO_THREE)),
    ("at the first minute", time(9), WORKDAYS, [], None, DoorState(Door.OPEN, TUESDAY, NINE_TO_THREE)),
    ("a moment before", time(8, 59, 59), WORKDAYS, [], None, DoorState(Door.LATER, TUESDAY, NINE_TO_THREE)),
    (
        "at the last minute",
        time(15),
        WORKDAYS,
        [],
        None,
        DoorState(Door.SHUT, TUESDAY + timedelta(1), NINE_TO_THREE),
    ),
    (
        "between two stretches",
        time(12, 30),
        WITH_BREAK,
        [],
        None,
        DoorState(Door.LATER, TUESDAY, (time(13), time(16))),
    ),
    (
        "in the second stretch",
        time(15, 59),
        WITH_BREAK,
        [],
        None,
        DoorState(Door.OPEN, TUESDAY, (time(13), time(16))),
    ),
    (
        "after the only day of the week",
        time(16),
        WITH_BREAK,
        [],
        None,
        DoorState(Door.SHUT, TUESDAY + timedelta(7), (time(9), time(12))),
    ),
    (
        "on a day without hours",
        time(10),
        week(3),
        [],
        None,
        DoorState(Door.SHUT, TUESDAY + timedelta(1), NINE_TO_THREE),
    ),
    (
        "closed today alone",
        time(10),
        WORKDAYS,
        [shut(TUESDAY, TUESDAY)],
        None,
        DoorState(Door.SHUT, TUESDAY + timedelta(1), NINE_TO_THREE, BREAK),
    ),
    (
        "closed until Thursday",
        time(10),
        WORKDAYS,
        [shut(TUESDAY - timedelta(9), TUESDAY + timedelta(2))],
        None,
        DoorState(Door.SHUT, TUESDAY + timedelta(3), NINE_TO_THREE, BREAK),
    ),
    (
        "two closures in a row",
        time(10),
        WORKDAYS,
        [shut(TUESDAY, TUESDAY), shut(TUESDAY + timedelta(1), TUESDAY + timedelta(2))],
        None,
        DoorState(Door.SHUT, TUESDAY + timedelta(3), NINE_TO_THREE, BREAK),
    ),
    (
        "open today, closed from tomorrow",
        time(10),
        WORKDAYS,
        [shut(TUESDAY + timedelta(1), TUESDAY + timedelta(30))],
        None,
        DoorState(Door.OPEN, TUESDAY, NINE_TO_THREE),
    ),
    (
        "closed for longer than anyone looks ahead",
        time(10),
        WORKDAYS,
        [shut(TUESDAY, TUESDAY + timedelta(90))],
        None,
        DoorState(Door.SHUT, reason=BREAK),
    ),
    ("without hours", time(10), [], [], None, DoorState(Door.BY_ARRANGEMENT)),
    ("without hours and closed", time(10), [], [shut(TUESDAY, TUESDAY)], None, DoorState(Door.SHUT, reason=BREAK)),
    (
        "not opened yet",
        time(10),
        WORKDAYS,
        [],
        date(2027, 3, 1),
        DoorState(Door.NOT_YET, date(2027, 3, 1)),
    ),
    ("opened this very day", time(10), WORKDAYS, [], TUESDAY, DoorState(Door.OPEN, TUESDAY, NINE_TO_THREE)),
]


@pytest.mark.parametrize(
    ("at", "hours", "closures", "opens_on", "stands"), [row[1:] for row in DOORS], ids=[row[0] for row in DOORS]
)
def test_a_door_stands(
    at: time, hours: list[Stretch], closures: list[DaysShut], opens_on: date | None, stands: DoorState
) -> None:
    assert rules.door_state(datetime.combine(TUESDAY, at), hours, closures, opens_on=opens_on) == stands


def test_on_friday_evening_the_next_opening_is_monday() -> None:
    friday = datetime.combine(date(2026, 11, 27), time(18))
    assert rules.door_state(friday, WORKDAYS, []) == DoorState(Door.SHUT, date(2026, 11, 30), NINE_TO_THREE)


def test_a_retired_place_is_out_of_use_whatever_its_hours() -> None:
    state = rules.door_state(datetime.combine(TUESDAY, time(10)), WORKDAYS, [], retired=True)
    assert state == DoorState(Door.OUT_OF_USE)


TYPED = [
    ("", ()),
    ("  ", ()),
    ("9–15", (NINE_TO_THREE,)),
    ("9-15", (NINE_TO_THREE,)),
    ("klo 9.00 – 15:00", (NINE_TO_THREE,)),
    ("13–16, 9–12", ((time(9), time(12)), (time(13), time(16)))),
    ("9–12 ja 13.30–16", ((time(9), time(12)), (time(13, 30), time(16)))),
    ("9–12;12–15", ((time(9), time(12)), (time(12), time(15)))),
    ("9", HoursFault.UNREADABLE),
    ("yhdeksästä kolmeen", HoursFault.UNREADABLE),
    ("9–25", HoursFault.UNREADABLE),
    ("9.75–15", HoursFault.UNREADABLE),
    ("9–12,", HoursFault.UNREADABLE),
    ("15–9", HoursFault.BACKWARDS),
    ("9–9", HoursFault.BACKWARDS),
    ("9–13, 12–15", HoursFault.OVERLAP),
    ("8–9, 10–11, 12–13, 14–15, 16–17", HoursFault.TOO_MANY),
]


@pytest.mark.parametrize(("typed", "read"), TYPED)
def test_hours_are_read_as_typed(typed: str, read: object) -> None:
    assert rules.read_hours(typed) == read


MINUTES = st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=8, unique=True).filter(lambda m: len(m) % 2 == 0)


@given(MINUTES)
def test_hours_that_are_written_read_back_the_same(minutes: list[int]) -> None:
    times = [time(m // 60, m % 60) for m in sorted(minutes)]
    hours = tuple(zip(times[::2], times[1::2], strict=True))
    assert rules.read_hours(rules.hours_words(hours)) == hours


@given(st.text(max_size=60))
def test_whatever_is_typed_is_hours_or_a_fault(typed: str) -> None:
    assert isinstance(rules.read_hours(typed), tuple | HoursFault)


@pytest.mark.parametrize(
    ("first", "last", "obstacle"),
    [
        (TUESDAY, TUESDAY, None),
        (TUESDAY - timedelta(5), TUESDAY, None),
        (TUESDAY - timedelta(5), TUESDAY - timedelta(1), rules.WrongDays(too_long=False)),
        (TUESDAY, TUESDAY + timedelta(800), rules.WrongDays(too_long=True)),
    ],
)
def test_the_days_of_a_closure_lie_ahead(first: date, last: date, obstacle: object) -> None:
    assert rules.obstacle_to_closure(first, last, TUESDAY) == obstacle


@pytest.mark.parametrize(
    ("site", "succeeds", "others", "obstacle"),
    [
        (1, 2, {}, None),
        (1, 2, {3: 2}, None),
        (1, 1, {}, rules.SucceedsItself()),
        (1, 2, {2: 1}, rules.SuccessionCircle()),
        (1, 2, {2: 3, 3: 4, 4: 1}, rules.SuccessionCircle()),
        (1, 2, {2: 3, 3: 4}, None),
        (1, 2, {2: 3, 3: 2}, None),
    ],
)
def test_sites_never_succeed_each_other_in_a_circle(
    site: int, succeeds: int, others: dict[int, int], obstacle: object
) -> None:
    assert rules.obstacle_to_succession(site, succeeds, others) == obstacle


def test_a_week_is_summed_up_as_people_say_it() -> None:
    hours = [*week(1, 2, 3), *week(5), *week(6, 7, hours=((time(10), time(14)),))]
    ten_to_two = ((time(10), time(14)),)
    assert rules.week_lines(hours) == (
        WeekLine(1, 3, (NINE_TO_THREE,)),
        WeekLine(5, 5, (NINE_TO_THREE,)),
        WeekLine(6, 7, ten_to_two),
    )
    assert rules.week_lines([]) == ()


@pytest.mark.parametrize(
    ("kind", "has_hours", "public"),
    [
        (PlaceKind.POINT, False, True),
        (PlaceKind.SUPPORT_POINT, True, True),
        (PlaceKind.HEALTH_ROOM, False, True),
        (PlaceKind.WARD, True, False),
        (PlaceKind.ROOM, True, True),
        (PlaceKind.ROOM, False, False),
        (PlaceKind.LOBBY, False, False),
    ],
)
def test_a_visitor_is_shown_points_and_rooms_with_hours_but_no_ward(
    kind: PlaceKind, has_hours: bool, public: bool
) -> None:
    assert rules.is_public(kind, has_hours) is public


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://kartta.example.org/piste?x=1#y", True),
        ("http://kartta.example.org/", False),
        ("javascript:alert(1)", False),
        ("//kartta.example.org", False),
        ("https://", False),
        ("https://kartta", False),
        ("https://me@kartta.example.org", False),
        ("https://kartta.example.org/ x", False),
        ("https://kartta.example.org:port/", False),
        ('https://kartta.example.org/"><script>', False),
        ("https://[", False),
    ],
)
def test_a_map_link_is_https_to_a_host(address: str, good: bool) -> None:
    assert rules.is_https_link(address) is good


@pytest.mark.parametrize(
    ("name", "good"),
    [("Europe/Helsinki", True), ("Europe/Mariehamn", True), ("Helsinki", False), ("../etc/passwd", False), ("", False)],
)
def test_a_zone_is_an_iana_zone(name: str, good: bool) -> None:
    assert rules.is_zone(name) is good
