"""The only place that reads the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from olka.core.spans import HOME_ZONE


def now() -> datetime:
    """Tells the present instant, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """Tells today's date in the IANA zone named, e.g. ``Europe/Helsinki``."""
    return now().astimezone(ZoneInfo(zone)).date()


__all__ = ["HOME_ZONE", "now", "today"]
