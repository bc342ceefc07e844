"""Make the pictures of the web page from examples/astronaut.png: the example, and a small one of each filter.

Run from the root of the repository: ``python docs/make_page_pictures.py``.
"""

from pathlib import Path

import cv2
import numpy as np

import facepoints
from facepoints import filters
from facepoints.arrays import Image

STATIC = Path("src/facepoints/web/static")
SIDE = 144  # the page shows half of it: screens have up to twice as many pixels
HEAD = (128, 0, 322, 194)  # x1, y1, x2, y2: the head with room for a hat


def main() -> None:
    image = facepoints.read("examples/astronaut.png")
    faces = facepoints.find(image)
    write(STATIC / "example.jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 88])
    for name in filters.NAMES:
        x1, y1, x2, y2 = HEAD
        worn = filters.load(name).apply(image, faces)[y1:y2, x1:x2]
        small = cv2.resize(worn, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        write(STATIC / "filters" / f"{name}.webp", np.asarray(small, dtype=np.uint8), [cv2.IMWRITE_WEBP_QUALITY, 78])


def write(path: Path, image: Image, options: list[int]) -> None:
    path.parent.mkdir(exist_ok=True)
    _, data = cv2.imencode(path.suffix, cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    path.write_bytes(data.tobytes())


if __name__ == "__main__":
    main()
