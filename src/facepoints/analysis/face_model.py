"""A face in 3-D: the 68 points of the mean head, the model that a pose is fitted with.

Our own, derived from the labels of the training pictures of 300-W by rigid factorisation (Tomasi and Kanade, IJCV
1992), made symmetric; ``benchmarks/derive_face_model.py`` repeats it step by step, and docs/pose.md compares it with
measured heads. What to know of it:

- The labels fix the shape but not the size. The outer eye corners are set 90 mm apart, as in adults on average: men
  93.0, women 88.4 mm among young Chinese adults of Hong Kong (BioMed Research International 2013, 821428).
- Where pitch is zero is a choice as well: the median face of the training pictures has it.
- The points of the jaw are those of the visible outline in a frontal picture, seen from the side that they are on.
- Expressions are those of the training pictures, on average a slight smile with the lips a little apart.
"""

from __future__ import annotations

import numpy as np

__all__ = ["EYE_DISTANCE", "FACE_MODEL"]

EYE_DISTANCE = 90.0
"""Millimetres between the outer corners of the eyes of ``FACE_MODEL``."""

# fmt: off
FACE_MODEL = np.array([
    [
        -735, -724, -701, -663, -592, -477, -334, -174, 0, 174, 334, 477, 592, 663, 701, 724, 735, -598, -507,
        -379, -248, -123, 123, 248, 379, 507, 598, 0, 0, 0, 0, -148, -77, 0, 77, 148, -450, -371, -275, -194,
        -282, -377, 194, 275, 371, 450, 377, 282, -280, -177, -73, 0, 73, 177, 280, 183, 80, 0, -80, -183,
        -234, -74, 0, 74, 234, 75, 0, -75,
    ],
    [
        17, 229, 440, 642, 817, 958, 1068, 1148, 1162, 1148, 1068, 958, 817, 642, 440, 229, 17, -137, -212,
        -234, -217, -170, -170, -217, -234, -212, -137, -20, 105, 229, 356, 439, 464, 487, 464, 439, 0, -47,
        -45, 17, 35, 33, 17, -45, -47, 0, 33, 35, 679, 632, 607, 624, 607, 632, 679, 771, 811, 819, 811, 771,
        685, 672, 678, 672, 685, 714, 722, 714,
    ],
    [
        545, 532, 520, 484, 373, 235, 95, -35, -104, -35, 95, 235, 373, 484, 520, 532, 545, 62, -33, -118,
        -178, -219, -219, -178, -118, -33, 62, -211, -288, -375, -458, -265, -298, -320, -298, -265, 0, -36,
        -53, -56, -56, -40, -56, -53, -36, 0, -40, -56, -69, -197, -266, -276, -266, -197, -69, -154, -213,
        -225, -213, -154, -95, -245, -257, -245, -95, -220, -233, -220,
    ],
]).T / 10.0
# fmt: on
FACE_MODEL.flags.writeable = False
"""``(68, 3)`` millimetres: x to the picture's right, y down, z away from the camera, of a head that looks into it; the
origin is the middle of the outer eye corners, and left and right are mirror images."""
