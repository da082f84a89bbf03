"""Pure decisions on people and sign-in."""

from __future__ import annotations

from enum import StrEnum


class SignInKind(StrEnum):
    """How a sign-in was handed over."""

    MAILED = "mailed"
    PRINTED = "printed"
