"""The application: all addresses, the page, and what they share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from facepoints import __version__
from facepoints.web import live, problems, routes, routes_about
from facepoints.web.context import Context
from facepoints.web.docs_page import docs_page
from facepoints.web.gate import Gate
from facepoints.web.settings import ServeSettings

__all__ = ["create_app"]

_STATIC = Path(__file__).parent / "static"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Python asks the machine for types, and not every machine knows the right ones."""


def create_app(settings: ServeSettings | None = None) -> FastAPI:
    """The service as an ASGI application.

    Args:
        settings: None for the defaults. Address, workers and connections are the server's matter
            (:mod:`facepoints.web.server`); all other settings are followed here.
    """
    chosen = ServeSettings() if settings is None else settings
    app = FastAPI(
        title="facepoints",
        version=__version__,
        summary="Every face in a picture and the 68 keypoints on each.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        middleware=_middleware(chosen),
    )
    app.state.settings = chosen
    problems.install(app)
    app.include_router(routes.router)
    app.include_router(routes_about.router)
    app.include_router(live.router)
    app.add_api_route("/", _page, include_in_schema=False)
    app.add_api_route("/docs", _docs, include_in_schema=False)
    app.state.static = _Static(directory=_STATIC)
    app.mount("/static", app.state.static)
    return app


def _middleware(settings: ServeSettings) -> list[Middleware]:
    gate = Middleware(Gate, settings=settings)
    if not settings.allow_origins:
        return [gate]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.allow_origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "X-API-Key"],
    )
    return [cors, gate]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    settings: ServeSettings = app.state.settings
    context = app.state.context = Context.create(settings)
    try:
        yield {"settings": settings}  # for the protocols of facepoints.web.connections
    finally:
        context.close()


async def _page(request: Request) -> Response:
    static: _Static = request.app.state.static
    return await static.get_response("index.html", request.scope)


async def _docs(request: Request) -> Response:
    host = request.headers.get("host", "localhost")
    return HTMLResponse(docs_page(request.app.openapi(), f"{request.scope['scheme']}://{host}"))


class _Static(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or that the client has it already."""
        response = await super().get_response(path, scope)
        known = _TYPES.get(Path(path).suffix)
        if known is not None and response.status_code == 200:
            response.headers["Content-Type"] = known
        # Browsers ask each time whether their copy is still good, so that a new version shows at once.
        response.headers["Cache-Control"] = "no-cache"
        return response
