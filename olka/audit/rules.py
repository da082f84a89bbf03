"""The seal on the audit log: each row's seal sums up the row and the seal before it, so that none changes unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the audit log as it was written; ``at`` is aware."""

    id: int
    at: datetime
    actor_id: int | None
    verb: str
    object_kind: str
    object_id: int | None
    detail: dict[str, Any]


def seal_of(before: str, entry: Entry) -> str:
    """Computes an entry's seal: SHA-256, in hex, over the seal before it and the entry; the first has none before."""
    facts = [
        entry.id,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.verb,
        entry.object_kind,
        entry.object_id,
        entry.detail,
    ]
    written = json.dumps([before, facts], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def chain(before: str, entries: Iterable[Entry]) -> Iterator[tuple[int, str]]:
    """Seals entries one after another, in the order given; gives each one's id and seal."""
    for entry in entries:
        before = seal_of(before, entry)
        yield entry.id, before


def first_break(before: str, sealed: Iterable[tuple[Entry, str | None]]) -> int | None:
    """Finds the first entry that isn't as it was sealed: changed, put in, or after one taken out; None when all hold.

    The entries come in the order of their ids, up to the last one that has a seal.
    """
    for entry, seal in sealed:
        if seal is None or seal != seal_of(before, entry):
            return entry.id
        before = seal
    return None
