"""Every view has a gate, an app with an ungated one doesn't start, and no POST gets by without its token."""

from __future__ import annotations

import pytest
from flask import Flask

from olka.core.permissions import Permission
from olka.web import gate
from tests.conftest import make_app
from tests.filled import Filled
from tests.routes import Route, routes_of

APP = make_app("sqlite:////nonexistent/olka.db")  # its routes are read, its database isn't opened
POSTS = [route for route in routes_of(APP) if route.method != "GET"]


@pytest.mark.parametrize("endpoint", sorted(APP.view_functions))
def test_a_view_has_a_gate(endpoint: str) -> None:
    assert isinstance(gate.gate_of(APP.view_functions[endpoint]), Permission)


def test_an_app_with_an_ungated_view_does_not_start() -> None:
    app = Flask("small", static_folder=None)

    @app.get("/avoin")
    def left_open() -> str:
        return ""

    with pytest.raises(gate.MissingGate, match="left_open"):
        gate.check_gates(app)


def test_what_changes_something_is_asked_for_by_post_alone() -> None:
    assert {route.method for route in routes_of(APP)} <= {"GET", "POST"}


@pytest.mark.parametrize("route", POSTS, ids=str)
@pytest.mark.parametrize("kind", ["visitor", "admin", "volunteer"])
def test_a_post_refuses_a_missing_and_a_forged_token(house: Filled, route: Route, kind: str) -> None:
    reader = house.reader(kind)
    stranger = house.reader("admin")
    for data in (
        {},
        {"csrf_token": ""},
        {"csrf_token": "forged"},
        {"csrf_token": stranger.token()},  # a true one, of another session
        {"csrf_token": reader.token() + "x"},
    ):
        answer = reader.post(route.address(house.world.here), data=data)
        assert answer.status_code == 400, (data, answer.text[:500])
        assert "Lomake on vanhentunut" in answer.text


@pytest.mark.parametrize("route", POSTS, ids=str)
def test_a_token_counts_in_the_form_and_not_in_the_address(house: Filled, route: Route) -> None:
    reader = house.reader("admin")
    answer = reader.post(f"{route.address(house.world.here)}?csrf_token={reader.token()}")
    assert answer.status_code == 400
