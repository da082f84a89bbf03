"""A volunteer's own shifts: the next one on top, the rest, what she has done, and the calendar file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from flask import Flask
from icalendar import Calendar

from olka.accounts.models import Person
from olka.core import clock, wording
from olka.core.permissions import Actor, Kind
from olka.core.spans import local
from olka.core.texts import Text3
from olka.db import transaction
from olka.shifts import queries, service
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState, Channel, ShiftState
from tests import factories
from tests.reader import Reader


@pytest.fixture
def world(app: Flask) -> dict[str, int]:
    with app.app_context():
        site = factories.site("Kanta-Hämeen keskussairaala", street="Ahvenistontie 20", town="Hämeenlinna")
        point = factories.place(site.id)
        duty = factories.task(at=point)
        who = factories.volunteer(site.id, duty.id)
        return {"site": site.id, "point": point.id, "duty": duty.id, "who": who.id}


@pytest.fixture
def volunteer(reader: Reader, world: dict[str, int]) -> Reader:
    return reader.sign_in_as(world["who"])


def booked(app: Flask, world: dict[str, int], days: int, who: int | None = None, note: Text3 | None = None) -> int:
    """Makes a shift and books a person on it, by default the volunteer."""
    with app.app_context():
        day = factories.today() + timedelta(days=days)
        shift = factories.shift(world["point"], world["duty"], day, note=note or Text3())
        join(shift.id, who or world["who"])
        return shift.id


def join(shift_id: int, person_id: int) -> None:
    with transaction():
        service.book(Actor(person_id), shift_id, person_id)


def done(app: Flask, world: dict[str, int], days_ago: int) -> int:
    """Makes a shift that is over, with the volunteer on it, as it would lie in the books."""
    with app.app_context():
        shift = factories.shift(world["point"], world["duty"], factories.today() - timedelta(days=days_ago), taken=1)
        factories.save(
            Booking(
                shift_id=shift.id,
                person_id=world["who"],
                state=BookingState.BOOKED,
                operation_key=f"past:{shift.id}",
                channel=Channel.SELF,
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                booked_at=clock.now() - timedelta(days=days_ago + 7),
                booked_by_id=world["who"],
            )
        )
        return shift.id


def test_the_next_shift_is_a_card_that_says_where_when_and_with_whom(
    app: Flask, world: dict[str, int], volunteer: Reader
) -> None:
    with app.app_context():
        eero = factories.volunteer(world["site"], world["duty"], called="Eero", family="Salminen").id
    shift_id = booked(app, world, 7, note=Text3("Liivi on pisteen kaapissa."))
    with app.app_context():
        join(shift_id, eero)
    card = volunteer.see("/omat").split("</section>")[0]
    for words in (
        "Seuraava vuorosi",
        "OLKA-piste, Kanta-Hämeen keskussairaala",
        "Kanssasi: Eero S.",
        "Pääaulassa, infon vieressä",
        "Ahvenistontie 20, Hämeenlinna",
        "Ole paikalla klo 9",
        "Liivi on pisteen kaapissa.",
        "Voit perua",
        f"/omat/vuoro/{shift_id}.ics",
        f"/vuorot/{shift_id}/peru",
    ):
        assert words in card, words


@pytest.mark.parametrize(
    ("shows_name", "shows_phone", "sees", "hides"),
    [
        (True, True, ["Eero S.", "050 000 0001"], []),
        (True, False, ["Eero S."], ["050 000"]),
        (False, True, ["toinen vapaaehtoinen"], ["Eero", "050 000"]),
    ],
)
def test_a_companion_shows_what_she_chose(
    app: Flask,
    world: dict[str, int],
    volunteer: Reader,
    shows_name: bool,
    shows_phone: bool,
    sees: list[str],
    hides: list[str],
) -> None:
    shift_id = booked(app, world, 7)
    with app.app_context():
        eero = factories.volunteer(
            world["site"],
            world["duty"],
            called="Eero",
            family="Salminen",
            phone="+358500000001",
            shows_name=shows_name,
            shows_phone=shows_phone,
        ).id
        join(shift_id, eero)
    page = volunteer.see("/omat")
    assert all(words in page for words in sees)
    assert not any(words in page for words in hides)


def test_the_rest_and_what_is_done_follow_in_order(app: Flask, world: dict[str, int], volunteer: Reader) -> None:
    later, next_one = booked(app, world, 14), booked(app, world, 7)
    older, newer = done(app, world, 20), done(app, world, 3)
    page = volunteer.see("/omat")
    places = [page.index(f'data-id="{shift_id}"') for shift_id in (next_one, later, newer, older)]
    assert places == sorted(places)


def test_without_shifts_the_page_leads_to_the_open_ones(volunteer: Reader) -> None:
    page = volunteer.see("/omat")
    assert "Sinulla ei ole tulevia vuoroja" in page
    assert 'href="/vuorot"' in page


def test_past_the_deadline_the_card_gives_the_number_to_call(
    app: Flask, world: dict[str, int], volunteer: Reader
) -> None:
    with app.app_context():
        now = clock.now()
        factories.save(
            Booking(
                shift_id=factories.save(
                    Shift(
                        place_id=world["point"],
                        task_id=world["duty"],
                        day=factories.today(),
                        start=time(0),
                        end=time(23, 59),
                        weekday=1,
                        starts_at=now + timedelta(hours=2),
                        ends_at=now + timedelta(hours=5),
                        min_people=1,
                        max_people=2,
                        taken=1,
                        note=Text3(),
                        state=ShiftState.PUBLISHED,
                    )
                ).id,
                person_id=world["who"],
                state=BookingState.BOOKED,
                operation_key="late",
                channel=Channel.SELF,
                starts_at=now + timedelta(hours=2),
                ends_at=now + timedelta(hours=5),
                booked_at=now - timedelta(days=3),
                booked_by_id=world["who"],
            )
        )
    page = volunteer.see("/omat")
    assert "Seuraava vuorosi, tänään" in page
    assert "tel:+358401234567" in page
    assert "Peru vuoro" not in page


def test_a_fresh_booking_close_to_its_start_tells_until_when_it_can_be_undone(
    app: Flask, world: dict[str, int], volunteer: Reader
) -> None:
    with app.app_context():
        soon = local(clock.now() + timedelta(hours=2), factories.ZONE)
        shift = factories.shift(world["point"], world["duty"], soon.date(), soon.time(), time(23, 59))
        join(shift.id, world["who"])
        until = local(clock.now() + timedelta(minutes=10), factories.ZONE)
    page = volunteer.see("/omat")
    told = page.partition("Voit perua ")[2].partition(" asti.")[0]
    assert told in {wording.moment(until - timedelta(minutes=n), factories.ZONE, "fi") for n in (0, 1)}


def test_the_calendar_file_holds_the_true_hours_and_nobody_else(
    app: Flask, world: dict[str, int], volunteer: Reader
) -> None:
    with app.app_context():
        eero = factories.volunteer(world["site"], world["duty"], called="Eero", family="Salminen").id
    shift_id = booked(app, world, 7)
    with app.app_context():
        join(shift_id, eero)
        shift = queries.get_shift(shift_id).facts.span
    answer = volunteer.get(f"/omat/vuoro/{shift_id}.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
    assert event.decoded("dtstart") == shift.starts_at
    assert event.decoded("dtend") == shift.ends_at
    assert Calendar.from_ical(answer.text).walk("VTIMEZONE")
    assert "Eero" not in answer.text


def test_anothers_shift_has_no_calendar_file(app: Flask, world: dict[str, int], volunteer: Reader) -> None:
    with app.app_context():
        eero = factories.volunteer(world["site"], world["duty"], called="Eero", family="Salminen").id
    shift_id = booked(app, world, 7, who=eero)
    volunteer.see(f"/omat/vuoro/{shift_id}.ics", status=404)


def test_other_kinds_of_account_have_no_such_page(app: Flask, world: dict[str, int], reader: Reader) -> None:
    with app.app_context():
        who: Person = factories.person("Yhdistys", "Edustaja")
        factories.role(who.id, Kind.ASSOCIATION)
    reader.sign_in_as(who).see("/omat", status=403)


def test_the_page_asks_the_database_as_often_for_one_shift_as_for_many(
    app: Flask, world: dict[str, int], volunteer: Reader, count_queries: Callable[[], int]
) -> None:
    booked(app, world, 1)
    done(app, world, 1)
    volunteer.see("/omat")
    count_queries()
    volunteer.see("/omat")
    one = count_queries()
    for number in range(25):
        booked(app, world, 2 + number)
        done(app, world, 2 + number)
    count_queries()
    assert volunteer.see("/omat").count("data-id=") == 46
    assert count_queries() == one <= 10


def test_a_second_page_of_what_is_done_is_only_that(app: Flask, world: dict[str, int], volunteer: Reader) -> None:
    booked(app, world, 5)
    for number in range(21):
        done(app, world, 1 + number)
    assert 'href="/omat' in volunteer.see("/omat?sivu=3", status=404)
    page = volunteer.see("/omat?sivu=2")
    assert page.count("data-id=") == 1
    assert "Seuraava vuorosi" not in page
