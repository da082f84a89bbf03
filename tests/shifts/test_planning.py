"""The coordinator's verbs on shifts, on both databases: what they write, whom they tell, whom they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from olka.accounts.models import Person
from olka.audit.models import AuditRow
from olka.core import clock
from olka.core.errors import Conflict, NotFound, Refused
from olka.core.permissions import Actor, Kind, Role
from olka.core.texts import Text3
from olka.db import db, transaction
from olka.outbox.models import Message
from olka.shifts import planning, planning_queries, service
from olka.shifts.models import Booking, Shift
from olka.shifts.planning_rules import BelowTaken, Hindered, PlaceClosed, Plan
from olka.shifts.rules import Begun, BookingState, Cancelled, Channel, NotAccepted, ShiftState
from olka.sites.models import Closure, Place, Site
from olka.tasks.models import PlaceTask, Task
from tests import factories
from tests.factories import today


@dataclass(frozen=True)
class World:
    """A site with a point and a task, its coordinator, and another site of somebody else's."""

    site: Site
    point: Place
    duty: Task
    other_point: Place
    hanna: Actor

    def plan(self, day: date | None = None, **changes: Any) -> Plan:
        """A plan for next week."""
        plan = Plan(self.point.id, self.duty.id, day or today() + timedelta(days=7), time(9), time(12), 1, 2, Text3())
        return replace(plan, **changes)

    def volunteer(self, called: str = "Marjatta", **changes: Any) -> Person:
        """A volunteer accepted for the task."""
        return factories.volunteer(self.site.id, self.duty.id, called=called, **changes)

    def shift(self, *people: Person, **changes: Any) -> Shift:
        """A shift for next week with people booked on it."""
        shift = factories.shift(self.point.id, self.duty.id, **changes)
        for person in people:
            with transaction():
                service.book(Actor(person.id), shift.id, person.id)
        return shift


@pytest.fixture
def world(any_app: Flask) -> Iterator[World]:
    with any_app.app_context():
        site = factories.site()
        point = factories.place(site.id)
        hanna = factories.coordinator(site.id)
        made = World(
            site,
            point,
            factories.task(at=point),
            factories.place(factories.site("Riihimäen sairaala").id),
            Actor(hanna.id, (Role(Kind.COORDINATOR, site.id),)),
        )
    context = any_app.app_context()
    context.push()
    yield made
    db.session.remove()
    context.pop()


def read(shift_id: int) -> Shift | None:
    db.session.remove()
    return db.session.get(Shift, shift_id)


def bookings(shift_id: int) -> list[Booking]:
    db.session.remove()
    return list(db.session.scalars(select(Booking).where(Booking.shift_id == shift_id).order_by(Booking.id)))


def mails() -> list[tuple[str, str]]:
    db.session.remove()
    return [(mail.kind, mail.address) for mail in db.session.scalars(select(Message).order_by(Message.id))]


def verbs() -> list[str]:
    db.session.remove()
    return list(db.session.scalars(select(AuditRow.verb).order_by(AuditRow.id)))


def close(world: World, day: date, *, place_only: bool = True) -> None:
    factories.save(
        Closure(
            site_id=world.site.id,
            place_id=world.point.id if place_only else None,
            first_day=day,
            last_day=day,
            reason=Text3("Remontti"),
        )
    )


# ---------------------------------------------------------------- make


def test_a_repeat_makes_shifts_of_their_own(world: World) -> None:
    first = today() + timedelta(days=7)
    close(world, first + timedelta(weeks=1), place_only=False)
    with transaction():
        made = planning.make_shifts(
            world.hanna, world.plan(note=Text3("Tule ajoissa")), first + timedelta(weeks=3), published=True
        )
    assert made.days == tuple(first + timedelta(weeks=n) for n in (0, 2, 3))
    assert [left.day for left in made.left_out] == [first + timedelta(weeks=1)]
    shifts = [read(shift_id) for shift_id in made.shift_ids]
    assert [s and (s.day, s.state, s.weekday, s.note.fi, s.taken) for s in shifts] == [
        (day, ShiftState.PUBLISHED, day.isoweekday(), "Tule ajoissa", 0) for day in made.days
    ]
    assert verbs() == ["made"] * 3
    with transaction():
        planning.change(world.hanna, made.shift_ids[0], 1, world.plan(end=time(13)))
    second = read(made.shift_ids[1])
    assert second is not None
    assert second.end == time(12)


