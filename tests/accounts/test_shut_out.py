"""What was handed over before an account changed opens nothing after."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from olka.accounts import people_service, queries, second_factor, service, sign_in
from olka.accounts.models import Person, RoleRow, SignIn
from olka.accounts.people_rules import Terms, Who
from olka.core import clock
from olka.core.permissions import Actor, Kind, Role
from olka.db import db, transaction
from tests import factories
from tests.conftest import SECRET
from tests.factories import today

ADMIN = Actor(None, (Role(Kind.ADMIN),))


def change_mail(who: Person, _site_id: int, _role_id: int) -> None:
    changed = Who(who.given_name, who.family_name, who.called_name, "uusi@example.org", None, "fi")
    people_service.change_contacts(ADMIN, who.id, changed, who.version, scope=None)


def give_role(who: Person, site_id: int, _role_id: int) -> None:
    people_service.give_role(ADMIN, who.id, Terms(Kind.COORDINATOR, site_id, None, today()))


def change_role(who: Person, _site_id: int, role_id: int) -> None:
    people_service.change_role(ADMIN, role_id, (today(), None), who.version)


def end_role(_who: Person, _site_id: int, role_id: int) -> None:
    people_service.end_role(ADMIN, role_id)


def name_deputy(who: Person, _site_id: int, _role_id: int) -> None:
    role_id = db.session.scalar(select(RoleRow.id).where(RoleRow.kind == Kind.COORDINATOR))
    people_service.name_deputy(ADMIN, role_id or 0, who.id, (today(), today()))


def close_and_reopen(who: Person, _site_id: int, _role_id: int) -> None:
    people_service.disable(ADMIN, who.id)
    people_service.enable(ADMIN, who.id)


def reset_second(who: Person, _site_id: int, _role_id: int) -> None:
    second_factor.reset(ADMIN, who.id)


def promote(who: Person, _site_id: int, _role_id: int) -> None:
    service.create_admin(who.mail or "")


def token_of(paper: sign_in.PrintedCode) -> str:
    return paper.path.rpartition("/")[2]


CHANGES = (change_mail, give_role, change_role, end_role, name_deputy, close_and_reopen, reset_second, promote)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_paper_and_mail_handed_over_before_open_nothing_after(
    any_app: Flask, change: Callable[[Person, int, int], None]
) -> None:
    with any_app.app_context():
        site = factories.site()
        who, other = factories.person(), factories.person("Pekka")
        role = factories.role(who.id, Kind.EMPLOYEE, site.id)
        factories.admin()
        factories.coordinator(factories.site("Riihimäen sairaala").id)
        with transaction():
            paper = sign_in.print_code(ADMIN, who.id)
            others = sign_in.print_code(ADMIN, other.id)
            sign_in.ask_for_mail(who.mail or "", remote_address=None, browser_secret="b", language="fi", goes_to=None)
        number = db.session.scalar(select(SignIn.id).where(SignIn.mail == who.mail))
        mailed = (queries.sign_in_facts(number or 0, SECRET) or {})["token"]
        before = [queries.find_sign_in(t, clock.now()) for t in (mailed, token_of(paper), token_of(others))]
        assert None not in before
        with transaction():
            change(who, site.id, role.id)
        assert queries.find_sign_in(mailed, clock.now()) is None
        assert queries.find_sign_in(token_of(paper), clock.now()) is None
        assert queries.find_sign_in(token_of(others), clock.now()) is not None, "hers alone die"
