"""What a report says about the run that it reports on, so that others can repeat it."""

from __future__ import annotations

import hashlib
import platform
from datetime import datetime, timezone
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from facepoints import __version__, weights

__all__ = ["describe_run", "describe_weights"]


def describe_run(
    data: Path, faces: str, keypoints: str | None, detector: str, min_face: int, threads: int
) -> dict[str, str]:
    """The settings, data, versions and date of a run that takes place now, for people to read.

    Args:
        data: folder of the labelled pictures.
        faces: which of its faces, in words.
        keypoints: name or path of the estimator's weights; None where no keypoints were found.
        detector: name of the detector; "none" where only true boxes were used.
        min_face: smallest face that the detector looked for, in pixels.
        threads: of the processor.
    """
    detecting = {"Detector": f"{detector}, faces from {min_face} px"} if detector != "none" else {}
    return {
        "Data": str(data),
        "Faces": faces,
        **({"Keypoints": describe_weights(keypoints)} if keypoints is not None else {}),
        **detecting,
        "Threads": str(threads),
        "Versions": f"facepoints {__version__}, onnxruntime {onnxruntime.__version__}, OpenCV {cv2.__version__}, "
        f"NumPy {np.__version__}, Python {platform.python_version()}",
        "Date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
    }


def describe_weights(name: str, kind: str = "keypoints") -> str:
    """Name, size and checksum of shipped weights or of an ``.onnx`` file.

    Args:
        name: or path.
        kind: what the network is for, of ``weights.KINDS``.

    Raises:
        InputError: no network of that name and kind.
        WeightsError: the file of a shipped network is missing or damaged.
    """
    content = weights.resolve(name, kind).read_bytes()
    return f"{name}, {len(content) / 1e6:.1f} MB, sha256 {hashlib.sha256(content).hexdigest()}"
