"""The coordinator's people: found, entered, changed; only those of her sites."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy import select

from olka.accounts.models import Person
from olka.accounts.people_queries import get_person
from olka.core.permissions import Kind
from olka.db import db
from olka.eligibility.queries import tasks_accepted
from olka.sites.models import Place, Site
from olka.tasks.models import Task
from olka.volunteers.queries import find_standing
from olka.volunteers.rules import Standing
from tests import factories, world
from tests.factories import today
from tests.reader import Reader

EVIL = '"><img src=x onerror=alert(1)>'
NAMES = {"etunimet": "Aino Maria", "sukunimi": "Öster", "kieli": "sv"}


@dataclass
class House:
    """Forssa with its coordinator, a volunteer and a task; Riihimäki with a volunteer of its own."""

    site: Site
    place: Place
    task: Task
    boss: Person
    who: Person
    other_site: Site
    other_place: Place
    other_task: Task
    stranger: Person


@pytest.fixture
def house(app: Flask) -> House:
    with app.app_context():
        site, other = factories.site(), factories.site("Riihimäen sairaala")
        place, other_place = factories.place(site.id), factories.place(other.id)
        task, other_task = factories.task(at=place), factories.task("Juttukaveri", other_place)
        return House(
            site,
            place,
            task,
            factories.coordinator(site.id),
            factories.volunteer(site.id, task.id, phone="+358401112233"),
            other,
            other_place,
            other_task,
            factories.volunteer(other.id, other_task.id, called="Birgitta"),
        )


@pytest.fixture
def boss(reader: Reader, house: House) -> Reader:
    return reader.sign_in_as(house.boss)


def listed(page: str) -> set[int]:
    return {int(found) for found in re.findall(r'<tr data-id="(\d+)"', page)}


def book(who: Person, at: Place, task: Task, **more: Any) -> int:
    """Puts somebody on a shift, as a row: a guest can be on one from before her role there ended."""
    shift = factories.shift(at.id, task.id, taken=1, **more)
    world.book(shift, who)
    return shift.id


# ---------------------------------------------------------------- the list


def test_the_list_holds_the_people_of_her_sites(boss: Reader, house: House) -> None:
    page = boss.see("/vapaaehtoiset")
    assert listed(page) == {house.boss.id, house.who.id}
    assert 'href="tel:+358401112233"' in page
    assert "040 111 2233" in page


def test_whoever_is_booked_at_her_site_is_listed_and_seen_but_not_changed(
    app: Flask, boss: Reader, house: House
) -> None:
    with app.app_context():
        factories.accept(house.stranger.id, house.task.id)
        book(house.stranger, house.place, house.task)
    assert house.stranger.id in listed(boss.see("/vapaaehtoiset"))
    there = f"/vapaaehtoiset/{house.stranger.id}"
    assert "Muuta tietoja" not in boss.see(there)
    boss.see(f"{there}/yhteystiedot", status=404)
    boss.send(f"{there}/tila/on_leave", status=404)
    boss.send(f"{there}/koodi", status=404)
    boss.send(f"{there}/tehtavat/{house.task.id}/peru", status=404)


def test_an_admin_sees_everybody(reader: Reader, app: Flask, house: House) -> None:
    with app.app_context():
        admin = factories.admin()
    page = reader.sign_in_as(admin).see("/vapaaehtoiset")
    assert listed(page) == {house.boss.id, house.who.id, house.stranger.id, admin.id}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("haku=lehto", True),
        ("haku=LEHTONEN+marj", True),
        ("haku=040+111+2233", True),
        ("haku=marjatta.lehtonen@", True),
        ("haku=lehtinen", False),
        ("haku=%25", False),
        ("haku=_", False),
        ("tila=active", True),
        ("tila=left", False),
        ("tunnus=volunteer", True),
        ("tunnus=coordinator", False),
        ("tehtava=1", True),
        ("toimipaikka=1", True),
        ("toimipaikka=1&tunnus=volunteer&haku=marjatta&tehtava=1&tila=active", True),
    ],
)
def test_a_person_is_found_by_words_and_filters(boss: Reader, house: House, query: str, found: bool) -> None:
    assert (house.who.id in listed(boss.see(f"/vapaaehtoiset?{query}"))) is found


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("toimipaikka=2", 404),
        ("toimipaikka=99", 404),
        ("tehtava=99", 404),
        ("tila=nonsense", 400),
        ("tunnus=king", 400),
        ("sivu=0", 400),
        ("sivu=x", 400),
        ("toimipaikka=-1", 400),
        ("haku=" + "x" * 5000, 200),
        ("haku=%00%ED%A0%80", 200),
        ("sivu=9999", 404),
    ],
)
def test_odd_filters_have_a_way_on(boss: Reader, house: House, query: str, status: int) -> None:
    assert "href=" in boss.see(f"/vapaaehtoiset?{query}", status=status)


def test_a_search_without_a_match_leads_back_to_everybody(boss: Reader) -> None:
    page = boss.see("/vapaaehtoiset?haku=olematon")
    assert "Ketään ei löydy tällä haulla" in page
    assert 'href="/vapaaehtoiset">Näytä kaikki' in page


def test_the_list_asks_as_much_for_one_as_for_many(
    app: Flask, boss: Reader, house: House, count_queries: Callable[[], int]
) -> None:
    boss.see("/vapaaehtoiset")
    count_queries()
    boss.see("/vapaaehtoiset")
    few = count_queries()
    with app.app_context():
        for number in range(60):
            who = factories.volunteer(house.site.id, house.task.id, called=f"Aino{number}")
            if number < 20:
                book(who, house.place, house.task, day=today() + timedelta(days=number + 1))
    count_queries()
    page = boss.see("/vapaaehtoiset")
    assert len(listed(page)) == 50
    assert count_queries() == few <= 10
    assert len(listed(boss.see("/vapaaehtoiset?sivu=2"))) == 12


def test_a_person_page_asks_as_much_with_many_shifts(
    app: Flask, boss: Reader, house: House, count_queries: Callable[[], int]
) -> None:
    boss.see(f"/vapaaehtoiset/{house.who.id}")
    count_queries()
    boss.see(f"/vapaaehtoiset/{house.who.id}")
    few = count_queries()
    with app.app_context():
        for number in range(12):
            book(house.who, house.place, house.task, day=today() + timedelta(days=number + 1))
    count_queries()
    page = boss.see(f"/vapaaehtoiset/{house.who.id}")
    assert count_queries() == few <= 12
    assert "10 ensimmäistä, yhteensä 12" in page


def test_a_name_is_text_and_nothing_else(app: Flask, boss: Reader, house: House) -> None:
    with app.app_context():
        evil = factories.volunteer(house.site.id, called=EVIL, family="{{7*7}}")
    for address in ("/vapaaehtoiset", f"/vapaaehtoiset/{evil.id}", f"/vapaaehtoiset/{evil.id}/yhteystiedot"):
        raw = boss.get(address).text
        assert "<img" not in raw
        assert str(escape(EVIL)) in raw
        assert "{{7*7}}" in raw


# ---------------------------------------------------------------- someone new


def enter(client: Reader, house: House, **changes: Any) -> Any:
    data = {**NAMES, "toimipaikat": [house.site.id], "tehtavat": [house.task.id], **changes}
    return client.post("/vapaaehtoiset/uusi", data={"csrf_token": client.token(), **data})


def test_someone_new_needs_neither_mail_nor_phone(app: Flask, boss: Reader, house: House) -> None:
    answer = enter(boss, house)
    assert "on nyt mukana" in boss.see(answer.location)
    with app.app_context():
        person_id = int(answer.location.rpartition("/")[2])
        assert get_person(person_id).who.called_name == "Aino"
        assert find_standing(person_id) is Standing.ACTIVE
        assert set(tasks_accepted(person_id)) == {house.task.id}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"etunimet": ""}, "Kirjoita etunimi."),
        ({"sukunimi": "x" * 200}, "Lyhennä tekstiä"),
        ({"puhelin": "12"}, "Kirjoita koko puhelinnumero"),
        ({"sahkoposti": "aino@"}, "Kirjoita koko sähköpostiosoite"),
        ({"kieli": "de"}, "Valitse jokin luettelon vaihtoehdoista."),
        ({"toimipaikat": []}, "Valitse ainakin yksi toimipaikka."),
        ({"toimipaikat": ["2"]}, "Valitse jokin luettelon vaihtoehdoista."),
        ({"toimipaikat": ["x"]}, "Valitse jokin luettelon vaihtoehdoista."),
        ({"tehtavat": ["2"]}, "Valitse jokin luettelon vaihtoehdoista."),
        ({"etunimet": "131052-308T"}, "Poista henkilötunnus."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    app: Flask, boss: Reader, house: House, changes: dict[str, Any], says: str
) -> None:
    answer = enter(boss, house, **changes)
    assert answer.status_code == 200
    assert says in answer.text
    with app.app_context():
        assert db.session.scalar(select(Person.id).where(Person.family_name == "Öster")) is None


def test_twins_are_shown_before_she_is_entered(app: Flask, boss: Reader, house: House) -> None:
    first = int(enter(boss, house).location.rpartition("/")[2])
    page = enter(boss, house, sukunimi="OSTER").text
    assert "Onko hän jo täällä?" in page
    assert f'href="/vapaaehtoiset/{first}"' in page
    seal = page.partition('name="tutut" value="')[2].partition('"')[0]
    assert "Onko hän jo täällä?" in enter(boss, house, tutut=str(first)).text, "ids are no seal"
    assert enter(boss, house, tutut=seal).status_code == 302
    assert "Onko hän jo täällä?" in enter(boss, house, tutut=seal).text


def test_a_twin_elsewhere_is_told_of_without_her_name(boss: Reader, house: House) -> None:
    names = {"etunimet": house.stranger.given_name, "sukunimi": house.stranger.family_name}
    page = enter(boss, house, **names).text
    assert "Yksi on toisessa toimipaikassa" in page
    assert house.stranger.mail not in page
    assert f'value="{house.stranger.id}"' not in page


def test_whose_mail_it_is_elsewhere_is_not_told(boss: Reader, house: House) -> None:
    assert enter(boss, house, sahkoposti=house.stranger.mail).status_code == 302


def test_a_volunteer_and_a_visitor_enter_nobody(app: Flask, house: House) -> None:
    client = app.test_client()
    assert isinstance(client, Reader)
    assert enter(client, house).location.startswith("/kirjaudu")
    assert enter(client.sign_in_as(house.who), house).status_code == 403


# ---------------------------------------------------------------- one person


def test_another_sites_person_is_nowhere(boss: Reader, house: House) -> None:
    there = f"/vapaaehtoiset/{house.stranger.id}"
    assert "Birgitta" not in boss.see(there, status=404)
    boss.see(f"{there}/yhteystiedot", status=404)
    for act in ("yhteystiedot", "tila/left", f"tehtavat/{house.task.id}/hyvaksy", "koodi"):
        boss.send(f"{there}/{act}", NAMES, status=404)
    boss.send(f"{there}/toimipaikka", {"toimipaikka": house.site.id}, status=404)


@pytest.mark.parametrize(
    "act", ["yhteystiedot", "tila/left", "tehtavat/1/hyvaksy", "tehtavat/1/peru", "koodi", "toimipaikka"]
)
def test_acts_on_a_person_are_a_coordinators(reader: Reader, house: House, act: str) -> None:
    reader.sign_in_as(house.who).send(f"/vapaaehtoiset/{house.who.id}/{act}", NAMES, status=403)


def test_contacts_are_changed_by_the_version_seen(app: Flask, boss: Reader, house: House) -> None:
    there = f"/vapaaehtoiset/{house.who.id}/yhteystiedot"
    assert 'name="versio" value="1"' in boss.see(there)
    data = {**NAMES, "kutsumanimi": "Maria", "puhelin": "050 999 8877", "versio": "1"}
    assert "Tiedot on muutettu." in boss.send_and_follow(there, data)
    boss.send(there, data, status=409)
    boss.send(there, {**data, "versio": ""}, status=409)
    assert "Kirjoita sukunimi." in boss.send(there, {**data, "sukunimi": " "}, status=200).text
    with app.app_context():
        assert get_person(house.who.id).phone == "+358509998877"


def test_an_account_that_reaches_further_is_not_hers_to_change(app: Flask, boss: Reader, house: House) -> None:
    with app.app_context():
        factories.role(house.who.id, Kind.COORDINATOR, house.other_site.id)
    there = f"/vapaaehtoiset/{house.who.id}"
    assert f'href="{there}/yhteystiedot"' not in boss.see(there)
    page = boss.send(f"{there}/yhteystiedot", {**NAMES, "versio": "1"}, status=200).text
    assert "Ylläpitäjä muuttaa hänen yhteystietonsa" in page
    assert "Koodia ei voi tehdä" in boss.send(f"{there}/koodi", status=200).text


def test_leave_and_back(app: Flask, boss: Reader, house: House) -> None:
    there = f"/vapaaehtoiset/{house.who.id}"
    page = boss.send_and_follow(f"{there}/tila/on_leave")
    assert "Marjatta on nyt: Tauolla" in page
    assert f'action="{there}/tila/active"' in page
    boss.send(f"{there}/tila/nonsense", status=404)
    boss.send(f"{there}/tila/active")
    with app.app_context():
        assert find_standing(house.who.id) is Standing.ACTIVE


def test_leave_waits_for_the_coming_shifts_which_are_listed(app: Flask, boss: Reader, house: House) -> None:
    with app.app_context():
        here = book(house.who, house.place, house.task)
        factories.accept(house.who.id, house.other_task.id)
        elsewhere = book(house.who, house.other_place, house.other_task, day=today() + timedelta(days=9))
    page = boss.send(f"/vapaaehtoiset/{house.who.id}/tila/left", status=200).text
    assert "Häntä ei voi vielä kirjata lopettaneeksi" in page
    note = page[page.index('role="alert"') : page.index("<h1")]
    assert f'<li data-id="{here}"><a href=' in note
    assert f'<li data-id="{elsewhere}"><strong>' in note


def test_acceptance_for_a_task_of_her_sites_is_given_and_taken_back(app: Flask, boss: Reader, house: House) -> None:
    there = f"/vapaaehtoiset/{house.who.id}/tehtavat"
    assert "ei ole enää hyväksytty" in boss.send_and_follow(f"{there}/{house.task.id}/peru")
    assert "on hyväksytty" in boss.send_and_follow(f"{there}/{house.task.id}/hyvaksy")
    for act in ("hyvaksy", "peru"):
        boss.send(f"{there}/{house.other_task.id}/{act}", status=404)
        boss.send(f"{there}/999/{act}", status=404)
    with app.app_context():
        assert set(tasks_accepted(house.who.id)) == {house.task.id}
        book(house.who, house.place, house.task)
    page = boss.send(f"{there}/{house.task.id}/peru", status=200).text
    assert "Hyväksyntää ei voi vielä perua" in page


def test_a_guest_is_taken_in_at_her_site_only(app: Flask, boss: Reader, house: House) -> None:
    with app.app_context():
        factories.accept(house.stranger.id, house.task.id)
        book(house.stranger, house.place, house.task)
    there = f"/vapaaehtoiset/{house.stranger.id}/toimipaikka"
    for site_id in (house.other_site.id, 999, "x", ""):
        boss.send(there, {"toimipaikka": site_id}, status=400)
    assert "on nyt toimipaikan vapaaehtoinen" in boss.send_and_follow(there, {"toimipaikka": house.site.id})
    assert "Häntä ei voi ottaa mukaan" in boss.send(there, {"toimipaikka": house.site.id}, status=200).text


def test_a_printed_code_is_a_sheet_in_her_language_without_inline_style(boss: Reader, house: House) -> None:
    raw = boss.send(f"/vapaaehtoiset/{house.who.id}/koodi", status=200).text
    assert re.search(r'class="code-letters mb">[A-Z0-9]{4}.[A-Z0-9]{4}.[A-Z0-9]{4}<', raw)
    assert '<path class="qr-ink" d="M' in raw
    assert 'class="card code-paper" lang="fi"' in raw
    assert "style=" not in raw
