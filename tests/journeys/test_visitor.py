"""A visitor's journey: the front page in three languages, whom to call, and no page but the open ones."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Opener
from tests.journeys.screen import WIDTHS, Screen

pytestmark = pytest.mark.journey

NAMES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}


def test_the_front_page_speaks_three_languages_and_remembers(screen: Screen) -> None:
    headings = set()
    screen.visit("/")
    for code, name in NAMES.items():
        if screen.device == "phone":
            screen.page.locator("header summary").filter(visible=True).click()
        screen.page.locator("header").get_by_role("link", name=name).filter(visible=True).click()
        assert screen.page.locator("html").get_attribute("lang") == code
        headings.add(screen.page.locator("h1").inner_text())
        screen.check()
        screen.visit("/yhteys")
        assert screen.page.locator("html").get_attribute("lang") == code
        screen.visit("/")
    assert len(headings) == len(NAMES), headings


@pytest.mark.parametrize("device", sorted(WIDTHS))
@pytest.mark.parametrize(("locale", "code"), [("sv-FI", "sv"), ("en-GB", "en"), ("de-DE", "fi")])
def test_a_browser_is_answered_in_its_own_language(open_screen: Opener, device: str, locale: str, code: str) -> None:
    screen = open_screen(device, language=locale).visit("/")
    assert screen.page.locator("html").get_attribute("lang") == code


def test_a_visitor_finds_whom_to_call(screen: Screen) -> None:
    screen.visit("/yhteys").expect("Forssan sairaala")
    assert screen.page.locator('a[href^="tel:"]').filter(visible=True).count() > 0


def test_a_visitor_is_asked_to_sign_in_where_it_is_needed(screen: Screen) -> None:
    for path in ("/vuorot", "/omat", "/viikko", "/hallinta"):
        screen.visit(path).expect_at("/kirjaudu")
