"""The front page and the contact page: what is open, where it is, and whom to reach; nothing more of anyone."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask

from olka.core.permissions import Kind
from olka.core.texts import Text3
from olka.sites.models import Closure, OpeningHours, Place, Site
from olka.sites.rules import PlaceKind
from olka.web.static_files import FOLDER
from tests import factories
from tests.reader import Reader

# A Tuesday, half past nine in Helsinki.
NOW = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock_stands() -> Iterator[None]:
    """Keeps the clock at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def open_on(place: Place, *weekdays: int, opens: time = time(9), closes: time = time(15)) -> None:
    for weekday in weekdays:
        factories.save(OpeningHours(place_id=place.id, weekday=weekday, opens=opens, closes=closes))


def a_point(name: str = "Forssan sairaala", **changes: object) -> tuple[Site, Place]:
    site = factories.site(name, **changes)
    return site, factories.place(site.id)


def row_of(page: str, place: Place) -> str:
    """Gives the part of a page that tells of a place."""
    return page.split(f'data-id="{place.id}"')[-1].split("</dd>")[0]


def test_a_visitor_sees_which_points_are_open_and_when_the_others_open(app: Flask, reader: Reader) -> None:
    with app.app_context():
        _, is_open = a_point()
        _, later = a_point("Riihimäen sairaala")
        _, tomorrow = a_point("Viipurintien terveysasema")
        _, new = a_point("Assi-sairaala", opens_on=date(2027, 3, 1))
        open_on(is_open, 1, 2, 3)
        open_on(later, 2, opens=time(10))
        open_on(tomorrow, 3, closes=time(12))
        open_on(new, 2)
    page = reader.see("/?kieli=fi")
    assert "Auki" in row_of(page, is_open)
    assert "9–15" in row_of(page, is_open)
    assert "klo 10" in row_of(page, later)
    assert "Kiinni" in row_of(page, tomorrow)
    assert "ke 9–12" in row_of(page, tomorrow)
    assert "1.3.2027" in row_of(page, new)
    assert page.index("Forssan sairaala") < page.index("Riihimäen sairaala") < page.index("Assi-sairaala")


def test_a_closed_point_says_why_and_where_it_is(app: Flask, reader: Reader) -> None:
    with app.app_context():
        site, place = a_point(map_url="https://kartta.example.org/forssa")
        open_on(place, 1, 2, 3, 4, 5)
        factories.save(
            Closure(
                site_id=site.id,
                place_id=None,
                first_day=date(2026, 11, 23),
                last_day=date(2026, 11, 26),
                reason=Text3("Remontti", "Renovering", "Repairs"),
            )
        )
    page = reader.see("/?kieli=fi")
    assert "pe 9–15" in row_of(page, place)
    for words in ("Remontti", "Sairaalantie 1", "https://kartta.example.org/forssa", "Pääaulassa, infon vieressä"):
        assert words in page
    assert "Renovering" in reader.see("/?kieli=sv")
    assert "Repairs" in reader.see("/?kieli=en")


def test_wards_and_what_is_out_of_use_are_not_shown(app: Flask, reader: Reader) -> None:
    with app.app_context():
        site = factories.site()
        factories.place(site.id, "Lastenosasto", kind=PlaceKind.WARD)
        factories.place(site.id, "Vanha piste", retired_on=date(2026, 1, 1))
        gone = factories.site("Suljettu sairaala", retired_on=date(2026, 1, 1))
        factories.place(gone.id, "Sen piste")
    for page in (reader.see("/"), reader.see("/yhteys")):
        for name in ("Lastenosasto", "Vanha piste", "Suljettu sairaala", "Sen piste"):
            assert name not in page


def test_the_empty_house_answers(reader: Reader) -> None:
    assert "Pisteitä ei ole vielä avattu" in reader.see("/?kieli=fi")
    assert "Yhteystietoja ei ole vielä" in reader.see("/yhteys")


def test_whoever_is_signed_in_goes_on_to_her_own_page(app: Flask, reader: Reader) -> None:
    assert 'href="/kirjaudu"' in reader.see("/")
    with app.app_context():
        volunteer = factories.volunteer(factories.site().id)
    page = reader.sign_in_as(volunteer).see("/")
    assert 'href="/vuorot"' in page
    assert 'href="/kirjaudu"' not in page


