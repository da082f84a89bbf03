"""The admin keeps organisers, sites and tasks; nobody else sees these pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from olka.core.permissions import Actor
from olka.db import transaction
from olka.shifts import service
from olka.sites import queries
from olka.sites.rules import SiteKind
from olka.tasks.queries import all_tasks, get_task
from olka.tasks.rules import Service
from tests import factories
from tests.reader import Reader

ORGANISER = {
    "nimi": "Hämeen Setlementti ry",
    "rekisterinumero": "123.456",
    "katu": "Katu 1",
    "postinumero": "13100",
    "postitoimipaikka": "Hämeenlinna",
}
TASK = {"palvelu": "ilona", "nimi-fi": "Leikkikaveri", "kuvaus-fi": "Leikkii lasten kanssa", "lasten_kanssa": "y"}


def site_form(organiser_id: int, **changes: str) -> dict[str, str]:
    return {
        "jarjestaja": str(organiser_id),
        "laji": "hospital",
        "nimi-fi": "Assi-sairaala",
        "lyhyt-fi": "Assi",
        "katu": "Uusikatu 1",
        "postinumero": "13530",
        "postitoimipaikka": "Hämeenlinna",
        "puhelin": "040 123 4567",
        "sahkoposti": "Olka@Example.org",
        "perumisaika": "24",
        "kumoamisaika": "10",
        "aikavyohyke": "Europe/Helsinki",
        **changes,
    }


@pytest.fixture
def admin(app: Flask, reader: Reader) -> Reader:
    """Gives a reader signed in as an admin."""
    with app.app_context():
        reader.sign_in_as(factories.admin())
    return reader


def test_the_overview_has_its_four_doors(admin: Reader) -> None:
    page = admin.see("/hallinta")
    for door in ("jarjestajat", "toimipaikat", "tehtavat", "tunnukset"):
        assert f'href="/hallinta/{door}"' in page
        admin.see(f"/hallinta/{door}")


def test_an_organiser_is_added_changed_retired_and_taken_back(admin: Reader, app: Flask) -> None:
    page = admin.send_and_follow("/hallinta/jarjestajat/uusi", ORGANISER)
    assert "Hämeen Setlementti ry" in page
    with app.app_context():
        (row,) = queries.organisers()
    address = f"/hallinta/jarjestajat/{row.id}"
    admin.send(f"{address}/muuta", {**ORGANISER, "nimi": "Oma Häme", "versio": "1"})
    admin.send(f"{address}/muuta", {**ORGANISER, "versio": "1"}, status=409)
    admin.see(f"{address}/poista-kaytosta")
    assert "Poissa käytöstä" in admin.send_and_follow(f"{address}/poista-kaytosta")
    assert "taas käytössä" in admin.send_and_follow(f"{address}/ota-kayttoon")
    with app.app_context():
        (row,) = queries.organisers()
        assert (row.name, row.retired_on) == ("Oma Häme", None)


@pytest.mark.parametrize("field", ["nimi", "rekisterinumero", "katu", "postinumero", "postitoimipaikka"])
def test_an_organiser_without_a_part_says_which(admin: Reader, app: Flask, field: str) -> None:
    answer = admin.send("/hallinta/jarjestajat/uusi", {**ORGANISER, field: " "}, status=200)
    assert f'href="#{field}"' in answer.text
    with app.app_context():
        assert queries.organisers() == []


def test_an_organiser_with_sites_stays_and_they_are_named(admin: Reader, app: Flask) -> None:
    with app.app_context():
        organiser = factories.organiser()
        factories.site(organiser_id=organiser.id)
    answer = admin.send(f"/hallinta/jarjestajat/{organiser.id}/poista-kaytosta", status=200)
    assert "Järjestäjällä on toimipaikkoja: Forssan sairaala" in answer.text


def test_a_site_is_added_with_all_that_is_kept_of_it(admin: Reader, app: Flask) -> None:
    with app.app_context():
        organiser = factories.organiser()
        old = factories.site("Keskussairaala", organiser_id=organiser.id)
    data = site_form(
        organiser.id,
        **{
            "nimi-sv": "Assi sjukhus",
            "kartta": "https://kartta.example.org/assi",
            "ohje-fi": "Pääovesta sisään",
            "avataan": "1.3.2027",
            "jatkaa": str(old.id),
            "jatkaa_alkaen": "1.3.2027",
            "perumisaika": "48",
            "kumoamisaika": "0",
        },
    )
    admin.send("/hallinta/toimipaikat/uusi", data)
    with app.app_context():
        site = queries.sites_of(None)[0]
        assert (site.name.fi, site.name.sv, site.kind) == ("Assi-sairaala", "Assi sjukhus", SiteKind.HOSPITAL)
        assert (site.phone, site.mail, site.map_url) == (
            "+358401234567",
            "olka@example.org",
            "https://kartta.example.org/assi",
        )
        assert (site.opens_on, site.succeeds_id, site.succeeds_from) == (date(2027, 3, 1), old.id, date(2027, 3, 1))
        assert (site.cancel_hours, site.undo_minutes, site.zone) == (48, 0, "Europe/Helsinki")
    page = admin.see("/hallinta/toimipaikat")
    assert "Jatkaa 1.3.2027 alkaen tämän toimipaikan työtä: Keskussairaala" in page
    assert "Toimintaa jatkaa 1.3.2027 alkaen: Assi-sairaala" in page


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"jarjestaja": "999"}, "Valitse jokin"),
        ({"jarjestaja": "x"}, "Valitse jokin"),
        ({"laji": "castle"}, "Valitse jokin"),
        ({"nimi-fi": ""}, "Kirjoita toimipaikan nimi"),
        ({"kartta": "http://kartta.example.org"}, "Kopioi koko osoite"),
        ({"puhelin": "123"}, "Kirjoita koko puhelinnumero"),
        ({"sahkoposti": "olka"}, "Kirjoita koko sähköpostiosoite"),
        ({"aikavyohyke": "Suomi"}, "Aikavyöhykettä ei ole"),
        ({"perumisaika": "337"}, "Kirjoita luku väliltä 0–336"),
        ({"kumoamisaika": "-1"}, "Kirjoita luku väliltä 0–120"),
        ({"avataan": "1.3."}, "Kirjoita päivä muodossa"),
        ({"jatkaa_alkaen": "1.3.2027"}, "Valitse, minkä toimipaikan työtä"),
        ({"jatkaa": "999", "jatkaa_alkaen": "1.3.2027"}, "Valitse jokin"),
        ({"postinumero": "1" * 11}, "Lyhennä tekstiä"),
        ({"katu": "131052-308T"}, "Poista henkilötunnus"),
    ],
)
def test_a_site_that_cannot_be_says_why(admin: Reader, app: Flask, wrong: dict[str, str], says: str) -> None:
    with app.app_context():
        organiser = factories.organiser()
    answer = admin.send("/hallinta/toimipaikat/uusi", site_form(organiser.id, **wrong), status=200)
    assert says in answer.text
    assert "error-summary" in answer.text
    with app.app_context():
        assert queries.sites_of(None) == []


def test_a_site_is_changed_but_never_over_a_newer_change(admin: Reader, app: Flask) -> None:
    with app.app_context():
        site = factories.site()
    address = f"/hallinta/toimipaikat/{site.id}/muuta"
    assert 'value="Forssan sairaala"' in admin.see(address)
    admin.send(address, site_form(site.organiser_id, versio="1"))
    admin.send(address, site_form(site.organiser_id, versio="1"), status=409)
    admin.send(address, site_form(site.organiser_id), status=200)
    with app.app_context():
        assert queries.get_site(site.id).name.fi == "Assi-sairaala"


def test_a_succession_that_would_be_a_circle_is_refused(admin: Reader, app: Flask) -> None:
    with app.app_context():
        old = factories.site("Keskussairaala")
        new = factories.site("Assi-sairaala", succeeds_id=old.id, succeeds_from=date(2027, 3, 1))
    for chosen, says in ((new.id, "jatkaa itse tämän työtä"), (old.id, "ei voi jatkaa omaa työtään")):
        data = site_form(old.organiser_id, jatkaa=str(chosen), jatkaa_alkaen="1.3.2028", versio="1")
        assert says in admin.send(f"/hallinta/toimipaikat/{old.id}/muuta", data, status=200).text


def test_another_zone_waits_for_the_coming_shifts_which_are_listed(admin: Reader, app: Flask) -> None:
    with app.app_context():
        organiser = factories.organiser()
        site = factories.site(organiser_id=organiser.id)
        point = factories.place(site.id)
        shift_id = factories.shift(point.id, factories.task(at=point).id).id
    data = site_form(organiser.id, aikavyohyke="Europe/Stockholm", versio="1")
    page = admin.send(f"/hallinta/toimipaikat/{site.id}/muuta", data, status=200).text
    assert "Muutos osuisi yhteen tulevaan vuoroon. Peru tai siirrä se ensin." in page
    assert f'<li data-id="{shift_id}"' in page
    with app.app_context():
        assert queries.get_site(site.id).zone == "Europe/Helsinki"


def test_a_site_needs_an_organiser_first(admin: Reader) -> None:
    assert 'href="/hallinta/jarjestajat/uusi"' in admin.see("/hallinta/toimipaikat/uusi")


def test_a_site_is_retired_after_being_asked_and_taken_back(admin: Reader, app: Flask) -> None:
    with app.app_context():
        site = factories.site()
        factories.place(site.id)
    address = f"/hallinta/toimipaikat/{site.id}"
    admin.see(f"{address}/poista-kaytosta")
    assert "Toimipaikka on poissa käytöstä" in admin.send_and_follow(f"{address}/poista-kaytosta")
    with app.app_context():
        assert queries.places_of(None) == []
    admin.send(f"{address}/ota-kayttoon")
    with app.app_context():
        assert len(queries.places_of(None)) == 1


def test_a_site_or_task_with_people_on_its_shifts_stays_and_they_are_named(admin: Reader, app: Flask) -> None:
    with app.app_context():
        site = factories.site()
        place = factories.place(site.id)
        task = factories.task(at=place)
        shift = factories.shift(place.id, task.id, factories.today() + timedelta(days=7))
        who = factories.volunteer(site.id, task.id)
        with transaction():
            service.book(Actor(who.id), shift.id, who.id)
    for address in (f"/hallinta/toimipaikat/{site.id}", f"/hallinta/tehtavat/{task.id}"):
        answer = admin.send(f"{address}/poista-kaytosta", status=200)
        assert "Marjatta L." in answer.text
        assert f'href="/viikko/vuoro/{shift.id}"' in answer.text
    with app.app_context():
        assert queries.get_site(site.id).retired_on is None
        assert get_task(task.id).retired_on is None


def test_a_task_is_added_changed_retired_and_taken_back(admin: Reader, app: Flask) -> None:
    assert "Lasten kanssa" in admin.send_and_follow("/hallinta/tehtavat/uusi", TASK)
    with app.app_context():
        (task_id,) = all_tasks()
        assert get_task(task_id).service is Service.ILONA
        assert get_task(task_id).with_children
    address = f"/hallinta/tehtavat/{task_id}"
    changed = {key: value for key, value in TASK.items() if key != "lasten_kanssa"}
    admin.send(f"{address}/muuta", {**changed, "versio": "1"})
    admin.send(f"{address}/muuta", {**changed, "versio": "1"}, status=409)
    admin.see(f"{address}/poista-kaytosta")
    assert "Poissa käytöstä" in admin.send_and_follow(f"{address}/poista-kaytosta")
    admin.send(f"{address}/ota-kayttoon")
    with app.app_context():
        assert (get_task(task_id).with_children, get_task(task_id).retired_on) == (False, None)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"nimi-fi": ""}, "Kirjoita tehtävän nimi"),
        ({"palvelu": "x"}, "Valitse jokin"),
        ({"kuvaus-fi": "x" * 2001}, "Lyhennä tekstiä"),
    ],
)
def test_a_task_that_cannot_be_says_why(admin: Reader, app: Flask, wrong: dict[str, str], says: str) -> None:
    assert says in admin.send("/hallinta/tehtavat/uusi", {**TASK, **wrong}, status=200).text
    with app.app_context():
        assert all_tasks() == {}


ROWS = ("jarjestajat", "toimipaikat", "tehtavat")


def test_what_is_not_there_is_not_found(admin: Reader) -> None:
    for rows in ROWS:
        for row_id in ("0", "999", str(2**31), "x"):
            admin.see(f"/hallinta/{rows}/{row_id}/muuta", status=404)
            admin.see(f"/hallinta/{rows}/{row_id}/poista-kaytosta", status=404)
            admin.send(f"/hallinta/{rows}/{row_id}/poista-kaytosta", status=404)
            admin.send(f"/hallinta/{rows}/{row_id}/ota-kayttoon", status=404)


def test_a_coordinator_has_no_such_pages(app: Flask, reader: Reader) -> None:
    with app.app_context():
        site = factories.site()
        factories.task()
        reader.sign_in_as(factories.coordinator(site.id))
    reader.see("/hallinta", status=403)
    for rows in ROWS:
        for page in ("", "/uusi", "/1/muuta", "/1/poista-kaytosta"):
            reader.see(f"/hallinta/{rows}{page}", status=403)
        for page in ("/uusi", "/1/muuta", "/1/poista-kaytosta", "/1/ota-kayttoon"):
            reader.send(f"/hallinta/{rows}{page}", status=403)


@pytest.mark.parametrize("address", ["/hallinta", *(f"/hallinta/{rows}" for rows in ROWS)])
def test_a_list_asks_as_many_queries_for_one_row_as_for_thirty(
    admin: Reader, app: Flask, count_queries: Callable[[], int], address: str
) -> None:
    with app.app_context():
        factories.site()
        factories.task()
    count_queries()
    admin.see(address)
    few = count_queries()
    with app.app_context():
        for number in range(29):
            factories.site(f"Sairaala {number}")
            factories.task(f"Tehtävä {number}")
    count_queries()
    admin.see(address)
    assert count_queries() == few <= 10
