"""The browser for journeys: the system's own Chromium, driven by Playwright."""

import functools
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.services import Found

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    # Containers and root have no sandbox to offer, and only our own pages are opened.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # Nothing is asked from the outside world.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@functools.cache
def executable() -> str | None:
    """Finds a Chromium that runs; Ubuntu's stub for its snap answers nothing and doesn't count."""
    for path in filter(None, map(shutil.which, NAMES)):
        try:
            answer = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if answer.returncode == 0:
            return path
    return None


def available() -> Found:
    """Tells whether journeys can run here."""
    return Found() if executable() else Found("no Chromium that runs was found (tests/setup.sh looks for one)")


@contextmanager
def launch(*, headless: bool = True) -> Iterator[Browser]:
    """Opens a browser for as long as the block lasts; contexts and pages are the caller's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), headless=headless, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
