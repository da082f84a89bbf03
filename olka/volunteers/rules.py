"""Pure decisions on a volunteer's standing."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """Whether a volunteer takes shifts now."""

    ACTIVE = "active"
    ON_LEAVE = "on_leave"
    LEFT = "left"


def standing_when_taken_in(standing: Standing | None) -> Standing:
    """Tells how someone stands who is taken in at a site: active, but a leave goes on until it is ended."""
    return Standing.ON_LEAVE if standing is Standing.ON_LEAVE else Standing.ACTIVE
