"""The files of a report in their folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from facepoints.errors import InputError
from facepoints.files import atomic_write

__all__ = ["make_folder", "report_json", "write_files"]


def make_folder(folder: str | os.PathLike[str]) -> None:
    """Make the folder for a report, before hours of work that it shall hold.

    Raises:
        InputError: it cannot be made, or written to.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: this folder cannot be made: {error.strerror or error}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"{folder}: no permission to write to this folder")


def report_json(report: Mapping[str, Any]) -> str:
    """A report of plain lists, numbers and None as people and programs can read it."""
    return json.dumps(report, indent=1, ensure_ascii=False)


def write_files(folder: str | os.PathLike[str], files: Mapping[str, bytes]) -> list[Path]:
    """Write files by their names, each whole or not at all.

    Returns:
        Their paths, sorted.

    Raises:
        InputError: the folder cannot be made, or a file not be written.
    """
    make_folder(folder)
    for name, content in files.items():
        with atomic_write(Path(folder) / name) as temporary:
            temporary.write_bytes(content)
    return [Path(folder) / name for name in sorted(files)]
