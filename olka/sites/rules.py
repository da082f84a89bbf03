"""Pure decisions on sites and places, and their kinds."""

from __future__ import annotations

from enum import StrEnum


class SiteKind(StrEnum):
    """What a site is."""

    HOSPITAL = "hospital"
    HEALTH_STATION = "health_station"
    LIVING_ROOM = "living_room"
    COMMUNITY_HOUSE = "community_house"


class PlaceKind(StrEnum):
    """What a place within a site is; a unit of the hospital is a ward."""

    POINT = "point"
    SUPPORT_POINT = "support_point"
    HEALTH_ROOM = "health_room"
    WARD = "ward"
    LOBBY = "lobby"
    ROOM = "room"
