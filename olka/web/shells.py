"""What every page's shell shows: the tabs that this reader may open, and where her mark leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l

from olka.core.permissions import NOBODY, Kind, Permission, may
from olka.web.gate import current_actor


@dataclass(frozen=True, slots=True)
class Tab:
    """A link of the main menu."""

    href: str
    sign: str
    words: Any
    here: bool


@dataclass(frozen=True, slots=True)
class _Door:
    endpoint: str
    sign: str
    words: Any
    permission: Permission
    area: tuple[str, ...]


_OWN: Final = (
    _Door("own_shifts.mine", "home", _l("Omat vuorot"), Permission.TAKE_SHIFTS, ("own_shifts",)),
    _Door("open_shifts.list_open", "calendar-add", _l("Vapaat vuorot"), Permission.TAKE_SHIFTS, ("open_shifts",)),
    _Door("week.board", "week", _l("Viikko"), Permission.RUN_ROTA, ()),
    _Door("profile.own_profile", "user", _l("Omat tiedot"), Permission.SIGNED_IN, ("profile",)),
)
_HOUSE: Final = ("house", "house_sites", "house_tasks", "accounts_desk")
_DESK: Final = (
    _Door("week.board", "week", _l("Viikko"), Permission.RUN_ROTA, ("week", "shift_desk")),
    _Door("people.list_people", "users", _l("Vapaaehtoiset"), Permission.SEE_PEOPLE, ("people", "person")),
    _Door("places.list_places", "pin", _l("Paikat"), Permission.KEEP_PLACES, ("places", "opening")),
    _Door("house.overview", "edit", _l("Hallinta"), Permission.KEEP_HOUSE, _HOUSE),
    _Door("open_shifts.list_open", "calendar-add", _l("Vapaat vuorot"), Permission.TAKE_SHIFTS, ()),
)


def init_shells(app: Flask) -> None:
    """Gives the templates their tabs and links."""
    app.jinja_env.globals.update(
        own_tabs=lambda: _tabs(_OWN), desk_tabs=lambda: _tabs(_DESK), landing=landing, here=here, shell=shell
    )


def _tabs(doors: tuple[_Door, ...]) -> list[Tab]:
    actor = current_actor()
    area = (request.endpoint or "").partition(".")[0]
    return [
        Tab(url_for(door.endpoint), door.sign, door.words, area in door.area)
        for door in doors
        if may(actor, door.permission)
    ]


def landing() -> str:
    """Tells where a person lands after signing in: the desk, the open shifts, else her own profile."""
    actor = current_actor()
    if actor is NOBODY:
        return url_for("front.front_page")
    if Kind.COORDINATOR in actor.kinds or Kind.ADMIN in actor.kinds:
        return url_for("week.board")
    if Kind.VOLUNTEER in actor.kinds:
        return url_for("open_shifts.list_open")
    return url_for("profile.own_profile")


def shell() -> str:
    """Names the shell in which this reader finds her way when a page isn't there."""
    actor = current_actor()
    if actor is NOBODY:
        return "shells/public.html"
    return "shells/desk.html" if may(actor, Permission.RUN_ROTA) else "shells/own.html"


def here(**changes: Any) -> str:
    """Gives this page's address with some words of its query changed; a page of a list starts over."""
    words: dict[str, Any] = {k: v for k, v in request.args.items() if k != "sivu" and not k.startswith("_")}
    words.update({k: v for k, v in changes.items() if v is not None})
    if request.endpoint is None or request.method != "GET":
        return url_for("front.front_page", **{k: v for k, v in changes.items() if k == "kieli"})
    return url_for(request.endpoint, **(request.view_args or {}), **words)
