"""The shifts a volunteer may take."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from olka.core.permissions import Permission
from olka.web.gate import requires

pages: Final = Blueprint("open_shifts", __name__)


@pages.get("/vuorot")
@requires(Permission.TAKE_SHIFTS)
def list_open() -> ResponseReturnValue:
    """Placeholder."""
    return render_template("placeholder.html")
