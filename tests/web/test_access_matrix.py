"""The table of access_matrix.py is what happens, over every route of the app; whoever is kept out changes nothing."""

from __future__ import annotations

import itertools
import re
import sqlite3
from contextlib import closing
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from olka.core.permissions import Permission
from olka.db import db
from olka.web.gate import gate_of
from tests.conftest import make_app
from tests.filled import Filled
from tests.pages import read_page
from tests.routes import Route, routes_of
from tests.web import access_matrix
from tests.world import KINDS, Corner

APP: Final = make_app("sqlite:////nonexistent/olka.db")  # its routes are read, its database isn't opened
ROUTES: Final = routes_of(APP)
TABLE: Final = access_matrix.lines()
# People of the other site, by names that only they have.
CANARIES: Final = re.compile(r"\bBirgitta(-Liisa)?\b")


def test_every_route_is_in_the_table_and_every_line_is_a_route() -> None:
    routes = {str(route) for route in ROUTES}
    assert routes - set(TABLE) == set(), "not in the table: who gets in?"
    assert set(TABLE) - routes == set(), "in the table, but nowhere in the app"


@pytest.mark.parametrize("route", [route for route in ROUTES if str(route) in TABLE], ids=str)
def test_who_gets_in(house: Filled, route: Route) -> None:
    house.restore()
    assert {kind: outcomes(house, route, kind) for kind in KINDS} == TABLE[str(route)]


def outcomes(house: Filled, route: Route, kind: str) -> tuple[str, str]:
    """Tells what happens to the kind of account, with an object of its own site and of another's."""
    own = outcome(house, route, kind, house.world.here)
    return own, outcome(house, route, kind, house.world.there) if route.ids else own


def outcome(house: Filled, route: Route, kind: str, corner: Corner) -> str:
    """Opens the address, or sends it a form, and names what came of it in the table's word."""
    if route.method == "GET":
        answer = house.reader(kind).get(route.address(corner))
        if kind != "admin" and answer.mimetype == "text/html":
            assert not CANARIES.search(answer.text), f"{kind} reads of another site's people"
        answer.close()
        return name_of(answer)
    house.restore()
    reader = house.reader(kind)
    before = rows_of(house)
    body = access_matrix.BODIES.get(str(route), lambda _world: {})(house.world)
    answer = reader.post(route.address(corner), data={"csrf_token": reader.token(), **body})
    found = name_of(answer)
    if found != "in":
        assert rows_of(house) == before, f"{kind} was kept out of {route}, but something changed"
        assert not CANARIES.search(answer.text)
    return found


def rows_of(house: Filled) -> dict[str, list[tuple[Any, ...]]]:
    """Lists all rows; sessions aside, for whoever signs in has one, and attempts, for a dead link counts as one."""
    with house.app.app_context(), closing(sqlite3.connect(str(db.engine.url.database))) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: connection.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608  # names of our own tables
            for name in tables
            if name not in {"sessions", "attempts"}
        }


def name_of(answer: TestResponse) -> str:
    """Names an answer in the table's word."""
    if answer.status_code in {301, 302, 303} and urlsplit(answer.location).path == "/kirjaudu":
        return "login"
    if answer.status_code in {200, 302, 303, 409, 422}:
        return "in"
    return str(answer.status_code)


# ---------------------------------------------------------------- staff before the second factor

BEFORE_SECOND: Final = {"second_factor.ask", "second_factor.give", "sign_in.sign_out"}
BEHIND_SECOND: Final = [
    route
    for route in ROUTES
    if gate_of(APP.view_functions[route.endpoint]) is not Permission.ANYONE and route.endpoint not in BEFORE_SECOND
]


@pytest.mark.parametrize("kind", ["coordinator", "admin"])
@pytest.mark.parametrize("route", BEHIND_SECOND, ids=str)
def test_staff_who_owe_the_second_factor_get_nowhere(house: Filled, route: Route, kind: str) -> None:
    house.restore()
    reader = house.reader(kind).owe_second(house.world.accounts[kind])
    before = rows_of(house)
    data = {"csrf_token": reader.token()} if route.method == "POST" else None
    answer = reader.open(route.address(house.world.here), method=route.method, data=data)
    assert urlsplit(answer.location).path == "/kirjaudu/vahvistus"
    assert rows_of(house) == before


# ---------------------------------------------------------------- objects of both sites in one act


@pytest.mark.parametrize("route", [route for route in ROUTES if len(route.ids) > 1], ids=str)
def test_one_own_object_opens_no_door_to_anothers(house: Filled, route: Route) -> None:
    world = house.world
    for sides in itertools.product((world.here, world.there), repeat=len(route.ids)):
        if len({id(side) for side in sides}) == 1:
            continue  # the table's cells
        house.restore()
        before = rows_of(house)
        reader = house.reader("coordinator")
        ids = Corner({name: side[name] for name, side in zip(route.ids, sides, strict=True)})
        data = {"csrf_token": reader.token()} if route.method == "POST" else None
        answer = reader.open(route.address(ids), method=route.method, data=data)
        assert answer.status_code == 404, (route, ids, answer.status_code)
        assert rows_of(house) == before


FORMS: Final = (
    # page with the form, where it is sent, which field, which object's id
    ("/viikko/vuoro/{shift_id}", "/viikko/vuoro/{shift_id}/varaa", "person_id", "person_id"),
    ("/viikko/vuoro/uusi", "/viikko/vuoro/uusi", "where", "place_id"),
    ("/vapaaehtoiset/uusi", "/vapaaehtoiset/uusi", "toimipaikka", "site_id"),
    ("/vapaaehtoiset/{person_id}", "/vapaaehtoiset/{person_id}/toimipaikka", "toimipaikka", "site_id"),
)


@pytest.mark.parametrize(("page", "action", "field", "of"), FORMS)
def test_another_sites_object_in_a_form_is_refused(house: Filled, page: str, action: str, field: str, of: str) -> None:
    house.restore()
    reader, here, there = house.reader("coordinator"), house.world.here, house.world.there
    shown = [form for form in read_page(reader.see(page.format(**here.ids))).forms if field in form.fields]
    fields = shown[0].fields if shown else {}
    before = rows_of(house)
    for value in (str(there[of]), f"{there[of]}-{there['task_id']}", f"{there[of]}:{there['task_id']}"):
        answer = reader.post(action.format(**here.ids), data={**fields, "csrf_token": reader.token(), field: value})
        assert answer.status_code < 500  # a refusal may be a page, or a note on the page that is led to
        assert rows_of(house) == before


def test_extra_fields_change_nothing(house: Filled) -> None:
    house.restore()
    reader, own, other = house.reader("volunteer"), house.world.accounts["volunteer"], house.world.accounts["employee"]
    form = read_page(reader.see("/omat/profiili")).form("/omat/profiili")
    extra = {"person_id": other, "id": other, "kind": "admin", "rooli": "admin", "demo": "y", "mail": "x@example.org"}
    before = rows_of(house)
    reader.send("/omat/profiili", {**form.fields, **extra, "csrf_token": reader.token()})
    after = rows_of(house)
    assert after["roles"] == before["roles"]
    assert [row for row in after["people"] if row[0] != own] == [row for row in before["people"] if row[0] != own]
    assert "x@example.org" not in str(after)
