"""Taking a volunteer in, and how she stands."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from olka.accounts import people_rules
from olka.accounts.people_rules import Terms
from olka.audit.models import AuditRow
from olka.core import clock
from olka.core.errors import NotFound, Refused
from olka.core.permissions import Actor, Kind
from olka.db import db, transaction
from olka.volunteers import queries, service
from olka.volunteers.rules import Standing, standing_when_taken_in
from tests import factories
from tests.factories import today

BOSS = Actor(None)


@pytest.mark.parametrize(
    ("was", "stands"),
    [
        (None, Standing.ACTIVE),
        (Standing.ACTIVE, Standing.ACTIVE),
        (Standing.ON_LEAVE, Standing.ON_LEAVE),
        (Standing.LEFT, Standing.ACTIVE),
    ],
)
def test_who_is_taken_in_is_active_but_a_leave_goes_on(was: Standing | None, stands: Standing) -> None:
    assert standing_when_taken_in(was) is stands


def test_someone_taken_in_belongs_to_the_site_and_is_active(any_app: Flask) -> None:
    with any_app.app_context():
        who, site = factories.person(), factories.site()
        with transaction():
            service.take_in(BOSS, who.id, site.id)
        assert queries.find_standing(who.id) is Standing.ACTIVE
        (role,) = queries.memberships_of([who.id])[who.id].roles
        assert (role.site_id, role.starts_on) == (site.id, today())
        with pytest.raises(Refused) as caught, transaction():
            service.take_in(BOSS, who.id, site.id)
        assert isinstance(caught.value.obstacles[0], people_rules.HeldAlready)


def test_someone_who_had_left_is_active_again_at_another_site(app: Flask) -> None:
    with app.app_context():
        who = factories.volunteer(factories.site().id, standing=Standing.LEFT)
        other = factories.site("Riihimäen sairaala")
        with transaction():
            service.give_role(BOSS, who.id, Terms(Kind.VOLUNTEER, other.id, None, today()))
        assert queries.find_standing(who.id) is Standing.ACTIVE
        assert other.id in {role.site_id for role in queries.memberships_of([who.id])[who.id].roles}


def test_a_closed_account_belongs_nowhere(app: Flask) -> None:
    with app.app_context():
        open_one = factories.volunteer(factories.site().id)
        closed = factories.volunteer(factories.site().id, called="Eero", disabled_at=clock.now())
        stranger = factories.coordinator(factories.site().id)
        found = queries.memberships_of([open_one.id, closed.id, stranger.id])
        assert {who: (len(one.roles), one.standing) for who, one in found.items()} == {
            open_one.id: (1, Standing.ACTIVE),
            closed.id: (0, Standing.ACTIVE),
            stranger.id: (0, None),
        }


def test_a_closed_account_is_not_taken_in(app: Flask) -> None:
    with app.app_context():
        who, site = factories.person(disabled_at=clock.now()), factories.site()
        with pytest.raises(Refused) as caught, transaction():
            service.take_in(BOSS, who.id, site.id)
        assert caught.value.obstacles == (people_rules.Disabled(),)


def test_standing_is_set_once_and_on_record(any_app: Flask) -> None:
    with any_app.app_context():
        who = factories.volunteer(factories.site().id)
        for _again in range(2):
            with transaction():
                service.set_standing(BOSS, who.id, Standing.ON_LEAVE)
        assert queries.find_standing(who.id) is Standing.ON_LEAVE
        rows = db.session.execute(select(AuditRow.verb, AuditRow.detail)).all()
        assert [tuple(row) for row in rows] == [("set_standing", {"standing": "on_leave"})]


def test_someone_who_never_volunteered_has_no_standing_to_set(app: Flask) -> None:
    with app.app_context():
        who = factories.person()
        for person_id in (who.id, 999):
            with pytest.raises(NotFound), transaction():
                service.set_standing(BOSS, person_id, Standing.LEFT)
