"""The guard against personal identity codes: no field of this program takes one.

The code is DDMMYY, a century sign (+ - A-F U-Y), three digits and a check character, in either case; the
checksum decides, so that other numbers pass. Source: Digital and Population Data Services Agency, the
personal identity code; decree 128/2010 and its change of 2023 for the new century signs.
"""

from __future__ import annotations

import re
from typing import Final

_CHECKS: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
# Look-arounds and not \b: a code glued to words or underscores is still a code.
_SHAPE: Final = re.compile(r"(?<![0-9])([0-9]{6})\s?[-+A-FU-Y\u2013\u2212]\s?([0-9]{3})([0-9A-Y])(?![0-9A-Z])", re.I)


def contains_identity_code(text: str) -> bool:
    """Tells whether the text holds a personal identity code with a right checksum."""
    return any(
        _is_day(match[1]) and _CHECKS[int(match[1] + match[2]) % 31] == match[3].upper()
        for match in _SHAPE.finditer(text)
    )


def _is_day(ddmmyy: str) -> bool:
    return 1 <= int(ddmmyy[:2]) <= 31 and 1 <= int(ddmmyy[2:4]) <= 12
