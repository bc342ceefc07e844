"""Training scenes: pieces of pictures, turned and scaled so that faces of every size are seen equally often."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.datasets.face_pictures import LANDMARK_COUNT, FacePictures, KnownFaces
from facepoints.geometry import apply_transform, crop_transform, oval_reach, warp
from facepoints.training.appearance import AppearanceConfig, vary_appearance

__all__ = ["KNOWN_STEP", "Scene", "SceneConfig", "SceneMaker"]

KNOWN_STEP = 8
"""Pixels of a scene for each cell of its map of known ground."""

_MIRRORED = [1, 0, 2, 4, 3, 5, 6]
"""Landmarks change places when a picture is mirrored."""


@dataclass(frozen=True)
class SceneConfig:
    """How scenes vary.

    Attributes:
        smallest: longer side in pixels of the smallest face to aim at; sizes are drawn evenly on a log scale.
        learned_from: smaller faces are ignored.
        enlarge: no face is aimed at more than this many times the size it has in its picture.
        visible: faces of which less than this share is inside the scene are ignored.
        mosaics: probabilities of one piece, of 2 x 2 and of 3 x 3.
        cover: a picture is not shrunk below this share of the piece that it fills, shorter side over longer side, but
            for one scene in ``1 / uncovered``: black ground teaches little.
        uncovered: probability that a picture may be shrunk as far as the drawn size of the face wants.
        empty: probability that a piece is cut anywhere rather than around a face.
        flip: probability of mirroring.
        any_roll: probability of a roll drawn evenly from +-60 degrees.
        roll: sigma in degrees of the normal distribution that it is drawn from otherwise.
        surroundings: side of the known ground around a face, over the face's longer side, where other faces of the
            picture are not labelled.
        source_weights: how often each source is drawn.
        appearance: colour, blur, and so on.
    """

    smallest: float = 11.0
    learned_from: float = 9.0
    enlarge: float = 2.0
    visible: float = 0.5
    mosaics: tuple[float, float, float] = (0.45, 0.35, 0.2)
    cover: float = 0.7
    uncovered: float = 0.15
    empty: float = 0.06
    flip: float = 0.5
    any_roll: float = 0.3
    roll: float = 10.0
    surroundings: float = 2.2
    source_weights: dict[str, float] = field(default_factory=lambda: {"wider": 0.75, "300w": 0.15, "ytf": 0.1})
    appearance: AppearanceConfig = field(
        default_factory=lambda: AppearanceConfig(
            light=0.7, grey=0.1, low_resolution=0.08, blur=0.08, occlusion=0.0, border=0.0, noise=0.1, compression=0.15
        )
    )


@dataclass(frozen=True, eq=False)
class Scene:
    """One training input.

    Attributes:
        image: ``(size, size, 3)`` RGB uint8.
        boxes: ``(m, 4)`` float32; may reach over the border.
        ignore: ``(m,)`` bool.
        landmarks: ``(m, 7, 2)`` float32, NaN where not known.
        known: ``(size / 8, size / 8)`` bool, where what is no face may be learned as background.
    """

    image: Image
    boxes: Floats
    ignore: np.ndarray
    landmarks: Floats
    known: np.ndarray


class SceneMaker:
    """Draws scenes from pictures.

    Args:
        pictures: to draw from.
        size: side of the scenes in pixels, a multiple of 32.
        config: how they vary.
    """

    def __init__(self, pictures: FacePictures, size: int, config: SceneConfig) -> None:
        self.pictures = pictures
        self.size = size
        self.config = config
        self._faces = {source: _by_size(pictures, source) for source in sorted(set(pictures.sources))}
        weights = np.asarray([config.source_weights.get(source, 1.0) for source in self._faces])
        self._source_ends = np.cumsum(weights / weights.sum())

    def draw(self, random: np.random.Generator) -> Scene:
        """One scene; all chance comes from ``random``."""
        size = self.size
        count = int(random.choice(len(self.config.mosaics), p=self.config.mosaics)) + 1
        rectangles = _split(size, count, random)
        scene = _assemble([self._piece(rectangle, random) for rectangle in rectangles], rectangles, size)
        if random.random() < self.config.flip:
            scene = _mirror(scene)
        image = vary_appearance(scene.image, self.config.appearance, random)
        return Scene(image, scene.boxes, scene.ignore, scene.landmarks, scene.known)

    def _piece(self, rectangle: tuple[int, int, int, int], random: np.random.Generator) -> Scene:
        """What fills one rectangle, in coordinates of the rectangle; the image is square and may be larger."""
        width, height = rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]
        side = max(width, height)
        source = list(self._faces)[
            int(np.searchsorted(self._source_ends, random.random()).clip(max=len(self._faces) - 1))
        ]
        target = float(np.exp(random.uniform(np.log(self.config.smallest), np.log(side))))
        index, oval = self._faces[source].draw(target / self.config.enlarge, random)
        shape = np.asarray(self.pictures.images[index].shape[1::-1])
        scale = target / max(oval[2], oval[3])
        if random.random() >= self.config.uncovered:
            scale = max(scale, self.config.cover * side / shape.min())
        scale = min(scale, self.config.enlarge)
        centre = oval[:2].astype(np.float64)
        if random.random() < self.config.empty:
            centre = random.uniform(0, 1, 2) * shape
        transform = crop_transform(centre, side / scale, _draw_roll(self.config, random), side)
        # The face's centre goes anywhere in the rectangle, seldom so near to its border that most of it is cut off.
        margin = min(0.3 * scale * max(oval[2], oval[3]), 0.45 * min(width, height))
        place = np.array([random.uniform(margin, width - margin), random.uniform(margin, height - margin)]) - 0.5
        transform[:, 2] += place - (side - 1) / 2
        transform[:, 2] += _inwards(transform, shape, np.array([width, height]), place, margin)
        return self._cut(index, transform, width, height)

    def _cut(self, index: int, transform: Array, width: int, height: int) -> Scene:
        faces, config = self.pictures.faces[index], self.config
        scale, roll = float(np.hypot(transform[0, 0], transform[0, 1])), np.arctan2(transform[0, 1], transform[0, 0])
        boxes, sides = _turned_boxes(faces, transform, scale, float(roll))
        inside = boxes.clip(-0.5, [width - 0.5, height - 0.5, width - 0.5, height - 0.5])
        shares = _areas(inside) / np.maximum(_areas(boxes), 1e-6)
        near = shares > 0
        ignore = faces.ignore | (shares < config.visible) | (sides < config.learned_from)
        known = np.ones((height // KNOWN_STEP, width // KNOWN_STEP), dtype=np.uint8)
        if not self.pictures.complete[index]:
            known = _surroundings(faces, transform, config.surroundings, known.shape)
        image = warp(self.pictures.images[index], transform, max(width, height))
        landmarks = apply_transform(transform, faces.landmarks)
        return Scene(image[:height, :width], boxes[near], ignore[near], landmarks[near], known.astype(bool))


def _draw_roll(config: SceneConfig, random: np.random.Generator) -> float:
    """In radians."""
    anyhow = random.random() < config.any_roll
    return float(np.radians(random.uniform(-60, 60) if anyhow else random.normal(0, config.roll)))


def _split(size: int, count: int, random: np.random.Generator) -> list[tuple[int, int, int, int]]:
    """``count * count`` rectangles that fill the scene; their borders lie on its map of known ground."""
    columns, rows = (KNOWN_STEP * _ends(size // KNOWN_STEP, count, random) for _ in range(2))
    return [
        (int(columns[column]), int(rows[row]), int(columns[column + 1]), int(rows[row + 1]))
        for row in range(count)
        for column in range(count)
    ]


def _ends(cells: int, count: int, random: np.random.Generator) -> np.ndarray:
    """``(count + 1,)`` where pieces of about the same length end, each of one cell or more."""
    wanted = np.linspace(0, cells, count + 1) + np.pad(random.uniform(-0.12, 0.12, count - 1) * cells, 1)
    steps = np.arange(count + 1)
    return np.asarray(np.clip(np.round(wanted).astype(int), steps, cells - steps[::-1]))


def _inwards(transform: Array, shape: Array, room: Array, place: Array, margin: float) -> Array:
    """The shift of a picture that covers as much of a piece of ``room`` as it can, its face staying inside."""
    corners = apply_transform(transform, np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) * (shape - 1))
    low, high = corners.min(axis=0), corners.max(axis=0)
    # Where the picture is larger than the room, the room should lie in the picture, else the picture in the room.
    first, second = -low, room - 1 - high
    shift = np.clip(0, np.minimum(first, second), np.maximum(first, second))
    return np.asarray(np.clip(place + shift, margin, room - margin) - place)


@dataclass(frozen=True, eq=False)
class _FacesBySize:
    """The faces of one source, smallest first: picture, oval, and the running sum of how often each is drawn."""

    pictures: np.ndarray
    ovals: Floats
    sides: Floats
    ends: Array

    def draw(self, least: float, random: np.random.Generator) -> tuple[int, Floats]:
        """A face whose longer side is at least ``least``, or the largest."""
        first = min(int(np.searchsorted(self.sides, least)), len(self.sides) - 1)
        before = self.ends[first - 1] if first else 0.0
        drawn = int(np.searchsorted(self.ends, random.uniform(before, self.ends[-1]), side="right"))
        row = min(max(drawn, first), len(self.sides) - 1)
        return int(self.pictures[row]), self.ovals[row]


def _by_size(pictures: FacePictures, source: str) -> _FacesBySize:
    rows = [row for row, name in enumerate(pictures.sources) if name == source]
    owners, ovals, weights = [], [], []
    for row in rows:
        kept = pictures.faces[row].ovals[~pictures.faces[row].ignore]
        owners += [row] * len(kept)
        ovals.append(kept)
        # A picture of a crowd is drawn more often than a portrait, but not as many times as it has faces.
        weights += [len(kept) ** -0.5] * len(kept)
    flat = np.concatenate(ovals)
    sides = flat[:, 2:4].max(axis=1)
    order = np.argsort(sides, kind="stable")
    return _FacesBySize(np.asarray(owners)[order], flat[order], sides[order], np.cumsum(np.asarray(weights)[order]))


def _turned_boxes(faces: KnownFaces, transform: Array, scale: float, roll: float) -> tuple[Floats, Floats]:
    """Upright boxes around the ellipses that fill the faces' ovals, and the ovals' longer sides, in the scene."""
    centres = apply_transform(transform, faces.ovals[:, :2])
    half = faces.ovals[:, 2:4] * (scale / 2)
    reach = oval_reach(half, faces.ovals[:, 4] - roll)
    return np.concatenate([centres - reach, centres + reach], axis=1).astype(np.float32), 2 * half.max(axis=1)


def _areas(boxes: Floats) -> Floats:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))


def _surroundings(faces: KnownFaces, transform: Array, reach: float, shape: tuple[int, ...]) -> np.ndarray:
    known = np.zeros(shape, dtype=np.uint8)
    for oval in faces.ovals:
        half = reach / 2 * max(oval[2], oval[3])
        corners = oval[:2] + half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        cv2.fillConvexPoly(known, np.round(apply_transform(transform, corners) / KNOWN_STEP).astype(np.int32), 1)
    return known


def _assemble(pieces: list[Scene], rectangles: list[tuple[int, int, int, int]], size: int) -> Scene:
    image = np.zeros((size, size, 3), dtype=np.uint8)
    known = np.zeros((size // KNOWN_STEP, size // KNOWN_STEP), dtype=bool)
    boxes, landmarks = [], []
    for piece, (left, top, right, bottom) in zip(pieces, rectangles, strict=True):
        image[top:bottom, left:right] = piece.image
        rows, columns = slice(top // KNOWN_STEP, bottom // KNOWN_STEP), slice(left // KNOWN_STEP, right // KNOWN_STEP)
        known[rows, columns] = piece.known
        boxes.append(piece.boxes + np.array([left, top, left, top], dtype=np.float32))
        landmarks.append(piece.landmarks + np.array([left, top], dtype=np.float32))
    ignore = np.concatenate([piece.ignore for piece in pieces])
    return Scene(image, np.concatenate(boxes), ignore, np.concatenate(landmarks), known)


def _mirror(scene: Scene) -> Scene:
    last = len(scene.image) - 1
    boxes = scene.boxes.copy()
    boxes[:, [0, 2]] = last - scene.boxes[:, [2, 0]]
    landmarks = scene.landmarks[:, _MIRRORED].copy()
    landmarks[..., 0] = last - landmarks[..., 0]
    image, known = np.ascontiguousarray(scene.image[:, ::-1]), np.ascontiguousarray(scene.known[:, ::-1])
    return Scene(image, boxes, scene.ignore, landmarks, known)


assert len(_MIRRORED) == LANDMARK_COUNT
