"""``/v1/live``: frames of a camera in, faces out. The newest frame wins: those that wait when it comes are dropped."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, WebSocket
from starlette.websockets import WebSocketState

from facepoints.web.context import context_of
from facepoints.web.live_session import LiveSession
from facepoints.web.problems import Problem
from facepoints.web.queries import LiveQuery

__all__ = ["router"]

router = APIRouter()

_TRY_AGAIN_LATER = 1013


@router.websocket("/v1/live")
async def live(socket: WebSocket, query: Annotated[LiveQuery, Query()]) -> None:
    """A live socket, until its client leaves."""
    context = context_of(socket)
    try:
        session = await context.pool.run_live(lambda: LiveSession(socket, context, query))
    except Problem as problem:
        await socket.send_denial_response(problem.response())
        return
    await socket.accept()
    if context.sockets >= context.settings.max_sockets:
        await socket.close(_TRY_AGAIN_LATER, "too many live sockets; try again later")
        return
    context.sockets += 1
    context.metrics.sockets.inc()
    try:
        code, reason = await session.run()
    finally:
        context.sockets -= 1
        context.metrics.sockets.dec()
    if socket.application_state is WebSocketState.CONNECTED and socket.client_state is WebSocketState.CONNECTED:
        await socket.close(code, reason)
