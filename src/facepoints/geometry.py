"""Boxes, similarity transforms and the one crop that training and inference share.

Coordinates are pixels, x right, y down; the centre of the first pixel is (0, 0). Boxes are ``x1, y1, x2, y2``. A
transform is a ``(2, 3)`` float64 matrix that maps picture coordinates to crop coordinates.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.scheme import MEAN_FACE

__all__ = [
    "CROP_SCALE",
    "apply_transform",
    "best_of_duplicates",
    "box_containment",
    "box_iou",
    "crop_transform",
    "face_crop_transform",
    "invert_transform",
    "nms",
    "oval_reach",
    "roll_of",
    "same_faces",
    "similarity",
    "tight_boxes",
    "upright_crop_transform",
    "upright_square",
    "warp",
    "wider_style_boxes",
]

CROP_SCALE = 1.3
"""Side of the square crop over the longer side of the face's box."""

_FOREHEAD = 0.25
"""Height of the forehead above the brows, over that of the tight box of the points."""

_INNER = slice(17, 68)
_TEMPLATE = MEAN_FACE[_INNER] - MEAN_FACE[_INNER].mean(axis=0)

_INSIDE = 0.6
"""Share of the smaller tight box that lies in the other, above which two sets of keypoints are one face: a box on a
mouth gives points inside the face, whose IoU with the whole face is small."""

_NEAR = 0.25
"""Mean distance of the points, over the longer side of the smaller tight box, below which they are one face: from a box
between two faces, eyes and mouth may be found on one of them and the jaw in between. Neighbours are about a whole side
apart."""

_WIDEST = 32_766
"""Pixels of the longest side that OpenCV's warps take."""


def tight_boxes(keypoints: Array) -> Floats:
    """Smallest boxes around the points: ``(n, 68, 2)`` to ``(n, 4)``."""
    return np.concatenate([keypoints.min(axis=1), keypoints.max(axis=1)], axis=1).astype(np.float32)


def wider_style_boxes(keypoints: Array) -> Floats:
    """Boxes from chin to forehead, as WIDER FACE draws them, of upright faces: ``(n, 68, 2)`` to ``(n, 4)``.

    The points end at the brows, so the tight box grows upwards by a quarter of its height.
    """
    boxes = tight_boxes(keypoints)
    boxes[:, 1] -= np.float32(_FOREHEAD) * (boxes[:, 3] - boxes[:, 1])
    return boxes


def box_iou(first: Array, second: Array) -> Floats:
    """Intersection over union of ``(n, 4)`` with ``(m, 4)`` boxes: ``(n, m)``; 0 where both are empty."""
    shared, areas = _shared_areas(first, second), (_areas(first)[:, None], _areas(second)[None, :])
    return _ratio(shared, areas[0] + areas[1] - shared)


def box_containment(first: Array, second: Array) -> Floats:
    """Intersection over the smaller box's area of ``(n, 4)`` with ``(m, 4)`` boxes: ``(n, m)``; 1 for a box inside
    another; 0 where the smaller is empty."""
    return _ratio(_shared_areas(first, second), np.minimum(_areas(first)[:, None], _areas(second)[None, :]))


def oval_reach(half: Array, angle: Array | float) -> Array:
    """Half the sides of the upright boxes around turned ellipses: what becomes of the box of a face that is rolled.

    Args:
        half: ``(n, 2)`` half axes of the ellipses, along x and y before they are turned.
        angle: ``(n,)`` or one for all, in radians.

    Returns:
        ``(n, 2)``, along x and y.
    """
    cosine, sine = np.cos(angle), np.sin(angle)
    if np.ndim(angle):
        cosine, sine = cosine[:, None], sine[:, None]
    return np.asarray(np.sqrt((half * cosine) ** 2 + (half[:, ::-1] * sine) ** 2))


def _areas(boxes: Array) -> Array:
    return _extent(boxes[:, 0], boxes[:, 2]) * _extent(boxes[:, 1], boxes[:, 3])


def _shared_areas(first: Array, second: Array) -> Array:
    rows, columns = first[:, None], second[None]
    widths = _extent(np.maximum(rows[..., 0], columns[..., 0]), np.minimum(rows[..., 2], columns[..., 2]))
    return widths * _extent(np.maximum(rows[..., 1], columns[..., 1]), np.minimum(rows[..., 3], columns[..., 3]))


def _extent(low: Array, high: Array) -> Array:
    return np.asarray(np.maximum(high - low, 0))


