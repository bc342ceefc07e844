"""How the scores of the network detector and of the keypoint network go together, fitted on faces not trained on.

    python benchmarks/calibrate_detector.py DATA [--detector FILE.onnx]

DATA holds ``wider/`` in its official layout. The validation pictures of the training (a tenth of WIDER's training
part) are searched; a logistic regression tells faces from false boxes. Its numbers stand in
``facepoints/detection/network.py``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from rich.progress import track

from facepoints.arrays import Array
from facepoints.datasets import wider
from facepoints.datasets.labelled import split_by_group
from facepoints.detection import NetworkDetector
from facepoints.evaluation.detector_metrics import DROPPED, match_boxes
from facepoints.images import read
from facepoints.keypoints import KeypointEstimator
from facepoints.training.detector.config import DetectorTrainConfig

_MIN_FACE = 16
_LEAST_SCORE = 0.2
"""Candidates under it are many and hardly ever faces."""

_MATCH_IOU = 0.4


def main() -> None:
    """Search the pictures, fit, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--detector", default="detector")
    arguments = parser.parse_args()
    own, estimated, clear, is_face = _candidates(arguments.data / "wider", NetworkDetector(arguments.detector))
    odds = np.log(own / (1 - own))
    columns = np.stack([np.ones_like(odds), odds, estimated, clear * (1 - estimated)], axis=1)
    weights = _logistic_regression(columns, is_face)
    sure = columns @ weights > 0
    print(f"{len(own):,} candidates, {int(is_face.sum()):,} of them faces")
    print("bias {:.2f}, odds of the detector {:.2f}, estimator {:.2f}, rejected {:.2f}".format(*weights))
    print(f"at 0.5: {int(is_face[sure].sum())} faces, {int((~is_face[sure]).sum())} false boxes")


def _candidates(root: Path, detector: NetworkDetector) -> tuple[Array, Array, Array, Array]:
    """Of all candidates in all pictures: scores of the detector and of the estimator, how clear they are, from 0 at 16
    pixels to 1 at 64, and whether they are faces."""
    pictures, config = wider.read(root, "train"), DetectorTrainConfig()
    groups = [f"wider/{picture.image.stem}" for picture in pictures]
    _, held = split_by_group(groups, config.validation_share, seed=config.split_seed)
    estimator = KeypointEstimator()
    own, estimated, clear, faces = [], [], [], []
    for row in track(held, "Searching"):
        image = read(pictures[row].image)
        found = detector.detect(image, _MIN_FACE)
        found = found.select(found.scores >= _LEAST_SCORE)
        outcome = match_boxes(found.boxes, found.scores, pictures[row].boxes, pictures[row].ignore, _MATCH_IOU)
        found, outcome = found.select(outcome != DROPPED), outcome[outcome != DROPPED]
        estimate = estimator.estimate([image], [found.starts], [found.rolls])[0]
        own.append(found.scores)
        estimated.append(estimate.scores.mean(axis=1))
        sides = (found.boxes[:, 2:] - found.boxes[:, :2]).max(axis=1)
        clear.append(np.clip(np.log2(sides / 16) / 2, 0, 1))
        faces.append(outcome >= 0)
    return (
        np.concatenate(own).astype(np.float64),
        np.concatenate(estimated),
        np.concatenate(clear),
        np.concatenate(faces),
    )


def _logistic_regression(columns: Array, is_true: Array) -> Array:
    """Maximum likelihood by Newton's method."""
    weights = np.zeros(columns.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-columns @ weights))
        curvature = (columns * (chance * (1 - chance))[:, None]).T @ columns + 1e-6 * np.eye(len(weights))
        weights = weights + np.linalg.solve(curvature, columns.T @ (is_true - chance))
    return weights


if __name__ == "__main__":
    main()
