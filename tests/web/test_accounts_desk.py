"""The admin's accounts: people with roles, dates, deputies; closing and opening."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy import select

from olka.accounts import sign_in
from olka.accounts.models import Person, RoleRow
from olka.accounts.people_queries import get_person
from olka.audit.models import AuditRow
from olka.core.permissions import Actor, Kind, Role
from olka.db import db, transaction
from olka.shifts import service
from olka.sites.models import Place, Site
from olka.sites.rules import PlaceKind
from olka.volunteers.queries import find_standing
from olka.volunteers.rules import Standing
from tests import factories
from tests.factories import today
from tests.reader import Reader

LIST = "/hallinta/tunnukset"
EVIL = '"><img src=x onerror=alert(1)>'


@dataclass
class House:
    """A site with its coordinator, a ward of its own, another site's ward; the admin."""

    site: Site
    ward: Place
    other_ward: Place
    boss: Person
    role_id: int
    admin: Person
    admin_role_id: int


@pytest.fixture
def house(app: Flask) -> House:
    with app.app_context():
        site, other = factories.site(), factories.site("Riihimäen sairaala")
        boss = factories.coordinator(site.id)
        admin = factories.admin()
        rows = db.session.execute(select(RoleRow.person_id, RoleRow.id))
        roles = {row.person_id: row.id for row in rows}
        return House(
            site,
            factories.place(site.id, "Lastenosasto", kind=PlaceKind.WARD),
            factories.place(other.id, "Osasto 3", kind=PlaceKind.WARD),
            boss,
            roles[boss.id],
            admin,
            roles[admin.id],
        )


@pytest.fixture
def admin(reader: Reader, house: House) -> Reader:
    return reader.sign_in_as(house.admin)


