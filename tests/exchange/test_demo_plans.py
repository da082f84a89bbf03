"""The demo's plans, on many days and without a database: who is who, and who is where when."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from random import Random

import holidays
import phonenumbers
import pytest

from olka.core.permissions import Kind
from olka.core.texts import Text3
from olka.exchange.demo.closures import closures
from olka.exchange.demo.names import full_name
from olka.exchange.demo.people import VOLUNTEERS, people
from olka.exchange.demo.shifts import ShiftPlan, shifts
from olka.exchange.demo.sites import sites
from olka.exchange.demo.slots import site_of_places
from olka.exchange.demo.staff import EERO, MARJATTA, PersonPlan
from olka.exchange.demo.tasks import TASKS
from olka.shifts.rules import BookingState, Channel, ShiftState
from olka.volunteers.rules import Standing

# A Tuesday, the week before Christmas, a Saturday, Epiphany's eve, midsummer week, the change of the clock.
DAYS = [
    date(2026, 11, 24),
    date(2026, 12, 22),
    date(2027, 1, 5),
    date(2027, 1, 30),
    date(2027, 3, 28),
    date(2027, 6, 21),
]
on_each_day = pytest.mark.parametrize("today", DAYS, ids=str)


@cache
def the_demo_of(today: date) -> tuple[list[PersonPlan], list[ShiftPlan]]:
    random = Random(f"{today}")
    everyone = people(today, random)
    return everyone, shifts(today, everyone, random)


def booked(plan: ShiftPlan) -> list[str]:
    return [booking.person for booking in plan.bookings if booking.state is BookingState.BOOKED]


def test_the_same_day_makes_the_same_demo_and_another_day_another() -> None:
    first = the_demo_of(DAYS[0])
    the_demo_of.cache_clear()
    assert the_demo_of(DAYS[0]) == first
    assert the_demo_of(DAYS[1]) != first


# ---------------------------------------------------------------- people


@on_each_day
def test_there_are_240_volunteers_and_nobody_twice(today: date) -> None:
    everyone, _ = the_demo_of(today)
    assert sum(person.standing is not None for person in everyone) == VOLUNTEERS == 240
    assert max(Counter(full_name(person.name) for person in everyone).values()) == 1
    assert max(Counter(person.key for person in everyone).values()) == 1


@on_each_day
def test_mail_goes_nowhere_and_phones_are_nobodys(today: date) -> None:
    everyone, _ = the_demo_of(today)
    for person in everyone:
        assert person.mail is None or person.mail.endswith("@example.org")
        assert person.mail is None or (person.mail.isascii() and person.mail == person.mail.lower())
        if person.phone:
            assert person.phone.startswith("+35850000")
            assert phonenumbers.is_possible_number(phonenumbers.parse(person.phone))


@on_each_day
def test_most_have_mail_some_a_phone_alone_and_couples_share(today: date) -> None:
    everyone, _ = the_demo_of(today)
    volunteers = [person for person in everyone if person.standing is not None]
    with_mail = sum(person.mail is not None for person in volunteers) / len(volunteers)
    by_phone = sum(person.mail is None and person.phone is not None for person in volunteers) / len(volunteers)
    assert 0.72 < with_mail < 0.9
    assert 0.08 < by_phone < 0.24
    shared = [mail for mail, count in Counter(p.mail for p in volunteers if p.mail).items() if count > 1]
    assert 4 <= len(shared) <= 8
    for mail in shared:
        pair = [person for person in volunteers if person.mail == mail]
        assert len(pair) == 2
        assert pair[0].name.family == pair[1].name.family


@on_each_day
def test_each_kind_of_account_has_one_button_and_the_volunteer_is_no_play_companion(today: date) -> None:
    everyone, _ = the_demo_of(today)
    offered = [person for person in everyone if person.demo]
    assert Counter(kind for person in offered for kind in {role.kind for role in person.roles}) == Counter(Kind)
    (volunteer,) = (person for person in offered if person.standing is not None)
    tasks = {acceptance.task for acceptance in volunteer.acceptances}
    assert volunteer.key == MARJATTA
    assert "point" in tasks
    assert "play" not in tasks


@on_each_day
def test_roles_lie_within_their_sites_days_and_deputies_within_the_role_they_stand_in_for(today: date) -> None:
    everyone, _ = the_demo_of(today)
    by_key = {person.key: person for person in everyone}
    opened = {site.key: site.opens_on for site in sites(today)}
    for person in everyone:
        for role in person.roles:
            assert role.ends_on is None or role.starts_on <= role.ends_on
            assert (role.site is None) == (role.kind is Kind.ADMIN)
            assert (role.place is not None) == (role.kind is Kind.WARD)
            if role.kind is Kind.VOLUNTEER and len(person.roles) == 1:
                assert (opened[role.site or ""] or role.starts_on) <= role.starts_on
            if role.deputy_of:
                (own,) = (r for r in by_key[role.deputy_of].roles if r.kind is role.kind and r.site == role.site)
                assert own.starts_on <= role.starts_on
                assert own.ends_on is None
                assert role.ends_on is not None


@on_each_day
def test_acceptances_follow_joining_and_are_of_the_past(today: date) -> None:
    everyone, _ = the_demo_of(today)
    for person in everyone:
        assert person.since is None or person.joined_on <= person.since <= today
        assert max(Counter(a.task for a in person.acceptances).values(), default=1) == 1
        for acceptance in person.acceptances:
            assert person.joined_on < acceptance.accepted_on <= today
            assert acceptance.revoked_on is None or acceptance.accepted_on < acceptance.revoked_on <= today


# ---------------------------------------------------------------- shifts


@on_each_day
def test_shifts_cover_twelve_weeks_each_way_in_blocks_of_two_to_four_hours(today: date) -> None:
    _, plans = the_demo_of(today)
    days = {plan.when.day for plan in plans}
    assert min(days) < today - timedelta(weeks=11)
    assert max(days) > today + timedelta(weeks=11)
    for plan in plans:
        assert timedelta(hours=2) <= plan.span.length <= timedelta(hours=4)
        assert 0 <= plan.slot.least <= plan.slot.most
        assert plan.taken == len(booked(plan)) <= plan.slot.most


@on_each_day
def test_no_shift_is_on_a_holiday_or_a_closed_day_or_outside_opening_hours(today: date) -> None:
    _, plans = the_demo_of(today)
    free_days = holidays.country_holidays("FI", years=[today.year - 1, today.year, today.year + 1])
    site_of = site_of_places(today)
    places = {place.key: place for site in sites(today) for place in site.places}
    for plan in plans:
        day, slot = plan.when.day, plan.slot
        assert day not in free_days
        for closed in closures(today):
            if closed.site == site_of[slot.place] and closed.place in (None, slot.place):
                assert not closed.first_day <= day <= closed.last_day
        assert slot.task in places[slot.place].tasks
        hours = places[slot.place].hours
        assert not hours or any(
            str(day.isoweekday()) in weekdays and opens <= slot.start and slot.end <= closes
            for weekdays, opens, closes in hours
        ), (slot, day)


@on_each_day
def test_nobody_is_at_two_places_at_once(today: date) -> None:
    _, plans = the_demo_of(today)
    spans = defaultdict(list)
    for plan in plans:
        for person in booked(plan):
            spans[person].append(plan.span)
    for hers in spans.values():
        hers.sort(key=lambda span: span.starts_at)
        assert not any(one.overlaps(other) for one, other in pairwise(hers))


@on_each_day
def test_only_active_volunteers_of_the_site_who_are_accepted_for_the_task_are_booked(today: date) -> None:
    everyone, plans = the_demo_of(today)
    by_key = {person.key: person for person in everyone}
    site_of = site_of_places(today)
    for plan in plans:
        for booking in plan.bookings:
            person = by_key[booking.person]
            assert person.may_do(plan.slot.task, site_of[plan.slot.place], plan.when.day)
            if plan.when.day >= today and booking.state is BookingState.BOOKED:
                assert person.standing is Standing.ACTIVE


@on_each_day
def test_bookings_are_made_after_acceptance_and_before_today_and_released_in_between(today: date) -> None:
    everyone, plans = the_demo_of(today)
    by_key = {person.key: person for person in everyone}
    for plan in plans:
        for booking in plan.bookings:
            accepted = by_key[booking.person].accepted_since(plan.slot.task, plan.when.day)
            assert accepted is not None
            assert accepted <= booking.booked_at.date() < min(today, plan.when.day)
            assert (booking.by != booking.person) == (booking.channel is Channel.PHONE)
            if booking.released_at:
                assert booking.booked_at < booking.released_at < plan.span.starts_at
                assert booking.released_at.date() <= today


@on_each_day
def test_nobody_is_on_drafts_or_cancelled_shifts_and_who_fell_with_one_did_so_at_its_moment(today: date) -> None:
    _, plans = the_demo_of(today)
    states = Counter(plan.state for plan in plans)
    assert states[ShiftState.CANCELLED] >= 3
    assert states[ShiftState.DRAFT] >= 40
    for plan in plans:
        if plan.state is ShiftState.DRAFT:
            assert plan.bookings == []
            assert plan.when.day > today + timedelta(weeks=9)
        assert (plan.state is ShiftState.CANCELLED) == (plan.cancelled_at is not None)
        if plan.state is ShiftState.CANCELLED:
            assert booked(plan) == []
            assert plan.cancelled_at is not None
            assert plan.cancelled_at < plan.span.starts_at
            fallen = [b for b in plan.bookings if b.released_at == plan.cancelled_at]
            assert all(b.released_by != b.person for b in fallen)
    assert any(b.released_at == p.cancelled_at for p in plans if p.cancelled_at for b in p.bookings)


@on_each_day
def test_nearer_weeks_are_fuller_and_this_and_the_next_have_some_gaps(today: date) -> None:
    _, plans = the_demo_of(today)

    def share_taken(first: int, last: int) -> float:
        those = [p for p in plans if first <= (p.when.day - today).days < last and p.state is ShiftState.PUBLISHED]
        return sum(p.taken for p in those) / sum(p.slot.most for p in those)

    assert share_taken(-84, 0) > share_taken(14, 35) > share_taken(35, 63) > share_taken(63, 76)
    near = [p for p in plans if 0 < (p.when.day - today).days < 14 - today.weekday()]
    gaps = sum(p.taken < p.slot.least for p in near)
    full = sum(p.taken == p.slot.most for p in near)
    partly = sum(0 < p.taken < p.slot.most for p in near)
    assert len(near) / 10 < gaps < len(near) / 2.5
    assert full > len(near) / 5
    assert partly >= 3


@on_each_day
def test_history_has_its_regulars_and_the_phone_its_share(today: date) -> None:
    _, plans = the_demo_of(today)
    past = [plan for plan in plans if plan.when.day < today]
    turns = Counter(
        (plan.slot.place, plan.when.day.isoweekday(), plan.when.start, person)
        for plan in past
        for person in booked(plan)
    )
    assert sum(count >= 8 for count in turns.values()) >= 15
    bookings = [booking for plan in plans for booking in plan.bookings]
    assert 0.05 < sum(b.channel is Channel.PHONE for b in bookings) / len(bookings) < 0.4
    assert sum(b.state is BookingState.RELEASED for b in bookings) >= 40


@on_each_day
def test_the_demos_volunteer_has_a_full_page_and_something_to_take(today: date) -> None:
    everyone, plans = the_demo_of(today)
    hers = [plan for plan in plans if MARJATTA in booked(plan)]
    coming = [plan for plan in hers if plan.when.day > today]
    following = coming[0]
    assert timedelta(days=2) <= following.when.day - today <= timedelta(days=8)
    assert booked(following) == [MARJATTA, EERO]
    assert site_of_places(today)[following.slot.place] == "hospital"
    assert len(coming) >= 5
    assert len(hers) - len(coming) >= 8
    (marjatta,) = (person for person in everyone if person.key == MARJATTA)
    may_take = [
        plan
        for plan in plans
        if 0 < (plan.when.day - today).days < 14
        and plan.state is ShiftState.PUBLISHED
        and plan.taken < plan.slot.most
        and marjatta.may_do(plan.slot.task, site_of_places(today)[plan.slot.place], plan.when.day)
        and not any(own.span.overlaps(plan.span) for own in coming)
    ]
    assert len(may_take) >= 4


# ---------------------------------------------------------------- words


@on_each_day
def test_every_text_is_in_three_languages(today: date) -> None:
    texts = [text for task in TASKS for text in (task.name, task.description)]
    texts += [text for site in sites(today) for text in (site.name, site.short_name, site.directions)]
    texts += [text for site in sites(today) for place in site.places for text in (place.name, place.directions)]
    texts += [closure.reason for closure in closures(today)]
    assert all(text.fi and text.sv and text.en for text in texts)
    assert Text3() not in texts


@on_each_day
def test_the_new_hospital_succeeds_the_old_one_some_day(today: date) -> None:
    (assi,) = (site for site in sites(today) if site.succeeds)
    assert assi.opens_on is not None
    assert assi.opens_on > today + timedelta(weeks=20)
    assert assi.succeeds == "hospital"
