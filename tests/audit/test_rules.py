"""The seal on the audit log shows what was changed, put in or taken out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from olka.audit.rules import Entry, chain, first_break, seal_of

AT = datetime(2026, 11, 24, 8, 0, 0, 5, tzinfo=UTC)


def an_entry(number: int, **changes: object) -> Entry:
    entry = Entry(number, AT + timedelta(seconds=number), 7, "book", "shift", 42, {"booking_id": number, "by": "phone"})
    return replace(entry, **changes)  # type: ignore[arg-type]  # the tests change any field


ENTRIES = [an_entry(number) for number in (3, 4, 8, 9)]
SEALED: list[tuple[Entry, str | None]] = [
    (entry, seal) for entry, (_, seal) in zip(ENTRIES, chain("", ENTRIES), strict=True)
]


def test_a_log_as_it_was_sealed_holds() -> None:
    assert first_break("", SEALED) is None
    assert first_break("", []) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"id": 5},
        {"at": AT},
        {"actor_id": None},
        {"actor_id": 8},
        {"verb": "release"},
        {"object_kind": "place"},
        {"object_id": None},
        {"detail": {}},
        {"detail": {"booking_id": "4", "by": "phone"}},
        {"detail": {"booking_id": 4, "by": "phone", "more": 1}},
    ],
)
def test_any_change_to_an_entry_is_seen(changes: dict[str, object]) -> None:
    forged = [SEALED[0], (replace(SEALED[1][0], **changes), SEALED[1][1]), *SEALED[2:]]  # type: ignore[arg-type]  # as above
    assert first_break("", forged) == forged[1][0].id


def test_an_entry_taken_out_is_seen_at_the_next() -> None:
    assert first_break("", [SEALED[0], *SEALED[2:]]) == 8
    assert first_break("", SEALED[1:]) == 4


def test_an_entry_put_in_is_seen_sealed_or_not() -> None:
    put_in = an_entry(5)
    assert first_break("", [*SEALED[:2], (put_in, None), *SEALED[2:]]) == 5
    assert first_break("", [*SEALED[:2], (put_in, seal_of(SEALED[1][1] or "", put_in)), *SEALED[2:]]) == 8


def test_two_entries_that_changed_places_are_seen() -> None:
    assert first_break("", [SEALED[1], SEALED[0], *SEALED[2:]]) == 4


def test_a_seal_is_the_same_whatever_the_zone_and_the_order_of_the_details() -> None:
    entry = an_entry(1)
    there = entry.at.astimezone(timezone(timedelta(hours=2)))
    turned = dict(reversed(entry.detail.items()))
    assert seal_of("", replace(entry, at=there, detail=turned)) == seal_of("", entry)


def test_words_that_would_run_together_dont() -> None:
    assert seal_of("", an_entry(1, verb="ab", object_kind="c")) != seal_of("", an_entry(1, verb="a", object_kind="bc"))
