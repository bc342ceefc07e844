"""Which points of MediaPipe's mesh lie nearest to the 68: the table of docs/guides/moving.md, in order of the scheme.

Found by ``benchmarks/mediapipe_points.py`` on 500 training faces of 300-W.
"""

# fmt: off
NEAREST = (
    127, 227, 177, 215, 172, 136, 149, 148, 152, 377, 378, 365, 397, 435, 401, 447, 356,  # jaw
    70, 63, 105, 66, 55, 336, 296, 334, 293, 300,  # brows
    168, 197, 195, 4, 75, 97, 2, 326, 305,  # nose
    7, 159, 158, 155, 153, 144, 382, 385, 387, 249, 373, 380,  # eyes
    61, 39, 37, 0, 267, 304, 291, 405, 314, 17, 84, 181,  # outer lip
    62, 38, 13, 268, 292, 317, 14, 87,  # inner lip
)
