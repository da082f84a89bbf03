"""What was sent in the demo: its mails go into a folder, and this page shows them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path
from typing import Final

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from olka.config import settings_of
from olka.core import clock
from olka.core.errors import NotFound
from olka.core.permissions import Permission
from olka.core.spans import local
from olka.outbox import queries
from olka.outbox.sinks import Folder
from olka.web.gate import requires
from olka.web.reading import read_page

pages: Final = Blueprint("demo_mail", __name__)

PAGE: Final = 20
_LINK: Final = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)])")


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail as it is shown; ``parts`` are pieces of its text, each with whether it is a link."""

    id: str
    to: str
    subject: str
    at: datetime
    parts: list[tuple[str, bool]]


@pages.get("/demo/posti")
@requires(Permission.ANYONE)
def inbox() -> ResponseReturnValue:
    """Shows what was sent, newest first, and how much is on its way. Raises NotFound outside the demo."""
    settings = settings_of(current_app)
    if not settings.demo:
        raise NotFound
    page = read_page()
    names = _newest_first(Folder.of(settings.mail_url).path) if settings.mail_url.startswith("file:") else []
    if page > 1 and len(names) <= (page - 1) * PAGE:
        raise NotFound
    here = names[(page - 1) * PAGE : page * PAGE]
    return render_template(
        "public/demo_mail.html",
        mails=[_shown(path) for path in here],
        waiting=queries.waiting(clock.now()),
        page=page,
        has_next=len(names) > page * PAGE,
    )


def _newest_first(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as found:
        mails = [(entry.stat().st_mtime_ns, entry.name) for entry in found if entry.name.endswith(".eml")]
    return [folder / name for _, name in sorted(mails, reverse=True)]


def _shown(path: Path) -> Shown:
    mail = message_from_bytes(path.read_bytes(), EmailMessage, policy=modern)
    text = mail.get_content() if mail.get_content_type() == "text/plain" else ""
    at = mail["Date"].datetime if mail["Date"] else datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Shown(
        path.stem, str(mail["To"] or ""), str(mail["Subject"] or ""), local(at, clock.HOME_ZONE), links_in(text.strip())
    )


def links_in(text: str) -> list[tuple[str, bool]]:
    """Parts a text at its web addresses; a full stop after one doesn't belong to it."""
    return [(piece, number % 2 == 1) for number, piece in enumerate(_LINK.split(text)) if piece]
