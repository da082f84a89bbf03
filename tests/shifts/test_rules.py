"""What keeps a person from a shift, and from leaving one: the whole truth table, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest

from olka.core.permissions import Kind, Role
from olka.core.spans import LocalSpan, Span
from olka.core.texts import Text3
from olka.shifts.rules import (
    Begun,
    Cancelled,
    Full,
    Hold,
    NotAccepted,
    NotActive,
    NotOfSite,
    NotPublished,
    Overlaps,
    OwnShift,
    PastDeadline,
    PersonFacts,
    ShiftFacts,
    ShiftState,
    is_thrown_away,
    may_release_until,
    obstacles_to_booking,
    obstacles_to_release,
)
from olka.volunteers.rules import Standing

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = date(2026, 11, 26)
HOUR = timedelta(hours=1)
POINT_DUTY = 3
SITE = 5
MEMBER = Role(Kind.VOLUNTEER, SITE, None, date(2026, 1, 1))
ZONE = "Europe/Helsinki"


def shift_of(
    state: ShiftState = ShiftState.PUBLISHED,
    starts_in: timedelta = 48 * HOUR,
    taken: int = 0,
    max_people: int = 2,
) -> ShiftFacts:
    starts = NOW + starts_in
    return ShiftFacts(7, SITE, POINT_DUTY, DAY, Span(starts, starts + 3 * HOUR), state, taken, max_people)


def person_of(
    standing: Standing | None = Standing.ACTIVE,
    accepted: dict[int, date] | None = None,
    *own: OwnShift,
    roles: tuple[Role, ...] = (MEMBER,),
) -> PersonFacts:
    return PersonFacts(standing, {POINT_DUTY: date(2026, 1, 1)} if accepted is None else accepted, own, roles)


def own_shift(shift_id: int, starts_in: timedelta, hours: int = 3) -> OwnShift:
    starts = NOW + starts_in
    when = LocalSpan(DAY, time(9), time(12), ZONE)
    return OwnShift(shift_id, Span(starts, starts + hours * HOUR), when, Text3("Lastenosasto"))


def test_nothing_keeps_an_active_accepted_volunteer_from_a_free_shift() -> None:
    assert obstacles_to_booking(shift_of(), person_of(), NOW) == ()


@pytest.mark.parametrize(
    ("state", "begun", "full", "standing", "member", "accepted", "overlapping"),
    list(product(ShiftState, *2 * [(False, True)], (*Standing, None), *3 * [(False, True)])),
)
def test_every_obstacle_is_told_at_once(
    state: ShiftState,
    begun: bool,
    full: bool,
    standing: Standing | None,
    member: bool,
    accepted: bool,
    overlapping: bool,
) -> None:
    starts_in = -HOUR if begun else 48 * HOUR
    shift = shift_of(state, starts_in, taken=2 if full else 1)
    own = [own_shift(8, starts_in + HOUR)] if overlapping else []
    person = person_of(standing, None if accepted else {}, *own, roles=(MEMBER,) if member else ())

    found = {type(obstacle) for obstacle in obstacles_to_booking(shift, person, NOW)}

    assert found == {
        kind
        for kind, there in (
            (Cancelled, state is ShiftState.CANCELLED),
            (NotPublished, state is ShiftState.DRAFT),
            (Begun, begun),
            (Full, full),
            (NotActive, standing is not Standing.ACTIVE),
            (NotOfSite, not member),
            (NotAccepted, not accepted),
            (Overlaps, overlapping),
        )
        if there
    }


@pytest.mark.parametrize(
    ("role", "holds"),
    [
        (Role(Kind.VOLUNTEER, SITE, None, DAY, DAY), True),
        (Role(Kind.VOLUNTEER, SITE, None, DAY + timedelta(days=1)), False),
        (Role(Kind.VOLUNTEER, SITE, None, date(2026, 1, 1), DAY - timedelta(days=1)), False),
        (Role(Kind.VOLUNTEER, 6, None, date(2026, 1, 1)), False),
        (Role(Kind.COORDINATOR, SITE, None, date(2026, 1, 1)), False),
    ],
)
def test_she_must_be_a_volunteer_of_the_site_on_the_day_of_the_shift(role: Role, holds: bool) -> None:
    found = obstacles_to_booking(shift_of(), person_of(roles=(role,)), NOW)
    assert found == (() if holds else (NotOfSite(SITE),))


def test_an_overlap_names_the_other_shift() -> None:
    other = own_shift(8, 50 * HOUR)
    (obstacle,) = obstacles_to_booking(shift_of(), person_of(Standing.ACTIVE, None, other), NOW)
    assert obstacle == Overlaps(8, other.when, Text3("Lastenosasto"))


@pytest.mark.parametrize("starts_in", [45 * HOUR, 51 * HOUR], ids=["just before", "just after"])
def test_shifts_that_only_touch_do_not_overlap(starts_in: timedelta) -> None:
    assert obstacles_to_booking(shift_of(), person_of(Standing.ACTIVE, None, own_shift(8, starts_in)), NOW) == ()


def test_her_own_booking_of_the_shift_is_no_overlap() -> None:
    assert obstacles_to_booking(shift_of(), person_of(Standing.ACTIVE, None, own_shift(7, 48 * HOUR)), NOW) == ()


@pytest.mark.parametrize(("since", "held"), [(DAY, True), (DAY + timedelta(days=1), False)])
def test_an_acceptance_is_held_against_the_day_of_the_shift(since: date, held: bool) -> None:
    found = obstacles_to_booking(shift_of(), person_of(accepted={POINT_DUTY: since}), NOW)
    assert found == (() if held else (NotAccepted(POINT_DUTY),))


def test_a_shift_begins_at_its_very_start() -> None:
    assert obstacles_to_booking(shift_of(starts_in=timedelta(0)), person_of(), NOW) == (Begun(),)
    assert obstacles_to_booking(shift_of(starts_in=timedelta(seconds=1)), person_of(), NOW) == ()


@pytest.mark.parametrize("state", ShiftState)
@pytest.mark.parametrize("ever_booked", [False, True])
def test_only_a_draft_that_nobody_was_ever_on_is_thrown_away(state: ShiftState, ever_booked: bool) -> None:
    assert is_thrown_away(state, ever_booked=ever_booked) is (state is ShiftState.DRAFT and not ever_booked)


@pytest.mark.parametrize(
    ("starts_in", "booked_ago", "told"),
    [
        (25 * HOUR, 100 * HOUR, "free"),
        (24 * HOUR, 100 * HOUR, "free"),
        (24 * HOUR - timedelta(seconds=1), 100 * HOUR, "late"),
        (2 * HOUR, timedelta(minutes=9, seconds=59), "free"),
        (2 * HOUR, timedelta(minutes=10), "late"),
        (timedelta(seconds=1), timedelta(minutes=1), "free"),
        (timedelta(0), timedelta(minutes=1), "begun"),
        (-HOUR, 100 * HOUR, "begun"),
    ],
)
def test_one_may_cancel_until_the_deadline_and_undo_a_fresh_booking(
    starts_in: timedelta, booked_ago: timedelta, told: str
) -> None:
    starts = NOW + starts_in
    hold = Hold(starts, NOW - booked_ago, 24, 10, ZONE)
    until = max(starts - 24 * HOUR, NOW - booked_ago + timedelta(minutes=10))
    expected = {"free": (), "late": (PastDeadline(until, ZONE),), "begun": (Begun(),)}
    assert obstacles_to_release(hold, NOW) == expected[told]


@pytest.mark.parametrize(
    ("starts_in", "until"),
    [
        (48 * HOUR, 24 * HOUR),  # the deadline is ahead
        (2 * HOUR, timedelta(minutes=9)),  # it has passed, but a fresh booking can be undone
        (timedelta(minutes=5), timedelta(minutes=5)),  # never past the start
    ],
)
def test_the_last_moment_told_is_never_past_while_she_may_cancel(starts_in: timedelta, until: timedelta) -> None:
    hold = Hold(NOW + starts_in, NOW - timedelta(minutes=1), 24, 10, ZONE)
    assert may_release_until(hold) == NOW + until
    assert obstacles_to_release(hold, NOW) == ()
