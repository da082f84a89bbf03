"""When places are open: a week's hours, and the closures of a place or of a whole site."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from olka.audit.queries import find_detail
from olka.core import clock
from olka.core.errors import NotFound, Refused
from olka.core.permissions import Permission
from olka.db import transaction
from olka.shifts import closing
from olka.shifts.board import number_of_drafts
from olka.sites import queries, service
from olka.web.coordinator.place_forms import ClosureForm, HoursForm
from olka.web.coordinator.places import kept_place, kept_site
from olka.web.gate import current_actor, require_at, requires
from olka.web.notes import tell
from olka.web.place_words import drafts_words, refusals

pages: Final = Blueprint("opening", __name__)


@pages.route("/paikat/<id:place_id>/aukiolot", methods=["GET", "POST"])
@requires(Permission.KEEP_PLACES)
def set_hours(place_id: int) -> ResponseReturnValue:
    """Sets a place's hours for each weekday, several stretches a day where it has a break."""
    place = kept_place(place_id)
    form = HoursForm.of(queries.hours_of([place_id])[place_id], place.version)
    if not form.validate_on_submit():
        return render_template("coordinator/place_hours.html", form=form, place=place)
    with transaction():
        service.set_hours(current_actor(), place_id, form.versio.data, form.week)
    tell("ok", _("Aukioloajat on muutettu."))
    return redirect(url_for("places.show_place", place_id=place_id))


@pages.route("/paikat/<id:place_id>/sulje", methods=["GET", "POST"])
@requires(Permission.KEEP_PLACES)
def close_place(place_id: int) -> ResponseReturnValue:
    """Closes a place for some days; refused while people are booked there then."""
    place = kept_place(place_id)
    form, refused = ClosureForm(), None
    if form.validate_on_submit():
        try:
            with transaction():
                drafts = closing.close_place(current_actor(), place_id, **_days(form))
            tell("ok", _("Paikka on suljettu näiksi päiviksi."), drafts_words(drafts))
            return redirect(url_for("places.show_place", place_id=place_id))
        except Refused as no:
            refused = refusals(no.obstacles)
    return render_template(
        "coordinator/closure.html", form=form, place=place, site=queries.get_site(place.site_id), refused=refused
    )


@pages.route("/paikat/toimipaikka/<id:site_id>/sulje", methods=["GET", "POST"])
@requires(Permission.KEEP_PLACES)
def close_site(site_id: int) -> ResponseReturnValue:
    """Closes a whole site for some days; refused while people are booked there then."""
    site = kept_site(site_id)
    form, refused = ClosureForm(), None
    if form.validate_on_submit():
        try:
            with transaction():
                drafts = closing.close_site(current_actor(), site_id, **_days(form))
            tell("ok", _("Toimipaikka on suljettu näiksi päiviksi."), drafts_words(drafts))
            return redirect(url_for("places.list_places"))
        except Refused as no:
            refused = refusals(no.obstacles)
    return render_template("coordinator/closure.html", form=form, place=None, site=site, refused=refused)


@pages.post("/paikat/sulku/<id:closure_id>/poista")
@requires(Permission.KEEP_PLACES)
def remove_closure(closure_id: int) -> ResponseReturnValue:
    """Opens the days of a closure again; a second click finds it gone."""
    try:
        closure = queries.get_closure(closure_id)
        require_at(Permission.KEEP_PLACES, closure.site_id)
        drafts = _drafts_in(closure)
        with transaction():
            service.remove_closure(current_actor(), closure_id)
    except NotFound:
        gone = find_detail(current_actor().person_id, "opened", "closure", closure_id)
        if gone is None:
            raise
        tell("ok", _("Sulku on jo poistettu."))
        return _to_place(gone.get("place_id"))
    tell("ok", _("Sulku on poistettu."), _("Luonnoksina olevat vuorot julkaiset viikolta.") if drafts else "")
    return _to_place(closure.place_id)


def _drafts_in(closure: queries.ClosureRow) -> int:
    """Counts the drafts of the days that open: those that the closure made, and others."""
    places = queries.places_of(frozenset({closure.site_id}))
    at = [place for place in places if closure.place_id in (None, place.id)]
    if not at:
        return 0
    first = max(closure.first_day, clock.today(at[0].zone))
    return number_of_drafts([place.id for place in at], first, closure.last_day)


def _to_place(place_id: int | None) -> ResponseReturnValue:
    if place_id is None:
        return redirect(url_for("places.list_places"))
    return redirect(url_for("places.show_place", place_id=place_id))


def _days(form: ClosureForm) -> dict[str, Any]:
    return {"first_day": form.alkaa.data, "last_day": form.last_day, "reason": form.syy.text3}
