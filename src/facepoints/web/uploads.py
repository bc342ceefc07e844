"""Receiving pictures: raw bytes or multipart, in memory alone, never more than is allowed, never for too long."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from facepoints.web.problems import Problem
from facepoints.web.settings import ServeSettings

__all__ = ["Upload", "UploadMemory", "receive"]

_RAW = ("", "application/octet-stream")
_MULTIPART = "multipart/form-data"
_FIELD = b"image"
logging.getLogger("python_multipart").setLevel(logging.ERROR)  # it would log bytes of broken uploads

_OVERHEAD = 100_000
"""Bytes that multipart may need beside the pictures."""
_LONGEST_NAME = 200
_LONGEST_HEADER = 2048


@dataclass(frozen=True)
class Upload:
    """A picture file that a client sent.

    Attributes:
        name: that the client gave it, or "image".
        data: its bytes.
    """

    name: str
    data: bytes


class UploadMemory:
    """Bytes that all uploads under way may take together; for one event loop.

    Args:
        limit: in bytes.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.taken = 0

    @contextmanager
    def share(self) -> Iterator[_Share]:
        """A share that is given back when the block ends."""
        share = _Share(self)
        try:
            yield share
        finally:
            self.taken -= share.taken


class _Share:
    def __init__(self, memory: UploadMemory) -> None:
        self._memory = memory
        self.taken = 0

    def take(self, count: int) -> None:
        """Take more bytes.

        Raises:
            Problem: too many uploads are under way.
        """
        if self._memory.taken + count > self._memory.limit:
            raise Problem("busy", "Too many uploads are under way. Try again in a second")
        self._memory.taken += count
        self.taken += count


async def receive(request: Request, settings: ServeSettings, share: _Share) -> list[Upload]:
    """The pictures of a request.

    Args:
        request: with the bytes of a picture, or ``multipart/form-data`` with fields ``image``.
        settings: for the limits.
        share: of the memory for uploads.

    Raises:
        Problem: another content type, no picture, too many, too large, or too slow.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    media_type = kind.decode("latin-1").strip().lower()
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem("unsupported-type", "Send the picture without Content-Encoding: pictures are compressed already")
    try:
        return await asyncio.wait_for(_received(request, media_type, options, settings, share), settings.upload_timeout)
    except asyncio.TimeoutError:
        detail = f"The upload must be complete after {settings.upload_timeout:g} seconds"
        raise Problem("upload-too-slow", detail, {"Connection": "close"}) from None
    except ClientDisconnect:
        raise Problem("malformed", "The connection ended before the upload did") from None


async def _received(
    request: Request, media_type: str, options: dict[bytes, bytes], settings: ServeSettings, share: _Share
) -> list[Upload]:
    if media_type == _MULTIPART:
        chunks = _chunks(request, settings.max_bytes + _OVERHEAD, share)
        return await _Multipart(options.get(b"boundary", b""), settings.max_images).read(chunks)
    if media_type not in _RAW and not media_type.startswith("image/"):
        raise Problem(
            "unsupported-type",
            f"The content type is {media_type[:100]!r}. Send the bytes of a picture as image/* or "
            "application/octet-stream, or a form as multipart/form-data with fields 'image'",
        )
    pieces = [chunk async for chunk in _chunks(request, settings.max_bytes, share)]
    data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    if not data:
        raise Problem("no-image", "The body is empty. Send the bytes of a picture, or a form with fields 'image'")
    return [Upload("image", data)]


async def _chunks(request: Request, limit: int, share: _Share) -> AsyncIterator[bytes]:
    announced = request.headers.get("content-length", "")
    if re.fullmatch("[0-9]{1,20}", announced) and int(announced) > limit:
        raise _too_large(limit)
    total = 0
    async for chunk in request.stream():
        if not chunk:
            continue
        total += len(chunk)
        if total > limit:
            raise _too_large(limit)
        share.take(len(chunk))
        yield chunk


def _too_large(limit: int) -> Problem:
    return Problem("too-large", f"An upload may have {limit // 10**6 or limit / 10**6:g} MB. Make the picture smaller")


class _Multipart:
    """Reads a form into memory; Starlette's own reader would write large pictures to disk."""

    def __init__(self, boundary: bytes, max_images: int) -> None:
        self._max_images = max_images
        self._uploads: list[Upload] = []
        self._pieces: list[bytes] = []
        self._headers: dict[bytes, bytes] = {}
        self._header, self._value = b"", b""
        self._name: str | None = None
        self._ended = False
        callbacks = {
            "on_part_begin": self._part_begins,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._part_data,
            "on_part_end": self._part_ends,
            "on_end": self._end,
        }
        if not boundary:
            raise Problem("malformed", "The content type of the form names no boundary")
        try:
            self._parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]
        except FormParserError as error:
            raise Problem("malformed", "The boundary of the form is not proper") from error

    async def read(self, chunks: AsyncIterator[bytes]) -> list[Upload]:
        try:
            async for chunk in chunks:
                self._parser.write(chunk)
        except FormParserError as error:
            raise Problem("malformed", "The form is not proper multipart/form-data") from error
        if not self._ended:
            raise Problem("malformed", "The form is incomplete: its last boundary is missing")
        if not self._uploads:
            raise Problem("no-image", "The form has no field 'image' with a picture")
        return self._uploads

    def _part_begins(self) -> None:
        self._headers, self._pieces, self._name = {}, [], None

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]
        self._check_header()

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._check_header()

    def _check_header(self) -> None:
        if len(self._header) + len(self._value) > _LONGEST_HEADER or len(self._headers) > 20:
            raise Problem("malformed", "A part of the form has too long headers")

    def _header_ends(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header, self._value = b"", b""

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        if options.get(b"name") != _FIELD:
            raise Problem("malformed", "The form has another field than 'image'; options go into the address")
        if len(self._uploads) >= self._max_images:
            raise Problem("too-many-images", f"An upload may have {self._max_images} pictures. Send them in several")
        self._name = _plain_name(options.get(b"filename", b""))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._pieces.append(data[start:end])

    def _part_ends(self) -> None:
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces = []
        if data:
            self._uploads.append(Upload(self._name or "image", data))

    def _end(self) -> None:
        self._ended = True


def _plain_name(raw: bytes) -> str:
    """The last part of a file name, without control characters."""
    text = raw.decode("utf-8", errors="replace")
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "", re.split(r"[/\\]", text)[-1])[:_LONGEST_NAME]
