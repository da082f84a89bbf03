"""The words that shifts send: to whoever is booked, moved or released by somebody else.

Each gives the facts of a mail in a language: strings, nothing secret. The mails are templates/mail/shift_*.txt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from olka.core import wording
from olka.shifts.queries import ShiftRecord
from olka.tasks.queries import get_task

FactsIn = Callable[[str], dict[str, Any]]


def of_shift(shift: ShiftRecord) -> FactsIn:
    """Says when, where and what a shift is: what shift_booked, shift_removed and shift_cancelled tell."""
    task = get_task(shift.facts.task_id).name

    def facts_in(language: str) -> dict[str, Any]:
        return {
            "when": wording.span(shift.when, language),
            "place": shift.place_name.in_(language),
            "site": shift.site_name.in_(language),
            "task": task.in_(language),
            "note": shift.note.in_(language),
            "shift_id": shift.facts.id,
        }

    return facts_in


def of_change(before: ShiftRecord, after: ShiftRecord) -> FactsIn:
    """Says what a shift was and what it has become; what stayed the same is an empty ``was_`` fact."""

    before_in, after_in = of_shift(before), of_shift(after)

    def facts_in(language: str) -> dict[str, Any]:
        was, now = before_in(language), after_in(language)
        moved = (was["place"], was["site"]) != (now["place"], now["site"])
        return {
            **now,
            "was_when": was["when"] if was["when"] != now["when"] else "",
            "was_place": was["place"] if moved else "",
            "was_site": was["site"] if moved else "",
            "was_task": was["task"] if was["task"] != now["task"] else "",
        }

    return facts_in
