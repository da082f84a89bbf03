"""Keeping organisers, sites, places, opening hours and closures.

Closing and retiring look at coming bookings first: call those verbs in ``olka.shifts.closing``; what they
stand on here (``put_out_of_use``, ``add_closure``) knows no bookings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from olka.audit.service import record
from olka.core.errors import NotFound, Refused
from olka.core.permissions import Actor
from olka.core.texts import Text3
from olka.db import change_row, db, fetch_all, lock_row
from olka.sites import queries, rules
from olka.sites.models import Closure, OpeningHours, Organiser, Place, Site
from olka.sites.rules import Hours, PlaceKind, SiteKind


@dataclass(frozen=True, slots=True)
class OrganiserFacts:
    """What is kept of a legal person in whose name the activity runs."""

    name: str
    register_number: str
    street: str
    postcode: str
    town: str


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What is kept of a site; ``succeeds_id`` and ``succeeds_from`` are both there or neither."""

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


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What is kept of a place; without a street or map of its own it has its site's."""

    kind: PlaceKind
    name: Text3
    directions: Text3
    street: str
    map_url: str


def create_organiser(actor: Actor, facts: OrganiserFacts) -> int:
    """Adds an organiser and gives its id."""
    row = Organiser(**_values(facts))
    db.session.add(row)
    db.session.flush()
    record(actor, "created", "organiser", row.id)
    return row.id


def change_organiser(actor: Actor, organiser_id: int, version: int, facts: OrganiserFacts) -> None:
    """Changes an organiser. Raises Conflict, NotFound."""
    change_row(Organiser, organiser_id, version, **_values(facts))
    record(actor, "changed", "organiser", organiser_id)


def retire_organiser(actor: Actor, organiser_id: int, today: date) -> None:
    """Takes an organiser out of use. Raises Refused while it runs sites, NotFound."""
    if not lock_row(Organiser, organiser_id):
        raise NotFound
    names = tuple(site.name for site in queries.sites_of(None) if site.organiser_id == organiser_id)
    if names:
        raise Refused(rules.StillInUse(names))
    _retire(actor, Organiser, organiser_id, "organiser", today)


def take_back_organiser(actor: Actor, organiser_id: int) -> None:
    """Takes an organiser back into use. Raises NotFound."""
    _take_back(actor, Organiser, organiser_id, "organiser")


def create_site(actor: Actor, facts: SiteFacts) -> int:
    """Adds a site and gives its id; a second click gives the first one's.

    Raises Refused where what it names can't be.
    """
    _check_site(None, facts)
    if (twin := _find_same(Site, _values(facts), Site.retired_on.is_(None))) is not None:
        return twin
    row = Site(**_values(facts))
    db.session.add(row)
    db.session.flush()
    record(actor, "created", "site", row.id)
    return row.id


def change_site(actor: Actor, site_id: int, version: int, facts: SiteFacts) -> None:
    """Changes a site. Raises Refused for a succession that can't be, Conflict, NotFound."""
    _check_site(site_id, facts)
    change_row(Site, site_id, version, **_values(facts))
    record(actor, "changed", "site", site_id)


def _check_site(site_id: int | None, facts: SiteFacts) -> None:
    if not lock_row(Organiser, facts.organiser_id):
        raise NotFound
    organiser = queries.get_organiser(facts.organiser_id)
    if organiser.retired_on is not None and site_id is None:
        raise Refused(rules.OrganiserRetired())
    if facts.succeeds_id is None:
        return
    # Two admins at once could each close half a circle: whoever names a succession holds all sites.
    db.session.execute(select(Site.id).order_by(Site.id).with_for_update()).all()
    sites = {site.id: site for site in queries.sites_of(None, retired=True)}
    if facts.succeeds_id not in sites:
        raise NotFound
    if site_id is not None:
        others = {site.id: site.succeeds_id for site in sites.values() if site.succeeds_id and site.id != site_id}
        if obstacle := rules.obstacle_to_succession(site_id, facts.succeeds_id, others):
            raise Refused(obstacle)


def take_back_site(actor: Actor, site_id: int) -> None:
    """Takes a site back into use. Raises NotFound."""
    _take_back(actor, Site, site_id, "site")


