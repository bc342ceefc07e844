"""The addresses that tell about the service."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from facepoints import __version__, filters
from facepoints.scheme import EDGES, GROUPS
from facepoints.web.context import context_of
from facepoints.web.metrics import CONTENT_TYPE

__all__ = ["router"]

router = APIRouter(tags=["service"])


@router.get("/v1/filters")
async def list_filters() -> list[dict[str, str]]:
    """The filters that `/v1/filter` and `/v1/live` know."""
    loaded = await run_in_threadpool(lambda: [filters.load(name) for name in filters.NAMES])
    return [{"name": name, "description": one.description} for name, one in zip(filters.NAMES, loaded, strict=True)]


@router.get("/v1/scheme")
async def scheme() -> dict[str, Any]:
    """The 68 points: the indices of each group, and the pairs that a drawing joins."""
    return {"groups": {name: list(group) for name, group in GROUPS.items()}, "edges": [list(pair) for pair in EDGES]}


@router.get("/v1/health")
async def health() -> dict[str, str]:
    """Answers as long as the service lives."""
    return {"status": "ok", "version": __version__}


@router.get("/v1/ready")
async def ready(request: Request) -> dict[str, str]:
    """Answers with 503 while the queue is full."""
    context_of(request).pool.check()
    return {"status": "ready"}


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """What the service has counted, for Prometheus."""
    context = context_of(request)
    context.metrics.waiting.set(context.pool.taken)
    return Response(context.metrics.text(), media_type=CONTENT_TYPE)
