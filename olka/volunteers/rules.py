"""Pure decisions on a volunteer's standing."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """Whether a volunteer takes shifts now."""

    ACTIVE = "active"
    ON_LEAVE = "on_leave"
    LEFT = "left"
