"""The form of a shift: making one or a weekly repeat, and changing one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from olka.core.permissions import Permission, sites_where
from olka.shifts.planning_rules import PEOPLE_LIMIT, Plan
from olka.sites.queries import places_of
from olka.tasks.queries import all_tasks, place_tasks
from olka.web.coordinator.place_forms import version_field
from olka.web.coordinator.planning_words import beside
from olka.web.forms import ChoiceField, DateField, Form, NumberField, Text3Field, TimeField, required, text
from olka.web.gate import current_actor
from olka.web.language import language

_HIGHEST_ID: Final = 999_999_999


class ShiftForm(Form):
    """What every shift has."""

    where = ChoiceField(_l("Paikka ja tehtävä"), [required(_l("Valitse jokin luettelon vaihtoehdoista."))])
    day = DateField(
        _l("Päivä"), [required(_l("Kirjoita päivä, esimerkiksi 26.11.2026."))], description=_l("Esimerkiksi 26.11.2026")
    )
    start = TimeField(_l("Alkaa"), [required(_l("Kirjoita, milloin vuoro alkaa, esimerkiksi 9.00."))])
    end = TimeField(_l("Päättyy"), [required(_l("Kirjoita, milloin vuoro päättyy, esimerkiksi 12.00."))])
    min_people = NumberField(
        _l("Vähintään"), [required(_l("Kirjoita, montako vähintään tarvitaan."))], lowest=0, highest=PEOPLE_LIMIT
    )
    max_people = NumberField(
        _l("Enintään"), [required(_l("Kirjoita, montako enintään mahtuu."))], lowest=1, highest=PEOPLE_LIMIT
    )
    note = Text3Field(_l("Lisätieto vuorossa oleville"), long=True)

    def offer(self, present: Plan | None = None) -> None:
        """Offers the tasks of the places at which the reader may make shifts, and what the shift has now."""
        self.where.choices = where_choices(present)

    def plan(self) -> Plan:
        """Gives the plan typed; the form is valid."""
        typed: dict[str, Any] = self.data
        place_id, task_id = map(int, typed["where"].split("-"))
        return Plan(
            place_id,
            task_id,
            typed["day"],
            typed["start"],
            typed["end"],
            typed["min_people"],
            typed["max_people"],
            self.note.text3,
        )

    def refuse(self, obstacles: Iterable[Any]) -> list[str]:
        """Puts each obstacle beside its field; gives the sentences that belong to none."""
        above = []
        for obstacle in obstacles:
            name, words = beside(obstacle)
            field = getattr(self, name, None) if name else None
            if field is None:
                above.append(words)
            else:
                # Two people hindered are two sentences beside one field.
                field.errors = [" ".join([*map(str, field.errors), words])]
        return above


class NewShiftForm(ShiftForm):
    """A new shift, or one a week."""

    until = DateField(
        _l("Toista joka viikko, viimeinen vuoro viimeistään"),
        description=_l("Jätä tyhjäksi, jos vuoro on vain kerran. Päivät, joina paikka on suljettu, jäävät pois."),
    )

    tila = text("")

    def offer(self, present: Plan | None = None) -> None:
        """Offers the tasks of the places; among several, none is picked in silence."""
        super().offer(present)
        if len(self.where.choices) > 1:
            self.offer_none()

    def offer_none(self) -> None:
        """Lets the choice stand open at first."""
        if self.where.choices and self.where.choices[0][0]:
            self.where.choices = [("", _l("Valitse paikka ja tehtävä")), *self.where.choices]

    @property
    def is_draft(self) -> bool:
        """Whether it was sent by the button that keeps it a draft."""
        return bool(self.tila.data == "luonnos")


class ChangeShiftForm(ShiftForm):
    """A shift that is there already, at the version that the coordinator saw."""

    version = version_field()


class VersionForm(Form):
    """A bare button on a shift, at the version that the coordinator saw."""

    version = version_field()


class BookForm(Form):
    """Whom to book."""

    person_id = NumberField("", [required(_l("Valitse vapaaehtoinen."))], lowest=1, highest=_HIGHEST_ID)


def where_choices(present: Plan | None = None) -> list[tuple[str, str]]:
    """Lists the places and tasks at which the reader may make shifts, as the select shows them.

    ``present`` is the plan of a shift that is there: its own place and task stay on offer, out of use or not.
    """
    tongue = language()
    own = (present.place_id, present.task_id) if present else None
    places = {
        place.id: place
        for place in places_of(sites_where(current_actor(), Permission.RUN_ROTA), retired=True)
        if (place.retired_on is None and place.site_retired_on is None) or (own and place.id == own[0])
    }
    tasks = all_tasks()
    several = len({place.site_id for place in places.values()}) > 1
    pairs = [(place_id, task_id) for place_id, task_ids in place_tasks(places).items() for task_id in task_ids]
    if own and own not in pairs:
        pairs.append(own)

    def words(pair: tuple[int, int]) -> str:
        place, task = places[pair[0]], tasks[pair[1]]
        site = f", {place.site_short_name.in_(tongue)}" if several else ""
        return f"{place.name.in_(tongue)}{site}: {task.name.in_(tongue)}"

    order = {place_id: number for number, place_id in enumerate(places)}
    pairs.sort(key=lambda pair: (order[pair[0]], words(pair)))
    return [(f"{place_id}-{task_id}", words((place_id, task_id))) for place_id, task_id in pairs]


def read_first(form: NewShiftForm, place_id: int | None, day: date | None) -> None:
    """Fills a new form with what the board's link tells: the place, where it has a task, and the day."""
    form.day.data = day
    form.min_people.data, form.max_people.data = 1, 2
    if place_id is not None:
        form.where.data = next((value for value, _ in form.where.choices if value.startswith(f"{place_id}-")), None)
        if form.where.data is None:
            form.offer_none()


def fill(form: ChangeShiftForm, plan: Plan, version: int) -> None:
    """Fills a form with a shift as it stands."""
    form.where.data = f"{plan.place_id}-{plan.task_id}"
    form.day.data, form.start.data, form.end.data = plan.day, plan.start, plan.end
    form.min_people.data, form.max_people.data = plan.min_people, plan.max_people
    for tongue in ("fi", "sv", "en"):
        form.note.form[tongue].data = getattr(plan.note, tongue)
    form.version.data = version
