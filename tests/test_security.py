"""What every answer carries, and what never leaves: headers, cookies, hosts, caches, and names that are code."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from olka.core.texts import Text3
from olka.web import static_files
from tests import factories
from tests.conftest import make_app
from tests.filled import Filled, copy_of
from tests.pages import read_page
from tests.reader import Reader
from tests.routes import MACHINES, Route, routes_of
from tests.world import Corner

APP: Final = make_app("sqlite:////nonexistent/olka.db")  # its routes are read, its database isn't opened
PAGES: Final = [route for route in routes_of(APP) if route.method == "GET" and route.endpoint not in MACHINES]
HTTPS: Final = "https://olka.example.org"
HOSTILE: Final = '"><img src=x onerror=alert(1)>'
TEMPLATE: Final = "{{7*191}}${7*191}"


def answers_of_every_kind(reader: Reader) -> dict[str, TestResponse]:
    """Gives one answer of each kind that the app has."""
    return {
        "page": reader.get("/"),
        "personal page": reader.get("/omat/profiili"),
        "static file": reader.get(static_files.static_url("olka.css")),
        "redirect": reader.post("/kirjaudu/ulos", data={"csrf_token": reader.token()}),
        "sign-in wanted": reader.get("/vuorot"),
        "not found": reader.get("/nonsense"),
        "refused token": reader.post("/kirjaudu", data={}),
        "method": reader.open("/", method="DELETE"),
        "too big": reader.post("/kirjaudu", data={"mail": "x" * 2_000_000}),
        "foreign host": reader.get("/", headers={"Host": "evil.example"}),
        "bad word": reader.get("/?kieli=%00"),
    }


def test_every_answer_carries_the_headers(house: Filled) -> None:
    for name, answer in answers_of_every_kind(house.reader("volunteer")).items():
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert headers["Referrer-Policy"] == "same-origin", name
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "camera=()" in headers["Permissions-Policy"], name
        assert "Strict-Transport-Security" not in headers, name
        assert "Cache-Control" in headers, name
        assert_strict(headers["Content-Security-Policy"])
        answer.close()


def test_an_error_of_our_own_carries_the_headers_and_tells_nothing(house: Filled) -> None:
    app = make_app(house.app.config["SQLALCHEMY_DATABASE_URI"])
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["front.contact"] = _breaks
    answer = app.test_client().get("/yhteys")
    assert answer.status_code == 500
    assert_strict(answer.headers["Content-Security-Policy"])
    assert "a secret" not in answer.text
    assert "Traceback" not in answer.text


def _breaks() -> str:
    raise RuntimeError("a secret")


def assert_strict(policy: str) -> None:
    """Holds a policy to let in our own files alone."""
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert rules["default-src"] == ["'self'"]
    assert rules["frame-ancestors"] == ["'none'"]
    assert rules["base-uri"] == ["'none'"]
    assert rules["form-action"] == ["'self'"]
    assert rules["object-src"] == ["'none'"]
    assert not re.search(r"unsafe|data:|\*|https?:", policy)


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_a_page_needs_nothing_that_the_policy_forbids(house: Filled, route: Route) -> None:
    answer = house.reader(route.kind).get(route.address(house.world.here))
    if answer.mimetype != "text/html":
        return
    assert not re.search(r"<(script|style|iframe|object|embed|base)\b", answer.text, re.I)
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)\s*=", answer.text, re.I)
    for address in re.findall(r'<(?:link|img|use|script|source)\b[^>]*?(?:href|src)="([^"]*)"', answer.text):
        assert address.startswith("/"), address


# ---------------------------------------------------------------- cookies


@pytest.fixture
def https_house(filled_template: Filled, tmp_path: Path) -> Iterator[Filled]:
    """Gives an app that readers reach over https, behind one proxy."""
    made = copy_of(filled_template, tmp_path / "https.db", OLKA_BASE_URL=HTTPS, OLKA_TRUSTED_PROXIES="1")
    yield made
    made.close()


def cookies_of(answer: TestResponse) -> dict[str, set[str]]:
    """Reads the cookies that an answer sets: name → its flags."""
    found = {}
    for line in answer.headers.getlist("Set-Cookie"):
        name, *flags = [part.strip() for part in line.split(";")]
        found[name.partition("=")[0]] = {flag.lower() for flag in flags}
    return found


def test_over_https_cookies_are_bound_to_the_host(https_house: Filled) -> None:
    client = https_house.app.test_client()
    found = cookies_of(client.get("/kirjaudu?kieli=sv", base_url=HTTPS))
    assert set(found) == {"__Host-olka", "__Host-kieli"}
    for flags in found.values():
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= flags
        assert not any(flag.startswith("domain") for flag in flags)


def test_over_http_on_localhost_cookies_have_plain_names(house: Filled) -> None:
    found = cookies_of(house.app.test_client().get("/kirjaudu?kieli=sv"))
    assert set(found) == {"olka", "kieli"}
    for flags in found.values():
        assert {"httponly", "samesite=lax", "path=/"} <= flags
        assert "secure" not in flags


def test_hsts_is_sent_over_https_alone(https_house: Filled) -> None:
    answer = https_house.app.test_client().get("/", base_url=HTTPS)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_a_session_copied_before_sign_out_is_dead_after_it(house: Filled) -> None:
    reader = house.reader("volunteer")
    copy = reader.get_cookie("olka")
    assert copy is not None
    reader.send("/kirjaudu/ulos")
    thief = house.reader("visitor")
    thief.set_cookie("olka", copy.value)
    assert thief.get("/omat").status_code == 302


# ---------------------------------------------------------------- hosts


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example", "", "127.0.0.2"]
)
def test_a_foreign_host_is_refused(house: Filled, host: str) -> None:
    for path in ("/", "/nonsense", "/kirjaudu"):
        answer = house.app.test_client().get(path, headers={"Host": host})
        assert answer.status_code == 400, (host, path)
        assert "evil" not in answer.text


def test_a_forwarded_host_is_never_believed(https_house: Filled) -> None:
    answer = https_house.app.test_client().get(
        "/vuorot", base_url=HTTPS, headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    )
    assert answer.status_code == 302
    assert "evil" not in answer.text + answer.location


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/ok\r\nX: y",
    ],
)
def test_next_leads_to_own_pages_alone(house: Filled, target: str) -> None:
    answer = house.reader("visitor").get("/kirjaudu", query_string={"next": target})
    assert answer.status_code == 200
    page = read_page(answer.text)
    assert all(re.match(r"/[a-z?]|/$|#|tel:|mailto:", link) for link, _words in page.links), page.links
    for form in page.forms:
        assert form.action.startswith("/kirjaudu")
        assert target not in form.fields.values()


# ---------------------------------------------------------------- caches and sizes


def test_personal_pages_are_kept_by_no_cache(house: Filled) -> None:
    for kind, address in (
        ("volunteer", "/omat"),
        ("volunteer", "/"),
        ("coordinator", "/viikko"),
        ("admin", "/hallinta"),
    ):
        assert house.reader(kind).get(address).headers["Cache-Control"] == "no-store", address


def test_public_pages_are_asked_for_again(house: Filled) -> None:
    answer = house.reader("visitor").get("/")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)


def test_static_files_are_kept_for_a_year_under_their_hash_alone(house: Filled) -> None:
    reader = house.reader("volunteer")
    for file in static_files.FOLDER.rglob("*"):
        if file.is_file() and file.suffix in {".css", ".svg", ".woff2", ".js"}:
            name = str(file.relative_to(static_files.FOLDER))
            with reader.get(static_files.static_url(name)) as answer:
                assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", name
                assert "Set-Cookie" not in answer.headers
            with reader.get(f"/static/0000000000/{name}") as answer:
                assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/static/x/../../olka/db.py", "/static/x/%2e%2e/pyproject.toml", "/static/x//etc/passwd"]
)
def test_nothing_but_static_files_is_served_as_such(house: Filled, path: str) -> None:
    assert house.reader("visitor").get(path).status_code in {308, 404}


def test_a_static_file_has_one_name_and_what_is_kept_of_them_does_not_grow(house: Filled) -> None:
    reader, kept = house.reader("visitor"), static_files._gzipped.cache_info
    reader.get(static_files.static_url("olka.css"), headers={"Accept-Encoding": "gzip"})
    before = kept().currsize
    for name in ("./olka.css", "vendor/../olka.css", ".//olka.css", "vendor/%2e%2e/olka.css", "olka.css%00", "vendor"):
        answer = reader.get(f"/static/x/{name}", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code in {308, 404}, name
    assert kept().currsize == before


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_answers_are_compressed(house: Filled, encoding: str) -> None:
    for address in ("/", static_files.static_url("olka.css")):
        with house.reader("visitor").get(address, headers={"Accept-Encoding": encoding}) as answer:
            assert answer.headers["Content-Encoding"] == encoding, address
            assert "Accept-Encoding" in answer.vary
            assert len(answer.data) > 100


def test_the_stylesheet_points_to_files_that_are_there(house: Filled) -> None:
    css = (static_files.FOLDER / "olka.css").read_text(encoding="utf-8")
    for name in re.findall(r"url\(\"?([^\")]+)\"?\)", css):
        with house.reader("visitor").get(static_files.static_url(name)) as answer:
            assert answer.status_code == 200, name


# ---------------------------------------------------------------- names that are code


@pytest.fixture
def hostile(app: Flask) -> tuple[Flask, dict[str, int]]:
    """Gives an app in which every name and text that people type is code."""
    text = Text3(HOSTILE + TEMPLATE, HOSTILE, HOSTILE)
    with app.app_context():
        site = factories.site(short_name=text, directions=text, street=HOSTILE, town="Forssa")
        site = factories.site(name=HOSTILE + TEMPLATE, organiser_id=site.organiser_id)
        place = factories.place(site.id, HOSTILE + TEMPLATE, directions=text)
        task = factories.task(HOSTILE + TEMPLATE, place, description=text)
        who = factories.volunteer(site.id, task.id, called=HOSTILE, family=HOSTILE, mail="x@example.org")
        factories.coordinator(site.id, HOSTILE, phone="+358402223344")
        shift = factories.shift(place.id, task.id, note=text)
        admin = factories.admin()
    return app, {"person_id": who.id, "shift_id": shift.id, "admin": admin.id, "site_id": site.id, "place_id": place.id}


def test_names_that_are_code_stay_text(hostile: tuple[Flask, dict[str, int]]) -> None:
    app, ids = hostile
    volunteer, admin = (app.test_client().sign_in_as(ids[who]) for who in ("person_id", "admin"))  # type: ignore[attr-defined]  # a Reader
    volunteer.send(f"/vuorot/{ids['shift_id']}/varaa")
    seen = 0
    for reader, route in itertools.product((volunteer, admin), PAGES):
        if set(route.ids) <= set(ids):
            answer = reader.get(route.address(Corner(ids)))
            if answer.mimetype != "text/html":
                continue
            assert "<img" not in answer.text.replace("<img alt", ""), route
            assert "1337" not in answer.text, route
            seen += "&lt;img" in answer.text or "\\;img" in answer.text
    assert seen > 3, "the hostile names were on no page"