def test_the_contact_page_names_the_coordinators_of_today_and_no_others(app: Flask, reader: Reader) -> None:
    with app.app_context():
        site, _ = a_point()
        today = factories.today()
        hanna = factories.coordinator(
            site.id, "Hanna", mail="hanna.oma@example.org", phone="+358401110000", shows_phone=True
        )
        own = factories.role(hanna.id, Kind.COORDINATOR, factories.site("Riihimäen sairaala").id)
        deputy = factories.person("Ilkka", "Salo", phone="+358501234567", shows_phone_publicly=True)
        factories.role(deputy.id, Kind.COORDINATOR, site.id, deputy_of_id=own.id)
        ended = factories.person("Vanha", "Koordinaattori")
        factories.role(ended.id, Kind.COORDINATOR, site.id, ends_on=today - timedelta(days=1))
        coming = factories.person("Tuleva", "Koordinaattori")
        factories.role(coming.id, Kind.COORDINATOR, site.id, starts_on=today + timedelta(days=1))
        factories.coordinator(site.id, "Suljettu", disabled_at=NOW)
        factories.volunteer(site.id, called="Marjatta")
    page = reader.see("/yhteys?kieli=fi")
    assert page.count("Hanna Laine") == 2
    assert "Ilkka Salo" in page
    assert "sijainen" in page
    assert "tel:+358501234567" in page
    assert "tel:+358401234567" in page
    assert "mailto:olka@example.org" in page
    for hidden in ("hanna.oma", "401110000", "Vanha", "Tuleva", "Suljettu", "Marjatta"):
        assert hidden not in page


def test_a_site_without_a_phone_or_mail_says_how_to_reach_its_coordinators(app: Flask, reader: Reader) -> None:
    with app.app_context():
        a_point(phone="", mail="")
    page = reader.see("/yhteys?kieli=fi")
    assert "Tavoitat koordinaattorin pisteeltä" in page
    assert "tel:" not in page
    assert "mailto:" not in page


def test_a_succession_is_told_at_both_sites(app: Flask, reader: Reader) -> None:
    with app.app_context():
        old, _ = a_point("Kanta-Hämeen keskussairaala")
        new, _ = a_point("Assi-sairaala", succeeds_id=old.id, succeeds_from=date(2027, 3, 1))
    page = reader.see("/yhteys?kieli=fi")
    assert "Jatkaa 1.3.2027 alkaen tämän toimipaikan työtä" in page
    assert "Toimintaa jatkaa 1.3.2027 alkaen" in page
    for site in (old, new):
        assert f'href="#toimipaikka-{site.id}"' in page
        assert f'id="toimipaikka-{site.id}"' in page


def test_names_that_are_markup_are_inert(app: Flask, reader: Reader) -> None:
    evil = '"><img src=x onerror=alert(1)>'
    with app.app_context():
        site = factories.site(evil, directions=Text3(evil))
        factories.place(site.id, evil, directions=Text3(evil))
        factories.coordinator(site.id, evil)
    for address in ("/", "/yhteys"):
        assert "<img" not in reader.get(address).text


@pytest.mark.parametrize("address", ["/", "/yhteys"])
def test_a_page_asks_as_many_queries_for_one_place_as_for_thirty(
    app: Flask, reader: Reader, count_queries: Callable[[], int], address: str
) -> None:
    with app.app_context():
        a_point()
    count_queries()
    reader.see(address)
    few = count_queries()
    with app.app_context():
        for number in range(29):
            site, place = a_point(f"Sairaala {number}")
            open_on(place, 1, 2, 3)
            factories.coordinator(site.id, f"Koordinaattori{number}")
    count_queries()
    reader.see(address)
    assert count_queries() == few <= 8


def test_the_front_page_fits_in_sixty_kilobytes_and_loads_no_script(app: Flask, reader: Reader) -> None:
    with app.app_context():
        for number in range(8):
            _, place = a_point(f"Sairaala {number}", map_url="https://kartta.example.org/forssa")
            open_on(place, 1, 2, 3, 4, 5)
    page = reader.see("/")
    assert "<script" not in page
    total = len(gzip.compress(page.encode()))
    total += sum(len(gzip.compress((FOLDER / name).read_bytes())) for name in ("olka.css", "icons.svg", "icon.svg"))
    total += (FOLDER / "vendor" / "source-sans-3-latin-wght-normal.woff2").stat().st_size
    assert total < 60_000


def test_the_pages_may_be_kept_but_are_asked_for_anew(reader: Reader) -> None:
    assert reader.get("/").headers["Cache-Control"] == "no-cache"
    assert reader.get("/yhteys").headers["Cache-Control"] == "no-cache"
