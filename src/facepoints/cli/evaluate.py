"""``facepoints evaluate``: how good it is, measured on labelled data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from facepoints.cli import evaluate_detector, options
from facepoints.cli.evaluation_output import finish_evaluation
from facepoints.cli.messages import progress_bar
from facepoints.finder_settings import FinderSettings

if TYPE_CHECKING:
    from facepoints.evaluation.keypoints_result import KeypointEvaluation

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Measure accuracy on labelled faces.")


class _Split(str, Enum):
    TEST = "test"
    TRAINING = "training"
    ALL = "all"


class _Boxes(str, Enum):
    TRUE = "true"
    DETECTOR = "detector"
    BOTH = "both"


@app.callback()
def _group() -> None:
    """Measure accuracy on labelled faces."""


app.command("detector")(evaluate_detector.detector)


@app.command("keypoints")
def keypoints(
    data: Annotated[
        Path,
        typer.Argument(
            exists=True,
            file_okay=False,
            metavar="DATA",
            show_default=False,
            help="YouTube Faces in its official layout, or a folder of pictures and .pts.",
        ),
    ],
    split: Annotated[_Split, typer.Option(help="Which split of YouTube Faces.")] = _Split.TEST,
    people: options.People = None,
    exclude_people: options.ExcludePeople = None,
    weights: options.Keypoints = "compact",
    detector: options.NamedDetector = "network",
    min_face: options.MinFace = 20,
    scale_factor: options.ScaleFactor = None,
    min_neighbors: options.MinNeighbors = None,
    boxes: Annotated[_Boxes, typer.Option(help="Fit in the true boxes, in the detector's, or do both.")] = _Boxes.BOTH,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", show_default=False, help="Folder for report.html, report.json, the plots and worst.png."
        ),
    ] = None,
    form: options.ReportForm = options.ReportFormat.TEXT,
    threads: options.Threads = 1,
    quiet: options.Quiet = False,
) -> None:
    """Compare the keypoints that are found on labelled faces with the true ones: NME, failure rate, AUC, regions, and
    how honest the scores are."""
    from facepoints.evaluation.keypoints import evaluate_keypoints
    from facepoints.evaluation.keypoints_report import keypoint_report, write_keypoint_report
    from facepoints.evaluation.selection import select_faces
    from facepoints.evaluation.settings import describe_run
    from facepoints.evaluation.summary import BOXES
    from facepoints.report.folder import make_folder

    selection = select_faces(data, split.value, people_file=people, exclude_file=exclude_people)
    wanted = FinderSettings(
        detector, weights, min_face, None, None, threads, scale_factor=scale_factor, min_neighbors=min_neighbors
    )
    finder = wanted.make()
    if out is not None:
        make_folder(out)
    kinds = [kind for kind in BOXES if boxes.value in (kind, "both")]
    used = wanted.detector_title if "detector" in kinds else "none"
    settings = describe_run(data, selection.description, weights, used, min_face, threads)
    with progress_bar("Faces", len(selection.faces), quiet=quiet) as progress:
        evaluation = evaluate_keypoints(finder, selection.faces, kinds, progress)
    written = [] if out is None else write_keypoint_report(evaluation, out, data, settings)
    finish_evaluation(
        form,
        lambda: keypoint_report(evaluation, settings),
        lambda: _print(evaluation, settings),
        written=[] if quiet else written,
        failed=evaluation.failed,
    )


def _print(evaluation: KeypointEvaluation, settings: Mapping[str, str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from facepoints.evaluation.calibration import CALIBRATION_FIGURES, calibration_figure
    from facepoints.evaluation.summary import BOXES_TITLES, FIGURES, percent

    summaries = {boxes: evaluation.summary(boxes) for boxes in evaluation.found}
    table = Table(box=box.SIMPLE_HEAD, header_style="bold")
    table.add_column("68 keypoints")
    for boxes in summaries:
        table.add_column(BOXES_TITLES[boxes], justify="right")
    table.add_row("Faces found", *(f"{summary.found} of {summary.faces}" for summary in summaries.values()))
    for key, title in FIGURES.items():
        table.add_row(title, *(percent(getattr(summary, key)) for summary in summaries.values()))
    table.add_section()
    for region in next(iter(summaries.values())).regions:
        table.add_row(f"NME of {region}", *(percent(summary.regions[region]) for summary in summaries.values()))
    table.add_section()
    calibrations = [evaluation.calibration(boxes) for boxes in evaluation.found]
    for key, title in CALIBRATION_FIGURES.items():
        table.add_row(title, *(calibration_figure(getattr(each, key)) for each in calibrations))
    console = Console(highlight=False)
    console.print(f"{settings['Data']}: {settings['Faces']}", markup=False, soft_wrap=True)
    console.print(table)
    console.print(
        "NME is by the distance of the outer eye corners unless said, and of the faces found; in failure rates and AUC "
        "a missed face is a failure. The quality of a point is what its score foretells: 1 where it is right, 0.61 "
        "where it is off by 4 % of the crop's side."
    )
