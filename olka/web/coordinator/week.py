"""The week board: places and days, who is where, what is missing; and publishing the week's drafts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from olka.core import clock
from olka.core.errors import NotFound
from olka.core.permissions import Permission, sites_where
from olka.db import transaction
from olka.shifts import board as board_queries
from olka.shifts import planning
from olka.shifts.planning_rules import ClosedStretch
from olka.sites.queries import PlaceRow, closures_between, places_of
from olka.tasks.queries import all_tasks, place_tasks
from olka.web.coordinator.week_board import Week, arrange
from olka.web.gate import current_actor, requires
from olka.web.notes import tell
from olka.web.reading import read_choice, read_day, read_id, read_week

pages: Final = Blueprint("week", __name__)

_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a week, the phone's day, a site, a place, and what is kept."""

    monday: date
    day: date
    site_id: int | None
    place_id: int | None
    only: str | None

    @property
    def saturday(self) -> date:
        """The week's Saturday."""
        return self.monday + timedelta(days=5)

    def words(self, **changes: Any) -> dict[str, Any]:
        """Gives the query words of the same view with some changed; None takes a word away."""
        words = {
            "viikko": week_word(self.monday),
            "toimipaikka": self.site_id,
            "paikka": self.place_id,
            "nayta": self.only,
        }
        return {word: value for word, value in {**words, **changes}.items() if value is not None}

    def at(self, **changes: Any) -> str:
        """Gives the board's address with some words changed."""
        return url_for("week.board", **self.words(**changes))


def week_word(day: date) -> str:
    """Writes the ISO week of a day as the address says it: ``2026-W48``."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


@pages.get("/viikko")
@requires(Permission.RUN_ROTA)
def board() -> ResponseReturnValue:
    """Shows a week of the coordinator's places: who is on which shift, and where people are missing."""
    everywhere = places_of(sites_where(current_actor(), Permission.RUN_ROTA), retired=True)
    today = clock.today(everywhere[0].zone if everywhere else clock.HOME_ZONE)
    asked = _asked(today)
    places = _asked_for(everywhere, asked)
    week = _read(asked.monday, places)
    shown = arrange(week, today, clock.now(), only=asked.only)
    following = asked.monday + timedelta(days=7)
    ids = [place.id for place in places]
    return render_template(
        "coordinator/week.html",
        asked=asked,
        board=shown,
        picked=min(asked.day, shown.last_day),
        places=[place for place in everywhere if place.retired_on is None and place.site_retired_on is None],
        several_sites=len({place.site_id for place in everywhere}) > 1,
        narrowed_to=(places[0].name if asked.place_id else places[0].site_short_name) if places else None,
        before=_link(asked, asked.monday - timedelta(days=7)),
        after=_link(asked, following),
        this_week=None if asked.monday == _monday_of(today) else asked.at(viikko=None),
        today=today,
        drafts_after=board_queries.number_of_drafts(ids, following, following + timedelta(days=6)),
        now_week=asked.monday.isocalendar().week,
        next_week=following.isocalendar().week,
    )


@pages.post("/viikko/julkaise")
@requires(Permission.RUN_ROTA)
def publish_drafts() -> ResponseReturnValue:
    """Publishes the drafts of the week, of the places that the board showed."""
    actor = current_actor()
    with transaction():
        everywhere = places_of(sites_where(actor, Permission.RUN_ROTA), retired=True)
        asked = _asked(clock.today(clock.HOME_ZONE))
        ids = [place.id for place in _asked_for(everywhere, asked)]
        done = planning.publish_drafts(actor, ids, asked.monday, asked.monday + timedelta(days=6))
    number, left = done.number, done.left
    title = ngettext("%(num)d vuoro on julkaistu", "%(num)d vuoroa on julkaistu", number)
    if left:
        tell(
            "need" if not number else "ok",
            title if number else gettext("Mitään ei voitu julkaista"),
            ngettext(
                "%(num)d jäi luonnokseksi: se on jo alkanut, tai paikka tai tehtävä ei ole silloin käytössä.",
                "%(num)d jäi luonnokseksi: ne ovat jo alkaneet, tai paikka tai tehtävä ei ole silloin käytössä.",
                left,
            ),
        )
    elif number:
        tell("ok", title, gettext("Vapaaehtoiset voivat nyt ottaa ne."))
    else:
        tell("info", gettext("Viikolla ei ole luonnoksia"))
    return redirect(asked.at())


def _asked(today: date) -> Asked:
    day = read_day()
    monday = read_week() or _monday_of(day or today)
    if day is None or not monday <= day < monday + timedelta(days=7):
        day = today if monday <= today < monday + timedelta(days=7) else monday
    return Asked(
        monday,
        day,
        read_id("toimipaikka"),
        read_id("paikka"),
        read_choice("nayta", ("aukot", "suljetut")),
    )


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _asked_for(everywhere: Sequence[PlaceRow], asked: Asked) -> list[PlaceRow]:
    """Keeps the places asked for. Raises NotFound for a place or site that isn't the reader's."""
    places = [place for place in everywhere if asked.site_id in (None, place.site_id)]
    if asked.place_id is not None:
        places = [place for place in everywhere if place.id == asked.place_id]
    if not places and (asked.site_id or asked.place_id):
        raise NotFound
    return places


def _read(monday: date, places: Sequence[PlaceRow]) -> Week:
    ids = [place.id for place in places]
    sunday = monday + timedelta(days=6)
    closures = defaultdict(list)
    # A shift of Sunday night touches Monday.
    for closed in closures_between(ids, monday, sunday + timedelta(days=1)):
        closures[closed.place_id].append(ClosedStretch(closed.first_day, closed.last_day, closed.reason))
    return Week(
        monday,
        places,
        board_queries.shifts_between(ids, monday, sunday),
        board_queries.names_between(ids, monday, sunday),
        {task.id: task.name for task in all_tasks().values()},
        closures,
        place_tasks(ids),
    )


def _link(asked: Asked, monday: date) -> str | None:
    """Gives the address of another week; None beyond the weeks that an address can name."""
    return asked.at(viikko=week_word(monday)) if _FIRST_YEAR < monday.year < _LAST_YEAR else None
