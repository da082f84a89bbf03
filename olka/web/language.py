"""Which language a page speaks, and how it writes days and times."""

from __future__ import annotations

from typing import Any, Final, cast

from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel
from flask_login import current_user

from olka.config import ROOT
from olka.core.texts import LANGUAGES, Language

COOKIE: Final = "kieli"


def language() -> Language:
    """Tells the language of this request: fi, sv or en."""
    if "language" not in g:
        g.language = _choose()
    return cast(Language, g.language)


def _choose() -> str:
    for wish in (request.args.get("kieli"), request.cookies.get(_cookie())):
        if wish in LANGUAGES:
            return wish
    own = getattr(current_user, "language", None)
    return own or request.accept_languages.best_match(LANGUAGES) or "fi"


def _cookie() -> str:
    """Names the cookie; over https the name itself binds it to this host."""
    return f"__Host-{COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE


def _flags() -> dict[str, Any]:
    return {"samesite": "Lax", "httponly": True, "secure": current_app.config["SESSION_COOKIE_SECURE"]}


def forget_wish(response: Response) -> None:
    """Takes this browser's wish back, so that the person's own choice holds."""
    response.delete_cookie(_cookie(), **_flags())


def init_language(app: Flask) -> None:
    """Makes the app speak the reader's language; ``?kieli=sv`` is remembered in a cookie of this browser."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "olka" / "translations")
    app.config["BABEL_DEFAULT_LOCALE"] = "fi"
    Babel(app, locale_selector=lambda: language() if has_request_context() else "fi")

    @app.after_request
    def remember(response: Response) -> Response:
        wish = request.args.get("kieli")
        if wish in LANGUAGES and request.cookies.get(_cookie()) != wish:
            response.set_cookie(_cookie(), wish, **_flags())
        if "language" in g:  # else nothing was written for a reader
            response.headers.setdefault("Content-Language", language())
        response.vary.update(("Accept-Language", "Cookie"))
        return response
