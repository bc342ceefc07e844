"""Faces cut out of their pictures with a margin: what training keeps in memory, and a single file that holds them.

Cutting and decoding thousands of photos takes longer than an epoch over their crops. A crop is twice the tight box of
the points, so that training can turn, shift and scale the face inside it, and never larger than the picture showed it.
"""

from __future__ import annotations

import hashlib
import math
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.datasets.labelled import LabelledFace
from facepoints.errors import ImageError, LabelError
from facepoints.files import atomic_write
from facepoints.geometry import apply_transform, crop_transform, tight_boxes, warp
from facepoints.images import encode, read
from facepoints.scheme import POINT_COUNT

__all__ = ["BACKGROUND", "FaceCrops", "OnError", "cut_background", "cut_face", "merge"]

BACKGROUND = "background"
"""Source of the crops that show no face."""

OnError = Callable[[Path, ImageError], None]
"""Told of a picture that cannot be read."""

MARGIN = 2.0
"""Side of a crop over the longer side of the face's tight box."""

_QUALITY = 90
_FORMAT_VERSION = 1

_DAMAGE = (OSError, ValueError, TypeError, KeyError, IndexError, EOFError, zipfile.BadZipFile, zlib.error, ImageError)
"""What reading a damaged archive raises."""


@dataclass(frozen=True, eq=False)
class FaceCrops:
    """Crops in memory.

    Attributes:
        images: ``n`` square RGB crops.
        keypoints: ``(n, 68, 2)`` float32 in pixels of each crop; NaN for background.
        boxes: ``(n, 4)`` float32, in pixels of each crop: the tight box of the points, or the box that a detector
            wrongly gave to background.
        sources: ``n`` names of data sets.
        groups: ``n`` names of people or photos, see :class:`LabelledFace`.
    """

    images: Sequence[Image]
    keypoints: Floats
    boxes: Floats
    sources: Sequence[str]
    groups: Sequence[str]

    def __len__(self) -> int:
        return len(self.images)

    def subset(self, rows: Sequence[int]) -> FaceCrops:
        """The crops of these rows, in this order."""
        index = np.asarray(rows, dtype=np.int64)
        return FaceCrops(
            [self.images[row] for row in rows],
            self.keypoints[index],
            self.boxes[index],
            [self.sources[row] for row in rows],
            [self.groups[row] for row in rows],
        )

    @classmethod
    def cut(cls, faces: Iterable[LabelledFace], size: int, on_error: OnError) -> FaceCrops:
        """Read the pictures and cut one crop of at most ``size`` pixels for each face.

        Args:
            faces: to cut out.
            size: of the crops in pixels, at most.
            on_error: told of each picture that cannot be read; its face is left out.
        """
        images, keypoints, sources, groups = [], [], [], []
        for face in faces:
            try:
                image, points = cut_face(read(face.image), face.keypoints, size)
            except ImageError as error:
                on_error(face.image, error)
                continue
            images.append(image)
            keypoints.append(points)
            sources.append(face.source)
            groups.append(f"{face.source}/{face.group}")
        points = np.asarray(keypoints, dtype=np.float32).reshape(-1, POINT_COUNT, 2)
        return cls(images, points, tight_boxes(points), sources, groups)

    def fingerprint(self) -> dict[str, int | str]:
        """The number of crops of each source, and a checksum of all labels: the same for the same data alone."""
        labels = hashlib.sha256(self.keypoints.tobytes() + self.boxes.tobytes() + "\0".join(self.groups).encode())
        return {**dict(sorted(Counter(self.sources).items())), "labels_sha256": labels.hexdigest()}

    def save(self, path: Path) -> None:
        """Write all to one ``.npz`` file, the crops as JPEG of quality 90."""
        encoded = [np.frombuffer(encode(image, ".jpg", _QUALITY), dtype=np.uint8) for image in self.images]
        with atomic_write(path) as temporary, temporary.open("wb") as stream:
            np.savez(
                stream,
                version=np.asarray(_FORMAT_VERSION),
                jpeg=np.concatenate(encoded) if encoded else np.zeros(0, dtype=np.uint8),
                lengths=np.asarray([len(data) for data in encoded], dtype=np.int64),
                keypoints=self.keypoints,
                boxes=self.boxes,
                sources=np.asarray(self.sources, dtype=np.str_),
                groups=np.asarray(self.groups, dtype=np.str_),
            )

    @classmethod
    def load(cls, path: Path) -> FaceCrops:
        """Read what :meth:`save` wrote.

        Raises:
            LabelError: the file is missing or no such file.
        """
        try:
            with path.open("rb") as stream:  # numpy alone leaves a damaged file open
                if not zipfile.is_zipfile(stream):
                    raise ValueError("no .npz archive, or a truncated one")
                stream.seek(0)
                with np.load(stream, allow_pickle=False) as archive:
                    return cls._from_archive(archive)
        except _DAMAGE as error:
            raise LabelError(
                f"{path} is no file of face crops; make one with `facepoints data pack` ({error})"
            ) from error

    @classmethod
    def _from_archive(cls, archive: Any) -> FaceCrops:
        if int(archive["version"]) != _FORMAT_VERSION:
            raise ValueError(f"format version {archive['version']}, expected {_FORMAT_VERSION}")
        ends = np.cumsum(archive["lengths"])
        parts = np.split(archive["jpeg"], ends[:-1]) if len(ends) else []
        images = [read(part.tobytes()) for part in parts]
        count = len(images)
        keypoints = archive["keypoints"].astype(np.float32).reshape(count, POINT_COUNT, 2)
        boxes = archive["boxes"].astype(np.float32).reshape(count, 4)
        sources, groups = archive["sources"].tolist(), archive["groups"].tolist()
        if not len(sources) == len(groups) == count:
            raise ValueError(f"{count} crops, but {len(sources)} sources and {len(groups)} groups")
        return cls(images, keypoints, boxes, sources, groups)


