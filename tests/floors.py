"""The two laws of the house, and the smaller ones that keep it readable, read from the source.

**Floors.** `core → rules → models → queries → service → web → app`: a module imports its own floor or lower.
**Rooms.** In the order of ROOMS: a room imports only itself and rooms above it in the list.

When you add a file: inside a room the names in FLOOR_OF_NAME have their floor already; every other file
declares its floor in FLOOR_OF, one line. A new room takes its place in ROOMS. test_floors.py holds the house
to all this, and shows each law a small house that breaks it.
"""

import ast
import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

import sqlalchemy as sa

ROOMS = (
    *("core", "audit", "outbox", "sites", "accounts", "consents", "notifications", "tasks", "volunteers"),
    *(
        "training",
        "checks",
        "eligibility",
        "intake",
        "associations",
        "themedays",
        "shifts",
        "rota",
        "support",
    ),
    *("changes", "desk", "reports", "privacy", "exchange"),
)
FLOORS = ("core", "rules", "ground", "models", "queries", "service", "web", "app")

# Files that any room may have.
FLOOR_OF_NAME = {
    "rules": "rules",
    "models": "models",
    "queries": "queries",
    "messages": "queries",
    "service": "service",
    "timed": "service",
}
# Files with a name of their own, or whole folders. `ground` is what all rooms but core stand on.
FLOOR_OF = {
    "config": "ground",
    "db": "ground",
    "accounts.throttle": "service",
    "accounts.sessions": "service",
    "accounts.sign_in": "service",
    "accounts.second_factor": "service",
    "accounts.second_rules": "rules",
    "accounts.people_rules": "rules",
    "accounts.people_queries": "queries",
    "accounts.people_service": "service",
    "accounts.contacts": "queries",
    "shifts.people_queries": "queries",
    "shifts.board": "queries",
    "shifts.planning": "service",
    "shifts.planning_queries": "queries",
    "shifts.planning_rules": "rules",
    "shifts.standing_rules": "rules",
    "shifts.standing": "service",
    "shifts.calendar": "queries",
    "shifts.closing": "service",
    "web": "web",
    "app": "app",
    **dict.fromkeys(("cli", "worker", "serve", "gunicorn_app", "doctor", "stop"), "app"),
    **dict.fromkeys(("outbox.mail", "outbox.sinks", "outbox.delivery", "outbox.jobs"), "service"),
    "schema": "ground",
    "watch": "web",
    "exchange.demo": "rules",
    "exchange.demo.load": "service",
    "demo": "app",
}

# Files over 400 lines that can't be split, each with its reason; over 600 there is none.
LONG_FOR_A_REASON: dict[str, str] = {}

CLOCK = {
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime"),
    *("sqlalchemy.func.now", "sqlalchemy.func.current_timestamp", "sqlalchemy.func.current_date"),
}
FORM = {"flask.request.form", "flask.request.values", "flask.request.files"}
STATUS_TAKERS = {"abort", "errorhandler", "make_response", "register_error_handler", "Response"}
JUNK_DRAWERS = re.compile(r"(?:^|_)(manager|helper|util|common)s?(?:_|$)")


@dataclass(frozen=True)
class Source:
    """One file of the package: its name without `olka.`, and what is written in it."""

    name: str
    path: str
    tree: ast.Module
    is_package: bool

    @property
    def room(self) -> str | None:
        first = self.name.split(".")[0]
        return first if first in ROOMS else None

    @property
    def is_room_door(self) -> bool:
        """True for a room's own `__init__.py`."""
        return self.is_package and self.name in ROOMS


def sources(house: Path) -> list[Source]:
    """Reads every file of the package."""
    return [_source(house, path) for path in sorted((house / "olka").rglob("*.py"))]


def _source(house: Path, path: Path) -> Source:
    parts = path.relative_to(house / "olka").with_suffix("").parts
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return Source(name, path.relative_to(house).as_posix(), tree, is_package)


# ---------------------------------------------------------------- the laws


