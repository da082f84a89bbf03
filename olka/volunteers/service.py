"""Verbs on volunteers: taking one in at a site, and how she stands."""

from __future__ import annotations

from datetime import date

from sqlalchemy import update

from olka.accounts import people_service
from olka.accounts.models import Person
from olka.accounts.people_queries import get_person
from olka.accounts.people_rules import Disabled, Terms, Who
from olka.audit.service import record
from olka.core import clock
from olka.core.errors import NotFound, Refused
from olka.core.permissions import Actor, Kind
from olka.db import db, lock_row
from olka.volunteers import queries
from olka.volunteers.models import Volunteer
from olka.volunteers.rules import Standing, standing_when_taken_in


def take_in(
    actor: Actor, person_id: int, site_id: int, starts_on: date | None = None, ends_on: date | None = None
) -> int:
    """Makes a person a volunteer of a site, from today unless a day is given; gives the role's id.

    Raises NotFound, Refused where she is one there already or her account is closed.
    """
    if not lock_row(Person, person_id):
        raise NotFound
    if get_person(person_id).disabled_at is not None:
        raise Refused(Disabled())
    today = clock.today(clock.HOME_ZONE)
    terms = Terms(Kind.VOLUNTEER, site_id, None, starts_on or today, ends_on)
    role_id = people_service.give_role(actor, person_id, terms)
    standing = queries.find_standing(person_id)
    stands = standing_when_taken_in(standing)
    if standing is None:
        db.session.add(Volunteer(person_id=person_id, standing=stands, since=today))
        db.session.flush()
    elif stands is not standing:
        set_standing(actor, person_id, stands)
    return role_id


def give_role(actor: Actor, person_id: int, terms: Terms) -> int:
    """Gives a person a role of any kind; a volunteer is taken in. Raises NotFound, Refused."""
    if terms.kind is Kind.VOLUNTEER and terms.site_id is not None:
        return take_in(actor, person_id, terms.site_id, terms.starts_on, terms.ends_on)
    return people_service.give_role(actor, person_id, terms)


def enter_with_role(actor: Actor, who: Who, terms: Terms, *, known: str = "") -> int:
    """Enters a person with her first role, and gives her id. Raises NotFound, Refused with Twins or others."""
    person_id = people_service.enter(actor, who, known=known)
    give_role(actor, person_id, terms)
    return person_id


def set_standing(actor: Actor, person_id: int, standing: Standing) -> None:
    """Sets how a volunteer stands, since today; the same again changes nothing. Raises NotFound.

    Whoever has coming shifts is kept from leave by shifts/standing.py, which knows them.
    """
    if not lock_row(Person, person_id) or queries.find_standing(person_id) is None:
        raise NotFound
    changed = db.session.execute(
        update(Volunteer)
        .where(Volunteer.person_id == person_id, Volunteer.standing != standing)
        .values(standing=standing, since=clock.today(clock.HOME_ZONE))
        .returning(Volunteer.person_id)
    ).first()
    if changed is not None:
        record(actor, "set_standing", "person", person_id, standing=standing.value)
