"""Unpacking a ZIP archive that somebody else made."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath

from facepoints.datasets.download import check_space
from facepoints.errors import DownloadError

__all__ = ["unpack"]

_JUNK = ("__MACOSX", ".DS_Store")
"""What macOS puts into archives, beside what was meant."""

_ENCRYPTED = 0x1
_BLOCK = 1 << 20


def unpack(archive: Path, folder: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Unpack all files of an archive; the checksum (CRC-32) of each is verified.

    Args:
        archive: a ZIP file.
        folder: an existing, empty folder. If unpacking fails, the files so far stay in it.
        progress: told of the bytes so far and of all.

    Raises:
        DownloadError: no such archive or a damaged one, a file in it that would lie outside ``folder``, is a link or
            encrypted.
        InputError: not enough space on the disk.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if _is_wanted(entry)]
            targets = [_target(folder, entry, archive) for entry in entries]
            total = sum(entry.file_size for entry in entries)
            check_space(folder, total)
            done = 0
            for entry, target in zip(entries, targets, strict=True):
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(entry) as source, target.open("xb") as stream:
                    shutil.copyfileobj(source, stream, _BLOCK)
                done += entry.file_size
                if progress is not None:
                    progress(done, total)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DownloadError(f"{archive} is no ZIP archive, or a damaged one ({error})") from error
    except FileExistsError as error:
        raise DownloadError(f"{archive} holds two files of the name {error.filename}") from error


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    return not entry.is_dir() and not any(part in _JUNK for part in PurePosixPath(entry.filename).parts)


def _target(folder: Path, entry: zipfile.ZipInfo, archive: Path) -> Path:
    """Where a file of the archive goes.

    Raises:
        DownloadError: nowhere.
    """
    name = entry.filename
    # As Windows reads it too: there "C:x", "a\\..\\..\\b" and "/x" leave the folder.
    parts = PureWindowsPath(name)
    if parts.drive or parts.root or ".." in parts.parts or name.startswith("/"):
        raise DownloadError(f"{archive}: {name!r} would lie outside the folder; this archive is not to be trusted")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise DownloadError(f"{archive}: {name!r} is a link; this archive is not to be trusted")
    if entry.flag_bits & _ENCRYPTED:
        raise DownloadError(f"{archive}: {name!r} is encrypted")
    return folder.joinpath(*PurePosixPath(name).parts)
