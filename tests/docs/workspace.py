"""The folder in which the code of documents runs: what a reader is taken to have."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from facepoints import images
from tests.conftest import ROOT
from tests.datasets.layouts import astronaut, photo_of, write_pts_folder, write_ytf

PHOTOS = ("photo.jpg", "frame.jpg", "one.jpg", "two.jpg", "a.jpg", "b.png", "photos/one.jpg", "photos/two.jpg")
PEOPLE = {f"Sample_Person_{number}": 2 for number in range(10)}
HELD_OUT = "Sample_Person_0"


def make_workspace(folder: Path) -> Path:
    """Pictures, a clip, a filter, a network under the names that documents use, and ``DATA``, tiny data sets
    in all official layouts."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    (folder / "photos").mkdir()
    for name in PHOTOS:
        images.write(folder / name, astronaut())
    _write_clip(folder / "clip.mp4")
    shutil.copytree(ROOT / "src/facepoints/filters/art/sunglasses", folder / "my-folder")
    shutil.copy(ROOT / "src/facepoints/weights/compact-int8.onnx", folder / "mine.onnx")
    _write_data(folder / "DATA")
    return folder


def _write_clip(path: Path) -> None:
    """Half a second of the example picture, which moves to the right."""
    from facepoints.video import VideoWriter

    frame = astronaut()[:256, 96:352]
    height, width = frame.shape[:2]
    with VideoWriter(path, width, height) as writer:
        for number in range(8):
            writer.write(number / 25, np.roll(frame, number, axis=1))


def _write_data(folder: Path) -> None:
    write_ytf(folder / "ytf", PEOPLE)
    write_ytf(folder / "ytf", {"Sample_Person_1": 2}, split="test", first=300)
    (folder / "ytf" / "people_heldout.txt").write_text(f"{HELD_OUT}\n")
    for number, part in enumerate(("lfpw/trainset", "lfpw/testset", "helen/trainset", "afw")):
        write_pts_folder(folder / "300w" / part, [f"face_{number}_{face}" for face in range(4)], first=10 * number)
    _write_wider(folder / "wider")


def _write_wider(folder: Path) -> None:
    (folder / "wider_face_split").mkdir(parents=True)
    for first, split in enumerate(("train", "val")):
        pictures = folder / f"WIDER_{split}" / "images" / "0--Parade"
        pictures.mkdir(parents=True)
        lines = []
        for number in range(4 * first, 4 * first + 4):
            image, keypoints = photo_of(number, size=320)
            images.write(pictures / f"{number}.jpg", image)
            left, top = keypoints.min(axis=0).astype(int)
            width, height = np.ptp(keypoints, axis=0).astype(int)
            lines += [f"0--Parade/{number}.jpg", "1", f"{left} {top} {width} {height} 0 0 0 0 0 0"]
        (folder / "wider_face_split" / f"wider_face_{split}_bbx_gt.txt").write_text("\n".join(lines) + "\n")