def _ratio(part: Array, whole: Array) -> Floats:
    ratios: Array = np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0)
    return ratios.astype(np.float32)


def nms(boxes: Array, scores: Array, threshold: float) -> np.ndarray:
    """Greedy non-maximum suppression of boxes ``(n, 4)`` whose IoU with a better one is above ``threshold``.

    Returns:
        Indices of the kept boxes, highest score first; among equal scores the earlier box wins.
    """
    order = np.argsort(-scores, kind="stable")
    rects = np.concatenate([boxes[order, :2], boxes[order, 2:] - boxes[order, :2]], axis=1)
    # OpenCV's own would leave out scores of 0, and is several times faster than a matrix of all pairs.
    ranks = list(range(len(order), 0, -1))
    return order[np.asarray(cv2.dnn.NMSBoxes(rects.tolist(), ranks, 0.0, threshold), dtype=np.int64).reshape(-1)]


def best_of_duplicates(duplicates: Array, scores: Array) -> np.ndarray:
    """Keep, greedily, each row that is no duplicate of a kept one with a higher score.

    Args:
        duplicates: ``(n, n)`` bool, symmetric.
        scores: ``(n,)``.

    Returns:
        Indices of the kept rows, highest score first; among equal scores the earlier row wins.
    """
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable"):
        if not duplicates[index, kept].any():
            kept.append(int(index))
    return np.asarray(kept, dtype=np.int64)


def same_faces(keypoints: Floats) -> Array:
    """``(n, n)`` bool: which of ``n`` sets of keypoints lie on one face."""
    boxes = tight_boxes(keypoints)
    shared = box_containment(boxes, boxes)
    same = shared > _INSIDE
    # Only pairs whose boxes touch and that are open still: all pairs of a crowd would take gigabytes.
    first, second = np.nonzero((shared > 0) & ~same)
    inner = keypoints[:, _INNER]
    distances = np.linalg.norm(inner[first] - inner[second], axis=2).mean(axis=1)
    sides = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    same[first, second] |= distances < _NEAR * np.minimum(sides[first], sides[second])
    return np.asarray(same)


def crop_transform(centre: Array, side: float, roll: float, size: int) -> Array:
    """The similarity that maps a turned square of the picture to a crop of ``size`` x ``size`` pixels.

    Args:
        centre: ``(2,)`` of the square, in picture pixels.
        side: of the square in picture pixels.
        roll: of the square in radians, clockwise as seen on the screen; a face of that roll stands upright in the crop.
        size: of the crop in pixels.
    """
    # Plain numbers: numpy takes longer over each of these than over all pixels of a line.
    scale, middle = size / side, (size - 1) / 2
    cosine, sine = math.cos(roll) * scale, math.sin(roll) * scale
    x, y = float(centre[0]), float(centre[1])
    return np.array([[cosine, sine, middle - cosine * x - sine * y], [-sine, cosine, middle + sine * x - cosine * y]])


def face_crop_transform(box: Array, size: int, roll: float = 0.0) -> Array:
    """The crop around a face's box ``(4,)``: same centre, ``CROP_SCALE`` times its longer side, turned by ``roll``."""
    x1, y1, x2, y2 = (float(value) for value in box)
    return crop_transform(np.array([(x1 + x2) / 2, (y1 + y2) / 2]), CROP_SCALE * max(x2 - x1, y2 - y1), roll, size)


def similarity(source: Array, target: Array) -> Array | None:
    """The ``(2, 3)`` similarity without reflection that maps ``source`` closest to ``target``; None if there is none.

    Source: Umeyama, "Least-squares estimation of transformation parameters between two point patterns" (PAMI 1991);
    in the plane its singular value decomposition has this closed form.
    """
    source_mean, target_mean = source.mean(axis=0, dtype=np.float64), target.mean(axis=0, dtype=np.float64)
    x, y = (source - source_mean).T
    u, v = (target - target_mean).T
    spread = float((x * x + y * y).sum())
    if spread == 0:
        return None
    a, b = float((x * u + y * v).sum()) / spread, float((x * v - y * u).sum()) / spread
    if a == 0 and b == 0:
        return None
    linear = np.array([[a, -b], [b, a]])
    return np.concatenate([linear, (target_mean - linear @ source_mean)[:, None]], axis=1)


