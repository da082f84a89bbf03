"""Loading the demo data into an empty database, by bulk inserts that hold what the verbs hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from random import Random
from typing import Any, Final

from sqlalchemy import func, insert, inspect, select
from sqlalchemy.orm import Session

from olka.accounts.models import Person, RoleRow
from olka.accounts.people_rules import search_key_of
from olka.audit.models import AuditRow
from olka.audit.service import record
from olka.core.permissions import NOBODY, Kind
from olka.core.spans import HOME_ZONE, instant_of
from olka.db import Base, db
from olka.eligibility.models import Acceptance
from olka.exchange.demo.closures import closures
from olka.exchange.demo.names import mail_of
from olka.exchange.demo.people import people
from olka.exchange.demo.shifts import ShiftPlan, shifts
from olka.exchange.demo.sites import ORGANISERS, map_url, phone, sites
from olka.exchange.demo.staff import PersonPlan, RolePlan
from olka.exchange.demo.tasks import TASKS
from olka.shifts.models import Booking, Shift
from olka.sites.models import Closure, OpeningHours, Organiser, Place, Site
from olka.tasks.models import PlaceTask, Task
from olka.volunteers.models import Volunteer

_SEED: Final = "OLKA"
_LOADED: Final = ("loaded", "demo")


@dataclass(frozen=True, slots=True)
class Held:
    """What the database holds: how many people, how many of them the demo's own, and the day it was made for."""

    people: int
    of_demo: int
    made_on: date | None

    @property
    def is_empty(self) -> bool:
        """Tells whether nobody is there."""
        return self.people == 0

    @property
    def others(self) -> int:
        """How many accounts are there that the demo didn't make."""
        return self.people - self.of_demo


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody whom the demo's sign-in page offers."""

    kind: Kind
    name: str


def held() -> Held:
    """Tells what the database holds.

    The mark is the audit row of the loading: it names the last person loaded, and ids only ever grow, so an
    account made since, in the demo too, is never taken for one of the demo's. The audit log can't be changed.
    """
    mark = db.session.scalar(
        select(AuditRow.detail)
        .where(AuditRow.verb == _LOADED[0], AuditRow.object_kind == _LOADED[1])
        .order_by(AuditRow.id.desc())
        .limit(1)
    )
    count = select(func.count()).select_from(Person)
    everyone = db.session.scalar(count) or 0
    if mark is None:
        return Held(everyone, 0, None)
    of_demo = db.session.scalar(count.where(Person.id.between(mark["first_person"], mark["last_person"]))) or 0
    return Held(everyone, of_demo, date.fromisoformat(mark["day"]))


def demo_accounts() -> list[DemoAccount]:
    """Lists who can sign in by a button, in the order of the account kinds."""
    rows = db.session.execute(
        select(RoleRow.kind, Person.called_name, Person.family_name)
        .join(Person, Person.id == RoleRow.person_id)
        .where(Person.demo, Person.disabled_at.is_(None))
        .distinct()
    )
    found = [DemoAccount(kind, f"{called} {family}") for kind, called, family in rows]
    return sorted(found, key=lambda account: list(Kind).index(account.kind))


def load(session: Session, today: date) -> None:
    """Loads the demo data made for the day, the same every time; the caller has seen that nobody is there."""
    random = Random(f"{_SEED} {today.isoformat()}")
    everyone = people(today, random)
    rota = shifts(today, everyone, random)
    loader = _Loader(session, today)
    loader.house()
    loader.everyone(everyone)
    loader.rota(rota)
    ids = loader.people.values()
    verb, kind = _LOADED
    record(NOBODY, verb, kind, None, day=today.isoformat(), first_person=min(ids), last_person=max(ids))
    session.flush()


