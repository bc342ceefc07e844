"""The addresses that work on pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from facepoints.web import answers
from facepoints.web.context import Context, context_of
from facepoints.web.limits import max_pixels
from facepoints.web.problems import Problem
from facepoints.web.queries import DrawQuery, FacesQuery, FilterQuery, FinderQuery
from facepoints.web.uploads import Upload, receive

__all__ = ["router"]

_PROBLEM: dict[str, Any] = {
    "description": "What is wrong, as an object of RFC 9457.",
    "content": {"application/problem+json": {"schema": {"type": "object"}}},
}

router = APIRouter(prefix="/v1", tags=["pictures"], responses={"4XX": _PROBLEM, 503: _PROBLEM})

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "schema": {
        "type": "object",
        "required": ["image"],
        "properties": {"image": {"type": "array", "items": {"type": "string", "format": "binary"}}},
    }
}
_BODY = {
    "requestBody": {
        "required": True,
        "description": "The bytes of a picture, or a form with one or more fields `image`.",
        "content": {"image/*": _BINARY, "application/octet-stream": _BINARY, "multipart/form-data": _FORM},
    }
}
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The picture.", "content": {"image/png": _BINARY, "image/jpeg": _BINARY}}
}


@router.post(
    "/faces", openapi_extra=_BODY, response_class=Response, responses={200: {"content": {"application/json": {}}}}
)
async def faces(request: Request, query: Annotated[FacesQuery, Query()]) -> Response:
    """Every face of a picture and its 68 keypoints; an array if several pictures are sent."""
    context = context_of(request)

    def work(uploads: list[Upload]) -> tuple[bytes, int]:
        return answers.faces_of(uploads, context.finders.get(query), query, _max_pixels(context, query))

    return Response(await _worked(request, work), media_type="application/json")


@router.post("/draw", openapi_extra=_BODY, response_class=Response, responses=_PICTURE)
async def draw(request: Request, query: Annotated[DrawQuery, Query()]) -> Response:
    """The picture with its faces drawn in."""
    context = context_of(request)

    def work(uploads: list[Upload]) -> tuple[bytes, int]:
        return answers.draw(_only(uploads), context.finders.get(query), query, _max_pixels(context, query))

    return Response(await _worked(request, work), media_type=f"image/{query.format}")


@router.post("/filter/{name}", openapi_extra=_BODY, response_class=Response, responses=_PICTURE)
async def put_on(request: Request, name: str, query: Annotated[FilterQuery, Query()]) -> Response:
    """The picture in which every face wears a filter, or several joined by +."""
    context = context_of(request)

    def work(uploads: list[Upload]) -> tuple[bytes, int]:
        worn = answers.filter_named(name)
        finder = context.finders.get(query)
        return answers.put_on(_only(uploads), finder, worn, f".{query.format}", _max_pixels(context, query))

    return Response(await _worked(request, work), media_type=f"image/{query.format}")


async def _worked(request: Request, work: Callable[[list[Upload]], tuple[bytes, int]]) -> bytes:
    """The answer to the pictures of a request."""
    context: Context = context_of(request)
    try:
        context.pool.check()
        with context.memory.share() as share:
            uploads = await receive(request, context.settings, share)
            answer, count = await context.pool.run(lambda: work(uploads))
    except Problem as problem:
        context.metrics.refused.labels(problem.kind).inc()
        raise
    context.metrics.pictures.inc(len(uploads))
    context.metrics.faces.inc(count)
    return answer


def _max_pixels(context: Context, query: FinderQuery) -> int:
    return max_pixels(query, context.settings.max_pixels)


def _only(uploads: list[Upload]) -> Upload:
    if len(uploads) > 1:
        raise Problem("too-many-images", f"This address takes one picture; there are {len(uploads)}")
    return uploads[0]
