"""How the measures of :mod:`facepoints.analysis.measures` are spread over labelled faces, which calibrates their ends.

    python benchmarks/measures.py DATA

DATA holds the training folders of 300-W: ``300w/helen/trainset``, ``300w/afw`` and ``300w/lfpw/trainset``. Prints, for
each distance, its percentiles over all faces and over those whose lips touch, and how it correlates with the head's
turn, which it should not; then how many faces each measure puts at 0 and at 1.
"""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from facepoints.analysis import frontal_points, head_pose, measure
from facepoints.analysis.measures import distances
from facepoints.datasets import read_keypoints

FOLDERS = ("300w/helen/trainset", "300w/afw", "300w/lfpw/trainset")
SIZE = (450, 450)  # about the size of these pictures; it hardly matters
PERCENTILES = (1, 5, 25, 50, 75, 95, 99)
TOUCHING = 0.02  # gap between the lips, in outer-eye distances


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA")
    data = parser.parse_args().data
    shapes = np.stack([face.keypoints for folder in FOLDERS for face in read_keypoints(data / folder)])
    poses = head_pose(shapes, SIZE)
    found = distances(frontal_points(shapes, poses, SIZE))
    table = Table("distance", "faces", *(f"{percentile} %" for percentile in PERCENTILES), "with |yaw|", "with pitch")
    for group, rows in {"all": slice(None), "lips touch": found["lip_gap"] < TOUCHING}.items():
        for name, values in found.items():
            spread = (f"{value:.3f}" for value in np.percentile(values[rows], PERCENTILES))
            turns = (np.corrcoef(values[rows], turn[rows])[0, 1] for turn in (np.abs(poses.yaw), poses.pitch))
            table.add_row(name, group, *spread, *(f"{value:+.2f}" for value in turns))
    shares = Table("measure", "at 0", "median", "95 %", "at 1")
    measures = measure(shapes, SIZE, poses)
    for field in fields(measures):
        values = getattr(measures, field.name)
        middle, high = np.percentile(values, (50, 95))
        shares.add_row(
            field.name, f"{(values == 0).mean():.0%}", f"{middle:.2f}", f"{high:.2f}", f"{(values == 1).mean():.1%}"
        )
    console = Console(width=150)
    console.print(table)
    console.print(shares)


if __name__ == "__main__":
    main()
