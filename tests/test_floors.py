"""The house keeps its laws (floors.py), and each law sees a small house that breaks it."""

import importlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import floors

Law = Callable[[Path], Iterator[str]]

HOUSE = Path(__file__).parent.parent


def named(law: object) -> str:
    return getattr(law, "__name__", "")


@pytest.mark.parametrize("law", floors.LAWS, ids=named)
def test_the_house_has_no(law: Law) -> None:
    assert_none(law(HOUSE))


def test_the_house_has_no_foreign_key_to_a_later_room() -> None:
    if not (HOUSE / "olka" / "db.py").exists():
        pytest.skip("no tables yet")
    room_of = floors.room_of_tables(HOUSE)
    base = importlib.import_module("olka.db").Base
    # Models that another test made for itself are not the house's.
    ours = [mapper for mapper in base.registry.mappers if mapper.class_.__module__.startswith("olka.")]
    guests = {mapper.local_table for mapper in base.registry.mappers} - {mapper.local_table for mapper in ours}
    tables = [table for table in base.metadata.tables.values() if table not in guests]
    assert_none(floors.keys_to_later_rooms(tables, room_of))


def assert_none(faults: Iterable[str]) -> None:
    found = list(faults)
    assert not found, "\n" + "\n".join(found)


BROKEN: list[tuple[Law, str, str, str]] = [
    # law, the file, what is in it, what the message must say
    (floors.undeclared, "olka/shifts/parking.py", "", "which floor is it on"),
    (floors.undeclared, "olka/parking/service.py", "", "'parking' is neither a room nor declared"),
    (floors.undeclared, "olka/extras.py", "", "'extras' is neither a room nor declared"),
    (
        floors.imports_upwards,
        "olka/shifts/rules.py",
        "import olka.shifts.models",
        "rules stands below models",
    ),
    (
        floors.imports_upwards,
        "olka/shifts/models.py",
        "from .queries import x",
        "models stands below queries",
    ),
    (floors.imports_upwards, "olka/shifts/queries.py", "from olka.shifts import service", "below service"),
    (floors.imports_upwards, "olka/shifts/messages.py", "from .service import book", "queries stands below"),
    (
        floors.imports_upwards,
        "olka/shifts/service.py",
        "from olka.web.gate import x",
        "service stands below web",
    ),
    (
        floors.imports_upwards,
        "olka/shifts/timed.py",
        "def f():\n    import olka.worker",
        "service stands below app",
    ),
    (floors.imports_upwards, "olka/web/gate.py", "from olka.app import create_app", "web stands below app"),
    (floors.imports_upwards, "olka/core/spans.py", "from olka import config", "core stands below ground"),
    (floors.imports_upwards, "olka/shifts/rules.py", "from olka.db import Base", "rules stands below ground"),
    (
        floors.imports_upwards,
        "olka/sites/queries.py",
        "from ..shifts.models import Shift",
        "sites stands before",
    ),
    (floors.imports_upwards, "olka/db.py", "from olka.audit.rules import x", "db stands before audit"),
    (
        floors.imports_upwards,
        "olka/shifts/__init__.py",
        '"""Shifts."""\nfrom . import rules',
        "one docstring",
    ),
    (floors.impure, "olka/core/spans.py", "from sqlalchemy import select", "core is pure"),
    (floors.impure, "olka/shifts/rules.py", "import flask_babel", "rules is pure"),
    (floors.impure, "olka/shifts/rules.py", "from olka.core.clock import now", "reads the clock"),
    (
        floors.clock_readers,
        "olka/db.py",
        "import datetime as dt\nx = dt.datetime.now(dt.UTC)",
        "datetime.now",
    ),
    (floors.clock_readers, "olka/db.py", "from datetime import date as d\nx = [d.today]", "date.today"),
    (floors.clock_readers, "olka/db.py", "from time import time", "time.time"),
    (floors.clock_readers, "olka/db.py", "from sqlalchemy import func\nfunc.now()", "sqlalchemy.func.now"),
    (floors.committers, "olka/shifts/service.py", "db.session.commit()", "calls .commit()"),
    (floors.committers, "olka/cli.py", "with engine.begin():\n    pass", "calls .begin()"),
    (floors.form_readers, "olka/web/gate.py", "from flask import request\nrequest.form['a']", "request.form"),
    (
        floors.form_readers,
        "olka/web/gate.py",
        "import flask\nflask.request.values.get('a')",
        "request.values",
    ),
    (floors.status_namers, "olka/web/gate.py", "from flask import abort", "flask.abort"),
    (floors.status_namers, "olka/web/gate.py", "from werkzeug.exceptions import NotFound", "NotFound"),
    (floors.status_namers, "olka/web/gate.py", "def f():\n    return '', 404", "status 404"),
    (floors.status_namers, "olka/app.py", "app.errorhandler(500)", "status 500"),
    (floors.status_namers, "olka/web/gate.py", "x = Response(status=403)", "status 403"),
    (floors.status_namers, "olka/web/gate.py", "response.status_code = 429", "status 429"),
    (floors.too_long, "olka/shifts/service.py", "#\n" * 401, "over 400 it wants splitting"),
    (floors.too_long, "templates/vuorot.html", "<p>\n" * 601, "600 is the end"),
    (floors.junk_drawers, "olka/shifts/date_utils.py", "", "a util collects anything"),
    (floors.junk_drawers, "tests/helpers/clicks.py", "", "a helper collects anything"),
    (floors.junk_drawers, "olka/web/common.py", "", "a common collects anything"),
    (floors.undocumented, "olka/shifts/rules.py", "", "olka/shifts/ has no __init__.py"),
    (floors.undocumented, "olka/shifts/__init__.py", "", "has no docstring: say what this room is"),
    (floors.undocumented, "olka/db.py", "def transaction():\n    pass", "transaction() has no docstring"),
]

