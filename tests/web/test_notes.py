"""A note tells of what is done: never before the commit, which may yet fail."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "olka" / "web"


def told_too_early(source: str) -> Iterator[int]:
    """Gives the lines that call ``tell`` inside ``with transaction():``."""
    for block in ast.walk(ast.parse(source)):
        if isinstance(block, ast.With) and any(calls(item.context_expr, "transaction") for item in block.items):
            yield from (node.lineno for node in ast.walk(block) if isinstance(node, ast.Call) and calls(node, "tell"))


def calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


@pytest.mark.parametrize("file", sorted(WEB.rglob("*.py")), ids=lambda file: str(file.relative_to(WEB)))
def test_nothing_is_told_before_it_is_written(file: Path) -> None:
    assert list(told_too_early(file.read_text())) == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("with transaction():\n    act()\n    tell('ok', 'x')", [3]),
        ("with transaction():\n    if act():\n        tell('ok', 'x')", [3]),
        ("with transaction():\n    act()\ntell('ok', 'x')", []),
    ],
)
def test_a_note_told_too_early_is_seen(source: str, lines: list[int]) -> None:
    assert list(told_too_early(source)) == lines
