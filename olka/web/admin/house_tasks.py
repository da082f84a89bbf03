"""The tasks: adding, changing, taking out of use and back."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from olka.core import clock
from olka.core.errors import Refused
from olka.core.permissions import Permission
from olka.db import transaction
from olka.shifts import closing
from olka.tasks import queries, service
from olka.web.admin.house_forms import ChangeTaskForm, TaskForm
from olka.web.forms import ButtonForm
from olka.web.gate import current_actor, requires
from olka.web.language import language
from olka.web.notes import tell
from olka.web.place_words import SERVICES, drafts_words, refusals

pages: Final = Blueprint("house_tasks", __name__)


@pages.get("/hallinta/tehtavat")
@requires(Permission.KEEP_HOUSE)
def list_tasks() -> ResponseReturnValue:
    """Lists the tasks by service, those out of use too."""
    return render_template("admin/house_tasks.html", tasks=list(queries.all_tasks().values()), services=SERVICES)


@pages.route("/hallinta/tehtavat/uusi", methods=["GET", "POST"])
@requires(Permission.KEEP_HOUSE)
def new_task() -> ResponseReturnValue:
    """Adds a task."""
    form = TaskForm()
    if not form.validate_on_submit():
        return render_template("admin/house_task.html", form=form, task=None)
    with transaction():
        service.create_task(current_actor(), form.facts)
    tell("ok", _("Tehtävä on lisätty. Koordinaattori valitsee, missä sitä tehdään."))
    return redirect(url_for(".list_tasks"))


@pages.route("/hallinta/tehtavat/<id:task_id>/muuta", methods=["GET", "POST"])
@requires(Permission.KEEP_HOUSE)
def change_task(task_id: int) -> ResponseReturnValue:
    """Changes a task's service, name or description."""
    task = queries.get_task(task_id)
    form = ChangeTaskForm.of(task)
    if not form.validate_on_submit():
        return render_template("admin/house_task.html", form=form, task=task)
    with transaction():
        service.change_task(current_actor(), task_id, form.versio.data, form.facts)
    tell("ok", _("Tehtävän tiedot on muutettu."))
    return redirect(url_for(".list_tasks"))


@pages.route("/hallinta/tehtavat/<id:task_id>/poista-kaytosta", methods=["GET", "POST"])
@requires(Permission.KEEP_HOUSE)
def retire_task(task_id: int) -> ResponseReturnValue:
    """Asks, and then takes a task out of use; refused while people are booked for it."""
    task = queries.get_task(task_id)
    form, refused = ButtonForm(), None
    if form.validate_on_submit():
        try:
            with transaction():
                drafts = closing.retire_task(current_actor(), task_id, clock.today(clock.HOME_ZONE))
            tell("ok", _("Tehtävä on poissa käytöstä."), drafts_words(drafts), post=_back(task_id))
            return redirect(url_for(".list_tasks"))
        except Refused as no:
            refused = refusals(no.obstacles)
    return render_template(
        "admin/house_retire.html",
        form=form,
        name=task.name.in_(language()),
        heading=_("Poistatko tehtävän käytöstä?"),
        then=_("Siihen ei voi enää tehdä vuoroja. Menneet vuorot säilyvät. Voit ottaa tehtävän takaisin käyttöön."),
        back=url_for(".list_tasks"),
        refused=refused,
    )


@pages.post("/hallinta/tehtavat/<id:task_id>/ota-kayttoon")
@requires(Permission.KEEP_HOUSE)
def take_back_task(task_id: int) -> ResponseReturnValue:
    """Takes a task back into use."""
    with transaction():
        service.take_back_task(current_actor(), task_id)
    tell("ok", _("Tehtävä on taas käytössä."))
    return redirect(url_for(".list_tasks"))


def _back(task_id: int) -> tuple[str, Any]:
    return url_for(".take_back_task", task_id=task_id), _("Ota takaisin käyttöön")
