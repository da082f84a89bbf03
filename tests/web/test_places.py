"""A coordinator keeps her places: making, changing, hours, tasks, closures, retiring; and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta

import pytest
from flask import Flask

from olka.core.permissions import Actor
from olka.core.texts import Text3
from olka.db import transaction
from olka.shifts import service
from olka.shifts.models import Shift
from olka.sites import queries
from olka.sites.models import Closure, Place, Site
from olka.sites.rules import PlaceKind, Stretch
from olka.tasks.models import Task
from olka.tasks.queries import tasks_at
from tests import factories
from tests.reader import Reader


@dataclass
class House:
    """Forssa with its point, task and coordinator, who is signed in; and Riihimäki, which isn't hers."""

    reader: Reader
    site: Site
    place: Place
    task: Task
    other_site: Site
    other_place: Place
    other_closure: Closure


@pytest.fixture
def house(app: Flask, reader: Reader) -> House:
    with app.app_context():
        site, other = factories.site(), factories.site("Riihimäen sairaala")
        place, other_place = factories.place(site.id), factories.place(other.id, "Riihimäen piste")
        task = factories.task(at=place)
        closure = a_closure(other.id, other_place.id, "Salainen syy")
        reader.sign_in_as(factories.coordinator(site.id))
    return House(reader, site, place, task, other, other_place, closure)


def a_closure(site_id: int, place_id: int | None, reason: str) -> Closure:
    return factories.save(
        Closure(site_id=site_id, place_id=place_id, first_day=day(3), last_day=day(4), reason=Text3(reason))
    )


def day(ahead: int) -> date:
    return factories.today() + timedelta(days=ahead)


def typed(when: date) -> str:
    return f"{when.day}.{when.month}.{when.year}"


def book(house: House, when: date) -> Shift:
    """Puts Marjatta on a shift of the day."""
    shift = factories.shift(house.place.id, house.task.id, when)
    who = factories.volunteer(house.site.id, house.task.id)
    with transaction():
        service.book(Actor(who.id), shift.id, who.id)
    return shift


PLACE = {"laji": "point", "nimi-fi": "Uusi piste", "ohje-fi": "Hissin vieressä"}


def test_the_list_holds_her_places_and_no_others(house: House) -> None:
    page = house.reader.see("/paikat")
    assert f'href="/paikat/{house.place.id}"' in page
    assert "Pisteen päivystäjä" in page
    for hidden in ("Riihimäen", "Salainen syy"):
        assert hidden not in page


def test_a_place_is_added_and_shown(house: House, app: Flask) -> None:
    page = house.reader.send_and_follow(f"/paikat/toimipaikka/{house.site.id}/uusi", PLACE)
    assert "Paikka on lisätty" in page
    assert "Hissin vieressä" in page
    with app.app_context():
        assert [place.name.fi for place in queries.places_of(frozenset({house.site.id}))] == [
            "OLKA-piste",
            "Uusi piste",
        ]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"nimi-fi": ""}, "Kirjoita paikan nimi"),
        ({"laji": "palace"}, "Valitse jokin"),
        ({"kartta": "javascript:alert(1)"}, "Kopioi koko osoite"),
        ({"kartta": "http://kartta.example.org"}, "Kopioi koko osoite"),
        ({"ohje-fi": "x" * 121}, "Lyhennä tekstiä"),
        ({"ohje-sv": "131052-308T"}, "Poista henkilötunnus"),
        ({"katu": "Katu\x001"}, "merkkejä, joita ei voi tallentaa"),
    ],
)
def test_a_place_that_cannot_be_says_why_and_keeps_what_was_typed(
    house: House, app: Flask, wrong: dict[str, str], says: str
) -> None:
    answer = house.reader.send(f"/paikat/toimipaikka/{house.site.id}/uusi", {**PLACE, **wrong}, status=200)
    assert says in answer.text
    assert "error-summary" in answer.text
    if "ohje-fi" not in wrong:
        assert "Hissin vieressä" in answer.text
    with app.app_context():
        assert len(queries.places_of(frozenset({house.site.id}))) == 1


def test_a_place_is_changed_but_never_over_a_newer_change(house: House, app: Flask) -> None:
    address = f"/paikat/{house.place.id}/muuta"
    assert 'value="OLKA-piste"' in house.reader.see(address)
    house.reader.send(address, {**PLACE, "laji": "room", "versio": "1"})
    house.reader.send(address, {**PLACE, "nimi-fi": "Toinen", "versio": "1"}, status=409)
    house.reader.send(address, {**PLACE, "nimi-fi": "Toinen"}, status=200)
    with app.app_context():
        place = queries.get_place(house.place.id)
        assert (place.name.fi, place.kind) == ("Uusi piste", PlaceKind.ROOM)


def test_extra_fields_move_no_place_to_another_site(house: House, app: Flask) -> None:
    data = {**PLACE, "versio": "1", "site_id": str(house.other_site.id), "retired_on": "1.1.2020"}
    house.reader.send(f"/paikat/{house.place.id}/muuta", data)
    with app.app_context():
        place = queries.get_place(house.place.id)
        assert (place.site_id, place.retired_on) == (house.site.id, None)


