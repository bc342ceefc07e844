"""One live socket: who reads frames, who works on them, and what is told of each."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from facepoints import images
from facepoints.arrays import Image
from facepoints.faces import Faces
from facepoints.filters import Filter
from facepoints.video import Describer, FaceHider, FaceTracker
from facepoints.web.answers import filter_named, to_json, told
from facepoints.web.context import Context
from facepoints.web.limits import decode, max_pixels
from facepoints.web.problems import Problem, invalid_parameters
from facepoints.web.queries import LiveChange, LiveQuery

__all__ = ["LiveSession"]

_QUALITY = 80
_LONGEST_TEXT = 2000
_MAX_FRAME_PIXELS = 10_000_000
"""More than 4K has; a larger frame would take longer than a live picture may."""

_MESSAGES_A_FRAME = 4
"""So many messages may come for each frame that could be answered, before the client is taken for hostile."""

_SEND_TIMEOUT = 30.0

_GONE, _POLICY, _IDLE = 1000, 1008, 4408


@dataclass(frozen=True)
class _Frame:
    number: int
    arrived: float
    data: bytes


class LiveSession:
    """The work of one live socket.

    Args:
        socket: to be accepted before it runs.
        context: of the worker.
        query: how faces are looked for, and the settings to begin with.

    Raises:
        Problem: there is no such filter.
    """

    def __init__(self, socket: WebSocket, context: Context, query: LiveQuery) -> None:
        self._socket = socket
        self._context = context
        self._settings = context.settings
        self._change = LiveChange(smooth=query.smooth, filter=query.filter, pose=query.pose, ratios=query.ratios)
        self._max_pixels = max_pixels(query, context.settings.max_pixels)
        self._worn: Filter | None = None if query.filter is None else filter_named(query.filter)
        finder = context.finders.get(query)
        self._tracker = FaceTracker(finder, smooth=query.smooth)
        self._hider = FaceHider(finder, look_ahead=0)
        self._describer = Describer(pose=query.pose, ratios=query.ratios)
        self._newest: _Frame | None = None
        self._news = asyncio.Event()
        self._sending = asyncio.Lock()  # a frame's picture follows its text at once
        self._received = self._dropped = 0
        self._start: float | None = None

    async def run(self) -> tuple[int, str]:
        """Serve the socket until its client leaves or breaks a rule.

        Returns:
            code and reason with which to close it.
        """
        reading = asyncio.ensure_future(self._read())
        working = asyncio.ensure_future(self._work())
        try:
            await asyncio.wait((reading, working), return_when=asyncio.FIRST_COMPLETED)
        finally:
            reading.cancel()
            working.cancel()
            results = await asyncio.gather(reading, working, return_exceptions=True)
        for result in results:
            if isinstance(result, tuple):
                return result
            if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                raise result
        return _GONE, ""

    async def _read(self) -> tuple[int, str]:
        """Take every message as it comes; keep the newest frame alone."""
        budget = _MESSAGES_A_FRAME * self._settings.max_frame_rate
        times: deque[float] = deque(maxlen=max(8, int(budget)))
        while True:
            try:
                message = await asyncio.wait_for(self._socket.receive(), self._settings.idle_timeout)
            except asyncio.TimeoutError:
                return _IDLE, f"no frame for {self._settings.idle_timeout:g} seconds"
            if message["type"] == "websocket.disconnect":
                return _GONE, ""
            now = time.perf_counter()
            if len(times) == times.maxlen and now - times[0] < 1:
                return _POLICY, "too many messages"
            times.append(now)
            if message.get("bytes") is not None:
                self._take(message["bytes"], now)
            else:
                await self._set(message.get("text") or "")

    def _take(self, data: bytes, now: float) -> None:
        if self._newest is not None:
            self._drop()
        if self._start is None:
            self._start = now
        self._newest = _Frame(self._received, now, data)
        self._received += 1
        self._news.set()

    def _drop(self) -> None:
        self._dropped += 1
        self._context.metrics.frames.labels("dropped").inc()

    async def _set(self, text: str) -> None:
        """Follow a client's wish for other settings."""
        try:
            if len(text) > _LONGEST_TEXT:
                raise Problem("malformed", "The message is too long for settings")
            change = LiveChange.model_validate(json.loads(text))
            change = self._change.model_copy(update={name: getattr(change, name) for name in change.model_fields_set})
            name = change.filter
            worn = None if name is None else await self._context.pool.run_live(lambda: filter_named(name))
        except ValidationError as error:
            await self._send_problem(invalid_parameters(error.errors()))
        except Problem as problem:
            await self._send_problem(problem)
        except (ValueError, RecursionError):
            await self._send_problem(Problem("malformed", "A text message must be a JSON object of settings"))
        else:
            if (change.pose, change.ratios) != (self._change.pose, self._change.ratios):
                self._describer = Describer(pose=change.pose, ratios=change.ratios)
            self._change, self._worn = change, worn

    async def _work(self) -> tuple[int, str]:
        """Answer one frame after the other."""
        pause = 1 / self._settings.max_frame_rate
        while True:
            await self._news.wait()
            begun = time.perf_counter()
            frame, self._newest = self._newest, None
            self._news.clear()
            assert frame is not None
            if not await self._answer(frame):
                return _POLICY, "the client does not read its answers"
            await asyncio.sleep(max(0.0, begun + pause - time.perf_counter()))

    async def _answer(self, frame: _Frame) -> bool:
        """Answer a frame; False if the client does not take the answer."""
        metrics = self._context.metrics
        picture = None
        try:
            row, picture = await self._context.pool.run_live(lambda: self._found(frame))
            metrics.frames.labels("answered").inc()
        except Problem as problem:
            row = {"problem": problem.to_dict()}
            metrics.frames.labels("unreadable").inc()
        row |= {"frame": frame.number, "time": round(frame.arrived - (self._start or 0.0), 6)}
        row |= {"ms": round(1000 * (time.perf_counter() - frame.arrived), 2), "dropped": self._dropped}
        try:
            await asyncio.wait_for(self._send(row, picture), _SEND_TIMEOUT)
        except asyncio.TimeoutError:
            return False
        metrics.frame_seconds.observe(time.perf_counter() - frame.arrived)
        return True

    async def _send(self, row: dict[str, Any], picture: bytes | None) -> None:
        async with self._sending:
            self._check_open()
            await self._socket.send_text(to_json(row if picture is None else {**row, "picture": True}))
            if picture is not None:
                await self._socket.send_bytes(picture)

    async def _send_problem(self, problem: Problem) -> None:
        async with self._sending:
            self._check_open()
            await self._socket.send_text(to_json({"problem": problem.to_dict()}))

    def _check_open(self) -> None:
        # The other task may have found that the client is gone.
        if self._socket.application_state is not WebSocketState.CONNECTED:
            raise WebSocketDisconnect(_GONE)

    def _found(self, frame: _Frame) -> tuple[dict[str, Any], bytes | None]:
        """The object of a frame, and the filtered frame if a filter is on; runs in a thread."""
        change, worn, describer = self._change, self._worn, self._describer
        image = decode(frame.data, min(_MAX_FRAME_PIXELS, self._max_pixels))
        self._tracker.smooth = change.smooth
        faces = self._tracker.update(image, frame.arrived)
        self._context.metrics.faces.inc(len(faces))
        height, width = image.shape[:2]
        details = told(describer(faces, (width, height), frame.arrived))
        row = faces.to_dict(image="live", width=width, height=height, details=details)
        picture = None if worn is None else self._wear(worn, image, faces, frame.arrived)
        return row, None if picture is None else images.encode(picture, ".jpg", _QUALITY)

    def _wear(self, worn: Filter, image: Image, faces: Faces, time: float) -> Image:
        """The frame with its filter; one for privacy hides more than the tracker tells of."""
        if not worn.hides_faces:
            self._hider.reset()  # what it knows would be of another time when it is needed again
            return worn.apply(image, faces)
        for frame in self._hider.add(time, image, faces):
            image = worn.hide(image, frame.boxes)
        return worn.apply(image, faces)
