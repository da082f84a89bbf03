"""Every obstacle in words: why not, and the way on. A room that returns new obstacles registers their words here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from flask import url_for
from flask_babel import gettext

from olka.core import wording
from olka.shifts import rules
from olka.volunteers.rules import Standing
from olka.web.language import language


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that says why not, its sign, and the way on (address and words) where there is one."""

    why: str
    sign: str = "lock"
    href: str = ""
    act: str = ""


@singledispatch
def words_of(obstacle: Any) -> Said:
    """Says an obstacle in the reader's language, as told to the person whom it concerns."""
    raise TypeError(f"no words for {type(obstacle).__name__}: register them in web/obstacles.py")


@words_of.register
def _not_active(obstacle: rules.NotActive) -> Said:
    if obstacle.standing is Standing.ON_LEAVE:
        why = gettext("Olet tauolla. Kerro koordinaattorille, kun haluat palata.")
    else:
        why = gettext("Et ole nyt mukana vapaaehtoisena. Koordinaattori voi aktivoida sinut.")
    return Said(why, "info", url_for("front.contact"), gettext("Soita koordinaattorille"))


@words_of.register
def _not_of_site(_obstacle: rules.NotOfSite) -> Said:
    return Said(
        gettext("Et ole tämän toimipaikan vapaaehtoinen vuoron päivänä."),
        "lock",
        url_for("front.contact"),
        gettext("Soita koordinaattorille"),
    )


@words_of.register
def _not_accepted(_obstacle: rules.NotAccepted) -> Said:
    return Said(
        gettext("Sinua ei ole vielä hyväksytty tähän tehtävään. Koordinaattori kertoo, mitä se vaatii."),
        "lock",
        url_for("front.contact"),
        gettext("Kysy koordinaattorilta"),
    )


@words_of.register
def _full(_obstacle: rules.Full) -> Said:
    return Said(
        gettext("Vuoro on täynnä. Paikka voi vapautua, jos joku peruu."),
        "users",
        url_for("open_shifts.list_open"),
        gettext("Katso muut vuorot"),
    )


@words_of.register
def _overlaps(obstacle: rules.Overlaps) -> Said:
    when = wording.span(obstacle.when, language())
    place = obstacle.place_name.in_(language())
    return Said(
        gettext("Sinulla on samaan aikaan vuoro %(when)s, %(place)s.", when=when, place=place),
        "clock",
        url_for("own_shifts.mine", _anchor=f"vuoro-{obstacle.shift_id}"),
        gettext("Katso vuoroasi"),
    )


@words_of.register
def _begun(_obstacle: rules.Begun) -> Said:
    return Said(gettext("Vuoro on jo alkanut."), "clock", url_for("front.contact"), gettext("Soita koordinaattorille"))


@words_of.register
def _cancelled(_obstacle: rules.Cancelled) -> Said:
    return Said(gettext("Vuoro on peruttu."), "x", url_for("open_shifts.list_open"), gettext("Katso muut vuorot"))


@words_of.register
def _not_published(_obstacle: rules.NotPublished) -> Said:
    return Said(
        gettext("Vuoro ei ole nyt varattavissa."),
        "info",
        url_for("open_shifts.list_open"),
        gettext("Katso muut vuorot"),
    )


@words_of.register
def _past_deadline(obstacle: rules.PastDeadline) -> Said:
    until = wording.moment(obstacle.until, obstacle.zone, language())
    return Said(
        gettext("Vuoron saattoi perua %(until)s asti. Jos et pääse, soita koordinaattorille.", until=until),
        "clock",
        url_for("front.contact"),
        gettext("Soita koordinaattorille"),
    )
