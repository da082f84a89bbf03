"""Every page of the app on a phone and a desk, light and dark: axe, targets, no sideways scroll, no errors."""

from __future__ import annotations

from typing import Final

import pytest

from tests.conftest import make_app
from tests.journeys.screen import Screen
from tests.routes import MACHINES, Route, routes_of
from tests.test_odd_input import who_may
from tests.web import access_matrix
from tests.world import World

pytestmark = pytest.mark.journey

TABLE: Final = access_matrix.lines()
# What isn't opened in a browser's window, and what takes words that only a mail knows.
ELSEWHERE: Final = MACHINES | {
    "machines.lives",
    "machines.ready",
    "machines.metrics",
    "own_shifts.calendar_file",
    "sign_in.open_link",
    "sign_in.sent",
    "demo_mail.inbox",
}
PAGES: Final = [
    route
    for route in routes_of(make_app("sqlite:////nonexistent/olka.db"))
    if route.method == "GET" and route.endpoint not in ELSEWHERE
]


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_a_page_is_well_made(screen: Screen, world: World, route: Route) -> None:
    kind = who_may(route)
    if kind != "visitor":
        screen.sign_in_as(world.accounts[kind])
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
