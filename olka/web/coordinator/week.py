"""The week board."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from olka.core.permissions import Permission
from olka.web.gate import requires

pages: Final = Blueprint("week", __name__)


@pages.get("/viikko")
@requires(Permission.RUN_ROTA)
def board() -> ResponseReturnValue:
    """Placeholder."""
    return render_template("placeholder.html")
