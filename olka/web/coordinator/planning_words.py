"""The obstacles of planning in words: beside which field they belong, and how a person's are told to a coordinator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext, ngettext

from olka.core import wording
from olka.shifts import planning_rules as planning
from olka.shifts import rules
from olka.volunteers.rules import Standing
from olka.web.language import language

# What belongs to the shift as a whole stands above the fields.
ABOVE = ""


def beside(obstacle: Any) -> tuple[str, str]:
    """Says a planning obstacle: the field it belongs beside (empty: none of them), and the sentence."""
    match obstacle:
        case planning.PlaceRetired():
            return "where", gettext("Paikka on poistettu käytöstä. Valitse toinen paikka.")
        case planning.TaskRetired():
            return "where", gettext("Tehtävä on poistettu käytöstä. Valitse toinen tehtävä.")
        case planning.TaskNotDoneHere():
            return "where", gettext("Tätä tehtävää ei tehdä tässä paikassa. Valitse toinen.")
        case planning.BadNumbers():
            return "min_people", gettext("Vähimmäismäärä on enintään yhtä suuri kuin enimmäismäärä.")
        case planning.InThePast():
            return "day", gettext("Vuoro olisi jo alkanut. Valitse tuleva päivä ja kellonaika.")
        case planning.NoSuchTime():
            return "start" if obstacle.is_start else "end", _no_such_time(obstacle)
        case planning.PlaceClosed() | planning.SiteNotOpen() | planning.AlreadyThere():
            return "day", _of_day(obstacle)
        case planning.BelowTaken() | planning.Hindered():
            return _of_booked(obstacle)
    return _of_repeat(obstacle) or (ABOVE, in_one_sentence([obstacle]))


def _of_repeat(obstacle: Any) -> tuple[str, str] | None:
    match obstacle:
        case planning.RepeatEndsFirst():
            return "until", gettext("Toisto päättyisi ennen ensimmäistä vuoroa. Valitse myöhempi päivä.")
        case planning.TooManyShifts():
            return "until", gettext(
                "Kerralla syntyy enintään %(limit)d vuoroa. Valitse aikaisempi päivä.", limit=obstacle.limit
            )
        case planning.NothingLeft():
            days = left_out_words(obstacle.left_out)
            return "until", gettext("Yhtään vuoroa ei voi tehdä. %(days)s", days=days)
    return None


def _of_booked(obstacle: planning.BelowTaken | planning.Hindered) -> tuple[str, str]:
    if isinstance(obstacle, planning.BelowTaken):
        return "max_people", gettext(
            "Vuorossa on jo %(taken)d: %(names)s. Poista ensin joku vuorosta tai pidä paikat.",
            taken=obstacle.taken,
            names=", ".join(obstacle.names),
        )
    why = ", ".join(about_person(one) for one in obstacle.obstacles)
    at_the_place = any(isinstance(one, rules.NotOfSite | rules.NotAccepted) for one in obstacle.obstacles)
    field = "where" if at_the_place else "start"
    return field, gettext("%(name)s ei voisi olla vuorossa: %(why)s.", name=obstacle.name, why=why)


def _no_such_time(obstacle: planning.NoSuchTime) -> Any:
    return gettext(
        "Kello siirtyy kesäaikaan: %(day)s ei ole kello %(time)s. Valitse toinen aika.",
        day=wording.day_short(obstacle.day, language()),
        time=wording.clock(obstacle.at, language()),
    )


def _of_day(obstacle: planning.PlaceClosed | planning.SiteNotOpen | planning.AlreadyThere) -> Any:
    if isinstance(obstacle, planning.AlreadyThere):
        return gettext("Samanlainen vuoro on jo. Lisää sille paikkoja uuden vuoron sijaan.")
    if isinstance(obstacle, planning.SiteNotOpen):
        return gettext("Toimipaikka avataan %(day)s.", day=wording.day_full(obstacle.opens_on, language()))
    day, reason = wording.day_short(obstacle.day, language()), obstacle.reason.in_(language())
    if reason:
        return gettext("Paikka on suljettu %(day)s: %(reason)s.", day=day, reason=reason)
    return gettext("Paikka on suljettu %(day)s.", day=day)


def about_person(obstacle: Any) -> Any:
    """Says to a coordinator, in a few words, what keeps somebody else from a shift."""
    match obstacle:
        case rules.NotActive(standing=Standing.ON_LEAVE):
            return gettext("on tauolla")
        case rules.NotActive():
            return gettext("ei ole aktiivinen vapaaehtoinen")
        case rules.NotOfSite():
            return gettext(
                "ei ole toimipaikan vapaaehtoinen vuoron päivänä (lisää hänet toimipaikkaan hänen sivullaan)"
            )
        case rules.NotAccepted():
            return gettext("ei ole hyväksytty tähän tehtävään")
        case rules.Overlaps():
            return gettext(
                "on samaan aikaan vuorossa %(when)s, %(place)s",
                when=wording.span(obstacle.when, language()),
                place=obstacle.place_name.in_(language()),
            )
        case rules.Full():
            return gettext("vuoro on täynnä")
        case rules.Begun():
            return gettext("vuoro on jo alkanut")
        case rules.Cancelled():
            return gettext("vuoro on peruttu")
        case rules.NotPublished():
            return gettext("vuoro on vielä luonnos")
    raise TypeError(f"no words for {type(obstacle).__name__}")


def in_one_sentence(obstacles: Iterable[Any]) -> str:
    """Says several obstacles of a person or shift as one sentence."""
    said = ", ".join(about_person(one) for one in obstacles)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def left_out_words(left_out: Sequence[planning.LeftOut]) -> str:
    """Says which days a repeat left out, gathered by reason; dates alone, so that sixty of them fit a note."""
    by_reason: dict[Any, list[str]] = {}
    for one in left_out:
        by_reason.setdefault(_reason(one.why), []).append(wording.day_month(one.day, language()))
    return " ".join(f"{reason}: {', '.join(days)}." for reason, days in by_reason.items())


def _reason(why: planning.DayObstacle) -> Any:
    match why:
        case planning.PlaceClosed():
            return gettext("Paikka on suljettu")
        case planning.NoSuchTime():
            return gettext("Kello siirtyy")
        case planning.SiteNotOpen():
            return gettext("Toimipaikka ei ole vielä auki")
        case planning.AlreadyThere():
            return gettext("Samanlainen vuoro on jo")
    return gettext("Mennyt päivä")


def number_made(number: int) -> Any:
    """Says how many shifts were made."""
    return ngettext("Teit %(num)d vuoron", "Teit %(num)d vuoroa", number)