def test_a_draft_is_made_a_draft(world: World) -> None:
    with transaction():
        made = planning.make_shifts(world.hanna, world.plan(), None, published=False)
    shift = read(made.shift_ids[0])
    assert shift is not None
    assert shift.state is ShiftState.DRAFT


def test_the_second_of_two_clicks_makes_no_twin_and_says_the_same(world: World) -> None:
    day = today() + timedelta(days=7)
    close(world, day + timedelta(weeks=1))
    for until in (None, day + timedelta(weeks=2)):
        plan = world.plan(start=time(9 if until else 13), end=time(15), note=Text3("Tule ajoissa"))
        with transaction():
            first = planning.make_shifts(world.hanna, plan, until, published=True)
        with transaction():
            assert planning.make_shifts(world.hanna, plan, until, published=True) == first
    assert len(list(db.session.scalars(select(Shift.id)))) == 3


def test_another_shift_of_the_same_hours_is_a_twin_and_refused(world: World) -> None:
    with transaction():
        planning.make_shifts(world.hanna, world.plan(), None, published=True)
    other = Actor(factories.coordinator(world.site.id, "Sari").id, world.hanna.roles)
    for actor, plan, published in (
        (other, world.plan(), True),
        (world.hanna, world.plan(), False),
        (world.hanna, world.plan(max_people=5), True),
        (world.hanna, world.plan(note=Text3("Toinen")), True),
    ):
        with pytest.raises(Refused), transaction():
            planning.make_shifts(actor, plan, None, published=published)
    with transaction() as session:  # and so is what she made herself a while ago
        session.execute(update(AuditRow).values(at=clock.now() - timedelta(minutes=11)))
    with pytest.raises(Refused), transaction():
        planning.make_shifts(world.hanna, world.plan(), None, published=True)


def test_a_closed_day_is_refused_and_nothing_is_written(world: World) -> None:
    day = today() + timedelta(days=7)
    close(world, day)
    with pytest.raises(Refused) as refused, transaction():
        planning.make_shifts(world.hanna, world.plan(), None, published=True)
    assert refused.value.obstacles == (PlaceClosed(day, Text3("Remontti")),)
    assert verbs() == []


def test_another_sites_place_does_not_exist(world: World) -> None:
    with pytest.raises(NotFound), transaction():
        planning.make_shifts(world.hanna, world.plan(place_id=world.other_point.id), None, published=True)


# ---------------------------------------------------------------- publish


def test_a_draft_is_published_once(world: World) -> None:
    shift = world.shift(state=ShiftState.DRAFT)
    for _ in range(2):
        with transaction():
            planning.publish(world.hanna, shift.id, 1)
    found = read(shift.id)
    assert found is not None
    assert (found.state, found.version) == (ShiftState.PUBLISHED, 2)
    assert verbs() == ["published"]


def test_the_weeks_drafts_are_published_but_for_those_that_cannot_be(world: World) -> None:
    monday = today() + timedelta(days=14 - today().weekday())
    close(world, monday + timedelta(days=2))
    drafts = [world.shift(day=monday + timedelta(days=n), state=ShiftState.DRAFT) for n in (0, 1, 2, 7)]
    with transaction():
        done = planning.publish_drafts(world.hanna, [world.point.id], monday, monday + timedelta(days=6))
    assert (done.number, done.left) == (2, 1)
    states = [shift.state for shift in map(read, [draft.id for draft in drafts]) if shift]
    assert states == [ShiftState.PUBLISHED, ShiftState.PUBLISHED, ShiftState.DRAFT, ShiftState.DRAFT]
    with pytest.raises(NotFound), transaction():
        planning.publish_drafts(world.hanna, [world.other_point.id], monday, monday)


# ---------------------------------------------------------------- change


