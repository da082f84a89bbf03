"""What was sent in the demo can be read on a page, by anyone, and only there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from olka.config import settings_of
from olka.db import db, transaction
from olka.outbox.delivery import deliver_due
from olka.outbox.service import post
from olka.outbox.sinks import open_sink
from olka.web.public.demo_mail import PAGE, links_in
from tests.conftest import make_app
from tests.reader import Reader


@pytest.fixture
def demo(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Gives the app of a demo whose mails go into a folder of its own."""
    app = make_app(sqlite_url, OLKA_DEMO="1", OLKA_MAIL_URL=f"file://{tmp_path}/mail")
    yield app
    with app.app_context():
        db.engine.dispose()


def read(app: Flask, address: str = "/demo/posti", status: int = 200) -> str:
    client = app.test_client()
    assert isinstance(client, Reader)
    return client.see(address, status=status)


def send(app: Flask, *names: str) -> None:
    with app.app_context():
        for name in names:
            with transaction():
                post("trial", f"{name}@example.org", "fi", {"called_name": name})
        sink = open_sink(settings_of(app).mail_url)
        while deliver_due(app, sink).taken:
            pass


def test_outside_the_demo_there_is_no_such_page(app: Flask) -> None:
    read(app, status=404)


def test_an_empty_box_says_how_a_mail_comes(demo: Flask) -> None:
    assert "Ei vielä viestejä" in read(demo)


def test_mails_are_shown_newest_first_with_their_links(demo: Flask, tmp_path: Path) -> None:
    send(demo, "ensin", "sitten")
    for number, path in enumerate(sorted((tmp_path / "mail").iterdir(), key=lambda p: b"sitten" in p.read_bytes())):
        os.utime(path, (number, number))
    page = read(demo)
    assert page.index("sitten@example.org") < page.index("ensin@example.org")
    assert '<a href="http://localhost/yhteys">http://localhost/yhteys</a>' in page
    assert page.count("data-id=") == 2


def test_what_is_on_its_way_is_counted(demo: Flask) -> None:
    with demo.app_context(), transaction():
        post("trial", "a@example.org", "fi", {})
        post("trial", "b@example.org", "fi", {})
    assert "2 viestiä on tulossa" in read(demo)


def test_a_name_in_a_mail_is_words_and_not_markup(demo: Flask) -> None:
    send(demo, "aino")
    with demo.app_context(), transaction():
        post(
            "trial",
            "a@example.org",
            "fi",
            {"called_name": '"><img src=x onerror=alert(1)> http://x.example/"onclick=y'},
        )
    with demo.app_context():
        deliver_due(demo, open_sink(settings_of(demo).mail_url))
    raw = demo.test_client().get("/demo/posti").text
    assert "<img src=x" not in raw
    assert '"onclick' not in raw


def test_many_mails_are_paged(demo: Flask) -> None:
    send(demo, *(f"n{number}" for number in range(PAGE + 1)))
    assert read(demo).count("data-id=") == PAGE
    assert read(demo, "/demo/posti?sivu=2").count("data-id=") == 1
    read(demo, "/demo/posti?sivu=3", status=404)
    read(demo, "/demo/posti?sivu=x", status=400)


def test_a_broken_file_in_the_folder_costs_no_page(demo: Flask, tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "broken.eml").write_bytes(b"\xff\xfe\x00nothing of a mail\r\n")
    (tmp_path / "mail" / "empty.eml").write_bytes(b"")
    (tmp_path / "mail" / ".half.123").write_bytes(b"Subject: half")
    assert read(demo).count("data-id=") == 2


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Katso https://olka.example.org/a?b=c#d.", ["https://olka.example.org/a?b=c#d"]),
        ("(http://a.example/x), http://b.example", ["http://a.example/x", "http://b.example"]),
        ("javascript:alert(1) ftp://a.example", []),
        ("", []),
    ],
)
def test_addresses_are_found_in_a_text(text: str, links: list[str]) -> None:
    parts = links_in(text)
    assert [piece for piece, is_link in parts if is_link] == links
    assert "".join(piece for piece, _ in parts) == text
