"""Odd input never breaks a page: ids no row has, nonsense in the address, in forms, and bodies without end.

The answer is the page or a 4xx, on both kinds of database, and what the reader gets has a way on.
"""

from __future__ import annotations

import itertools
from typing import Final
from urllib.parse import quote, quote_from_bytes

import pytest
from werkzeug.test import TestResponse

from tests.conftest import make_app
from tests.filled import Filled
from tests.pages import PageForm, read_page
from tests.routes import MACHINES, Route, routes_of

APP: Final = make_app("sqlite:////nonexistent/olka.db")  # its routes are read, its database isn't opened
ROUTES: Final = routes_of(APP)
PAGES: Final = [route for route in ROUTES if route.method == "GET" and route.endpoint not in MACHINES]
POSTS: Final = [route for route in ROUTES if route.method == "POST"]

IDS: Final = (str(2**31), str(2**63), "-1", "１", "0", "007", "1.0", "%00", "x", "9" * 400)
WORDS: Final = ("sivu", "paikka", "tehtava", "paiva", "viikonpaiva", "aika", "viikko", "haku", "kieli", "next", "nayta")
SURROGATE: Final = b"\xed\xa0\x80"
# What a database or a number would stumble on, tried one by one; the rest is tried all at once.
SHARP: Final = (b"\x00", SURROGATE, b"x" * 5000, str(2**31).encode(), str(2**63).encode(), "１".encode())
VALUES: Final = (
    *SHARP,
    b"\xff",
    b"-1",
    b"31.2.2026",
    b"2026-W54",
    b"0000-W00",
    "café %_\\".encode(),
    b"' OR 1=1 --",
    b"[]",
)


def assert_answers(answer: TestResponse, asked: object) -> None:
    """Holds an answer to be a page, a redirect or a 4xx, and what is refused to have a way on."""
    assert answer.status_code < 500, (asked, answer.status_code, answer.text[:1000])
    if answer.status_code >= 400 and answer.mimetype == "text/html":
        page = read_page(answer.text)
        assert len(page.headings) == 1, asked
        assert [link for link, _words in page.links if link.startswith("/")], asked


@pytest.mark.both_databases
@pytest.mark.parametrize("route", [route for route in ROUTES if route.ids], ids=str)
def test_an_id_that_no_row_has_is_no_page(any_house: Filled, route: Route) -> None:
    reader = any_house.reader(route.kind)
    data = {"csrf_token": reader.token()} if route.method == "POST" else None
    for name, odd in itertools.product(route.ids, IDS):
        address = route.address(any_house.world.here, **{name: odd})
        answer = reader.open(address, method=route.method, data=data)
        # Where the address exists for GET too, the router may say so instead.
        assert answer.status_code == 404 or (answer.status_code == 405 and data), (address, answer.status_code)
        assert_answers(answer, address)


@pytest.mark.both_databases
@pytest.mark.parametrize("route", PAGES, ids=str)
def test_nonsense_in_the_address_is_a_page_or_told(any_house: Filled, route: Route) -> None:
    reader = any_house.reader(route.kind)
    address = route.address(any_house.world.here)
    for value in SHARP if route.ids else VALUES:
        odd = quote_from_bytes(value)
        one_by_one = WORDS if value in SHARP and not route.ids else ()
        for query in [
            *(f"{word}={odd}" for word in one_by_one),
            "&".join(f"{word}={odd}" for word in WORDS),
            "&".join(f"{word}=1&{word}={odd}" for word in WORDS),
            f"{odd}={odd}",
        ]:
            assert_answers(reader.get(f"{address}?{query}"), f"{address}?{query}"[:300])


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.words and route.endpoint not in MACHINES], ids=str
)
def test_nonsense_as_a_word_of_the_path_is_no_page(any_house: Filled, route: Route) -> None:
    reader = any_house.reader(route.kind)
    data = {"csrf_token": reader.token()} if route.method == "POST" else None
    for name, value in itertools.product(route.words, VALUES):
        address = route.address(any_house.world.here, **{name: quote_from_bytes(value, safe="")})
        answer = reader.open(address, method=route.method, data=data)
        assert 400 <= answer.status_code < 500, (address[:300], answer.status_code)
        assert_answers(answer, address[:300])


