"""What a report on detectors says about the run that it reports on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from facepoints.evaluation.contestants import Contestant
from facepoints.evaluation.detector import ScoredBy
from facepoints.evaluation.detector_result import DetectorEvaluation
from facepoints.evaluation.settings import describe_run

__all__ = ["describe_detector_run"]

_SCORED_BY: dict[ScoredBy, str] = {
    "finder": "the finder's, of detector and keypoint network together",
    "detector": "the detector's own, without the keypoint network",
}


def describe_detector_run(
    data: Path,
    faces: str,
    evaluation: DetectorEvaluation,
    contestants: Sequence[Contestant],
    scored_by: ScoredBy,
    keypoints: str,
    min_face: int,
) -> dict[str, str]:
    """The settings, data, versions and date of a run that took place just now, for people to read.

    Args:
        data: folder of the labelled pictures.
        faces: which of its pictures and faces, in words.
        evaluation: the result.
        contestants: the detectors that were compared.
        scored_by: whose scores and boxes were judged.
        keypoints: name or path of the estimator's weights.
        min_face: smallest face that was looked for, in pixels.

    Raises:
        WeightsError: weights have gone missing since they were used.
    """
    run = describe_run(data, faces, keypoints if scored_by == "finder" else None, "none", min_face, threads=1)
    small, large = (size(evaluation.sizes, key=lambda sides: sides[0] * sides[1]) for size in (min, max))
    return {
        "Data": run.pop("Data"),
        "Faces": run.pop("Faces"),
        "Picture sizes": f"{small[0]} x {small[1]} to {large[0]} x {large[1]} px",
        **({"Pictures turned by": f"{evaluation.roll:g} degrees"} if evaluation.roll else {}),
        "Smallest face to look for": f"{min_face} px",
        "Scores and boxes": _SCORED_BY[scored_by],
        **{contestant.title: contestant.about() for contestant in contestants},
        **run,
    }