def typed(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def role_data(house: House, kind: Kind = Kind.EMPLOYEE, **changes: Any) -> dict[str, Any]:
    return {"rooli": kind.value, "toimipaikka": house.site.id, "osasto": "", "alkaa": typed(today()), **changes}


def roles_of(app: Flask, person_id: int) -> list[tuple[Any, ...]]:
    with app.app_context():
        rows = db.session.execute(
            select(RoleRow.kind, RoleRow.site_id, RoleRow.place_id, RoleRow.starts_on, RoleRow.ends_on)
            .where(RoleRow.person_id == person_id)
            .order_by(RoleRow.id)
        )
        return [tuple(row) for row in rows]


def listed(page: str) -> set[int]:
    return {int(found) for found in re.findall(r'<tr data-id="(\d+)"', page)}


# ---------------------------------------------------------------- the list


def test_the_list_shows_roles_and_is_narrowed(admin: Reader, house: House) -> None:
    page = admin.see(LIST)
    assert listed(page) == {house.boss.id, house.admin.id}
    assert "Koordinaattori, Forssan sairaala" in page
    assert listed(admin.see(f"{LIST}?tunnus=admin")) == {house.admin.id}
    assert listed(admin.see(f"{LIST}?toimipaikka={house.site.id}&haku=lai")) == {house.boss.id}
    assert "Ketään ei löydy tällä haulla" in admin.see(f"{LIST}?tunnus=ward")


@pytest.mark.parametrize(
    ("query", "status"),
    [("tunnus=x", 400), ("toimipaikka=99", 404), ("sivu=-1", 400), ("sivu=99", 404), ("haku=%00", 200)],
)
def test_odd_filters_have_a_way_on(admin: Reader, query: str, status: int) -> None:
    assert "href=" in admin.see(f"{LIST}?{query}", status=status)


def test_the_list_asks_as_much_for_one_as_for_many(
    app: Flask, admin: Reader, house: House, count_queries: Callable[[], int]
) -> None:
    admin.see(LIST)
    count_queries()
    admin.see(LIST)
    few = count_queries()
    with app.app_context():
        for number in range(60):
            factories.volunteer(house.site.id, called=f"Aino{number}")
    count_queries()
    assert len(listed(admin.see(LIST))) == 50
    assert count_queries() == few <= 10


def test_a_name_is_text_and_nothing_else(app: Flask, admin: Reader, house: House) -> None:
    with app.app_context():
        evil = factories.coordinator(house.site.id, called=EVIL)
        role_id = db.session.scalar(select(RoleRow.id).where(RoleRow.person_id == evil.id))
    for address in (LIST, f"{LIST}/{evil.id}", f"{LIST}/roolit/{role_id}", f"{LIST}/roolit/{house.role_id}"):
        raw = admin.get(address).text
        assert "<img" not in raw
        assert str(escape(EVIL)) in raw


PAGES = ("", "/uusi", "/{boss}", "/roolit/{role}")
POSTS = (
    "/uusi",
    "/{boss}/roolit",
    "/{boss}/sulje",
    "/{boss}/avaa",
    "/roolit/{role}",
    "/roolit/{role}/paata",
    "/roolit/{role}/sijainen",
)


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_the_admins_alone(reader: Reader, house: House, path: str) -> None:
    address = LIST + path.format(boss=house.boss.id, role=house.role_id)
    reader.sign_in_as(house.boss).see(address, status=403)


@pytest.mark.parametrize("path", POSTS)
def test_acts_are_the_admins_alone(app: Flask, reader: Reader, house: House, path: str) -> None:
    address = LIST + path.format(boss=house.boss.id, role=house.role_id)
    before = roles_of(app, house.boss.id)
    reader.sign_in_as(house.boss).send(address, role_data(house), status=403)
    assert roles_of(app, house.boss.id) == before


@pytest.mark.parametrize("path", [path for path in PAGES if "{" in path])
def test_a_page_of_nobody_is_not_found(admin: Reader, path: str) -> None:
    admin.see(LIST + path.format(boss=999, role=999), status=404)


@pytest.mark.parametrize("path", [path for path in POSTS if "{" in path])
def test_an_act_on_nobody_is_not_found(admin: Reader, house: House, path: str) -> None:
    admin.send(LIST + path.format(boss=999, role=999), role_data(house), status=404)


# ---------------------------------------------------------------- roles


def test_a_person_is_added_with_a_first_role(app: Flask, admin: Reader, house: House) -> None:
    names = {"etunimet": "Sari", "sukunimi": "Peltola", "kieli": "fi"}
    data = {**names, **role_data(house, Kind.VOLUNTEER, paattyy=typed(today() + timedelta(days=9)))}
    answer = admin.send(f"{LIST}/uusi", data)
    person_id = int(answer.location.rpartition("/")[2])
    assert "Sari on lisätty." in admin.see(answer.location)
    assert roles_of(app, person_id) == [(Kind.VOLUNTEER, house.site.id, None, today(), today() + timedelta(days=9))]
    with app.app_context():
        assert find_standing(person_id) is Standing.ACTIVE
    twins = admin.send(f"{LIST}/uusi", data, status=200).text
    admin.send(f"{LIST}/uusi", {**data, "tutut": str(person_id)}, status=200)
    seal = twins.partition('name="tutut" value="')[2].partition('"')[0]
    admin.send(f"{LIST}/uusi", {**data, "tutut": seal})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rooli": ""}, "Valitse rooli."),
        ({"rooli": "king"}, "Valitse jokin luettelon vaihtoehdoista."),
        ({"toimipaikka": ""}, "Valitse toimipaikka. Vain ylläpitäjän rooli on ilman sitä."),
        ({"toimipaikka": "99"}, "Valitse jokin luettelon vaihtoehdoista."),
        ({"rooli": "ward"}, "Valitse osasto, jonka yhteyshenkilö hän on."),
        ({"rooli": "ward", "osasto": "2"}, "Valitse osasto, joka kuuluu valittuun toimipaikkaan."),
        ({"alkaa": ""}, "Kirjoita ensimmäinen päivä"),
        ({"alkaa": "31.2.2026"}, "Kirjoita päivä muodossa"),
        ({"paattyy": "1.1.2000"}, "Valitse viimeinen päivä, joka ei ole ennen ensimmäistä."),
        ({"rooli": "coordinator"}, "Hänellä on jo sama rooli osin samoina päivinä"),
    ],
)
def test_a_role_that_cannot_be_says_why(
    app: Flask, admin: Reader, house: House, changes: dict[str, str], says: str
) -> None:
    before = roles_of(app, house.boss.id)
    page = admin.send(f"{LIST}/{house.boss.id}/roolit", {**role_data(house), **changes}, status=200).text
    assert says in page
    assert roles_of(app, house.boss.id) == before
    names = {"etunimet": "Sari", "sukunimi": "Peltola", "kieli": "fi"}
    if changes.get("rooli") != "coordinator":
        assert says in admin.send(f"{LIST}/uusi", {**names, **role_data(house), **changes}, status=200).text
        assert listed(admin.see(f"{LIST}?haku=peltola")) == set()


