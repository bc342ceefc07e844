"""``facepoints info``: versions, weights, licences and what is installed."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from typing import Annotated, Any

import cv2
import numpy as np
import onnxruntime
import typer

from facepoints import __version__, weights
from facepoints.cli.extras import EXTRAS, installed_extras
from facepoints.detection import DETECTORS
from facepoints.weights import KINDS

__all__ = ["info"]

LICENCES = {"program": "MIT", "weights": "research use only; see WEIGHTS_LICENSE"}


def info(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """Show versions, the weights that came along with their terms of use, and the installed extras."""
    about = _collect()
    if as_json:
        typer.echo(json.dumps(about, indent=2, ensure_ascii=False))
    else:
        _print(about)


def _collect() -> dict[str, Any]:
    return {
        "facepoints": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {"numpy": np.__version__, "opencv": cv2.__version__, "onnxruntime": onnxruntime.__version__},
        "licences": LICENCES,
        "weights": [
            {
                "name": known.name,
                "kind": known.kind,
                "size": known.size,
                "sha256": known.sha256,
                "licence": known.licence,
                "trained_on": known.trained_on,
                "path": str(known.path),
            }
            for known in weights.available().values()
        ],
        "detectors": list(DETECTORS),
        "extras": {extra: extra in installed_extras() for extra in EXTRAS},
    }


def _print(about: dict[str, Any]) -> None:
    for label, value in _lines(about):
        typer.echo(f"{label:<12} {value}".rstrip())


def _lines(about: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "facepoints", about["facepoints"]
    yield "Python", f"{about['python']} on {about['platform']}"
    yield from about["libraries"].items()
    yield "detectors", ", ".join(about["detectors"])
    yield "extras", ", ".join(f"{name}: {'yes' if there else 'no'}" for name, there in about["extras"].items())
    yield "licence", f"program: {about['licences']['program']}"
    yield "", f"weights: {about['licences']['weights']}"
    for known in about["weights"]:
        yield "", ""
        yield "weights", f"{known['name']} ({KINDS[known['kind']]})"
        yield "  size", f"{known['size']:,} bytes"
        yield "  sha256", known["sha256"]
        yield "  licence", known["licence"]
        yield "  trained on", known["trained_on"]
        yield "  file", known["path"]
