"""Signing in by a mailed link or its code, one's own or a shared address's; forged forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from olka.accounts import rules
from olka.accounts.models import Attempt, Person, SessionRow, SignIn
from olka.accounts.queries import sign_in_facts
from olka.core import clock
from olka.db import db, transaction
from olka.outbox.models import Message
from tests import factories
from tests.conftest import SECRET
from tests.web.signing_in import MARJATTA, ask, marjatta, new_reader, rows, wrong

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


def test_who_asked_twice_types_the_newest_code_and_may_open_either_link(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    first, second = ask(reader), ask(reader)
    if first["code"] != second["code"]:
        page = reader.send("/kirjaudu/viesti", {"code": first["code"]}, status=200).text
        assert "4 yritystä" in page, "one guess is held against one code"
    assert reader.send("/kirjaudu/viesti", {"code": second["code"]}).location == "/vuorot"
    assert new_reader(app).send(first["link_path"]).location == "/vuorot"


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
