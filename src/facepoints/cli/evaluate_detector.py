"""``facepoints evaluate detector``: how well faces are found, by several detectors side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from facepoints.cli import options
from facepoints.cli.evaluation_output import finish_evaluation
from facepoints.cli.messages import progress_bar

if TYPE_CHECKING:
    from facepoints.evaluation.detector_result import DetectorEvaluation

__all__ = ["detector"]


class _Split(str, Enum):
    VAL = "val"
    TRAIN = "train"
    TEST = "test"
    TRAINING = "training"
    ALL = "all"


class _Score(str, Enum):
    FINDER = "finder"
    DETECTOR = "detector"


def detector(
    data: Annotated[
        Path,
        typer.Argument(
            exists=True,
            file_okay=False,
            metavar="DATA",
            show_default=False,
            help="WIDER FACE or YouTube Faces in its official layout, or a folder of pictures and .pts.",
        ),
    ],
    split: Annotated[
        _Split | None,
        typer.Option(
            show_default="val; test",
            help="val or train of WIDER FACE; test, training or all of YouTube Faces.",
        ),
    ] = None,
    people: options.People = None,
    exclude_people: options.ExcludePeople = None,
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--detector",
            metavar="NAME",
            show_default="network, Haar twice, HOG twice",
            help="network, haar-1.2-2, haar-1.3-5 or any other haar-SCALE_FACTOR-NEIGHBOURS, hog, hog-upsampled, haar, "
            "haar-profile, or the path of an .onnx file; for several, repeat the option. The two of HOG need dlib.",
        ),
    ] = None,
    score: Annotated[
        _Score,
        typer.Option(help="Judge what the finder, with the keypoint network, makes of each detector, or them alone."),
    ] = _Score.FINDER,
    overlaps: Annotated[
        list[float] | None,
        typer.Option(
            "--iou",
            metavar="IOU",
            min=0.01,
            max=1.0,
            show_default="0.5; 0.3 where one face is labelled",
            help="Least overlap of a box with a labelled face; for several, repeat the option.",
        ),
    ] = None,
    min_face: Annotated[
        int | None,
        typer.Option(min=1, show_default="16; 20", help="Smallest face to look for, in pixels: 16 for WIDER FACE."),
    ] = None,
    roll: Annotated[
        float,
        typer.Option(
            metavar="DEGREES",
            min=-180,
            max=180,
            help="Turn each picture clockwise first: its faces are rolled then.",
        ),
    ] = 0.0,
    keypoints: options.Keypoints = "compact",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            show_default=False,
            help="Folder for report.html, report.json, precision_recall.svg, missed.png, unmatched.png.",
        ),
    ] = None,
    form: options.ReportForm = options.ReportFormat.TEXT,
    quiet: options.Quiet = False,
) -> None:
    """Compare detectors on labelled pictures: average precision by size of the faces, recall, false boxes, time."""
    from facepoints.evaluation.contestants import choose
    from facepoints.evaluation.detector import evaluate_detectors
    from facepoints.evaluation.detector_data import select_pictures
    from facepoints.evaluation.detector_report import detector_report, write_detector_report
    from facepoints.evaluation.detector_settings import describe_detector_run
    from facepoints.report.folder import make_folder

    contestants, left_out = choose(names or [])
    selection = select_pictures(
        data, None if split is None else split.value, people_file=people, exclude_file=exclude_people
    )
    least = list(dict.fromkeys(overlaps or [selection.min_iou]))
    smallest = min_face or selection.min_face
    if out is not None:
        make_folder(out)
    for line in [] if quiet else left_out:
        typer.echo(line, err=True)
    with progress_bar("Pictures", len(selection.pictures), quiet=quiet) as progress:
        evaluation = evaluate_detectors(
            contestants,
            selection.pictures,
            complete=selection.complete,
            scored_by=score.value,
            keypoints=keypoints,
            min_face=smallest,
            roll=roll,
            progress=progress,
        )
    settings = describe_detector_run(
        data, selection.description, evaluation, contestants, score.value, keypoints, smallest
    )
    written = [] if out is None else write_detector_report(evaluation, least, out, data, settings)
    finish_evaluation(
        form,
        lambda: detector_report(evaluation, least, settings),
        lambda: _print(evaluation, least, settings),
        written=[] if quiet else written,
        failed=evaluation.failed,
    )


def _print(evaluation: DetectorEvaluation, overlaps: Sequence[float], settings: Mapping[str, str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from facepoints.evaluation.detector_table import figure_tables

    table = Table(box=box.SIMPLE_HEAD, header_style="bold")
    table.add_column("")
    for found in evaluation.found.values():
        table.add_column(found.title, justify="right")
    for part in figure_tables(evaluation, overlaps):
        table.add_section()
        table.add_row(part.title, style="bold")
        for name, cells in part.rows:
            table.add_row(f"  {name}", *cells)
    console = Console(highlight=False)
    for line in (f"{settings['Data']}: {settings['Faces']}", f"Scores and boxes: {settings['Scores and boxes']}"):
        console.print(line, markup=False, soft_wrap=True)
    console.print(table)
    if evaluation.complete:
        console.print(
            "Sizes are of the longer side of a face's box, with the number of faces in brackets. FPPI 0.1 is a "
            "threshold that gives 1 false box in 10 pictures."
        )
    else:
        console.print("Boxes matching no labelled face may be faces that nobody labelled: --out shows them.")
