"""Handing over codes, the first admin, and what is cleared away in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from olka.accounts import service, sign_in, timed
from olka.accounts.models import Attempt, Person, RoleRow, SessionRow, SignIn
from olka.accounts.people_rules import Disabled, RolesElsewhere
from olka.accounts.rules import SharedAddress
from olka.accounts.sessions import begin_session, end_sessions
from olka.accounts.sign_in import Browser, Entered
from olka.audit.models import AuditRow
from olka.core import clock
from olka.core.errors import NotFound, Refused
from olka.core.permissions import Actor, Kind, Role
from olka.db import db, transaction
from tests import factories


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def hanna(site_id: int) -> Actor:
    return Actor(factories.coordinator(site_id).id, (Role(Kind.COORDINATOR, site_id),))


def test_a_code_is_printed_for_ones_own_sites_people_and_the_log_tells_by_whom(any_app: Flask) -> None:
    with any_app.app_context():
        forssa, riihimaki = factories.site(), factories.site("Riihimäen sairaala")
        actor = hanna(forssa.id)
        own, other = factories.volunteer(forssa.id), factories.volunteer(riihimaki.id, called="Pekka")
        with transaction():
            sign_in.print_code(actor, own.id)
        with pytest.raises(NotFound), transaction():
            sign_in.print_code(actor, other.id)
        with pytest.raises(NotFound), transaction():
            sign_in.print_code(actor, 999_999)
        log = db.session.execute(select(AuditRow.actor_id, AuditRow.verb, AuditRow.object_id)).all()
        assert log == [(actor.person_id, "print_code", own.id)]


@pytest.mark.parametrize("kind", [Kind.ADMIN, Kind.COORDINATOR])
def test_nobody_prints_a_way_into_an_account_that_reaches_further_than_her_own(app: Flask, kind: Kind) -> None:
    with app.app_context():
        forssa, riihimaki = factories.site(), factories.site("Riihimäen sairaala")
        actor = hanna(forssa.id)
        who = factories.volunteer(forssa.id)
        factories.role(who.id, kind, None if kind is Kind.ADMIN else riihimaki.id)
        with pytest.raises(Refused) as refused, transaction():
            sign_in.print_code(actor, who.id)
        assert refused.value.obstacles == (RolesElsewhere(),)
        assert count(SignIn) == 0


def test_a_closed_account_gets_no_code(app: Flask) -> None:
    with app.app_context():
        site = factories.site()
        actor = hanna(site.id)
        who = factories.volunteer(site.id, disabled_at=clock.now())
        with pytest.raises(Refused) as refused, transaction():
            sign_in.print_code(actor, who.id)
        assert refused.value.obstacles == (Disabled(),)


def test_the_first_admin_is_made_with_a_link_that_works(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            path = service.create_admin("aada.virta@example.org")
        person = db.session.execute(select(Person.id, Person.called_name, Person.search_key)).one()
        assert person.called_name == "aada.virta"
        assert "aada.virta@example.org" in person.search_key
        token = path.rsplit("/", 1)[1]
        with transaction():
            entered = sign_in.enter_by_link(token, person_id=None, kept=False, browser=Browser("192.0.2.1"))
        assert isinstance(entered, Entered)
        assert entered.person_id == person.id


def test_making_an_admin_twice_gives_one_role_and_one_living_link(app: Flask) -> None:
    with app.app_context():
        who = factories.person()
        with transaction():
            first = service.create_admin(str(who.mail))
        with transaction():
            service.create_admin(str(who.mail))
        assert count(RoleRow) == 1
        assert count(Person) == 1
        with transaction():
            old = sign_in.enter_by_link(
                first.rsplit("/", 1)[1], person_id=None, kept=False, browser=Browser("192.0.2.1")
            )
        assert not isinstance(old, Entered)


def test_an_admin_is_not_made_of_whoever_shares_the_address(app: Flask) -> None:
    with app.app_context():
        factories.person("Pekka", mail="lehtoset@example.org")
        factories.person("Marjatta", mail="lehtoset@example.org")
        factories.person("Poissa", disabled_at=clock.now(), mail="poissa@example.org")
        for mail, obstacle in (("lehtoset@example.org", SharedAddress()), ("poissa@example.org", Disabled())):
            with pytest.raises(Refused) as refused, transaction():
                service.create_admin(mail)
            assert refused.value.obstacles == (obstacle,)
        assert count(RoleRow) == 0


def test_all_sessions_of_a_person_end_but_the_one_named(app: Flask) -> None:
    with app.app_context():
        one, other = factories.person(), factories.person("Pekka")
        with transaction():
            keep = begin_session(one.id, kept=True, now=clock.now())
            begin_session(one.id, kept=False, now=clock.now())
            begin_session(other.id, kept=False, now=clock.now())
        with transaction():
            end_sessions(one.id, but=keep)
        assert count(SessionRow) == 2
        with transaction():
            end_sessions(one.id)
        assert count(SessionRow) == 1


def test_what_is_dead_is_cleared_away_and_what_lives_stays(any_app: Flask) -> None:
    with any_app.app_context():
        who = factories.person()
        start = clock.now()
        for hours in (0, 24):
            with time_machine.travel(start + timedelta(hours=hours)), transaction():
                begin_session(who.id, kept=False, now=clock.now())
                sign_in.ask_for_mail(
                    "a@example.org", remote_address="192.0.2.1", browser_secret="b", language="fi", goes_to=None
                )
        assert (count(SessionRow), count(SignIn), count(Attempt)) == (2, 2, 4)
        with time_machine.travel(start + timedelta(hours=25)):
            for job in timed.JOBS:
                job.run()
        assert (count(SessionRow), count(SignIn), count(Attempt)) == (1, 1, 2)
