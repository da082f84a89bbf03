"""The only place that knows HTTP statuses: each error becomes a page that says why and what to do next."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, SecurityError

from olka.core.errors import BadInput, Conflict, Forbidden, NotFound, NotReady, OlkaError, Refused, Throttled
from olka.db import db, is_away
from olka.web.notes import take_back_notes
from olka.web.obstacles import words_of

log: Final = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Words:
    """What an error page says."""

    title: Any
    text: Any


_WORDS: Final[dict[int, Words]] = {
    400: Words(
        _l("Osoitteessa tai lomakkeessa on jotain, mitä emme voi lukea"),
        _l("Tarkista osoite tai aloita alusta etusivulta."),
    ),
    403: Words(
        _l("Tämä sivu ei kuulu sinun tunnuksellesi"),
        _l("Jos sen pitäisi kuulua, pyydä oikeus koordinaattorilta."),
    ),
    404: Words(
        _l("Sivua ei löydy"),
        _l("Se on voitu poistaa, tai osoitteessa on virhe."),
    ),
    405: Words(
        _l("Näin tälle sivulle ei pääse"),
        _l("Palaa etusivulle ja yritä sitä kautta."),
    ),
    409: Words(
        _l("Joku ehti ensin"),
        _l("Tieto muuttui sillä välin, kun katsoit sivua. Avaa sivu uudelleen ja yritä uudestaan."),
    ),
    413: Words(
        _l("Lähetit liikaa tietoa kerralla"),
        _l("Lyhennä tekstejä ja lähetä lomake uudelleen."),
    ),
    429: Words(
        _l("Liian monta yritystä"),
        _l("Odota hetki ja yritä uudelleen, tai soita koordinaattorille."),
    ),
    500: Words(
        _l("Jokin meni meillä vikaan"),
        _l("Mitään ei tallennettu. Yritä hetken päästä uudelleen, tai soita koordinaattorille."),
    ),
    503: Words(
        _l("Palvelussa on nyt ruuhkaa"),
        _l("Mitään ei tallennettu. Yritä hetken päästä uudelleen."),
    ),
}

_CSRF: Final = Words(
    _l("Lomake on vanhentunut"),
    _l("Avaa sivu uudelleen ja lähetä lomake toisen kerran. Mitään ei tallennettu."),
)

_STATUS: Final[tuple[tuple[type[OlkaError], int], ...]] = (
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (BadInput, 400),
    (Throttled, 429),
)


def init_errors(app: Flask) -> None:
    """Makes every error of the app a page in the reader's language."""
    app.register_error_handler(OlkaError, _olka_error)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(Exception, _unexpected)


def error_page(status: int, words: Words | None = None) -> Response:
    """Renders the page of an error with its status."""
    said = words or _WORDS.get(status) or _WORDS[500 if status >= 500 else 400]
    return make_response(render_template("errors/error.html", words=said, status=status), status)


def not_here(page: str) -> Response:
    """Answers 404 with a page of its own, where the general one says too little of the way on."""
    return make_response(page, 404)


def list_page(page: str, *, past_end: bool) -> Response:
    """Answers with a page of a list: 404 where the list doesn't go on so far; the page itself leads back."""
    return make_response(page, 404 if past_end else 200)


def _refused(error: Refused) -> Response:
    take_back_notes()
    said = [words_of(obstacle) for obstacle in error.obstacles]
    return make_response(render_template("errors/refused.html", said=said), 409)


def _olka_error(error: OlkaError) -> Response:
    if isinstance(error, NotReady):  # a probe reads one line, and no page can be made without the database
        return make_response(f"{error}\n", 503, {"Content-Type": "text/plain; charset=utf-8"})
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    if status == 500:
        log.error("unexpected", error=type(error).__name__, exc_info=error)
    take_back_notes()
    response = error_page(status)
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _csrf_error(_error: CSRFError) -> Response:
    return error_page(400, _CSRF)


def _http_error(error: HTTPException) -> Response:
    code = error.code or 500
    if code < 400:  # a redirect that the router raised
        return make_response(error.get_response())
    if isinstance(error, SecurityError):  # a foreign Host header: no address of ours can be made for it
        return make_response("400 Unknown host", code, {"Content-Type": "text/plain; charset=utf-8"})
    response = error_page(code)
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _database_error(error: DBAPIError) -> Response:
    _undo()
    log.error("database", view=request.endpoint, exc_info=error)
    return error_page(503 if is_away(error) else 500)


def _unexpected(error: Exception) -> Response:
    _undo()
    log.error("unexpected", view=request.endpoint, exc_info=error)
    return error_page(500)


def _undo() -> None:
    """Lets go of what the failed request read, and of what it was about to say: a failed commit never says "done"."""
    take_back_notes()
    with suppress(DBAPIError):  # a connection that is away has nothing left to roll back
        db.session.rollback()