def test_hours_are_typed_a_day_at_a_time(house: House, app: Flask) -> None:
    address = f"/paikat/{house.place.id}/aukiolot"
    page = house.reader.send_and_follow(address, {"ma": "9–15", "ke": "9–12, 13-16.30", "versio": "1"})
    assert "13–16.30" in page
    with app.app_context():
        assert queries.hours_of([house.place.id])[house.place.id] == [
            Stretch(1, time(9), time(15)),
            Stretch(3, time(9), time(12)),
            Stretch(3, time(13), time(16, 30)),
        ]
    assert 'value="9–12, 13–16.30"' in house.reader.see(address)


@pytest.mark.parametrize("hours", ["15–9", "9–13, 12–14", "aamulla", "9–15\x00", "x" * 5000])
def test_hours_that_cannot_be_say_why_beside_the_day(house: House, app: Flask, hours: str) -> None:
    answer = house.reader.send(f"/paikat/{house.place.id}/aukiolot", {"ti": hours, "versio": "1"}, status=200)
    assert 'href="#ti"' in answer.text
    with app.app_context():
        assert queries.hours_of([house.place.id])[house.place.id] == []


def test_what_is_done_here_is_ticked(house: House, app: Flask) -> None:
    address = f"/paikat/{house.place.id}/tehtavat"
    with app.app_context():
        more = factories.task("Juttukaveri")
        gone = factories.task("Vanha tehtävä", retired_on=factories.today())
    page = house.reader.see(address)
    assert "Juttukaveri" in page
    assert "Vanha tehtävä" not in page
    house.reader.send(address, {"tehtavat": [str(house.task.id), str(more.id)], "versio": "1"})
    house.reader.send(address, {"tehtavat": [str(gone.id)], "versio": "2"}, status=200)
    house.reader.send(address, {"tehtavat": ["x"], "versio": "2"}, status=200)
    with app.app_context():
        assert tasks_at(house.place.id) == [house.task.id, more.id]


def test_a_task_with_people_on_its_shifts_stays_and_they_are_named(house: House, app: Flask) -> None:
    with app.app_context():
        shift = book(house, day(7))
    answer = house.reader.send(f"/paikat/{house.place.id}/tehtavat", {"versio": "1"}, status=200)
    assert "Marjatta L." in answer.text
    assert f'href="/viikko/vuoro/{shift.id}"' in answer.text
    with app.app_context():
        assert tasks_at(house.place.id) == [house.task.id]


def closing(first: date, last: date | None = None) -> dict[str, str]:
    return {"alkaa": typed(first), "paattyy": typed(last) if last else "", "syy-fi": "Joulutauko", "syy-sv": "Jul"}


def test_days_are_closed_and_opened_again(house: House, app: Flask) -> None:
    with app.app_context():
        factories.shift(house.place.id, house.task.id, day(5))
    page = house.reader.send_and_follow(f"/paikat/{house.place.id}/sulje", closing(day(5), day(6)))
    assert "Joulutauko" in page
    assert "Yksi vuoro, jolla ei ollut ketään, on nyt luonnos." in page
    with app.app_context():
        (closure,) = queries.closures_from(frozenset({house.site.id}), day(0))
    assert (closure.place_id, closure.first_day, closure.last_day) == (house.place.id, day(5), day(6))
    page = house.reader.send_and_follow(f"/paikat/sulku/{closure.id}/poista")
    assert "Sulku on poistettu" in page
    assert "Luonnoksina olevat vuorot julkaiset viikolta." in page
    assert "Sulku on jo poistettu" in house.reader.send_and_follow(f"/paikat/sulku/{closure.id}/poista")
    house.reader.send("/paikat/sulku/4711/poista", status=404)


def test_a_whole_site_is_closed_for_one_day(house: House, app: Flask) -> None:
    page = house.reader.send_and_follow(f"/paikat/toimipaikka/{house.site.id}/sulje", closing(day(5)))
    assert "Koko toimipaikka" in page
    with app.app_context():
        (closure,) = queries.closures_from(frozenset({house.site.id}), day(0))
    assert (closure.place_id, closure.first_day, closure.last_day) == (None, day(5), day(5))
    page = house.reader.send_and_follow(f"/paikat/sulku/{closure.id}/poista")
    assert "Sulku on poistettu" in page
    assert "julkaiset viikolta" not in page


