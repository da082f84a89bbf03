"""Kinds of sites and places, services of tasks, and what keeps the house from a change, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from olka.core import wording
from olka.shifts.closing import ComingBookings, HitShifts
from olka.shifts.standing_rules import ComingShift
from olka.sites import rules
from olka.sites.rules import HoursFault, PlaceKind, SiteKind
from olka.tasks.rules import Service
from olka.web.language import language
from olka.web.obstacles import Said, words_of

SITE_KINDS: Final = {
    SiteKind.HOSPITAL: _l("Sairaala"),
    SiteKind.HEALTH_STATION: _l("Terveysasema"),
    SiteKind.LIVING_ROOM: _l("Olohuone"),
    SiteKind.COMMUNITY_HOUSE: _l("Kumppanuustalo"),
}
PLACE_KINDS: Final = {
    PlaceKind.POINT: _l("OLKA-piste"),
    PlaceKind.SUPPORT_POINT: _l("Tuki- ja ohjauspiste"),
    PlaceKind.HEALTH_ROOM: _l("Terveystietotupa"),
    PlaceKind.WARD: _l("Osasto tai yksikkö"),
    PlaceKind.LOBBY: _l("Aula"),
    PlaceKind.ROOM: _l("Huone tai tila"),
}
SERVICES: Final = {
    Service.OIVA: _l("OIVA, tietoa ja ohjausta"),
    Service.TOIVO: _l("TOIVO, vertaistukea"),
    Service.ILONA: _l("ILONA, iloa sairaalapäivään"),
    Service.SUPPORT_POINT: _l("Tuki- ja ohjauspiste"),
    Service.HEALTH_ROOM: _l("Terveystietotupa"),
}
HOURS_FAULTS: Final = {
    HoursFault.UNREADABLE: _l("Kirjoita ajat muodossa 9–15 tai 9–12, 13–16."),
    HoursFault.BACKWARDS: _l("Aika päättyy ennen kuin alkaa. Kirjoita alku ensin, esimerkiksi 9–15."),
    HoursFault.OVERLAP: _l("Kaksi aikaa menee päällekkäin. Korjaa ne tai yhdistä yhdeksi."),
    HoursFault.TOO_MANY: _l("Yhteen päivään mahtuu enintään neljä aikaa."),
}


MOST_LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, with the coming shifts that stand in the way; ``more`` tells how many were left off."""

    why: str
    sign: str
    shifts: tuple[ComingShift, ...] = ()
    more: int = 0


def refusals(obstacles: Iterable[Any]) -> list[Refusal]:
    """Says each obstacle, and lists the coming shifts with the people on them, the first ones first."""
    found = []
    for obstacle in obstacles:
        said = words_of(obstacle)
        shifts = obstacle.shifts if isinstance(obstacle, ComingBookings | HitShifts) else ()
        found.append(Refusal(said.why, said.sign, shifts[:MOST_LISTED], max(len(shifts) - MOST_LISTED, 0)))
    return found


def drafts_words(number: int) -> str:
    """Tells what became of published shifts that nobody had taken; empty where there were none."""
    if not number:
        return ""
    return str(
        ngettext(
            "Yksi vuoro, jolla ei ollut ketään, on nyt luonnos.",
            "%(num)d vuoroa, joilla ei ollut ketään, on nyt luonnoksina.",
            number,
        )
    )


def _names(texts: Any) -> str:
    return ", ".join(text.in_(language()) for text in texts)


@words_of.register
def _coming(obstacle: ComingBookings) -> Said:
    said = []
    if obstacle.ahead:
        said.append(
            ngettext(
                "Yhdessä tulevassa vuorossa on jo ihmisiä. Peru vuoro tai ota heidät siitä pois ensin.",
                "%(num)d tulevassa vuorossa on jo ihmisiä. Peru vuorot tai ota heidät niistä pois ensin.",
                len(obstacle.ahead),
            )
        )
    if obstacle.under_way:
        last = max(obstacle.under_way, key=lambda shift: shift.when.to_span().ends_at)
        until = wording.moment(last.when.to_span().ends_at, last.when.zone, language())
        said.append(gettext("Vuoro on nyt käynnissä %(until)s asti. Tee muutos sen jälkeen.", until=until))
    return Said(" ".join(said), "users")


@words_of.register
def _hit(obstacle: HitShifts) -> Said:
    return Said(
        ngettext(
            "Muutos osuisi yhteen tulevaan vuoroon. Peru tai siirrä se ensin.",
            "Muutos osuisi %(num)d tulevaan vuoroon. Peru tai siirrä ne ensin.",
            len(obstacle.shifts),
        ),
        "calendar",
    )


@words_of.register
def _wrong_days(obstacle: rules.WrongDays) -> Said:
    if obstacle.too_long:
        return Said(gettext("Sulku kestää enintään kaksi vuotta. Lyhennä sitä tai poista paikka käytöstä."), "calendar")
    return Said(gettext("Sulun viimeinen päivä on jo mennyt. Valitse päivä, joka on edessä."), "calendar")


@words_of.register
def _itself(_obstacle: rules.SucceedsItself) -> Said:
    return Said(gettext("Toimipaikka ei voi jatkaa omaa työtään. Valitse toinen toimipaikka."), "swap")


@words_of.register
def _circle(_obstacle: rules.SuccessionCircle) -> Said:
    return Said(gettext("Valittu toimipaikka jatkaa itse tämän työtä. Valitse toinen toimipaikka."), "swap")


@words_of.register
def _still_in_use(obstacle: rules.StillInUse) -> Said:
    names = _names(obstacle.names)
    return Said(
        gettext("Järjestäjällä on toimipaikkoja: %(names)s. Vaihda niille ensin toinen järjestäjä.", names=names),
        "home",
    )


@words_of.register
def _organiser_retired(_obstacle: rules.OrganiserRetired) -> Said:
    return Said(gettext("Järjestäjä on poissa käytöstä. Valitse toinen tai ota se takaisin käyttöön."), "home")


@words_of.register
def _site_retired(_obstacle: rules.SiteRetired) -> Said:
    return Said(gettext("Toimipaikka on poissa käytöstä. Uusia paikkoja ei voi lisätä."), "home")
