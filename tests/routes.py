"""Every route of the app, read from its url_map, with an address for each object of the world."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from flask import Flask
from werkzeug.routing import Rule

from olka.core.permissions import Permission
from olka.web.gate import gate_of
from olka.web.reading import IdConverter
from tests.world import WORDS, Corner

# What these send is no page of the house.
MACHINES: Final = frozenset({"static_files.file"})
# What is read by programs, and what takes words that only a mail or the demo knows.
_ELSEWHERE: Final = frozenset(
    {
        *("machines.lives", "machines.ready", "machines.metrics", "own_shifts.calendar_file"),
        *("sign_in.open_link", "sign_in.sent", "demo_mail.inbox"),
    }
)
_KIND_LET_IN: Final[dict[Permission | None, str]] = {
    Permission.ANYONE: "visitor",
    Permission.SIGNED_IN: "volunteer",
    Permission.TAKE_SHIFTS: "volunteer",
    Permission.KEEP_HOUSE: "admin",
    Permission.RUN_ROTA: "coordinator",
    Permission.SEE_PEOPLE: "coordinator",
    Permission.KEEP_PLACES: "coordinator",
}


@dataclass(frozen=True, order=True)
class Route:
    """One method of one address."""

    rule: str
    method: str
    endpoint: str
    kind: str  # a kind of account that the gate lets in
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
        _route(app, rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def pages_of(app: Flask) -> list[Route]:
    """Lists what is opened in a browser's window by its address alone."""
    return [route for route in routes_of(app) if route.method == "GET" and route.endpoint not in MACHINES | _ELSEWHERE]


def _route(app: Flask, rule: Rule, method: str) -> Route:
    converters = rule._converters
    ids = tuple(sorted(name for name, converter in converters.items() if isinstance(converter, IdConverter)))
    words = tuple(sorted(set(converters) - set(ids)))
    gate = gate_of(app.view_functions[rule.endpoint])
    return Route(rule.rule, method, rule.endpoint, _KIND_LET_IN.get(gate, "admin"), ids, words)