@pytest.mark.parametrize("address", ["/paikat/{place}/sulje", "/paikat/toimipaikka/{site}/sulje"])
def test_days_with_people_on_them_stay_open_and_the_people_are_named(house: House, app: Flask, address: str) -> None:
    address = address.format(place=house.place.id, site=house.site.id)
    with app.app_context():
        shift = book(house, day(7))
    answer = house.reader.send(address, closing(day(5), day(9)), status=200)
    for words in (
        "Peru vuoro tai ota heidät siitä pois ensin",
        "Marjatta L.",
        f"/viikko/vuoro/{shift.id}",
        "Joulutauko",
    ):
        assert words in answer.text
    with app.app_context():
        assert queries.closures_from(frozenset({house.site.id}), day(0)) == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"alkaa": "huomenna"}, "Kirjoita päivä muodossa"),
        ({"alkaa": ""}, "Kirjoita päivä, esimerkiksi"),
        ({"alkaa": "31.2.2027"}, "Kirjoita päivä muodossa"),
        ({"paattyy": "1.1.2020"}, "Viimeinen päivä on ennen ensimmäistä"),
        ({"alkaa": "1.1.2020"}, "Sulun viimeinen päivä on jo mennyt"),
        ({"paattyy": "1.1.2190"}, "enintään kaksi vuotta"),
        ({"syy-fi": ""}, "Kirjoita syy"),
    ],
)
def test_a_closure_that_cannot_be_says_why(house: House, app: Flask, wrong: dict[str, str], says: str) -> None:
    data = {**closing(day(5)), **wrong}
    assert says in house.reader.send(f"/paikat/{house.place.id}/sulje", data, status=200).text
    with app.app_context():
        assert queries.closures_from(frozenset({house.site.id}), day(0)) == []


def test_a_place_is_retired_after_being_asked_and_taken_back(house: House, app: Flask) -> None:
    address = f"/paikat/{house.place.id}/poista-kaytosta"
    assert "Poistatko paikan käytöstä?" in house.reader.see(address)
    page = house.reader.send_and_follow(address)
    assert "Ota takaisin käyttöön" in page
    assert "1 poissa käytöstä" in page
    house.reader.send(address)
    page = house.reader.send_and_follow(f"/paikat/{house.place.id}/ota-kayttoon")
    assert "Paikka on taas käytössä" in page
    with app.app_context():
        assert queries.get_place(house.place.id).in_use


def test_a_place_with_people_on_its_shifts_stays_in_use(house: House, app: Flask) -> None:
    with app.app_context():
        book(house, day(7))
    assert "Marjatta L." in house.reader.send(f"/paikat/{house.place.id}/poista-kaytosta", status=200).text
    with app.app_context():
        assert queries.get_place(house.place.id).in_use


PAGES = ("", "/muuta", "/aukiolot", "/tehtavat", "/sulje", "/poista-kaytosta")
POSTS = ("/muuta", "/aukiolot", "/tehtavat", "/sulje", "/poista-kaytosta", "/ota-kayttoon")


def test_another_sites_place_does_not_exist_for_her(house: House) -> None:
    place, site = f"/paikat/{house.other_place.id}", f"/paikat/toimipaikka/{house.other_site.id}"
    for address in (*(place + page for page in PAGES), f"{site}/uusi", f"{site}/sulje"):
        assert "Riihimäen" not in house.reader.see(address, status=404)
    for address in (
        *(place + page for page in POSTS),
        f"{site}/uusi",
        f"{site}/sulje",
        f"/paikat/sulku/{house.other_closure.id}/poista",
    ):
        house.reader.send(address, {**PLACE, **closing(day(5)), "versio": "1"}, status=404)


def test_a_volunteer_has_no_such_pages(app: Flask, reader: Reader) -> None:
    with app.app_context():
        place = factories.place(factories.site().id)
        reader.sign_in_as(factories.volunteer(place.site_id))
    for address in (
        "/paikat",
        *(f"/paikat/{place.id}{page}" for page in PAGES),
        f"/paikat/toimipaikka/{place.site_id}/uusi",
    ):
        reader.see(address, status=403)
    for page in POSTS:
        reader.send(f"/paikat/{place.id}{page}", status=403)


def test_an_admin_keeps_the_places_of_every_site(house: House, app: Flask) -> None:
    with app.app_context():
        house.reader.sign_in_as(factories.admin())
    page = house.reader.see("/paikat")
    assert "Forssan sairaala" in page
    assert "Riihimäen piste" in page
    house.reader.send(f"/paikat/{house.other_place.id}/muuta", {**PLACE, "versio": "1"})


def test_a_site_out_of_use_gets_no_new_places_or_closures(house: House, app: Flask) -> None:
    with app.app_context():
        gone = factories.site("Vanha sairaala", retired_on=factories.today())
        house.reader.sign_in_as(factories.admin())
    for page in ("uusi", "sulje"):
        house.reader.see(f"/paikat/toimipaikka/{gone.id}/{page}", status=404)


def test_nonsense_ids_are_not_found(house: House) -> None:
    for place_id in ("0", "999", str(2**31), str(2**63), "-1", "１", "x"):
        house.reader.see(f"/paikat/{place_id}", status=404)


def test_the_list_asks_as_many_queries_for_one_place_as_for_thirty(
    house: House, app: Flask, count_queries: Callable[[], int]
) -> None:
    count_queries()
    house.reader.see("/paikat")
    few = count_queries()
    with app.app_context():
        for number in range(29):
            place = factories.place(house.site.id, f"Piste {number}")
            factories.task(f"Tehtävä {number}", at=place)
            a_closure(house.site.id, place.id, "Tauko")
    count_queries()
    house.reader.see("/paikat")
    assert count_queries() == few <= 10
