"""Files on object storage and web servers, through Daft."""

from __future__ import annotations

import glob
import io
import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from facepoints.batch.sources.content import MAX_BYTES, SourceError, check_size

if TYPE_CHECKING:
    from daft.io import IOConfig

__all__ = ["fetch", "list_bucket", "open_url"]

_TRIES, _FIRST_WAIT = 3, 300
"""Attempts at a request, and milliseconds before the second; the wait doubles from one to the next."""

_CONNECT_TIMEOUT, _READ_TIMEOUT = 10_000, 30_000
"""Milliseconds."""

_BLOCK = 8 * 2**20
"""Bytes that are got at once of a file that is read in parts."""


def fetch(url: str, size: int | None = None) -> bytes:
    """The content of a file, by one request.

    Args:
        url: of a file.
        size: in bytes, where it is known.

    Raises:
        SourceError: it is not there, too large, refused, or cannot be reached.
        MissingExtraError: Daft is not installed.
    """
    check_size(size)
    daft, config = _daft(), _config(url.lower().startswith("s3:"))
    try:
        # A part of the file, for which Daft does not ask the server for its size first.
        with daft.File(url, config, position=0, size=MAX_BYTES + 1).open() as file:
            data = bytes(file.read())
    except Exception as error:
        raise _explained(url, error, config) from error
    check_size(len(data))
    return data


def open_url(url: str) -> io.BufferedReader:
    """Open a file for reading any part of it.

    Raises:
        SourceError: it is not there, refused, or cannot be reached.
        MissingExtraError: Daft is not installed.
    """
    return io.BufferedReader(_RemoteFile(url), _BLOCK)


def list_bucket(pattern: str) -> Iterator[tuple[str, int | None]]:
    """The files that a pattern on object storage matches, or that lie below a prefix which ends in a slash; sorted.

    Yields:
        the URL of each, and its size in bytes.

    Raises:
        SourceError: the storage cannot be reached, or refuses.
        MissingExtraError: Daft is not installed.
    """
    _daft()
    from daft.daft import io_glob  # from_glob_path would start a runner, and a process can have only one kind of them

    config = _config(True)
    try:
        found = io_glob(pattern if glob.has_magic(pattern) else f"{pattern.rstrip('/')}/**", io_config=config)
    except FileNotFoundError:
        return
    except Exception as error:
        raise _explained(pattern, error, None) from error
    yield from sorted((one["path"], one["size"]) for one in found if one["type"] == "File")


def _daft() -> Any:
    from facepoints.batch.daft_setup import daft

    return daft


@lru_cache(maxsize=2)
def _config(s3: bool) -> IOConfig:
    daft = _daft()
    # What else these two tell is in the errors as well, and would fall between the lines of a progress bar.
    for name in ("aws_config", "daft_io"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    limits = {
        "num_tries": _TRIES,
        "retry_initial_backoff_ms": _FIRST_WAIT,
        "connect_timeout_ms": _CONNECT_TIMEOUT,
        "read_timeout_ms": _READ_TIMEOUT,
    }
    if not s3:
        return daft.io.IOConfig(http=daft.io.HTTPConfig(**limits))  # type: ignore[no-any-return]
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if endpoint and not region:
        region = "us-east-1"  # means nothing there, but asking the network for one takes seconds
    return daft.io.IOConfig(  # type: ignore[no-any-return]
        s3=daft.io.S3Config(
            endpoint_url=endpoint,
            region_name=region,
            anonymous=not _has_credentials(daft),
            retry_mode="standard",
            **limits,
        )
    )


def _has_credentials(daft: Any) -> bool:
    """Whether the environment, a profile or the machine gives any; without, only what is public can be read."""
    try:
        daft.io.S3Config.from_env()
    except Exception:
        return False
    return True


class _RemoteFile(io.RawIOBase):
    """What Python expects of a file, around a file of Daft."""

    def __init__(self, url: str) -> None:
        config = _config(url.lower().startswith("s3:"))
        self._url, self._position = url, 0
        self._stack = ExitStack()
        try:
            self._file = self._stack.enter_context(_daft().File(url, config).open(buffer_size=_BLOCK))
            self._size: int = self._file.size()
        except Exception as error:
            raise _explained(url, error, config) from error

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._position)
        if wanted <= 0:
            return 0
        try:
            self._file.seek(self._position)
            data = self._file.read(wanted)
        except Exception as error:
            raise _explained(self._url, error, None) from error
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(start + offset, 0)
        return self._position

    def tell(self) -> int:
        return self._position

    def close(self) -> None:
        if not self.closed:
            self._stack.close()
        super().close()


def _explained(url: str, error: Exception, config: IOConfig | None) -> SourceError:
    """What an error of Daft means; it has few classes, so that their text must tell."""
    if not isinstance(error, (OSError, _daft().exceptions.DaftCoreException)):
        return SourceError("failed", f"{type(error).__name__}: {error}")
    text = str(error).replace(url, "")
    if isinstance(error, FileNotFoundError) or "not found" in text or "NoSuchBucket" in text:
        return SourceError("missing", "there is no such file. Check the address")
    if "InvalidRange" in text:  # the first byte was asked for, and there is none
        return SourceError("damaged", "the file is empty. Copy or download it again")
    if "credentials" in text or "Unauthorized" in text:
        return SourceError("unreadable", "the storage refuses it: no permission, or no valid credentials")
    if "Unable to open file" in text:
        return _explained_by_size(url, text, config)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    cause = lines[-1].partition(": ")[2] if len(lines) > 1 else ""
    return SourceError(
        "unreachable", f"it cannot be got over the network{f': {cause}' if cause else ''}. Try again later"
    )


def _explained_by_size(url: str, text: str, config: IOConfig | None) -> SourceError:
    """The web server refuses: because the file is empty, or because we may not have it."""
    if config is not None:
        try:
            with _daft().File(url, config).open() as file:
                if file.size() == 0:
                    return SourceError("damaged", "the file is empty. Copy or download it again")
        except Exception as error:
            text = str(error)
    status = next((line for line in text.splitlines() if "HTTP status" in line), "").partition("(")[2].partition(")")[0]
    return SourceError("unreadable", f"the server refuses it{f' ({status})' if status else ''}. Check the address")
