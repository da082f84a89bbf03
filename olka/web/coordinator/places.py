"""A site's places, hours and closures."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from olka.core.permissions import Permission
from olka.web.gate import requires

pages: Final = Blueprint("places", __name__)


@pages.get("/paikat")
@requires(Permission.KEEP_PLACES)
def list_places() -> ResponseReturnValue:
    """Placeholder."""
    return render_template("placeholder.html")
