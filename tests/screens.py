"""`python -m tests.screens`: a picture of every page of the demo, on a phone and a desk, light and dark, and in print.

The demo is loaded into build/screens/demo.db, afresh each time, and served; the pictures stand beside it as
<page>-<width>-<theme>.png. Words after the command keep the pages whose name holds one of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page
from sqlalchemy import select

from olka.accounts.models import RoleRow
from olka.accounts.queries import find_demo_person
from olka.config import ROOT
from olka.core import clock
from olka.core.permissions import Kind
from olka.db import fetch_all
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState, ShiftState
from olka.sites.models import Organiser, Place
from tests.conftest import SECRET
from tests.factories import ZONE
from tests.live import Live, serving
from tests.routes import pages_of
from tests.services import browser as browsers
from tests.world import Corner

FOLDER: Final = ROOT / "build" / "screens"
WIDTHS: Final = {390: 844, 1280: 900}
THEMES: Final = ("light", "dark")


def main(wanted: list[str]) -> int:
    """Takes the pictures and lists them; gives the exit code."""
    there = browsers.available()
    if not there:
        print(f"No pictures: {there}", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in (*FOLDER.glob("*.p[nd][gf]"), *FOLDER.glob("demo.db*")):
        if old.name.startswith("demo.db") or not wanted:
            old.unlink()
    url = f"sqlite:///{FOLDER / 'demo.db'}"
    load_demo(url)
    with serving(url, FOLDER, OLKA_DEMO="1") as live, browsers.launch() as browser:
        for path in pictures(browser, live, wanted):
            print(path.relative_to(ROOT))
    shutil.rmtree(FOLDER / "mail", ignore_errors=True)
    for log in FOLDER.glob("server-*.log"):
        log.unlink()
    return 0


def load_demo(url: str) -> None:
    """Loads the demo by the app's own commands."""
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "OLKA_DATABASE_URL": url,
        "OLKA_SECRET_KEY": SECRET,
        "OLKA_DEMO": "1",
        "OLKA_LOG_LEVEL": "WARNING",
    }
    for command in ("migrate", "demo"):
        subprocess.run([sys.executable, "-m", "olka.cli", command], env=env, cwd=ROOT, check=True)


def pictures(browser: Browser, live: Live, wanted: list[str]) -> Iterator[Path]:
    """Takes each page's pictures as the kind of account that it is for."""
    people = people_of(live)
    corners = {kind: objects_for(live, person_id) for kind, person_id in people.items()}
    for width, height in WIDTHS.items():
        for kind in ("visitor", *people):
            context = browser.new_context(
                base_url=live.url,
                viewport={"width": width, "height": height},
                locale="fi-FI",
                timezone_id="Europe/Helsinki",
                reduced_motion="reduce",
                has_touch=width < 600,
            )
            if kind != "visitor":
                context.add_cookies([{"name": "olka", "value": live.cookie_of(people[kind]), "url": live.url}])
            page = context.new_page()
            for route in pages_of(live.app):
                name = f"{route.endpoint.partition('.')[0]}-{route.endpoint.partition('.')[2]}".replace("_", "-")
                if route.kind == kind and (not wanted or any(word in name for word in wanted)):
                    corner = corners.get(kind) or corners["coordinator"]
                    yield from _take(page, route.address(corner), name, width)
            context.close()


def _take(page: Page, address: str, name: str, width: int) -> Iterator[Path]:
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        print(f"{name}: {address} answered {answer.status if answer else 'nothing'}", file=sys.stderr)
        return
    # As tall as the page, so that what stands at the window's lower edge stands below everything.
    tall: int = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(tall, WIDTHS[width])})
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        path = FOLDER / f"{name}-{width}-{theme}.png"
        page.screenshot(path=path, full_page=True)
        yield path
    if name == "week-board" and width > 600:
        page.emulate_media(media="print", color_scheme="light")
        path = FOLDER / f"{name}-print.png"
        page.screenshot(path=path, full_page=True)
        yield path
        page.pdf(path=path.with_suffix(".pdf"), prefer_css_page_size=True)
        yield path.with_suffix(".pdf")
        page.emulate_media(media="screen")
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})


def people_of(live: Live) -> dict[str, int]:
    """Tells as whom each page is looked at: those whom the demo's buttons sign in."""
    kinds = (Kind.VOLUNTEER, Kind.COORDINATOR, Kind.ADMIN)
    with live.app.app_context():
        found = {kind.value: find_demo_person(kind, clock.today(ZONE)) for kind in kinds}
    return {kind: person_id for kind, person_id in found.items() if person_id is not None}


def objects_for(live: Live, person_id: int) -> Corner:
    """Finds one object of each sort that the person's pages can show: her own coming shift, or one at her site."""
    booked = (
        select(Booking.shift_id, Booking.person_id, Shift.place_id, Shift.task_id, Place.site_id)
        .join(Shift, Shift.id == Booking.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .where(Booking.state == BookingState.BOOKED, Shift.state == ShiftState.PUBLISHED)
        .where(Booking.starts_at > clock.now() + timedelta(days=2))
        .order_by(Booking.starts_at, Booking.id)
        .limit(1)
    )
    roles = select(RoleRow.site_id, RoleRow.id).where(RoleRow.person_id == person_id)
    with live.app.app_context():
        site_id, role_id = fetch_all(roles)[0]
        own = fetch_all(booked.where(Booking.person_id == person_id))
        found = own or fetch_all(booked.where(Place.site_id == site_id)) or fetch_all(booked)
        return Corner(
            {
                **dict(zip(("shift_id", "person_id", "place_id", "task_id", "site_id"), found[0], strict=True)),
                "role_id": role_id,
                "organiser_id": fetch_all(select(Organiser.id))[0][0],
            }
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
