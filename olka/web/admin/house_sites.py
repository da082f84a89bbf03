"""The sites: adding, changing, succession, taking out of use and back."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from olka.core.errors import Refused
from olka.core.permissions import Permission
from olka.db import transaction
from olka.shifts import closing
from olka.sites import queries, service
from olka.web.admin.house_forms import ChangeSiteForm, SiteForm
from olka.web.forms import ButtonForm
from olka.web.gate import current_actor, requires
from olka.web.language import language
from olka.web.notes import tell
from olka.web.place_words import SITE_KINDS, drafts_words, refusals

pages: Final = Blueprint("house_sites", __name__)


@pages.get("/hallinta/toimipaikat")
@requires(Permission.KEEP_HOUSE)
def list_sites() -> ResponseReturnValue:
    """Lists the sites, those out of use too, each with the sites before and after it."""
    sites = queries.sites_of(None, retired=True)
    return render_template(
        "admin/house_sites.html",
        sites=sites,
        by_id={site.id: site for site in sites},
        successors={site.id: [other for other in sites if other.succeeds_id == site.id] for site in sites},
        organisers={row.id: row.name for row in queries.organisers()},
        kinds=SITE_KINDS,
    )


@pages.route("/hallinta/toimipaikat/uusi", methods=["GET", "POST"])
@requires(Permission.KEEP_HOUSE)
def new_site() -> ResponseReturnValue:
    """Adds a site."""
    form, refused = SiteForm(), None
    form.offer([row for row in queries.organisers() if row.retired_on is None], queries.sites_of(None))
    if form.validate_on_submit():
        try:
            with transaction():
                service.create_site(current_actor(), form.facts)
            tell("ok", _("Toimipaikka on lisätty. Lisää sille seuraavaksi paikat."))
            return redirect(url_for("places.list_places"))
        except Refused as no:
            refused = refusals(no.obstacles)
    return render_template("admin/house_site.html", form=form, site=None, refused=refused)


@pages.route("/hallinta/toimipaikat/<id:site_id>/muuta", methods=["GET", "POST"])
@requires(Permission.KEEP_HOUSE)
def change_site(site_id: int) -> ResponseReturnValue:
    """Changes a site: its names, address, contacts, deadlines and whom it follows."""
    site = queries.get_site(site_id)
    form, refused = ChangeSiteForm.of(site), None
    organisers = [row for row in queries.organisers() if row.retired_on is None or row.id == site.organiser_id]
    form.offer(organisers, queries.sites_of(None, retired=True))
    if form.validate_on_submit():
        try:
            with transaction():
                closing.change_site(current_actor(), site_id, form.versio.data, form.facts)
            tell("ok", _("Toimipaikan tiedot on muutettu."))
            return redirect(url_for(".list_sites"))
        except Refused as no:
            refused = refusals(no.obstacles)
    return render_template("admin/house_site.html", form=form, site=site, refused=refused)


@pages.route("/hallinta/toimipaikat/<id:site_id>/poista-kaytosta", methods=["GET", "POST"])
@requires(Permission.KEEP_HOUSE)
def retire_site(site_id: int) -> ResponseReturnValue:
    """Asks, and then takes a site out of use; refused while people are booked there."""
    site = queries.get_site(site_id)
    form, refused = ButtonForm(), None
    if form.validate_on_submit():
        try:
            with transaction():
                drafts = closing.retire_site(current_actor(), site_id)
            tell("ok", _("Toimipaikka on poissa käytöstä."), drafts_words(drafts), post=_back(site_id))
            return redirect(url_for(".list_sites"))
        except Refused as no:
            refused = refusals(no.obstacles)
    return render_template(
        "admin/house_retire.html",
        form=form,
        name=site.name.in_(language()),
        heading=_("Poistatko toimipaikan käytöstä?"),
        then=_(
            "Sen paikat lähtevät etusivulta, eikä vuoroja voi enää tehdä. Menneet vuorot säilyvät. "
            "Voit ottaa toimipaikan takaisin käyttöön."
        ),
        back=url_for(".list_sites"),
        refused=refused,
    )


@pages.post("/hallinta/toimipaikat/<id:site_id>/ota-kayttoon")
@requires(Permission.KEEP_HOUSE)
def take_back_site(site_id: int) -> ResponseReturnValue:
    """Takes a site back into use."""
    with transaction():
        service.take_back_site(current_actor(), site_id)
    tell("ok", _("Toimipaikka on taas käytössä."))
    return redirect(url_for(".list_sites"))


def _back(site_id: int) -> tuple[str, Any]:
    return url_for(".take_back_site", site_id=site_id), _("Ota takaisin käyttöön")
