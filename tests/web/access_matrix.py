"""Reads access_matrix.txt: who gets in where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.world import KINDS, World

TABLE: Final = Path(__file__).with_suffix(".txt")

# Where an empty form would be refused before anybody asks whose object it is.
BODIES: Final[dict[str, Callable[[World], dict[str, int]]]] = {
    "POST /vapaaehtoiset/<id:person_id>/toimipaikka": lambda world: {"toimipaikka": world.here["site_id"]},
}


def lines() -> dict[str, dict[str, tuple[str, str]]]:
    """Reads the table: route → kind of account → what happens with one's own and with another site's object."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if not words or words[0] not in {"GET", "POST"}:
            continue  # a heading
        route, cells = " ".join(words[:2]), words[2:]
        assert route not in found, f"{route} is in the table twice"
        assert len(cells) == len(KINDS), f"{route}: {len(cells)} cells for {len(KINDS)} kinds of account"
        found[route] = {kind: _cell(cell) for kind, cell in zip(KINDS, cells, strict=True)}
    return found


def _cell(cell: str) -> tuple[str, str]:
    own, _, other = cell.partition("/")
    return own, other or own
