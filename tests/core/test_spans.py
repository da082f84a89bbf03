"""Local time and true time: changes of clock, nights, leap days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from olka.core.spans import LocalSpan, NoSuchLocalTime, Span, instant_of, iso_week_start, local

HELSINKI = "Europe/Helsinki"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "start", "end", "hours"),
    [
        (date(2026, 11, 26), time(9), time(12), 3),
        (date(2026, 11, 26), time(22), time(6), 8),
        (date(2026, 10, 24), time(22), time(6), 9),
        (date(2027, 3, 27), time(22), time(6), 7),
        (date(2028, 2, 29), time(9), time(12), 3),
        (date(2028, 2, 28), time(22), time(6), 8),
        (date(2026, 12, 31), time(22), time(2), 4),
        (date(2026, 11, 26), time(9), time(9), 24),
    ],
)
def test_a_spans_length_is_true_across_nights_and_changes_of_clock(
    day: date, start: time, end: time, hours: int
) -> None:
    assert LocalSpan(day, start, end, HELSINKI).to_span().length == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("span", "last"),
    [
        (LocalSpan(date(2026, 11, 26), time(9), time(12), HELSINKI), date(2026, 11, 26)),
        (LocalSpan(date(2026, 11, 26), time(22), time(6), HELSINKI), date(2026, 11, 27)),
        (LocalSpan(date(2026, 11, 26), time(9), time(9), HELSINKI), date(2026, 11, 27)),
    ],
)
def test_an_end_at_or_before_the_start_means_the_next_day(span: LocalSpan, last: date) -> None:
    assert span.last_day == last


@pytest.mark.parametrize("at", [time(3), time(3, 30), time(3, 59)])
def test_a_time_that_the_clock_skips_is_refused(at: time) -> None:
    with pytest.raises(NoSuchLocalTime):
        instant_of(date(2027, 3, 28), at, HELSINKI)


def test_a_time_that_comes_twice_means_the_first() -> None:
    assert instant_of(date(2026, 10, 25), time(3, 30), HELSINKI) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        ((0, 3), (3, 6), False),
        ((3, 6), (0, 3), False),
        ((0, 3), (2, 4), True),
        ((0, 6), (2, 4), True),
        ((2, 4), (0, 6), True),
        ((0, 3), (0, 3), True),
        ((0, 1), (5, 6), False),
    ],
)
def test_half_open_spans_overlap_only_where_they_share_a_moment(
    first: tuple[int, int], second: tuple[int, int], share: bool
) -> None:
    one, other = (Span(NOON + a * HOUR, NOON + b * HOUR) for a, b in (first, second))
    assert one.overlaps(other) is share


@given(
    st.dates(date(2020, 1, 1), date(2040, 12, 31)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_an_instant_shows_the_local_time_it_was_made_of(day: date, at: time) -> None:
    try:
        instant = instant_of(day, at, HELSINKI)
    except NoSuchLocalTime:
        wall = datetime.combine(day, at, ZoneInfo(HELSINKI))
        assert wall.astimezone(UTC).astimezone(ZoneInfo(HELSINKI)).time() != at
    else:
        assert local(instant, HELSINKI).replace(tzinfo=None) == datetime.combine(day, at)


def test_a_week_that_the_year_does_not_have_is_refused() -> None:
    assert iso_week_start(2026, 48) == date(2026, 11, 23)
    with pytest.raises(ValueError, match="Invalid week"):
        iso_week_start(2027, 53)
