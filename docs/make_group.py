"""Make examples/group.jpg anew, several people on one wall: python docs/make_group.py

The people are invented from the free portrait by known warps (facepoints.datasets.known_warps), the cat is Chelsea.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from facepoints import images
from facepoints.arrays import Floats, Image
from facepoints.datasets.example_face import EXAMPLE_FACE, read_example
from facepoints.datasets.known_warps import random_person
from facepoints.datasets.sitter import Sitter

ROOT = Path(__file__).parent.parent
WIDTH, HEIGHT = 1200, 800
OVERSAMPLING = 2
WALL_LIGHT, WALL_DARK = np.array([222.0, 214, 203]), np.array([176.0, 165, 153])
BORDER = 0.045


@dataclass(frozen=True)
class Print:
    """A photo on the wall: who, the actions, the part of the portrait, and where it hangs."""

    person: int | None
    centre: tuple[float, float]
    width: float
    lean: float = 0.0
    part: tuple[float, float, float, float] = (0.17, 0.0, 0.69, 0.62)
    actions: tuple[tuple[str, float], ...] = ()
    look: str = "colour"


MIRRORED = (0.31, 0.0, 0.83, 0.62)
"""The part that has the face in its middle where the invented person is a mirror image."""

PRINTS = (
    Print(None, (265, 290), 370, -3.0),
    Print(3, (640, 225), 280, 6.0, MIRRORED, actions=(("smile", -0.9),)),
    Print(5, (985, 245), 250, -16.0, actions=(("mouth open", 0.45), ("brows raised", 0.6)), look="grey"),
    Print(8, (590, 590), 230, -5.0, MIRRORED, actions=(("smile", -0.6),), look="evening"),
    Print(11, (812, 585), 160, 24.0, MIRRORED, actions=(("eyes closed", 1.0),), look="sepia"),
    Print(7, (400, 680), 96, 4.0, look="soft"),
)
CAT = Print(None, (1045, 630), 250, -4.0, part=(0.02, 0.0, 0.98, 1.0))


def main() -> None:
    wall = painted_wall()
    portrait = read_example()
    for one in PRINTS:
        hang(wall, portrait_of(portrait, one), one)
    hang(wall, images.read(ROOT / "examples" / "chelsea.png"), CAT)
    picture = cv2.resize(wall, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    images.write(ROOT / "examples" / "group.jpg", np.asarray(picture, dtype=np.uint8), quality=90)


def painted_wall() -> Image:
    """Light from the upper left, and the fine noise of plaster."""
    random = np.random.default_rng(0)
    rows, columns = HEIGHT * OVERSAMPLING, WIDTH * OVERSAMPLING
    away = np.hypot(np.linspace(0, 1, columns)[None], np.linspace(0, 1, rows)[:, None])[..., None] / np.sqrt(2)
    plaster = cv2.GaussianBlur(random.normal(0, 14, (rows, columns)), (0, 0), 3)[..., None]
    return np.clip(WALL_LIGHT * (1 - away) + WALL_DARK * away + plaster, 0, 255).astype(np.uint8)


def portrait_of(portrait: Image, one: Print) -> Image:
    """The portrait as one of the invented people, who acts."""
    keypoints: Floats = EXAMPLE_FACE
    if one.person is not None:
        person = random_person(portrait, keypoints, np.random.default_rng(one.person))
        grid = np.stack(np.meshgrid(np.arange(512.0), np.arange(512.0)), axis=-1)
        portrait = np.asarray(
            cv2.remap(person.image, person.source_of(grid).astype(np.float32), None, cv2.INTER_LINEAR,
                      borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8,
        )  # fmt: skip
        keypoints = person.moved(person.keypoints).astype(np.float32)
        portrait = np.clip(portrait * np.asarray(person.tint) / np.max(person.tint), 0, 255).astype(np.uint8)
    acting = Sitter(portrait, keypoints).picture(dict(one.actions))
    return LOOKS[one.look](acting)


def grey(photo: Image) -> Image:
    return np.repeat(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def sepia(photo: Image) -> Image:
    return (grey(photo) * np.array([1.0, 0.88, 0.7])).astype(np.uint8)


def evening(photo: Image) -> Image:
    return (255 * (photo / 255.0) ** 1.35 * np.array([0.62, 0.55, 0.5])).astype(np.uint8)


def soft(photo: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(photo, (0, 0), 3.0), dtype=np.uint8)


LOOKS = {"colour": lambda photo: photo, "grey": grey, "sepia": sepia, "evening": evening, "soft": soft}


def hang(wall: Image, photo: Image, one: Print) -> None:
    """Put a photo with a white border and its shadow on the wall, in place."""
    height, width = photo.shape[:2]
    x1, y1, x2, y2 = (round(share * side) for share, side in zip(one.part, (width, height) * 2, strict=True))
    photo = photo[y1:y2, x1:x2]
    border = round(BORDER * photo.shape[1])
    framed = cv2.copyMakeBorder(photo, border, border, border, border, cv2.BORDER_CONSTANT, value=(250, 248, 244))
    scale = OVERSAMPLING * one.width / framed.shape[1]
    middle = ((framed.shape[1] - 1) / 2, (framed.shape[0] - 1) / 2)
    transform = cv2.getRotationMatrix2D(middle, -one.lean, scale)
    transform[:, 2] += np.array(one.centre) * OVERSAMPLING - middle
    size = (wall.shape[1], wall.shape[0])
    if scale < 1:  # else pixels would be skipped
        framed = cv2.GaussianBlur(framed, (0, 0), 0.4 / scale)
    mask = cv2.warpAffine(np.full(framed.shape[:2], 255, dtype=np.uint8), transform, size)
    drop = np.array([[1.0, 0, 7 * OVERSAMPLING], [0, 1, 9 * OVERSAMPLING]])
    shadow = cv2.GaussianBlur(cv2.warpAffine(mask, drop, size), (0, 0), 9 * OVERSAMPLING)[..., None]
    wall[...] = (wall * (1 - 0.4 * (shadow / 255.0))).astype(np.uint8)
    seen = cv2.warpAffine(framed, transform, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    weight = mask[..., None] / 255.0
    wall[...] = (seen * weight + wall * (1 - weight)).astype(np.uint8)


if __name__ == "__main__":
    main()
