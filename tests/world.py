"""A small world for tests that go over the whole house: two sites, one object of each sort at each, one account a kind.

Every account belongs to the first site; the second is another's. Ids in addresses are found by the converter's
name: `shift_id` in a route is the world's shift of the site asked for.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any, Final

from flask import Flask

from olka.accounts.models import Attempt, Person, SecondFactor, SessionRow, SignIn, SpareCode
from olka.accounts.rules import SignInKind
from olka.audit.models import AuditRow
from olka.core import clock
from olka.core.permissions import Kind
from olka.core.texts import Text3
from olka.outbox.models import JobRow, Message
from olka.outbox.rules import MessageState
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState, Channel, ShiftState
from olka.sites.models import Closure, OpeningHours
from olka.sites.rules import PlaceKind
from tests import factories
from tests.reader import Reader

KINDS: Final = ("visitor", "volunteer", "coordinator", "employee", "association", "ward", "admin")
# Arguments of addresses that are no ids: a believable value of each.
WORDS: Final[dict[str, str]] = {"release": "nonsense", "name": "olka.css", "token": "x" * 32, "word": "left"}


@dataclass(frozen=True)
class Corner:
    """One site with one object of each sort, by the names that addresses use."""

    ids: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.ids[name]


@dataclass(frozen=True)
class World:
    """The two sites, and who can sign in: kind of account → person's id."""

    here: Corner
    there: Corner
    accounts: dict[str, int]

    def reader(self, app: Flask, kind: str) -> Reader:
        """Gives a client signed in as the kind of account; a visitor isn't."""
        client = app.test_client()
        assert isinstance(client, Reader)
        return client if kind == "visitor" else client.sign_in_as(self.accounts[kind])


def build() -> World:
    """Fills an empty database, through the app that is in context."""
    organiser = factories.organiser()
    here = _corner("Forssan sairaala", "Forssa", organiser.id, "Marjatta")
    there = _corner("Riihimäen sairaala", "Riihimäki", organiser.id, "Birgitta")
    site, place = here["site_id"], here["place_id"]
    accounts = {
        "volunteer": here["person_id"],
        "coordinator": here["coordinator_id"],
        "employee": _account("Eero", Kind.EMPLOYEE, site),
        "association": _account("Yrjö", Kind.ASSOCIATION, site),
        "ward": _account("Outi", Kind.WARD, site, place_id=place),
        "admin": factories.admin().id,
    }
    deputy = factories.person("Sari", "Sijainen")
    role = factories.role(deputy.id, Kind.COORDINATOR, site, deputy_of_id=here["role_id"])
    here.ids["deputy_role_id"] = role.id
    _traces(accounts)
    return World(here, there, accounts)


def _account(called: str, kind: Kind, site_id: int, **changes: Any) -> int:
    who = factories.person(called, "Mäkinen")
    factories.role(who.id, kind, site_id, **changes)
    return who.id


def _corner(name: str, town: str, organiser_id: int, called: str) -> Corner:
    site = factories.site(name, organiser_id=organiser_id, town=town)
    place = factories.place(site.id)
    ward = factories.place(site.id, "Lastenosasto", kind=PlaceKind.WARD)
    task = factories.task("Aula-avustaja" if called == "Marjatta" else "Juttukaveri", place)
    who = factories.volunteer(site.id, task.id, called=called, phone="+358401112233")
    boss = factories.person(f"{called}n", "Laine", phone="+358402223344")
    role = factories.role(boss.id, Kind.COORDINATOR, site.id)
    mate = factories.volunteer(site.id, task.id, called=f"{called}-Liisa", mail=None, phone="+358403334455")
    hours = factories.save(OpeningHours(place_id=place.id, weekday=1, opens=time(9), closes=time(15)))
    closure = factories.save(
        Closure(
            site_id=site.id,
            place_id=place.id,
            first_day=factories.today() + timedelta(days=40),
            last_day=factories.today() + timedelta(days=41),
            reason=Text3("Remontti", "Reparation", "Renovation"),
        )
    )
    shift = factories.shift(place.id, task.id, taken=2, max_people=3, min_people=2)
    booking = book(shift, who)
    book(shift, mate, Channel.PHONE)
    _more_shifts(place.id, task.id, who)
    free = factories.shift(place.id, task.id, factories.today() + timedelta(days=8))
    draft = factories.shift(place.id, task.id, factories.today() + timedelta(days=9), state=ShiftState.DRAFT)
    return Corner(
        {
            "organiser_id": organiser_id,
            "site_id": site.id,
            "place_id": place.id,
            "ward_id": ward.id,
            "task_id": task.id,
            "person_id": who.id,
            "mate_id": mate.id,
            "coordinator_id": boss.id,
            "role_id": role.id,
            "hours_id": hours.id,
            "closure_id": closure.id,
            "shift_id": shift.id,
            "free_shift_id": free.id,
            "draft_id": draft.id,
            "booking_id": booking.id,
        }
    )


def _more_shifts(place_id: int, task_id: int, who: Person) -> None:
    """Adds a few of each sort, past ones too, so that lists and the week have something to show."""
    today = factories.today()
    factories.shift(place_id, task_id, today + timedelta(days=1), max_people=1, min_people=1)
    factories.shift(place_id, task_id, today + timedelta(days=2), time(13), time(16), min_people=2, max_people=4)
    factories.shift(place_id, task_id, today + timedelta(days=3), state=ShiftState.CANCELLED, cancelled_at=clock.now())
    done = factories.shift(place_id, task_id, today - timedelta(days=7), taken=1)
    book(done, who)


def book(shift: Shift, who: Person, channel: Channel = Channel.SELF) -> Booking:
    """Makes the row of a booking; the shift's `taken` is the caller's."""
    return factories.save(
        Booking(
            shift_id=shift.id,
            person_id=who.id,
            state=BookingState.BOOKED,
            operation_key=f"world:{secrets.token_hex(8)}",
            channel=channel,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            booked_at=clock.now() - timedelta(days=20),
            booked_by_id=who.id,
        )
    )


def _traces(accounts: dict[str, int]) -> None:
    """Leaves a row in each table of the machinery, as use of the app would."""
    now = clock.now()
    factories.save(
        AuditRow(at=now, actor_id=accounts["admin"], verb="site.changed", object_kind="site", object_id=1, detail={})
    )
    factories.save(
        SessionRow(
            token_hash="s" * 64,
            person_id=accounts["volunteer"],
            kept=True,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(days=90),
        )
    )
    factories.save(SecondFactor(person_id=accounts["coordinator"], nonce="n" * 32, last_step=1, taken_at=now))
    factories.save(SpareCode(person_id=accounts["coordinator"], code_hash="c" * 64))
    factories.save(Attempt(who="a" * 64, at=now - timedelta(days=1)))
    factories.save(JobRow(name="nothing", due_at=now + timedelta(days=1), started_at=None, finished_at=None))
    factories.save(
        Message(
            message_id=secrets.token_hex(16),
            kind="trial",
            address="marjatta@example.org",
            language="fi",
            facts={},
            state=MessageState.SENT,
            created_at=now,
            due_at=now,
            done_at=now,
        )
    )
    factories.save(
        SignIn(
            kind=SignInKind.MAILED,
            mail="marjatta@example.org",
            nonce="n",
            token_hash="t" * 64,
            code_hash="c" * 64,
            created_at=now - timedelta(days=1),
            expires_at=now - timedelta(days=1),
        )
    )
