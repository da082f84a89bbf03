"""One family of errors: rules return obstacles, services raise these, web/errors.py translates them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class OlkaError(Exception):
    """The root of every error that the program raises on purpose."""


class NotFound(OlkaError):
    """The thing asked for does not exist, or not for this reader."""


class Forbidden(OlkaError):
    """The reader is known, but her kind of account has no such page or act."""


class Refused(OlkaError):
    """A rule said no; ``obstacles`` holds every reason at once, as the rule returned them."""

    def __init__(self, *obstacles: Any) -> None:
        super().__init__(", ".join(type(o).__name__ for o in obstacles))
        self.obstacles: Sequence[Any] = obstacles


class Conflict(OlkaError):
    """Somebody else was first: the thing changed or filled while this request was under way."""


class Throttled(OlkaError):
    """Too many tries; ``retry_after`` tells in seconds when to try again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class BadInput(OlkaError):
    """The address or form holds something that can't be read, e.g. a date that isn't one."""


class NotReady(OlkaError):
    """The service can't do its work now; the message is for the machine that asked, in one line."""
