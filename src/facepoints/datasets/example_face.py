"""The free portrait that comes with the repository, and the true keypoints of its face."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from facepoints.arrays import Image
from facepoints.errors import InputError
from facepoints.images import read

__all__ = ["EXAMPLE_FACE", "find_example", "read_example"]

# fmt: off
EXAMPLE_FACE = np.array([
    [
        1794, 1795, 1805, 1816, 1840, 1895, 1982, 2080, 2209, 2338, 2448, 2551, 2619, 2662, 2689, 2707, 2714,
        1865, 1924, 2005, 2083, 2157, 2358, 2435, 2515, 2597, 2650,
        2253, 2250, 2247, 2244, 2140, 2188, 2239, 2289, 2336,
        1961, 2010, 2072, 2121, 2065, 2004, 2379, 2437, 2499, 2547, 2499, 2436,
        2012, 2091, 2175, 2233, 2290, 2371, 2451, 2367, 2288, 2223, 2158, 2083,
        2036, 2169, 2230, 2291, 2426, 2289, 2226, 2163,
    ],
    [
        1007, 1128, 1247, 1361, 1485, 1583, 1672, 1754, 1784, 1767, 1698, 1617, 1523, 1407, 1293, 1183, 1059,
        924, 884, 875, 894, 927, 937, 915, 910, 928, 978,
        1022, 1107, 1196, 1280, 1306, 1327, 1346, 1330, 1313,
        1010, 983, 989, 1035, 1041, 1036, 1046, 1006, 1008, 1045, 1063, 1059,
        1395, 1391, 1396, 1411, 1400, 1401, 1412, 1512, 1554, 1556, 1548, 1499,
        1405, 1429, 1438, 1432, 1419, 1495, 1501, 1491,
    ],
]).T.astype(np.float32) / np.float32(10)
# fmt: on
EXAMPLE_FACE.flags.writeable = False
"""``(68, 2)`` float32, pixels of ``examples/astronaut.png``: the mean of what the network finds on it, on its mirror
image and on twice its size, checked by eye at eight times the size."""

_NAME = Path("examples") / "astronaut.png"
_PIXELS_SHA256 = "a8c429c18afa7b0fd5673e598d73a21225d94c864a71bbb3885126fdecb41071"


def find_example() -> Path:
    """``examples/astronaut.png`` of the repository: from the working directory upwards, else beside this package.

    Raises:
        InputError: it is in none of these places.
    """
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).parents[3]):
        if (folder / _NAME).is_file():
            return folder / _NAME
    raise InputError(
        f"{_NAME.as_posix()} is neither in {here} nor in a folder above it. It comes with the repository, not with the "
        "installed package: work inside a clone of it, or give the path of that picture"
    )


def read_example(path: Path | None = None) -> Image:
    """The portrait, ``(512, 512, 3)``.

    Args:
        path: where it is; None looks for it (:func:`find_example`).

    Raises:
        InputError: it is not found, or another picture, on which the known points would lie anywhere.
        ImageError: it cannot be read.
    """
    path = find_example() if path is None else path
    image = read(path)
    if hashlib.sha256(image.tobytes()).hexdigest() != _PIXELS_SHA256:
        raise InputError(
            f"{path} is not {_NAME.as_posix()} of the repository, whose keypoints are known; give that one"
        )
    return image
