"""The demo as it lies in the database, on both kinds: what the verbs hold, the bulk inserts have held too."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import pairwise
from time import process_time

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from olka.accounts.models import Person, RoleRow
from olka.accounts.people_rules import search_key_of
from olka.audit.models import AuditRow
from olka.cli import main
from olka.core.permissions import Kind
from olka.core.spans import LocalSpan, Span
from olka.db import db, transaction
from olka.eligibility.models import Acceptance
from olka.exchange.demo.load import demo_accounts, held, load
from olka.shifts import queries
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState, obstacles_of_person
from olka.sites.models import Place, Site
from olka.tasks.models import PlaceTask
from olka.volunteers.models import Volunteer
from olka.volunteers.rules import Standing
from tests import factories
from tests.conftest import SECRET, make_app

pytestmark = pytest.mark.both_databases


def fill(app: Flask) -> date:
    today = factories.today()
    with app.app_context(), transaction() as session:
        load(session, today)
    return today


@contextmanager
def database(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Gives a database of the kind for as long as the module's tests last."""
    if kind == "sqlite":
        folder = request.getfixturevalue("tmp_path_factory").mktemp("filled")
        shutil.copy(request.getfixturevalue("empty_sqlite"), folder / "olka.db")
        yield f"sqlite:///{folder / 'olka.db'}"
    else:
        server, name = request.getfixturevalue("postgres_server"), f"filled_{os.getpid()}"
        yield server.create_database(name, request.getfixturevalue("postgres_template"))
        server.drop_database(name)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """Gives an app with the demo loaded, once for all tests here that only read."""
    with database(request.param, request) as url:
        app = make_app(url)
        began = process_time()
        fill(app)
        assert process_time() - began < 10
        yield app
        with app.app_context():
            db.engine.dispose()


def test_every_invariant_of_shifts_and_bookings_holds(filled: Flask) -> None:
    with filled.app_context():
        shifts = {shift.id: shift for shift in db.session.scalars(select(Shift))}
        bookings = db.session.scalars(select(Booking)).all()
        zones = {row.id: row.zone for row in db.session.execute(select(Place.id, Site.zone).join(Site))}
        done_at = {tuple(row) for row in db.session.execute(select(PlaceTask.place_id, PlaceTask.task_id))}
    taken: dict[int, int] = defaultdict(int)
    spans: dict[int, list[Span]] = defaultdict(list)
    assert len(shifts) > 1200
    assert len(bookings) > 1000
    for booking in bookings:
        shift = shifts[booking.shift_id]
        assert (booking.starts_at, booking.ends_at) == (shift.starts_at, shift.ends_at)
        assert (booking.state is BookingState.RELEASED) == (booking.released_at is not None)
        assert (booking.released_at is None) == (booking.released_by_id is None)
        if booking.state is BookingState.BOOKED:
            taken[shift.id] += 1
            spans[booking.person_id].append(Span(booking.starts_at, booking.ends_at))
    for shift in shifts.values():
        assert shift.taken == taken[shift.id] <= shift.max_people
        assert 0 <= shift.min_people <= shift.max_people
        assert shift.weekday == shift.day.isoweekday()
        span = LocalSpan(shift.day, shift.start, shift.end, zones[shift.place_id]).to_span()
        assert (shift.starts_at, shift.ends_at) == (span.starts_at, span.ends_at)
        assert (shift.place_id, shift.task_id) in done_at
    for hers in spans.values():
        hers.sort(key=lambda span: span.starts_at)
        assert not any(one.overlaps(other) for one, other in pairwise(hers))


def test_everyone_booked_is_active_accepted_and_of_the_site(filled: Flask) -> None:
    today = factories.today()
    with filled.app_context():
        coming = db.session.execute(
            select(Booking.person_id, Shift.task_id, Place.site_id, Shift.day)
            .join(Shift, Shift.id == Booking.shift_id)
            .join(Place, Place.id == Shift.place_id)
            .where(Booking.state == BookingState.BOOKED)
        ).all()
        active = set(db.session.scalars(select(Volunteer.person_id).where(Volunteer.standing == Standing.ACTIVE)))
        accepted = {
            tuple(row)
            for row in db.session.execute(
                select(Acceptance.person_id, Acceptance.task_id).where(Acceptance.revoked_on.is_(None))
            )
        }
        belongs = {
            tuple(row)
            for row in db.session.execute(
                select(RoleRow.person_id, RoleRow.site_id).where(
                    RoleRow.kind == Kind.VOLUNTEER, RoleRow.starts_on <= today, RoleRow.ends_on.is_(None)
                )
            )
        }
    for person_id, task_id, site_id, day in coming:
        assert (person_id, site_id) in belongs
        if day >= today:
            assert person_id in active
            assert (person_id, task_id) in accepted


