"""Every route of the app, read from its url_map, with an address for each object of the world."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from flask import Flask
from werkzeug.routing import Rule

from olka.web.reading import IdConverter
from tests.world import WORDS, Corner

# What these send is no page of the house.
MACHINES: Final = frozenset({"static_files.file"})


@dataclass(frozen=True, order=True)
class Route:
    """One method of one address."""

    rule: str
    method: str
    endpoint: str
    ids: tuple[str, ...]
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"

    def address(self, corner: Corner, **changes: str) -> str:
        """Gives the address of the corner's objects; `changes` puts other text in an argument's place."""
        values = {name: str(corner[name]) for name in self.ids} | {name: WORDS[name] for name in self.words} | changes
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda argument: values[argument[1]], self.rule)


def routes_of(app: Flask) -> list[Route]:
    """Lists every method of every address, in the order of addresses."""
    return sorted(
        _route(rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def _route(rule: Rule, method: str) -> Route:
    converters = rule._converters
    ids = tuple(sorted(name for name, converter in converters.items() if isinstance(converter, IdConverter)))
    words = tuple(sorted(set(converters) - set(ids)))
    return Route(rule.rule, method, rule.endpoint, ids, words)
