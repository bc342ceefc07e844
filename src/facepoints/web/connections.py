"""Connections that are slow, malformed or too many: what a server must deal with before there is a request.

uvicorn waits for headers for ever, answers what is malformed in plain text, and closes sockets with another code when
it stops; these protocols change just that.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from facepoints.web.problems import MEDIA_TYPE, Problem
from facepoints.web.settings import ServeSettings

__all__ = ["HttpConnection", "LiveConnection"]

_HEAD_SECONDS = 10.0
_STALL_SECONDS = 30.0
_GOING_AWAY = 1001


class HttpConnection(H11Protocol):
    """A connection whose requests must come, and whose answers must be taken, in reasonable time."""

    _timer: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None
    _phase: str = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        settings: ServeSettings = self.app_state["settings"]
        self._upload_seconds = settings.upload_timeout + 5
        if len(self.connections) > settings.max_connections:
            self._refuse(Problem("busy", "Too many connections. Try again in a second"))
        else:
            self._watch()

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Go on to the next request."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Clean up."""
        self._stop_timers()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection over."""
        self._stop_timers()
        super().handle_websocket_upgrade(event)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        error = sys.exc_info()[1]
        too_large = isinstance(error, h11.RemoteProtocolError) and error.error_status_hint == 431
        if too_large:
            self._refuse(Problem("headers-too-large", "The headers are longer than 64 kB"))
        else:
            self._refuse(Problem("malformed", "This is not proper HTTP/1.1"))

    def pause_writing(self) -> None:
        """Begin to wait for a client that takes nothing."""
        super().pause_writing()
        self._stall = self.loop.call_later(_STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client takes its answer."""
        super().resume_writing()
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _watch(self) -> None:
        """Set the timer for what is awaited now."""
        phase = self._awaited()
        if phase == self._phase:
            return
        self._phase = phase
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if phase:
            seconds = _HEAD_SECONDS if phase == "head" else self._upload_seconds
            self._timer = self.loop.call_later(seconds, self._too_slow)

    def _awaited(self) -> str:
        if self.transport.is_closing():
            return ""
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            return "body"
        if state is h11.IDLE and (self.cycle is None or self.conn.trailing_data[0]):
            return "head"
        return ""

    def _too_slow(self) -> None:
        if self._phase == "head":
            self._refuse(Problem("upload-too-slow", f"A request's headers must come within {_HEAD_SECONDS:g} seconds"))
        else:  # the application has answered by now
            self.transport.abort()

    def _refuse(self, problem: Problem) -> None:
        """Answer without a request, and close."""
        if self.transport.is_closing():
            return
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = json.dumps(problem.to_dict()).encode()
            headers = {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(body)), "Connection": "close"}
            response: Any = h11.Response(
                status_code=problem.status, headers=[*{**headers, **problem.headers}.items()], reason=problem.title
            )
            for event in (response, h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _stop_timers(self) -> None:
        for timer in (self._timer, self._stall):
            if timer is not None:
                timer.cancel()


class LiveConnection(WebSocketsSansIOProtocol):
    """A live socket that is told, when the service stops, that it goes away (1001)."""

    async def send(self, message: Any) -> None:
        """Send a message of the application."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            self.handshake_complete = True  # else uvicorn logs that the refusal were an error of the application

    def shutdown(self) -> None:
        """Close the socket."""
        if not self.handshake_complete or self.close_sent:
            super().shutdown()
            return
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": _GOING_AWAY})
        self.conn.send_close(_GOING_AWAY, "the service stops")
        self.close_sent = True
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.close()
