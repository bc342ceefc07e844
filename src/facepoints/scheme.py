"""The 68-point scheme of iBUG / 300-W: groups, regions, mirror pairs and edges.

Source: Sagonas et al., "300 Faces in-the-Wild Challenge" (ICCV-W 2013). Indices start at 0. *Left* and *right* are
sides of the picture: ``left_eye`` is the eye on the picture's left, which is the person's right eye.
"""

from __future__ import annotations

import itertools
from types import MappingProxyType

import numpy as np

__all__ = [
    "CLOSED_GROUPS",
    "EDGES",
    "GROUPS",
    "MEAN_FACE",
    "MIRROR",
    "OUTER_EYE_CORNERS",
    "POINT_COUNT",
    "REGIONS",
    "mirrored",
]

POINT_COUNT = 68

GROUPS = MappingProxyType(
    {
        "jaw": range(0, 17),
        "left_brow": range(17, 22),
        "right_brow": range(22, 27),
        "nose_bridge": range(27, 31),
        "nostrils": range(31, 36),
        "left_eye": range(36, 42),
        "right_eye": range(42, 48),
        "outer_lip": range(48, 60),
        "inner_lip": range(60, 68),
    }
)
"""The nine groups; each is a chain of neighbouring points."""

CLOSED_GROUPS = frozenset({"left_eye", "right_eye", "outer_lip", "inner_lip"})
"""The groups whose last point is joined to their first."""

REGIONS = MappingProxyType(
    {
        "jaw": (*GROUPS["jaw"],),
        "brows": (*GROUPS["left_brow"], *GROUPS["right_brow"]),
        "eyes": (*GROUPS["left_eye"], *GROUPS["right_eye"]),
        "nose": (*GROUPS["nose_bridge"], *GROUPS["nostrils"]),
        "mouth": (*GROUPS["outer_lip"], *GROUPS["inner_lip"]),
    }
)
"""The five regions that errors are reported for."""

OUTER_EYE_CORNERS = (36, 45)
"""The two points whose distance normalises the NME on 300-W."""


def _mirror_order() -> np.ndarray:
    order = np.empty(POINT_COUNT, dtype=np.int64)
    order[0:17] = np.arange(16, -1, -1)
    order[17:27] = np.arange(26, 16, -1)
    order[27:31] = np.arange(27, 31)
    order[31:36] = np.arange(35, 30, -1)
    order[36:42] = [45, 44, 43, 42, 47, 46]
    order[42:48] = [39, 38, 37, 36, 41, 40]
    order[48:55] = np.arange(54, 47, -1)
    order[55:60] = np.arange(59, 54, -1)
    order[60:65] = np.arange(64, 59, -1)
    order[65:68] = np.arange(67, 64, -1)
    order.flags.writeable = False
    return order


MIRROR = _mirror_order()
"""``(68,)``: point ``i`` of a mirrored face is point ``MIRROR[i]`` of the original."""


def _edges() -> tuple[tuple[int, int], ...]:
    edges: list[tuple[int, int]] = []
    for name, group in GROUPS.items():
        edges += itertools.pairwise(group)
        if name in CLOSED_GROUPS:
            edges.append((group[-1], group[0]))
    return tuple(edges)


EDGES = _edges()
"""Pairs of points that a drawing joins."""


# fmt: off
MEAN_FACE = np.array([
    [
        -824, -818, -794, -748, -664, -534, -375, -200, 0, 200, 375, 534, 664, 748, 794, 818, 824,
        -665, -563, -422, -276, -136, 136, 276, 422, 563, 665,
        0, 0, 0, 0, -165, -86, 0, 86, 165,
        -500, -413, -305, -215, -314, -419, 215, 305, 413, 500, 419, 314,
        -316, -201, -82, 0, 82, 201, 316, 205, 89, 0, -89, -205, -268, -83, 0, 83, 268, 84, 0, -84,
    ],
    [
        18, 235, 451, 662, 859, 1030, 1174, 1289, 1322, 1289, 1174, 1030, 859, 662, 451, 235, 18,
        -154, -243, -269, -249, -196, -196, -249, -269, -243, -154,
        -21, 120, 261, 405, 501, 530, 556, 530, 501,
        0, -52, -51, 19, 40, 38, 19, -51, -52, 0, 38, 40,
        769, 719, 694, 714, 694, 719, 769, 882, 931, 940, 931, 882, 775, 765, 774, 765, 775, 824, 834, 824,
    ],
]).T / 1000.0
# fmt: on
MEAN_FACE.flags.writeable = False
"""``(68, 2)``: the upright, symmetric mean of the 300-W training faces (Procrustes-aligned), in units of the distance
of the outer eye corners, whose middle is the origin; y down."""


def mirrored(keypoints: np.ndarray, width: float) -> np.ndarray:
    """The keypoints of the same face in the mirrored picture.

    Args:
        keypoints: ``(..., 68, 2)`` in pixels.
        width: of the picture in pixels; column ``x`` becomes column ``width - 1 - x``.
    """
    flipped = keypoints[..., MIRROR, :].copy()
    flipped[..., 0] = width - 1 - flipped[..., 0]
    return flipped
