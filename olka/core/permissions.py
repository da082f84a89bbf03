"""Who may do what: one enum, one role table, one pure ``may``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import Final


class Kind(StrEnum):
    """The kinds of account; one person can hold several, each at sites of her own."""

    VOLUNTEER = "volunteer"
    COORDINATOR = "coordinator"
    EMPLOYEE = "employee"
    ASSOCIATION = "association"
    WARD = "ward"
    ADMIN = "admin"


class Permission(Enum):
    """What a page or an act asks for; views name one each."""

    ANYONE = "anyone: no sign-in needed"
    SIGNED_IN = "whoever is signed in, whatever the kind"
    TAKE_SHIFTS = "see the open shifts and book one for oneself"
    RUN_ROTA = "make, change and cancel shifts of a site and book people on them"
    SEE_PEOPLE = "see the volunteers of a site and their contacts"
    KEEP_PLACES = "keep a site's places, opening hours and closures"
    KEEP_HOUSE = "keep organisers, sites, tasks and roles"


PERMISSIONS_OF: Final[dict[Kind, frozenset[Permission]]] = {
    Kind.VOLUNTEER: frozenset({Permission.TAKE_SHIFTS}),
    Kind.COORDINATOR: frozenset({Permission.RUN_ROTA, Permission.SEE_PEOPLE, Permission.KEEP_PLACES}),
    Kind.EMPLOYEE: frozenset(),
    Kind.ASSOCIATION: frozenset(),
    Kind.WARD: frozenset(),
    Kind.ADMIN: frozenset({Permission.RUN_ROTA, Permission.SEE_PEOPLE, Permission.KEEP_PLACES, Permission.KEEP_HOUSE}),
}


@dataclass(frozen=True, slots=True)
class Role:
    """An account kind held at a site (none: everywhere), at a place for wards, between two dates."""

    kind: Kind
    site_id: int | None = None
    place_id: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tells whether the role is in force on the day; both ends belong to it."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with the roles that hold today. Nobody signed in is ``NOBODY``."""

    person_id: int | None
    roles: tuple[Role, ...] = ()

    @property
    def kinds(self) -> frozenset[Kind]:
        """The account kinds held at any site."""
        return frozenset(role.kind for role in self.roles)


NOBODY: Final = Actor(None)


def may(actor: Actor, permission: Permission, site_id: int | None = None) -> bool:
    """Tells whether the actor has the permission at the site, or anywhere when no site is named."""
    if permission is Permission.ANYONE:
        return True
    if permission is Permission.SIGNED_IN:
        return actor.person_id is not None
    return any(
        permission in PERMISSIONS_OF[role.kind] and (site_id is None or role.site_id is None or role.site_id == site_id)
        for role in actor.roles
    )


def sites_where(actor: Actor, permission: Permission) -> frozenset[int] | None:
    """Lists the sites at which the actor has the permission; None means every site."""
    sites: set[int] = set()
    for role in actor.roles:
        if permission in PERMISSIONS_OF[role.kind]:
            if role.site_id is None:
                return None
            sites.add(role.site_id)
    return frozenset(sites)
