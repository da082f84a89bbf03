"""The people of a coordinator's sites."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from olka.core.permissions import Permission
from olka.web.gate import requires

pages: Final = Blueprint("people", __name__)


@pages.get("/vapaaehtoiset")
@requires(Permission.SEE_PEOPLE)
def list_people() -> ResponseReturnValue:
    """Placeholder."""
    return render_template("placeholder.html")
