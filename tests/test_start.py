"""The app starts, and its first pages answer."""

from __future__ import annotations

from flask import Flask

from tests import factories
from tests.reader import Reader


def test_the_front_page_answers_on_either_database(any_app: Flask) -> None:
    client = any_app.test_client()
    assert isinstance(client, Reader)
    client.see("/")


def test_a_signed_in_volunteer_sees_her_pages(any_app: Flask) -> None:
    with any_app.app_context():
        site = factories.site()
        who = factories.volunteer(site.id)
    client = any_app.test_client()
    assert isinstance(client, Reader)
    client.sign_in_as(who).see("/vuorot")
    client.see("/viikko", status=403)


def test_a_page_that_needs_signing_in_asks_for_it(reader: Reader) -> None:
    answer = reader.get("/vuorot?sivu=2")
    assert answer.location == "/kirjaudu?next=/vuorot?sivu%3D2"


def test_a_post_without_its_token_is_refused(reader: Reader) -> None:
    assert reader.post("/kirjaudu/ulos").status_code == 400


def test_a_foreign_host_is_refused(reader: Reader) -> None:
    assert reader.get("/", headers={"Host": "evil.example"}).status_code == 400
