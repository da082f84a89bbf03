"""The outbox's timed work: mails whose time of keeping is over are deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from olka.core.jobs import Job
from olka.db import transaction
from olka.outbox import service

_AT_ONCE: Final = 500


def purge() -> None:
    """Deletes sent and dropped messages after 30 days, dead ones after 90, a few hundred in a transaction."""
    full = True
    while full:
        with transaction():
            full = service.purge(_AT_ONCE) == _AT_ONCE


JOBS: Final = (Job("purge_outbox", timedelta(hours=6), purge),)
