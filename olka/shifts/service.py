"""Booking and releasing: the same rule for the volunteer's and the coordinator's way, safe on both databases."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import update

from olka.accounts.models import Person
from olka.audit.service import record
from olka.core import clock
from olka.core.errors import Conflict, NotFound, Refused
from olka.core.permissions import Actor
from olka.db import db, lock_row
from olka.notifications.service import tell
from olka.shifts import messages, queries, rules
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState, Channel, ShiftState


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking; ``fresh`` is False where a retry or a double click found it made already, and maybe released since.

    ``told`` says whether a message was left for her; None where nobody had to be told.
    """

    booking_id: int
    fresh: bool
    state: BookingState = BookingState.BOOKED
    told: bool | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """A place given up; ``fresh`` is False where a second click found it done. ``told`` as of a booking."""

    fresh: bool
    told: bool | None = None


def book(
    actor: Actor,
    shift_id: int,
    person_id: int,
    *,
    key: str | None = None,
    channel: Channel = Channel.SELF,
    scope: Collection[int] | None = None,
) -> Booked:
    """Books the person on the shift, for herself or on her behalf, by the same rule.

    ``key`` names the operation: sent twice, it is the same booking, even one released since. Raises NotFound for
    an unknown shift or person, and for a shift that isn't at the sites of the ``scope`` (None: any), Refused with
    every obstacle, Conflict where the last place went this very moment.
    """
    # Always the person first, then the shift: two orders would be a deadlock, and without the person's lock
    # one volunteer could take two overlapping shifts at once on PostgreSQL.
    if not (lock_row(Person, person_id) and lock_row(Shift, shift_id)):
        raise NotFound
    shift = _shift_in(scope, shift_id)
    operation = f"{person_id}:{shift_id}:{key or secrets.token_urlsafe(16)}"
    made = queries.find_booking(shift_id, person_id) or queries.find_booking_by_key(operation)
    if made is not None:
        return Booked(made.id, fresh=False, state=made.state)
    now = clock.now()
    person = queries.person_facts(person_id, shift.facts.span)
    obstacles = rules.obstacles_to_booking(shift.facts, person, now)
    if obstacles:
        raise Refused(*obstacles)
    taken = db.session.execute(
        update(Shift)
        .where(Shift.id == shift_id, Shift.taken < Shift.max_people, Shift.state == ShiftState.PUBLISHED)
        .values(taken=Shift.taken + 1)
        .returning(Shift.id)
    ).first()
    if taken is None:
        raise Conflict
    booking = Booking(
        shift_id=shift_id,
        person_id=person_id,
        state=BookingState.BOOKED,
        operation_key=operation,
        channel=channel,
        starts_at=shift.facts.span.starts_at,
        ends_at=shift.facts.span.ends_at,
        booked_at=now,
        booked_by_id=actor.person_id or person_id,
    )
    db.session.add(booking)
    db.session.flush()
    record(actor, "booked", "shift", shift_id, person_id=person_id, channel=channel.value)
    told = None if actor.person_id == person_id else tell("shift_booked", person_id, messages.of_shift(shift))
    return Booked(booking.id, fresh=True, told=told)


def release_own(actor: Actor, shift_id: int) -> Released:
    """Releases the actor's own place: an undo, or a cancellation until the deadline; once released, it stays so.

    Raises NotFound where she was never booked, Refused past the deadline or once the shift has begun.
    """
    if actor.person_id is None:
        raise NotFound
    booking = _locked_booking(shift_id, actor.person_id)
    if booking.state is BookingState.RELEASED:
        return Released(fresh=False)
    shift = queries.get_shift(shift_id)
    if obstacles := rules.obstacles_to_release(shift.held_since(booking.booked_at), clock.now()):
        raise Refused(*obstacles)
    _release(actor, booking)
    return Released(fresh=True)


def release_for(actor: Actor, shift_id: int, person_id: int, *, scope: Collection[int] | None = None) -> Released:
    """Takes a person off a shift on the coordinator's word, deadline or not, and tells her; once off, she stays so.

    Raises NotFound where she was never booked, or the shift isn't at the sites of the ``scope`` (None: any),
    Refused once the shift has begun.
    """
    booking = _locked_booking(shift_id, person_id)
    shift = _shift_in(scope, shift_id)
    if booking.state is BookingState.RELEASED:
        return Released(fresh=False)
    if shift.facts.span.starts_at <= clock.now():
        raise Refused(rules.Begun())
    told = None if actor.person_id == person_id else tell("shift_removed", person_id, messages.of_shift(shift))
    _release(actor, booking, told)
    return Released(fresh=True, told=told)


def _shift_in(scope: Collection[int] | None, shift_id: int) -> queries.ShiftRecord:
    """Reads a shift once it is locked: it may have been moved to another site before."""
    shift = queries.get_shift(shift_id)
    if scope is not None and shift.site_id not in scope:
        raise NotFound
    return shift


def _locked_booking(shift_id: int, person_id: int) -> queries.BookingRecord:
    if not (lock_row(Person, person_id) and lock_row(Shift, shift_id)):
        raise NotFound
    booking = queries.find_last_booking(shift_id, person_id)
    if booking is None:
        raise NotFound
    return booking


def _release(actor: Actor, booking: queries.BookingRecord, told: bool | None = None) -> None:
    released = db.session.execute(
        update(Booking)
        .where(Booking.id == booking.id, Booking.state == BookingState.BOOKED)
        .values(state=BookingState.RELEASED, released_at=clock.now(), released_by_id=actor.person_id, told=told)
        .returning(Booking.id)
    ).first()
    if released is None:
        raise Conflict
    db.session.execute(update(Shift).where(Shift.id == booking.shift_id).values(taken=Shift.taken - 1))
    record(actor, "released", "shift", booking.shift_id, person_id=booking.person_id)