class _Loader:
    """Writes plans in bulk and remembers which row each key became."""

    def __init__(self, session: Session, today: date) -> None:
        self.session = session
        self.today = today
        self.sites: dict[str, int] = {}
        self.places: dict[str, int] = {}
        self.tasks: dict[str, int] = {}
        self.people: dict[str, int] = {}

    def _add(self, model: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
        """Inserts the rows and gives their ids in the same order; the database gives them out."""
        (key,) = inspect(model).primary_key
        added = insert(model).returning(key, sort_by_parameter_order=True)
        return list(self.session.scalars(added, list(rows)))

    def _add_all(self, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            self.session.execute(insert(model), list(rows))

    def house(self) -> None:
        """Writes organisers, tasks, sites with their places, hours and closures."""
        organisers = self._add(
            Organiser,
            [
                {
                    "name": o.name,
                    "register_number": o.register_number,
                    "street": o.street,
                    "postcode": o.postcode,
                    "town": o.town,
                }
                for o in ORGANISERS
            ],
        )
        task_ids = self._add(
            Task,
            [
                {
                    "service": t.service,
                    "name": t.name,
                    "description": t.description,
                    "with_children": t.with_children,
                }
                for t in TASKS
            ],
        )
        self.tasks = dict(zip((task.key for task in TASKS), task_ids, strict=True))
        for number, site in enumerate(sites(self.today)):
            # One by one: a successor names a site that is written already.
            (self.sites[site.key],) = self._add(
                Site,
                [
                    {
                        "organiser_id": organisers[site.organiser],
                        "kind": site.kind,
                        "name": site.name,
                        "short_name": site.short_name,
                        "street": site.street,
                        "postcode": site.postcode,
                        "town": site.town,
                        "map_url": map_url(site.street, site.town),
                        "directions": site.directions,
                        "phone": phone(number),
                        "mail": mail_of("olka", site.short_name.fi.replace(",", "")),
                        "opens_on": site.opens_on,
                        "succeeds_id": self.sites[site.succeeds] if site.succeeds else None,
                        "succeeds_from": site.opens_on if site.succeeds else None,
                    }
                ],
            )
        self._places()
        self._add_all(
            Closure,
            [
                {
                    "site_id": self.sites[c.site],
                    "place_id": self.places[c.place] if c.place else None,
                    "first_day": c.first_day,
                    "last_day": c.last_day,
                    "reason": c.reason,
                }
                for c in closures(self.today)
            ],
        )

    def _places(self) -> None:
        plans = [(site.key, place) for site in sites(self.today) for place in site.places]
        place_ids = self._add(
            Place,
            [
                {
                    "site_id": self.sites[site],
                    "kind": place.kind,
                    "name": place.name,
                    "directions": place.directions,
                    "street": "",
                    "map_url": "",
                }
                for site, place in plans
            ],
        )
        self.places = dict(zip((place.key for _, place in plans), place_ids, strict=True))
        self._add_all(
            OpeningHours,
            [
                {
                    "place_id": self.places[place.key],
                    "weekday": int(weekday),
                    "opens": opens,
                    "closes": closes,
                }
                for _, place in plans
                for weekdays, opens, closes in place.hours
                for weekday in weekdays
            ],
        )
        self._add_all(
            PlaceTask,
            [
                {"place_id": self.places[place.key], "task_id": self.tasks[task]}
                for _, place in plans
                for task in place.tasks
            ],
        )

    def everyone(self, plans: Sequence[PersonPlan]) -> None:
        """Writes people with their roles, standing and acceptances."""
        person_ids = self._add(Person, [_person(plan) for plan in plans])
        self.people = dict(zip((plan.key for plan in plans), person_ids, strict=True))
        own = [(plan.key, role) for plan in plans for role in plan.roles if role.deputy_of is None]
        role_ids = self._add(RoleRow, [self._role(person, role) for person, role in own])
        known = {(person, role.kind, role.site): made for (person, role), made in zip(own, role_ids, strict=True)}
        self._add_all(
            RoleRow,
            [
                self._role(plan.key, role, known[role.deputy_of, role.kind, role.site])
                for plan in plans
                for role in plan.roles
                if role.deputy_of is not None
            ],
        )
        self._add_all(
            Volunteer,
            [
                {"person_id": self.people[plan.key], "standing": plan.standing, "since": plan.since}
                for plan in plans
                if plan.standing is not None
            ],
        )
        self._add_all(
            Acceptance,
            [
                {
                    "person_id": self.people[plan.key],
                    "task_id": self.tasks[acceptance.task],
                    "accepted_on": acceptance.accepted_on,
                    "accepted_by_id": self.people[acceptance.by],
                    "revoked_on": acceptance.revoked_on,
                    "revoked_by_id": self.people[acceptance.by] if acceptance.revoked_on else None,
                }
                for plan in plans
                for acceptance in plan.acceptances
            ],
        )

    def _role(self, person: str, role: RolePlan, deputy_of: int | None = None) -> dict[str, Any]:
        return {
            "person_id": self.people[person],
            "kind": role.kind,
            "site_id": self.sites[role.site] if role.site else None,
            "place_id": self.places[role.place] if role.place else None,
            "starts_on": role.starts_on,
            "ends_on": role.ends_on,
            "deputy_of_id": deputy_of,
        }

    def rota(self, plans: Sequence[ShiftPlan]) -> None:
        """Writes shifts with their bookings."""
        shift_ids = self._add(Shift, [self._shift(plan) for plan in plans])
        bookings = [
            {
                "shift_id": shift_id,
                "person_id": self.people[booking.person],
                "state": booking.state,
                "channel": booking.channel,
                "starts_at": plan.span.starts_at,
                "ends_at": plan.span.ends_at,
                "booked_at": booking.booked_at,
                "booked_by_id": self.people[booking.by],
                "released_at": booking.released_at,
                "released_by_id": self.people[booking.released_by] if booking.released_by else None,
            }
            for shift_id, plan in zip(shift_ids, plans, strict=True)
            for booking in plan.bookings
        ]
        self._add_all(Booking, [{**row, "operation_key": f"demo:{n}"} for n, row in enumerate(bookings)])

    def _shift(self, plan: ShiftPlan) -> dict[str, Any]:
        return {
            "place_id": self.places[plan.slot.place],
            "task_id": self.tasks[plan.slot.task],
            "day": plan.when.day,
            "start": plan.when.start,
            "end": plan.when.end,
            "weekday": plan.when.day.isoweekday(),
            "starts_at": plan.span.starts_at,
            "ends_at": plan.span.ends_at,
            "min_people": plan.slot.least,
            "max_people": plan.slot.most,
            "taken": plan.taken,
            "note": plan.note,
            "state": plan.state,
            "cancelled_at": plan.cancelled_at,
        }


def _person(plan: PersonPlan) -> dict[str, Any]:
    name = plan.name
    return {
        "given_name": name.given,
        "family_name": name.family,
        "called_name": name.called,
        "mail": plan.mail,
        "phone": plan.phone,
        "language": name.language,
        "search_key": search_key_of(name.given, name.family, name.called, plan.mail, plan.phone),
        "shows_name": plan.shows_name,
        "shows_phone": plan.shows_phone,
        "shows_phone_publicly": plan.shows_phone_publicly,
        "demo": plan.demo,
        "created_at": instant_of(plan.joined_on, time(10), HOME_ZONE),
    }
