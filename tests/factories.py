"""Plain builders of rows: each gives a saved row with believable defaults; call them in an app context."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any, TypeVar

from olka.accounts.models import Person, RoleRow
from olka.accounts.people_rules import search_key_of
from olka.core import clock
from olka.core.permissions import Actor, Kind, Role
from olka.core.spans import LocalSpan, local
from olka.core.texts import Text3
from olka.db import Base, transaction
from olka.eligibility.models import Acceptance
from olka.shifts.models import Shift
from olka.shifts.rules import ShiftState
from olka.sites.models import Organiser, Place, Site
from olka.sites.rules import PlaceKind, SiteKind
from olka.tasks.models import PlaceTask, Task
from olka.tasks.rules import Service
from olka.volunteers.models import Volunteer
from olka.volunteers.rules import Standing

R = TypeVar("R", bound=Base)

ZONE = "Europe/Helsinki"


def today() -> date:
    """Tells today's date at the sites."""
    return clock.today(ZONE)


def save(row: R) -> R:
    """Saves a row and gives it back, detached, with every column loaded."""
    with transaction() as session:
        session.add(row)
        session.flush()
        session.refresh(row)
        session.expunge(row)
    return row


def organiser(**changes: Any) -> Organiser:
    """Makes an organiser."""
    defaults = {
        "name": "Esimerkin Setlementti ry",
        "register_number": "123.456",
        "street": "Katu 1",
        "postcode": "13100",
        "town": "Hämeenlinna",
        "retired_on": None,
    }
    return save(Organiser(**{**defaults, **changes}))


def site(name: str = "Forssan sairaala", **changes: Any) -> Site:
    """Makes a hospital, with an organiser of its own unless one is given."""
    if "organiser_id" not in changes:
        changes["organiser_id"] = organiser().id
    defaults = {
        "kind": SiteKind.HOSPITAL,
        "name": Text3(name, name, name),
        "short_name": Text3(name.split()[0]),
        "street": "Sairaalantie 1",
        "postcode": "30100",
        "town": "Forssa",
        "map_url": "",
        "zone": ZONE,
        "directions": Text3("Pääovesta sisään"),
        "phone": "+358401234567",
        "mail": "olka@example.org",
    }
    return save(Site(**{**defaults, **changes}))


def place(site_id: int, name: str = "OLKA-piste", **changes: Any) -> Place:
    """Makes a point at a site."""
    defaults = {
        "kind": PlaceKind.POINT,
        "name": Text3(name),
        "directions": Text3("Pääaulassa, infon vieressä"),
        "street": "",
        "map_url": "",
    }
    return save(Place(site_id=site_id, **{**defaults, **changes}))


def task(name: str = "Pisteen päivystäjä", at: Place | None = None, **changes: Any) -> Task:
    """Makes a task, done at a place where one is given."""
    defaults = {"service": Service.OIVA, "name": Text3(name), "description": Text3("Neuvoo ja kuuntelee")}
    row = save(Task(**{**defaults, **changes}))
    if at is not None:
        save(PlaceTask(place_id=at.id, task_id=row.id))
    return row


def person(called: str = "Marjatta", family: str = "Lehtonen", **changes: Any) -> Person:
    """Makes a person with a mail address of her own under example.org."""
    defaults: dict[str, Any] = {
        "given_name": called,
        "family_name": family,
        "called_name": called,
        "phone": None,
        "language": "fi",
        "mail": f"{called}.{family}@example.org".lower(),
        "created_at": clock.now(),
    }
    made = {**defaults, **changes}
    made.setdefault(
        "search_key",
        search_key_of(made["given_name"], made["family_name"], made["called_name"], made["mail"], made["phone"]),
    )
    return save(Person(**made))


def role(person_id: int, kind: Kind, site_id: int | None = None, **changes: Any) -> RoleRow:
    """Gives a person a role, in force since a month ago."""
    defaults = {"starts_on": today() - timedelta(days=30)}
    return save(RoleRow(person_id=person_id, kind=kind, site_id=site_id, **{**defaults, **changes}))


def volunteer(
    site_id: int,
    *task_ids: int,
    called: str = "Marjatta",
    standing: Standing = Standing.ACTIVE,
    **changes: Any,
) -> Person:
    """Makes an active volunteer of a site, accepted for the tasks."""
    who = person(called, **changes)
    role(who.id, Kind.VOLUNTEER, site_id)
    save(Volunteer(person_id=who.id, standing=standing, since=today()))
    for task_id in task_ids:
        accept(who.id, task_id)
    return who


def accept(person_id: int, task_id: int, **changes: Any) -> Acceptance:
    """Accepts a person for a task."""
    return save(
        Acceptance(
            person_id=person_id,
            task_id=task_id,
            **{"accepted_on": today(), "accepted_by_id": None, **changes},
        )
    )


def coordinator(site_id: int | None, called: str = "Hanna", **changes: Any) -> Person:
    """Makes a coordinator of a site."""
    who = person(called, "Laine", **changes)
    role(who.id, Kind.COORDINATOR, site_id)
    return who


def admin(called: str = "Aada") -> Person:
    """Makes an admin."""
    who = person(called, "Virta")
    role(who.id, Kind.ADMIN)
    return who


def shift(
    place_id: int,
    task_id: int,
    day: date | None = None,
    start: time = time(9),
    end: time = time(12),
    **changes: Any,
) -> Shift:
    """Makes a published shift, a week from now unless a day is given."""
    day = day or today() + timedelta(days=7)
    span = LocalSpan(day, start, end, ZONE).to_span()
    defaults = {"min_people": 1, "max_people": 2, "note": Text3(), "state": ShiftState.PUBLISHED}
    return save(
        Shift(
            place_id=place_id,
            task_id=task_id,
            day=day,
            start=start,
            end=end,
            weekday=day.isoweekday(),
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            **{**defaults, **changes},
        )
    )


def shift_under_way(place_id: int, task_id: int, **changes: Any) -> Shift:
    """Makes a published shift that began an hour ago and ends in an hour."""
    began, ends = (local(clock.now() + timedelta(hours=n), ZONE).replace(second=0, microsecond=0) for n in (-1, 1))
    return shift(place_id, task_id, began.date(), began.time(), ends.time(), **changes)


def actor_of(who: Person, *roles: Role) -> Actor:
    """Gives the actor that a person is with the roles named."""
    return Actor(who.id, tuple(roles))
