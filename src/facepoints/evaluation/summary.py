"""The figures that are reported for a set of faces."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from facepoints.arrays import Array
from facepoints.evaluation.metrics import (
    area_under_curve,
    box_sizes,
    failure_rate,
    finite_mean,
    finite_median,
    normalised_mean_errors,
    outer_eye_distances,
    region_errors,
)

__all__ = ["BOXES", "BOXES_TITLES", "FIGURES", "Boxes", "KeypointSummary", "percent", "summarise", "summary_table"]

Boxes = Literal["true", "detector"]

BOXES: tuple[Boxes, ...] = ("true", "detector")
"""Where the boxes come from that the keypoints are fitted in."""

BOXES_TITLES: dict[Boxes, str] = {"true": "True boxes", "detector": "Detector's boxes"}

FIGURES = {
    "nme": "NME, mean",
    "nme_median": "NME, median",
    "nme_box": "NME by box size, mean",
    "nme_box_median": "NME by box size, median",
    "failure_rate_8": "Failure rate at 8 %",
    "failure_rate_10": "Failure rate at 10 %",
    "auc_8": "AUC at 8 %",
}
"""Fields of :class:`KeypointSummary` that are percentages, in the order of reports, and what people call them."""


@dataclass(frozen=True)
class KeypointSummary:
    """Errors over a set of faces, as fractions: 0.04 is 4 %.

    The means and medians are over the faces that were found and NaN where none was. In the failure rates and the AUC a
    face that was not found counts as a failure.

    Attributes:
        faces: how many were looked for.
        found: how many of them were found.
        nme: mean error, by the distance of the outer eye corners.
        nme_median: median of the same.
        nme_box: mean error, by sqrt(width x height) of the tight box of the true points.
        nme_box_median: median of the same.
        failure_rate_8: share of all faces with an error above 8 %, by outer eyes.
        failure_rate_10: share of all faces with an error above 10 %, by outer eyes.
        auc_8: area under the CED curve up to 8 %, by outer eyes; 1 is perfect.
        regions: mean error over the points of each region, by the distance of the outer eye corners.
    """

    faces: int
    found: int
    nme: float
    nme_median: float
    nme_box: float
    nme_box_median: float
    failure_rate_8: float
    failure_rate_10: float
    auc_8: float
    regions: dict[str, float]

    @property
    def missed(self) -> int:
        """How many faces were not found."""
        return self.faces - self.found

    def to_dict(self) -> dict[str, Any]:
        """The same as plain numbers, None for NaN."""
        return {
            key: {name: _plain(error) for name, error in value.items()} if key == "regions" else _plain(value)
            for key, value in asdict(self).items()
        }


def summarise(found: Array, true_keypoints: Array) -> KeypointSummary:
    """Compare points ``(n, 68, 2)``, NaN in the row of a missed face, with the true ones ``(n, 68, 2)``."""
    eyes = outer_eye_distances(true_keypoints)
    errors = normalised_mean_errors(found, true_keypoints, eyes)
    box_errors = normalised_mean_errors(found, true_keypoints, box_sizes(true_keypoints))
    return KeypointSummary(
        faces=len(errors),
        found=int(np.isfinite(errors).sum()),
        nme=finite_mean(errors),
        nme_median=finite_median(errors),
        nme_box=finite_mean(box_errors),
        nme_box_median=finite_median(box_errors),
        failure_rate_8=failure_rate(errors, 0.08),
        failure_rate_10=failure_rate(errors, 0.10),
        auc_8=area_under_curve(errors, 0.08),
        regions={name: finite_mean(values) for name, values in region_errors(found, true_keypoints, eyes).items()},
    )


def summary_table(summaries: Mapping[str, KeypointSummary]) -> str:
    """Several summaries side by side: a table in Markdown with a row for each name, without the regions."""
    rows = [
        [name, f"{each.found} of {each.faces}", *(percent(getattr(each, key)) for key in FIGURES)]
        for name, each in summaries.items()
    ]
    titles = ["", "Faces found", *FIGURES.values()]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [titles, ["---", *["--:"] * (len(titles) - 1)], *rows])


def percent(fraction: float, digits: int = 2) -> str:
    """A fraction as percent for people; a dash for NaN."""
    return "–" if math.isnan(fraction) else f"{100 * fraction:.{digits}f} %"


def _plain(value: float) -> float | None:
    if isinstance(value, int):
        return value
    return None if math.isnan(value) else round(value, 6)
