"""``make bench``: seeds three sizes, measures the pages beside a bare one, prints ratios, writes build/bench.json."""

from __future__ import annotations

import json
import os
import secrets
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from bench.bare import bare_app
from bench.measure import ask, counted_statements, cpu_ms
from bench.seed import COORDINATOR, VOLUNTEER, seed
from olka.accounts.models import SessionRow
from olka.accounts.queries import token_hash
from olka.app import create_app
from olka.config import ROOT, Settings
from olka.core import clock
from olka.db import db, transaction
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState
from olka.web.static_files import static_url

SIZES: Final = (2_000, 20_000, 200_000)
ROUNDS: Final = 3
PAGES: Final = (("/vuorot", VOLUNTEER), ("/omat", VOLUNTEER), ("/viikko", COORDINATOR))


class Bench:
    """One seeded database with the app and the bare page on it."""

    def __init__(self, folder: Path, shifts: int) -> None:
        self.shifts = shifts
        self.url = f"sqlite:///{folder / f'{shifts}.db'}"
        env = {"OLKA_DATABASE_URL": self.url, "OLKA_SECRET_KEY": "b" * 40, "OLKA_LOG_LEVEL": "ERROR"}
        self.app = create_app(Settings.from_env({**env, "OLKA_MAIL_URL": f"file://{folder}/mail"}))
        with self.app.app_context():
            seed(shifts)
            now = clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")
        self.bare = bare_app(self.url, now)
        self.cookies = {person: self._signed_in(person) for person in (VOLUNTEER, COORDINATOR)}

    def _signed_in(self, person_id: int) -> str:
        token, now = secrets.token_urlsafe(32), clock.now()
        with self.app.app_context(), transaction() as session:
            session.add(
                SessionRow(
                    token_hash=token_hash(token),
                    person_id=person_id,
                    kept=False,
                    second_passed=True,
                    created_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(hours=12),
                )
            )
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        if signer is None:
            raise RuntimeError("the app has no secret key")
        return f"olka={signer.dumps({'_user_id': token, '_fresh': True, 'csrf_token': 'c' * 40})}"

    def page(self, path: str, person_id: int) -> Any:
        """Asks for a page as a person and makes sure that it came."""
        answer = ask(self.app, path, cookie=self.cookies[person_id])
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return answer

    def round(self) -> dict[str, float]:
        """Measures each page once, the bare one in between, as CPU milliseconds."""
        spent = {"bare": cpu_ms(lambda: ask(self.bare, "/"))}
        for path, person_id in PAGES:
            spent[path] = cpu_ms(lambda path=path, person_id=person_id: self.page(path, person_id))  # type: ignore[misc]
        spent["booking"] = self._booking()
        return spent

    def _booking(self) -> float:
        with self.app.app_context():
            free = iter(db.session.scalars(self._bookable()).all())
            db.session.remove()
        token = URLSafeTimedSerializer(self.app.secret_key or "", salt="wtf-csrf-token").dumps("c" * 40)
        form = urlencode({"csrf_token": token}).encode()

        def book_and_undo() -> None:
            shift_id = next(free)
            for verb in ("varaa", "peru"):
                answer = ask(self.app, f"/vuorot/{shift_id}/{verb}", cookie=self.cookies[VOLUNTEER], form=form)
                if answer.status != 302:
                    raise RuntimeError(f"{verb} answered {answer.status}")

        return cpu_ms(book_and_undo, runs=30, warm=3) / 2

    def _bookable(self) -> Any:
        """Finds shifts on days on which the volunteer has none, with room, for tasks of hers."""
        own = (
            select(Shift.day)
            .join(Booking, Booking.shift_id == Shift.id)
            .where(Booking.person_id == VOLUNTEER, Booking.state == BookingState.BOOKED)
        )
        return (
            select(Shift.id)
            .where(
                Shift.starts_at > clock.now() + timedelta(days=2),
                Shift.taken < Shift.max_people,
                Shift.task_id < 6,
                Shift.day.not_in(own),
            )
            .limit(40)
        )

    def statements(self) -> dict[str, int]:
        """Counts the statements of each page."""
        found = {}
        for path, person_id in PAGES:
            with counted_statements(self.app) as seen:
                self.page(path, person_id)
            found[path] = len(seen)
        return found


def wire(app: Flask, cookie: str) -> dict[str, int]:
    """Sums up the bytes of a first and of a repeat visit, everything that a phone loads, compressed."""
    assets = ("olka.css", "icons.svg", "icon.svg", "vendor/source-sans-3-latin-wght-normal.woff2")
    loaded = sum(_size(app, static_url(name)) for name in assets)
    return {
        "/ first": _size(app, "/") + loaded,
        "/ again": _size(app, "/"),
        "/vuorot first": _size(app, "/vuorot", cookie) + loaded,
        "/vuorot again": _size(app, "/vuorot", cookie),
    }


def _size(app: Flask, path: str, cookie: str = "") -> int:
    answer = ask(app, path, cookie=cookie, gzip=True)
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return len(answer.body) + sum(len(name) + len(value) + 4 for name, value in answer.headers.items())


def main() -> None:
    """Runs everything and prints a table."""
    with tempfile.TemporaryDirectory() as name:
        benches = [Bench(Path(name), shifts) for shifts in SIZES]
        rounds = [{bench.shifts: bench.round() for bench in benches} for _ in range(ROUNDS)]
        best = {
            bench.shifts: {what: min(turn[bench.shifts][what] for turn in rounds) for what in rounds[0][bench.shifts]}
            for bench in benches
        }
        counts = {bench.shifts: bench.statements() for bench in benches}
        sizes = wire(benches[0].app, benches[0].cookies[VOLUNTEER])
    out = ROOT / "build" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    result = {
        "cpu_ms": best,
        "statements": counts,
        "bytes": sizes,
        "python": sys.version.split()[0],
        "cores": os.cpu_count(),
    }
    out.write_text(json.dumps(result, indent=2) + "\n")
    _print(best, counts, sizes)


def _print(best: dict[int, dict[str, float]], counts: dict[int, dict[str, int]], sizes: dict[str, int]) -> None:
    smallest = SIZES[0]
    print(f"{'shifts':>9}  {'what':<10} {'CPU ms':>8} {'× bare':>7} {'× 2,000':>8} {'queries':>8}")
    for shifts, spent in best.items():
        for what, ms in spent.items():
            print(
                f"{shifts:>9,}  {what:<10} {ms:>8.2f} {ms / spent['bare']:>7.2f}"
                f" {ms / best[smallest][what]:>8.2f} {counts[shifts].get(what, ''):>8}"
            )
    for what, size in sizes.items():
        print(f"{what:<20} {size / 1024:>7.1f} KB")


if __name__ == "__main__":
    main()
