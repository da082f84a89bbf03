"""A coordinator's journey: shifts made week by week, somebody booked who has called, a shift cancelled, a wall."""

from __future__ import annotations

from datetime import timedelta

import pytest

from olka.core import wording
from tests.journeys.people import a_coordinator, a_day, a_volunteer
from tests.journeys.screen import Screen
from tests.live import Live
from tests.world import World

pytestmark = pytest.mark.journey


def test_she_makes_a_repeated_shift_books_someone_and_cancels_it(screen: Screen, live: Live, world: World) -> None:
    boss, her = a_coordinator(live, world), a_volunteer(live, world, mail=None, phone="+358405556677")
    day = a_day()
    monday = day - timedelta(days=day.weekday())
    last = monday + timedelta(days=14)
    start, end = ("10", "12.30") if screen.device == "phone" else ("13", "15.30")  # both may meet in one database
    screen.sign_in_as(boss.id).visit("/viikko").press("Uusi vuoro").expect_at("/viikko/vuoro/uusi").check()
    screen.press("Julkaise vuoro").expect("Tarkista nämä kohdat").check()
    screen.write("Päivä", f"{monday.day}.{monday.month}.{monday.year}").write("Alkaa", start).write("Päättyy", end)
    screen.write("Toista joka viikko", f"{last.day}.{last.month}.{last.year}")
    screen.press("Julkaise vuoro").expect_at("/viikko").expect(f"{start}–{end}")
    screen.press("Avaa vuoro").expect("Ei vielä ketään").check()
    screen.write("Nimi, puhelin tai sähköposti", her.called).press("Etsi").expect(her.full_name)
    screen.press("Varaa", within=".queue-item").expect("Varattu puhelimitse").check()
    shift_path = screen.page.url.removeprefix(live.url).partition("?")[0]
    week = monday.isocalendar()
    screen.visit(f"/viikko?viikko={week.year}-W{week.week:02}&paiva={monday}").expect(her.called)
    screen.visit(shift_path).press("Peru koko vuoro").expect("Perutko koko vuoron").expect(her.full_name).check()
    screen.press("Peru koko vuoro", within="main form").expect("Vuoro on peruttu").expect("Soita näille").check()
    screen.expect(wording.phone("+358405556677"))
    # A weekly repeat makes independent shifts: the next week's stands.
    following = (monday + timedelta(days=7)).isocalendar()
    screen.visit(f"/viikko?viikko={following.year}-W{following.week:02}&paiva={monday + timedelta(days=7)}")
    screen.expect(f"{start}–{end}").expect_none("Peruttu")


def test_the_house_of_another_site_is_closed_to_her(screen: Screen, live: Live, world: World) -> None:
    boss, there = a_coordinator(live, world), world.there
    screen.sign_in_as(boss.id)
    for path in (
        f"/viikko/vuoro/{there['shift_id']}",
        f"/viikko/vuoro/{there['shift_id']}/muuta",
        f"/vapaaehtoiset/{there['person_id']}",
        f"/paikat/{there['place_id']}",
    ):
        screen.visit(path, status=404).expect("Sivua ei löydy").expect_none("Birgitta")
    screen.visit("/vapaaehtoiset?haku=Birgitta").expect_none("Birgitta Lehtonen")
    screen.visit("/viikko").expect_none("Riihimäen")


def test_her_keys_reach_everything_on_the_week(screen: Screen, live: Live, world: World) -> None:
    boss = a_coordinator(live, world)
    screen.sign_in_as(boss.id).visit("/viikko")
    assert screen.tab_through(120) == []
