"""The coordinator's shifts: each form happy, invalid and forbidden; conflicts keep what was typed."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from olka.accounts.models import Person
from olka.core.texts import Text3
from olka.db import db, transaction
from olka.outbox.mail import write
from olka.outbox.models import Message
from olka.shifts.models import Shift
from olka.shifts.rules import ShiftState
from olka.sites.models import Closure
from tests import factories
from tests.factories import today
from tests.reader import Reader
from tests.web.desk import Desk, a_desk


@pytest.fixture
def desk(app: Flask, reader: Reader) -> Desk:
    return a_desk(app, reader)


# ---------------------------------------------------------------- making


def test_the_form_of_a_new_shift_knows_the_place_and_day_of_the_link(desk: Desk) -> None:
    page = desk.reader.see(f"/viikko/vuoro/uusi?paikka={desk.point.id}&paiva=2030-06-05")
    assert 'value="5.6.2030"' in page
    assert f'<option selected value="{desk.point.id}-{desk.duty.id}">OLKA-piste: Pisteen päivystäjä' in page
    desk.reader.see("/viikko/vuoro/uusi?paiva=eilen", status=400)


def test_a_shift_is_made_and_published(desk: Desk) -> None:
    page = desk.reader.send_and_follow(
        "/viikko/vuoro/uusi", desk.form(**{"note-fi": "Tule ajoissa", "tila": "julkaistu"})
    )
    assert "Vuoro on viikolla" in page
    assert "9–12.30" in page
    with desk.app.app_context():
        shift = db.session.scalars(select(Shift).where(Shift.place_id == desk.point.id)).one()
    assert (shift.state, shift.note, shift.max_people) == (ShiftState.PUBLISHED, Text3("Tule ajoissa"), 3)


def test_a_second_click_on_making_says_the_same(desk: Desk) -> None:
    for _click in range(2):
        page = desk.reader.send_and_follow("/viikko/vuoro/uusi", desk.form(tila="julkaistu"))
        assert "Vuoro on viikolla" in page
    with desk.app.app_context():
        assert len(db.session.scalars(select(Shift).where(Shift.place_id == desk.point.id)).all()) == 1


def test_no_place_is_picked_in_silence(desk: Desk) -> None:
    with desk.app.app_context():
        bare = factories.place(desk.site.id, "Aula").id
        far = factories.place(factories.site("Assi-sairaala").id, "Assin aula").id
    page = desk.reader.see(f"/viikko/vuoro/uusi?paikka={bare}")
    assert "Paikassa Aula ei tehdä vielä mitään" in page
    assert f'href="/paikat/{bare}/tehtavat"' in page
    assert '<option selected value="">Valitse paikka ja tehtävä' in page
    assert "Assin" not in desk.reader.see(f"/viikko/vuoro/uusi?paikka={far}")
    assert "Valitse paikka ja tehtävä" not in desk.reader.see("/viikko/vuoro/uusi")  # the only one is no choice
    with desk.app.app_context():
        factories.task("Juttukaveri", desk.point)
    assert '<option selected value="">' in desk.reader.see("/viikko/vuoro/uusi")


def test_a_repeated_draft_says_which_days_were_left_out(desk: Desk) -> None:
    first = today() + timedelta(days=7)
    closed, until = first + timedelta(weeks=1), first + timedelta(weeks=2)
    with desk.app.app_context():
        factories.save(
            Closure(site_id=desk.site.id, place_id=None, first_day=closed, last_day=closed, reason=Text3("Loma"))
        )
    page = desk.reader.send_and_follow("/viikko/vuoro/uusi", desk.form(until=until.isoformat(), tila="luonnos"))
    assert "Teit 2 vuoroa" in page
    assert "Vapaaehtoiset eivät näe luonnoksia vielä." in page
    assert f"Paikka on suljettu: {closed.day}.{closed.month}." in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"day": ""}, "Kirjoita päivä"),
        ({"day": "31.2.2030"}, "Kirjoita päivä muodossa"),
        ({"start": "25"}, "Kirjoita kellonaika"),
        ({"end": ""}, "Kirjoita, milloin vuoro päättyy"),
        ({"min_people": "4"}, "Vähimmäismäärä on enintään"),
        ({"max_people": "51"}, "Kirjoita luku väliltä 1–50"),
        ({"max_people": "0"}, "Kirjoita luku väliltä 1–50"),
        ({"where": "1-99"}, "Valitse jokin luettelon vaihtoehdoista"),
        ({"where": ""}, "Valitse jokin luettelon vaihtoehdoista"),
        ({"day": "1.1.2020"}, "Vuoro olisi jo alkanut"),
        ({"day": "31.3.2030", "start": "3.30", "end": "6"}, "Kello siirtyy kesäaikaan"),
        ({"until": "1.1.2020"}, "Toisto päättyisi ennen"),
        ({"until": "1.1.2199"}, "Kerralla syntyy enintään 60 vuoroa"),
        ({"note-fi": "131052-308T"}, "Poista henkilötunnus"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(desk: Desk, changes: dict[str, str], says: str) -> None:
    page = desk.reader.send("/viikko/vuoro/uusi", desk.form(**{"note-sv": "Kom i tid", **changes}), status=200).text
    assert says in page
    assert "error-summary" in page
    assert "Kom i tid" in page
    with desk.app.app_context():
        assert db.session.scalars(select(Shift).where(Shift.place_id == desk.point.id)).first() is None


def test_another_sites_place_is_not_on_offer(desk: Desk) -> None:
    foreign = desk.read(desk.foreign)
    page = desk.reader.send("/viikko/vuoro/uusi", desk.form(where=f"{foreign.place_id}-{desk.duty.id}"), status=200)
    assert "Valitse jokin luettelon vaihtoehdoista" in page.text


def test_volunteers_make_no_shifts(app: Flask, desk: Desk) -> None:
    desk.reader.sign_in_as(desk.volunteer())
    desk.reader.see("/viikko/vuoro/uusi", status=403)
    desk.reader.send("/viikko/vuoro/uusi", desk.form(), status=403)


# ---------------------------------------------------------------- looking


def test_a_shift_shows_full_names_contacts_and_how_they_were_booked(desk: Desk) -> None:
    her = desk.volunteer(family_name="Lehtonen", phone="+358401234567")
    shift_id = desk.shift(note=Text3("Avain infosta"))
    desk.reader.send(f"/viikko/vuoro/{shift_id}/varaa", {"person_id": her.id})
    page = desk.reader.see(f"/viikko/vuoro/{shift_id}")
    for words in ("Marjatta Lehtonen", "tel:+358401234567", "Varattu puhelimitse, Hanna Laine", "Avain infosta"):
        assert words in page
    desk.reader.see(f"/viikko/vuoro/{desk.foreign}", status=404)
    desk.reader.see("/viikko/vuoro/0", status=404)
    desk.reader.see(f"/viikko/vuoro/{2**31}", status=404)


def test_the_search_tells_of_each_whether_she_can(desk: Desk) -> None:
    desk.volunteer("Marjatta")
    with desk.app.app_context():
        factories.volunteer(desk.site.id, called="Marja")
        factories.volunteer(factories.site("Assi-sairaala").id, called="Marjukka")
    page = desk.reader.see(f"/viikko/vuoro/{desk.shift()}?haku=marj")
    assert page.count("/varaa") == 1
    assert "Marjukka" not in page
    assert "Ei ole hyväksytty tähän tehtävään." in page
    assert "ei löytynyt" in desk.reader.see(f"/viikko/vuoro/{desk.shift(start=time(13), end=time(15))}?haku=olematon")


# ---------------------------------------------------------------- changing


def test_a_shift_is_changed_and_those_without_mail_are_named(desk: Desk) -> None:
    shift_id = desk.shift(desk.volunteer(), desk.volunteer("Eino", mail=None, phone="+358401111111"))
    assert 'name="version" id="version" value="1"' in desk.reader.see(f"/viikko/vuoro/{shift_id}/muuta")
    page = desk.reader.send_and_follow(f"/viikko/vuoro/{shift_id}/muuta", desk.form(start="8"))
    assert "Vuoro on muutettu" in page
    assert "Kerroimme muutoksesta sähköpostilla yhdelle." in page
    assert "Soita vielä: Eino Lehtonen 040 111 1111." in page
    with desk.app.app_context():
        mail = db.session.scalars(select(Message)).one()
        letter = write(desk.app, mail.kind, "fi", mail.facts)
    assert "Aiemmin:" in letter.text
    assert "8–12.30" in letter.subject


def test_a_refused_change_names_the_person_and_keeps_what_was_typed(desk: Desk) -> None:
    shift_id = desk.shift(desk.volunteer(family_name="Salo"), desk.volunteer("Eero", family_name="Niemi"))
    page = desk.reader.send(
        f"/viikko/vuoro/{shift_id}/muuta", desk.form(max_people="1", **{"note-fi": "Oma juttu"}), status=200
    ).text
    assert "Vuorossa on jo 2: Eero Niemi, Marjatta Salo." in page
    assert "Oma juttu" in page
    assert desk.read(shift_id).version == 1


def test_the_second_coordinator_sees_both_versions_and_may_go_on(desk: Desk) -> None:
    shift_id = desk.shift()
    desk.reader.send(f"/viikko/vuoro/{shift_id}/muuta", desk.form(end="15"))
    page = desk.reader.send(f"/viikko/vuoro/{shift_id}/muuta", desk.form(end="16", min_people="0"), status=200).text
    assert "Toinen koordinaattori ehti muuttaa vuoroa" in page
    assert "9–15" in page
    assert 'value="16"' in page
    assert 'name="version" id="version" value="2"' in page
    desk.reader.send(f"/viikko/vuoro/{shift_id}/muuta", desk.form(end="16", min_people="0", version="2"))
    assert desk.read(shift_id).end == time(16)


def test_what_has_begun_or_is_cancelled_is_not_changed(desk: Desk) -> None:
    old = desk.shift(day=today() - timedelta(days=1))
    assert "Vuoroa ei voi enää muuttaa" in desk.reader.see(desk.reader.get(f"/viikko/vuoro/{old}/muuta").location)
    page = desk.reader.send(f"/viikko/vuoro/{old}/muuta", desk.form(), status=200).text
    assert "Vuoro on jo alkanut." in page
    assert "/muuta" not in desk.reader.see(f"/viikko/vuoro/{old}")


def test_another_sites_shift_is_not_changed(desk: Desk) -> None:
    desk.reader.see(f"/viikko/vuoro/{desk.foreign}/muuta", status=404)
    desk.reader.send(f"/viikko/vuoro/{desk.foreign}/muuta", desk.form(), status=404)


def test_a_draft_is_published_and_one_on_a_closed_day_is_not(desk: Desk) -> None:
    draft = desk.shift(state=ShiftState.DRAFT)
    assert "Vuoro on julkaistu" in desk.reader.send_and_follow(f"/viikko/vuoro/{draft}/julkaise", {"version": 1})
    closed = today() + timedelta(days=8)
    hit = desk.shift(day=closed, state=ShiftState.DRAFT)
    with desk.app.app_context():
        factories.save(
            Closure(site_id=desk.site.id, place_id=None, first_day=closed, last_day=closed, reason=Text3("Loma"))
        )
    page = desk.reader.send_and_follow(f"/viikko/vuoro/{hit}/julkaise", {"version": 1})
    assert "Vuoroa ei voi julkaista" in page
    assert "Loma" in page
    assert "Vuoroa ei julkaistu" in desk.reader.send_and_follow(f"/viikko/vuoro/{hit}/julkaise")
    desk.reader.send(f"/viikko/vuoro/{desk.foreign}/julkaise", status=404)


def test_a_draft_that_was_changed_meanwhile_is_not_published_unseen(desk: Desk) -> None:
    draft = desk.shift(state=ShiftState.DRAFT)
    assert 'name="version" value="1"' in desk.reader.see(f"/viikko/vuoro/{draft}")
    desk.reader.send(f"/viikko/vuoro/{draft}/muuta", desk.form(end="15"))
    page = desk.reader.send_and_follow(f"/viikko/vuoro/{draft}/julkaise", {"version": 1})
    assert "Vuoro muuttui sillä välin" in page
    assert desk.read(draft).state is ShiftState.DRAFT


# ---------------------------------------------------------------- cancelling


def test_a_cancelled_shift_lists_whom_to_call_then_and_later(desk: Desk) -> None:
    shift_id = desk.shift(desk.volunteer(), desk.volunteer("Eino", mail=None, phone="+358401111111"))
    asked = desk.reader.see(f"/viikko/vuoro/{shift_id}/peru")
    assert "Perutko koko vuoron" in asked
    assert "Eino Lehtonen" in asked
    page = desk.reader.send_and_follow(f"/viikko/vuoro/{shift_id}/peru", {"version": 1})
    assert "Vuoro on peruttu" in page
    for shown in (page, desk.reader.see(f"/viikko/vuoro/{shift_id}")):
        assert "Soita näille" in shown
        assert "tel:+358401111111" in shown
        assert "Kerroimme peruutuksesta sähköpostilla." in shown
        assert "Peru koko vuoro" not in shown
    with desk.app.app_context(), transaction() as session:  # an address that came later changes nothing in it
        session.execute(update(Person).where(Person.called_name == "Eino").values(mail="eino@example.org"))
        session.execute(update(Person).where(Person.called_name == "Marjatta").values(mail=None))
    later = desk.reader.see(f"/viikko/vuoro/{shift_id}")
    assert later.count("Kerroimme peruutuksesta sähköpostilla.") == 1
    assert "Eino" in later.partition("Soita näille")[2].partition("</ul>")[0]
    with desk.app.app_context():
        mail = db.session.scalars(select(Message)).one()
        assert "Sinun ei tarvitse tulla." in write(desk.app, mail.kind, "fi", mail.facts).text


def test_a_draft_is_thrown_away(desk: Desk) -> None:
    draft = desk.shift(state=ShiftState.DRAFT)
    assert "Poistatko luonnoksen" in desk.reader.see(f"/viikko/vuoro/{draft}/peru")
    assert "Luonnos on poistettu" in desk.reader.send_and_follow(f"/viikko/vuoro/{draft}/peru", {"version": 1})
    desk.reader.see(f"/viikko/vuoro/{draft}", status=404)
    assert "Luonnos on jo poistettu" in desk.reader.send_and_follow(f"/viikko/vuoro/{draft}/peru", {"version": 1})
    desk.reader.send("/viikko/vuoro/4711/peru", {"version": 1}, status=404)


def test_a_draft_that_somebody_was_on_is_cancelled_and_says_so(desk: Desk) -> None:
    her = desk.volunteer()
    shift_id = desk.shift(her)
    desk.reader.send(f"/viikko/vuoro/{shift_id}/poista/{her.id}")
    with desk.app.app_context(), transaction() as session:
        session.execute(update(Shift).values(state=ShiftState.DRAFT))
    desk.reader.see("/viikko")
    page = desk.reader.see(f"/viikko/vuoro/{shift_id}")
    assert "Poista luonnos" not in page
    assert "Perutko koko vuoron" in desk.reader.see(f"/viikko/vuoro/{shift_id}/peru")
    assert "Vuoro on peruttu" in desk.reader.send_and_follow(f"/viikko/vuoro/{shift_id}/peru", {"version": 1})


def test_a_begun_draft_is_thrown_away_unless_somebody_was_ever_on_it(desk: Desk) -> None:
    old = desk.shift(day=today() - timedelta(days=1), state=ShiftState.DRAFT)
    assert "Poista luonnos" in desk.reader.see(f"/viikko/vuoro/{old}")
    assert "Poistatko luonnoksen" in desk.reader.see(f"/viikko/vuoro/{old}/peru")
    assert "Luonnos on poistettu" in desk.reader.send_and_follow(f"/viikko/vuoro/{old}/peru", {"version": 1})


def test_a_shift_changed_meanwhile_or_begun_is_not_cancelled(desk: Desk) -> None:
    shift_id, old = desk.shift(), desk.shift(day=today() - timedelta(days=1))
    desk.reader.send(f"/viikko/vuoro/{shift_id}/muuta", desk.form())
    assert "Vuoro muuttui sillä välin" in desk.reader.send_and_follow(f"/viikko/vuoro/{shift_id}/peru", {"version": 1})
    assert "Vuoroa ei voi perua" in desk.reader.send_and_follow(f"/viikko/vuoro/{old}/peru", {"version": 1})
    assert "Perutko koko vuoron" in desk.reader.send_and_follow(f"/viikko/vuoro/{shift_id}/peru", {"version": "x"})
    assert desk.read(shift_id).state is ShiftState.PUBLISHED


def test_another_sites_shift_is_not_cancelled(desk: Desk) -> None:
    desk.reader.see(f"/viikko/vuoro/{desk.foreign}/peru", status=404)
    desk.reader.send(f"/viikko/vuoro/{desk.foreign}/peru", {"version": 1}, status=404)
