"""A volunteer's journey: in by link or by code, a shift found and taken, a no with its reason, a change of mind."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Opener
from tests.journeys.people import a_shift, a_volunteer
from tests.journeys.screen import Screen
from tests.live import Live
from tests.world import World

pytestmark = pytest.mark.journey


def test_she_signs_in_by_link_and_lands_where_she_was_going(screen: Screen, live: Live, world: World) -> None:
    her = a_volunteer(live, world)
    screen.visit("/omat").expect_at("/kirjaudu").write("Sähköposti", her.mail).press("Lähetä linkki")
    screen.expect_at("/kirjaudu/viesti").expect("Katso sähköpostisi").check()
    link = live.link_in_mail(her.mail)
    screen.visit(link).expect(her.called).check()
    screen.press("Kirjaudu sisään").expect_at("/omat").expect("Sinulla ei ole tulevia vuoroja")
    screen.visit(link, status=404).expect("Linkki ei enää toimi").check()


def test_she_signs_in_by_the_code_of_a_mail_read_elsewhere(screen: Screen, live: Live, world: World) -> None:
    her = a_volunteer(live, world)
    screen.visit("/kirjaudu").write("Sähköposti", her.mail).press("Lähetä linkki")
    code = live.code_in_mail(her.mail)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    screen.write("Kuusinumeroinen koodi", wrong).press("Kirjaudu sisään").expect("Koodi ei täsmää").check()
    screen.write("Kuusinumeroinen koodi", f"{code[:3]} {code[3:]}").press("Kirjaudu sisään").expect_at("/vuorot")
    screen.visit("/omat/profiili").expect(her.mail)


def test_she_filters_books_undoes_and_cancels(screen: Screen, live: Live, world: World) -> None:
    her, shift = a_volunteer(live, world), a_shift(live, world)
    row = f'[data-id="{shift}"]'
    screen.sign_in_as(her.id).visit("/vuorot").open_menu("Rajaa")
    screen.choose("Vuorokaudenaika", "Ilta").press("Näytä vuorot").expect("Ilta").check()
    screen.press("Ota vuoro", within=row).expect("Vuoro on sinun").check()
    screen.press("Peru varaus").expect("Et ole enää vuorossa")
    screen.visit("/vuorot").press("Ota vuoro", within=row).expect("Sinun vuorosi")
    screen.visit("/omat").expect("Voit perua").check()
    screen.press("Peru vuoro").expect_at(f"/vuorot/{shift}/peru").expect("Perutko vuoron").check()
    screen.press("Pidä vuoro").expect_at("/omat").press("Peru vuoro")
    screen.press("Peru vuoro", within="main form").expect("Et ole enää vuorossa")
    screen.visit("/omat").expect("Sinulla ei ole tulevia vuoroja")


def test_what_she_may_not_take_says_why_and_what_helps(screen: Screen, live: Live, world: World) -> None:
    her, shift = a_volunteer(live, world, accepted=False), a_shift(live, world)
    screen.sign_in_as(her.id).visit("/vuorot")
    row = screen.page.locator(f'[data-id="{shift}"]')
    assert "ei ole vielä hyväksytty" in row.inner_text()
    assert row.get_by_role("button").count() == 0
    screen.press("Kysy koordinaattorilta", within=f'[data-id="{shift}"]').expect_at("/yhteys")


def test_whoever_comes_second_is_told_and_led_on(screen: Screen, open_screen: Opener, live: Live, world: World) -> None:
    first, second, shift = a_volunteer(live, world), a_volunteer(live, world), a_shift(live, world)
    row = f'[data-id="{shift}"]'
    screen.sign_in_as(second.id).visit("/vuorot")
    quicker = open_screen("desk").sign_in_as(first.id).visit("/vuorot")
    quicker.press("Ota vuoro", within=row).expect("Vuoro on sinun")
    screen.press("Ota vuoro", within=row).expect("täynnä").check()
    screen.press("Katso muut vuorot").expect_at("/vuorot")


def test_she_signs_out_and_back_shows_nothing(screen: Screen, live: Live, world: World) -> None:
    her = a_volunteer(live, world)
    screen.sign_in_as(her.id).visit("/omat/profiili").expect(her.mail)
    screen.press("Kirjaudu ulos").expect("Olet kirjautunut ulos").check()
    screen.visit("/omat").expect_at("/kirjaudu")
