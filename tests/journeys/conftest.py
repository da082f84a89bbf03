"""Fixtures of the journeys: one server and one browser for all of a worker, and a screen for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.filled import Filled
from tests.journeys.screen import WIDTHS, Screen
from tests.live import Live, serving
from tests.services import browser as browsers
from tests.world import World

Opener = Callable[..., Screen]


@pytest.fixture(scope="session")
def live(filled_template: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Serves the world."""
    folder = tmp_path_factory.mktemp("live")
    assert filled_template.template is not None
    shutil.copy(filled_template.template, folder / "olka.db")
    with serving(f"sqlite:///{Path(folder / 'olka.db')}", folder) as served:
        yield served


@pytest.fixture(scope="session")
def world(filled_template: Filled) -> World:
    """Tells who and what is in the database that is served."""
    return filled_template.world


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Opens a Chromium."""
    there = browsers.available()
    if not there:
        pytest.skip(str(there))
    with browsers.launch() as opened:
        yield opened


@pytest.fixture
def open_screen(browser: Browser, live: Live) -> Iterator[Opener]:
    """Opens a screen of the device named; each is somebody's own browser, closed when the test ends."""
    opened: list[Screen] = []

    def open_one(device: str = "phone", *, language: str = "fi-FI") -> Screen:
        opened.append(Screen(browser, live, device, language=language))
        return opened[-1]

    yield open_one
    for screen in opened:
        screen.close()


@pytest.fixture(params=sorted(WIDTHS))
def screen(request: pytest.FixtureRequest, open_screen: Opener) -> Screen:
    """Gives a screen, on a phone and on a desk in turn."""
    return open_screen(request.param)
