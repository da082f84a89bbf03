"""The gate of every view: which permission it asks for. A view without one stops the start."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from olka.core.errors import Forbidden, NotFound
from olka.core.permissions import NOBODY, Actor, Permission, may
from olka.db import retrying
from olka.web.notes import take_back_notes

View = Callable[..., ResponseReturnValue]

_GATE: Final = "__gate__"


class MissingGate(Exception):
    """A view was registered without ``@requires``; the message names it."""


def current_actor() -> Actor:
    """Tells who acts in this request, with the roles that hold today; ``NOBODY`` when not signed in.

    Who still owes a second factor is nobody.
    """
    return NOBODY if getattr(current_user, "awaits_second", False) else half_signed_in()


def half_signed_in() -> Actor:
    """Tells who has signed in, her second factor passed or not: for the pages that ask for it."""
    actor: Actor = getattr(current_user, "actor", NOBODY)
    return actor


def requires(permission: Permission, *, before_second: bool = False) -> Callable[[View], View]:
    """Opens a view only to those who have the permission at some site.

    Who still owes a second factor is sent to give it, except by the views that are open ``before_second``.
    Whoever isn't signed in is sent to ``/kirjaudu``; the wrong kind of account raises Forbidden. A POST is
    tried again as a whole when the database gave it up for another's sake.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def gated(**values: Any) -> ResponseReturnValue:
            if permission is not Permission.ANYONE:  # else the database isn't asked who it is
                actor = half_signed_in() if before_second else current_actor()
                if actor is NOBODY and current_user.is_authenticated:
                    return redirect(url_for("second_factor.ask", next=_page_asked_for()))
                if actor is NOBODY:
                    return redirect(url_for("sign_in.ask", next=_page_asked_for()))
                if not may(actor, permission):
                    raise Forbidden
            if request.method == "POST":
                return retrying(lambda: _try_afresh(view, values))
            return view(**values)

        setattr(gated, _GATE, permission)
        return gated

    return mark


def _try_afresh(view: View, values: dict[str, Any]) -> ResponseReturnValue:
    take_back_notes()  # of a try that the database gave up
    return view(**values)


def require_at(permission: Permission, site_id: int) -> None:
    """Holds an act to a site of the actor's: raises NotFound elsewhere, so that nothing is told of it."""
    if not may(current_actor(), permission, site_id):
        raise NotFound


def gate_of(view: Callable[..., Any]) -> Permission | None:
    """Tells which permission a view asks for, or None where it has no gate."""
    return getattr(view, _GATE, None)


def check_gates(app: Flask) -> None:
    """Raises MissingGate unless every view of the app has a gate."""
    for endpoint, view in app.view_functions.items():
        if gate_of(view) is None:
            raise MissingGate(f"{endpoint} has no @requires(…)")


def own_path(target: str | None) -> str | None:
    """Gives the target back when it is a path of this app, else None (``/\\t/evil.example`` included)."""
    if not target or not target.startswith("/") or target[:2] in {"//", "/\\"}:
        return None
    if any(ord(char) < 33 or ord(char) == 127 or char == "\\" for char in target):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def _page_asked_for() -> str | None:
    if request.method != "GET":
        return None
    return own_path(request.full_path if request.query_string else request.path)