def roll_of(keypoints: Array) -> float:
    """In-plane rotation of a face ``(68, 2)`` in radians, clockwise positive.

    The rotation of the least-squares similarity (Umeyama, PAMI 1991) from the mean face, over brows, eyes, nose and
    mouth, so that one bad point moves it little. The jaw is left out: it shifts when the head turns.
    """
    # The template is centred, so the place of the face adds nothing to these sums.
    sums = keypoints[_INNER].T.astype(np.float64) @ _TEMPLATE
    (cosine, minus_sine), (sine, other_cosine) = sums.tolist()
    return math.atan2(sine - minus_sine, cosine + other_cosine)


def upright_square(keypoints: Array) -> tuple[Array, float, float]:
    """The square around a face ``(68, 2)`` in the face's own upright frame.

    Returns:
        Its centre ``(2,)`` in picture pixels, the longer side of the turned tight box in pixels (at least 1), and the
        roll in radians.
    """
    roll = roll_of(keypoints)
    cosine, sine = math.cos(roll), math.sin(roll)
    turned = keypoints.astype(np.float64) @ np.array([[cosine, -sine], [sine, cosine]])
    (left, top), (right, bottom) = turned.min(axis=0).tolist(), turned.max(axis=0).tolist()
    across, down = (left + right) / 2, (top + bottom) / 2
    centre = np.array([cosine * across - sine * down, sine * across + cosine * down])
    return centre, max(right - left, bottom - top, 1.0), roll


def upright_crop_transform(keypoints: Array, size: int) -> Array:
    """The crop in which the face with these points ``(68, 2)`` stands upright, its tight box in the middle."""
    centre, side, roll = upright_square(keypoints)
    return crop_transform(centre, CROP_SCALE * side, roll, size)


def apply_transform(transform: Array, points: Array) -> Floats:
    """Map points ``(..., 2)`` by a ``(2, 3)`` transform."""
    return (points @ transform[:, :2].T + transform[:, 2]).astype(np.float32)


def invert_transform(transform: Array) -> Array:
    """The transform that undoes ``transform``."""
    return np.asarray(cv2.invertAffineTransform(transform))


def warp(image: Image, transform: Array, size: int) -> Image:
    """Cut the crop of ``size`` x ``size`` pixels that ``transform`` maps to; black outside the picture.

    Where the crop shrinks the picture to half or less, its region is first halved, as often as that leaves it no
    smaller than the crop: bilinear sampling alone would skip pixels and alias. Other averages are many times slower.
    """
    # The small summand keeps a factor of exactly 8 from being rounded down to 7.
    (a, b), (c, d) = transform[:, :2].tolist()
    shrink = int(1 / math.sqrt(abs(a * d - b * c)) + 1e-6)
    # Where the crop shows little else than black, blocks larger than the picture would only cost memory.
    halvings = max(0, min(shrink, max(64, min(image.shape[:2]))).bit_length() - 1)
    if halvings or max(image.shape[:2]) > _WIDEST:
        image, transform = _shrunk_region(image, transform, size, halvings)
    warped = cv2.warpAffine(image, transform, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(warped, dtype=np.uint8)


def _shrunk_region(image: Image, transform: Array, size: int, halvings: int) -> tuple[Image, Array]:
    """The part of the picture that the crop shows, halved so many times, and the transform from there."""
    factor = 1 << halvings
    corners = np.array([[0, 0], [size, 0], [0, size], [size, size]], dtype=np.float64) - 0.5
    seen = apply_transform(invert_transform(transform), corners)
    height, width = image.shape[:2]
    low = np.floor(seen.min(axis=0)).astype(int) - factor
    low = np.clip(low, 0, [width - 1, height - 1])
    high = np.clip(np.ceil(seen.max(axis=0)).astype(int) + factor + 1, low + 1, [width, height])
    # Whole blocks only, so that the mapping between the two grids is exact; beyond the picture its border is repeated.
    high = high + (low - high) % factor
    beyond = np.maximum(high - [width, height], 0)
    blocks = image[low[1] : high[1], low[0] : high[0]]
    if beyond.any():
        bordered = cv2.copyMakeBorder(blocks, 0, int(beyond[1]), 0, int(beyond[0]), cv2.BORDER_REPLICATE)
        blocks = np.asarray(bordered, dtype=np.uint8)
    for _ in range(halvings):
        half = (blocks.shape[1] // 2, blocks.shape[0] // 2)
        blocks = np.asarray(cv2.resize(blocks, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    linear = transform[:, :2] * factor
    # Pixel centre p of the small grid lies at low + factor * p + (factor - 1) / 2 of the picture.
    shift = transform[:, :2] @ (low + (factor - 1) / 2) + transform[:, 2]
    return blocks, np.concatenate([linear, shift[:, None]], axis=1)
