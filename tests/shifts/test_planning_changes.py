"""Changing, cancelling and publishing shifts, as truth tables: what a change may not do to those booked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from olka.core.permissions import Kind, Role
from olka.core.spans import LocalSpan, Span
from olka.core.texts import Text3
from olka.shifts.planning_rules import (
    AlreadyThere,
    BadNumbers,
    BelowTaken,
    BookedPerson,
    ClosedStretch,
    Hindered,
    InThePast,
    NoSuchTime,
    PlaceClosed,
    PlaceFacts,
    PlaceRetired,
    Plan,
    Present,
    SiteNotOpen,
    StandingShift,
    TaskNotDoneHere,
    TaskRetired,
    is_gap,
    obstacles_of_plan,
    obstacles_to_change,
    obstacles_to_publishing,
    obstacles_to_touching,
)
from olka.shifts.rules import (
    Begun,
    Cancelled,
    NotAccepted,
    NotOfSite,
    Overlaps,
    OwnShift,
    PersonFacts,
    ShiftFacts,
    ShiftState,
)
from olka.volunteers.rules import Standing as Stands
from tests.shifts.plans import NOW, PLACE, SITE, TASK, XMAS, ZONE, a_plan


def facts(state: ShiftState = ShiftState.PUBLISHED, taken: int = 1, starts: datetime | None = None) -> ShiftFacts:
    span = Span(starts or datetime(2026, 12, 3, 7, tzinfo=UTC), datetime(2026, 12, 3, 10, tzinfo=UTC))
    return ShiftFacts(50, SITE, TASK, date(2026, 12, 3), span, state, taken, 2)


MEMBER = Role(Kind.VOLUNTEER, SITE, None, date(2026, 1, 1), date(2026, 12, 5))


TODAY_SHUT = ClosedStretch(date(2026, 12, 1), date(2026, 12, 5), Text3("Remontti"))


def someone(*own: OwnShift, accepted: dict[int, date] | None = None) -> BookedPerson:
    since = {TASK: date(2026, 1, 1)} if accepted is None else accepted
    return BookedPerson("Raili Hakala", PersonFacts(Stands.ACTIVE, since, own, [MEMBER]))


LUNCH = LocalSpan(date(2026, 12, 3), time(12), time(15), ZONE)
OTHER = OwnShift(51, LUNCH.to_span(), LUNCH, Text3("Aula"))
TWO_TASKS = replace(PLACE, tasks=frozenset({TASK, 8}))


@pytest.mark.parametrize(
    ("plan", "place", "booked", "why"),
    [
        (a_plan(note=Text3("Tule ajoissa")), PLACE, [someone()], ()),
        (a_plan(end=time(13)), PLACE, [someone()], ()),
        (
            a_plan(end=time(13)),
            PLACE,
            [someone(OTHER)],
            (Hindered("Raili Hakala", (Overlaps(51, LUNCH, Text3("Aula")),)),),
        ),
        (a_plan(task_id=8), TWO_TASKS, [someone()], (Hindered("Raili Hakala", (NotAccepted(8),)),)),
        (a_plan(task_id=8), TWO_TASKS, [someone(accepted={TASK: NOW.date(), 8: NOW.date()})], ()),
        (a_plan(task_id=8), TWO_TASKS, [], ()),
        # Away from the site whose volunteer she is, and beyond the last day on which she is one.
        (a_plan(place_id=2), replace(PLACE, site_id=4), [someone()], (Hindered("Raili Hakala", (NotOfSite(4),)),)),
        (a_plan(date(2026, 12, 6)), PLACE, [someone()], (Hindered("Raili Hakala", (NotOfSite(SITE),)),)),
        (a_plan(date(2026, 12, 5)), PLACE, [someone()], ()),
        # What she lacked before isn't held against the change.
        (a_plan(end=time(13)), PLACE, [someone(accepted={})], ()),
        (a_plan(date(2026, 11, 23)), PLACE, [someone(accepted={})], (InThePast(),)),
        (a_plan(task_id=8), PLACE, [], (TaskNotDoneHere(),)),
        # A closure or a retirement that came later doesn't stop the mending of a note.
        (a_plan(note=Text3("x")), replace(PLACE, retired=True), [someone()], ()),
        # What is wrong with the place, the task or the day already isn't held against a new hour.
        (a_plan(end=time(13)), replace(PLACE, retired=True), [someone()], ()),
        (a_plan(end=time(13)), replace(PLACE, tasks=frozenset()), [someone()], ()),
        (a_plan(end=time(13)), replace(PLACE, closures=[TODAY_SHUT], opens_on=date(2027, 1, 1)), [someone()], ()),
        (a_plan(place_id=2), replace(PLACE, retired=True), [], (PlaceRetired(),)),
        (a_plan(task_id=8), replace(PLACE, retired=True), [], (TaskNotDoneHere(),)),
        (a_plan(task_id=8), replace(PLACE, tasks=frozenset()), [], (TaskNotDoneHere(),)),
        (
            a_plan(date(2026, 12, 4)),
            replace(PLACE, closures=[TODAY_SHUT], opens_on=date(2027, 1, 1)),
            [],
            (PlaceClosed(date(2026, 12, 4), Text3("Remontti")), SiteNotOpen(date(2027, 1, 1))),
        ),
        (a_plan(min_people=2, max_people=1), PLACE, [someone()], (BadNumbers(),)),
        (
            a_plan(date(2027, 3, 28), time(3, 30)),
            PLACE,
            [someone(OTHER)],
            (NoSuchTime(date(2027, 3, 28), time(3, 30), is_start=True),),
        ),
    ],
)
def test_a_change_is_judged_by_what_it_brings(
    plan: Plan, place: PlaceFacts, booked: list[BookedPerson], why: tuple[object, ...]
) -> None:
    assert obstacles_to_change(Present(facts(), a_plan()), plan, place, booked, NOW) == why


def test_a_maximum_below_what_is_taken_is_refused_with_the_names() -> None:
    present = Present(facts(taken=2), a_plan())
    two = [someone(), BookedPerson("Eero Salo", someone().facts)]
    assert obstacles_to_change(present, a_plan(min_people=0, max_people=1), PLACE, two, NOW) == (
        BelowTaken(2, ("Raili Hakala", "Eero Salo")),
    )
    assert obstacles_to_change(present, a_plan(max_people=2), PLACE, two, NOW) == ()


def test_a_shift_is_not_its_own_twin() -> None:
    place = replace(PLACE, standing=[StandingShift(50, TASK, date(2026, 12, 3), time(9), time(13))])
    assert obstacles_to_change(Present(facts(), a_plan()), a_plan(end=time(13)), place, [], NOW) == ()
    place = replace(PLACE, standing=[StandingShift(49, TASK, date(2026, 12, 3), time(9), time(13))])
    assert obstacles_to_change(Present(facts(), a_plan()), a_plan(end=time(13)), place, [], NOW) == (AlreadyThere(49),)


@pytest.mark.parametrize(
    ("state", "starts", "why"),
    [
        (ShiftState.DRAFT, NOW + timedelta(minutes=1), ()),
        (ShiftState.PUBLISHED, NOW + timedelta(minutes=1), ()),
        (ShiftState.PUBLISHED, NOW, (Begun(),)),
        (ShiftState.CANCELLED, NOW + timedelta(minutes=1), (Cancelled(),)),
        (ShiftState.CANCELLED, NOW, (Cancelled(),)),
    ],
)
def test_a_shift_that_has_begun_or_is_cancelled_stays_as_it_is(
    state: ShiftState, starts: datetime, why: tuple[object, ...]
) -> None:
    shift = facts(state, starts=starts)
    assert obstacles_to_touching(shift, NOW) == why
    assert obstacles_to_change(Present(shift, a_plan()), a_plan(end=time(13)), PLACE, [], NOW) == why
    assert obstacles_to_publishing(Present(shift, a_plan()), PLACE, NOW) == why


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (PLACE, ()),
        (replace(PLACE, closures=[XMAS]), (PlaceClosed(date(2026, 12, 25), Text3("Joulu")),)),
        (replace(PLACE, opens_on=date(2027, 1, 1)), (SiteNotOpen(date(2027, 1, 1)),)),
        (replace(PLACE, retired=True), (PlaceRetired(),)),
        (replace(PLACE, tasks=frozenset()), (TaskNotDoneHere(),)),
        (replace(PLACE, tasks=frozenset(), retired_tasks=frozenset({TASK})), (TaskRetired(),)),
    ],
)
def test_a_draft_is_published_only_where_its_place_and_task_can_have_it(
    place: PlaceFacts, why: tuple[object, ...]
) -> None:
    draft = Present(facts(ShiftState.DRAFT), a_plan(date(2026, 12, 25)))
    assert obstacles_to_publishing(draft, place, NOW) == why


@pytest.mark.parametrize(
    ("state", "low", "taken", "starts", "gap"),
    [
        (ShiftState.PUBLISHED, 1, 0, NOW + timedelta(minutes=1), True),
        (ShiftState.PUBLISHED, 2, 1, NOW + timedelta(minutes=1), True),
        (ShiftState.PUBLISHED, 1, 1, NOW + timedelta(minutes=1), False),
        (ShiftState.PUBLISHED, 0, 0, NOW + timedelta(minutes=1), False),
        (ShiftState.PUBLISHED, 1, 0, NOW, False),
        (ShiftState.DRAFT, 1, 0, NOW + timedelta(minutes=1), False),
        (ShiftState.CANCELLED, 1, 0, NOW + timedelta(minutes=1), False),
    ],
)
def test_a_gap_is_a_published_coming_shift_short_of_its_minimum(
    state: ShiftState, low: int, taken: int, starts: datetime, gap: bool
) -> None:
    assert is_gap(state, low, taken, starts, NOW) is gap


def test_a_plan_by_itself_can_be_fine() -> None:
    assert obstacles_of_plan(a_plan(), PLACE) == ()
