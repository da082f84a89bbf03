"""The words that shifts send: to whoever is booked, changed or released by somebody else."""

from __future__ import annotations

from typing import Any

from olka.core import wording
from olka.notifications.service import tell
from olka.shifts.queries import ShiftRecord


def booked_for_you(shift: ShiftRecord, person_id: int) -> bool:
    """Tells a person that she was booked on a shift on her behalf; False where she has no mail."""
    return tell("shift_booked", person_id, lambda language: _facts(shift, language))


def removed(shift: ShiftRecord, person_id: int) -> bool:
    """Tells a person that she was taken off a shift; False where she has no mail."""
    return tell("shift_removed", person_id, lambda language: _facts(shift, language))


def _facts(shift: ShiftRecord, language: str) -> dict[str, Any]:
    return {
        "when": wording.span(shift.when, language),
        "place": shift.place_name.in_(language),
        "site": shift.site_name.in_(language),
    }
