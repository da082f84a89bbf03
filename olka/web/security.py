"""Headers and cookies: strict CSP, no framing, nothing personal kept by caches."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask, Response, request, session
from werkzeug.middleware.proxy_fix import ProxyFix

from olka.config import Settings

CSP: Final = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
_YEAR: Final = 365 * 24 * 3600


def security_config(settings: Settings) -> dict[str, Any]:
    """Gives Flask's settings of cookies, hosts and sizes."""
    return {
        "SESSION_COOKIE_NAME": "__Host-olka" if settings.is_https else "olka",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": 90 * 24 * 3600,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "TRUSTED_HOSTS": list(settings.trusted_hosts),
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "MAX_FORM_PARTS": 1000,
        "WTF_CSRF_TIME_LIMIT": None,  # a page may lie open on a desk all day; the token is bound to the session
        "WTF_CSRF_SSL_STRICT": False,
    }


def init_security(app: Flask, settings: Settings) -> None:
    """Sets the headers on every answer, error pages too, and believes only the proxies that are named."""
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CSP)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if settings.is_https:
            headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}; includeSubDomains")
        if "Cache-Control" not in headers:
            # Asked of the cookie alone: the headers of an error's page need no database.
            personal = request.endpoint != "static_files.file" and "_user_id" in session
            headers["Cache-Control"] = "no-store" if personal or request.method != "GET" else "no-cache"
        return response