@pytest.fixture(scope="module")
def forms(house: Filled) -> list[tuple[str, PageForm]]:
    """Lists every POST form on every page, once, each with a kind of account that meets it."""
    found: dict[tuple[str, tuple[str, ...]], tuple[str, PageForm]] = {}
    for route in PAGES:
        kind = route.kind
        address = route.address(house.world.here)
        answer = house.reader(kind).get(address)
        if answer.mimetype == "text/html":
            for form in read_page(answer.text, address).forms:
                if form.method == "post":
                    found.setdefault((form.action, tuple(form.fields)), (kind, form))
    return list(found.values())


@pytest.mark.both_databases
@pytest.mark.parametrize("route", POSTS, ids=str)
def test_nonsense_in_every_field_at_once_is_told(
    any_house: Filled, route: Route, forms: list[tuple[str, PageForm]]
) -> None:
    names = sorted({name for _kind, form in forms for name in form.fields} - {"csrf_token"})
    reader = any_house.reader(route.kind)
    for value in VALUES:
        body = f"csrf_token={quote(reader.token())}&" + "&".join(
            f"{quote(name)}={quote_from_bytes(value)}" for name in names for _twice in range(2)
        )
        answer = reader.post(
            route.address(any_house.world.here), data=body, content_type="application/x-www-form-urlencoded"
        )
        assert_answers(answer, (route, value[:20]))


@pytest.mark.slow
def test_nonsense_in_one_field_of_a_form_that_is_right_otherwise_is_told(
    house: Filled, forms: list[tuple[str, PageForm]]
) -> None:
    readers = {kind: house.reader(kind) for kind, _form in forms}
    for kind, form in forms:
        if form.action == "/kirjaudu/ulos":
            continue
        reader = readers[kind]
        right = {name: value for name, value in form.fields.items() if name != "csrf_token"}
        for name, value in itertools.product(right, SHARP):
            fields = {field: text.encode() for field, text in right.items()} | {name: value}
            body = f"csrf_token={quote(reader.token())}&" + "&".join(
                f"{quote(field)}={quote_from_bytes(text)}" for field, text in fields.items()
            )
            answer = reader.post(form.action, data=body, content_type="application/x-www-form-urlencoded")
            assert_answers(answer, (form.action, name, value[:20]))


@pytest.mark.parametrize("route", POSTS, ids=str)
def test_a_body_without_end_is_refused(house: Filled, route: Route) -> None:
    reader = house.reader(route.kind)
    address, token = route.address(house.world.here), reader.token()
    many = {"csrf_token": token} | {f"f{n}": "x" for n in range(1001)}
    answer = reader.post(address, data=many, content_type="multipart/form-data")
    assert answer.status_code == 413, answer.status_code
    assert_answers(answer, address)
    big = f"csrf_token={quote(token)}&f=" + "x" * (2 * 1024 * 1024)
    answer = reader.post(address, data=big, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413, answer.status_code
    assert_answers(answer, address)


@pytest.mark.parametrize("body", [b"", b"{", b"--x\r\n", SURROGATE])
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", "nonsense"])
def test_a_body_that_is_no_form_is_refused(house: Filled, body: bytes, kind: str) -> None:
    answer = house.reader("visitor").post("/kirjaudu", data=body, content_type=kind)
    assert answer.status_code == 400
    assert_answers(answer, kind)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "NONSENSE"])
def test_a_method_that_a_page_does_not_have_is_told(house: Filled, method: str) -> None:
    answer = house.reader("visitor").open("/kirjaudu", method=method)
    assert answer.status_code in {400, 405}
    assert_answers(answer, method)


@pytest.mark.parametrize("path", ["/nonsense", "/%00", "/%ED%A0%80", "/" + "x" * 5000, "/vuorot/", "/a/../b"])
def test_an_address_that_is_none_is_told(house: Filled, path: str) -> None:
    answer = house.reader("visitor").get(path)
    assert answer.status_code in {308, 404}
    assert_answers(answer, path)
