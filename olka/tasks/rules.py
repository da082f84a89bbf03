"""Pure decisions on tasks, and the services they belong to."""

from __future__ import annotations

from enum import StrEnum


class Service(StrEnum):
    """The services that tasks belong to (DOMAIN: OIVA, TOIVO, ILONA and the county's own points)."""

    OIVA = "oiva"
    TOIVO = "toivo"
    ILONA = "ilona"
    SUPPORT_POINT = "support_point"
    HEALTH_ROOM = "health_room"
