"""Reading COCO's JSON of keypoints: the files of this package, and those of others that have faces with 68 keypoints.

Besides categories of 68 keypoints, COCO-WholeBody's ``face_kpts`` are read, which follow the same scheme.

Source: "COCO: Data format", https://cocodataset.org/#format-data; Jin et al., "Whole-Body Human Pose Estimation in the
Wild" (ECCV 2020).
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from facepoints.arrays import Array, Floats, is_number
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.formats.results import Result
from facepoints.geometry import tight_boxes
from facepoints.scheme import POINT_COUNT

__all__ = ["coco_results", "is_coco", "read_coco"]

_OWN_SCORES = "keypoint_scores"
_FIELDS = frozenset(
    {
        *("id", "image_id", "category_id", "bbox", "area", "iscrowd", "segmentation"),
        *("num_keypoints", "keypoints", "score", _OWN_SCORES, "track_id"),
    }
)


def read_coco(path: str | os.PathLike[str]) -> Iterator[tuple[str, Faces]]:
    """The name of each picture of a COCO file and its faces with 68 keypoints, pictures without a face too.

    Annotations of other things, or with a box alone, are passed over. Where the file has no ``score`` a face gets 1,
    where it has no box the tight one of its points. Points that are marked as not labelled (visibility 0) get score 0
    and stay where the file has them, which is (0, 0); labelled ones get 1, unless the file is of this package and has
    their scores. The whole file is read at once: about 10 KB of memory a face.

    Raises:
        InputError: no such file, no COCO file, or none with faces of 68 keypoints; the message names the annotation.
    """
    try:
        content = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise InputError(f"{path}: the file cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:  # brackets in brackets, thousands deep
        raise InputError(f"{path}: this is not valid JSON: {error}") from error
    if not is_coco(content):
        raise InputError(f"{path}: this is no COCO file; it must be an object with 'images' and 'annotations'")
    return ((result.image, result.faces) for result in coco_results(content, str(path)))


def is_coco(content: Any) -> bool:
    """Whether the content of a JSON file is an object in COCO's format."""
    return isinstance(content, Mapping) and all(isinstance(content.get(key), list) for key in ("images", "annotations"))


def coco_results(content: Mapping[str, Any], place: str) -> Iterator[Result]:
    """The pictures of the content of a COCO file, in its order.

    Args:
        content: for which :func:`is_coco` is true.
        place: the file, for messages.

    Raises:
        InputError: as of :func:`read_coco`.
    """
    faces: defaultdict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for annotation in content["annotations"]:
        if not isinstance(annotation, Mapping) or not isinstance(annotation.get("image_id"), (int, str)):
            raise InputError(f"{place}: each annotation must be an object with 'image_id'")
        if _points_field(annotation):
            faces[annotation["image_id"]].append(annotation)
    if content["annotations"] and not faces:
        raise InputError(f"{place}: no annotation has the {POINT_COUNT} keypoints of a face in 'keypoints'")
    for image in content["images"]:
        if not (
            isinstance(image, Mapping)
            and isinstance(image.get("id"), (int, str))
            and isinstance(image.get("file_name"), str)
        ):
            raise InputError(f"{place}: each image must be an object with 'id' and 'file_name'")
        yield _result(image, faces.pop(image["id"], []), place)
    if faces:
        raise InputError(f"{place}: there are annotations of image {next(iter(faces))!r}, but no such image")


def _points_field(annotation: Mapping[str, Any]) -> str | None:
    """The field with x, y and visibility of 68 points, some of them labelled; None where there is none."""
    for field in ("keypoints", "face_kpts"):
        points = annotation.get(field)
        if isinstance(points, list) and len(points) == 3 * POINT_COUNT and any(points[2::3]):
            return field
    return None


def _result(image: Mapping[str, Any], annotations: Sequence[Mapping[str, Any]], place: str) -> Result:
    width, height = (image[key] if is_number(image.get(key), whole=True) else None for key in ("width", "height"))
    rows = [_face(annotation, f"{place}, annotation {annotation.get('id')!r}") for annotation in annotations]
    faces = Faces.empty()
    if rows:
        boxes, scores, points, point_scores = (np.stack(column) for column in zip(*rows, strict=True))
        ids = [annotation.get("track_id") for annotation in annotations]
        tracked = all(is_number(track_id, whole=True) for track_id in ids)
        faces = Faces(boxes, scores, points, point_scores, np.asarray(ids) if tracked else None)
    details = [_details(annotation) for annotation in annotations]
    return Result(image["file_name"], faces, width, height, details=details if any(details) else ())


def _face(annotation: Mapping[str, Any], place: str) -> tuple[Array, Array, Array, Array]:
    """Box ``(4,)``, score ``()``, points ``(68, 2)`` and their scores ``(68,)``, checked to be such."""
    try:
        field = _points_field(annotation) or ""
        points = np.asarray(annotation[field], dtype=np.float64).reshape(POINT_COUNT, 3)
        labelled = points[:, 2] > 0
        scores = np.asarray(annotation.get(_OWN_SCORES, labelled), dtype=np.float64)
        box = _box(annotation.get("bbox" if field == "keypoints" else "face_box"), points[labelled, :2])
        face = Faces(box[None], [annotation.get("score", 1.0)], points[None, :, :2], scores[None])  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{place}: {error}") from error
    return face.boxes[0], face.scores[0], face.keypoints[0], face.keypoint_scores[0]


def _box(corner_and_size: Any, labelled: Array) -> Floats:
    x, y, width, height = (float(value) for value in corner_and_size or (0, 0, 0, 0))
    with np.errstate(over="ignore"):  # as in Faces: infinity is refused
        box = np.array([x, y, x + width, y + height], dtype=np.float32)
    if width <= 0 or height <= 0:  # how some programs write that there is no box
        (box,) = tight_boxes(labelled[None])
    return box


def _details(annotation: Mapping[str, Any]) -> dict[str, Any]:
    # What other programs leave in their fields is nothing that this package knows.
    if _OWN_SCORES not in annotation:
        return {}
    return {key: value for key, value in annotation.items() if key not in _FIELDS}
