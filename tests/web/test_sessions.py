"""Sessions that end, and tries that become too many."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask

from olka.accounts import sign_in
from olka.accounts.models import SessionRow, SignIn
from olka.core import clock
from olka.core.permissions import Actor, Kind, Role
from olka.db import transaction
from olka.outbox.models import Message
from tests.reader import Reader
from tests.web.signing_in import MARJATTA, ask, last_secrets, marjatta, new_reader, rows, wrong

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


def guess(reader: Reader, times: int) -> str:
    """Types wrong codes, asking for a new mail whenever the last one's is dead; gives the last right one."""
    code = ""
    for number in range(times):
        reader.environ_base["REMOTE_ADDR"] = f"192.0.2.{number + 20}"
        if number % 4 == 0:
            code = ask(reader)["code"]
        reader.send("/kirjaudu/viesti", {"code": wrong(code)}, status=200)
    return code


def test_codes_guessed_in_one_browser_from_everywhere_are_throttled(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    code = guess(reader, 10)
    reader.environ_base["REMOTE_ADDR"] = "198.51.100.1"
    reader.send("/kirjaudu/viesti", {"code": code}, status=429)


def test_a_strangers_wrong_codes_keep_nobody_else_out(app: Flask) -> None:
    marjatta(app)
    guess(new_reader(app), 10)
    reader = new_reader(app)
    assert reader.send("/kirjaudu/viesti", {"code": ask(reader)["code"]}).location == "/vuorot"


def test_the_right_code_gets_in_from_a_throttled_address_and_a_wrong_one_is_counted(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    code = ask(reader)["code"]
    fail(new_reader(app), 10)
    for _ in range(4):
        reader.send("/kirjaudu/viesti", {"code": wrong(code)}, status=429)
    assert rows(app, SignIn)[0].wrong_codes == 4, "a refused guess is a guess"
    assert reader.send("/kirjaudu/viesti", {"code": code}).location == "/vuorot"


def test_guesses_from_a_throttled_address_kill_the_code(app: Flask) -> None:
    marjatta(app)
    reader = new_reader(app)
    code = ask(reader)["code"]
    fail(new_reader(app), 10)
    for _ in range(5):
        reader.send("/kirjaudu/viesti", {"code": wrong(code)}, status=429)
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


def waiting(app: Flask) -> int:
    return [row.state.value for row in rows(app, Message)].count("waiting")


def test_a_sixth_mail_within_a_quarter_of_an_hour_is_not_sent_and_nothing_is_said_of_it(app: Flask) -> None:
    marjatta(app)
    mine = new_reader(app)
    code = ask(mine)["code"]
    for number in range(5):
        new_reader(app, f"192.0.2.{number}").send("/kirjaudu", {"mail": MARJATTA})
    assert waiting(app) == 5
    assert mine.send("/kirjaudu", {"mail": MARJATTA}).location == "/kirjaudu/viesti"
    assert waiting(app) == 5
    unsent = last_secrets(app)["code"]
    assert "Koodi ei täsmää" in mine.send("/kirjaudu/viesti", {"code": unsent}, status=200).text
    assert mine.send("/kirjaudu/viesti", {"code": code}).location == "/vuorot", "the mail that left still opens"


def test_an_address_gets_twenty_mails_a_day(app: Flask) -> None:
    marjatta(app)
    for quarter in range(6):
        with time_machine.travel(clock.now() + timedelta(minutes=16 * quarter)):
            for number in range(5):
                new_reader(app, f"192.0.2.{number}").send("/kirjaudu", {"mail": MARJATTA})
    assert waiting(app) == 20
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        new_reader(app).send("/kirjaudu", {"mail": MARJATTA})
    assert waiting(app) == 21


def test_a_whole_hospital_may_ask_from_one_address(app: Flask) -> None:
    for number in range(60):
        new_reader(app).send("/kirjaudu", {"mail": f"a{number}@example.org"})
    new_reader(app).send("/kirjaudu", {"mail": "viimeinen@example.org"}, status=429)
