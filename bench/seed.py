"""A county's database of any size: the coming twelve weeks are the same, the rest is history."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import insert

from olka.accounts.models import Person, RoleRow
from olka.core import clock
from olka.core.permissions import Kind
from olka.core.spans import LocalSpan
from olka.core.texts import Text3
from olka.db import Base, db, transaction
from olka.eligibility.models import Acceptance
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState, Channel, ShiftState
from olka.sites.models import Organiser, Place, Site
from olka.sites.rules import PlaceKind, SiteKind
from olka.tasks.models import PlaceTask, Task
from olka.tasks.rules import Service
from olka.volunteers.models import Volunteer
from olka.volunteers.rules import Standing

PEOPLE: Final = 3000
COMING: Final = 1500
WEEKS: Final = 12
PLACES: Final = 12
TASKS: Final = 6
BLOCKS: Final = ((9, 12), (10, 13), (12, 15), (13, 15))
VOLUNTEER: Final = 1
COORDINATOR: Final = PEOPLE + 1
_BATCH: Final = 5000

Rows = list[dict[str, Any]]


def seed(shifts: int) -> None:
    """Fills an empty database with so many shifts, 1,500 of them coming, and their bookings."""
    dice = random.Random(2026)
    today = clock.today(clock.HOME_ZONE)
    with transaction() as session:
        Base.metadata.create_all(session.connection())
    with transaction():
        _house()
        _people(dice, today)
    rows = _shift_rows(dice, today, shifts)
    bookings = _booking_rows(dice, rows)
    for start in range(0, len(rows), _BATCH):
        with transaction():
            db.session.execute(insert(Shift), rows[start : start + _BATCH])
    for start in range(0, len(bookings), _BATCH):
        with transaction():
            db.session.execute(insert(Booking), bookings[start : start + _BATCH])


def _house() -> None:
    session = db.session
    session.add(Organiser(id=1, name="Setlementti", register_number="1", street="", postcode="", town=""))
    session.flush()
    for n in range(1, 5):
        session.add(
            Site(
                id=n,
                organiser_id=1,
                kind=SiteKind.HOSPITAL,
                name=Text3(f"Sairaala {n}"),
                short_name=Text3(f"Sairaala {n}"),
                street="Katu 1",
                postcode="13100",
                town="Hämeenlinna",
                map_url="",
                directions=Text3(),
                zone=clock.HOME_ZONE,
                phone="+358500000000",
                mail="olka@example.org",
            )
        )
    session.flush()
    for n in range(1, PLACES + 1):
        session.add(
            Place(
                id=n,
                site_id=1 + n % 4,
                kind=PlaceKind.POINT,
                name=Text3(f"OLKA-piste {n}"),
                directions=Text3("Pääaulassa, infon vieressä"),
                street="",
                map_url="",
            )
        )
    for n in range(1, TASKS + 1):
        session.add(Task(id=n, service=Service.OIVA, name=Text3(f"Tehtävä {n}"), description=Text3("")))
    session.flush()
    session.execute(
        insert(PlaceTask), [{"place_id": p, "task_id": t} for p in range(1, PLACES + 1) for t in range(1, TASKS + 1)]
    )


def _people(dice: random.Random, today: date) -> None:
    now = clock.now()
    people: Rows = [
        {
            "id": n,
            "given_name": f"Etunimi{n}",
            "family_name": f"Sukunimi{n}",
            "called_name": f"Etunimi{n}",
            "mail": f"henkilo{n}@example.org",
            "phone": None,
            "language": "fi",
            "search_key": f"etunimi{n} sukunimi{n}",
            "created_at": now,
        }
        for n in range(1, PEOPLE + 2)
    ]
    session = db.session
    session.execute(insert(Person), people)
    roles: Rows = []
    for n in range(1, PEOPLE + 1):
        sites = range(1, 5) if n == VOLUNTEER else (dice.randint(1, 4),)
        roles += [_role(n, Kind.VOLUNTEER, site, today) for site in sites]
    roles += [_role(COORDINATOR, Kind.COORDINATOR, site, today) for site in range(1, 5)]
    session.execute(insert(RoleRow), roles)
    session.execute(
        insert(Volunteer),
        [{"person_id": n, "standing": Standing.ACTIVE, "since": today} for n in range(1, PEOPLE + 1)],
    )
    # The measured volunteer lacks one task, so that her list has rows of every kind.
    session.execute(
        insert(Acceptance),
        [
            {"person_id": n, "task_id": t, "accepted_on": today - timedelta(days=900)}
            for n in range(1, PEOPLE + 1)
            for t in range(1, TASKS + 1)
            if not (n == VOLUNTEER and t == TASKS)
        ],
    )


def _role(person_id: int, kind: Kind, site_id: int, today: date) -> dict[str, Any]:
    return {"person_id": person_id, "kind": kind, "site_id": site_id, "starts_on": today - timedelta(days=900)}


def _shift_rows(dice: random.Random, today: date, shifts: int) -> Rows:
    coming = [today + timedelta(days=1 + n * 7 * WEEKS // COMING) for n in range(COMING)]
    history = shifts - COMING
    # As many a day as coming ones, so that more history means more years and not fuller days.
    a_day = max(COMING / (7 * WEEKS), 1)
    past = [today - timedelta(days=1 + int(n / a_day)) for n in range(history)]
    return [_shift_row(dice, number + 1, day) for number, day in enumerate(past[::-1] + coming)]


def _shift_row(dice: random.Random, number: int, day: date) -> dict[str, Any]:
    first, last = dice.choice(BLOCKS)
    span = LocalSpan(day, time(first), time(last), clock.HOME_ZONE).to_span()
    return {
        "id": number,
        "place_id": dice.randint(1, PLACES),
        "task_id": dice.randint(1, TASKS),
        "day": day,
        "start": time(first),
        "end": time(last),
        "weekday": day.isoweekday(),
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
        "min_people": 1,
        "max_people": 3,
        "taken": 0,
        "note": Text3(),
        "state": ShiftState.PUBLISHED,
    }


def _booking_rows(dice: random.Random, shifts: Rows) -> Rows:
    now = clock.now()
    busy: dict[date, set[int]] = {}
    bookings: Rows = []
    mine = 0
    for shift in shifts:
        taken_today = busy.setdefault(shift["day"], set())
        crowd = {dice.randint(2, PEOPLE) for _ in range(dice.randint(0, 2))}
        # The measured volunteer is on thirty coming shifts and on every fiftieth of the past.
        fits = shift["task_id"] != TASKS and VOLUNTEER not in taken_today
        wanted = mine < 30 if shift["starts_at"] > now else shift["id"] % 50 == 0
        if fits and wanted:
            crowd.add(VOLUNTEER)
            mine += shift["starts_at"] > now
        for person_id in sorted(crowd - taken_today):
            taken_today.add(person_id)
            shift["taken"] += 1
            bookings.append(_booking_row(shift, person_id, now))
    return bookings


def _booking_row(shift: dict[str, Any], person_id: int, now: datetime) -> dict[str, Any]:
    return {
        "shift_id": shift["id"],
        "person_id": person_id,
        "state": BookingState.BOOKED,
        "operation_key": f"seed:{shift['id']}:{person_id}",
        "channel": Channel.SELF,
        "starts_at": shift["starts_at"],
        "ends_at": shift["ends_at"],
        "booked_at": min(now, shift["starts_at"]) - timedelta(days=5),
        "booked_by_id": person_id,
    }
