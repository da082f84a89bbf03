"""Delivering what waits: facts completed, letters written, mails handed to the server, each by one worker at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

Completer = Callable[[dict[str, Any]], dict[str, Any] | None]

COMPLETERS: Final[dict[str, Completer]] = {}


def register(kind: str, complete: Completer) -> None:
    """Names what completes the facts of a kind of mail when it leaves.

    It is given the facts as posted (ids) and gives what the template is written with; None where the mail
    has become moot, which drops it. It reads by ``db.session`` and writes nothing.
    """
    COMPLETERS[kind] = complete
