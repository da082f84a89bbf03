"""Every page of the app on a phone and a desk, light and dark: axe, targets, no sideways scroll, no errors."""

from __future__ import annotations

from typing import Final

import pytest

from tests.conftest import make_app
from tests.journeys.people import a_coordinator
from tests.journeys.screen import Screen
from tests.live import Live
from tests.routes import Route, pages_of
from tests.world import World

pytestmark = pytest.mark.journey

PAGES: Final = pages_of(make_app("sqlite:////nonexistent/olka.db"))  # routes are read, no database is opened


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_a_page_is_well_made(screen: Screen, world: World, route: Route) -> None:
    if route.kind != "visitor":
        screen.sign_in_as(world.accounts[route.kind])
    screen.visit(route.address(world.here)).check()
    assert screen.tab_through() == []


@pytest.mark.parametrize(
    ("address", "kind", "status"),
    [("/nonsense", "visitor", 404), ("/nonsense", "coordinator", 404), ("/hallinta", "volunteer", 403)],
)
def test_an_error_is_a_page_too(screen: Screen, world: World, address: str, kind: str, status: int) -> None:
    if kind != "visitor":
        screen.sign_in_as(world.accounts[kind])
    screen.visit(address, status).check()


def test_the_second_factor_is_asked_for_on_a_page_that_is_well_made(screen: Screen, live: Live, world: World) -> None:
    boss = a_coordinator(live, world)
    screen.sign_in_as(boss.id, owes_second=True).visit("/viikko").expect_at("/kirjaudu/vahvistus").check()
