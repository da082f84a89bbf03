"""Signing in by link, by code, by paper and in the demo; being throttled; signing out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from olka.accounts import rules, sign_in
from olka.accounts.models import Attempt, Person, SessionRow, SignIn
from olka.accounts.queries import sign_in_facts
from olka.core import clock
from olka.core.permissions import Actor, Kind, Role
from olka.db import db, transaction
from olka.outbox.models import Message
from tests import factories
from tests.conftest import SECRET, make_app
from tests.reader import Reader

MARJATTA = "marjatta.lehtonen@example.org"


def new_reader(app: Flask, address: str = "192.0.2.1") -> Reader:
    client = app.test_client()
    assert isinstance(client, Reader)
    client.environ_base["REMOTE_ADDR"] = address
    return client


def marjatta(app: Flask, **changes: Any) -> Person:
    with app.app_context():
        return factories.volunteer(factories.site().id, **changes)


def ask(reader: Reader, mail: str = MARJATTA, **more: str) -> dict[str, str]:
    """Asks for a mail, and gives its link and code as the worker would write them."""
    reader.send("/kirjaudu", {"mail": mail, **more})
    return last_secrets(reader.application)


def last_secrets(app: Flask) -> dict[str, str]:
    with app.app_context():
        number = db.session.scalar(select(SignIn.id).order_by(SignIn.id.desc()).limit(1))
        facts = sign_in_facts(number or 0, SECRET)
    assert facts is not None
    return facts


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def rows(app: Flask, model: Any) -> list[Any]:
    with app.app_context():
        return list(db.session.scalars(select(model).order_by(model.id)))


# ---------------------------------------------------------------- the link


def test_the_link_opens_a_page_with_a_button_and_the_button_signs_in(any_app: Flask) -> None:
    marjatta(any_app)
    reader = new_reader(any_app)
    link = ask(reader)["link_path"]
    phone = new_reader(any_app)
    assert "Tervetuloa, Marjatta L." in phone.see(link)
    assert phone.get("/vuorot").status_code == 302, "opening the link alone signs nobody in"
    assert phone.send(link).location == "/vuorot"
    phone.see("/vuorot")


def test_the_link_works_once(app: Flask) -> None:
    marjatta(app)
    link = ask(new_reader(app))["link_path"]
    new_reader(app).send(link)
    late = new_reader(app)
    page = late.see(link, status=404)
    assert "Linkki ei enää toimi" in page
    assert 'action="/kirjaudu"' in page, "a new one can be asked for on the spot"
    late.send(link, status=404)


def test_the_link_dies_after_half_an_hour(app: Flask) -> None:
    marjatta(app)
    link = ask(new_reader(app))["link_path"]
    with time_machine.travel(clock.now() + timedelta(minutes=29)):
        new_reader(app).see(link)
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        new_reader(app).see(link, status=404)
        new_reader(app).send(link, status=404)


def test_the_links_page_names_itself_to_nobody_and_is_not_kept(app: Flask) -> None:
    marjatta(app)
    link = ask(new_reader(app))["link_path"]
    for answer in (new_reader(app).get(link), new_reader(app).get("/kirjaudu/tuntematon")):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", ["x", "%00", "%ff", "a" * 5000, "1", "🙂", "a%0d%0aSet-Cookie:x=1", "demo", "ulos"])
def test_a_link_of_nonsense_is_a_page_with_a_way_on(app: Flask, token: str) -> None:
    assert "Pyydä uusi" in new_reader(app).see(f"/kirjaudu/{token}", status=404)


def test_only_hashes_are_stored(app: Flask) -> None:
    marjatta(app)
    facts = ask(new_reader(app))
    new_reader(app).send(facts["link_path"])
    with app.app_context():
        stored = [
            str(row)
            for model in (SignIn, SessionRow, Message, Attempt)
            for row in db.session.execute(select(model.__table__)).all()
        ]
    assert not [row for row in stored if facts["token"] in row or facts["code"] in row]
    assert not [row for row in stored if "192.0.2.1" in row]


def test_a_used_or_old_mail_is_not_worth_sending(app: Flask) -> None:
    marjatta(app)
    new_reader(app).send(ask(new_reader(app))["link_path"])
    with app.app_context():
        assert sign_in_facts(1, SECRET) is None
        assert sign_in_facts(99, SECRET) is None


# ---------------------------------------------------------------- known and unknown


def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_rows(
    app: Flask, count_queries: Callable[[], int]
) -> None:
    marjatta(app)
    pages, queries, written = [], [], []
    for mail in (MARJATTA, "tuntematon.nimi12345@example.org"):
        assert len(mail) > 20
        reader = new_reader(app)
        count_queries()
        answer = reader.send("/kirjaudu", {"mail": mail})
        queries.append(count_queries())
        pages.append(re.sub('value="[^"]*"', "", reader.see(answer.location).replace(mail, "@")))
        written.append((len(rows(app, SignIn)), len(rows(app, Message)), len(rows(app, Attempt))))
    assert pages[0] == pages[1]
    assert queries[0] == queries[1]
    assert written == [(1, 1, 2), (2, 2, 4)]
    assert [row.state.value for row in rows(app, Message)] == ["waiting", "dropped"]


def test_a_closed_account_is_as_unknown(app: Flask) -> None:
    marjatta(app, disabled_at=clock.now())
    link = ask(new_reader(app))["link_path"]
    assert rows(app, Message)[0].state.value == "dropped"
    new_reader(app).see(link, status=404)


def test_closing_an_account_kills_a_link_already_sent(app: Flask) -> None:
    who = marjatta(app)
    link = ask(new_reader(app))["link_path"]
    with app.app_context(), transaction() as session:
        session.execute(update(Person).where(Person.id == who.id).values(disabled_at=clock.now()))
    new_reader(app).send(link, status=404)


def test_the_mail_is_written_in_its_readers_language(app: Flask) -> None:
    marjatta(app, language="sv")
    new_reader(app).send("/kirjaudu?kieli=en", {"mail": MARJATTA})
    assert rows(app, Message)[0].language == "sv"
    assert rows(app, Message)[0].facts == {"sign_in_id": 1}


@pytest.mark.parametrize(
    "mail", ["", "ei osoite", "a@", "@b.fi", "a@b.fi\r\nBcc: x@y.fi", "\x00@b.fi", "a" * 5000 + "@b.fi"]
)
def test_what_is_no_address_is_said_beside_the_field(app: Flask, mail: str) -> None:
    page = new_reader(app).send("/kirjaudu", {"mail": mail.encode("utf-8", "surrogatepass")}, status=200).text
    assert 'aria-invalid="true"' in page
    assert not rows(app, SignIn)


def test_an_address_is_the_same_in_any_case(app: Flask) -> None:
    marjatta(app)
    new_reader(app).send(ask(new_reader(app), f" {MARJATTA.upper()} ")["link_path"])


# ---------------------------------------------------------------- the code


def test_the_code_signs_in_the_browser_that_asked(any_app: Flask) -> None:
    marjatta(any_app)
    reader = new_reader(any_app)
    code = ask(reader)["code"]
    assert MARJATTA in reader.see("/kirjaudu/viesti")
    assert reader.send("/kirjaudu/viesti", {"code": f"{code[:3]} {code[3:]}"}).location == "/vuorot"
    reader.see("/vuorot")


def test_the_code_is_refused_in_another_browser(app: Flask) -> None:
    marjatta(app)
    code = ask(new_reader(app))["code"]
    stranger = new_reader(app)
    assert "Koodi ei enää toimi" in stranger.send_and_follow("/kirjaudu/viesti", {"code": code})
    ask(stranger, "toinen@example.org")
    page = stranger.send("/kirjaudu/viesti", {"code": code}, status=200).text
    assert "Koodi ei täsmää" in page
    assert stranger.get("/omat").status_code == 302


def test_five_wrong_codes_kill_the_code_but_not_the_link(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    facts = ask(reader)
    for left in ("4 yritystä", "3 yritystä", "2 yritystä", "Yksi yritys"):
        page = reader.send("/kirjaudu/viesti", {"code": wrong(facts["code"])}, status=200).text
        assert left in page
    assert "Koodi ei enää toimi" in reader.send_and_follow("/kirjaudu/viesti", {"code": wrong(facts["code"])})
    reader.send("/kirjaudu/viesti", {"code": facts["code"]})
    assert reader.get("/omat").status_code == 302
    new_reader(app).send(facts["link_path"])


def test_who_asked_twice_may_type_either_code(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    first = ask(reader)["code"]
    ask(reader)
    assert reader.send("/kirjaudu/viesti", {"code": first}).location == "/vuorot"


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３４５", "1" * 5000, "\x00", "1234567"])
def test_what_is_no_code_is_said_and_costs_no_try(app: Flask, code: str) -> None:
    marjatta(app)
    reader = new_reader(app)
    ask(reader)
    assert 'aria-invalid="true"' in reader.send("/kirjaudu/viesti", {"code": code}, status=200).text
    assert rows(app, SignIn)[0].wrong_codes == 0


def test_the_page_for_the_code_sends_strangers_to_ask(app: Flask) -> None:
    assert new_reader(app).get("/kirjaudu/viesti").location == "/kirjaudu"


# ---------------------------------------------------------------- several people, one address


@pytest.fixture
def couple(app: Flask) -> tuple[Person, Person]:
    with app.app_context():
        site = factories.site()
        one = factories.volunteer(site.id, mail="lehtoset@example.org")
        two = factories.volunteer(site.id, called="Pekka", mail="lehtoset@example.org")
        factories.person("Poissa", mail="lehtoset@example.org", disabled_at=clock.now())
    return one, two


def test_those_who_share_an_address_are_asked_who_signs_in(app: Flask, couple: tuple[Person, Person]) -> None:
    link = ask(new_reader(app), "lehtoset@example.org")["link_path"]
    reader = new_reader(app)
    page = reader.see(link)
    assert "Marjatta L." in page
    assert "Pekka L." in page
    assert "Poissa" not in page
    assert "Valitse, kuka kirjautuu." in reader.send(link, status=200).text
    reader.send(link, {"person": str(couple[1].id)})
    assert "Pekka" in reader.see("/omat/profiili")
    assert len(rows(app, Message)) == 1, "one mail for both"


@pytest.mark.parametrize("person", ["0", "3", "99999", "-1", "x", "2147483648", "9" * 50, "１"])
def test_nobody_else_can_be_chosen(app: Flask, couple: tuple[Person, Person], person: str) -> None:
    link = ask(new_reader(app), "lehtoset@example.org")["link_path"]
    reader = new_reader(app)
    reader.send(link, {"person": person}, status=404)
    assert reader.get("/omat").status_code == 302
    new_reader(app).see(link)


def test_the_code_of_a_shared_address_asks_too(app: Flask, couple: tuple[Person, Person]) -> None:
    reader = new_reader(app)
    code = ask(reader, "lehtoset@example.org")["code"]
    page = reader.send("/kirjaudu/viesti", {"code": code}).location
    assert "Kuka kirjautuu?" in reader.see(page)
    reader.send(page, {"person": str(couple[0].id)})
    reader.see("/omat")


# ---------------------------------------------------------------- where one was going


def test_the_page_asked_for_opens_after_signing_in_by_link(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    start = reader.get("/vuorot?sivu=2").location
    assert 'value="/vuorot?sivu=2"' in reader.see(start)
    link = ask(reader, next="/vuorot?sivu=2")["link_path"]
    assert new_reader(app).send(link).location == "/vuorot?sivu=2"


def test_the_page_asked_for_opens_after_signing_in_by_code(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    code = ask(reader, next="/omat")["code"]
    assert "next=/omat" in reader.see("/kirjaudu/viesti")
    assert reader.send("/kirjaudu/viesti", {"code": code}).location == "/omat"


ELSEWHERE = [
    "/\t/evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\n/evil.example",
    "/\x00/evil.example",
    " //evil.example",
    "vuorot",
    "/" + "a" * 600,
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_out_of_the_house(app: Flask, target: str) -> None:
    marjatta(app)
    reader = new_reader(app)
    asked = reader.get("/kirjaudu", query_string={"next": target})
    assert asked.status_code == 200
    assert 'name="next" type="hidden" value=""' in asked.text or target.startswith("/a")
    answer = reader.post("/kirjaudu", data={"csrf_token": reader.token(), "mail": MARJATTA, "next": target})
    if answer.status_code == 302:
        assert new_reader(app).send(last_secrets(app)["link_path"]).location == "/vuorot"


@pytest.mark.parametrize(
    ("kinds", "landing"),
    [
        ([Kind.VOLUNTEER], "/vuorot"),
        ([Kind.COORDINATOR], "/viikko"),
        ([Kind.VOLUNTEER, Kind.COORDINATOR], "/viikko"),
        ([Kind.ADMIN], "/viikko"),
        ([Kind.EMPLOYEE], "/omat/profiili"),
        ([Kind.ASSOCIATION], "/omat/profiili"),
        ([Kind.WARD], "/omat/profiili"),
        ([], "/omat/profiili"),
    ],
)
def test_each_kind_lands_where_its_work_is(app: Flask, kinds: list[Kind], landing: str) -> None:
    with app.app_context():
        site, who = factories.site(), factories.person()
        for kind in kinds:
            factories.role(who.id, kind, None if kind is Kind.ADMIN else site.id)
    assert new_reader(app).send(ask(new_reader(app))["link_path"]).location == landing


# ---------------------------------------------------------------- sessions


def test_a_session_is_the_browsers_unless_it_is_kept(app: Flask) -> None:
    marjatta(app)
    for kept, days in (("", 0.5), ("y", 90)):
        reader = new_reader(app)
        answer = reader.send(ask(new_reader(app))["link_path"], {"kept": kept} if kept else {})
        cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("olka="))
        assert ("Expires=" in cookie) == bool(kept)
        assert "HttpOnly" in cookie
        row = rows(app, SessionRow)[-1]
        assert row.expires_at - row.created_at == timedelta(days=days)


def test_signing_in_changes_the_cookie_and_ends_the_browsers_old_session(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    reader.send(ask(new_reader(app))["link_path"])
    old = reader.get_cookie("olka")
    assert old is not None
    reader.send(ask(new_reader(app))["link_path"])
    assert len(rows(app, SessionRow)) == 1
    copy = new_reader(app)
    copy.set_cookie("olka", old.value)
    assert copy.get("/omat").status_code == 302


def test_the_language_chosen_before_signing_in_stays(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    reader.get("/kirjaudu?kieli=sv")
    reader.send(ask(new_reader(app))["link_path"])
    assert '<html lang="sv"' in reader.see("/omat/profiili")


def test_a_session_copied_before_sign_out_is_dead_after_it(any_app: Flask) -> None:
    marjatta(any_app)
    reader = new_reader(any_app)
    reader.send(ask(new_reader(any_app))["link_path"])
    copied = reader.get_cookie("olka")
    assert copied is not None
    thief = new_reader(any_app)
    thief.set_cookie("olka", copied.value)
    thief.see("/omat")
    page = reader.send_and_follow("/kirjaudu/ulos")
    assert "Olet kirjautunut ulos" in page
    assert 'href="/kirjaudu"' in page, "the page knows that nobody is signed in"
    assert thief.get("/omat").status_code == 302
    assert not rows(any_app, SessionRow)


def test_a_session_ends_after_its_time(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    reader.send(ask(new_reader(app))["link_path"])
    with time_machine.travel(clock.now() + timedelta(hours=13)):
        assert reader.get("/omat").status_code == 302


def test_a_kept_session_lives_on_while_it_is_used(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    reader.send(ask(new_reader(app))["link_path"], {"kept": "y"})
    start = clock.now()
    for day in (80, 160):
        with time_machine.travel(start + timedelta(days=day)):
            answer = reader.get("/omat")
            assert answer.status_code == 200
            assert any("Expires=" in c for c in answer.headers.getlist("Set-Cookie") if c.startswith("olka="))
    with time_machine.travel(start + timedelta(days=251)):
        assert reader.get("/omat").status_code == 302


def test_last_seen_is_written_at_most_every_quarter_of_an_hour(any_app: Flask) -> None:
    reader = new_reader(any_app).sign_in_as(marjatta(any_app))
    start = rows(any_app, SessionRow)[0]
    for minutes, moved in ((14, False), (16, True), (20, False)):
        before = rows(any_app, SessionRow)[0].seen_at
        with time_machine.travel(start.seen_at + timedelta(minutes=minutes)):
            reader.see("/omat")
        assert (rows(any_app, SessionRow)[0].seen_at > before) is moved
    assert rows(any_app, SessionRow)[0].expires_at == start.expires_at, "a session that isn't kept doesn't grow"


def test_a_visitors_form_needs_no_session_row(app: Flask) -> None:
    page = new_reader(app).see("/kirjaudu")
    assert 'name="csrf_token"' in page
    assert not rows(app, SessionRow)


# ---------------------------------------------------------------- the throttle


def fail(reader: Reader, times: int) -> None:
    for _ in range(times):
        reader.send("/kirjaudu/koodi", {"code": "ACDE-FGHJ-KMNP"}, status=200)


def test_ten_failures_throttle_an_address_and_tell_the_way_on(app: Flask) -> None:
    marjatta(app)
    fail(new_reader(app), 10)
    answer = new_reader(app).send("/kirjaudu/koodi", {"code": "ACDE-FGHJ-KMNP"}, status=429)
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert "/yhteys" in answer.text
    fail(new_reader(app, "192.0.2.2"), 1)
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        fail(new_reader(app), 1)


def test_a_whole_ipv6_net_counts_as_one(app: Flask) -> None:
    for number in range(10):
        fail(new_reader(app, f"2001:db8:0:1::{number}"), 1)
    new_reader(app, "2001:db8:0:1:ffff::1").send("/kirjaudu/koodi", {"code": "ACDE-FGHJ-KMNP"}, status=429)
    fail(new_reader(app, "2001:db8:0:2::1"), 1)


def test_codes_guessed_at_one_address_from_everywhere_are_throttled(app: Flask) -> None:
    marjatta(app)
    reader, code = new_reader(app), ""
    for number in range(10):
        reader.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        if number % 3 == 0:
            reader = new_reader(app, f"192.0.2.{number}")
            code = ask(reader)["code"]
        reader.send("/kirjaudu/viesti", {"code": wrong(code)}, status=200)
    reader.environ_base["REMOTE_ADDR"] = "198.51.100.1"
    reader.send("/kirjaudu/viesti", {"code": code}, status=429)


def test_who_holds_a_valid_link_or_paper_gets_in_from_a_throttled_address(app: Flask) -> None:
    who = marjatta(app)
    link = ask(new_reader(app))["link_path"]
    fail(new_reader(app), 10)
    new_reader(app).send("/kirjaudu/tuntematon", status=429)
    new_reader(app).send(link)
    with app.app_context(), transaction():
        paper = sign_in.print_code(Actor(99, (Role(Kind.ADMIN),)), who.id)
    new_reader(app).send("/kirjaudu/koodi", {"code": paper.code})


def test_successes_dont_count(app: Flask) -> None:
    marjatta(app)
    for number in range(12):
        with time_machine.travel(clock.now() + timedelta(minutes=4 * number)):
            new_reader(app).send(ask(new_reader(app))["link_path"])


def test_asking_is_throttled_for_an_address_known_or_not(app: Flask) -> None:
    marjatta(app)
    for mail in (MARJATTA, "tuntematon@example.org"):
        for number in range(5):
            new_reader(app, f"192.0.2.{number}").send("/kirjaudu", {"mail": mail})
        new_reader(app, "192.0.2.9").send("/kirjaudu", {"mail": mail}, status=429)


def test_a_whole_hospital_may_ask_from_one_address(app: Flask) -> None:
    for number in range(60):
        new_reader(app).send("/kirjaudu", {"mail": f"a{number}@example.org"})
    new_reader(app).send("/kirjaudu", {"mail": "viimeinen@example.org"}, status=429)


# ---------------------------------------------------------------- paper


def test_a_printed_code_signs_in_once_within_seven_days(any_app: Flask) -> None:
    with any_app.app_context():
        site = factories.site()
        who = factories.volunteer(site.id, mail=None)
        hanna = factories.coordinator(site.id)
        with transaction():
            paper = sign_in.print_code(Actor(hanna.id, (Role(Kind.COORDINATOR, site.id),)), who.id)
    assert re.fullmatch("([A-Z0-9]{4}-){2}[A-Z0-9]{4}", paper.code)
    with time_machine.travel(clock.now() + timedelta(days=6)):
        reader = new_reader(any_app)
        reader.see("/kirjaudu/koodi?next=/omat")
        assert reader.send("/kirjaudu/koodi", {"code": paper.code.lower(), "next": "/omat"}).location == "/omat"
        assert "Koodi ei toimi" in new_reader(any_app).send("/kirjaudu/koodi", {"code": paper.code}, status=200).text
        new_reader(any_app).see(paper.path, status=404)


def test_the_qr_of_a_printed_code_opens_the_same_page_as_a_mailed_link(app: Flask) -> None:
    who = marjatta(app, mail=None)
    with app.app_context(), transaction():
        old = sign_in.print_code(Actor(99, (Role(Kind.ADMIN),)), who.id)
        paper = sign_in.print_code(Actor(99, (Role(Kind.ADMIN),)), who.id)
    new_reader(app).see(old.path, status=404)
    reader = new_reader(app)
    assert "Tervetuloa, Marjatta L." in reader.see(paper.path)
    reader.send(paper.path)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        new_reader(app).send(paper.path, status=404)


@pytest.mark.parametrize("code", ["", "ABC", "ACDE-FGHJ-KMN0", "\x00" * 12, "a" * 5000, "０" * 12])
def test_what_is_no_printed_code_is_said_beside_the_field(app: Flask, code: str) -> None:
    assert 'aria-invalid="true"' in new_reader(app).send("/kirjaudu/koodi", {"code": code}, status=200).text
    assert not rows(app, Attempt)


# ---------------------------------------------------------------- the demo


@pytest.fixture
def demo_app(sqlite_url: str) -> Iterator[Flask]:
    app = make_app(sqlite_url, OLKA_DEMO="1")
    yield app
    with app.app_context():
        db.engine.dispose()


LANDINGS = {
    "volunteer": "/vuorot",
    "coordinator": "/viikko",
    "employee": "/omat/profiili",
    "association": "/omat/profiili",
    "ward": "/omat/profiili",
    "admin": "/viikko",
}


def test_the_demo_has_a_button_for_each_kind_of_account(demo_app: Flask) -> None:
    with demo_app.app_context():
        site = factories.site()
        real = factories.person("Oikea")
        both = factories.person("Molempia", demo=True)
        for kind in Kind:
            factories.role(real.id, kind, site.id)
            factories.role(both.id, kind, site.id)
            who = factories.person(f"Esittely {kind.value}", demo=True)
            factories.role(who.id, kind, site.id)
    for account, landing in LANDINGS.items():
        reader = new_reader(demo_app)
        assert f'name="account" value="{account}"' in reader.see("/kirjaudu")
        assert reader.send("/kirjaudu/demo", {"account": account}).location == landing
        assert f"Esittely {account}" in reader.see("/omat/profiili")
    assert new_reader(demo_app).send("/kirjaudu/demo", {"account": "volunteer", "next": "/omat"}).location == "/omat"


@pytest.mark.parametrize("account", ["", "root", "volunteer", "\x00", "a" * 5000])
def test_an_account_that_the_demo_lacks_is_said(demo_app: Flask, account: str) -> None:
    page = new_reader(demo_app).send_and_follow("/kirjaudu/demo", {"account": account})
    assert "Esittelyssä ei ole tällaista tunnusta" in page


def test_outside_the_demo_there_is_no_such_page(app: Flask) -> None:
    with app.app_context():
        who = factories.person(demo=True)
        factories.role(who.id, Kind.ADMIN)
    reader = new_reader(app)
    assert "/kirjaudu/demo" not in reader.see("/kirjaudu")
    reader.send("/kirjaudu/demo", {"account": "admin"}, status=404)
    reader.see("/kirjaudu/demo", status=404)


# ---------------------------------------------------------------- forged forms


@pytest.mark.parametrize(
    "address",
    ["/kirjaudu", "/kirjaudu/viesti", "/kirjaudu/koodi", "/kirjaudu/demo", "/kirjaudu/ulos", "/kirjaudu/abc"],
)
@pytest.mark.parametrize("token", [None, "", "väärä", "a" * 5000])
def test_a_form_without_its_token_is_refused(app: Flask, address: str, token: str | None) -> None:
    reader = new_reader(app)
    data = {} if token is None else {"csrf_token": token}
    assert reader.post(address, data=data).status_code == 400


def test_who_is_signed_in_already_is_told_so(app: Flask) -> None:
    reader = new_reader(app).sign_in_as(marjatta(app))
    assert "Olet jo kirjautunut: Marjatta Lehtonen" in reader.see("/kirjaudu")


def test_a_name_is_only_a_name(app: Flask) -> None:
    marjatta(app, called='"><img src=x onerror=alert(1)>', mail=MARJATTA)
    raw = new_reader(app).get(ask(new_reader(app))["link_path"]).text
    assert "<img" not in raw


def test_the_longest_times_are_as_promised() -> None:
    assert (timedelta(minutes=30), timedelta(days=7)) == (rules.MAILED_LIVES, rules.PRINTED_LIVES)
    assert (timedelta(hours=12), timedelta(days=90)) == (rules.SESSION_LIVES, rules.KEPT_SESSION_LIVES)
