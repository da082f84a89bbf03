"""What a page says first after an act: a note with, where there is one, the way back."""

from __future__ import annotations

from typing import Any, Literal

from flask import flash, get_flashed_messages, session

Tone = Literal["ok", "need", "stop", "info"]


def tell(
    tone: Tone,
    title: Any,
    text: Any = "",
    *,
    post: tuple[str, Any] | None = None,
    link: tuple[str, Any] | None = None,
) -> None:
    """Leaves a note for the next page: ``post`` is (address, words) of a button, ``link`` of a link."""
    flash(
        {
            "tone": tone,
            "title": str(title),
            "text": str(text),
            "post": [post[0], str(post[1])] if post else None,
            "link": [link[0], str(link[1])] if link else None,
        },  # type: ignore[arg-type]  # Flask passes any JSON value through
        "note",
    )


def take_notes() -> list[Any]:
    """Takes the notes left for this page; each is shown once."""
    return list(get_flashed_messages(category_filter=["note"]))


def take_back_notes() -> None:
    """Forgets the notes that wait for a page: an act that came to nothing has said nothing."""
    session.pop("_flashes", None)
