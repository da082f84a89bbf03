"""Organisers, sites and tasks."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from olka.core.permissions import Permission
from olka.web.gate import requires

pages: Final = Blueprint("house", __name__)


@pages.get("/hallinta")
@requires(Permission.KEEP_HOUSE)
def overview() -> ResponseReturnValue:
    """Placeholder."""
    return render_template("placeholder.html")
