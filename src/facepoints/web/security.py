"""Who may use the service, and what browsers are told about its answers."""

from __future__ import annotations

import base64
import binascii
import hmac
import re

from starlette.datastructures import Headers

from facepoints.web.problems import Problem
from facepoints.web.settings import ServeSettings

__all__ = ["check_access", "response_headers"]

_HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE)

_SITE = re.compile(r"^https?://")

_OPEN = ("/v1/health", "/v1/ready")
"""What needs no key: whoever watches over the service has none."""

_PERMISSIONS = "camera=(self), microphone=(), geolocation=(), display-capture=(), usb=(), payment=()"


def check_access(settings: ServeSettings, path: str, method: str, headers: Headers) -> None:
    """Check the name by which the service was reached, the site that asks, and the key.

    Raises:
        Problem: the request may not be served.
    """
    host = headers.get("host", "")
    _check_host(settings, host)
    if method != "OPTIONS":  # a browser asks with it which sites may; it brings no key
        _check_origin(settings, host, headers.get("origin"), method)
        if settings.api_key is not None and path not in _OPEN:
            _check_key(settings.api_key, headers)


def _check_host(settings: ServeSettings, host: str) -> None:
    # A page of another site can make its name point to this machine (DNS rebinding), but not change the name.
    if settings.hosts is None:
        return
    match = _HOST.fullmatch(host)
    if match is None or match["name"].lower().strip("[]") not in settings.hosts:
        raise Problem("wrong-host", f"Not served as {host[:100]!r}. Start it with --allow-host to change this")


def _check_origin(settings: ServeSettings, host: str, origin: str | None, method: str) -> None:
    """Browsers say in ``Origin`` which site's page asks; programs send none."""
    allowed = settings.allow_origins or ()
    if origin is None or method in ("GET", "HEAD") or origin in allowed or "*" in allowed:
        return
    if _SITE.sub("", origin.lower(), count=1) != host.lower():
        raise Problem(
            "forbidden-origin", f"Pages of {origin[:100]!r} may not use this service. Start it with --allow-origin"
        )


def _check_key(key: str, headers: Headers) -> None:
    shown = headers.get("x-api-key") or _shown_key(headers.get("authorization", ""))
    if not hmac.compare_digest(shown.encode("utf-8", "replace"), key.encode()):
        # Browsers ask their user for a password, and send it with all that the page does.
        challenge = {"WWW-Authenticate": 'Basic realm="facepoints", Bearer realm="facepoints"'}
        raise Problem(
            "unauthorised",
            "Show the key as X-API-Key, as Authorization: Bearer, or in a browser as the password (any user name)",
            challenge,
        )


def _shown_key(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def response_headers(host: str, path: str) -> list[tuple[bytes, bytes]]:
    """The headers of every answer.

    Args:
        host: of the request: what the page may open its live socket to.
        path: of the request.
    """
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    policy = (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
        f"connect-src 'self'{sockets}; script-src 'self'; style-src 'self'; object-src 'none'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": _PERMISSIONS,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if path.startswith("/v1/"):
        headers["Cache-Control"] = "no-store"
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
