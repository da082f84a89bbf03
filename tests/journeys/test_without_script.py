"""The same journeys without JavaScript and without a browser: forms sent over HTTP to the served app."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from tests.journeys.people import Traveller, a_coordinator, a_day, a_shift, a_volunteer
from tests.live import Live
from tests.pages import PageForm, ReadPage, read_page
from tests.world import World


class Client(httpx.Client):
    """An HTTP client that reads pages and sends their forms, and keeps the last page's text."""

    text = ""

    def open(self, path: str, status: int = 200) -> ReadPage:
        """Opens an address and reads its page."""
        return self._read(self.get(path), status)

    def submit(self, form: PageForm, status: int = 200, **fields: str) -> ReadPage:
        """Sends a form with these fields filled in, follows the redirect and reads the page that opens."""
        return self._read(self.post(form.action, data=form.filled(**fields)), status)

    def _read(self, answer: httpx.Response, status: int) -> ReadPage:
        assert answer.status_code == status, (answer.url, answer.status_code, answer.text[:500])
        self.text = answer.text
        return read_page(answer.text, answer.url.path)

    def sign_in(self, live: Live, who: Traveller) -> Client:
        """Signs in by the mailed link."""
        self.submit(self.open("/kirjaudu").form("/kirjaudu"), mail=who.mail)
        link = live.link_in_mail(who.mail)
        self.submit(self.open(link).form(link))
        return self

    def enter(self, live: Live, who: Traveller) -> Client:
        """Signs in by the cookie, second factor passed, where signing in isn't what the journey is about."""
        self.cookies.set("olka", live.cookie_of(who.id), domain="localhost.local")
        return self


@pytest.fixture
def client(live: Live) -> Iterator[Client]:
    """Gives a client of the served app."""
    with Client(base_url=live.url, follow_redirects=True, timeout=30, trust_env=False) as opened:
        yield opened


def test_a_volunteer_books_undoes_and_cancels(client: Client, live: Live, world: World) -> None:
    her, shift = a_volunteer(live, world), a_shift(live, world)
    client.sign_in(live, her)
    page = client.submit(client.open("/vuorot").form(f"/vuorot/{shift}/varaa"))
    assert "Vuoro on sinun" in client.text
    client.submit(page.form_saying("Peru varaus"))
    assert "Et ole enää vuorossa" in client.text
    client.submit(client.open("/vuorot").form(f"/vuorot/{shift}/varaa"))
    confirm = client.open(client.open("/omat").link_saying("Peru vuoro"))
    client.submit(confirm.form_saying("Peru vuoro"))
    assert "Et ole enää vuorossa" in client.text
    assert client.get(f"/omat/vuoro/{shift}.ics").status_code == 404


def test_a_volunteer_signs_in_by_code(client: Client, live: Live, world: World) -> None:
    her = a_volunteer(live, world)
    sent = client.submit(client.open("/kirjaudu").form("/kirjaudu"), mail=her.mail)
    client.submit(sent.form("/kirjaudu/viesti"), code=live.code_in_mail(her.mail))
    assert 'data-page="list_open"' in client.text


def test_a_form_sent_twice_is_one_booking(client: Client, live: Live, world: World) -> None:
    her, shift = a_volunteer(live, world), a_shift(live, world, max_people=2)
    form = client.sign_in(live, her).open("/vuorot").form(f"/vuorot/{shift}/varaa")
    client.submit(form)
    client.submit(form)
    assert "Vuoro on sinun" in client.text
    assert len([link for link, _words in client.open("/omat").links if f"/vuorot/{shift}/peru" in link]) == 1


def test_a_volunteer_who_may_not_is_refused_with_the_reason(client: Client, live: Live, world: World) -> None:
    her, shift = a_volunteer(live, world, accepted=False), a_shift(live, world)
    page = client.sign_in(live, her).open("/vuorot")
    token = (
        page.forms[0].fields.get("csrf_token")
        or client.open("/omat/profiili").form("/omat/profiili").fields["csrf_token"]
    )
    refused = client.submit(PageForm(f"/vuorot/{shift}/varaa", "post", {"csrf_token": token}), status=409)
    assert "ei ole vielä hyväksytty" in client.text
    assert refused.link_saying("Kysy koordinaattorilta") == "/yhteys"


def test_a_coordinator_makes_shifts_books_and_cancels(client: Client, live: Live, world: World) -> None:
    boss, her = a_coordinator(live, world), a_volunteer(live, world)
    day = a_day() + timedelta(days=1)
    last = day + timedelta(days=7)
    client.enter(live, boss)
    form = client.open("/viikko/vuoro/uusi").form("/viikko/vuoro/uusi")
    made = client.submit(
        form,
        day=f"{day.day}.{day.month}.{day.year}",
        start="7",
        end="8.30",
        until=f"{last.day}.{last.month}.{last.year}",
    )
    shift = made.link_saying("Avaa vuoro")
    found = client.open(f"{shift}?haku={her.called}")
    client.submit(found.form_saying("Varaa"))
    assert her.full_name in client.text
    client.submit(client.open(f"{shift}/peru").form_saying("Peru koko vuoro"))
    assert "Vuoro on peruttu" in client.text
    assert "peru" in live.newest_mail(her.mail).lower()


def test_a_coordinator_cannot_reach_another_sites(client: Client, live: Live, world: World) -> None:
    client.enter(live, a_coordinator(live, world))
    for path in (f"/viikko/vuoro/{world.there['shift_id']}", f"/vapaaehtoiset/{world.there['person_id']}"):
        client.open(path, status=404)
        assert "Birgitta" not in client.text


@pytest.mark.parametrize("code", ["fi", "sv", "en"])
def test_a_visitor_reads_the_front_page(client: Client, code: str) -> None:
    page = client.open(f"/?kieli={code}")
    assert f'<html lang="{code}"' in client.text
    assert len(page.headings) == 1
    client.open("/yhteys")
    assert f'<html lang="{code}"' in client.text
