"""How well the keypoint network's score of a face tells faces from what is none, and clear faces from covered ones.

    python benchmarks/face_score.py DATA [--faces 100] [--backgrounds 300] [--out face_score.svg]

DATA holds ``300w/lfpw/testset`` and ``wider/`` in its official layout. The score of a face is the mean of its 68
keypoint scores, as in ``FaceFinder.fit``; no detector has a say. Measured on, all with the same seed:

- faces in the tight box of their true points;
- the same faces with one half of that box (left, right, upper or lower) covered, by one colour and by a piece of a
  photo;
- random squares of WIDER's validation photos that touch no labelled face, and boxes there that an eager Haar cascade
  takes for faces.

AUROC is the chance that a clear face scores higher than a member of the group.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from facepoints.analysis.confidence import crop_sides, expected_errors, point_qualities
from facepoints.arrays import Array, Floats, Image
from facepoints.datasets import LabelledFace, read_keypoints, wider
from facepoints.datasets.hard_negatives import without_faces
from facepoints.detection import HaarDetector
from facepoints.evaluation.ranks import area_under_roc
from facepoints.evaluation.summary import percent
from facepoints.files import atomic_write
from facepoints.geometry import tight_boxes
from facepoints.images import read
from facepoints.keypoints import KeypointEstimator
from facepoints.report.histogram_plot import histogram_plot

CLEAR = "clear faces"
COVERED = ("half covered, one colour", "half covered, piece of a photo")
RANDOM, HAAR = "background, random squares", "background, Haar's false boxes"
SMALLEST = 24
PER_PICTURE = 10


@dataclass
class Points:
    """Of every point of a group of faces, ``(n, 68)`` each."""

    scores: Array
    expected: Array
    errors: Array
    covered: Array


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--faces", type=int, default=224, help="at most; all 224 by default")
    parser.add_argument("--backgrounds", type=int, default=1000, help="of each kind, at most; 1,000 by default")
    parser.add_argument("--keypoints", default="compact", help="name of the keypoint network, or path of an .onnx file")
    parser.add_argument("--out", type=Path, default=Path("face_score.svg"), help="the histograms")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    random = np.random.default_rng(options.seed)
    estimator = KeypointEstimator(options.keypoints)
    pictures = wider.read(options.data / "wider", "val")
    labelled = read_keypoints(options.data / "300w" / "lfpw" / "testset")
    chosen = np.sort(random.permutation(len(labelled))[: options.faces])
    backgrounds, pieces = background_scores(estimator, pictures, options.backgrounds, random)
    points = face_points(estimator, [labelled[row] for row in chosen], pieces, random)
    scores = {name: group.scores.mean(axis=1) for name, group in points.items()} | backgrounds
    print_groups(scores)
    print_points(points)
    plot = histogram_plot(scores, "Score of the face (mean of its keypoint scores)", "Share of the group")
    with atomic_write(options.out) as temporary:
        temporary.write_text(plot, encoding="utf-8")
    print(options.out)


def background_scores(
    estimator: KeypointEstimator, pictures: Sequence[wider.LabelledPicture], count: int, random: np.random.Generator
) -> tuple[dict[str, Array], list[Image]]:
    """Scores of at most ``count`` boxes of each kind, and pieces of the photos to cover faces with."""
    detector = HaarDetector(scale_factor=1.1, min_neighbors=1)
    scores: dict[str, list[float]] = {RANDOM: [], HAAR: []}
    pieces: list[Image] = []
    for row in track(random.permutation(len(pictures)), "Backgrounds"):
        if all(len(values) >= count for values in scores.values()):
            break
        image, faces = read(pictures[row].image), pictures[row].boxes
        squares = without_faces(random_squares(image, random), faces)[:PER_PICTURE]
        pieces += [cut(image, box) for box in squares]
        for name, boxes in ((RANDOM, squares), (HAAR, without_faces(detector.detect(image, SMALLEST).boxes, faces))):
            boxes = boxes[: max(count - len(scores[name]), 0)]
            scores[name] += estimator.estimate([image], [boxes])[0].scores.mean(axis=1).tolist()
    return {name: np.asarray(values) for name, values in scores.items()}, pieces


def random_squares(image: Image, random: np.random.Generator) -> Floats:
    """Ten times as many squares as are wanted, wholly in the picture, small and large ones equally often."""
    height, width = image.shape[:2]
    count = 10 * PER_PICTURE
    sides = np.exp(random.uniform(np.log(SMALLEST), np.log(max(min(height, width) / 2, SMALLEST + 1)), count))
    corners = random.uniform(0, 1, (count, 2)) * (np.array([width, height]) - 1 - sides[:, None])
    return np.concatenate([corners, corners + sides[:, None]], axis=1).astype(np.float32)


def cut(image: Image, box: Floats) -> Image:
    x1, y1, x2, y2 = box.astype(int)
    return image[y1 : y2 + 1, x1 : x2 + 1].copy()


def face_points(
    estimator: KeypointEstimator, faces: Sequence[LabelledFace], pieces: Sequence[Image], random: np.random.Generator
) -> dict[str, Points]:
    """The points of all faces: clear, covered by one colour, and covered by a piece of a photo."""
    rows: dict[str, list[tuple[Array, Array, Array, Array]]] = {name: [] for name in (CLEAR, *COVERED)}
    for face in track(faces, "Faces"):
        image, box = read(face.image), tight_boxes(face.keypoints[None])
        patch = half_of(box[0], int(random.integers(4)))
        colour = random.integers(0, 256, (1, 1, 3)).astype(np.uint8)
        piece = pieces[int(random.integers(len(pieces)))]
        covered = ((face.keypoints >= patch[:2]) & (face.keypoints <= patch[2:])).all(axis=1)
        for name, cover in ((CLEAR, None), (COVERED[0], colour), (COVERED[1], piece)):
            shown = image if cover is None else covered_by(image, patch, cover)
            estimate = estimator.estimate([shown], [box])[0]
            errors = np.linalg.norm(estimate.keypoints[0] - face.keypoints, axis=1) / crop_sides(estimate.keypoints)
            expected = expected_errors(estimate.scores, estimate.keypoints, "crop")[0]
            hidden = covered if cover is not None else np.zeros_like(covered)
            rows[name].append((estimate.scores[0], expected, errors, hidden))
    return {name: Points(*(np.stack(column) for column in zip(*group, strict=True))) for name, group in rows.items()}


def half_of(box: Floats, half: int) -> Floats:
    """The left, right, upper or lower half of a box, for ``half`` from 0 to 3."""
    patch = box.copy()
    axis, keep_high = divmod(half, 2)
    patch[axis if keep_high else axis + 2] = (box[axis] + box[axis + 2]) / 2
    return patch


def covered_by(image: Image, patch: Floats, cover: Image) -> Image:
    """The picture with ``cover`` stretched over the patch."""
    height, width = image.shape[:2]
    x1, y1 = np.maximum(np.floor(patch[:2]).astype(int), 0)
    x2, y2 = np.minimum(np.ceil(patch[2:]).astype(int) + 1, [width, height])
    shown = image.copy()
    shown[y1:y2, x1:x2] = cv2.resize(cover, (int(x2 - x1), int(y2 - y1)), interpolation=cv2.INTER_LINEAR)
    return shown


def print_groups(scores: dict[str, Array]) -> None:
    table = Table("Face score", *("Boxes", "Mean", "5 %", "Median", "95 %", "AUROC"))
    for name, values in scores.items():
        shares = [f"{value:.3f}" for value in (values.mean(), *np.percentile(values, [5, 50, 95]))]
        roc = "" if name == CLEAR else f"{area_under_roc(scores[CLEAR], values):.4f}"
        table.add_row(name, str(len(values)), *shares, roc)
    Console().print(table)


def print_points(groups: dict[str, Points]) -> None:
    table = Table("Points", *("", "Number", "Score", "True quality", "Expected error", "True error", "its RMS"))
    for name, group in groups.items():
        for words, rows in (("in sight", ~group.covered), ("covered", group.covered)):
            if not rows.any():
                continue
            errors = group.errors[rows]
            quality = point_qualities(errors).mean()
            shares = [group.expected[rows].mean(), errors.mean(), np.sqrt((errors**2).mean())]
            figures = [f"{group.scores[rows].mean():.3f}", f"{quality:.3f}", *(percent(float(each)) for each in shares)]
            table.add_row(name, words, f"{rows.sum():,}", *figures)
    Console().print(table)
    print("Errors in percent of the side of the estimator's crop, about 2.1 outer-eye distances.")


if __name__ == "__main__":
    main()
