"""Make the pictures of the README anew: python docs/make_images.py"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

import facepoints
from facepoints import images

ROOT = Path(__file__).parent.parent
ZOOM = 3
LEFT, TOP, SIDE = 139, 20, 170


def main() -> None:
    photo = facepoints.read(ROOT / "examples" / "astronaut.png")
    whole = facepoints.draw(photo, facepoints.find(photo))
    part = photo[TOP : TOP + SIDE, LEFT : LEFT + SIDE]
    large = cv2.resize(part, None, fx=ZOOM, fy=ZOOM, interpolation=cv2.INTER_CUBIC)
    closeup = facepoints.draw(large, facepoints.find(large), scores=True)
    height = closeup.shape[0]
    whole = cv2.resize(whole, (height, height), interpolation=cv2.INTER_AREA)
    gap = np.full((height, 8, 3), 255, dtype=np.uint8)
    (ROOT / "docs" / "images").mkdir(exist_ok=True)
    images.write(ROOT / "docs" / "images" / "astronaut.jpg", np.hstack([whole, gap, closeup]))


if __name__ == "__main__":
    main()
