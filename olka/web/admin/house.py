"""Keeping the house: its doors, and the organisers in whose name the activity runs."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from olka.core import clock
from olka.core.errors import Refused
from olka.core.permissions import Permission
from olka.db import transaction
from olka.sites import queries, service
from olka.tasks.queries import all_tasks
from olka.web.admin.house_forms import ChangeOrganiserForm, OrganiserForm
from olka.web.forms import ButtonForm
from olka.web.gate import current_actor, requires
from olka.web.notes import tell
from olka.web.place_words import refusals

pages: Final = Blueprint("house", __name__)

# What has no site of its own goes by the clock of the country.


@pages.get("/hallinta")
@requires(Permission.KEEP_HOUSE)
def overview() -> ResponseReturnValue:
    """Shows the doors to organisers, sites, tasks and accounts."""
    return render_template(
        "admin/house.html",
        organisers=[row for row in queries.organisers() if row.retired_on is None],
        sites=queries.sites_of(None),
        tasks=[task for task in all_tasks().values() if task.retired_on is None],
    )


@pages.get("/hallinta/jarjestajat")
@requires(Permission.KEEP_HOUSE)
def list_organisers() -> ResponseReturnValue:
    """Lists the organisers, those out of use too."""
    return render_template("admin/house_organisers.html", organisers=queries.organisers())


@pages.route("/hallinta/jarjestajat/uusi", methods=["GET", "POST"])
@requires(Permission.KEEP_HOUSE)
def new_organiser() -> ResponseReturnValue:
    """Adds an organiser."""
    form = OrganiserForm()
    if not form.validate_on_submit():
        return render_template("admin/house_organiser.html", form=form, organiser=None)
    with transaction():
        service.create_organiser(current_actor(), form.facts)
    tell("ok", _("Järjestäjä on lisätty."))
    return redirect(url_for(".list_organisers"))


@pages.route("/hallinta/jarjestajat/<id:organiser_id>/muuta", methods=["GET", "POST"])
@requires(Permission.KEEP_HOUSE)
def change_organiser(organiser_id: int) -> ResponseReturnValue:
    """Changes an organiser's name, register number or address."""
    organiser = queries.get_organiser(organiser_id)
    form = ChangeOrganiserForm.of(organiser)
    if not form.validate_on_submit():
        return render_template("admin/house_organiser.html", form=form, organiser=organiser)
    with transaction():
        service.change_organiser(current_actor(), organiser_id, form.versio.data, form.facts)
    tell("ok", _("Järjestäjän tiedot on muutettu."))
    return redirect(url_for(".list_organisers"))


@pages.route("/hallinta/jarjestajat/<id:organiser_id>/poista-kaytosta", methods=["GET", "POST"])
@requires(Permission.KEEP_HOUSE)
def retire_organiser(organiser_id: int) -> ResponseReturnValue:
    """Asks, and then takes an organiser out of use; refused while it runs sites."""
    organiser = queries.get_organiser(organiser_id)
    form, refused = ButtonForm(), None
    if form.validate_on_submit():
        try:
            with transaction():
                service.retire_organiser(current_actor(), organiser_id, clock.today(clock.HOME_ZONE))
            tell("ok", _("Järjestäjä on poissa käytöstä."), post=_back(organiser_id))
            return redirect(url_for(".list_organisers"))
        except Refused as no:
            refused = refusals(no.obstacles)
    return render_template(
        "admin/house_retire.html",
        form=form,
        name=organiser.name,
        heading=_("Poistatko järjestäjän käytöstä?"),
        then=_("Uusille toimipaikoille sitä ei voi enää valita. Voit ottaa sen takaisin käyttöön."),
        back=url_for(".list_organisers"),
        refused=refused,
    )


@pages.post("/hallinta/jarjestajat/<id:organiser_id>/ota-kayttoon")
@requires(Permission.KEEP_HOUSE)
def take_back_organiser(organiser_id: int) -> ResponseReturnValue:
    """Takes an organiser back into use."""
    with transaction():
        service.take_back_organiser(current_actor(), organiser_id)
    tell("ok", _("Järjestäjä on taas käytössä."))
    return redirect(url_for(".list_organisers"))


def _back(organiser_id: int) -> tuple[str, Any]:
    return url_for(".take_back_organiser", organiser_id=organiser_id), _("Ota takaisin käyttöön")