def test_a_role_is_given_and_its_page_signs_out_the_old_session(app: Flask, reader: Reader, house: House) -> None:
    other = app.test_client()
    assert isinstance(other, Reader)
    other.sign_in_as(house.boss).see("/vapaaehtoiset")
    reader.sign_in_as(house.admin)
    ward = role_data(house, Kind.WARD, osasto=house.ward.id)
    assert "Rooli on annettu." in reader.send_and_follow(f"{LIST}/{house.boss.id}/roolit", ward)
    assert roles_of(app, house.boss.id)[1] == (Kind.WARD, house.site.id, house.ward.id, today(), None)
    assert other.get("/vapaaehtoiset").location.startswith("/kirjaudu")


def test_an_admins_role_has_no_site(app: Flask, admin: Reader, house: House) -> None:
    admin.send(f"{LIST}/{house.boss.id}/roolit", role_data(house, Kind.ADMIN, osasto=house.ward.id))
    assert roles_of(app, house.boss.id)[1][:3] == (Kind.ADMIN, None, None)


def test_dates_are_changed_by_the_version_seen(app: Flask, admin: Reader, house: House) -> None:
    there = f"{LIST}/roolit/{house.role_id}"
    assert 'name="versio" value="1"' in admin.see(there)
    until = today() + timedelta(days=5)
    data = {"alkaa": typed(today()), "paattyy": typed(until), "versio": "1"}
    assert "Roolin päivät on muutettu." in admin.send_and_follow(there, data)
    assert roles_of(app, house.boss.id)[0][3:] == (today(), until)
    admin.send(there, data, status=409)
    backwards = {"alkaa": typed(until), "paattyy": typed(today()), "versio": "2"}
    assert "joka ei ole ennen" in admin.send(there, backwards, status=200).text
    assert "Kirjoita ensimmäinen päivä" in admin.send(there, {"versio": "2"}, status=200).text


def test_a_role_is_ended_at_once(app: Flask, admin: Reader, house: House) -> None:
    page = admin.send_and_follow(f"{LIST}/roolit/{house.role_id}/paata")
    assert "Rooli on päätetty." in page
    assert "Päättyneet" in page
    assert roles_of(app, house.boss.id)[0][4] == today() - timedelta(days=1)


def test_the_last_admin_stays_and_is_told_why(app: Flask, admin: Reader, house: House) -> None:
    for address in (f"roolit/{house.admin_role_id}/paata", f"{house.admin.id}/sulje"):
        page = admin.send(f"{LIST}/{address}", status=200).text
        assert "Anna rooli ensin toiselle." in page
    assert roles_of(app, house.admin.id)[0][4] is None


def test_a_volunteers_role_with_coming_shifts_is_refused_with_their_list(
    app: Flask, admin: Reader, house: House
) -> None:
    with app.app_context():
        place = factories.place(house.site.id)
        task = factories.task(at=place)
        who = factories.volunteer(house.site.id, task.id)
        shift = factories.shift(place.id, task.id)
        role_id = db.session.scalar(select(RoleRow.id).where(RoleRow.person_id == who.id))
        with transaction():
            service.book(Actor(who.id), shift.id, who.id)
    for address in (f"roolit/{role_id}/paata", f"{who.id}/sulje"):
        page = admin.send(f"{LIST}/{address}", status=200).text
        assert "Hänellä on tuleva vuoro." in page
        assert f'<li data-id="{shift.id}"><a href=' in page


