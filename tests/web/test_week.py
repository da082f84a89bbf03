"""The week board: what stands out, what is left out, and who may look."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from olka.core.permissions import Actor, Kind
from olka.core.texts import Text3
from olka.db import db, transaction
from olka.shifts import service
from olka.shifts.models import Shift
from olka.shifts.rules import ShiftState
from olka.sites.models import Closure, Place, Site
from olka.tasks.models import Task
from olka.web.coordinator.week import week_word
from tests import factories
from tests.factories import today
from tests.reader import Reader

MONDAY = date(2030, 6, 3)
WEEK = "/viikko?viikko=2030-W23"


@dataclass(frozen=True)
class Desk:
    """Forssa with a point and a duty, and its coordinator."""

    site: Site
    point: Place
    duty: Task
    hanna: int

    def shift(self, day: date = MONDAY, **changes: object) -> Shift:
        """A shift at the point."""
        return factories.shift(self.point.id, self.duty.id, day, **changes)  # type: ignore[arg-type]  # columns by name


@pytest.fixture
def desk(app: Flask) -> Desk:
    with app.app_context():
        site = factories.site()
        point = factories.place(site.id)
        return Desk(site, point, factories.task(at=point), factories.coordinator(site.id).id)


def ids_on(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<li data-id="(\d+)"', page)]


def test_the_board_shows_who_is_on_a_shift_and_what_is_missing(app: Flask, reader: Reader, desk: Desk) -> None:
    with app.app_context():
        her = factories.volunteer(desk.site.id, desk.duty.id, family_name="Lehtonen")
        half = desk.shift()
        gap = desk.shift(MONDAY + timedelta(days=1), min_people=2, max_people=3)
        with transaction():
            service.book(Actor(her.id), half.id, her.id)
    page = reader.sign_in_as(desk.hanna).see(WEEK)
    assert ids_on(page) == [half.id, gap.id]
    assert "Viikko 23" in page
    assert "3.–7.6.2030" in page
    assert "Marjatta L." in page
    assert "Lehtonen" not in page
    assert "Puuttuu 2" in page
    assert "1 aukko" in page
    assert "Viikonloppuna ei ole vuoroja" in page


def test_drafts_and_cancelled_ones_say_so_and_are_no_gaps(app: Flask, reader: Reader, desk: Desk) -> None:
    with app.app_context():
        desk.shift(state=ShiftState.DRAFT)
        desk.shift(start=time(12), end=time(15), state=ShiftState.CANCELLED)
    page = reader.sign_in_as(desk.hanna).see(WEEK)
    assert "Luonnos" in page
    assert "Peruttu" in page
    assert "1 vuoro on luonnos" in page
    assert "Puuttuu 1" not in page
    assert "shift--gap" not in page


def test_a_shift_on_a_closed_day_is_a_clash_in_words(app: Flask, reader: Reader, desk: Desk) -> None:
    with app.app_context():
        clash = desk.shift(MONDAY + timedelta(days=2))
        desk.shift(MONDAY + timedelta(days=3))
        factories.save(
            Closure(
                site_id=desk.site.id,
                place_id=None,
                first_day=MONDAY + timedelta(days=2),
                last_day=MONDAY + timedelta(days=2),
                reason=Text3("Remontti"),
            )
        )
    page = reader.sign_in_as(desk.hanna).see(WEEK)
    assert "Suljettu: Remontti" in page
    assert "Paikka on suljettu" in page
    assert ids_on(reader.see(f"{WEEK}&nayta=suljetut")) == [clash.id]


def test_the_weekend_is_shown_when_there_is_something_on_it(app: Flask, reader: Reader, desk: Desk) -> None:
    with app.app_context():
        desk.shift(MONDAY + timedelta(days=6))
    page = reader.sign_in_as(desk.hanna).see(WEEK)
    assert "su 9.6." in page
    assert "Viikonloppuna ei ole" not in page


def test_gaps_alone_can_be_asked_for(app: Flask, reader: Reader, desk: Desk) -> None:
    with app.app_context():
        gap = desk.shift()
        desk.shift(start=time(12), end=time(15), min_people=0)
    reader.sign_in_as(desk.hanna)
    assert ids_on(reader.see(f"{WEEK}&nayta=aukot")) == [gap.id]
    assert "Ei aukkoja tällä viikolla" in reader.see("/viikko?viikko=2030-W24&nayta=aukot")


def test_a_place_or_a_site_can_be_asked_for(app: Flask, reader: Reader, desk: Desk) -> None:
    with app.app_context():
        second = factories.place(desk.site.id, "Lastenosasto")
        far = factories.site("Riihimäen sairaala")
        far_point = factories.place(far.id)
        factories.role(desk.hanna, Kind.COORDINATOR, far.id)
        here, there = desk.shift(), factories.shift(far_point.id, desk.duty.id, MONDAY)
        factories.shift(second.id, desk.duty.id, MONDAY)
    reader.sign_in_as(desk.hanna)
    assert ids_on(reader.see(f"{WEEK}&paikka={desk.point.id}")) == [here.id]
    assert ids_on(reader.see(f"{WEEK}&toimipaikka={far.id}")) == [there.id]


def test_other_sites_shifts_are_never_shown(app: Flask, reader: Reader, desk: Desk) -> None:
    with app.app_context():
        far_point = factories.place(factories.site("Riihimäen sairaala").id, "Salainen paikka")
        factories.shift(far_point.id, desk.duty.id, MONDAY)
        chief = factories.admin()
    page = reader.sign_in_as(desk.hanna).see(WEEK)
    assert ids_on(page) == []
    assert "Salainen paikka" not in page
    reader.see(f"/viikko?paikka={far_point.id}", status=404)
    reader.see(f"/viikko?toimipaikka={far_point.site_id}", status=404)
    assert "Salainen paikka" in reader.sign_in_as(chief).see(WEEK)


def test_a_place_out_of_use_is_a_row_only_where_it_has_shifts(app: Flask, reader: Reader, desk: Desk) -> None:
    with app.app_context():
        old = factories.place(desk.site.id, "Vanha piste", retired_on=today())
        factories.shift(old.id, desk.duty.id, MONDAY)
    reader.sign_in_as(desk.hanna)
    assert "Vanha piste" in reader.see(WEEK)
    assert "Vanha piste" not in reader.see("/viikko?viikko=2030-W24")


def test_the_phones_day_is_the_one_picked(app: Flask, reader: Reader, desk: Desk) -> None:
    reader.sign_in_as(desk.hanna)
    assert "Keskiviikko 5.6." in reader.see(f"{WEEK}&paiva=2030-06-05")
    assert "Maanantai 3.6." in reader.see(WEEK)
    assert "Maanantai 3.6." in reader.see(f"{WEEK}&paiva=2031-01-01")
    assert "Viikko 1" in reader.see("/viikko?paiva=1.1.2031")
    assert f"Viikko {today().isocalendar().week}" in reader.see("/viikko")


@pytest.mark.parametrize(
    "words",
    [
        "viikko=2026-W99",
        "viikko=2026-W53x",
        "viikko=2025-W53",
        "viikko=eilen",
        "viikko=1800-W01",
        "paiva=32.1.2026",
        "paikka=-1",
        "paikka=99999999999",
        "toimipaikka=１",
        "nayta=kaikki",
    ],
)
def test_odd_words_are_a_400_with_a_way_on(reader: Reader, desk: Desk, words: str) -> None:
    assert "/viikko" in reader.sign_in_as(desk.hanna).see(f"/viikko?{words}", status=400)


@pytest.mark.parametrize("week", ["1900-W01", "1900-W02", "2026-W53", "2027-W01", "2199-W52"])
def test_weeks_at_the_edges_answer(reader: Reader, desk: Desk, week: str) -> None:
    assert "<h1>" in reader.sign_in_as(desk.hanna).see(f"/viikko?viikko={week}")


@pytest.mark.parametrize(("language", "words"), [("sv", "kieli=sv"), ("en", "kieli=en")])
def test_other_languages_answer(app: Flask, reader: Reader, desk: Desk, language: str, words: str) -> None:
    with app.app_context():
        desk.shift()
    assert f'lang="{language}"' in reader.sign_in_as(desk.hanna).see(f"{WEEK}&{words}")


def test_a_coordinator_without_places_is_told_what_to_do(app: Flask, reader: Reader) -> None:
    with app.app_context():
        hanna = factories.coordinator(factories.site().id)
    assert "Ei vielä paikkoja" in reader.sign_in_as(hanna).see("/viikko")


def test_volunteers_and_strangers_have_no_board(app: Flask, reader: Reader, desk: Desk) -> None:
    with app.app_context():
        her = factories.volunteer(desk.site.id)
    assert reader.get("/viikko").location == "/kirjaudu?next=/viikko"
    reader.sign_in_as(her).see("/viikko", status=403)
    reader.send("/viikko/julkaise?viikko=2030-W23", status=403)


# ---------------------------------------------------------------- publishing the week


def test_the_weeks_drafts_are_published_at_once(app: Flask, reader: Reader, desk: Desk) -> None:
    with app.app_context():
        drafts = [desk.shift(MONDAY + timedelta(days=n), state=ShiftState.DRAFT) for n in (0, 1, 7)]
    page = reader.sign_in_as(desk.hanna).send_and_follow("/viikko/julkaise?viikko=2030-W23")
    assert "2 vuoroa on julkaistu" in page
    assert "Viikolla 24 on 1 luonnos" in page
    with app.app_context():
        states = [db.session.scalar(select(Shift.state).where(Shift.id == draft.id)) for draft in drafts]
    assert states == [ShiftState.PUBLISHED, ShiftState.PUBLISHED, ShiftState.DRAFT]
    assert "Viikolla ei ole luonnoksia" in reader.send_and_follow("/viikko/julkaise?viikko=2030-W23")


def test_what_could_not_be_published_is_told(app: Flask, reader: Reader, desk: Desk) -> None:
    with app.app_context():
        old = desk.shift(today() - timedelta(days=7), state=ShiftState.DRAFT)
    week = week_word(old.day)
    page = reader.sign_in_as(desk.hanna).send_and_follow(f"/viikko/julkaise?viikko={week}")
    assert "Mitään ei voitu julkaista" in page
    reader.send("/viikko/julkaise?viikko=2026-W99", status=400)
    reader.send("/viikko/julkaise?viikko=2030-W23&paikka=999", status=404)


# ---------------------------------------------------------------- speed


def test_the_board_asks_as_many_queries_for_one_shift_as_for_three_hundred(
    app: Flask, reader: Reader, desk: Desk, count_queries: Callable[[], int]
) -> None:
    with app.app_context():
        desk.shift()
    reader.sign_in_as(desk.hanna).see(WEEK)
    count_queries()
    reader.see(WEEK)
    few = count_queries()
    with app.app_context():
        places = [desk.point, *(factories.place(desk.site.id, f"Piste {n}") for n in range(11))]
        with transaction() as session:
            for number in range(300):
                day = MONDAY + timedelta(days=number % 7)
                twin = factories_row(places[number % 12].id, desk.duty.id, day, time(8 + number // 84))
                session.add(twin)
    count_queries()
    page = reader.see(WEEK)
    assert len(ids_on(page)) == 301
    assert count_queries() == few <= 10


def factories_row(place_id: int, task_id: int, day: date, start: time) -> Shift:
    """Makes a shift's row without saving it, for many at once."""
    from olka.core.spans import LocalSpan

    span = LocalSpan(day, start, time(20), factories.ZONE).to_span()
    return Shift(
        place_id=place_id,
        task_id=task_id,
        day=day,
        start=start,
        end=time(20),
        weekday=day.isoweekday(),
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        min_people=1,
        max_people=2,
        note=Text3(),
        state=ShiftState.PUBLISHED,
    )


def test_no_shift_is_added_where_none_can_be_made(app: Flask, reader: Reader, desk: Desk) -> None:
    with app.app_context():
        bare = factories.place(desk.site.id, "Aula")
        retired = factories.place(desk.site.id, "Entinen", retired_on=today())
        factories.shift(retired.id, desk.duty.id, MONDAY, state=ShiftState.DRAFT)
    page = reader.sign_in_as(desk.hanna).see(WEEK)
    assert "Aula" in page
    assert "Entinen" in page
    adds = set(re.findall(r'add-here no-print" href="/viikko/vuoro/uusi\?paikka=(\d+)', page))
    assert adds == {str(desk.point.id)}, (bare.id, retired.id)
