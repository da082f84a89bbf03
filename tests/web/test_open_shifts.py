"""The list of open shifts, and taking, undoing and cancelling one in the browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update

from olka.accounts.models import RoleRow
from olka.core.permissions import Kind
from olka.core.texts import Text3
from olka.db import db, transaction
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState, ShiftState
from olka.volunteers.rules import Standing
from tests import factories
from tests.reader import Reader


@dataclass(frozen=True)
class World:
    """A site with a point and a duty, another site, and a volunteer of the first."""

    site: int
    point: int
    duty: int
    play: int
    other_point: int
    volunteer: int


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        site = factories.site("Keskussairaala")
        point = factories.place(site.id)
        duty = factories.task(at=point)
        play = factories.task("Leikkikaveri", at=point)
        elsewhere = factories.site("Riihimäen sairaala", organiser_id=site.organiser_id)
        other_point = factories.place(elsewhere.id, "Riihimäen piste")
        who = factories.volunteer(site.id, duty.id)
        return World(site.id, point.id, duty.id, play.id, other_point.id, who.id)


@pytest.fixture
def volunteer(reader: Reader, world: World) -> Reader:
    return reader.sign_in_as(world.volunteer)


def shift(app: Flask, world: World, days: int = 7, hour: int = 9, **changes: object) -> int:
    with app.app_context():
        return factories.shift(
            changes.pop("place_id", world.point),  # type: ignore[arg-type]  # a place's id
            changes.pop("task_id", world.duty),  # type: ignore[arg-type]  # a task's id
            factories.today() + timedelta(days=days),
            time(hour),
            time(hour + 3),
            **changes,
        ).id


def bookings(app: Flask, shift_id: int) -> list[BookingState]:
    with app.app_context():
        return list(db.session.scalars(select(Booking.state).where(Booking.shift_id == shift_id).order_by(Booking.id)))


def taken(app: Flask, shift_id: int) -> int | None:
    with app.app_context():
        return db.session.scalar(select(Shift.taken).where(Shift.id == shift_id))


def test_she_sees_the_coming_published_shifts_of_her_sites(app: Flask, world: World, volunteer: Reader) -> None:
    mine = shift(app, world)
    draft = shift(app, world, state=ShiftState.DRAFT)
    past = shift(app, world, days=-1)
    foreign = shift(app, world, place_id=world.other_point)
    page = volunteer.see("/vuorot")
    assert "<b>1</b>" in page
    assert f'data-id="{mine}"' in page
    assert all(f'data-id="{other}"' not in page for other in (draft, past, foreign))


def test_one_press_takes_the_shift_and_the_note_offers_the_way_back(
    app: Flask, world: World, volunteer: Reader
) -> None:
    wanted = shift(app, world)
    page = volunteer.send_and_follow(f"/vuorot/{wanted}/varaa")
    assert "Vuoro on sinun:" in page
    assert f'action="/vuorot/{wanted}/peru"' in page
    assert "Sinun vuorosi" in page
    assert bookings(app, wanted) == [BookingState.BOOKED]

    page = volunteer.send_and_follow(f"/vuorot/{wanted}/peru")
    assert "Et ole enää vuorossa" in page
    assert bookings(app, wanted) == [BookingState.RELEASED]
    assert taken(app, wanted) == 0


def test_a_double_click_is_one_booking(app: Flask, world: World, volunteer: Reader) -> None:
    wanted = shift(app, world)
    for _click in range(2):
        volunteer.send(f"/vuorot/{wanted}/varaa", {"avain": "abcdefgh1234"})
    assert bookings(app, wanted) == [BookingState.BOOKED]


def test_a_late_retry_of_an_undone_press_does_not_book_again(app: Flask, world: World, volunteer: Reader) -> None:
    wanted = shift(app, world)
    volunteer.send(f"/vuorot/{wanted}/varaa", {"avain": "abcdefgh1234"})
    volunteer.send(f"/vuorot/{wanted}/peru")
    volunteer.see("/vuorot")  # takes the notes of the two acts
    page = volunteer.send_and_follow(f"/vuorot/{wanted}/varaa", {"avain": "abcdefgh1234"})
    assert "Tämä varaus on jo peruttu" in page
    assert "Vuoro on sinun" not in page
    assert "Ota vuoro takaisin" in page
    assert bookings(app, wanted) == [BookingState.RELEASED]
    volunteer.send(f"/vuorot/{wanted}/varaa", {"avain": "another-page"})
    page = volunteer.send_and_follow(f"/vuorot/{wanted}/varaa", {"avain": "abcdefgh1234"})
    assert "Vuoro on sinun" in page
    assert bookings(app, wanted) == [BookingState.RELEASED, BookingState.BOOKED]


def test_a_second_click_on_cancelling_finds_it_done(app: Flask, world: World, volunteer: Reader) -> None:
    own = shift(app, world)
    volunteer.send(f"/vuorot/{own}/varaa")
    volunteer.see("/vuorot")
    for _click in range(2):
        assert "Et ole enää vuorossa" in volunteer.send_and_follow(f"/vuorot/{own}/peru")
    assert taken(app, own) == 0


def test_the_filter_stays_after_taking_a_shift(app: Flask, world: World, volunteer: Reader) -> None:
    wanted = shift(app, world)
    answer = volunteer.send(f"/vuorot/{wanted}/varaa?paikka={world.point}&aika=aamupaiva")
    assert answer.location == f"/vuorot?paikka={world.point}&aika=aamupaiva"


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ("", {"morning", "afternoon", "play"}),
        ("aika=aamupaiva", {"morning", "play"}),
        ("aika=iltapaiva", {"afternoon"}),
        ("tehtava={play}", {"play"}),
        ("paikka={point}", {"morning", "afternoon", "play"}),
        ("viikonpaiva={weekday}", {"morning"}),
        ("paiva={day}", {"morning"}),
    ],
)
def test_the_filters_leave_what_fits(app: Flask, world: World, volunteer: Reader, words: str, there: set[str]) -> None:
    ids = {
        "morning": shift(app, world, days=7),
        "afternoon": shift(app, world, days=8, hour=13),
        "play": shift(app, world, days=9, task_id=world.play),
    }
    day = factories.today() + timedelta(days=7)
    query = words.format(play=world.play, point=world.point, weekday=day.isoweekday(), day=day)
    page = volunteer.see(f"/vuorot?{query}")
    assert {name for name, shift_id in ids.items() if f'data-id="{shift_id}"' in page} == there


def test_an_empty_filter_offers_the_way_back(app: Flask, world: World, volunteer: Reader) -> None:
    shift(app, world)
    page = volunteer.see("/vuorot?aika=ilta")
    assert "Ei vapaita vuoroja tällä rajauksella" in page
    assert "Näytä kaikki vuorot" in page


@pytest.mark.parametrize(
    "query", ["aika=yo", "viikonpaiva=8", "paiva=2026-02-30", "sivu=0", "paikka=-1", "paikka=１", "sivu=99999999999"]
)
def test_a_word_that_cannot_be_read_is_a_page_with_a_way_on(volunteer: Reader, query: str) -> None:
    page = volunteer.see(f"/vuorot?{query}", status=400)
    assert "Omalle sivulle" in page


def test_a_filter_by_another_sites_place_is_not_found(world: World, volunteer: Reader) -> None:
    volunteer.see(f"/vuorot?paikka={world.other_point}", status=404)


def test_what_she_may_not_take_says_why_and_what_to_do(app: Flask, world: World, volunteer: Reader) -> None:
    with app.app_context():
        busy = factories.volunteer(world.site, world.duty, called="Eero").id
    full = shift(app, world, max_people=1)
    other = app.test_client()
    assert isinstance(other, Reader)
    other.sign_in_as(busy).send(f"/vuorot/{full}/varaa")
    unaccepted = shift(app, world, days=8, task_id=world.play)
    own = shift(app, world, days=9)
    volunteer.send(f"/vuorot/{own}/varaa")
    overlapping = shift(app, world, days=9, hour=10)

    page = volunteer.see("/vuorot")
    for shift_id, why, act in (
        (full, "Vuoro on täynnä. Paikka voi vapautua, jos joku peruu.", ""),
        (unaccepted, "Sinua ei ole vielä hyväksytty tähän tehtävään", "Kysy koordinaattorilta"),
        (overlapping, "Sinulla on samaan aikaan vuoro", "Katso vuoroasi"),
    ):
        row = page[page.index(f'data-id="{shift_id}"') :].split("</li>")[0]
        assert why in row
        assert act in row
        assert f"/vuorot/{shift_id}/varaa" not in row


def test_a_forced_press_is_refused_with_every_reason(app: Flask, world: World, volunteer: Reader) -> None:
    own = shift(app, world)
    volunteer.send(f"/vuorot/{own}/varaa")
    wrong = shift(app, world, hour=10, task_id=world.play)
    page = volunteer.send(f"/vuorot/{wrong}/varaa", status=409).text
    assert "Sinua ei ole vielä hyväksytty tähän tehtävään" in page
    assert "Sinulla on samaan aikaan vuoro" in page
    assert bookings(app, wrong) == []


def test_somebody_on_leave_sees_why_not(app: Flask, world: World, reader: Reader) -> None:
    with app.app_context():
        resting = factories.volunteer(world.site, world.duty, called="Liisa", standing=Standing.ON_LEAVE).id
    wanted = shift(app, world)
    reader.sign_in_as(resting)
    assert "Olet tauolla" in reader.see("/vuorot")
    assert "Olet tauolla" in reader.send(f"/vuorot/{wanted}/varaa", status=409).text


def test_beyond_her_last_day_at_the_site_she_sees_why_not(app: Flask, world: World, volunteer: Reader) -> None:
    soon, later = shift(app, world, days=2), shift(app, world, days=30)
    with app.app_context(), transaction() as session:
        session.execute(update(RoleRow).values(ends_on=factories.today() + timedelta(days=2)))
    page = volunteer.see("/vuorot")
    assert f"/vuorot/{soon}/varaa" in page
    row = page[page.index(f'data-id="{later}"') :].split("</li>")[0]
    assert "Et ole tämän toimipaikan vapaaehtoinen vuoron päivänä." in row
    assert "Soita koordinaattorille" in row
    assert f"/vuorot/{later}/varaa" not in row
    assert "vuoron päivänä" in volunteer.send(f"/vuorot/{later}/varaa", status=409).text
    assert bookings(app, later) == []


@pytest.mark.parametrize("what", ["draft", "foreign", "unknown"])
def test_a_shift_out_of_her_sight_is_not_found(app: Flask, world: World, volunteer: Reader, what: str) -> None:
    shift_id = {
        "draft": lambda: shift(app, world, state=ShiftState.DRAFT),
        "foreign": lambda: shift(app, world, place_id=world.other_point),
        "unknown": lambda: 4711,
    }[what]()
    volunteer.send(f"/vuorot/{shift_id}/varaa", status=404)


def test_a_shift_she_is_not_on_cannot_be_cancelled(app: Flask, world: World, volunteer: Reader) -> None:
    other = shift(app, world)
    volunteer.see(f"/vuorot/{other}/peru", status=404)
    volunteer.send(f"/vuorot/{other}/peru", status=404)


def test_cancelling_asks_first_and_says_what_it_leaves(app: Flask, world: World, volunteer: Reader) -> None:
    own = shift(app, world)
    volunteer.send(f"/vuorot/{own}/varaa")
    page = volunteer.see(f"/vuorot/{own}/peru")
    assert "Perutko vuoron" in page
    assert "Vuorossa ei ole muita." in page
    assert "Pidä vuoro" in page


def test_past_the_deadline_she_is_told_to_call(app: Flask, world: World, volunteer: Reader) -> None:
    own = shift(app, world, days=0)
    soon = datetime.now(ZoneInfo(factories.ZONE)) + timedelta(hours=3)
    with app.app_context():
        own = factories.shift(world.point, world.duty, soon.date(), time(soon.hour, soon.minute), time(23, 59)).id
    volunteer.send(f"/vuorot/{own}/varaa")
    age_booking(app, own)
    assert "soita koordinaattorille" in volunteer.see(f"/vuorot/{own}/peru")
    assert "soita koordinaattorille" in volunteer.send(f"/vuorot/{own}/peru", status=409).text
    assert bookings(app, own) == [BookingState.BOOKED]


def age_booking(app: Flask, shift_id: int) -> None:
    """Makes the booking older than the time to undo."""
    with app.app_context(), transaction() as session:
        booking = session.scalars(select(Booking).where(Booking.shift_id == shift_id)).one()
        booking.booked_at -= timedelta(hours=1)


def test_other_kinds_of_account_have_no_such_list(app: Flask, world: World, reader: Reader) -> None:
    with app.app_context():
        ward = factories.person("Osasto", "Hoitaja")
        factories.role(ward.id, Kind.WARD, world.site)
    reader.sign_in_as(ward).see("/vuorot", status=403)
    reader.send(f"/vuorot/{shift(app, world)}/varaa", status=403)


def test_the_list_is_paged(app: Flask, world: World, volunteer: Reader) -> None:
    for number in range(53):
        shift(app, world, days=7 + number)
    first, second = volunteer.see("/vuorot"), volunteer.see("/vuorot?sivu=2")
    assert (first.count("data-id="), second.count("data-id=")) == (50, 3)
    assert "<b>50+</b>" in first  # this page's count is no claim about the rest
    assert "<b>3+</b>" in second
    assert 'rel="next"' in first
    assert 'rel="next"' not in second
    assert "Näytä alusta" in volunteer.see("/vuorot?sivu=3", status=404)


def test_the_list_asks_the_database_as_often_for_one_row_as_for_fifty(
    app: Flask, world: World, volunteer: Reader, count_queries: Callable[[], int]
) -> None:
    shift(app, world)
    volunteer.see("/vuorot")
    count_queries()
    volunteer.see("/vuorot")
    one = count_queries()
    for number in range(52):
        shift(app, world, days=7 + number % 20, hour=9 + number % 8, note=Text3("x"))
    count_queries()
    volunteer.see("/vuorot")
    assert count_queries() == one <= 10
