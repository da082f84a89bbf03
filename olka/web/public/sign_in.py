"""Signing in and out."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from olka.core.permissions import Permission
from olka.web.gate import requires

pages: Final = Blueprint("sign_in", __name__)


@pages.get("/kirjaudu")
@requires(Permission.ANYONE)
def ask() -> ResponseReturnValue:
    """Placeholder."""
    return render_template("placeholder.html")


@pages.post("/kirjaudu/ulos")
@requires(Permission.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """Placeholder."""
    return render_template("placeholder.html")
