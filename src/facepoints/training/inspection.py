"""Any network as an ONNX file, and what it sees of a picture: the two things that looking into it begins with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from facepoints.arrays import Image
from facepoints.detection.session import STEP
from facepoints.errors import InputError, WeightsError
from facepoints.finder import find
from facepoints.geometry import upright_crop_transform, warp
from facepoints.training.feature_maps import InspectedNetwork
from facepoints.weights import available, resolve

__all__ = ["network_file", "seen_picture"]

_LONGER_SIDE = 256
"""Pixels of a whole picture: more would fill the sheets, in which all maps stand side by side."""


@contextmanager
def network_file(network: str) -> Iterator[Path]:
    """The ONNX file of a network; one that is made from a checkpoint is deleted when the block ends.

    Args:
        network: name of shipped weights, or path of an ``.onnx`` file or of a checkpoint (``.ckpt``) of ``facepoints
            train``.

    Raises:
        InputError: it is none of these.
        WeightsError: the file of a shipped network is damaged, or there is no such checkpoint.
    """
    shipped = available()
    suffix = Path(network).suffix.lower()
    if network in shipped:
        yield resolve(network, shipped[network].kind)
    elif suffix == ".onnx":
        yield Path(network)
    elif suffix == ".ckpt":
        with TemporaryDirectory() as folder:
            yield _exported(Path(network), Path(folder) / "network.onnx")
    else:
        raise InputError(
            f"there is no network {network!r}; known are {', '.join(shipped)}, "
            "or give the path of an .onnx file or of a .ckpt file"
        )


def _exported(checkpoint: Path, path: Path) -> Path:
    from facepoints.training.checkpoints import read_checkpoint
    from facepoints.training.detector.export import export_detector_checkpoint
    from facepoints.training.export import export_checkpoint

    export = export_checkpoint if read_checkpoint(checkpoint).kind == "keypoints" else export_detector_checkpoint
    export(checkpoint, path)
    return path


def seen_picture(network: InspectedNetwork, image: Image) -> Image | None:
    """What a network sees of a picture, ready to be its input.

    A network with a square input of fixed size sees the best face, in the upright crop that the estimator makes from a
    face's own points. Any other sees the whole picture, with a longer side of 256 pixels and sides that are multiples
    of 32, where it leaves them open.

    Returns:
        RGB uint8 ``(H, W, 3)``, or None where a face is needed and none is found.

    Raises:
        WeightsError: the network takes something other than RGB uint8 pictures ``(n, H, W, 3)``.
    """
    if not network.takes_pictures:
        raise WeightsError(
            f"the network takes {network.input_type}, and those of facepoints take RGB uint8 pictures (n, H, W, 3). "
            "In Python, facepoints.training.feature_maps looks into any network"
        )
    height, width = network.input_shape[1:3]
    if height is not None and height == width:
        faces = find(image)
        return warp(image, upright_crop_transform(faces.keypoints[0], height), height) if len(faces) else None
    scale = _LONGER_SIDE / max(image.shape[:2])
    steps = [max(1, round(side * scale / STEP)) * STEP for side in image.shape[:2]]
    size = (width or steps[1], height or steps[0])
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
