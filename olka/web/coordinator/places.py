"""A site's places: what they are, how one finds them, what is done there; making, changing and retiring them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from olka.core import clock
from olka.core.errors import NotFound, Refused
from olka.core.permissions import Permission, sites_where
from olka.db import transaction
from olka.shifts import closing
from olka.sites import queries, service
from olka.sites.queries import ClosureRow, PlaceRow, SiteRow
from olka.tasks.queries import TaskRow, all_tasks, place_tasks, tasks_at
from olka.web.coordinator.place_forms import ChangePlaceForm, PlaceForm, PlaceTasksForm
from olka.web.forms import ButtonForm
from olka.web.gate import current_actor, require_at, requires
from olka.web.language import language
from olka.web.notes import tell
from olka.web.open_points import OpenPoint, open_points
from olka.web.place_words import PLACE_KINDS, drafts_words, refusals

pages: Final = Blueprint("places", __name__)


@dataclass(frozen=True, slots=True)
class SitePlaces:
    """A site with its places in use, those out of use, and the closures that lie ahead."""

    site: SiteRow
    points: list[OpenPoint]
    retired: list[PlaceRow]
    closures: list[ClosureRow]


@pages.get("/paikat")
@requires(Permission.KEEP_PLACES)
def list_places() -> ResponseReturnValue:
    """Lists the places of the reader's sites with their doors, hours and what is done there."""
    scope = sites_where(current_actor(), Permission.KEEP_PLACES)
    now = clock.now()
    places = queries.places_of(scope, retired=True)
    points = open_points([place for place in places if place.in_use], now)
    closures = queries.closures_from(scope, now.date())
    sites = [
        SitePlaces(
            site,
            [point for point in points if point.place.site_id == site.id],
            [place for place in places if place.site_id == site.id and place.retired_on is not None],
            [closure for closure in closures if closure.site_id == site.id],
        )
        for site in queries.sites_of(scope)
    ]
    names = {place.id: place.name for place in places}
    tasks = all_tasks()
    done = {place_id: _names_of(ids, tasks) for place_id, ids in place_tasks([p.place.id for p in points]).items()}
    return render_template("coordinator/places.html", sites=sites, done=done, kinds=PLACE_KINDS, names=names)


@pages.get("/paikat/<id:place_id>")
@requires(Permission.KEEP_PLACES)
def show_place(place_id: int) -> ResponseReturnValue:
    """Shows a place with its hours, closures and tasks, and what can be changed."""
    place = kept_place(place_id)
    now = clock.now()
    closures = [
        closure
        for closure in queries.closures_from(frozenset({place.site_id}), now.date())
        if closure.place_id in {None, place_id}
    ]
    return render_template(
        "coordinator/place.html",
        place=place,
        point=open_points([place], now)[0],
        closures=closures,
        tasks=_names_of(tasks_at(place_id), all_tasks()),
        kinds=PLACE_KINDS,
    )


@pages.route("/paikat/toimipaikka/<id:site_id>/uusi", methods=["GET", "POST"])
@requires(Permission.KEEP_PLACES)
def new_place(site_id: int) -> ResponseReturnValue:
    """Adds a place to a site of the reader's."""
    site = kept_site(site_id)
    form = PlaceForm()
    if not form.validate_on_submit():
        return render_template("coordinator/place_form.html", form=form, site=site, place=None)
    with transaction():
        place_id = service.create_place(current_actor(), site_id, form.facts)
    tell("ok", _("Paikka on lisätty. Kerro vielä, milloin se on auki ja mitä siellä tehdään."))
    return redirect(url_for(".show_place", place_id=place_id))


@pages.route("/paikat/<id:place_id>/muuta", methods=["GET", "POST"])
@requires(Permission.KEEP_PLACES)
def change_place(place_id: int) -> ResponseReturnValue:
    """Changes what a place is called and how one finds it."""
    place = kept_place(place_id)
    form = ChangePlaceForm.of(place, queries.own_address(place_id))
    if not form.validate_on_submit():
        return render_template(
            "coordinator/place_form.html", form=form, site=queries.get_site(place.site_id), place=place
        )
    with transaction():
        service.change_place(current_actor(), place_id, form.versio.data, form.facts)
    tell("ok", _("Paikan tiedot on muutettu."))
    return redirect(url_for(".show_place", place_id=place_id))


@pages.route("/paikat/<id:place_id>/tehtavat", methods=["GET", "POST"])
@requires(Permission.KEEP_PLACES)
def set_tasks(place_id: int) -> ResponseReturnValue:
    """Sets what is done at a place."""
    place = kept_place(place_id)
    form = PlaceTasksForm(data={"tehtavat": tasks_at(place_id), "versio": place.version})
    form.offer([task for task in all_tasks().values() if task.retired_on is None])
    refused = None
    if form.validate_on_submit():
        try:
            with transaction():
                drafts = closing.set_tasks_of_place(current_actor(), place_id, form.versio.data, form.tehtavat.data)
            tell("ok", _("Paikan tehtävät on muutettu."), drafts_words(drafts))
            return redirect(url_for(".show_place", place_id=place_id))
        except Refused as no:
            refused = refusals(no.obstacles)
    return render_template("coordinator/place_tasks.html", form=form, place=place, refused=refused)


@pages.route("/paikat/<id:place_id>/poista-kaytosta", methods=["GET", "POST"])
@requires(Permission.KEEP_PLACES)
def retire_place(place_id: int) -> ResponseReturnValue:
    """Asks, and then takes a place out of use; refused while people are booked there."""
    place = kept_place(place_id)
    form, refused = ButtonForm(), None
    if form.validate_on_submit():
        try:
            with transaction():
                drafts = closing.retire_place(current_actor(), place_id)
            tell("ok", _("Paikka on poissa käytöstä."), drafts_words(drafts), post=_back(place_id))
            return redirect(url_for(".list_places"))
        except Refused as no:
            refused = refusals(no.obstacles)
    return render_template("coordinator/place_retire.html", form=form, place=place, refused=refused)


@pages.post("/paikat/<id:place_id>/ota-kayttoon")
@requires(Permission.KEEP_PLACES)
def take_back_place(place_id: int) -> ResponseReturnValue:
    """Takes a place back into use."""
    kept_place(place_id)
    with transaction():
        service.take_back_place(current_actor(), place_id)
    tell("ok", _("Paikka on taas käytössä."))
    return redirect(url_for(".show_place", place_id=place_id))


def kept_place(place_id: int) -> PlaceRow:
    """Reads a place that the reader keeps. Raises NotFound for another's, too."""
    place = queries.get_place(place_id)
    require_at(Permission.KEEP_PLACES, place.site_id)
    return place


def kept_site(site_id: int) -> SiteRow:
    """Reads a site in use whose places the reader keeps. Raises NotFound for another's, too."""
    require_at(Permission.KEEP_PLACES, site_id)
    site = queries.get_site(site_id)
    if site.retired_on is not None:
        raise NotFound
    return site


def _names_of(task_ids: Sequence[int], tasks: Mapping[int, TaskRow]) -> list[str]:
    return sorted(tasks[task_id].name.in_(language()) for task_id in task_ids)


def _back(place_id: int) -> tuple[str, Any]:
    return url_for(".take_back_place", place_id=place_id), _("Ota takaisin käyttöön")
