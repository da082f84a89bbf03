"""Making and changing shifts, as truth tables: what a repeat leaves out, and what a change may not do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from olka.core.spans import LocalSpan
from olka.core.texts import Text3
from olka.shifts.planning_rules import (
    AlreadyThere,
    BadNumbers,
    ClosedStretch,
    InThePast,
    Layout,
    LeftOut,
    NoSuchTime,
    NothingLeft,
    PlaceClosed,
    PlaceFacts,
    PlaceRetired,
    Plan,
    RepeatEndsFirst,
    SiteNotOpen,
    StandingShift,
    TaskNotDoneHere,
    TaskRetired,
    TooManyShifts,
    closed_for,
    lay_out,
)
from tests.shifts.plans import NOW, PLACE, SITE, TASK, XMAS, ZONE, a_plan, days_of

# ---------------------------------------------------------------- one shift


def test_a_single_shift_on_a_fine_day_is_laid_out() -> None:
    assert lay_out(a_plan(), None, PLACE, NOW) == Layout((date(2026, 12, 3),))


@pytest.mark.parametrize(
    ("plan", "place", "why"),
    [
        (a_plan(), replace(PLACE, retired=True), PlaceRetired()),
        (a_plan(), replace(PLACE, tasks=frozenset(), retired_tasks=frozenset({TASK})), TaskRetired()),
        (a_plan(), replace(PLACE, tasks=frozenset({8})), TaskNotDoneHere()),
        (a_plan(min_people=3), PLACE, BadNumbers()),
        (a_plan(min_people=-1), PLACE, BadNumbers()),
        (a_plan(min_people=0, max_people=0), PLACE, BadNumbers()),
        (a_plan(max_people=51), PLACE, BadNumbers()),
        (a_plan(date(2026, 11, 23)), PLACE, InThePast()),
        (a_plan(date(2026, 11, 24), time(10)), PLACE, InThePast()),  # 10 in Helsinki is this very moment
        (
            a_plan(date(2026, 12, 24)),
            replace(PLACE, closures=[XMAS]),
            PlaceClosed(date(2026, 12, 24), Text3("Joulu")),
        ),
        (
            a_plan(date(2026, 12, 23), time(22), time(6)),
            replace(PLACE, closures=[XMAS]),
            PlaceClosed(date(2026, 12, 24), Text3("Joulu")),
        ),
        (a_plan(), replace(PLACE, opens_on=date(2027, 1, 4)), SiteNotOpen(date(2027, 1, 4))),
        (
            a_plan(date(2027, 3, 28), time(3, 30), time(6)),
            PLACE,
            NoSuchTime(date(2027, 3, 28), time(3, 30), is_start=True),
        ),
        (
            a_plan(date(2027, 3, 27), time(22), time(3)),
            PLACE,
            NoSuchTime(date(2027, 3, 28), time(3), is_start=False),
        ),
        (
            a_plan(),
            replace(PLACE, standing=[StandingShift(5, TASK, date(2026, 12, 3), time(9), time(12))]),
            AlreadyThere(5),
        ),
    ],
)
def test_a_single_shift_is_refused_with_the_reason(plan: Plan, place: PlaceFacts, why: object) -> None:
    assert lay_out(plan, None, place, NOW) == (why,)


@pytest.mark.parametrize(
    "plan",
    [
        a_plan(date(2026, 11, 24), time(10, 1)),  # in a minute
        a_plan(min_people=0),
        a_plan(min_people=50, max_people=50),
        a_plan(date(2026, 12, 23), time(22), time(0)),  # ends as Christmas begins
        a_plan(date(2026, 12, 27)),
        a_plan(date(2028, 2, 29)),
        a_plan(date(2026, 10, 25) + timedelta(weeks=52), time(3, 30), time(4)),  # a time that comes twice
    ],
)
def test_what_touches_no_limit_is_laid_out(plan: Plan) -> None:
    place = replace(PLACE, closures=[XMAS], opens_on=date(2026, 1, 1))
    assert lay_out(plan, None, place, NOW) == Layout((plan.day,))


def test_every_obstacle_is_told_at_once() -> None:
    place = PlaceFacts(SITE, ZONE, True, None, frozenset(), closures=[XMAS])
    plan = a_plan(date(2026, 12, 24), min_people=9)
    assert lay_out(plan, None, place, NOW) == (
        PlaceRetired(),
        TaskNotDoneHere(),
        BadNumbers(),
        PlaceClosed(date(2026, 12, 24), Text3("Joulu")),
    )


def test_a_twin_of_another_task_or_time_is_no_twin() -> None:
    others = [
        StandingShift(5, 8, date(2026, 12, 3), time(9), time(12)),
        StandingShift(6, TASK, date(2026, 12, 3), time(9), time(13)),
        StandingShift(7, TASK, date(2026, 12, 4), time(9), time(12)),
    ]
    assert days_of(lay_out(a_plan(), None, replace(PLACE, standing=others), NOW))


# ---------------------------------------------------------------- a weekly repeat


def test_a_repeat_makes_a_shift_a_week_until_its_last_day() -> None:
    assert days_of(lay_out(a_plan(), date(2026, 12, 17), PLACE, NOW)) == (
        date(2026, 12, 3),
        date(2026, 12, 10),
        date(2026, 12, 17),
    )
    assert days_of(lay_out(a_plan(), date(2026, 12, 16), PLACE, NOW)) == (date(2026, 12, 3), date(2026, 12, 10))
    assert days_of(lay_out(a_plan(), date(2026, 12, 3), PLACE, NOW)) == (date(2026, 12, 3),)


def test_a_repeat_leaves_out_closed_days_and_says_which() -> None:
    place = replace(PLACE, closures=[XMAS, ClosedStretch(date(2027, 1, 6), date(2027, 1, 7), Text3("Loppiainen"))])
    layout = lay_out(a_plan(), date(2027, 1, 14), place, NOW)
    assert layout == Layout(
        (date(2026, 12, 3), date(2026, 12, 10), date(2026, 12, 17), date(2026, 12, 31), date(2027, 1, 14)),
        (
            LeftOut(date(2026, 12, 24), PlaceClosed(date(2026, 12, 24), Text3("Joulu"))),
            LeftOut(date(2027, 1, 7), PlaceClosed(date(2027, 1, 7), Text3("Loppiainen"))),
        ),
    )


def test_a_repeat_keeps_its_local_hours_across_both_changes_of_the_clock() -> None:
    spring = lay_out(a_plan(date(2027, 3, 21)), date(2027, 4, 4), PLACE, NOW)
    autumn = lay_out(a_plan(date(2027, 10, 24)), date(2027, 11, 7), PLACE, NOW)
    starts = [a_plan(day).on(ZONE).to_span().starts_at.hour for day in (*days_of(spring), *days_of(autumn))]
    assert starts == [7, 6, 6, 6, 7, 7]
    nights = [
        a_plan(day, time(22), time(6)).on(ZONE).to_span().length for day in (date(2027, 3, 27), date(2027, 10, 30))
    ]
    assert nights == [timedelta(hours=7), timedelta(hours=9)]


def test_a_repeat_leaves_out_the_night_on_which_its_hour_does_not_exist() -> None:
    plan = a_plan(date(2027, 3, 20), time(22), time(3, 30))
    layout = lay_out(plan, date(2027, 4, 3), PLACE, NOW)
    assert layout == Layout(
        (date(2027, 3, 20), date(2027, 4, 3)),
        (LeftOut(date(2027, 3, 27), NoSuchTime(date(2027, 3, 28), time(3, 30), is_start=False)),),
    )


def test_a_repeat_over_a_leap_day_meets_it() -> None:
    assert days_of(lay_out(a_plan(date(2028, 2, 22)), date(2028, 3, 7), PLACE, NOW)) == (
        date(2028, 2, 22),
        date(2028, 2, 29),
        date(2028, 3, 7),
    )


def test_a_repeat_begins_once_the_site_has_opened() -> None:
    layout = lay_out(a_plan(), date(2026, 12, 17), replace(PLACE, opens_on=date(2026, 12, 10)), NOW)
    assert days_of(layout) == (date(2026, 12, 10), date(2026, 12, 17))


@pytest.mark.parametrize(
    ("weeks", "fits"),
    [(59, True), (60, False), (8000, False)],
)
def test_sixty_shifts_at_once_are_the_most(weeks: int, fits: bool) -> None:
    layout = lay_out(a_plan(), date(2026, 12, 3) + timedelta(weeks=weeks), PLACE, NOW)
    assert (len(days_of(layout)) == 60) if fits else (layout == (TooManyShifts(),))


@pytest.mark.parametrize(
    ("plan", "until", "place", "why"),
    [
        (a_plan(), date(2026, 12, 2), PLACE, RepeatEndsFirst()),
        (a_plan(date(2026, 11, 17)), date(2026, 12, 29), PLACE, InThePast()),
        (
            a_plan(date(2026, 12, 24)),
            date(2026, 12, 25),
            replace(PLACE, closures=[XMAS]),
            NothingLeft((LeftOut(date(2026, 12, 24), PlaceClosed(date(2026, 12, 24), Text3("Joulu"))),)),
        ),
    ],
)
def test_a_repeat_that_makes_no_sense_is_refused(plan: Plan, until: date, place: PlaceFacts, why: object) -> None:
    assert lay_out(plan, until, place, NOW) == (why,)


def test_a_repeat_sent_twice_makes_only_what_is_not_there() -> None:
    there = [StandingShift(n, TASK, date(2026, 12, 3) + timedelta(weeks=n), time(9), time(12)) for n in range(2)]
    layout = lay_out(a_plan(), date(2026, 12, 17), replace(PLACE, standing=there), NOW)
    assert days_of(layout) == (date(2026, 12, 17),)


@given(
    first=st.dates(date(2026, 11, 25), date(2030, 12, 31)),
    weeks=st.integers(0, 59),
    start=st.times(),
    end=st.times(),
)
def test_every_week_of_a_repeat_is_either_made_or_told_of(first: date, weeks: int, start: time, end: time) -> None:
    plan = a_plan(first, start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0))
    layout = lay_out(plan, first + timedelta(weeks=weeks), replace(PLACE, closures=[XMAS]), NOW)
    if not isinstance(layout, Layout):
        assert isinstance(layout[0], NothingLeft)
        return
    told = sorted([*layout.days, *(left.day for left in layout.left_out)])
    assert told == [first + timedelta(weeks=n) for n in range(weeks + 1)]
    for day in layout.days:
        assert replace(plan, day=day).on(ZONE).to_span().starts_at > NOW


# ---------------------------------------------------------------- days and closures


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (time(9), time(12), (date(2026, 12, 23),)),
        (time(22), time(6), (date(2026, 12, 23), date(2026, 12, 24))),
        (time(22), time(0), (date(2026, 12, 23),)),
        (time(9), time(9), (date(2026, 12, 23), date(2026, 12, 24))),
    ],
)
def test_a_span_touches_the_days_it_is_on(start: time, end: time, days: tuple[date, ...]) -> None:
    assert LocalSpan(date(2026, 12, 23), start, end, ZONE).days == days


def test_a_closure_counts_on_its_first_and_last_day() -> None:
    closed = [
        closed_for(LocalSpan(date(2026, 12, day), time(9), time(12), ZONE), [XMAS]) is not None for day in range(23, 28)
    ]
    assert closed == [False, True, True, True, False]
