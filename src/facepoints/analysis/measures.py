"""What a face does, measured from its points: smile, open mouth, raised brows, closed eyes. Geometry, not emotion: how
far the corners of a mouth are apart and raised, not whether somebody is happy.

Each measure is 0 where the face is at rest and 1 where few faces go further; in between it grows evenly with a distance
in the *frontal view*: the points as they would appear if the head looked straight into the camera
(:func:`frontal_points`), in outer-eye distances. The distances are those of Tian, Kanade and Cohn, "Recognizing action
units for facial expression analysis" (PAMI 2001), of the eyes those of Soukupova and Cech, "Real-time eye blink
detection using facial landmarks" (CVWW 2016); the numbers of the action units are those of Ekman and Friesen's facial
action coding system (1978).

=================  ==============================================================  ======  ======  ============
measure            distance                                                        at 0    at 1    action units
=================  ==============================================================  ======  ======  ============
smile              mean of two: (a) width of the mouth,                            0.60    0.81    AU 12
                   (b) height of its corners over the middle of the lips           0.015   0.074
mouth_open         height of the gap between the lips                              0.01    0.32    AU 25 to 27
brows_raised       height of the brows over the corners of the eyes                0.235   0.34    AU 1 + 2
left_eye_closed    its eye aspect ratio; the other eye likewise                    0.28    0.15    AU 43, 45
=================  ==============================================================  ======  ======  ============

The ends come from the labels of the 2,010 training pictures of 300-W. 0 is the median of the faces whose lips touch
(eyes: the narrowest quarter of them; lips: a little more than closed), 1 is what 5 % of all faces pass (lips and brows:
1 %). ``benchmarks/measures.py`` repeats it; docs/pose.md has the table. Faces differ at rest, in their brows most of
all: for fine work, compare a face with itself, such as with its own median over a video.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from facepoints.analysis.face_model import EYE_DISTANCE
from facepoints.analysis.frontal import frontal_points
from facepoints.analysis.pose import Poses, head_pose
from facepoints.analysis.ratios import eye_aspect_ratios
from facepoints.arrays import Array, Floats, as_floats
from facepoints.scheme import POINT_COUNT

__all__ = ["Measures", "distances", "measure"]

_MOUTH_CORNERS, _LIPS = [48, 54], [51, 57]
_LIP_PAIRS = np.array([[61, 67], [62, 66], [63, 65]])
_BROWS, _EYE_CORNERS = list(range(18, 26)), [36, 39, 42, 45]

REST_AND_FULL = {
    "mouth_width": (0.60, 0.81),
    "corner_height": (0.015, 0.074),
    "lip_gap": (0.01, 0.32),
    "brow_height": (0.235, 0.34),
    "left_eye": (0.28, 0.15),
    "right_eye": (0.28, 0.15),
}


@dataclass(frozen=True, eq=False)
class Measures:
    """What faces do, one row a face, all ``(n,)`` float32 from 0 to 1; left and right are sides of the picture.

    Attributes:
        smile: the corners of the mouth apart and up.
        mouth_open: the lips apart.
        brows_raised: both brows up.
        left_eye_closed: the lids of the eye on the picture's left together.
        right_eye_closed: those of the other.
    """

    smile: Floats
    mouth_open: Floats
    brows_raised: Floats
    left_eye_closed: Floats
    right_eye_closed: Floats


def measure(keypoints: ArrayLike, size: tuple[int, int], poses: Poses | None = None) -> Measures:
    """How much faces smile, open the mouth, raise the brows and close the eyes.

    Turned heads are turned back first; up to about 30 degrees of yaw the measures hold, beyond that the far half of the
    face is guesswork.

    Args:
        keypoints: ``(n, 68, 2)`` pixels.
        size: width and height of the picture in pixels.
        poses: of these faces, if they are known already.

    Returns:
        A row for each face, NaN for one without a pose.

    Raises:
        InputError: not such points or size.
    """
    points = as_floats(keypoints, (None, POINT_COUNT, 2), "keypoints")
    poses = head_pose(points, size) if poses is None else poses
    parts = {}
    for name, values in distances(frontal_points(points, poses, size)).items():
        rest, full = REST_AND_FULL[name]
        parts[name] = (values - rest) / (full - rest)
    smile = (parts["mouth_width"] + parts["corner_height"]) / 2
    rows = (smile, parts["lip_gap"], parts["brow_height"], parts["left_eye"], parts["right_eye"])
    return Measures(*(np.clip(row, 0, 1).astype(np.float32) for row in rows))


def distances(frontal: Array) -> dict[str, Array]:
    """The distances that the measures are made of: ``(n, 68, 2)`` frontal points to ``(n,)`` each, in outer-eye
    distances; of the eyes, the eye aspect ratio."""
    across, down = frontal[..., 0] / EYE_DISTANCE, frontal[..., 1] / EYE_DISTANCE
    corners = down[:, _MOUTH_CORNERS].mean(axis=1)
    gaps = down[:, _LIP_PAIRS[:, 1]] - down[:, _LIP_PAIRS[:, 0]]
    eyes = eye_aspect_ratios(frontal)
    return {
        "mouth_width": across[:, _MOUTH_CORNERS[1]] - across[:, _MOUTH_CORNERS[0]],
        "corner_height": (down[:, _LIPS].sum(axis=1) - gaps.mean(axis=1)) / 2 - corners,
        "lip_gap": gaps.mean(axis=1),
        "brow_height": down[:, _EYE_CORNERS].mean(axis=1) - down[:, _BROWS].mean(axis=1),
        "left_eye": eyes[:, 0],
        "right_eye": eyes[:, 1],
    }
