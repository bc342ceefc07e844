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
from facepoints.weights.structure import check_structure

__all__ = ["KINDS", "WeightsInfo", "available", "resolve"]

KINDS = {"keypoints": "keypoint network", "detector": "detector"}
"""What a network can be for, and its name."""

_FOLDER = Path(__file__).parent
_INDEX = _FOLDER / "index.json"


@dataclass(frozen=True)
class WeightsInfo:
    """One shipped network.

    Attributes:
        name: to give to ``FaceFinder(keypoints=...)`` or ``NetworkDetector(...)``.
        kind: of ``KINDS``.
        path: of the ONNX file.
        size: in bytes.
        sha256: of the file, in hexadecimal digits.
        licence: terms of use in one line.
        trained_on: the data sets.
    """

    name: str
    kind: str
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
            name=name,
            kind=entry["kind"],
            path=_FOLDER / entry["file"],
            size=entry["size"],
            sha256=entry["sha256"],
            licence=entry["licence"],
            trained_on=entry["trained_on"],
        )
        for name, entry in entries.items()
    }


def resolve(weights: str | os.PathLike[str], kind: str = "keypoints") -> Path:
    """The file of a shipped network, or the path itself if it is one.

    Args:
        weights: name of shipped weights, or path of an ``.onnx`` file.
        kind: what the network is needed for, of ``KINDS``.

    Raises:
        InputError: neither the name of a network of that kind nor the path of an ``.onnx`` file.
        WeightsError: the file of a shipped network is missing or damaged, or another is no network to be opened: see
            :mod:`facepoints.weights.structure`.
    """
    every = available()
    known = {name: info for name, info in every.items() if info.kind == kind}
    text = os.fspath(weights) if isinstance(weights, (str, os.PathLike)) else ""
    if text in known:
        return _intact(known[text])
    if text.lower().endswith(".onnx"):
        check_structure(Path(text))
        return Path(text)
    if text.lower().endswith(".ckpt"):
        raise InputError(f"{text} is a checkpoint; make an .onnx file of it: facepoints export {text} --out mine.onnx")
    if text in every:
        there = f"the weights {text!r} are those of a {KINDS[every[text].kind]}, not of a {KINDS[kind]}"
    else:
        there = f"there are no weights {str(weights)!r}"
    raise InputError(f"{there}; known are {', '.join(known) or 'none'}, or give the path of an .onnx file")


def _intact(info: WeightsInfo) -> Path:
    advice = "Install facepoints again: pip install --force-reinstall facepoints"
    try:
        content = info.path.read_bytes()
    except OSError as error:
        raise WeightsError(f"the weights {info.path} cannot be read ({error.strerror}). {advice}") from error
    if hashlib.sha256(content).hexdigest() != info.sha256:
        raise WeightsError(f"the weights {info.path} are damaged: their checksum is wrong. {advice}")
    return info.path
