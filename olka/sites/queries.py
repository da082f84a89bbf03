"""Named reads of organisers, sites, places, opening hours and closures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from olka.core.errors import NotFound
from olka.core.texts import Text3
from olka.db import db, fetch_all
from olka.sites.models import Closure, OpeningHours, Organiser, Place, Site
from olka.sites.rules import PlaceKind, SiteKind, Stretch


@dataclass(frozen=True, slots=True)
class OrganiserRow:
    """An organiser as it stands."""

    id: int
    name: str
    register_number: str
    street: str
    postcode: str
    town: str
    retired_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site as it stands."""

    id: int
    organiser_id: int
    kind: SiteKind
    name: Text3
    short_name: Text3
    street: str
    postcode: str
    town: str
    map_url: str
    directions: Text3
    zone: str
    phone: str
    mail: str
    opens_on: date | None
    succeeds_id: int | None
    succeeds_from: date | None
    cancel_hours: int
    undo_minutes: int
    retired_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place with what its site sets; street and map are the site's where the place has none of its own."""

    id: int
    site_id: int
    kind: PlaceKind
    name: Text3
    site_name: Text3
    site_short_name: Text3
    town: str
    zone: str
    cancel_hours: int
    undo_minutes: int
    directions: Text3
    site_directions: Text3
    street: str
    postcode: str
    map_url: str
    site_phone: str
    site_mail: str
    opens_on: date | None
    retired_on: date | None
    site_retired_on: date | None
    version: int

    @property
    def in_use(self) -> bool:
        """Tells whether the place and its site are both in use."""
        return self.retired_on is None and self.site_retired_on is None


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """A place's own street and map link, empty where it has its site's."""

    street: str
    map_url: str


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """A closure as it stands; without a place it is of the whole site."""

    id: int
    site_id: int
    place_id: int | None
    first_day: date
    last_day: date
    reason: Text3


class ClosedDays(NamedTuple):
    """Days, both ends included, on which a place is closed, by itself or with its whole site."""

    place_id: int
    first_day: date
    last_day: date
    reason: Text3


_SITE: tuple[Any, ...] = tuple(getattr(Site, name) for name in SiteRow.__slots__)
_PLACES, _SITES = Place.__table__, Site.__table__
_PLACE: tuple[Any, ...] = (
    _PLACES.c.id,
    _PLACES.c.site_id,
    _PLACES.c.kind,
    _PLACES.c.name,
    _SITES.c.name.label("site_name"),
    _SITES.c.short_name,
    _SITES.c.town,
    _SITES.c.zone,
    _SITES.c.cancel_hours,
    _SITES.c.undo_minutes,
    _PLACES.c.directions,
    _SITES.c.directions.label("site_directions"),
    func.coalesce(func.nullif(_PLACES.c.street, ""), _SITES.c.street),
    _SITES.c.postcode,
    func.coalesce(func.nullif(_PLACES.c.map_url, ""), _SITES.c.map_url),
    _SITES.c.phone,
    _SITES.c.mail,
    _SITES.c.opens_on,
    _PLACES.c.retired_on,
    _SITES.c.retired_on.label("site_retired_on"),
    _PLACES.c.version,
)
_ORGANISER: tuple[Any, ...] = tuple(getattr(Organiser, name) for name in OrganiserRow.__slots__)
_CLOSURE: tuple[Any, ...] = tuple(getattr(Closure, name) for name in ClosureRow.__slots__)


def organisers() -> list[OrganiserRow]:
    """Lists every organiser by name, those out of use too."""
    rows = (OrganiserRow(*row) for row in fetch_all(select(*_ORGANISER)))
    return sorted(rows, key=lambda o: (o.name.casefold(), o.id))


def get_organiser(organiser_id: int) -> OrganiserRow:
    """Reads an organiser, one out of use too. Raises NotFound."""
    row = db.session.execute(select(*_ORGANISER).where(Organiser.id == organiser_id)).first()
    if row is None:
        raise NotFound
    return OrganiserRow(*row)


def sites_of(site_ids: frozenset[int] | None, *, retired: bool = False) -> list[SiteRow]:
    """Lists the sites (None: all) by name; those out of use only when asked for."""
    query = select(*_SITE)
    if site_ids is not None:
        query = query.where(Site.id.in_(site_ids))
    if not retired:
        query = query.where(Site.retired_on.is_(None))
    return sorted((SiteRow(*row) for row in fetch_all(query)), key=lambda s: (s.name.fi.casefold(), s.id))


def get_site(site_id: int) -> SiteRow:
    """Reads a site, one out of use too. Raises NotFound."""
    row = db.session.execute(select(*_SITE).where(Site.id == site_id)).first()
    if row is None:
        raise NotFound
    return SiteRow(*row)


