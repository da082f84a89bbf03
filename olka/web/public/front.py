"""The front page and the coordinators' contacts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from olka.accounts.contacts import Contact, coordinators_on
from olka.core import clock
from olka.core.permissions import Permission
from olka.core.spans import local
from olka.sites import queries
from olka.sites.queries import SiteRow
from olka.sites.rules import Door
from olka.web.gate import requires
from olka.web.open_points import OpenPoint, open_points

pages: Final = Blueprint("front", __name__)

# What can be visited now stands first; within one state, the order of the sites.
_FIRST: Final = (Door.OPEN, Door.LATER, Door.SHUT, Door.BY_ARRANGEMENT, Door.NOT_YET, Door.OUT_OF_USE)


@dataclass(frozen=True, slots=True)
class SiteContacts:
    """A site with who coordinates it, its public places, and the sites before and after it."""

    site: SiteRow
    contacts: list[Contact]
    points: list[OpenPoint]
    succeeds: SiteRow | None
    successors: list[SiteRow]


@pages.get("/")
@requires(Permission.ANYONE)
def front_page() -> ResponseReturnValue:
    """Tells what OLKA is, which points are open today and when, where they are, and whom to ask."""
    points = [point for point in open_points(queries.places_of(None), clock.now()) if point.is_public]
    points.sort(key=lambda point: _FIRST.index(point.state.door))
    return render_template("public/front_page.html", points=points)


@pages.get("/yhteys")
@requires(Permission.ANYONE)
def contact() -> ResponseReturnValue:
    """Tells for each site how to reach its coordinators, where its points are and when they are open."""
    return render_template("public/contact.html", sites=_contacts())


def _contacts() -> list[SiteContacts]:
    now = clock.now()
    sites = queries.sites_of(None)
    by_id = {site.id: site for site in sites}
    points = [point for point in open_points(queries.places_of(None), now) if point.is_public]
    at_site = {site_id: list(found) for site_id, found in groupby(points, key=lambda p: p.place.site_id)}
    contacts: dict[str, list[Contact]] = {}
    for zone in {site.zone for site in sites}:
        contacts[zone] = coordinators_on(local(now, zone).date())
    return [
        SiteContacts(
            site,
            [who for who in contacts[site.zone] if who.site_id in {None, site.id}],
            at_site.get(site.id, []),
            by_id.get(site.succeeds_id) if site.succeeds_id else None,
            [other for other in sites if other.succeeds_id == site.id],
        )
        for site in sites
    ]