def test_a_change_moves_the_bookings_and_tells_those_booked(world: World) -> None:
    told, called = world.volunteer(language="sv"), world.volunteer("Eino", mail=None, phone="+358401111111")
    shift = world.shift(told, called)
    with transaction():
        done = planning.change(world.hanna, shift.id, 1, world.plan(start=time(10)))
    assert [person.id for person in done.told] == [told.id]
    assert [person.id for person in done.to_call] == [called.id]
    found = read(shift.id)
    assert found is not None
    assert found.version == 2
    assert {(b.starts_at, b.ends_at) for b in bookings(shift.id)} == {(found.starts_at, found.ends_at)}
    mail = db.session.scalars(select(Message)).one()
    assert (mail.kind, mail.address, mail.language) == ("shift_changed", told.mail, "sv")
    assert "10–12" in mail.facts["when"]
    assert "9–12" in mail.facts["was_when"]
    assert mail.facts["was_place"] == mail.facts["was_task"] == ""


def test_numbers_alone_are_changed_in_silence(world: World) -> None:
    shift = world.shift(world.volunteer())
    with transaction():
        done = planning.change(world.hanna, shift.id, 1, world.plan(min_people=0, max_people=5))
    assert done == planning.Touched()
    assert mails() == []


def test_a_note_is_told_of(world: World) -> None:
    shift = world.shift(world.volunteer())
    with transaction():
        planning.change(world.hanna, shift.id, 1, world.plan(note=Text3("Tuo avain")))
    assert [kind for kind, _ in mails()] == ["shift_changed"]


def test_a_change_that_hinders_somebody_is_refused_with_the_name(world: World) -> None:
    chat = factories.task("Juttukaveri", at=world.point)
    shift = world.shift(world.volunteer(family_name="Salo"))
    with pytest.raises(Refused) as refused, transaction():
        planning.change(world.hanna, shift.id, 1, world.plan(task_id=chat.id))
    assert refused.value.obstacles == (Hindered("Marjatta Salo", (NotAccepted(chat.id),)),)
    found = read(shift.id)
    assert found is not None
    assert (found.version, found.task_id) == (1, world.duty.id)


def test_a_change_into_her_other_shift_is_refused(world: World) -> None:
    her = world.volunteer()
    shift = world.shift(her)
    world.shift(her, start=time(12), end=time(15))
    with pytest.raises(Refused) as refused, transaction():
        planning.change(world.hanna, shift.id, 1, world.plan(end=time(13)))
    (hindered,) = refused.value.obstacles
    assert isinstance(hindered, Hindered)


def test_a_maximum_below_what_is_taken_is_refused(world: World) -> None:
    shift = world.shift(world.volunteer(), world.volunteer("Eero"))
    with pytest.raises(Refused) as refused, transaction():
        planning.change(world.hanna, shift.id, 1, world.plan(max_people=1))
    assert isinstance(refused.value.obstacles[0], BelowTaken)


def test_the_second_coordinator_gets_a_conflict_but_not_a_second_click(world: World) -> None:
    shift = world.shift()
    for _ in range(2):
        with transaction():
            planning.change(world.hanna, shift.id, 1, world.plan(end=time(13)))
    with pytest.raises(Conflict), transaction():
        planning.change(world.hanna, shift.id, 1, world.plan(end=time(14)))


def test_a_shift_does_not_leave_the_coordinators_sites(world: World) -> None:
    shift = world.shift()
    factories.save(PlaceTask(place_id=world.other_point.id, task_id=world.duty.id))
    with pytest.raises(NotFound), transaction():
        planning.change(world.hanna, shift.id, 1, world.plan(place_id=world.other_point.id))


def test_another_sites_shift_does_not_exist(world: World) -> None:
    shift = factories.shift(world.other_point.id, world.duty.id)
    her = world.volunteer()
    for act in (
        lambda: planning.publish(world.hanna, shift.id, 1),
        lambda: planning.change(world.hanna, shift.id, 1, world.plan()),
        lambda: planning.cancel(world.hanna, shift.id, 1),
        lambda: planning.book_for(world.hanna, shift.id, her.id),
        lambda: planning.remove(world.hanna, shift.id, her.id),
    ):
        with pytest.raises(NotFound), transaction():
            act()


