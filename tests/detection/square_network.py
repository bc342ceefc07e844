"""Stand-ins for the detector's network, whose faces are coloured rectangles and need no learned weights."""

import math
from pathlib import Path

import cv2
import numpy as np

from facepoints.arrays import Image
from facepoints.detection.candidates import Candidates

ASPECT = 1.25
"""Height over width of a face."""

KNOWN = (9.5, 257.0)
"""Heights of the faces that the network knows, in pixels."""


def draw_face(picture: Image, left: int, top: int, width: int, turns: int = 0) -> np.ndarray:
    """Paint a face: red above, green below, turned clockwise by quarters of a turn. Returns its box ``(4,)``."""
    height = round(ASPECT * width)
    face = np.zeros((height, width, 3), dtype=np.uint8)
    face[: height // 2, :, 0] = 255
    face[height // 2 :, :, 1] = 255
    face = np.rot90(face, -turns)
    rows, columns = face.shape[:2]
    inside = picture[max(top, 0) : top + rows, max(left, 0) : left + columns]
    inside[:] = face[max(-top, 0) :, max(-left, 0) :][: inside.shape[0], : inside.shape[1]]
    return np.array([left, top, left + columns, top + rows], dtype=np.float32) - np.float32(0.5)


class SquareSession:
    """In the place of a ``DetectorSession``: knows faces that are upright by 60 degrees and of the ``KNOWN`` sizes,
    from their area and centre of gravity, so that it is exact below a pixel; each is found thrice."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []

    def run(self, picture: Image, min_score: float) -> Candidates:
        """See ``DetectorSession.run``."""
        self.sizes.append(picture.shape[1::-1])
        weight = picture[..., :2].max(axis=2)
        count, labels = cv2.connectedComponents((weight > 0).astype(np.uint8))
        found = [self._face(picture, weight, labels == label) for label in range(1, count)]
        rows = [marks for marks in found if marks is not None]
        if not rows:
            return Candidates.empty()
        marks = np.array(rows, dtype=np.float32)
        half = (marks[:, 1:2] - marks[:, :1]) / 2
        everything = np.concatenate([marks - 0.3 * half, marks, marks + 0.02 * half])
        return Candidates(np.repeat([0.5, 0.9, 0.7], len(marks)).astype(np.float32), everything)

    def _face(self, picture: Image, weight: np.ndarray, mask: np.ndarray) -> np.ndarray | None:
        """``(9, 2)`` marks of one blot."""
        rows, columns = np.nonzero(mask)
        places = np.stack([columns, rows], axis=1)
        red, green = (picture[rows, columns, channel].astype(float) for channel in (0, 1))
        area = weight[mask].sum() / 255
        width = math.sqrt(area / ASPECT)
        if not KNOWN[0] <= ASPECT * width <= KNOWN[1] or red.sum() == 0 or green.sum() == 0:
            return None
        top, bottom = (channel @ places / channel.sum() for channel in (red, green))
        down = (bottom - top) / np.linalg.norm(bottom - top)
        if down[1] < 0.5:
            return None
        centre = (red + green) @ places / (red + green).sum()
        half = np.array([width, ASPECT * width]) / 2
        frame = [centre - down * width / 2, centre + down * width / 2]
        return np.array([centre - half, centre + half, *[centre] * 5, *frame])


def write_brightness_network(path: Path) -> None:
    """A network with the detector's interface: one candidate for each 8 x 8 pixels, whose score is their brightness;
    all its coordinates are its score in pixels, but for boxes, which are (0, 0, score, score)."""
    from onnx import TensorProto, helper, save

    def node(kind: str, inputs: list[str], output: str, **attributes: object) -> None:
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))

    def constant(name: str, kind: int, shape: list[int], values: list[float]) -> None:
        constants.append(helper.make_tensor(name, kind, shape, values))

    nodes: list[object] = []
    constants: list[object] = []
    outputs = {"boxes": [4], "scores": [], "points": [5, 2], "frames": [2, 2]}
    node("Cast", ["pictures"], "numbers", to=TensorProto.FLOAT)
    node("Transpose", ["numbers"], "planes", perm=[0, 3, 1, 2])
    node("AveragePool", ["planes"], "cells", kernel_shape=[8, 8], strides=[8, 8])
    node("ReduceMean", ["cells"], "grey", axes=[1], keepdims=1)
    constant("full", TensorProto.FLOAT, [1], [255])
    node("Div", ["grey", "full"], "share")
    constant("rows", TensorProto.INT64, [2], [0, -1])
    node("Reshape", ["share", "rows"], "scores")
    for name, shape in outputs.items():
        if shape:
            constant(f"{name}_shape", TensorProto.INT64, [2 + len(shape)], [0, -1, *[1] * len(shape)])
            node("Reshape", ["scores", f"{name}_shape"], f"{name}_column")
            values = [0.0, 0.0, 1.0, 1.0] if name == "boxes" else [1.0] * int(np.prod(shape))
            constant(f"{name}_values", TensorProto.FLOAT, [1, 1, *shape], values)
            node("Mul", [f"{name}_column", f"{name}_values"], name)
    graph = helper.make_graph(
        nodes,
        "brightness",
        [helper.make_tensor_value_info("pictures", TensorProto.UINT8, ["n", "height", "width", 3])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", "k", *shape]) for name, shape in outputs.items()],
        constants,
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