def create_place(actor: Actor, site_id: int, facts: PlaceFacts) -> int:
    """Adds a place to a site in use and gives its id; a second click gives the first one's.

    Raises NotFound, Refused for a site out of use.
    """
    if not lock_row(Site, site_id):
        raise NotFound
    if queries.get_site(site_id).retired_on is not None:
        raise Refused(rules.SiteRetired())
    if (twin := _find_same(Place, _values(facts), Place.site_id == site_id, Place.retired_on.is_(None))) is not None:
        return twin
    row = Place(site_id=site_id, **_values(facts))
    db.session.add(row)
    db.session.flush()
    record(actor, "created", "place", row.id, site_id=site_id)
    return row.id


def change_place(actor: Actor, place_id: int, version: int, facts: PlaceFacts) -> None:
    """Changes a place. Raises Conflict, NotFound."""
    change_row(Place, place_id, version, **_values(facts))
    record(actor, "changed", "place", place_id)


def take_back_place(actor: Actor, place_id: int) -> None:
    """Takes a place back into use. Raises NotFound."""
    _take_back(actor, Place, place_id, "place")


def set_hours(actor: Actor, place_id: int, version: int, hours: Mapping[int, Iterable[Hours]]) -> None:
    """Sets a place's opening hours, by weekday 1–7, in place of the former ones. Raises Conflict, NotFound."""
    change_row(Place, place_id, version)
    db.session.execute(delete(OpeningHours).where(OpeningHours.place_id == place_id))
    db.session.add_all(
        OpeningHours(place_id=place_id, weekday=weekday, opens=opens, closes=closes)
        for weekday, stretches in hours.items()
        for opens, closes in stretches
    )
    db.session.flush()
    record(actor, "set_hours", "place", place_id)


def add_closure(
    actor: Actor, site_id: int, place_id: int | None, *, first_day: date, last_day: date, reason: Text3
) -> int:
    """Adds a closure of a place, or of the whole site, and gives its id; looks at no bookings.

    Call it under the lock of the place or site: then a second click gives the first one's.
    """
    at_place = Closure.place_id.is_(None) if place_id is None else Closure.place_id == place_id
    same = _find_same(
        Closure,
        {"reason": reason},
        *(Closure.site_id == site_id, at_place, Closure.first_day == first_day, Closure.last_day == last_day),
    )
    if same is not None:
        return same
    row = Closure(site_id=site_id, place_id=place_id, first_day=first_day, last_day=last_day, reason=reason)
    db.session.add(row)
    db.session.flush()
    record(actor, "closed", "closure", row.id, site_id=site_id, place_id=place_id)
    return row.id


def remove_closure(actor: Actor, closure_id: int) -> None:
    """Opens the days of a closure again. Raises NotFound where it is gone."""
    gone = db.session.execute(
        delete(Closure).where(Closure.id == closure_id).returning(Closure.site_id, Closure.place_id)
    ).first()
    if gone is None:
        raise NotFound
    record(actor, "opened", "closure", closure_id, site_id=gone.site_id, place_id=gone.place_id)


def put_out_of_use(actor: Actor, model: type[Site] | type[Place], row_id: int, today: date) -> None:
    """Marks a site or a place as out of use from today; looks at no bookings. Raises NotFound."""
    _retire(actor, model, row_id, "site" if model is Site else "place", today)


def _values(facts: OrganiserFacts | SiteFacts | PlaceFacts) -> dict[str, Any]:
    return {field.name: getattr(facts, field.name) for field in fields(facts)}


def _find_same(model: Any, values: Mapping[str, Any], *where: ColumnElement[bool]) -> int | None:
    """Finds a row that holds just these values; texts in three languages are compared here, JSON can't be there."""
    query = select(model.id, *(getattr(model, name) for name in values)).where(*where).order_by(model.id)
    return next((row_id for row_id, *held in fetch_all(query) if held == list(values.values())), None)


def _retire(actor: Actor, model: Any, row_id: int, word: str, today: date) -> None:
    if not lock_row(model, row_id):
        raise NotFound
    retired = db.session.execute(
        update(model)
        .where(model.id == row_id, model.retired_on.is_(None))
        .values(retired_on=today, version=model.version + 1)
        .returning(model.id)
    ).first()
    if retired:  # a double click finds it done
        record(actor, "retired", word, row_id)


def _take_back(actor: Actor, model: Any, row_id: int, word: str) -> None:
    if not lock_row(model, row_id):
        raise NotFound
    back = db.session.execute(
        update(model)
        .where(model.id == row_id, model.retired_on.is_not(None))
        .values(retired_on=None, version=model.version + 1)
        .returning(model.id)
    ).first()
    if back:
        record(actor, "taken_back", word, row_id)
