"""Named reads of volunteers: their standing, and the roles that make them volunteers of a site."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select

from olka.accounts.models import Person, RoleRow
from olka.core.permissions import Kind, Role
from olka.db import db
from olka.volunteers.models import Volunteer
from olka.volunteers.rules import Standing

_PEOPLE, _VOLUNTEERS, _ROLES = Person.__table__, Volunteer.__table__, RoleRow.__table__
_STANDING = select(_VOLUNTEERS.c.standing).where(_VOLUNTEERS.c.person_id == bindparam("person_id"))
_MEMBERSHIPS = (
    select(
        *(_PEOPLE.c.id, _PEOPLE.c.disabled_at, _VOLUNTEERS.c.standing),
        *(_ROLES.c.site_id, _ROLES.c.starts_on, _ROLES.c.ends_on),
    )
    .outerjoin_from(_PEOPLE, _VOLUNTEERS, _VOLUNTEERS.c.person_id == _PEOPLE.c.id)
    .outerjoin(_ROLES, and_(_ROLES.c.person_id == _PEOPLE.c.id, _ROLES.c.kind == Kind.VOLUNTEER))
    .where(_PEOPLE.c.id.in_(bindparam("person_ids", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Membership:
    """How somebody stands as a volunteer, and the roles that make her one of a site: none in a closed account."""

    standing: Standing | None
    roles: tuple[Role, ...] = ()


def find_standing(person_id: int) -> Standing | None:
    """Finds how a volunteer stands; None for someone who has never been one."""
    return db.session.scalar(_STANDING, {"person_id": person_id})


def memberships_of(person_ids: Collection[int]) -> dict[int, Membership]:
    """Tells of each person how she stands, and her volunteer's roles, past and coming ones too."""
    standings: dict[int, Standing | None] = {}
    roles: dict[int, list[Role]] = {person_id: [] for person_id in person_ids}
    for person_id, disabled_at, standing, site_id, starts_on, ends_on in db.session.execute(
        _MEMBERSHIPS, {"person_ids": list(person_ids)}
    ):
        standings[person_id] = standing
        if site_id is not None and disabled_at is None:
            roles[person_id].append(Role(Kind.VOLUNTEER, site_id, None, starts_on, ends_on))
    return {person_id: Membership(standings.get(person_id), tuple(held)) for person_id, held in roles.items()}