def floor_of(name: str) -> str | None:
    """Names the floor of a module; None for one that has not declared it."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        if declared := FLOOR_OF.get(".".join(parts[:length])):
            return declared
    if parts[0] == "core":
        return "core"
    if parts[0] in ROOMS and len(parts) >= 2:
        return FLOOR_OF_NAME.get(parts[1])
    return None


def undeclared(house: Path) -> Iterator[str]:
    """Finds files whose floor or room nobody knows."""
    for source in sources(house):
        first = source.name.split(".")[0]
        if source.is_package and (source.name == "" or source.room):
            continue  # the package's and the rooms' doors hold words alone: see below
        if floor_of(source.name) is None and source.room:
            yield (
                f"{source.path}: which floor is it on? Give it a name of FLOOR_OF_NAME, or add "
                f'"{source.name}": "service" (or models, queries, rules) to FLOOR_OF in tests/floors.py.'
            )
        elif floor_of(source.name) is None:
            yield (
                f"{source.path}: {first!r} is neither a room nor declared. A new room takes its place in "
                "ROOMS, after those it stands on; any other file its floor in FLOOR_OF: see tests/floors.py."
            )


def imports_upwards(house: Path) -> Iterator[str]:
    """Finds imports that climb a floor or reach into a later room."""
    house_sources = sources(house)
    modules = {source.name for source in house_sources}
    for source in house_sources:
        floor = floor_of(source.name)
        for line, target in _imports_of_the_house(source, modules):
            where = f"{source.path}:{line} imports olka.{target}"
            target_floor = floor_of(target)
            if source.is_package and (source.is_room_door or not source.name):
                yield f"{where}, but this __init__.py holds one docstring: import from the file that has it."
            elif floor and target_floor and FLOORS.index(target_floor) > FLOORS.index(floor):
                yield f"{where}: {floor} stands below {target_floor}, and imports go downwards only."
            elif _room_rank(target) > _room_rank(source.name):
                yield (
                    f"{where}: {source.name.split('.')[0]} stands before {target.split('.')[0]} in ROOMS. "
                    "An act that touches both lives in the later room; a fact comes in as an argument."
                )


def _room_rank(name: str) -> float:
    first = name.split(".")[0]
    if first in ROOMS:
        return ROOMS.index(first)
    # db and config stand on core alone; web, app and cli stand on every room.
    return 0.5 if floor_of(name) == "ground" else len(ROOMS)


def _imports_of_the_house(source: Source, modules: set[str]) -> Iterator[tuple[int, str]]:
    for line, name in _imports(source):
        if name.startswith("olka."):
            target = name.removeprefix("olka.")
            # `from olka.shifts import rules` names a module, `from olka.db import Base` something inside one.
            if target not in modules and "." in target and target.rpartition(".")[0] in modules:
                target = target.rpartition(".")[0]
            yield line, target


def _imports(source: Source) -> Iterator[tuple[int, str]]:
    here = ["olka", *source.name.split(".")] if source.name else ["olka"]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = node.level - 1 if source.is_package else node.level
            base = here[: len(here) - up] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)


def impure(house: Path) -> Iterator[str]:
    """Finds Flask or SQLAlchemy in core and in rules, and the clock in rules."""
    for source in sources(house):
        floor = floor_of(source.name)
        if floor not in ("core", "rules"):
            continue
        for line, name in _imports(source):
            if re.match(r"(flask|sqlalchemy|werkzeug|wtforms)", name):
                yield f"{source.path}:{line} imports {name}: {floor} is pure; facts come in as arguments."
            if floor == "rules" and name.startswith("olka.core.clock"):
                yield f"{source.path}:{line} reads the clock: a rule is told the time by its caller."


def clock_readers(house: Path) -> Iterator[str]:
    """Finds the clock read anywhere but in core/clock.py."""
    for source in sources(house):
        if source.name != "core.clock":
            for line, name in _references(source):
                if name in CLOCK:
                    yield f"{source.path}:{line} reads {name}: only olka/core/clock.py may; ask it."


def committers(house: Path) -> Iterator[str]:
    """Finds commits, and transactions begun, anywhere but in db.py."""
    for source in sources(house):
        for node in ast.walk(source.tree) if source.name != "db" else ():
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in ("commit", "begin"):
                where = f"{source.path}:{called.lineno} calls .{called.attr}()"
                yield f"{where}: only transaction() in olka/db.py begins and commits."


def form_readers(house: Path) -> Iterator[str]:
    """Finds the submitted form read anywhere but in web/forms.py."""
    for source in sources(house):
        if source.name != "web.forms":
            for line, name in _references(source):
                if name in FORM:
                    yield f"{source.path}:{line} reads {name}: only olka/web/forms.py may; use a typed form."


def status_namers(house: Path) -> Iterator[str]:
    """Finds errors of HTTP named anywhere but in web/errors.py."""
    for source in sources(house):
        if source.name == "web.errors":
            continue
        for line, name in _references(source):
            if name in ("flask.abort", "http.HTTPStatus") or name.startswith("werkzeug.exceptions."):
                yield f"{source.path}:{line} uses {name}: raise an OlkaError, for web/errors.py to translate."
        if floor_of(source.name) in ("web", "app"):
            for line, number in _error_statuses(source.tree):
                yield f"{source.path}:{line} names status {number}: only web/errors.py may, for an OlkaError."


def _error_statuses(tree: ast.Module) -> Iterator[tuple[int, int]]:
    for node in ast.walk(tree):
        places: list[ast.expr] = []
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            places = node.value.elts
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            places = [word.value for word in node.keywords if word.arg in ("status", "status_code", "code")]
            places += node.args if called in STATUS_TAKERS else []
        elif isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Attribute) and target.attr == "status_code" for target in node.targets
        ):
            places = [node.value]
        for place in places:
            if isinstance(place, ast.Constant) and isinstance(place.value, int) and 400 <= place.value < 600:
                yield place.lineno, place.value


def _references(source: Source) -> Iterator[tuple[int, str]]:
    """Resolves every dotted name to what it was imported as, with all its shorter beginnings left out."""
    known = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield node.lineno, f"{node.module}.{alias.name}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and (dotted := _dotted(node)):
            first, _, rest = dotted.partition(".")
            yield node.lineno, f"{known.get(first, first)}.{rest}"


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (start := _dotted(node.value)):
        return f"{start}.{node.attr}"
    return None


def too_long(house: Path, reasons: dict[str, str] = LONG_FOR_A_REASON) -> Iterator[str]:
    """Finds files that want splitting, and reasons that have outlived their file."""
    lengths = {}
    for path in _texts(house):
        lengths[path.relative_to(house).as_posix()] = len(path.read_text(encoding="utf-8").splitlines())
    for name, length in lengths.items():
        if length > 600:
            yield f"{name} has {length} lines: 600 is the end. Split it by what its parts are about."
        elif length > 400 and name not in reasons:
            yield f"{name} has {length} lines: over 400 it wants splitting, or a reason in LONG_FOR_A_REASON."
    for name in reasons:
        if lengths.get(name, 0) <= 400:
            yield f"{name} is not over 400 lines: take it out of LONG_FOR_A_REASON."


def _texts(house: Path) -> Iterator[Path]:
    for folder, ending in (("olka", "py"), ("bench", "py"), ("tests", "py"), ("templates", "html")):
        yield from sorted((house / folder).rglob(f"*.{ending}"))


def junk_drawers(house: Path) -> Iterator[str]:
    """Finds modules named for nothing in particular."""
    for path in _texts(house):
        name = path.relative_to(house)
        for part in name.with_suffix("").parts:
            if found := JUNK_DRAWERS.search(part):
                yield f"{name}: a {found[1]} collects anything. Name it by what it knows."


def undocumented(house: Path) -> Iterator[str]:
    """Finds rooms and public functions without the sentence that they promise."""
    house_sources = sources(house)
    doors = {source.name for source in house_sources if source.is_room_door}
    for room in sorted({source.room for source in house_sources if source.room} - doors):
        yield f"olka/{room}/ has no __init__.py: its docstring says what the room is and what it stands on."
    for source in house_sources:
        if source.is_room_door and not ast.get_docstring(source.tree):
            yield f"{source.path} has no docstring: say what this room is and what it stands on."
        for node in source.tree.body:
            if _is_public_function(node) and not ast.get_docstring(node):
                where = f"{source.path}:{node.lineno} {node.name}()"
                yield f"{where} has no docstring: one sentence, its promise."


def _is_public_function(node: ast.stmt) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
        return False
    return not any(isinstance(mark, ast.Name) and mark.id == "overload" for mark in node.decorator_list)


def keys_to_later_rooms(tables: Iterable[sa.Table], room_of: dict[str, str]) -> Iterator[str]:
    """Finds foreign keys that point from a room to a later one, or out of the audit log at all."""
    for table in tables:
        room = room_of.get(table.name)
        if room is None:
            yield f"Table {table.name} belongs to no room: define it in a room's models."
            continue
        for key in table.foreign_keys:
            target = key.target_fullname.split(".")[0]
            if room == "audit":
                yield f"{table.name} points to {target}: the audit log outlives what it names: no keys."
            elif ROOMS.index(room_of.get(target, "core")) > ROOMS.index(room):
                where = f"{table.name} in {room} points to {target} in {room_of[target]}"
                yield f"{where}: a later room. Turn it round."


def room_of_tables(house: Path) -> dict[str, str]:
    """Loads the models of every room and tells which room each table is from."""
    found: dict[str, str] = {}
    for source in sources(house):
        if source.room and floor_of(source.name) == "models":
            module = importlib.import_module(f"olka.{source.name}")
            for thing in vars(module).values():
                table = thing if isinstance(thing, sa.Table) else getattr(thing, "__table__", None)
                if isinstance(table, sa.Table):
                    # A model imported from an earlier room keeps that room.
                    found.setdefault(table.name, source.room)
                    home = getattr(thing, "__module__", "").split(".")
                    if len(home) > 2 and home[0] == "olka" and home[1] in ROOMS:
                        found[table.name] = home[1]
    return found


LAWS: list[Callable[[Path], Iterator[str]]] = [
    *(undeclared, imports_upwards, impure, clock_readers, committers, form_readers, status_namers),
    *(too_long, junk_drawers, undocumented),
]