def merge(parts: Sequence[FaceCrops]) -> FaceCrops:
    """All crops of several collections, in order."""
    return FaceCrops(
        [image for part in parts for image in part.images],
        np.concatenate([part.keypoints for part in parts]),
        np.concatenate([part.boxes for part in parts]),
        [source for part in parts for source in part.sources],
        [group for part in parts for group in part.groups],
    )


def cut_face(image: Image, keypoints: Floats, size: int) -> tuple[Image, Floats]:
    """Cut a face out, ``MARGIN`` times the tight box of its points, at most ``size`` pixels wide and never enlarged.

    Returns:
        The square crop, and the points in its pixels.
    """
    crop, transform = _cut(image, tight_boxes(keypoints[None])[0], size)
    return crop, apply_transform(transform, keypoints)


def cut_background(image: Image, boxes: Floats, size: int, group: str) -> FaceCrops:
    """Cut out boxes that hold no face, ``(n, 4)``, with the same margin."""
    crops, inside = [], []
    for box in boxes:
        crop, transform = _cut(image, box, size)
        crops.append(crop)
        inside.append(apply_transform(transform, box.reshape(2, 2)).reshape(4))
    count = len(crops)
    return FaceCrops(
        crops,
        np.full((count, POINT_COUNT, 2), np.nan, dtype=np.float32),
        np.asarray(inside, dtype=np.float32).reshape(-1, 4),
        [BACKGROUND] * count,
        [f"{BACKGROUND}/{group}"] * count,
    )


def _cut(image: Image, box: Array, size: int) -> tuple[Image, Array]:
    x1, y1, x2, y2 = (float(value) for value in box)
    side = max(MARGIN * max(x2 - x1, y2 - y1), 1.0)
    pixels = min(size, math.ceil(side))
    transform = crop_transform(np.array([(x1 + x2) / 2, (y1 + y2) / 2]), side, 0.0, pixels)
    return warp(image, transform, pixels), transform
