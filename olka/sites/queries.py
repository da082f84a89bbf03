"""Named reads of organisers, sites, places, opening hours and closures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select

from olka.core.errors import NotFound
from olka.core.texts import Text3
from olka.db import db, fetch_all
from olka.sites.models import Closure, Place, Site
from olka.sites.rules import PlaceKind, SiteKind


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


class ClosedDays(NamedTuple):
    """Days, both ends included, on which a place is closed, by itself or with its whole site."""

    place_id: int
    first_day: date
    last_day: date
    reason: Text3


_SITE: tuple[Any, ...] = tuple(getattr(Site, name) for name in SiteRow.__slots__)
_PLACE: tuple[Any, ...] = (
    Place.id,
    Place.site_id,
    Place.kind,
    Place.name,
    Site.name.label("site_name"),
    Site.short_name,
    Site.town,
    Site.zone,
    Site.cancel_hours,
    Site.undo_minutes,
    Place.directions,
    Site.directions.label("site_directions"),
    func.coalesce(func.nullif(Place.street, ""), Site.street),
    Site.postcode,
    func.coalesce(func.nullif(Place.map_url, ""), Site.map_url),
    Site.phone,
    Site.mail,
    Site.opens_on,
    Place.retired_on,
    Site.retired_on.label("site_retired_on"),
)


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


def places_of(site_ids: frozenset[int] | None, *, retired: bool = False) -> list[PlaceRow]:
    """Lists the places of the sites (None: of all) by site and name; those out of use only when asked for."""
    query = select(*_PLACE).join(Site, Site.id == Place.site_id)
    if site_ids is not None:
        query = query.where(Place.site_id.in_(site_ids))
    if not retired:
        query = query.where(Place.retired_on.is_(None), Site.retired_on.is_(None))
    return sorted(
        (PlaceRow(*row) for row in fetch_all(query)),
        key=lambda p: (p.site_name.fi.casefold(), p.site_id, p.name.fi.casefold(), p.id),
    )


def get_place(place_id: int) -> PlaceRow:
    """Reads a place, one out of use too. Raises NotFound."""
    row = db.session.execute(
        select(*_PLACE).join(Site, Site.id == Place.site_id).where(Place.id == place_id)
    ).first()
    if row is None:
        raise NotFound
    return PlaceRow(*row)


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
