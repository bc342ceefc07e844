"""The result that everything speaks: the faces of one picture as arrays, one row a face."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from facepoints.arrays import Array, Floats, as_boxes, as_floats
from facepoints.errors import InputError, MissingExtraError
from facepoints.scheme import POINT_COUNT

if TYPE_CHECKING:
    import pandas

__all__ = ["Face", "Faces", "as_faces"]

_SHOWN = 8
"""Scores that ``repr`` shows."""


@dataclass(frozen=True, eq=False, repr=False)
class Face:
    """One face: a row of :class:`Faces`.

    Attributes:
        box: ``(4,)`` x1, y1, x2, y2 in pixels.
        score: 0 to 1.
        keypoints: ``(68, 2)`` x, y in pixels.
        keypoint_scores: ``(68,)`` 0 to 1.
        track_id: which person of a video this is, or None.
    """

    box: Floats
    score: float
    keypoints: Floats
    keypoint_scores: Floats
    track_id: int | None = None

    def __repr__(self) -> str:
        return f"<Face: score {self.score:.2f}, box {np.round(self.box, 1).tolist()}>"


@dataclass(frozen=True, eq=False, repr=False)
class Faces:
    """The faces of one picture, highest score first (from ``FaceFinder.fit``: in the order of the given boxes); a
    picture without a face has an empty ``Faces``.

    ``len`` counts the faces, iteration yields :class:`Face` objects, ``faces[0]`` is one of them; a slice, a mask or an
    array of indices gives another ``Faces``.

    Attributes:
        boxes: ``(n, 4)`` float32, x1, y1, x2, y2 in pixels: the detector's or the caller's.
        scores: ``(n,)`` float32, 0 to 1.
        keypoints: ``(n, 68, 2)`` float32, x, y in pixels.
        keypoint_scores: ``(n, 68)`` float32, 0 to 1.
        track_ids: ``(n,)`` int64, or None where nothing was tracked.

    Raises:
        InputError: an array has another shape, holds NaN or infinity, or something that is no number.
    """

    boxes: Floats
    scores: Floats
    keypoints: Floats
    keypoint_scores: Floats
    track_ids: np.ndarray | None = None

    def __post_init__(self) -> None:
        boxes = as_boxes(self.boxes)
        count = len(boxes)
        object.__setattr__(self, "boxes", boxes)
        object.__setattr__(self, "scores", as_floats(self.scores, (count,), "scores"))
        object.__setattr__(self, "keypoints", as_floats(self.keypoints, (count, POINT_COUNT, 2), "keypoints"))
        object.__setattr__(
            self, "keypoint_scores", as_floats(self.keypoint_scores, (count, POINT_COUNT), "keypoint_scores")
        )
        if self.track_ids is not None:
            try:
                track_ids = np.asarray(self.track_ids, dtype=np.int64)
            except (TypeError, ValueError, OverflowError) as error:
                raise InputError(f"track_ids must be whole numbers: {error}") from error
            if track_ids.shape != (count,):
                raise InputError(f"track_ids must have shape ({count},); got {track_ids.shape}")
            object.__setattr__(self, "track_ids", track_ids)

    @classmethod
    def empty(cls) -> Faces:
        """No face."""
        none = np.zeros(0, dtype=np.float32)
        return cls(none.reshape(0, 4), none, none.reshape(0, POINT_COUNT, 2), none.reshape(0, POINT_COUNT))

    def __len__(self) -> int:
        return len(self.boxes)

    def __repr__(self) -> str:
        # A screenful of numbers would help nobody.
        scores = [f"{score:.2f}" for score in self.scores[:_SHOWN]] + ["..."] * (len(self) > _SHOWN)
        return f"<Faces: {len(self)}, scores {', '.join(scores)}>" if scores else "<Faces: 0>"

    def __iter__(self) -> Iterator[Face]:
        return (self._row(index) for index in range(len(self)))

    @overload
    def __getitem__(self, index: int) -> Face: ...

    @overload
    def __getitem__(self, index: slice | Array | list[int]) -> Faces: ...

    def __getitem__(self, index: int | slice | Array | list[int]) -> Face | Faces:
        if isinstance(index, (int, np.integer)):
            return self._row(range(len(self))[int(index)])
        if isinstance(index, list):
            index = np.asarray(index, dtype=np.int64)
        return Faces(
            self.boxes[index],
            self.scores[index],
            self.keypoints[index],
            self.keypoint_scores[index],
            None if self.track_ids is None else self.track_ids[index],
        )

    def _row(self, index: int) -> Face:
        return Face(
            self.boxes[index],
            float(self.scores[index]),
            self.keypoints[index],
            self.keypoint_scores[index],
            None if self.track_ids is None else int(self.track_ids[index]),
        )

    def to_dict(
        self,
        *,
        image: str | None = None,
        width: int | None = None,
        height: int | None = None,
        details: Sequence[Mapping[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """The JSON object of these faces, made of plain lists and numbers.

        Args:
            image: name of the picture; left out of the object if None, like ``width`` and ``height``.
            width: of the picture in pixels.
            height: of the picture in pixels.
            details: what else is known of each face, one mapping of plain numbers a face, such as
                :func:`facepoints.analysis.details` gives; it goes into the face's object.

        Raises:
            InputError: another number of details than of faces.
        """
        if details is not None and len(details) != len(self):
            raise InputError(f"details must be one mapping a face; got {len(details)} for {len(self)} faces")
        about = {"image": image, "width": width, "height": height}
        known = {key: value for key, value in about.items() if value is not None}
        rows = [_face_to_dict(face) for face in self]
        for row, detail in zip(rows, details or (), strict=details is not None):
            row.update(detail)
        return {**known, "faces": rows}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Faces:
        """The opposite of :meth:`to_dict`; details are passed over.

        Raises:
            InputError: ``data`` is not such an object.
        """
        try:
            rows = list(data["faces"])
            if not rows:
                return cls.empty()
            points = as_floats([row["keypoints"] for row in rows], (len(rows), POINT_COUNT, 3), "keypoints")
            ids = [row.get("track_id") for row in rows]
            with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinity, which is refused
                boxes = np.asarray([row["box"] for row in rows], dtype=np.float32)
                scores = np.asarray([row["score"] for row in rows], dtype=np.float32)
            return cls(
                boxes,
                scores,
                points[:, :, :2],
                points[:, :, 2],
                None if None in ids else np.asarray(ids, dtype=np.int64),
            )
        except InputError:
            raise
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
            raise InputError(f"not a facepoints result: {type(error).__name__} {error}") from error

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame with a row a face: box, score, track_id, and x, y and score of each point.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtraError("to_pandas()", "batch") from error
        return pd.DataFrame(self.to_columns())

    def to_columns(self) -> dict[str, np.ndarray]:
        """The same faces as named columns: ``x1``, ``y1``, ``x2``, ``y2``, ``score``, ``track_id`` (-1 for none), then
        ``point0_x``, ``point0_y``, ``point0_score`` and so on to point 67; each of shape ``(n,)``."""
        columns: dict[str, np.ndarray] = {
            name: self.boxes[:, column] for column, name in enumerate(("x1", "y1", "x2", "y2"))
        }
        columns["score"] = self.scores
        columns["track_id"] = np.full(len(self), -1) if self.track_ids is None else self.track_ids
        for point in range(POINT_COUNT):
            columns[f"point{point}_x"] = self.keypoints[:, point, 0]
            columns[f"point{point}_y"] = self.keypoints[:, point, 1]
            columns[f"point{point}_score"] = self.keypoint_scores[:, point]
        return columns


def as_faces(value: object) -> Faces:
    """Return ``value`` if it is a ``Faces``.

    Raises:
        InputError: it is something else, such as a single face.
    """
    if isinstance(value, Face):
        raise InputError("faces must be a facepoints.Faces, not one Face; for one face there is a slice: faces[:1]")
    if not isinstance(value, Faces):
        raise InputError(f"faces must be a facepoints.Faces, not {type(value).__name__}")
    return value


def _rounded(values: Array, digits: int) -> list[Any]:
    # float32 has no more digits than these; without rounding, JSON would print twice as many. As one array, since
    # rounding number by number would take longer than finding the points.
    rounded: list[Any] = values.astype(np.float64).round(digits).tolist()
    return rounded


def _face_to_dict(face: Face) -> dict[str, Any]:
    points, scores = _rounded(face.keypoints, 2), _rounded(face.keypoint_scores, 4)
    row: dict[str, Any] = {
        "box": _rounded(face.box, 2),
        "score": round(face.score, 4),
        "keypoints": [[x, y, score] for (x, y), score in zip(points, scores, strict=True)],
    }
    if face.track_id is not None:
        row["track_id"] = face.track_id
    return row
