"""A face in 3-D: the 68 points of the mean head, the model that a pose is fitted with.

Our own, derived from the labels of the training pictures of 300-W by rigid factorisation (Tomasi and Kanade, IJCV
1992), made symmetric; ``benchmarks/derive_face_model.py`` repeats it step by step, and docs/pose.md compares it with
measured heads. What to know of it:

- The labels fix the shape but not the size. The outer eye corners are set 90 mm apart, as in adults on average: men
  93.0, women 88.4 mm among young Chinese adults of Hong Kong (BioMed Research International 2013, 821428).
- Depths follow from how labels move as heads turn, which differences between people blur: they may be some 5 % off.
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
        -760, -749, -725, -686, -610, -489, -342, -180, 0, 180, 342, 489, 610, 686, 725, 749, 760, -600, -506,
        -377, -246, -121, 121, 246, 377, 506, 600, 0, 0, 0, 0, -146, -75, 0, 75, 146, -450, -371, -274, -193,
        -282, -377, 193, 274, 371, 450, 377, 282, -278, -175, -72, 0, 72, 175, 278, 181, 79, 0, -79, -181,
        -233, -73, 0, 73, 233, 74, 0, -74,
    ],
    [
        21, 237, 451, 656, 830, 966, 1070, 1145, 1161, 1145, 1070, 966, 830, 656, 451, 237, 21, -137, -212,
        -233, -215, -168, -168, -215, -233, -212, -137, -19, 104, 224, 347, 433, 457, 479, 457, 433, 0, -47,
        -45, 17, 35, 33, 17, -45, -47, 0, 33, 35, 678, 627, 599, 616, 599, 627, 678, 766, 803, 810, 803, 766,
        684, 664, 669, 664, 684, 706, 713, 706,
    ],
    [
        529, 514, 498, 459, 347, 208, 68, -62, -118, -62, 68, 208, 347, 459, 498, 514, 529, 52, -39, -118,
        -174, -210, -210, -174, -118, -39, 52, -201, -278, -364, -447, -266, -298, -320, -298, -266, 0, -34,
        -48, -50, -52, -38, -50, -48, -34, 0, -38, -52, -88, -210, -273, -283, -273, -210, -88, -169, -229,
        -239, -229, -169, -113, -255, -266, -255, -113, -230, -242, -230,
    ],
]).T / 10.0
# fmt: on
FACE_MODEL.flags.writeable = False
"""``(68, 3)`` millimetres: x to the picture's right, y down, z away from the camera, of a head that looks into it; the
origin is the middle of the outer eye corners, and left and right are mirror images."""
