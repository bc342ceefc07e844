"""Labelled pictures with their labels drawn in: the first thing to look at."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import cv2
import numpy as np

from facepoints.arrays import Array, Image
from facepoints.datasets.crops import OnError
from facepoints.datasets.inventory import Entry, Inventory
from facepoints.datasets.shape_model import shape_distances
from facepoints.drawing import draw, draw_boxes
from facepoints.errors import ImageError, InputError
from facepoints.faces import Faces
from facepoints.geometry import apply_transform, crop_transform, tight_boxes, warp
from facepoints.images import read
from facepoints.scheme import OUTER_EYE_CORNERS, POINT_COUNT

__all__ = ["ORDERS", "Order", "choose_entries", "draw_labels", "label_tiles"]

Order = Literal["random", "first", "odd", "small"]

ORDERS = {
    "random": "any",
    "first": "in the order of the labels",
    "odd": "the faces of the oddest shape, which wrong labels are often among",
    "small": "the smallest faces",
}
"""What to show of many."""

_MARGIN = 1.7
"""Side of the part that is shown, over the longer side of the tight box of the points."""

_BOX_COLOUR = (255, 200, 40)


def choose_entries(
    inventory: Inventory,
    count: int,
    order: Order = "random",
    *,
    seed: int = 0,
    split: str | None = None,
    people: Collection[str] | None = None,
) -> list[Entry]:
    """Some of the labels of a data set.

    Args:
        inventory: of :func:`facepoints.datasets.inventory.take_inventory`.
        count: how many, at most.
        order: a key of :data:`ORDERS`.
        seed: another seed, another choice.
        split: only this one.
        people: only these people, or photos.

    Raises:
        InputError: nothing is left, no such order, or an order of keypoints for boxes.
    """
    entries = [
        entry
        for entry in inventory.entries
        if (split is None or entry.split == split) and (people is None or entry.group in people)
    ]
    if not entries:
        wanted = f" of the split {split!r}; there are: {', '.join(inventory.splits) or 'none'}" if split else ""
        raise InputError(f"{inventory.root} has no label that could be shown{wanted}")
    if order == "first":
        return entries[:count]
    if order == "random":
        chosen = np.random.default_rng(seed).permutation(len(entries))[:count]
        return [entries[row] for row in sorted(chosen)]
    keypoints = [entry.keypoints for entry in entries if entry.keypoints is not None]
    if order not in ORDERS or len(keypoints) != len(entries):
        known = ", ".join(ORDERS)
        raise InputError(f"the order {order!r} is for keypoints" if order in ORDERS else f"orders are {known}")
    return [entries[row] for row in _ranking(np.stack(keypoints), order)[:count]]


def label_tiles(
    inventory: Inventory, entries: Collection[Entry], *, size: int = 220, whole: bool = False, on_error: OnError
) -> tuple[list[Image], list[str]]:
    """The pictures of these labels with the labels drawn in, and a caption for each.

    Args:
        inventory: where they are from.
        entries: of :func:`choose_entries`.
        size: longest side of a tile in pixels.
        whole: show the whole picture instead of the face alone. Boxes are always shown on the whole one.
        on_error: told of each picture that cannot be read; it is left out.

    Returns:
        What :func:`facepoints.report.contact_sheet.contact_sheet` takes.
    """
    tiles, captions = [], []
    for entry in entries:
        try:
            image = read(entry.image)
        except ImageError as error:
            on_error(entry.image, error)
            continue
        tiles.append(draw_labels(image, entry, size, whole=whole))
        captions.append(f"{entry.image.name}\n{entry.split}")
    return tiles, captions


def draw_labels(image: Image, entry: Entry, size: int, *, whole: bool = False) -> Image:
    """One tile: the face of a label with its points, or the picture with its boxes, ``size`` pixels at most."""
    if entry.keypoints is None or whole:
        scale = min(1.0, size / max(image.shape[:2])) if entry.keypoints is None else size / max(image.shape[:2])
        shape = [max(1, round(side * scale)) for side in image.shape[1::-1]]
        small = cv2.resize(image, shape, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        tile = np.asarray(small, dtype=np.uint8)
        if entry.keypoints is None:
            good = (entry.boxes[:, 2:] > entry.boxes[:, :2]).all(axis=1)
            return draw_boxes(tile, entry.boxes[good] * scale, _BOX_COLOUR)
        return _with_points(tile, (entry.keypoints + 0.5) * scale - 0.5)
    x1, y1, x2, y2 = tight_boxes(entry.keypoints[None])[0].tolist()
    side = max(_MARGIN * max(x2 - x1, y2 - y1), 1.0)
    transform = crop_transform(np.array([(x1 + x2) / 2, (y1 + y2) / 2]), side, 0.0, size)
    return _with_points(warp(image, transform, size), apply_transform(transform, entry.keypoints))


def _with_points(tile: Image, keypoints: Array) -> Image:
    points = np.asarray(keypoints, dtype=np.float32)[None]
    boxes = tight_boxes(points)
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 1)  # of a label with all points in one place
    return draw(
        tile,
        Faces(boxes, np.ones(1, dtype=np.float32), points, np.ones((1, POINT_COUNT), dtype=np.float32)),
        boxes=False,
    )


def _ranking(keypoints: Array, order: Order) -> Array:
    if order == "odd":
        return np.argsort(-shape_distances(keypoints), kind="stable")
    first, second = OUTER_EYE_CORNERS
    eyes = np.linalg.norm(keypoints[:, first] - keypoints[:, second], axis=1)
    return np.argsort(eyes, kind="stable")
