"""Writing files so that nobody ever sees half of one; whether there is a file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facepoints.errors import InputError, OutputError

__all__ = ["atomic_write", "is_there"]


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path to write to, which becomes ``path`` when the block ends well.

    The temporary path lies in the same folder and has the same suffix. If the block fails or is interrupted, it is
    deleted and ``path`` stays as it was. The folder must exist: who wants it made makes it.

    Example::

        with atomic_write("faces.json") as temporary:
            temporary.write_text(text)

    Raises:
        InputError: the folder does not exist or cannot be written to, or ``path`` is not an ordinary file.
        OutputError: the disk refuses the data.
    """
    # A link stays a link: what it points to is replaced.
    target = Path(os.path.realpath(path))
    _check_target(target)
    temporary = target.with_name(f".facepoints-{secrets.token_hex(8)}{target.suffix}")
    try:
        yield temporary
        temporary.replace(target)
    except OSError as error:
        # Errors that name another file belong to whatever the block did beside writing.
        if error.filename in (None, str(temporary)):
            raise OutputError(f"cannot write {target}: {error.strerror or error}") from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def is_there(path: str | os.PathLike[str]) -> bool:
    """Whether there is such a file; False, too, for a name that no file can have.

    For names that stand in files: before Python 3.14 ``Path.is_file`` raises where one is too long.
    """
    return os.path.isfile(path)  # noqa: PTH113 - see above


def _check_target(target: Path) -> None:
    folder = target.parent
    if not folder.is_dir():
        raise InputError(f"cannot write {target}: the folder {folder} does not exist. Create it first")
    if target.is_dir():
        raise InputError(f"cannot write {target}: it is a folder. Give the name of a file")
    # Replacing a device such as /dev/null by a file would break the machine for others.
    if target.exists() and not target.is_file():
        raise InputError(f"cannot write {target}: it is not an ordinary file")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"cannot write {target}: no permission to write to the folder {folder}")
