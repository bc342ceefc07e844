"""The work of a request, from the bytes of pictures to the bytes of its answer; runs in the pool's threads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from facepoints import drawing, filters, images
from facepoints.analysis import details
from facepoints.arrays import Image
from facepoints.faces import Faces
from facepoints.filters import Filter
from facepoints.finder import FaceFinder
from facepoints.formats import Details
from facepoints.web.limits import decode
from facepoints.web.problems import Problem
from facepoints.web.queries import DrawQuery, FacesQuery
from facepoints.web.uploads import Upload

__all__ = ["MOST_FILTERS", "describe", "draw", "faces_of", "filter_named", "put_on", "to_json"]

MOST_FILTERS = 4

_QUALITY = 90

to_json = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def faces_of(uploads: Sequence[Upload], finder: FaceFinder, query: FacesQuery, limit: int) -> tuple[bytes, int]:
    """The JSON of the faces of pictures, and how many there are; an array if there are several pictures.

    Raises:
        Problem: a picture cannot be read.
    """
    rows, count = [], 0
    for number, upload in enumerate(uploads):
        image = _decoded(upload, number, len(uploads), limit)
        faces = finder.find(image)
        count += len(faces)
        height, width = image.shape[:2]
        told = describe(faces, (width, height), pose=query.pose, ratios=query.ratios)
        rows.append(faces.to_dict(image=upload.name, width=width, height=height, details=told))
    return to_json(rows if len(rows) > 1 else rows[0]).encode(), count


def draw(upload: Upload, finder: FaceFinder, query: DrawQuery, limit: int) -> tuple[bytes, int]:
    """The picture with its faces drawn in, as a file, and how many there are.

    Raises:
        Problem: the picture cannot be read.
    """
    image = decode(upload.data, limit)
    faces = finder.find(image)
    drawn = drawing.draw(
        image, faces, boxes=query.boxes, keypoints=query.keypoints, edges=query.keypoints, pose=query.pose
    )
    return images.encode(drawn, f".{query.format}", _QUALITY), len(faces)


def put_on(upload: Upload, finder: FaceFinder, worn: Filter, suffix: str, limit: int) -> tuple[bytes, int]:
    """The picture in which every face wears a filter, as a file, and how many there are.

    Raises:
        Problem: the picture cannot be read.
    """
    image = decode(upload.data, limit)
    faces = finder.find(image)
    return images.encode(worn.apply(image, faces), suffix, _QUALITY), len(faces)


def filter_named(names: str) -> Filter:
    """The filter of this name, or those of several names joined by ``+``.

    Raises:
        Problem: there is no such filter, or there are too many.
    """
    wanted = names.split("+")
    unknown = [name for name in wanted if name not in filters.NAMES]  # load() would take a path, too
    if unknown:
        raise Problem("unknown-filter", f"There is no filter {unknown[0][:50]!r}; there are {', '.join(filters.NAMES)}")
    if len(wanted) > MOST_FILTERS:
        raise Problem("unknown-filter", f"At most {MOST_FILTERS} filters go together")
    return filters.stack([filters.load(name) for name in wanted])


def describe(faces: Faces, size: tuple[int, int], *, pose: bool, ratios: bool) -> list[dict[str, Any]]:
    """Pose and ratios of each face; nothing for faces whose points lie on one line, which only candidates of a very
    low score do."""
    return told(details(faces, size, pose=pose, ratios=ratios))


def told(rows: Details) -> list[dict[str, Any]]:
    """The details without groups of numbers that are not known, for whoever reads an answer need not expect nulls."""
    return [
        {key: value for key, value in row.items() if not isinstance(value, Mapping) or None not in value.values()}
        for row in rows
    ]


def _decoded(upload: Upload, number: int, count: int, limit: int) -> Image:
    try:
        return decode(upload.data, limit)
    except Problem as problem:
        if count == 1:
            raise
        detail = f"Picture {number + 1}: {problem.detail}"
        raise Problem(problem.kind, detail, more={"picture": number}) from problem
