"""The kinds of account in words."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l

from olka.core.permissions import Kind

KIND_WORDS: Final[dict[Kind, Any]] = {
    Kind.VOLUNTEER: _l("Vapaaehtoinen"),
    Kind.COORDINATOR: _l("Koordinaattori"),
    Kind.EMPLOYEE: _l("Työntekijä"),
    Kind.ASSOCIATION: _l("Yhdistyksen edustaja"),
    Kind.WARD: _l("Osaston yhteyshenkilö"),
    Kind.ADMIN: _l("Ylläpitäjä"),
}
