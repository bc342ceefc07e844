"""Faces that do something on purpose: the head of the 3-D face model, or of a photo, with moved mouth, brows and lids.

An *action* is what one group of muscles does, not an emotion. The four here are those that
:func:`facepoints.analysis.measure` measures; ends of the way (strength 1) and numbers of the action units are the same:

================  ============  ==============================================================================
action            action units  at strength 1
================  ============  ==============================================================================
smile             AU 12         corners of the mouth 9 mm apart and 5 mm up each, lower lids a little up
mouth open        AU 25 to 27   lower lip and chin 26 mm down, corners a little down and in
brows raised      AU 1 + 2      brows 9 mm up
eyes closed       AU 43         upper lids down, over nearly all of the opening
================  ============  ==============================================================================

Real people move in more ways, and none of them exactly so: what is learned from such faces must be tested on real ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from facepoints.analysis import FACE_MODEL
from facepoints.arrays import Array, Floats
from facepoints.errors import InputError
from facepoints.scheme import MIRROR, POINT_COUNT

__all__ = ["ACTIONS", "ExpressionSet", "act", "random_expressions"]

ACTIONS = ("smile", "mouth open", "brows raised", "eyes closed")

PICTURE_SIZE = (640, 480)
"""Width and height in pixels of the imagined pictures of :func:`random_expressions`."""

_CLOSING = 0.95
"""Share of the opening between the lids that goes when eyes close."""

_OPPOSITES = (-0.3, -0.05, -0.05, -0.05)
"""How far faces that do not do an action may go the other way: corners of mouths hang, but a closed mouth is closed."""

_PARTS = (
    (slice(0, 17), 0.05, 0.05, 2.0),  # jaw
    (slice(17, 27), 0.04, 0.2, 2.2),  # brows
    (slice(27, 36), 0.09, 0.06, 1.5),  # nose
    (slice(36, 48), 0.0, 0.13, 0.0),  # eyes
    (slice(48, 68), 0.07, 0.1, 2.5),  # mouth
)
"""How people differ: points of a part, deviations of the logarithms of its width and height, and of its place along the
face in millimetres. Eyes are as far apart in all: the distance of their outer corners is the unit."""

_DEEPER = 0.03

_LIDS = ((37, 41), (38, 40), (43, 47), (44, 46))

# Millimetres to the side, down and back of points on the picture's left or in the middle; the others mirror them.
_MOVES: Mapping[str, Mapping[int, tuple[float, float, float]]] = MappingProxyType(
    {
        "smile": {
            **{48: (-9, -5, 5), 60: (-9, -5, 5), 49: (-5, -2.5, 3), 59: (-5, -2, 3), 50: (-2, 0, 1), 58: (-2, 0.5, 1)},
            **{61: (-4, 0, 2), 67: (-4, 0, 2), 57: (0, 0.5, 0), 40: (0, -1, 0), 41: (0, -1.3, 0)},
            **{31: (-1.2, -0.5, 0), 4: (-1, -1, 0), 5: (-1, -1.5, 0)},
        },
        "mouth open": {
            **{57: (0, 26, 4), 58: (-1, 25, 4), 59: (0, 17, 3), 66: (0, 26, 4), 67: (-1, 25, 4)},
            **{48: (3, 8, 2), 60: (3, 8, 2), 49: (1, 1, 0), 50: (0, -1, 0), 51: (0, -1, 0), 61: (0, -1, 0)},
            **{62: (0, -1, 0), 8: (0, 24, 6), 7: (0, 23, 6), 6: (1, 20, 5), 5: (1.5, 15, 4), 4: (1.5, 9, 2)},
            **{3: (1, 3, 1)},
        },
        "brows raised": {
            **{17: (0, -6, 0), 18: (0, -9, 0), 19: (0, -10, 0), 20: (0, -10, 0), 21: (0, -9, 0)},
            **{37: (0, -0.8, 0), 38: (0, -0.8, 0), 27: (0, -1, 0)},
        },
        "eyes closed": {36: (0, 0.5, 0), 39: (0, 0.3, 0)},
    }
)


def _moves(action: str) -> Array:
    """``(68, 3)`` millimetres in the frame of ``FACE_MODEL``."""
    moves = np.zeros((POINT_COUNT, 3))
    for point, move in _MOVES[action].items():
        moves[point] = move
        moves[MIRROR[point]] = (-move[0], move[1], move[2]) if MIRROR[point] != point else move
    return moves


_TABLES = {action: _moves(action) for action in ACTIONS}


def act(head: Array, strengths: Mapping[str, float]) -> Array:
    """What becomes of a head when it acts.

    Args:
        head: ``(68, 3)`` millimetres in the frame of ``FACE_MODEL``, such as that model itself.
        strengths: of each action, 0 to 1; a little beyond exaggerates, below 0 is the opposite. Others are 0.

    Returns:
        ``(68, 3)`` millimetres.

    Raises:
        InputError: an unknown action.
    """
    unknown = [action for action in strengths if action not in ACTIONS]
    if unknown:
        raise InputError(f"unknown action {unknown[0]!r}; known are {', '.join(ACTIONS)}")
    acting = np.array(head, dtype=np.float64)
    for action, strength in strengths.items():
        acting += strength * _TABLES[action]
    closing = _CLOSING * strengths.get("eyes closed", 0.0)
    for upper, lower in _LIDS:
        acting[upper] += closing * (acting[lower] - acting[upper])
    return acting


@dataclass(frozen=True, eq=False)
class ExpressionSet:
    """Faces and what they do.

    Attributes:
        keypoints: ``(n, 68, 2)`` float32, in pixels of a picture of ``size``.
        labels: ``(n, 4)`` bool: which of ``ACTIONS`` each face does.
        size: width and height in pixels.
    """

    keypoints: Floats
    labels: np.ndarray
    size: tuple[int, int] = PICTURE_SIZE


def random_expressions(count: int, *, seed: int = 0, noise: float = 0.012) -> ExpressionSet:
    """Points of heads of all shapes, turned and acting at random, as a keypoint network would find them.

    Each action is done by a third of the faces, independently of the others, at a strength of 0.5 to 1.2; the others
    do it at up to 0.2, or a little of its opposite. Heads turn by up to 30 degrees, nod by up to 20 and lean by up to
    25. How much faces differ at rest is our estimate, from the table in docs/pose.md: jaw, brows, nose, eyes and mouth
    in width, height and place.

    Args:
        count: of faces.
        seed: another seed, other faces.
        noise: deviation of each coordinate from the truth, over the distance of the outer eye corners.
    """
    random = np.random.default_rng(seed)
    labels = random.random((count, len(ACTIONS))) < 1 / 3
    strengths = np.where(labels, random.uniform(0.5, 1.2, labels.shape), random.uniform(_OPPOSITES, 0.2, labels.shape))
    faces = np.empty((count, POINT_COUNT, 2), dtype=np.float32)
    for row in range(count):
        head = act(_somebody(random), dict(zip(ACTIONS, strengths[row], strict=True)))
        faces[row] = _photographed(head, random)
    eyes = np.linalg.norm(faces[:, 45] - faces[:, 36], axis=1)[:, None, None]
    return ExpressionSet((faces + noise * eyes * random.normal(size=faces.shape)).astype(np.float32), labels)


def _somebody(random: np.random.Generator) -> Array:
    """The model with parts of other sizes in slightly other places."""
    head = FACE_MODEL.copy()
    for rows, wider, higher, lower in _PARTS:
        middle = head[rows].mean(axis=0)
        factors = np.exp(random.normal(0, (wider, higher, _DEEPER)))
        head[rows] = (head[rows] - middle) * factors + middle + (0, random.normal(0, lower), 0)
    return head


def _photographed(head: Array, random: np.random.Generator) -> Array:
    """``(68, 2)``: the head turned, and seen by a camera whose focal length is the picture's longer side."""
    yaw, pitch, roll = np.radians(random.uniform(-1, 1, 3) * (30, 20, 25))
    across = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    down = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    leaning = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    placed = head @ (leaning @ across @ down).T + [*random.uniform(-100, 100, 2), random.uniform(750, 2000)]
    return np.asarray(placed[:, :2] / placed[:, 2:] * max(PICTURE_SIZE) + (np.array(PICTURE_SIZE) - 1) / 2)