FINE = [
    ("olka/shifts/service.py", "from olka.db import transaction\nfrom olka.sites import queries, service"),
    ("olka/shifts/queries.py", "from .models import Shift\nfrom olka.audit.models import Entry"),
    ("olka/shifts/rules.py", "from datetime import datetime\nfrom olka.core.spans import Span"),
    ("olka/core/clock.py", "from datetime import UTC, datetime\nx = datetime.now(UTC)"),
    ("olka/db.py", "import time\ntime.monotonic()\nsession.commit()\nfrom olka.core.texts import Text3"),
    ("olka/web/forms.py", "from flask import request\nrequest.form"),
    ("olka/web/errors.py", "from werkzeug.exceptions import HTTPException\nx = Response(status=404)"),
    ("olka/web/volunteer/shifts.py", "from olka.exchange import service\nx = Response(status=304)"),
    ("olka/worker.py", "from olka.exchange import timed\nfrom olka.app import create_app"),
]


def a_house(folder: Path, file: str, text: str) -> Path:
    path = folder / file
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return folder


@pytest.mark.parametrize(("law", "file", "text", "says"), BROKEN)
def test_a_broken_law_is_seen_and_named(tmp_path: Path, law: Law, file: str, text: str, says: str) -> None:
    found = list(law(a_house(tmp_path, file, text)))

    assert len(found) >= 1
    assert file.rpartition("/")[0] in found[0]
    assert says in found[0]


@pytest.mark.parametrize(("file", "text"), FINE)
def test_what_is_allowed_passes(tmp_path: Path, file: str, text: str) -> None:
    house = a_house(tmp_path, file, text)
    if file.count("/") == 2:
        (house / file).with_name("__init__.py").write_text('"""A room, and what it stands on."""')

    assert [fault for law in floors.LAWS for fault in law(house)] == []


def test_every_law_has_been_shown_a_breach() -> None:
    assert {law for law, *_ in BROKEN} == set(floors.LAWS)


def test_an_empty_house_breaks_nothing(tmp_path: Path) -> None:
    assert [fault for law in floors.LAWS for fault in law(tmp_path)] == []


def test_a_reason_that_outlived_its_file_is_seen(tmp_path: Path) -> None:
    reasons = {"olka/gone.py": "once long"}

    assert list(floors.too_long(tmp_path, reasons)) == [
        "olka/gone.py is not over 400 lines: take it out of LONG_FOR_A_REASON."
    ]


def test_a_foreign_key_to_a_later_room_is_seen() -> None:
    metadata = sa.MetaData()
    for name, target in (
        ("site", None),
        ("shift", "site"),
        ("place", "shift"),
        ("entry", "site"),
        ("stray", None),
    ):
        key = [sa.ForeignKey(f"{target}.id")] if target else []
        sa.Table(name, metadata, sa.Column("id", primary_key=True), sa.Column("other", sa.Integer, *key))
    room_of = {"site": "sites", "shift": "shifts", "place": "sites", "entry": "audit"}

    found = sorted(floors.keys_to_later_rooms(metadata.tables.values(), room_of))

    assert found == [
        "Table stray belongs to no room: define it in a room's models.",
        "entry points to site: the audit log outlives what it names: no keys.",
        "place in sites points to shift in shifts: a later room. Turn it round.",
    ]