def test_a_stolen_accounts_sessions_end_at_once_although_it_has_coming_shifts(
    app: Flask, admin: Reader, house: House
) -> None:
    with app.app_context():
        point, task = factories.place(house.site.id), factories.task()
        who = factories.volunteer(house.site.id, task.id)
        shift = factories.shift(point.id, task.id)
        with transaction():
            service.book(Actor(who.id), shift.id, who.id)
            paper = sign_in.print_code(Actor(None, (Role(Kind.ADMIN),)), who.id)
    thief = app.test_client()
    assert isinstance(thief, Reader)
    thief.sign_in_as(who).see("/omat")
    there = f"{LIST}/{who.id}"
    assert "Kirjaa ulos kaikkialta" in admin.see(there)
    assert "Hänet on kirjattu ulos kaikkialta." in admin.send_and_follow(f"{there}/kirjaa-ulos")
    assert thief.get("/omat").location == "/kirjaudu?next=/omat"
    thief.see(paper.path, status=404)
    with app.app_context():
        assert "signed_out_everywhere" in db.session.scalars(select(AuditRow.verb)).all()
        assert get_person(who.id).disabled_at is None


def test_an_account_is_closed_and_opened(app: Flask, admin: Reader, house: House) -> None:
    there = f"{LIST}/{house.boss.id}"
    page = admin.send_and_follow(f"{there}/sulje")
    assert "Tunnus on suljettu." in page
    assert f'action="{there}/avaa"' in page
    with app.app_context():
        assert get_person(house.boss.id).disabled_at is not None
    assert "Tunnus on auki." in admin.send_and_follow(f"{there}/avaa")
    with app.app_context():
        assert get_person(house.boss.id).disabled_at is None


# ---------------------------------------------------------------- deputies


def test_a_deputy_is_found_named_and_shown_with_her_days(app: Flask, admin: Reader, house: House) -> None:
    with app.app_context():
        sari = factories.person("Sari", "Peltola")
    there = f"{LIST}/roolit/{house.role_id}"
    assert f'<option value="{sari.id}"' in admin.see(f"{there}?haku=pelto")
    first, last = today() + timedelta(days=7), today() + timedelta(days=18)
    data = {"sijainen": sari.id, "sijaisuus_alkaa": typed(first), "sijaisuus_paattyy": typed(last)}
    page = admin.send_and_follow(f"{there}/sijainen?haku=pelto", data)
    assert "Sijainen on nimetty" in page
    assert roles_of(app, sari.id) == [(Kind.COORDINATOR, house.site.id, None, first, last)]
    assert "sijaisena" in admin.see(LIST)
    assert "Sijainen Sari Peltola" in admin.see(f"{LIST}/{house.boss.id}")


def test_a_deputy_that_cannot_be_says_why(app: Flask, admin: Reader, house: House) -> None:
    with app.app_context():
        sari = factories.person("Sari", "Peltola")
        until = today() + timedelta(days=10)
        short = factories.role(house.boss.id, Kind.COORDINATOR, house.other_ward.site_id, ends_on=until)
    there = f"{LIST}/roolit/{short.id}/sijainen?haku=pelto"
    data = {"sijainen": sari.id, "sijaisuus_alkaa": typed(today()), "sijaisuus_paattyy": typed(until)}
    later = {**data, "sijaisuus_paattyy": typed(until + timedelta(days=1))}
    assert "Valitse sijaisuudelle päivät väliltä" in admin.send(there, later, status=200).text
    nobody = {**data, "sijainen": "999"}
    assert "Valitse jokin luettelon vaihtoehdoista." in admin.send(there, nobody, status=200).text
    assert "Kirjoita viimeinen päivä" in admin.send(there, {**data, "sijaisuus_paattyy": ""}, status=200).text
    assert roles_of(app, sari.id) == []
    admin.send(there, data)
    admin_role = f"{LIST}/roolit/{house.admin_role_id}/sijainen?haku=pelto"
    assert "Sijainen nimetään vain koordinaattorin" in admin.send(admin_role, data, status=200).text
