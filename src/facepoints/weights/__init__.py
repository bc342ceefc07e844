"""The networks that come with the package, their checksums and their terms of use.

The terms are those of the data that the weights were trained on, not those of the code: see WEIGHTS_LICENSE.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from facepoints.errors import InputError, WeightsError

__all__ = ["WeightsInfo", "available", "resolve"]

_FOLDER = Path(__file__).parent
_INDEX = _FOLDER / "index.json"


@dataclass(frozen=True)
class WeightsInfo:
    """One shipped network.

    Attributes:
        name: to give to ``FaceFinder(keypoints=...)``.
        path: of the ONNX file.
        size: in bytes.
        sha256: of the file, in hexadecimal digits.
        licence: terms of use in one line.
        trained_on: the data sets.
    """

    name: str
    path: Path
    size: int
    sha256: str
    licence: str
    trained_on: str


def available() -> dict[str, WeightsInfo]:
    """All shipped networks by name."""
    entries = json.loads(_INDEX.read_text(encoding="utf-8"))
    return {
        name: WeightsInfo(
            name, _FOLDER / entry["file"], entry["size"], entry["sha256"], entry["licence"], entry["trained_on"]
        )
        for name, entry in entries.items()
    }


def resolve(weights: str | os.PathLike[str]) -> Path:
    """The file of a shipped network, or the path itself if it is one.

    Raises:
        InputError: neither a known name nor the path of an ``.onnx`` file.
        WeightsError: the file of a shipped network is missing or damaged.
    """
    known = available()
    text = os.fspath(weights) if isinstance(weights, (str, os.PathLike)) else ""
    if text in known:
        return _intact(known[text])
    if text.lower().endswith(".onnx"):
        return Path(text)
    raise InputError(
        f"there are no weights {str(weights)!r}; known are {', '.join(known)}, or give the path of an .onnx file"
    )


def _intact(info: WeightsInfo) -> Path:
    advice = "Install facepoints again: pip install --force-reinstall facepoints"
    try:
        content = info.path.read_bytes()
    except OSError as error:
        raise WeightsError(f"the weights {info.path} cannot be read ({error.strerror}). {advice}") from error
    if hashlib.sha256(content).hexdigest() != info.sha256:
        raise WeightsError(f"the weights {info.path} are damaged: their checksum is wrong. {advice}")
    return info.path
