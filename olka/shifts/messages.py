"""The words that shifts send: to whoever is booked, moved or released by somebody else.

Each gives the facts of a mail in a language: strings, nothing secret. The mails are templates/mail/shift_*.txt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from olka.core import wording
from olka.shifts.queries import ShiftRecord

FactsIn = Callable[[str], dict[str, Any]]


def of_shift(shift: ShiftRecord) -> FactsIn:
    """Says when and where a shift is: what shift_booked, shift_removed and shift_cancelled tell."""

    def facts_in(language: str) -> dict[str, Any]:
        return {
            "when": wording.span(shift.when, language),
            "place": shift.place_name.in_(language),
            "site": shift.site_name.in_(language),
            "note": shift.note.in_(language),
            "shift_id": shift.facts.id,
        }

    return facts_in


def of_change(before: ShiftRecord, after: ShiftRecord) -> FactsIn:
    """Says what a shift was and what it has become; what stayed the same is an empty ``was_`` fact."""

    def facts_in(language: str) -> dict[str, Any]:
        was, now = of_shift(before)(language), of_shift(after)(language)
        moved = (was["place"], was["site"]) != (now["place"], now["site"])
        return {
            **now,
            "was_when": was["when"] if was["when"] != now["when"] else "",
            "was_place": was["place"] if moved else "",
            "was_site": was["site"] if moved else "",
        }

    return facts_in
