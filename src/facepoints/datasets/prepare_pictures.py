"""From folders of data sets to the pictures that a detector is trained on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import numpy as np

from facepoints.arrays import Floats, Image
from facepoints.datasets import read_keypoints, wider, ytf
from facepoints.datasets.crops import OnError
from facepoints.datasets.face_pictures import (
    LANDMARK_COUNT,
    FacePictures,
    KnownFaces,
    faces_from_keypoints,
    landmarks_of,
    merge_pictures,
)
from facepoints.datasets.labelled import LabelledFace
from facepoints.datasets.prepare import data_sets
from facepoints.datasets.progress import Track
from facepoints.datasets.wider import LabelledPicture
from facepoints.errors import ImageError, LabelError
from facepoints.images import read
from facepoints.keypoints import KeypointEstimator

__all__ = ["prepare_pictures"]

_SMALLEST_FITTED = 28
"""Longer side in pixels of the smallest face of WIDER FACE that is given landmarks by the keypoint network."""

_TRUSTED = 0.65
"""Mean score of the keypoints from which the landmarks of a face without labels are believed."""


def prepare_pictures(
    paths: Sequence[Path], *, exclude_people: Collection[str], on_error: OnError, track: Track | None = None
) -> FacePictures:
    """Read the pictures of all data sets.

    WIDER FACE labels boxes only. The five points of its faces come from the keypoint network that is in the package,
    where its scores say that they can be trusted.

    Args:
        paths: each is a folder: WIDER FACE (its training split), YouTube Faces (its training split), pictures with
            ``.pts`` files (all but folders named ``testset``), or one that holds such folders as ``wider``, ``ytf``
            and ``300w``.
        exclude_people: of YouTube Faces, to keep for testing, beside those whom the folder itself holds out.
        on_error: told of each picture that cannot be read; it is left out.
        track: shows progress.

    Raises:
        LabelError: a path is missing, not recognised, or its labels are damaged.
    """
    show = track or (lambda items, _: items)
    parts = [_pictures_of(path, exclude_people, on_error, show) for given in paths for path in data_sets(given)]
    pictures = merge_pictures(parts)
    if not len(pictures):
        raise LabelError(f"no picture could be read from {', '.join(map(str, paths))}")
    return pictures


def _pictures_of(path: Path, exclude_people: Collection[str], on_error: OnError, track: Track) -> FacePictures:
    if (path / "wider_face_split").is_dir():
        return _from_boxes(track(wider.read(path, "train"), f"{path.name}: pictures"), on_error)
    faces = read_keypoints(path, "training", exclude={*exclude_people, *ytf.held_out_people(path)})
    if not ytf.is_ytf(path):
        # 300-W keeps its test parts beside its training parts.
        faces = [face for face in faces if "testset" not in face.image.relative_to(path).parts]
    return _from_labelled_faces(track(faces, f"{path.name}: pictures"), on_error)


def _from_labelled_faces(faces: Iterable[LabelledFace], on_error: OnError) -> FacePictures:
    images, known, groups, sources = [], [], [], []
    for face in faces:
        try:
            images.append(read(face.image))
        except ImageError as error:
            on_error(face.image, error)
            continue
        known.append(faces_from_keypoints(face.keypoints[None]))
        sources.append(face.source)
        groups.append(f"{face.source}/{face.group}")
    return FacePictures(images, known, [False] * len(images), sources, groups)


def _from_boxes(pictures: Iterable[LabelledPicture], on_error: OnError) -> FacePictures:
    estimator = KeypointEstimator()
    images, known, groups = [], [], []
    for picture in pictures:
        try:
            image = read(picture.image)
        except ImageError as error:
            on_error(picture.image, error)
            continue
        images.append(image)
        known.append(_faces_in(image, picture, estimator))
        groups.append(f"wider/{picture.image.stem}")
    return FacePictures(images, known, [True] * len(images), ["wider"] * len(images), groups)


def _faces_in(image: Image, picture: LabelledPicture, estimator: KeypointEstimator) -> KnownFaces:
    boxes = picture.boxes
    sizes = boxes[:, 2:] - boxes[:, :2]
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    ovals = np.concatenate([centres, sizes, np.zeros((len(boxes), 1))], axis=1).astype(np.float32)
    # Boxes without area are labelling slips.
    ignore = picture.ignore | (sizes.min(axis=1, initial=np.inf) < 1)
    landmarks = np.full((len(boxes), LANDMARK_COUNT, 2), np.nan, dtype=np.float32)
    rows = np.flatnonzero(~ignore & (sizes.max(axis=1, initial=0) >= _SMALLEST_FITTED) & _inside(boxes, image))
    starts = boxes[rows].copy()
    starts[:, 1] += 0.2 * (starts[:, 3] - starts[:, 1])  # without the forehead
    estimate = estimator.estimate([image], [starts])[0]
    for row, keypoints, scores in zip(rows, estimate.keypoints, estimate.scores, strict=True):
        if scores.mean() >= _TRUSTED:
            landmarks[row] = landmarks_of(keypoints)
    return KnownFaces(ovals, ignore, landmarks)


def _inside(boxes: Floats, image: Image) -> np.ndarray:
    height, width = image.shape[:2]
    inside = (boxes[:, 0] < width) & (boxes[:, 1] < height) & (boxes[:, 2] > 0) & (boxes[:, 3] > 0)
    return np.asarray(inside)
