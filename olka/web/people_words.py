"""People in words: kinds of account, standings, languages, and why a change in them can't be made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from olka.accounts import people_rules as people
from olka.accounts.people_rules import Dates
from olka.core import wording
from olka.eligibility import rules as eligibility
from olka.shifts.standing_rules import ComingShift, HasShifts
from olka.volunteers.rules import Standing
from olka.web.language import language
from olka.web.obstacles import Said, words_of

STANDINGS: Final[dict[Standing, Any]] = {
    Standing.ACTIVE: _l("Aktiivinen"),
    Standing.ON_LEAVE: _l("Tauolla"),
    Standing.LEFT: _l("Lopettanut"),
}
LANGUAGES: Final[dict[str, Any]] = {"fi": _l("suomi"), "sv": _l("ruotsi"), "en": _l("englanti")}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refused change says on its page: the reasons, and the shifts that stand in its way."""

    title: str
    reasons: list[Said]
    shifts: list[tuple[ComingShift, str]]


def refusal(title: str, obstacles: Iterable[Any], scope: frozenset[int] | None) -> Refusal:
    """Makes the words of a refusal; shifts of the coordinator's own sites come with a link."""
    found = list(obstacles)
    shifts = [shift for obstacle in found if isinstance(obstacle, HasShifts) for shift in obstacle.shifts]
    return Refusal(title, [words_of(obstacle) for obstacle in found], with_links(shifts, scope))


def with_links(shifts: Iterable[ComingShift], scope: frozenset[int] | None) -> list[tuple[ComingShift, str]]:
    """Gives each shift with the address of its page, empty at a site that isn't the reader's."""
    return [
        (
            shift,
            url_for("shift_desk.show", shift_id=shift.shift_id) if scope is None or shift.site_id in scope else "",
        )
        for shift in shifts
    ]


def dates_in_words(dates: Dates) -> str:
    """Writes from when until when, both days included: ``1.12.–12.12.2026``, ``1.12.2026 alkaen``."""
    tongue, (first, last) = language(), dates
    if last is None:
        return str(gettext("%(start)s alkaen", start=wording.day_full(first, tongue)))
    start = wording.day_month(first, tongue) if first.year == last.year else wording.day_full(first, tongue)
    return f"{start}{' – ' if tongue == 'en' else '–'}{wording.day_full(last, tongue)}"


@words_of.register
def _has_shifts(obstacle: HasShifts) -> Said:
    count = len(obstacle.shifts)
    return Said(
        ngettext(
            "Hänellä on tuleva vuoro. Ota hänet ensin pois vuorosta.",
            "Hänellä on %(num)d tulevaa vuoroa. Ota hänet ensin pois niistä.",
            count,
        ),
        "calendar",
    )


@words_of.register
def _last_admin(obstacle: people.LastAdmin) -> Said:
    day = wording.day_full(obstacle.day, language())
    return Said(
        gettext("Palvelussa ei olisi yhtään ylläpitäjää %(day)s alkaen. Anna rooli ensin toiselle.", day=day),
        "lock",
    )


@words_of.register
def _roles_elsewhere(_obstacle: people.RolesElsewhere) -> Said:
    return Said(
        gettext("Hänellä on rooleja myös muualla. Ylläpitäjä muuttaa hänen yhteystietonsa ja tekee koodin."),
        "lock",
    )


@words_of.register
def _disabled(_obstacle: people.Disabled) -> Said:
    return Said(gettext("Hänen tunnuksensa on suljettu. Ylläpitäjä voi avata sen."), "lock")


@words_of.register
def _held_already(obstacle: people.HeldAlready) -> Said:
    dates = dates_in_words((obstacle.starts_on, obstacle.ends_on))
    return Said(gettext("Hänellä on jo sama rooli osin samoina päivinä: %(dates)s.", dates=dates), "info")


@words_of.register
def _site_missing(_obstacle: people.SiteMissing) -> Said:
    return Said(gettext("Valitse toimipaikka. Vain ylläpitäjän rooli on ilman sitä."), "pin")


@words_of.register
def _place_missing(_obstacle: people.PlaceMissing) -> Said:
    return Said(gettext("Valitse osasto, jonka yhteyshenkilö hän on."), "pin")


@words_of.register
def _place_elsewhere(_obstacle: people.PlaceElsewhere) -> Said:
    return Said(gettext("Valitse osasto, joka kuuluu valittuun toimipaikkaan."), "pin")


@words_of.register
def _ends_before_start(_obstacle: people.EndsBeforeStart) -> Said:
    return Said(gettext("Valitse viimeinen päivä, joka ei ole ennen ensimmäistä."), "calendar")


@words_of.register
def _own_deputy(_obstacle: people.OwnDeputy) -> Said:
    return Said(gettext("Valitse sijaiseksi joku toinen."), "user")


@words_of.register
def _no_deputy_for(_obstacle: people.NoDeputyFor) -> Said:
    return Said(gettext("Sijainen nimetään vain koordinaattorin omalle roolille."), "user")


@words_of.register
def _deputy_outside(obstacle: people.DeputyOutside) -> Said:
    dates = dates_in_words((obstacle.starts_on, obstacle.ends_on))
    return Said(gettext("Valitse sijaisuudelle päivät väliltä %(dates)s.", dates=dates), "calendar")


@words_of.register
def _no_volunteer(_obstacle: eligibility.NoVolunteer) -> Said:
    return Said(gettext("Hän ei ole nyt vapaaehtoinen. Ota hänet ensin mukaan."), "user")


@words_of.register
def _task_retired(_obstacle: eligibility.TaskRetired) -> Said:
    return Said(gettext("Tehtävää ei enää tehdä."), "info")
