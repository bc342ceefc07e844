"""Make the README's pictures of what facepoints can do anew, from examples/: python docs/make_abilities.py

Needs the extra [train], for a look into the network.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

import facepoints
from facepoints import drawing, filters, images
from facepoints.arrays import Floats, Image
from facepoints.datasets import make_sample, ytf
from facepoints.faces import Faces
from facepoints.geometry import tight_boxes, upright_crop_transform, warp
from facepoints.report.comparison import comparison_tile
from facepoints.training.feature_maps import InspectedNetwork
from facepoints.training.inspection import seen_picture
from facepoints.weights import resolve

ROOT = Path(__file__).parent.parent
WIDTH, HEIGHT = 720, 480
WORN = (["straw-hat"], ["sunglasses"], ["moustache"], ["cat"], ["sunglasses", "moustache"], ["mask"])
HIDDEN = ("pixelate", "blur", "cover")
MAPS = (8, 30, 36, 45, 48, 54)
HEAT = (255, 120, 30)


def main() -> None:
    group = facepoints.read(ROOT / "examples" / "group.jpg")
    faces = facepoints.find(group)
    save("find", drawing.draw(group, faces, scores=True))
    save("pose", drawing.draw(group, faces, boxes=False, keypoints=False, edges=False, pose=True))
    save("filter", worn(group, faces))
    save("hide", hidden(group, faces))
    save("align", grid(list(facepoints.align(group, faces, size=WIDTH // 3)), columns=3))
    save("inspect", grid(heatmaps(facepoints.read(ROOT / "examples" / "astronaut.png")), columns=3))
    with TemporaryDirectory() as folder:
        sample = make_sample(Path(folder) / "sample", 60)
        save("train", grid(labelled(sample), columns=3))
        save("evaluate", grid(compared(sample), columns=3))


def save(name: str, picture: Image) -> None:
    """The middle of the picture, in the size of all."""
    height, width = picture.shape[:2]
    scale = max(WIDTH / width, HEIGHT / height)
    size = (max(round(width * scale), WIDTH), max(round(height * scale), HEIGHT))
    scaled = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    left, top = (size[0] - WIDTH) // 2, (size[1] - HEIGHT) // 2
    images.write(ROOT / "docs" / "images" / f"can-{name}.jpg", scaled[top : top + HEIGHT, left : left + WIDTH], 84)


def worn(image: Image, faces: Faces) -> Image:
    for row, names in enumerate(WORN[: len(faces)]):
        image = filters.stack([filters.load(name) for name in names]).apply(image, faces[row : row + 1])
    return image


def hidden(image: Image, faces: Faces) -> Image:
    for row in range(len(faces)):
        image = filters.load(HIDDEN[row % len(HIDDEN)]).apply(image, faces[row : row + 1])
    return image


def grid(tiles: list[Image], columns: int) -> Image:
    """Six tiles of one size, side by side, cut to the shape of all pictures."""
    side, rows = WIDTH // columns, 2
    fitted = [np.asarray(cv2.resize(tile, (side, side), interpolation=cv2.INTER_AREA)) for tile in tiles]
    fitted += [np.zeros_like(fitted[0])] * (columns * rows - len(fitted))
    return np.vstack([np.hstack(fitted[start : start + columns]) for start in range(0, columns * rows, columns)])


def heatmaps(image: Image) -> list[Image]:
    """What the network says of six of the points, laid over the crop that it sees."""
    network = InspectedNetwork(resolve("compact", "keypoints"))
    crop = seen_picture(network, image)
    assert crop is not None
    (maps,) = network.feature_maps(crop, ["head.heatmaps"])
    return [glowing(crop, maps[point]) for point in MAPS]


def glowing(crop: Image, heatmap: Floats) -> Image:
    side = 2 * crop.shape[0]
    heat = np.exp(heatmap - heatmap.max())
    large = cv2.resize(heat, (side, side), interpolation=cv2.INTER_CUBIC).clip(0, 1)[..., None]
    ground = 0.6 * cv2.resize(crop, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.rint(ground + large * (np.array(HEAT) - ground)).astype(np.uint8)


def labelled(folder: Path) -> list[Image]:
    """Six pictures of the sample set with their labels."""
    tiles = []
    for face in ytf.read(folder)[::8][:6]:
        keypoints = face.keypoints[None]
        label = Faces(tight_boxes(keypoints), np.ones(1), keypoints, np.ones((1, 68)))
        drawn = drawing.draw(facepoints.read(face.image), label, boxes=False)
        tiles.append(warp(drawn, upright_crop_transform(face.keypoints, WIDTH // 3), WIDTH // 3))
    return tiles


def compared(folder: Path) -> list[Image]:
    """Six pictures of the sample set's test part, with the true and the found points."""
    finder = facepoints.FaceFinder(keypoints="tiny")
    tiles = []
    for face in ytf.read(folder, "test")[2::2][:6]:
        image = facepoints.read(face.image)
        found = finder.fit(image, tight_boxes(face.keypoints[None])).keypoints[0]
        tiles.append(comparison_tile(image, face.keypoints, found))
    return tiles


if __name__ == "__main__":
    main()
