"""Checking labels against the size of their pictures and against one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.datasets.findings import Finding, Severity, listed
from facepoints.datasets.inventory import Entry
from facepoints.datasets.shape_model import shape_distances
from facepoints.scheme import OUTER_EYE_CORNERS

__all__ = ["label_findings"]

Sized = tuple[Entry, tuple[int, int]]
"""A label, and width and height of its picture in pixels."""

_MOST_OUTSIDE = 0.5
"""Share of the points beyond the picture's edge from which a label is wrong; cut faces have fewer."""

_EDGE = 1.0
"""Pixels beyond the edge that are no matter: labels count from 1 or are rounded."""

_SMALL = 15.0
"""Distance of the outer eye corners in pixels below which a face shows hardly where its points are."""

_FEW = 50
_ODD = 8.0
"""Standard deviations (by the median) from the usual distance to a usual shape."""

_TO_DEVIATION = 1.4826
"""A standard deviation over the median absolute deviation of a normal distribution."""

_ROUNDING = 0.3826
"""Mean distance of a point from its rounded place in pixels: the mean distance from the centre of a unit square."""


def label_findings(labels: Sequence[Sized]) -> list[Finding]:
    """What is wrong or odd about labels whose pictures could be read."""
    faces = [(entry, size, entry.keypoints) for entry, size in labels if entry.keypoints is not None]
    findings = _boxes(labels)
    if not faces:
        return findings
    entries, keypoints = [entry for entry, _, _ in faces], np.stack([points for _, _, points in faces])
    outside = np.asarray([_outside(points.astype(np.float64), size) for _, size, points in faces])
    lost, flat = outside >= _MOST_OUTSIDE, np.ptp(keypoints, axis=1).max(axis=1) == 0
    findings += _kind(
        "label outside", Severity.ERROR, "labels outside their picture, with half of the points or more", entries, lost
    )
    findings += _kind("no shape", Severity.ERROR, "labels with all points in one place", entries, flat)
    findings += _kind(
        "points outside", Severity.NOTE, "faces with points beyond the picture's edge", entries, (outside > 0) & ~lost
    )
    good = ~lost & ~flat
    return findings + _noise([entry for entry, fine in zip(entries, good, strict=True) if fine], keypoints[good])


def _boxes(labels: Sequence[Sized]) -> list[Finding]:
    empty, outside = [], []
    for entry, (width, height) in labels:
        for x1, y1, x2, y2 in entry.boxes.tolist():
            named = f"{entry.place}: {x1:g} {y1:g} {x2 - x1:g} {y2 - y1:g}"
            if x2 <= x1 or y2 <= y1:
                empty.append(named)
            elif not (-_EDGE <= (x1 + x2) / 2 <= width + _EDGE and -_EDGE <= (y1 + y2) / 2 <= height + _EDGE):
                outside.append(named)
    return [
        *listed("empty box", Severity.ERROR, "boxes without width or height", empty),
        *listed("label outside", Severity.ERROR, "boxes whose middle is outside the picture", outside),
    ]


def _outside(points: Array, size: tuple[int, int]) -> float:
    """The share of the points that lie beyond the edge."""
    inside = ((points >= -_EDGE) & (points <= np.asarray(size) - 1 + _EDGE)).all(axis=1)
    return float(1 - inside.mean())


def _noise(entries: Sequence[Entry], keypoints: Floats) -> list[Finding]:
    """Hints at labels that are not exact."""
    if not entries:
        return []
    first, second = OUTER_EYE_CORNERS
    eyes = np.linalg.norm(keypoints[:, first] - keypoints[:, second], axis=1)
    findings = _kind(
        "small face",
        Severity.NOTE,
        f"small faces, their outer eye corners less than {_SMALL:g} pixels apart",
        entries,
        eyes < _SMALL,
    )
    if len(entries) >= _FEW:
        distances = shape_distances(keypoints)
        spread = _TO_DEVIATION * float(np.median(np.abs(distances - np.median(distances))))
        odd = distances > np.median(distances) + _ODD * max(spread, 1e-3)
        findings += _kind(
            "odd shape", Severity.WARNING, "faces of an odd shape, which may be wrong labels", entries, odd
        )
    if (keypoints == np.round(keypoints)).all():
        error = 100 * _ROUNDING / float(np.median(eyes))
        text = f"all labels are whole pixels; rounding alone is an error of {error:.1f} % of the eyes' distance"
        findings.append(Finding("whole pixels", Severity.NOTE, text))
    return findings


def _kind(kind: str, severity: Severity, text: str, entries: Sequence[Entry], chosen: Array) -> list[Finding]:
    items = [f"{entry.image.name} ({entry.place})" for entry, wanted in zip(entries, chosen, strict=True) if wanted]
    return listed(kind, severity, text, items)
