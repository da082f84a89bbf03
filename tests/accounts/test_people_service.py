"""Verbs on people and roles leave the rows, the audit and the sessions that they should."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from olka.accounts import people_queries as queries
from olka.accounts import people_rules as rules
from olka.accounts import people_service as service
from olka.accounts.models import Person, RoleRow, SessionRow
from olka.accounts.people_rules import Terms, Who
from olka.audit.models import AuditRow
from olka.core.errors import Conflict, NotFound, Refused
from olka.core.permissions import Actor, Kind
from olka.db import db, transaction
from tests import factories
from tests.factories import today
from tests.reader import Reader

BOSS = Actor(None)


def act(verb: Any, *args: Any, **more: Any) -> Any:
    with transaction():
        return verb(BOSS, *args, **more)


def refusal_of(verb: Any, *args: Any, **more: Any) -> tuple[type, ...]:
    with pytest.raises(Refused) as caught:
        act(verb, *args, **more)
    return tuple(map(type, caught.value.obstacles))


def verbs_told() -> list[str]:
    return list(db.session.scalars(select(AuditRow.verb).order_by(AuditRow.id)))


def dates_of(role_id: int) -> tuple[Any, Any] | None:
    row = db.session.execute(select(RoleRow.starts_on, RoleRow.ends_on).where(RoleRow.id == role_id)).first()
    return None if row is None else (row[0], row[1])


AINO = Who("Aino Maria", "Öster", "Aino", "aino@example.org", "+358401234567", "sv")


def test_someone_entered_is_found_whatever_the_spelling(any_app: Flask) -> None:
    with any_app.app_context():
        person_id = act(service.enter, AINO)
        for search in ("oster", "ÖSTER aino", "maria", "040 123 4567", "aino@", "%", "_", "\\"):
            found = queries.accounts(today(), search=search).people
            assert [p.id for p in found] == ([person_id] if search not in "%_\\" else []), search
        assert verbs_told() == ["entered"]


def test_a_twin_is_refused_until_she_was_seen(app: Flask) -> None:
    with app.app_context():
        first = act(service.enter, AINO)
        with pytest.raises(Refused) as caught:
            act(service.enter, AINO)
        (twins,) = caught.value.obstacles
        assert twins.person_ids == (first,)
        for forged in (str(first), "", "\ud800", twins.seal[:-1]):
            assert refusal_of(service.enter, AINO, known=forged) == (rules.Twins,)
        second = act(service.enter, AINO, known=twins.seal)
        assert refusal_of(service.enter, AINO, known=twins.seal) == (rules.Twins,), "there is another one now"
        assert second != first


@pytest.mark.parametrize(("mail", "phone"), [("birgitta@example.org", None), (None, "+358401112222")])
def test_whose_a_mail_or_phone_is_can_be_tried_at_ones_own_sites_only(
    any_app: Flask, mail: str | None, phone: str | None
) -> None:
    with any_app.app_context():
        here, there = factories.site(), factories.site("Riihimäen sairaala")
        birgitta = factories.volunteer(there.id, called="Birgitta", mail=mail, phone=phone)
        aino = Who("Aino", "Öster", "Aino", mail, phone, "fi")
        assert queries.twins_of(aino, frozenset({here.id}), today()) == []
        for scope in (frozenset({there.id}), None):
            assert [twin.id for twin in queries.twins_of(aino, scope, today())] == [birgitta.id]
        same_name = Who("Birgitta", birgitta.family_name, "Birgitta", None, None, "fi")
        assert [twin.id for twin in queries.twins_of(same_name, frozenset({here.id}), today())] == [birgitta.id]


def test_contacts_change_once_and_another_mail_signs_out(app: Flask) -> None:
    with app.app_context():
        who = factories.person()
        Reader(app).sign_in_as(who)
        changed = Who("Marjatta", "Salo", "Mari", "mari@example.org", None, "en")
        act(service.change_contacts, who.id, changed, 1, scope=None)
        with pytest.raises(Conflict):
            act(service.change_contacts, who.id, changed, 1, scope=None)
        assert queries.get_person(who.id).who == changed
        assert [p.id for p in queries.accounts(today(), search="mari salo").people] == [who.id]
        assert db.session.scalar(select(SessionRow.id)) is None


def test_an_admins_contacts_are_not_a_coordinators_to_change(app: Flask) -> None:
    with app.app_context():
        site, admin = factories.site(), factories.admin()
        factories.role(admin.id, Kind.VOLUNTEER, site.id)
        scope = frozenset({site.id})
        assert refusal_of(service.change_contacts, admin.id, AINO, 1, scope=scope) == (rules.RolesElsewhere,)


def test_a_role_given_ends_the_sessions_and_is_on_record(any_app: Flask) -> None:
    with any_app.app_context():
        who, site = factories.person(), factories.site()
        Reader(any_app).sign_in_as(who)
        role_id = act(service.give_role, who.id, Terms(Kind.COORDINATOR, site.id, None, today()))
        assert dates_of(role_id) == (today(), None)
        assert db.session.scalar(select(SessionRow.id)) is None
        assert verbs_told() == ["gave_role"]


def test_a_role_at_a_site_out_of_use_or_for_nobody_is_not_found(app: Flask) -> None:
    with app.app_context():
        gone = factories.site(retired_on=today())
        who = factories.person()
        for person_id, site_id in ((who.id, gone.id), (who.id, 999), (999, factories.site().id)):
            with pytest.raises(NotFound):
                act(service.give_role, person_id, Terms(Kind.EMPLOYEE, site_id, None, today()))


def test_a_ward_contacts_place_is_one_of_the_site(app: Flask) -> None:
    with app.app_context():
        who, site, other = factories.person(), factories.site(), factories.site("Riihimäen sairaala")
        ward = factories.place(other.id, "Lastenosasto")
        assert refusal_of(service.give_role, who.id, Terms(Kind.WARD, site.id, ward.id, today())) == (
            rules.PlaceElsewhere,
        )
        assert act(service.give_role, who.id, Terms(Kind.WARD, other.id, ward.id, today()))


def test_ending_a_role_cuts_it_to_yesterday_and_takes_its_deputies_along(any_app: Flask) -> None:
    with any_app.app_context():
        site = factories.site()
        boss, deputy = factories.person("Hanna"), factories.person("Sari")
        Reader(any_app).sign_in_as(deputy)
        role = factories.role(boss.id, Kind.COORDINATOR, site.id)
        week = (today() - timedelta(days=2), today() + timedelta(days=5))
        later = (today() + timedelta(days=8), today() + timedelta(days=9))
        running = act(service.name_deputy, role.id, deputy.id, week)
        coming = act(service.name_deputy, role.id, deputy.id, later)
        act(service.end_role, role.id)
        yesterday = today() - timedelta(days=1)
        assert dates_of(role.id) == (role.starts_on, yesterday)
        assert dates_of(running) == (week[0], yesterday)
        assert dates_of(coming) is None
        assert db.session.scalar(select(SessionRow.id)) is None


def test_a_role_that_began_today_goes_altogether(app: Flask) -> None:
    with app.app_context():
        role = factories.role(factories.person().id, Kind.EMPLOYEE, factories.site().id, starts_on=today())
        act(service.end_role, role.id)
        assert dates_of(role.id) is None


def test_dates_change_by_the_version_that_was_seen(app: Flask) -> None:
    with app.app_context():
        role = factories.role(factories.person().id, Kind.COORDINATOR, factories.site().id)
        dates = (role.starts_on, today() + timedelta(days=3))
        act(service.change_role, role.id, dates, 1)
        assert dates_of(role.id) == dates
        with pytest.raises(Conflict):
            act(service.change_role, role.id, dates, 1)


def test_a_deputys_own_days_stay_within_the_role(app: Flask) -> None:
    with app.app_context():
        site = factories.site()
        boss, deputy = factories.person("Hanna"), factories.person("Sari")
        until = today() + timedelta(days=20)
        role = factories.role(boss.id, Kind.COORDINATOR, site.id, ends_on=until)
        named = act(service.name_deputy, role.id, deputy.id, (today(), today() + timedelta(days=5)))
        version = queries.get_person(deputy.id).version
        longer = (today(), until + timedelta(days=1))
        assert refusal_of(service.change_role, named, longer, version) == (rules.DeputyOutside,)


def test_the_last_admin_can_be_neither_ended_nor_closed(any_app: Flask) -> None:
    with any_app.app_context():
        admin = factories.admin()
        role_id = db.session.scalar(select(RoleRow.id)) or 0
        assert refusal_of(service.end_role, role_id) == (rules.LastAdmin,)
        assert refusal_of(service.disable, admin.id) == (rules.LastAdmin,)
        until = (today() - timedelta(days=9), today() + timedelta(days=30))
        assert refusal_of(service.change_role, role_id, until, 1) == (rules.LastAdmin,)
        factories.admin("Outi")
        act(service.disable, admin.id)
        act(service.end_role, role_id)


def test_closing_an_account_signs_out_and_opening_it_lets_in_again(any_app: Flask) -> None:
    with any_app.app_context():
        who = factories.person()
        Reader(any_app).sign_in_as(who)
        act(service.disable, who.id)
        assert db.session.scalar(select(SessionRow.id)) is None
        act(service.disable, who.id)
        act(service.enable, who.id)
        assert db.session.scalar(select(Person.disabled_at)) is None
        assert verbs_told() == ["disabled", "enabled"]
