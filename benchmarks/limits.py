"""Where the finder gets worse: by the pose, size, light and sharpness of faces, by person, and under known changes.

    python benchmarks/limits.py DATA [--keypoints compact] [--only labels] > limits.md

DATA holds ``300w/lfpw/testset``, ``ytf/`` with ``people_heldout.txt``, and ``wider/``, in their official layouts; a set
that is missing is left out, and told. No network was trained on any of these faces. Prints tables in Markdown:

- ``labels``: keypoints on LFPW's test part and on the held-out people of YouTube Faces, by what the labels and the
  picture tell: pose of the true points, outer-eye distance, light, sharpness; and how people differ;
- ``changes``: keypoints on LFPW's test part after each of the known changes of limits_changes.py;
- ``crowds``: which labelled faces of WIDER FACE's validation part are found, by size, light and crowd.

A failure is a face that was missed, or whose points are off by more than 8 % after the finder looked for it by itself.
In brackets behind a mean: its 95 % interval if other people or photos had been drawn (bootstrap over people or photos,
1,000 times; Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993), where there are ten of them. It says
nothing about people unlike those in the sets.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from limits_changes import Change, changes, eye_distance, same
from rich.console import Console
from rich.progress import track

from facepoints import FaceFinder
from facepoints.analysis import head_pose
from facepoints.arrays import Array, Floats, Image
from facepoints.datasets import LabelledFace, read_keypoints, wider, ytf
from facepoints.detection import NetworkDetector
from facepoints.evaluation.detector_metrics import match_boxes
from facepoints.evaluation.keypoints import match_face
from facepoints.evaluation.metrics import box_sizes, normalised_mean_errors
from facepoints.geometry import face_crop_transform, tight_boxes, warp
from facepoints.images import read

FAILED = 0.08
SAMPLES, FEWEST = 1000, 10
CROP = 128
SMALLEST, CLEAR, LARGE, MATCH = 16, 32, 64, 0.4


@dataclass(frozen=True)
class Face:
    """What is known of one face, and what was found; errors as fractions, infinite where the face was missed."""

    group: str
    yaw: float
    pitch: float
    roll: float
    eyes: float
    light: float
    sharpness: float
    error: float
    box_error: float
    finder_error: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--keypoints", default="compact", help="name of the keypoint network, or path of an .onnx file")
    parser.add_argument("--only", choices=("labels", "changes", "crowds"), help="one of the three parts")
    options = parser.parse_args()

    finder = FaceFinder(keypoints=options.keypoints)
    photos, clips, crowds = options.data / "300w" / "lfpw" / "testset", options.data / "ytf", options.data / "wider"
    if options.only in (None, "labels"):
        if there(photos):
            by_labels("LFPW test part", finder, read_keypoints(photos))
        if there(clips):
            people = ytf.held_out_people(clips)
            by_labels(
                "YouTube Faces, held-out people",
                finder,
                [face for split in ytf.SPLITS for face in ytf.read(clips, split, people=people)],
                people=True,
            )
    if options.only in (None, "changes") and there(photos):
        by_changes(options.keypoints, read_keypoints(photos))
    if options.only in (None, "crowds") and there(crowds):
        by_crowds(FaceFinder(keypoints=options.keypoints, min_face=SMALLEST), wider.read(crowds, "val"))


def there(folder: Path) -> bool:
    if not folder.is_dir():
        print(f"left out, since it is not there: {folder}", file=sys.stderr)
    return folder.is_dir()


# Keypoints, by what labels and pictures tell


def by_labels(title: str, finder: FaceFinder, labelled: Sequence[LabelledFace], *, people: bool = False) -> None:
    faces = [measured(finder, face, same) for face in watched(labelled, title)]
    heading(f"{title}: {len(faces)} faces", "faces", "NME, true boxes", "by box size", "found", "failures")
    yaw, pitch, roll = (np.abs([getattr(face, name) for face in faces]) for name in ("yaw", "pitch", "roll"))
    bins(faces, yaw, "yaw", (0, 10, 20, 30, 45, np.inf), "°")
    bins(faces, pitch, "pitch", (0, 10, 20, np.inf), "°")
    bins(faces, roll, "roll", (0, 10, 20, np.inf), "°")
    bins(faces, np.array([face.eyes for face in faces]), "outer-eye distance", (0, 20, 30, 45, 60, np.inf), " px")
    bins(faces, np.array([face.light for face in faces]), "mean grey level of the face", (0, 60, 90, 120, 150, 256), "")
    quarters(faces, np.array([face.sharpness for face in faces]))
    if people:
        by_person(faces)


def measured(finder: FaceFinder, face: LabelledFace, change: Change) -> Face:
    image, keypoints = change(read(face.image), face.keypoints)
    box = tight_boxes(keypoints[None])
    fitted = finder.fit(image, box).keypoints
    found = match_face(finder.find(image), keypoints)[0][None]
    eyes, truth = np.array([eye_distance(keypoints)]), keypoints[None]
    pose = head_pose(truth, (image.shape[1], image.shape[0]))
    light, sharpness = look_of(image, box[0])
    return Face(
        face.group,
        *(float(angle[0]) for angle in (pose.yaw, pose.pitch, pose.roll)),
        float(eyes[0]),
        light,
        sharpness,
        float(normalised_mean_errors(fitted, truth, eyes)[0]),
        float(normalised_mean_errors(fitted, truth, box_sizes(truth))[0]),
        float(normalised_mean_errors(found, truth, eyes)[0]),
    )


def look_of(image: Image, box: Floats) -> tuple[float, float]:
    """Mean grey level of what is in the box, and how sharp its crop of 128 pixels is: the variance of the Laplacian
    over that of the grey levels, which light and contrast do not change."""
    x1, y1, x2, y2 = np.clip(np.rint(box).astype(int), 0, None)
    levels = cv2.cvtColor(image[y1 : y2 + 1, x1 : x2 + 1], cv2.COLOR_RGB2GRAY)
    crop = cv2.cvtColor(warp(image, face_crop_transform(box, CROP), CROP), cv2.COLOR_RGB2GRAY).astype(np.float64)
    return float(levels.mean()), float(cv2.Laplacian(crop, cv2.CV_64F).var() / max(crop.var(), 1e-6))


def bins(faces: Sequence[Face], values: Array, name: str, edges: Sequence[float], unit: str) -> None:
    for low, high in itertools.pairwise(edges):
        words = f"from {low:g}{unit}" if high in (np.inf, 256) else f"{low:g} to {high:g}{unit}"
        row(f"{name} {words}", faces, (values >= low) & (values < high))


def quarters(faces: Sequence[Face], values: Array) -> None:
    parts = np.digitize(values, np.percentile(values, [25, 50, 75]))
    for part, words in enumerate(("least sharp", "second", "third", "sharpest")):
        row(f"sharpness: {words} quarter", faces, parts == part)


def row(name: str, faces: Sequence[Face], mask: Array) -> None:
    chosen = [face for face, wanted in zip(faces, mask, strict=True) if wanted]
    if not chosen:
        return
    line(name, str(len(chosen)), with_interval(chosen, "error"), mean(chosen, "box_error"), *outcomes(chosen))


def outcomes(faces: Sequence[Face]) -> tuple[str, str]:
    """How many were found, and which share has no good points in the end, missed ones among them."""
    errors = np.array([face.finder_error for face in faces])
    return f"{np.isfinite(errors).sum()}", percent(float((errors > FAILED).mean()), 1)


def mean(faces: Sequence[Face], name: str) -> str:
    return percent(float(np.mean([getattr(face, name) for face in faces])))


def with_interval(faces: Sequence[Face], name: str) -> str:
    values = np.array([getattr(face, name) for face in faces])
    return percent(float(values.mean())) + interval(values, [face.group for face in faces])


def interval(values: Array, groups: Sequence[str], digits: int = 2) -> str:
    """95 % interval of the mean of ``values (n,)``, if whole groups are drawn anew, with replacement; in percent."""
    names, index = np.unique(groups, return_inverse=True)
    if len(names) < FEWEST:
        return ""
    sums, counts = np.bincount(index, values), np.bincount(index)
    drawn = np.random.default_rng(0).multinomial(len(names), np.full(len(names), 1 / len(names)), SAMPLES)
    low, high = 100 * np.percentile((drawn @ sums) / (drawn @ counts), [2.5, 97.5])
    return f" ({low:.{digits}f} to {high:.{digits}f})"


def by_person(faces: Sequence[Face]) -> None:
    groups = np.array([face.group for face in faces])
    errors = np.array([face.error for face in faces])
    means = np.array([errors[groups == name].mean() for name in np.unique(groups)])
    heading(f"Mean NME of each of {len(means)} people", "NME, true boxes")
    for name, share in (("best", 0), ("10 % of them under", 10), ("half", 50), ("90 %", 90), ("worst", 100)):
        line(name, percent(float(np.percentile(means, share))))


# Keypoints under known changes


def by_changes(keypoints: str, labelled: Sequence[LabelledFace]) -> None:
    usual = FaceFinder(keypoints=keypoints)
    others = {
        "90°": ("any_rotation", FaceFinder(NetworkDetector(rotations=(0, 90, 180, 270)), keypoints)),
        "180°": ("any_rotation", FaceFinder(NetworkDetector(rotations=(0, 90, 180, 270)), keypoints)),
        "10 px": ("min_face=10", FaceFinder(keypoints=keypoints, min_face=10)),
        "7 px": ("min_face=10", FaceFinder(keypoints=keypoints, min_face=10)),
    }
    heading("LFPW test part, changed", "NME, true boxes", "found", "NME of those", "failures")
    for group, members in changes().items():
        for name, change in members.items():
            title = f"{group} {name}".strip()
            changed_row(title, [measured(usual, face, change) for face in watched(labelled, title)])
            if name in others:
                words, finder = others[name]
                title = f"{title}, {words}"
                changed_row(title, [measured(finder, face, change) for face in watched(labelled, title)])


def changed_row(title: str, faces: Sequence[Face]) -> None:
    found = [face for face in faces if np.isfinite(face.finder_error)]
    count, failures = outcomes(faces)
    line(title, mean(faces, "error"), count, mean(found, "finder_error") if found else "–", failures)


# Faces of crowds


def by_crowds(finder: FaceFinder, pictures: Sequence[wider.LabelledPicture]) -> None:
    rows: list[tuple[str, float, float, int, bool]] = []
    for picture in watched(pictures, "WIDER FACE"):
        image = read(picture.image)
        sides = (picture.boxes[:, 2:] - picture.boxes[:, :2]).max(axis=1)
        ignored = picture.ignore | (sides < SMALLEST)
        faces = finder.find(image)
        hits = set(match_boxes(faces.boxes, faces.scores, picture.boxes, ignored, MATCH).tolist())
        for number in np.flatnonzero(~ignored):
            light, _ = look_of(image, picture.boxes[number])
            rows.append((str(picture.image), sides[number], light, int((~ignored).sum()), int(number) in hits))
    photos, side, light, crowd, found = (np.array(column) for column in zip(*rows, strict=True))
    title = f"WIDER FACE, {len(pictures)} photos: {len(rows)} faces from {SMALLEST} px"
    heading(title, "faces", "their median size", "found")
    everything, clear, large = np.ones(len(rows), dtype=bool), side >= CLEAR, side >= LARGE
    for name, values, of, edges in (
        ("longer side of the box, px:", side, everything, (16, 24, 32, 64, 128, np.inf)),
        (f"{CLEAR} to under {LARGE} px, mean grey level:", light, clear & ~large, (0, 60, 90, 120, 150, 256)),
        (f"from {LARGE} px, mean grey level:", light, large, (0, 90, 120, 150, 256)),
        (f"from {CLEAR} px, labelled faces on the photo:", crowd, clear, (1, 2, 6, 16, np.inf)),
    ):
        for low, high in itertools.pairwise(edges):
            mask = of & (values >= low) & (values < high)
            if mask.any():
                words = f"from {low:g}" if high in (np.inf, 256) else f"{low:g} to under {high:g}"
                share = percent(float(found[mask].mean()), 1) + interval(found[mask].astype(float), photos[mask], 1)
                line(f"{name} {words}", str(mask.sum()), f"{np.median(side[mask]):.0f} px", share)


# Output


def watched(items: Iterable[object], words: str) -> Iterable:  # type: ignore[type-arg]
    return track(items, words, console=Console(stderr=True), transient=True)


def heading(title: str, *columns: str) -> None:
    print(f"\n| {title} | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}", flush=True)


def line(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


def percent(fraction: float, digits: int = 2) -> str:
    return f"{100 * fraction:.{digits}f} %"


if __name__ == "__main__":
    main()
