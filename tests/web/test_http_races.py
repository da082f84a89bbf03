"""The booking over real HTTP, two workers with eight threads each, on both databases."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import time, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select

from olka.accounts.models import SessionRow
from olka.accounts.queries import token_hash
from olka.core import clock
from olka.db import db, transaction
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState
from tests import factories
from tests.services.live import serving

pytestmark = pytest.mark.race

CSRF = "c" * 40


def signed_in(app: Flask, people: list[int]) -> list[tuple[str, str]]:
    """Gives each person a session: her cookie and a form's token."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    form_token = str(URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(CSRF))
    now = clock.now()
    keys = []
    with app.app_context(), transaction() as session:
        for person_id in people:
            token = secrets.token_urlsafe(32)
            session.add(
                SessionRow(
                    token_hash=token_hash(token),
                    person_id=person_id,
                    kept=False,
                    created_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(hours=1),
                )
            )
            keys.append((str(signer.dumps({"_user_id": token, "_fresh": True, "csrf_token": CSRF})), form_token))
    return keys


def press_together(base: str, shift_id: int, keys: list[tuple[str, str]]) -> Counter[int]:
    """Lets everybody press the shift's button at one moment; counts the statuses of readable answers."""
    barrier = Barrier(len(keys))

    def press(key: tuple[str, str]) -> int:
        cookie, token = key
        headers = {"Cookie": f"olka={cookie}", "Content-Type": "application/x-www-form-urlencoded"}
        with closing(HTTPConnection(urlsplit(base).netloc, timeout=60)) as line:
            line.connect()
            barrier.wait()
            line.request("POST", f"/vuorot/{shift_id}/varaa", urlencode({"csrf_token": token}), headers)
            answer = line.getresponse()
            page = answer.read().decode()
        assert answer.status == HTTPStatus.FOUND or re.search("<h1[^>]*>[^<]+</h1>", page), page[:500]
        return answer.status

    with ThreadPoolExecutor(len(keys)) as crowd:
        return Counter(crowd.map(press, keys))


def crowd_of(app: Flask, people: int, shifts: int, places: int) -> tuple[list[int], list[int]]:
    with app.app_context():
        site = factories.site()
        point = factories.place(site.id)
        duty = factories.task(at=point)
        crowd = [factories.volunteer(site.id, duty.id, called=f"Vapaaehtoinen{n}").id for n in range(people)]
        day = factories.today() + timedelta(days=7)
        rows = [
            factories.shift(point.id, duty.id, day + timedelta(days=n), time(9), time(12), max_people=places).id
            for n in range(shifts)
        ]
        return crowd, rows


def held(app: Flask, shift_ids: list[int]) -> list[tuple[int, int]]:
    with app.app_context():
        rows = db.session.execute(
            select(Shift.taken, func.count(Booking.id))
            .outerjoin(Booking, (Booking.shift_id == Shift.id) & (Booking.state == BookingState.BOOKED))
            .where(Shift.id.in_(shift_ids))
            .group_by(Shift.id, Shift.taken)
        )
        return [(taken, count) for taken, count in rows]


def test_twenty_at_once_on_each_of_twenty_one_place_shifts(any_app: Flask, any_url: str, tmp_path: Path) -> None:
    people, shifts = crowd_of(any_app, people=20, shifts=20, places=1)
    keys = signed_in(any_app, people)
    with serving(any_url, tmp_path) as base:
        told = sum((press_together(base, shift_id, keys) for shift_id in shifts), Counter[int]())
    assert held(any_app, shifts) == [(1, 1)] * 20
    assert told == {302: 20, 409: 380}


def test_fifty_people_on_five_places(any_app: Flask, any_url: str, tmp_path: Path) -> None:
    people, shifts = crowd_of(any_app, people=50, shifts=1, places=5)
    keys = signed_in(any_app, people)
    with serving(any_url, tmp_path) as base:
        told = press_together(base, shifts[0], keys)
    assert held(any_app, shifts) == [(5, 5)]
    assert told == {302: 5, 409: 45}
