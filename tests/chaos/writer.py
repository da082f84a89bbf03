"""One life of a process that books and releases, and notes each act in a journal that outlives it."""

from __future__ import annotations

import os
import random
import secrets
import time
from pathlib import Path
from typing import Literal

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from olka.accounts.models import RoleRow
from olka.core.errors import OlkaError
from olka.core.permissions import Actor, Kind
from olka.db import db, transaction
from olka.shifts import service
from olka.shifts.models import Booking, Shift

Bug = Literal["", "answers_early", "stores_what_it_rejects"]


class Journal:
    """Lines that are there once written, whatever becomes of the process; the machine isn't switched off."""

    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(self, *words: object) -> None:
        """Notes a line."""
        os.write(self.file, (" ".join(map(str, words)) + "\n").encode())


def live(url: str, journal_path: Path, seed: int, bug: Bug) -> None:
    """Books and releases at random until killed."""
    from tests.conftest import make_app

    chance = random.Random(seed)
    journal = Journal(journal_path)
    app = make_app(url, OLKA_LOG_LEVEL="ERROR")
    with app.app_context():
        coordinator, people, shifts = _world()
        while True:
            try:
                _book(journal, coordinator, chance.choice(shifts), chance.choice(people), bug)
                if chance.random() < 0.5:
                    _release(journal, coordinator)
            except DBAPIError:
                db.session.remove()
                time.sleep(0.1)  # the server is away; what was under way is unanswered


def _world() -> tuple[Actor, list[int], list[int]]:
    while True:
        try:
            rows = db.session.execute(select(RoleRow.kind, RoleRow.person_id)).all()
            shifts = list(db.session.scalars(select(Shift.id)))
            db.session.close()
        except DBAPIError:
            db.session.remove()
            time.sleep(0.1)
        else:
            (coordinator,) = [person for kind, person in rows if kind is Kind.COORDINATOR]
            return Actor(coordinator), [person for kind, person in rows if kind is Kind.VOLUNTEER], shifts


def _book(journal: Journal, actor: Actor, shift_id: int, person_id: int, bug: Bug) -> None:
    key = secrets.token_hex(8)
    operation = f"{person_id}:{shift_id}:{key}"
    journal.note("book", operation)
    try:
        with transaction():
            booked = service.book(actor, shift_id, person_id, key=key)
            if bug == "answers_early" and booked.fresh:
                journal.note("booked", operation)
                time.sleep(0.03)
    except OlkaError:
        journal.note("rejected", operation)
    else:
        stored = booked.fresh and bug != "stores_what_it_rejects"
        journal.note("booked" if stored else "rejected", operation)


def _release(journal: Journal, actor: Actor) -> None:
    row = db.session.execute(
        select(Booking.operation_key, Booking.shift_id, Booking.person_id)
        .where(Booking.state == "booked")
        .order_by(Booking.id.desc())
        .limit(1)
    ).first()
    db.session.close()
    if row is None:
        return
    try:
        with transaction():
            # Another may have released it meanwhile, and booked anew: the journal speaks of one booking.
            found = db.session.execute(
                select(Booking.operation_key).where(
                    Booking.shift_id == row.shift_id, Booking.person_id == row.person_id, Booking.state == "booked"
                )
            ).scalar()
            if found is None:
                return
            journal.note("release", found)
            service.release_for(actor, row.shift_id, row.person_id)
            released = db.session.scalars(
                select(Booking.operation_key)
                .where(Booking.shift_id == row.shift_id, Booking.person_id == row.person_id)
                .where(Booking.state == "released")
                .order_by(Booking.released_at.desc())
                .limit(1)
            ).one()
            journal.note("release", released)
    except OlkaError:
        return
    journal.note("released", released)