# ---------------------------------------------------------------- cancel


def test_a_cancelled_shift_lets_go_of_everybody_and_remembers_whom(world: World) -> None:
    her, him, gone = world.volunteer(), world.volunteer("Eino", mail=None), world.volunteer("Olavi")
    shift = world.shift(gone, her)
    with transaction():
        service.release_own(Actor(gone.id), shift.id)
    with transaction():
        service.book(Actor(him.id), shift.id, him.id)
    with transaction():
        assert planning.cancel(world.hanna, shift.id, 1)
    found = read(shift.id)
    assert found is not None
    assert (found.state, found.taken) == (ShiftState.CANCELLED, 0)
    assert {booking.state for booking in bookings(shift.id)} == {BookingState.RELEASED}
    fell = planning_queries.people_on(shift.id, planning_queries.find_cancelled_at(shift.id))
    assert {someone.person.id for someone in fell} == {her.id, him.id}
    assert mails() == [("shift_cancelled", her.mail)]
    with transaction():  # a second click changes nothing
        assert planning.cancel(world.hanna, shift.id, 1)
    assert len(mails()) == 1
    with pytest.raises(Refused) as refused, transaction():
        planning.change(world.hanna, shift.id, 2, world.plan(end=time(13)))
    assert refused.value.obstacles == (Cancelled(),)


def test_a_draft_nobody_was_on_is_thrown_away(world: World) -> None:
    shift = world.shift(state=ShiftState.DRAFT)
    with transaction():
        assert not planning.cancel(world.hanna, shift.id, 1)
    assert read(shift.id) is None
    assert verbs() == ["thrown_away"]


def test_a_shift_that_was_changed_meanwhile_is_not_cancelled_unseen(world: World) -> None:
    shift = world.shift()
    with transaction():
        planning.change(world.hanna, shift.id, 1, world.plan(end=time(13)))
    with pytest.raises(Conflict), transaction():
        planning.cancel(world.hanna, shift.id, 1)


def test_a_shift_that_has_begun_is_not_cancelled(world: World) -> None:
    shift = world.shift(day=clock.today("Europe/Helsinki") - timedelta(days=1))
    with pytest.raises(Refused) as refused, transaction():
        planning.cancel(world.hanna, shift.id, 1)
    assert refused.value.obstacles == (Begun(),)


# ---------------------------------------------------------------- on her behalf


def test_a_booking_by_phone_is_marked_so_and_she_is_told(world: World) -> None:
    her = world.volunteer()
    shift = world.shift()
    for _ in range(2):
        with transaction():
            planning.book_for(world.hanna, shift.id, her.id, key="phone-1:abcdefgh")
    (booking,) = bookings(shift.id)
    assert (booking.channel, booking.booked_by_id) == (Channel.PHONE, world.hanna.person_id)
    assert mails() == [("shift_booked", her.mail)]
    (someone,) = planning_queries.people_on(shift.id)
    assert someone.is_by_phone
    assert someone.booked_by == "Hanna Laine"


def test_somebody_elses_volunteer_is_not_booked(world: World) -> None:
    elsewhere = factories.volunteer(world.other_point.site_id, world.duty.id)
    shift = world.shift()
    with pytest.raises(NotFound), transaction():
        planning.book_for(world.hanna, shift.id, elsewhere.id)


def test_the_same_rule_binds_the_coordinator(world: World) -> None:
    new = factories.volunteer(world.site.id)
    shift = world.shift()
    with pytest.raises(Refused) as refused, transaction():
        planning.book_for(world.hanna, shift.id, new.id)
    assert refused.value.obstacles == (NotAccepted(world.duty.id),)


def test_removing_is_not_bound_by_the_deadline(world: World) -> None:
    her = world.volunteer()
    tomorrow = today() + timedelta(days=1)
    shift = world.shift(her, day=tomorrow, start=time(0, 30), end=time(2))
    with transaction():
        planning.remove(world.hanna, shift.id, her.id)
    found = read(shift.id)
    assert found is not None
    assert found.taken == 0
    assert mails() == [("shift_removed", her.mail)]
