"""One's own profile."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from olka.core.permissions import Permission
from olka.web.gate import requires

pages: Final = Blueprint("profile", __name__)


@pages.get("/omat/profiili")
@requires(Permission.SIGNED_IN)
def own_profile() -> ResponseReturnValue:
    """Placeholder."""
    return render_template("placeholder.html")
