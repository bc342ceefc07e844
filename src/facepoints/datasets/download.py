"""Downloading a large file that a broken connection does not send back to its start.

What has come so far lies in ``NAME.part`` beside the wanted file, and where it comes from in ``NAME.part.json``. The
next call asks for the rest alone (HTTP ``Range``, RFC 9110), on condition that the file is still the same
(``If-Range``).
"""

from __future__ import annotations

import json
import re
import shutil
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from facepoints.errors import DownloadError, InputError

__all__ = ["Progress", "check_space", "fetch"]

Progress = Callable[[int, int | None], None]
"""Told of the bytes so far and of all; None where the server does not say how many."""

_BLOCK = 1 << 18
_TIMEOUT = 60.0
"""Seconds that a server may be silent."""

_MOST_ATTEMPTS = 20
_RANGE = re.compile(r"bytes (?P<start>\d+)-\d+/(?P<total>\d+)")
_PARTIAL, _RANGE_REFUSED = 206, 416


def fetch(url: str, path: Path, progress: Progress | None = None) -> Path:
    """Download a file; go on where an earlier call was interrupted.

    A connection that breaks is opened again at once as long as each brings something new.

    Args:
        url: of the file, http or https.
        path: where to put it; its folder must exist. It appears there only when it is whole.
        progress: told of the bytes so far.

    Returns:
        ``path``.

    Raises:
        InputError: another kind of address, or the disk is full.
        DownloadError: the server cannot be reached, refuses, or sends less than it says.

    After an error, what has come so far is kept for the next call.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise InputError(f"an address must begin with http:// or https://; got {url!r}")
    part = _Part(path.with_name(f"{path.name}.part"), url)
    furthest = part.size
    for _ in range(_MOST_ATTEMPTS):
        broken = _receive(part, progress or (lambda done, total: None))
        if broken is None:
            part.finish(path)
            return path
        if part.size <= furthest:
            break
        furthest = part.size
    raise DownloadError(
        f"{url}: the connection broke after {_megabytes(part.size)} ({broken}). Run the same again to go on from there"
    )


def check_space(folder: Path, needed: int) -> None:
    """Check that a folder's disk has room for so many bytes.

    Raises:
        InputError: it has not.
    """
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise InputError(f"{folder}: {_megabytes(needed)} are needed, and the disk has {_megabytes(free)} free")


@dataclass
class _Source:
    """What is known of the file on the server: its address, its length, and the mark that tells it from another."""

    url: str
    total: int | None = None
    mark: str | None = None


class _Part:
    """The bytes that have come so far, and where they come from."""

    def __init__(self, path: Path, url: str) -> None:
        self.path = path
        self._note = path.with_name(f"{path.name}.json")
        try:
            self.source = _Source(**json.loads(self._note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, RecursionError):
            self.source = _Source(url)
            self.path.unlink(missing_ok=True)
        if self.source.url != url:
            self.restart(_Source(url))

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def restart(self, source: _Source) -> None:
        """Forget what has come."""
        self.path.unlink(missing_ok=True)
        self.source = source
        self._note.write_text(json.dumps(vars(source)), encoding="utf-8")

    def finish(self, path: Path) -> None:
        self.path.replace(path)
        self._note.unlink(missing_ok=True)


def _receive(part: _Part, progress: Progress) -> str | None:
    """Receive what is missing over one connection.

    Returns:
        None if the file is whole now, or how the connection broke.

    Raises:
        DownloadError: trying again would not help.
    """
    try:
        with _answer(part) as answer:
            if answer.status == _PARTIAL and not _continues(answer, part):
                return _receive_anew(part, progress)
            if answer.status != _PARTIAL:
                part.restart(_described(answer, part.source.url))
            check_space(part.path.parent, (part.source.total or 0) - part.size)
            return _store(answer, part, progress)
    except HTTPError as error:
        error.close()
        if error.code == _RANGE_REFUSED and part.size:
            whole = error.headers.get("Content-Range") == f"bytes */{part.size}"
            return None if whole else _receive_anew(part, progress)
        raise DownloadError(f"{part.source.url}: the server answers {error.code} {error.reason}") from error
    except (HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
        return str(error) or type(error).__name__
    except URLError as error:
        if part.size:
            return str(error.reason)
        raise DownloadError(f"{part.source.url}: cannot be reached: {error.reason}") from error


def _receive_anew(part: _Part, progress: Progress) -> str | None:
    """Receive all of it, where the server has another file by now or does not understand what is asked for."""
    if not part.size:
        raise DownloadError(f"{part.source.url}: the server sends a part of the file, though all of it was asked for")
    part.restart(_Source(part.source.url))
    return _receive(part, progress)


def _answer(part: _Part) -> HTTPResponse:
    headers = {"User-Agent": "facepoints", "Accept-Encoding": "identity"}
    if part.size:
        headers["Range"] = f"bytes={part.size}-"
        if part.source.mark:
            headers["If-Range"] = part.source.mark
    answer: HTTPResponse = urlopen(Request(part.source.url, headers=headers), timeout=_TIMEOUT)
    return answer


def _described(answer: HTTPResponse, url: str) -> _Source:
    length, tag = answer.headers.get("Content-Length"), answer.headers.get("ETag", "")
    # A weak tag may stay the same when bytes change.
    mark = tag if tag.startswith('"') else answer.headers.get("Last-Modified")
    return _Source(url, int(length) if length and length.isdecimal() else None, mark)


def _continues(answer: HTTPResponse, part: _Part) -> bool:
    """Whether a partial answer is the rest of what is there."""
    match = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    return match is not None and int(match["start"]) == part.size > 0 and int(match["total"]) == part.source.total


def _store(answer: HTTPResponse, part: _Part, progress: Progress) -> str | None:
    done, total = part.size, part.source.total
    with part.path.open("ab") as stream:
        progress(done, total)
        while block := answer.read(_BLOCK):
            try:
                stream.write(block)
                stream.flush()
            except OSError as error:
                raise InputError(f"{part.path}: cannot be written: {error.strerror or error}") from error
            done += len(block)
            progress(done, total)
    return None if total is None or done == total else f"{_megabytes(total)} were announced"


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
