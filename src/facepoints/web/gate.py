"""What every request passes, and every answer: checks of access, security headers, and counting."""

from __future__ import annotations

import logging
import time
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from facepoints.web.context import Context
from facepoints.web.problems import Problem
from facepoints.web.security import check_access, response_headers
from facepoints.web.settings import ServeSettings

__all__ = ["Gate"]

_LOGGER = logging.getLogger("facepoints.web")

_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")


class Gate:
    """ASGI middleware around the whole application.

    Args:
        app: the application.
        settings: of the service.
    """

    def __init__(self, app: ASGIApp, settings: ServeSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection."""
        if scope["type"] == "http":
            await self._serve_request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._serve_socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = time.perf_counter()
        headers = Headers(scope=scope)
        secured = response_headers(headers.get("host", ""), scope["path"])
        status: int | None = None

        async def send_secured(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *secured]
            await send(message)

        # The server leaves out the body; to the application it is a GET.
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        try:
            refusal = self._refusal(scope, scope["method"], headers)
            await (self._app if refusal is None else refusal)(inner, receive, send_secured)
        except Exception:
            # What is logged is where it happened, not the picture.
            _LOGGER.exception("%s %s failed", scope["method"], scope["path"][:200])
            if status is not None:
                raise
            await Problem("internal-error", "The error is in the log of the service").response()(
                scope, receive, send_secured
            )
        finally:
            self._count(inner, status or 500, time.perf_counter() - start)

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope, "WEBSOCKET", Headers(scope=scope))
        if refusal is None:
            await self._app(scope, receive, send)
            return
        await receive()  # the request to connect
        # Starlette turns a response into the messages that refuse a handshake.
        await refusal(scope, receive, send)

    def _refusal(self, scope: Scope, method: str, headers: Headers) -> Response | None:
        try:
            check_access(self._settings, scope["path"], method, headers)
        except Problem as problem:
            return problem.response()
        return None

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        context: Context | None = getattr(scope["app"].state, "context", None) if "app" in scope else None
        if context is None:
            return
        # The route as it is declared, since every other address would be a new series.
        route: Any = scope.get("route")
        path = getattr(route, "path", "/static" if scope["path"].startswith("/static/") else "other")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        context.metrics.requests.labels(path, method, str(status)).inc()
        context.metrics.seconds.labels(path).observe(seconds)
