"""Who is on a shift: booked on her behalf, taken off, and never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from olka.accounts.models import RoleRow
from olka.core.permissions import Kind
from olka.db import db, transaction
from olka.outbox.mail import write
from olka.outbox.models import Message
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState, Channel
from tests import factories, world
from tests.factories import today
from tests.reader import Reader
from tests.web.desk import Desk, a_desk


@pytest.fixture
def desk(app: Flask, reader: Reader) -> Desk:
    return a_desk(app, reader)


def test_a_volunteer_is_booked_once_however_often_it_is_pressed(desk: Desk) -> None:
    her, shift_id = desk.volunteer(), desk.shift()
    press = {"person_id": her.id, "avain": "abcdefgh1234"}
    for told in (True, False):  # the second click claims no second mail
        page = desk.reader.send_and_follow(f"/viikko/vuoro/{shift_id}/varaa", press)
        assert "Marjatta Lehtonen on vuorossa" in page
        assert ("Kerroimme hänelle sähköpostilla." in page) is told
    assert desk.read(shift_id).taken == 1
    with desk.app.app_context():
        mail = db.session.scalars(select(Message)).one()
        assert "Koordinaattori varasi sinulle vuoron." in write(desk.app, mail.kind, "fi", mail.facts).text
    desk.reader.send_and_follow(f"/viikko/vuoro/{shift_id}/poista/{her.id}")
    page = desk.reader.send_and_follow(f"/viikko/vuoro/{shift_id}/varaa", press)
    assert "Tämä varaus on jo peruttu" in page
    assert "Marjatta Lehtonen on vuorossa" not in page


def test_a_booking_that_cannot_be_says_why(desk: Desk) -> None:
    with desk.app.app_context():
        new = factories.volunteer(desk.site.id)
    shift_id = desk.shift()
    page = desk.reader.send_and_follow(f"/viikko/vuoro/{shift_id}/varaa", {"person_id": new.id})
    assert "Varaus ei onnistunut" in page
    assert "Ei ole hyväksytty tähän tehtävään." in page
    assert "Varaus ei onnistunut" in desk.reader.send_and_follow(f"/viikko/vuoro/{shift_id}/varaa", {"person_id": "x"})


def test_nobody_of_another_site_is_booked_and_nothing_there(desk: Desk) -> None:
    her, shift_id = desk.volunteer(), desk.shift()
    with desk.app.app_context():
        far = factories.volunteer(factories.site("Assi-sairaala").id, desk.duty.id)
    desk.reader.send(f"/viikko/vuoro/{shift_id}/varaa", {"person_id": far.id}, status=404)
    desk.reader.send(f"/viikko/vuoro/{shift_id}/varaa", {"person_id": desk.hanna}, status=404)
    desk.reader.send(f"/viikko/vuoro/{desk.foreign}/varaa", {"person_id": her.id}, status=404)


def test_a_person_is_taken_off_after_asking(desk: Desk) -> None:
    her = desk.volunteer(mail=None, phone="+358401111111")
    shift_id = desk.shift(her)
    address = f"/viikko/vuoro/{shift_id}/poista/{her.id}"
    asked = desk.reader.see(address)
    assert "Poista vuorosta: Marjatta Lehtonen" in asked
    assert "Vuoroon jää aukko." in asked
    page = desk.reader.send_and_follow(address)
    assert "Marjatta Lehtonen ei ole enää vuorossa" in page
    assert "Soita: 040 111 1111." in page
    with desk.app.app_context():
        assert db.session.scalars(select(Booking.state)).one() is BookingState.RELEASED
    again = desk.reader.send_and_follow(address)
    assert "Marjatta Lehtonen ei ole enää vuorossa" in again
    assert "Soita: " not in again
    desk.reader.see(address, status=404)
    desk.reader.send(f"/viikko/vuoro/{shift_id}/poista/{desk.volunteer('Eero').id}", status=404)


def test_nobody_is_taken_off_a_shift_that_has_begun_or_is_anothers(desk: Desk) -> None:
    her, old = desk.volunteer(), desk.shift(day=today() - timedelta(days=1))
    with desk.app.app_context():
        shift = desk.read(old)
        factories.save(
            Booking(
                shift_id=old,
                person_id=her.id,
                state=BookingState.BOOKED,
                operation_key="old",
                channel=Channel.SELF,
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                booked_at=shift.starts_at,
                booked_by_id=her.id,
            )
        )
    assert "Vuorosta ei voi enää poistaa" in desk.reader.send_and_follow(f"/viikko/vuoro/{old}/poista/{her.id}")
    desk.reader.see(f"/viikko/vuoro/{desk.foreign}/poista/{her.id}", status=404)
    desk.reader.send(f"/viikko/vuoro/{desk.foreign}/poista/{her.id}", status=404)


def test_whoever_is_of_another_of_her_sites_is_found_with_the_way_on(desk: Desk) -> None:
    with desk.app.app_context():
        other = factories.site("Assi-sairaala")
        factories.role(desk.hanna, Kind.COORDINATOR, other.id)
        her = factories.volunteer(other.id, desk.duty.id, called="Marja")
    page = desk.reader.see(f"/viikko/vuoro/{desk.shift()}?haku=marja")
    assert "Ei ole toimipaikan vapaaehtoinen vuoron päivänä (lisää hänet toimipaikkaan hänen sivullaan)." in page
    assert f'href="/vapaaehtoiset/{her.id}"' in page
    assert 'name="person_id"' not in page


def test_whoever_left_her_sites_is_a_name_without_contacts(desk: Desk) -> None:
    gone, here = desk.volunteer("Marjatta", phone="+358401111111"), desk.volunteer("Eero", phone="+358402222222")
    with desk.app.app_context():
        old = factories.shift(desk.point.id, desk.duty.id, today() - timedelta(days=3), taken=2)
        for who in (gone, here):
            world.book(old, who)
        ended = {"starts_on": today() - timedelta(days=9), "ends_on": today() - timedelta(days=2)}
        with transaction() as session:
            session.execute(update(RoleRow).where(RoleRow.person_id == gone.id).values(**ended))
    page = desk.reader.see(f"/viikko/vuoro/{old.id}")
    assert "Marjatta Lehtonen" in page
    assert "tel:+358401111111" not in page
    assert f'href="/vapaaehtoiset/{gone.id}"' not in page
    assert "tel:+358402222222" in page
    desk.reader.see(f"/vapaaehtoiset/{here.id}")
    assert f'href="/vapaaehtoiset/{here.id}"' in page


def test_whoever_fell_with_a_cancelled_shift_can_be_called_until_its_day_has_passed(desk: Desk) -> None:
    her = desk.volunteer(mail=None, phone="+358401111111")
    shift_id = desk.shift(her)
    desk.reader.send(f"/viikko/vuoro/{shift_id}/peru", {"version": 1})
    with desk.app.app_context(), transaction() as session:
        session.execute(update(RoleRow).where(RoleRow.person_id == her.id).values(ends_on=today() - timedelta(days=1)))
    page = desk.reader.see(f"/viikko/vuoro/{shift_id}")
    assert "tel:+358401111111" in page
    assert f'href="/vapaaehtoiset/{her.id}"' not in page
    with desk.app.app_context(), transaction() as session:
        session.execute(update(Shift).values(day=today() - timedelta(days=1)))
    page = desk.reader.see(f"/viikko/vuoro/{shift_id}")
    assert "Marjatta Lehtonen" in page
    assert "tel:+358401111111" not in page


def test_volunteers_have_none_of_this(desk: Desk) -> None:
    her, shift_id = desk.volunteer(), desk.shift()
    desk.reader.sign_in_as(her)
    for address in ("", "/muuta", "/peru", f"/poista/{her.id}"):
        desk.reader.see(f"/viikko/vuoro/{shift_id}{address}", status=403)
    for address in ("/muuta", "/peru", "/julkaise", "/varaa", f"/poista/{her.id}"):
        desk.reader.send(f"/viikko/vuoro/{shift_id}{address}", status=403)


def test_names_that_look_like_code_stay_words(desk: Desk) -> None:
    shift_id = desk.shift(desk.volunteer('"><img src=x>', family_name="{{7*7}}"))
    answer = desk.reader.get(f"/viikko/vuoro/{shift_id}").text
    assert "<img" not in answer
    assert "49" not in answer.partition("Vuorossa")[2].partition("Varaa")[0]
