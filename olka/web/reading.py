"""Reading an address: ids, pages, days and weeks of the query string; what can't be read is BadInput."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from flask import request
from werkzeug.routing import BaseConverter, ValidationError

from olka.core.errors import BadInput
from olka.core.spans import iso_week_start
from olka.web.forms import read_date

HIGHEST_ID: Final = 2**31 - 1
HIGHEST_PAGE: Final = 10_000
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,9}")
_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{2})")
_UNSAFE: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class IdConverter(BaseConverter):
    """``<id:…>``: a row's number in ASCII digits; anything else is no page (404)."""

    regex = r"[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        """Reads the number; one that no row can have is no page."""
        if not _NUMBER.fullmatch(value) or int(value) > HIGHEST_ID:
            raise ValidationError
        return int(value)


def read_id(name: str) -> int | None:
    """Reads an optional id, e.g. ``paikka``. Raises BadInput for what is no id."""
    value = request.args.get(name, "")
    if not value:
        return None
    if not _NUMBER.fullmatch(value) or int(value) > HIGHEST_ID:
        raise BadInput(name)
    return int(value)


def read_page() -> int:
    """Reads ``sivu``, 1 when it isn't there. Raises BadInput for what is no page number."""
    value = request.args.get("sivu") or "1"
    if not _NUMBER.fullmatch(value) or int(value) > HIGHEST_PAGE:
        raise BadInput("sivu")
    return int(value)


def read_day(name: str = "paiva") -> date | None:
    """Reads an optional date. Raises BadInput for what is no date."""
    value = request.args.get(name, "")
    if not value:
        return None
    found = read_date(value)
    if found is None:
        raise BadInput(name)
    return found


def read_week() -> date | None:
    """Reads ``viikko`` (``2026-W48``) as its Monday. Raises BadInput for a week that doesn't exist."""
    value = request.args.get("viikko", "")
    if not value:
        return None
    match = _WEEK.fullmatch(value)
    if match is None or not 1900 <= int(match[1]) <= 2199:
        raise BadInput("viikko")
    try:
        return iso_week_start(int(match[1]), int(match[2]))
    except ValueError:
        raise BadInput("viikko") from None


def read_choice(name: str, choices: tuple[str, ...]) -> str | None:
    """Reads an optional word that must be among the choices. Raises BadInput for another."""
    value = request.args.get(name, "")
    if not value:
        return None
    if value not in choices:
        raise BadInput(name)
    return value


def read_search() -> str:
    """Reads ``haku``: at most 80 characters, cleaned; empty when there is none."""
    value = _UNSAFE.sub("", request.args.get("haku", ""))
    return unicodedata.normalize("NFC", value).strip()[:80]