# Nearly every page asks this: its columns are put together once.
_PLACES_AND_SITES = select(*_PLACE).join_from(_PLACES, _SITES, _SITES.c.id == _PLACES.c.site_id)


def places_of(site_ids: frozenset[int] | None, *, retired: bool = False) -> list[PlaceRow]:
    """Lists the places of the sites (None: of all) by site and name; those out of use only when asked for."""
    query = _PLACES_AND_SITES
    if site_ids is not None:
        query = query.where(_PLACES.c.site_id.in_(site_ids))
    if not retired:
        query = query.where(_PLACES.c.retired_on.is_(None), _SITES.c.retired_on.is_(None))
    return sorted(
        (PlaceRow(*row) for row in fetch_all(query)),
        key=lambda p: (p.site_name.fi.casefold(), p.site_id, p.name.fi.casefold(), p.id),
    )


class PlaceName(NamedTuple):
    """A place by its name and its site's, for lists that show no more of it."""

    id: int
    site_id: int
    name: Text3
    site_short_name: Text3


_PLACE_NAMES = (
    select(_PLACES.c.id, _PLACES.c.site_id, _PLACES.c.name, _SITES.c.short_name)
    .join_from(_PLACES, _SITES, _SITES.c.id == _PLACES.c.site_id)
    .where(_PLACES.c.retired_on.is_(None), _SITES.c.retired_on.is_(None))
)


def place_names(site_ids: frozenset[int] | None) -> list[PlaceName]:
    """Lists the places in use of the sites (None: of all) by site and name."""
    query = _PLACE_NAMES if site_ids is None else _PLACE_NAMES.where(_PLACES.c.site_id.in_(site_ids))
    return sorted(
        (PlaceName(*row) for row in fetch_all(query)),
        key=lambda p: (p.site_short_name.fi.casefold(), p.site_id, p.name.fi.casefold(), p.id),
    )


def get_place(place_id: int) -> PlaceRow:
    """Reads a place, one out of use too. Raises NotFound."""
    row = db.session.execute(select(*_PLACE).join(Site, Site.id == Place.site_id).where(Place.id == place_id)).first()
    if row is None:
        raise NotFound
    return PlaceRow(*row)


def own_address(place_id: int) -> OwnAddress:
    """Reads the address that a place has of its own, for changing it. Raises NotFound."""
    row = db.session.execute(select(Place.street, Place.map_url).where(Place.id == place_id)).first()
    if row is None:
        raise NotFound
    return OwnAddress(*row)


def hours_of(place_ids: Collection[int]) -> dict[int, list[Stretch]]:
    """Lists the opening hours of each place in order; a place without any is there, empty."""
    found: dict[int, list[Stretch]] = {place_id: [] for place_id in place_ids}
    for place_id, weekday, opens, closes in fetch_all(
        select(OpeningHours.place_id, OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes)
        .where(OpeningHours.place_id.in_(place_ids))
        .order_by(OpeningHours.place_id, OpeningHours.weekday, OpeningHours.opens)
    ):
        found[place_id].append(Stretch(weekday, opens, closes))
    return found


def closures_from(site_ids: frozenset[int] | None, first: date) -> list[ClosureRow]:
    """Lists the closures of the sites (None: of all) and of their places that last until the day or later."""
    at: ColumnElement[bool] = true() if site_ids is None else Closure.site_id.in_(site_ids)
    query = select(*_CLOSURE).where(at, Closure.last_day >= first).order_by(Closure.first_day, Closure.id)
    return [ClosureRow(*row) for row in fetch_all(query)]


def get_closure(closure_id: int) -> ClosureRow:
    """Reads a closure. Raises NotFound."""
    row = db.session.execute(select(*_CLOSURE).where(Closure.id == closure_id)).first()
    if row is None:
        raise NotFound
    return ClosureRow(*row)


def closures_between(place_ids: Collection[int], first: date, last: date) -> list[ClosedDays]:
    """Lists what closes the places on any day from first to last: their own and their whole site's."""
    return [
        ClosedDays(*row)
        for row in fetch_all(
            select(Place.id, Closure.first_day, Closure.last_day, Closure.reason)
            .join(
                Closure,
                and_(
                    Closure.site_id == Place.site_id,
                    or_(Closure.place_id.is_(None), Closure.place_id == Place.id),
                ),
            )
            .where(Place.id.in_(place_ids), Closure.first_day <= last, Closure.last_day >= first)
            .order_by(Closure.first_day, Place.id, Closure.id)
        )
    ]
