"""A volunteer's own shifts."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from olka.core.permissions import Permission
from olka.web.gate import requires

pages: Final = Blueprint("own_shifts", __name__)


@pages.get("/omat")
@requires(Permission.TAKE_SHIFTS)
def mine() -> ResponseReturnValue:
    """Placeholder."""
    return render_template("placeholder.html")
