"""A reader of pages: Flask's test client that signs in, sends forms with their token, and asserts the status."""

from __future__ import annotations

import secrets
from datetime import timedelta
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import update
from werkzeug.test import TestResponse

from olka.accounts.models import Person, SessionRow
from olka.accounts.queries import token_hash
from olka.core import clock
from olka.db import transaction


class Reader(FlaskClient):
    """A client whose ``see`` and ``send`` say what status they expect and give the page's text."""

    def sign_in_as(self, person: Person | int) -> Reader:
        """Signs a person in by a session row of her own, as the sign-in page does."""
        person_id = person if isinstance(person, int) else person.id
        token = secrets.token_urlsafe(32)
        now = clock.now()
        with self.application.app_context(), transaction() as session:
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
        with self.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return self

    def owe_second(self, person_id: int) -> Reader:
        """Takes the second factor back that `sign_in_as` gave: all sessions of the person owe it."""
        with self.application.app_context(), transaction() as session:
            session.execute(update(SessionRow).where(SessionRow.person_id == person_id).values(second_passed=False))
        return self

    def token(self) -> str:
        """Gives a CSRF token of this reader's session, as a page would carry it."""
        with self.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", secrets.token_hex(20))
        signer = URLSafeTimedSerializer(self.application.secret_key or "", salt="wtf-csrf-token")
        return str(signer.dumps(raw))

    def see(self, address: str, status: int = 200, **more: Any) -> str:
        """Opens a page, asserts its status and gives its text with entities resolved."""
        answer = self.get(address, **more)
        assert answer.status_code == status, (address, answer.status_code, answer.text[:2000])
        return unescape(answer.text)

    def send(self, address: str, data: dict[str, Any] | None = None, status: int = 302, **more: Any) -> TestResponse:
        """Sends a form with its CSRF token and asserts the status of the answer."""
        answer = self.post(address, data={"csrf_token": self.token(), **(data or {})}, **more)
        assert answer.status_code == status, (address, answer.status_code, unescape(answer.text)[:3000])
        return answer

    def send_and_follow(self, address: str, data: dict[str, Any] | None = None) -> str:
        """Sends a form, follows the redirect and gives the text of the page that opens."""
        answer = self.send(address, data)
        return self.see(answer.location)
