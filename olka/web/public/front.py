"""The front page and the coordinators' contacts."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from olka.core.permissions import Permission
from olka.web.gate import requires

pages: Final = Blueprint("front", __name__)


@pages.get("/")
@requires(Permission.ANYONE)
def front_page() -> ResponseReturnValue:
    """Placeholder."""
    return render_template("placeholder.html")


@pages.get("/yhteys")
@requires(Permission.ANYONE)
def contact() -> ResponseReturnValue:
    """Placeholder."""
    return render_template("placeholder.html")
