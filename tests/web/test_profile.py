"""One's own profile: saved, refused, and seen by every kind of account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from olka.accounts.models import Person
from olka.core.permissions import Kind
from olka.db import db
from tests import factories
from tests.reader import Reader

PROFILE = "/omat/profiili"


def filled(**changes: Any) -> dict[str, Any]:
    """Gives a profile as the page would send it."""
    known = {
        "given_name": "Marjatta Helena",
        "family_name": "Lehtonen",
        "called_name": "Maija",
        "phone": "040 123 4567",
        "language": "fi",
        "shows_name": "y",
        "version": "1",
    }
    return {**known, **changes}


def stored(app: Flask, person_id: int) -> Person:
    with app.app_context():
        found = db.session.get(Person, person_id)
        assert found is not None
        db.session.expunge(found)
        return found


@pytest.fixture
def marjatta(app: Flask) -> Person:
    with app.app_context():
        return factories.volunteer(factories.site().id)


def test_a_volunteer_saves_her_own_profile(app: Flask, reader: Reader, marjatta: Person) -> None:
    page = reader.sign_in_as(marjatta).send_and_follow(PROFILE, filled())
    assert "Tiedot on tallennettu" in page
    assert 'value="040 1234567"' in page or 'value="040 123 4567"' in page
    after = stored(app, marjatta.id)
    assert (after.called_name, after.phone, after.shows_name, after.shows_phone) == (
        "Maija",
        "+358401234567",
        True,
        False,
    )
    assert after.version == 2
    for word in ("maija", "0401234567", "lehtonen", "marjatta.lehtonen@example.org"):
        assert word in after.search_key


def test_the_profile_keeps_working_on_either_database(any_app: Flask) -> None:
    with any_app.app_context():
        who = factories.volunteer(factories.site().id)
    reader = any_app.test_client()
    assert isinstance(reader, Reader)
    reader.sign_in_as(who).send(PROFILE, filled())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"given_name": ""}, "Kirjoita etunimesi."),
        ({"family_name": " "}, "Kirjoita sukunimesi."),
        ({"phone": "123"}, "Kirjoita koko puhelinnumero"),
        ({"phone": "soita"}, "Kirjoita koko puhelinnumero"),
        ({"language": "no"}, "Valitse kieli."),
        ({"language": ""}, "Valitse kieli."),
        ({"given_name": "Marjatta 131052-308T"}, "Poista henkilötunnus."),
        ({"given_name": "a" * 81}, "Lyhennä tekstiä"),
        ({"called_name": "a\x00b"}, "merkkejä, joita ei voi tallentaa"),
        ({"family_name": "a" * 5000}, "Lyhennä tekstiä"),
    ],
)
def test_what_cant_be_saved_is_said_and_the_rest_is_kept(
    app: Flask, reader: Reader, marjatta: Person, changes: dict[str, str], words: str
) -> None:
    page = reader.sign_in_as(marjatta).send(PROFILE, filled(**changes), status=200).text
    assert words in page
    assert "Helena" in page or "given_name" in changes
    assert stored(app, marjatta.id).version == 1


def test_a_called_name_left_empty_is_the_first_given_name(app: Flask, reader: Reader, marjatta: Person) -> None:
    reader.sign_in_as(marjatta).send(PROFILE, filled(called_name=""))
    assert stored(app, marjatta.id).called_name == "Marjatta"


@pytest.mark.parametrize("version", ["2", "0", "", "x", "-1", "9" * 30])
def test_a_profile_changed_meanwhile_is_not_overwritten(
    app: Flask, reader: Reader, marjatta: Person, version: str
) -> None:
    answer = reader.sign_in_as(marjatta).post(PROFILE, data={"csrf_token": reader.token(), **filled(version=version)})
    assert answer.status_code in {200, 409}
    assert stored(app, marjatta.id).version == 1


def test_fields_that_the_page_lacks_change_nothing(app: Flask, reader: Reader, marjatta: Person) -> None:
    extra = {"mail": "toinen@example.org", "demo": "y", "id": "99", "disabled_at": "x", "search_key": "x"}
    reader.sign_in_as(marjatta).send(PROFILE, filled(**extra))
    after = stored(app, marjatta.id)
    assert (after.mail, after.demo, after.disabled_at) == (marjatta.mail, False, None)


def test_the_language_saved_rules_over_the_browsers_choice(app: Flask, reader: Reader, marjatta: Person) -> None:
    reader.sign_in_as(marjatta).get("/omat?kieli=en")
    assert '<html lang="en"' in reader.see(PROFILE)
    answer = reader.send(PROFILE, filled(language="sv"))
    assert any(cookie.startswith("kieli=;") for cookie in answer.headers.getlist("Set-Cookie"))
    assert '<html lang="sv"' in reader.see(PROFILE)
    assert stored(app, marjatta.id).language == "sv"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_account_sees_its_roles_in_words(app: Flask, reader: Reader, kind: Kind) -> None:
    words = {
        Kind.VOLUNTEER: "Vapaaehtoinen",
        Kind.COORDINATOR: "Koordinaattori",
        Kind.EMPLOYEE: "Työntekijä",
        Kind.ASSOCIATION: "Yhdistyksen edustaja",
        Kind.WARD: "Osaston yhteyshenkilö",
        Kind.ADMIN: "Ylläpitäjä",
    }
    with app.app_context():
        site, who = factories.site(), factories.person()
        ward = factories.place(site.id, "Lasten osasto")
        at = {} if kind is Kind.ADMIN else {"site_id": site.id}
        more = {"place_id": ward.id} if kind is Kind.WARD else {}
        factories.role(who.id, kind, **at, **more, starts_on=date(2026, 9, 1), ends_on=date(2199, 12, 31))
        factories.role(who.id, kind, **at, **more, starts_on=date(2020, 1, 1), ends_on=date(2020, 2, 1))
    page = reader.sign_in_as(who).see(PROFILE)
    assert words[kind] in page
    assert "1.9.2026–31.12.2199" in page
    assert "2020" not in page
    assert ("Kaikki toimipaikat" if kind is Kind.ADMIN else "Forssan sairaala") in page
    assert ("Lasten osasto" in page) is (kind is Kind.WARD)
    reader.send(PROFILE, {k: v for k, v in filled().items() if k != "shows_name"})
    assert stored(app, who.id).shows_name is (kind is not Kind.VOLUNTEER), "who isn't asked changes nothing"


def test_a_volunteer_made_coordinator_shows_her_phone_publicly_only_where_she_says_so(
    app: Flask, reader: Reader, marjatta: Person
) -> None:
    box = 'name="shows_phone_publicly"'
    assert box not in reader.sign_in_as(marjatta).see(PROFILE)
    reader.send(PROFILE, filled(shows_phone="y", shows_phone_publicly="y"))
    assert not stored(app, marjatta.id).shows_phone_publicly
    with app.app_context():
        site = factories.site("Riihimäen sairaala")
        factories.role(marjatta.id, Kind.COORDINATOR, site.id)
    assert "tel:+358401234567" not in reader.see("/yhteys").partition(marjatta.family_name)[2].partition("</li>")[0]
    assert box in reader.see(PROFILE)
    reader.send(PROFILE, filled(version="2", shows_phone_publicly="y"))
    after = stored(app, marjatta.id)
    assert (after.shows_phone, after.shows_phone_publicly) == (False, True)
    assert "tel:+358401234567" in reader.see("/yhteys").partition(marjatta.family_name)[2].partition("</li>")[0]


def test_a_deputy_reads_whom_she_stands_in_for(app: Flask, reader: Reader) -> None:
    with app.app_context():
        site = factories.site()
        hanna = factories.coordinator(site.id)
        role = factories.role(hanna.id, Kind.COORDINATOR, site.id)
        who = factories.person()
        factories.role(who.id, Kind.COORDINATOR, site.id, deputy_of_id=role.id)
    assert "sijaistat: Hanna Laine" in reader.sign_in_as(who).see(PROFILE)


def test_whoever_has_no_role_reads_what_to_do(app: Flask, reader: Reader) -> None:
    with app.app_context():
        who = factories.person(mail=None)
    page = reader.sign_in_as(who).see(PROFILE)
    assert "Sinulla ei ole nyt roolia" in page
    assert "Ei sähköpostia" in page


def test_the_other_devices_are_signed_out_and_this_one_stays(app: Flask, reader: Reader, marjatta: Person) -> None:
    tablet = app.test_client()
    assert isinstance(tablet, Reader)
    tablet.sign_in_as(marjatta)
    assert "yhdellä muulla laitteella" in reader.sign_in_as(marjatta).see(PROFILE)
    page = reader.send_and_follow(f"{PROFILE}/muut-laitteet")
    assert "Olet kirjautunut ulos muilta laitteilta" in page
    assert "vain tällä laitteella" in page
    assert tablet.get(PROFILE).status_code == 302


@pytest.mark.parametrize("address", [PROFILE, f"{PROFILE}/muut-laitteet"])
def test_nobodys_profile_asks_to_sign_in(reader: Reader, address: str) -> None:
    assert reader.send(address).location.startswith("/kirjaudu")
    assert reader.post(address).status_code == 400


def test_roles_and_devices_cost_no_more_queries_when_there_are_many(
    app: Flask, reader: Reader, marjatta: Person, count_queries: Callable[[], int]
) -> None:
    reader.sign_in_as(marjatta).see(PROFILE)
    count_queries()
    reader.see(PROFILE)
    few = count_queries()
    for number in range(5):
        with app.app_context():
            factories.role(marjatta.id, Kind.VOLUNTEER, factories.site(f"Sairaala {number}").id)
        app.test_client().sign_in_as(marjatta)  # type: ignore[attr-defined]  # the test client is a Reader
    count_queries()
    reader.see(PROFILE)
    assert count_queries() == few <= 5