def test_the_houses_own_rule_finds_nothing_against_those_booked_next_week(filled: Flask) -> None:
    first = factories.today() + timedelta(days=1)
    with filled.app_context():
        pairs = db.session.execute(
            select(Booking.shift_id, Booking.person_id)
            .join(Shift, Shift.id == Booking.shift_id)
            .where(Booking.state == BookingState.BOOKED, Shift.day.between(first, first + timedelta(days=6)))
        ).all()
        assert len(pairs) > 15
        for shift_id, person_id in pairs:
            facts = queries.get_shift(shift_id).facts
            assert obstacles_of_person(facts, queries.person_facts(person_id, facts.span)) == ()


def test_people_are_found_by_the_same_key_that_the_app_would_make(filled: Flask) -> None:
    with filled.app_context():
        people = db.session.scalars(select(Person)).all()
    assert len(people) > 240
    for who in people:
        key = search_key_of(who.given_name, who.family_name, who.called_name, who.mail, who.phone)
        assert who.search_key == key
        assert who.version == 1


def test_one_of_each_kind_can_sign_in_by_a_button(filled: Flask) -> None:
    with filled.app_context():
        assert [account.kind for account in demo_accounts()] == list(Kind)


def test_what_is_added_later_gets_ids_of_its_own(any_app: Flask) -> None:
    fill(any_app)
    with any_app.app_context():
        before = held()
        site = factories.site()
        shift = factories.shift(factories.place(site.id).id, factories.task().id)
        factories.volunteer(site.id, shift.task_id, called="Uusi")
        after = held()
    assert (before.others, after.others) == (0, 1)
    assert after.of_demo == before.of_demo == before.people


def test_the_mark_is_an_audit_row_that_names_no_one(filled: Flask) -> None:
    with filled.app_context():
        (row,) = db.session.scalars(select(AuditRow).where(AuditRow.object_kind == "demo"))
        assert row.detail["day"] == factories.today().isoformat()
        assert set(row.detail) == {"day", "first_person", "last_person"}
        assert held().made_on == factories.today()


# ---------------------------------------------------------------- the command


@pytest.fixture
def olka_demo(any_app: Flask, any_url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("OLKA_DATABASE_URL", any_url)
    monkeypatch.setenv("OLKA_SECRET_KEY", SECRET)
    for name in ("OLKA_DEMO", "PORT", "FRESH"):
        monkeypatch.delenv(name, raising=False)
    return CliRunner()


def count_people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_the_command_loads_once_and_says_so(any_app: Flask, olka_demo: CliRunner) -> None:
    first = olka_demo.invoke(main, ["demo"])
    people = count_people(any_app)
    second = olka_demo.invoke(main, ["demo"])

    assert first.exit_code == second.exit_code == 0, first.output + second.output
    assert f"{people} people" in first.output
    assert "OLKA_DEMO=1" in first.output
    assert "there already" in second.output
    assert count_people(any_app) == people


def test_a_database_with_a_real_account_is_refused_with_a_sentence(any_app: Flask, olka_demo: CliRunner) -> None:
    with any_app.app_context():
        factories.admin()
    answer = olka_demo.invoke(main, ["demo"])

    assert answer.exit_code == 1
    assert "1 account that the demo didn't make" in answer.output
    assert "OLKA_DATABASE_URL" in answer.output
    assert count_people(any_app) == 1


def test_an_account_made_in_the_demo_since_is_a_real_one(any_app: Flask, olka_demo: CliRunner) -> None:
    fill(any_app)
    with any_app.app_context():
        factories.admin()
    answer = olka_demo.invoke(main, ["demo"])

    assert answer.exit_code == 1
    assert "1 account that the demo didn't make" in answer.output


def test_a_person_marked_as_demo_by_hand_is_still_a_real_one(any_app: Flask, olka_demo: CliRunner) -> None:
    with any_app.app_context():
        factories.person(demo=True)
    assert olka_demo.invoke(main, ["demo"]).exit_code == 1
