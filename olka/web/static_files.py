"""Static files under an address that changes with their content, so that a phone keeps them for a year."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue

from olka.config import ROOT
from olka.core.errors import NotFound
from olka.core.permissions import Permission
from olka.web.gate import requires

FOLDER: Final = ROOT / "static"
_TEXT: Final = (".css", ".svg", ".js", ".txt")
pages: Final = Blueprint("static_files", __name__)


@cache
def files() -> dict[str, Path]:
    """Lists every static file by its name in an address, read once: no other name is one."""
    return {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.rglob("*")) if path.is_file()}


@cache
def version() -> str:
    """Sums up the content of every static file in a few characters."""
    digest = hashlib.sha256()
    for name, path in files().items():
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:10]


def static_url(name: str) -> str:
    """Gives a static file's address, which changes with the content."""
    return f"/static/{version()}/{name}"


@cache
def _gzipped(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)


@pages.get("/static/<release>/<path:name>")
@requires(Permission.ANYONE)
def file(release: str, name: str) -> ResponseReturnValue:
    """Sends a static file; under its present address it may be kept for a year. Raises NotFound."""
    path = files().get(name)
    if path is None:
        raise NotFound
    packs = name.endswith(_TEXT) and bool(request.accept_encodings["gzip"])
    response: Response = send_file(path, conditional=not packs)
    if packs:
        packed = Response(_gzipped(path), mimetype=response.mimetype, headers={"Content-Encoding": "gzip"})
        packed.vary.add("Accept-Encoding")
        response.close()
        response = packed
    response.direct_passthrough = False
    response.make_sequence()  # read and closed here: compressing would leave the file open
    if release == version():
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    return response
