"""Errors as problem details, ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

__all__ = ["KINDS", "MEDIA_TYPE", "Problem", "install", "invalid_parameters"]

MEDIA_TYPE = "application/problem+json"

KINDS = MappingProxyType(
    {
        "malformed": (400, "The request cannot be understood"),
        "no-image": (400, "The request brings no picture"),
        "unauthorised": (401, "An API key is needed"),
        "forbidden-origin": (403, "This site may not use the service"),
        "not-found": (404, "There is nothing here"),
        "unknown-filter": (404, "There is no such filter"),
        "method-not-allowed": (405, "This address takes other methods"),
        "upload-too-slow": (408, "The upload took too long"),
        "too-large": (413, "The upload is too large"),
        "too-many-images": (413, "The upload has too many pictures"),
        "too-many-pixels": (413, "The picture has too many pixels"),
        "unsupported-type": (415, "This is no picture that the service reads"),
        "wrong-host": (421, "The service does not go by this name"),
        "damaged-image": (422, "The picture cannot be read"),
        "invalid-parameter": (422, "A parameter is wrong"),
        "headers-too-large": (431, "The headers are too large"),
        "internal-error": (500, "Something went wrong here"),
        "busy": (503, "The service is busy"),
    }
)
"""Status and title of each kind of problem; its ``type`` is ``/docs#problem-KIND``, where it is explained."""

_OF_STATUS = {404: "not-found", 405: "method-not-allowed"}


class Problem(Exception):  # noqa: N818, the word of RFC 9457
    """What is wrong with a request, for its client.

    Args:
        kind: one of ``KINDS``.
        detail: what is wrong with this request, and what to do.
        headers: of the response.
        more: members of the object beside the usual ones.
    """

    def __init__(
        self, kind: str, detail: str, headers: Mapping[str, str] | None = None, more: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.status, self.title = KINDS[kind]
        self.detail = detail
        self.headers = dict(headers or {})
        if kind == "busy":
            self.headers.setdefault("Retry-After", "1")
        self.more = dict(more or {})

    def to_dict(self) -> dict[str, Any]:
        """The object of RFC 9457."""
        about = {"type": f"/docs#problem-{self.kind}", "title": self.title, "status": self.status}
        return {**about, "detail": self.detail, **self.more}

    def response(self) -> Response:
        """It as an HTTP response."""
        return Response(json.dumps(self.to_dict()), self.status, self.headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error of an application a problem."""
    app.add_exception_handler(Problem, _of_problem)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(WebSocketRequestValidationError, _of_socket_validation)  # type: ignore[arg-type]


def _of_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = _OF_STATUS.get(error.status_code)
    if kind is not None:
        detail = f"{request.method} {request.scope['path'][:200]} is not served; /docs lists what is"
        return Problem(kind, detail, error.headers).response()
    phrase = HTTPStatus(error.status_code).phrase
    about = {"type": "about:blank", "title": phrase, "status": error.status_code, "detail": str(error.detail)}
    return Response(json.dumps(about), error.status_code, error.headers, MEDIA_TYPE)


def _of_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return invalid_parameters(error.errors()).response()


def invalid_parameters(errors: Any) -> Problem:
    """The problem for what pydantic found wrong with parameters."""
    found = [{"parameter": str(one["loc"][-1])[:100] if one["loc"] else "", "detail": one["msg"]} for one in errors]
    detail = "; ".join(f"{one['parameter']}: {one['detail']}" for one in found)
    return Problem("invalid-parameter", detail, more={"errors": found})


async def _of_socket_validation(socket: WebSocket, error: WebSocketRequestValidationError) -> None:
    await socket.send_denial_response(invalid_parameters(error.errors()).response())
