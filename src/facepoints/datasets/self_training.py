"""Labels from a network that is there already: for faces that have none, and to soften those that faces have.

Labels made by hand scatter, and those of YouTube Faces are whole numbers made by a network. The mean of a teacher's
answers to many views of a face scatters less (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network",
2015; Radosavovic et al., "Data Distillation", CVPR 2018: one teacher, many transformed views).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.datasets.crops import BACKGROUND, FaceCrops, OnError, cut_face
from facepoints.errors import ImageError, InputError
from facepoints.finder import FaceFinder
from facepoints.geometry import tight_boxes
from facepoints.images import read
from facepoints.keypoints import KeypointEstimator
from facepoints.scheme import POINT_COUNT, mirrored

__all__ = ["SURE", "UNLABELLED", "label_faces", "label_styles", "soften", "style_offsets", "teach"]

UNLABELLED = "unlabelled"
"""Source of the crops whose labels are a network's."""

SURE = 0.75
"""Score of a face from which a network's labels are good enough to learn from."""

_SMALLEST = 40
"""Longer side in pixels of the tight box from which a face shows enough to learn from."""

_VIEWS = 6
"""Boxes that the teacher looks at, and as many mirrored ones."""

_SHIFT, _SCALE = 0.03, 0.06
"""Spread of these boxes: sigma of the centre over the side, and of the side's logarithm."""

_EYES = (36, 45)


def label_faces(pictures: Iterable[Path], finder: FaceFinder, size: int, on_error: OnError) -> FaceCrops:
    """Crops of the faces of each picture, with the finder's points; small ones are left out.

    Args:
        pictures: files.
        finder: its ``min_score`` says which faces are sure enough.
        size: of the crops in pixels, at most.
        on_error: told of each picture that cannot be read; it is left out.
    """
    images, keypoints, groups = [], [], []
    for path in pictures:
        try:
            image = read(path)
        except ImageError as error:
            on_error(path, error)
            continue
        faces = finder.find(image)
        for points in faces.keypoints[np.ptp(faces.keypoints, axis=1).max(axis=1) >= _SMALLEST]:
            crop, points = cut_face(image, points, size)
            images.append(crop)
            keypoints.append(points)
            groups.append(f"{UNLABELLED}/{path.stem}")
    flat = np.asarray(keypoints, dtype=np.float32).reshape(-1, POINT_COUNT, 2)
    return FaceCrops(images, flat, tight_boxes(flat), [UNLABELLED] * len(images), groups)


def teach(
    crops: FaceCrops,
    teachers: Sequence[KeypointEstimator],
    *,
    seed: int = 0,
    rows: Sequence[int] | None = None,
    watch: Callable[[Sequence[int]], Iterable[int]] | None = None,
) -> Floats:
    """What the teachers say of each face: the mean over several boxes around it, half of them in the mirrored crop.

    Args:
        crops: labelled; the labels say where to look.
        teachers: one or more.
        seed: of the boxes.
        rows: faces to look at, whose answers do not depend on which others are; None for all.
        watch: wraps the numbers of the rows, to show the progress over them.

    Returns:
        ``(n, 68, 2)`` in pixels of each crop; NaN for background and for other rows.
    """
    random = np.random.default_rng(seed)
    taught = np.full_like(crops.keypoints, np.nan)
    faces = [row for row, source in enumerate(crops.sources) if source != BACKGROUND]
    boxes = {row: _views(crops.boxes[row], random) for row in faces}
    chosen = faces if rows is None else rows
    for row in watch(chosen) if watch else chosen:
        taught[row] = np.mean([_answer(teacher, crops.images[row], boxes[row]) for teacher in teachers], axis=0)
    return taught


def label_styles(crops: FaceCrops, taught: Floats) -> dict[str, Floats]:
    """How the labels of each data set lie beside the teacher's points: the median, ``(68, 2)``, over the outer-eye
    distance, along the line of the eyes and down across it, so that it turns with the face. Whoever marked a set had a
    view of where, say, the jaw's points lie along the jaw. Labels that a network made have the mean style of the
    others."""
    styles = {}
    for source in sorted(set(crops.sources) - {BACKGROUND}):
        rows = [row for row, name in enumerate(crops.sources) if name == source]
        axes = _eye_axes(crops.keypoints[rows])
        off = (
            (crops.keypoints[rows] - taught[rows]) @ axes.swapaxes(1, 2) / np.square(axes[:, :1]).sum(-1, keepdims=True)
        )
        styles[source] = np.asarray(np.median(off, axis=0), dtype=np.float32)
    by_hand = [style for source, style in styles.items() if source != UNLABELLED]
    if UNLABELLED in styles:
        styles[UNLABELLED] = np.mean(by_hand, axis=0) if by_hand else np.zeros((POINT_COUNT, 2), dtype=np.float32)
    return styles


def style_offsets(style: Floats, keypoints: Floats) -> Floats:
    """How far a style of :func:`label_styles` moves the points of faces.

    Args:
        style: ``(68, 2)``.
        keypoints: ``(..., 68, 2)`` of upright or turned faces, in pixels.

    Returns:
        ``(..., 68, 2)`` in pixels.
    """
    return np.asarray(style @ _eye_axes(keypoints), dtype=np.float32)


def soften(crops: FaceCrops, taught: Floats, share: float) -> FaceCrops:
    """Move each label towards what the teacher says, in the style of its data set. Labels that a network made become
    the teacher's, in the mean style of the others.

    Args:
        crops: with labels; background stays as it is.
        taught: of :func:`teach`.
        share: how far labels made by people move: 0 not at all, 1 all the way.

    Raises:
        InputError: the share is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise InputError(f"the share of the teacher must be between 0 and 1; got {share}")
    keypoints = crops.keypoints.copy()
    for source, style in label_styles(crops, taught).items():
        rows = [row for row, name in enumerate(crops.sources) if name == source]
        in_style = taught[rows] + style_offsets(style, crops.keypoints[rows])
        weight = 1.0 if source == UNLABELLED else share
        keypoints[rows] += np.float32(weight) * (in_style - keypoints[rows])
    faces = np.isfinite(keypoints).all(axis=(1, 2))
    boxes = crops.boxes.copy()
    boxes[faces] = tight_boxes(keypoints[faces])
    return dataclasses.replace(crops, keypoints=keypoints, boxes=boxes)


def _views(box: Floats, random: np.random.Generator) -> Floats:
    centre, side = (box[:2] + box[2:]) / 2, float(max(box[2:] - box[:2]))
    centres = centre + random.normal(0, _SHIFT * side, (_VIEWS, 2))
    half = (box[2:] - box[:2]) / 2 * np.exp(random.normal(0, _SCALE, (_VIEWS, 1)))
    return np.concatenate([centres - half, centres + half], axis=1).astype(np.float32)


def _answer(teacher: KeypointEstimator, image: Image, boxes: Floats) -> Array:
    width = image.shape[1]
    other = boxes.copy()
    other[:, [0, 2]] = width - 1 - boxes[:, [2, 0]]
    seen, mirror = teacher.estimate([image, np.ascontiguousarray(image[:, ::-1])], [boxes, other])
    return np.asarray(np.mean([*seen.keypoints, *mirrored(mirror.keypoints, width)], axis=0))


def _eye_axes(keypoints: Floats) -> Floats:
    """``(..., 2, 2)``: from the outer corner of one eye to that of the other, and as far down across that line."""
    along = keypoints[..., _EYES[1], :] - keypoints[..., _EYES[0], :]
    down = np.stack([-along[..., 1], along[..., 0]], axis=-1)
    return np.asarray(np.stack([along, down], axis=-2), dtype=np.float32)
