"""``facepoints video``: the faces of a video, camera or stream, as tables and as a new video."""

from __future__ import annotations

import time as clock
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from facepoints.arrays import Image
from facepoints.cli import options
from facepoints.cli.interruption import stopped_by_user
from facepoints.cli.messages import FAILED, complain
from facepoints.cli.progress import frame_progress
from facepoints.cli.settings import with_settings
from facepoints.cli.video_outputs import VideoOutputs, edit_of, summary, worn_filter
from facepoints.errors import InputError
from facepoints.finder_settings import FinderSettings

if TYPE_CHECKING:
    from facepoints.video import FrameSource, Totals

__all__ = ["video"]

_INTERRUPTED = 130
_TABLES = "Tables"
_FOLLOWING = "Following faces"


@with_settings(options.VideoFinderOptions, name="finder_settings", make=FinderSettings)
def video(
    finder_settings: FinderSettings,
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Video file, number of a camera, or URL of a stream.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the video with drawings or filters: .mp4, .mov or .mkv.")
    ] = None,
    draw: Annotated[
        bool | None,
        typer.Option("--draw/--no-draw", show_default="draw unless there is a filter", help="Draw the faces in --out."),
    ] = None,
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            metavar="NAME",
            show_default=False,
            help="Put this filter on every face of --out: a name or a folder of your own. May be given several times. "
            "For blur, pixelate and cover the detector looks at every frame, which takes longer.",
        ),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.0, show_default="all", help="Stop after so many seconds of the video.")
    ] = None,
    jsonl: Annotated[
        str | None, typer.Option(metavar="FILE", rich_help_panel=_TABLES, help="An object a frame; - for stdout.")
    ] = None,
    csv: Annotated[
        str | None, typer.Option(metavar="FILE", rich_help_panel=_TABLES, help="A row a face and frame; - for stdout.")
    ] = None,
    parquet: Annotated[
        str | None, typer.Option(metavar="FILE", rich_help_panel=_TABLES, help="A row a face and frame.")
    ] = None,
    pose: Annotated[
        bool,
        typer.Option(
            "--pose",
            rich_help_panel=_TABLES,
            help="Tell each head's yaw, pitch and roll in degrees; where faces are drawn, draw its axes.",
        ),
    ] = False,
    ratios: Annotated[
        bool,
        typer.Option(
            "--ratios",
            rich_help_panel=_TABLES,
            help="Tell how open eyes and mouth are, smiles, raised brows, and how often each person has blinked.",
        ),
    ] = False,
    smooth: Annotated[
        bool, typer.Option("--smooth/--no-smooth", rich_help_panel=_FOLLOWING, help="Smooth the keypoints over time.")
    ] = True,
    detect_every: Annotated[
        int,
        typer.Option(min=1, rich_help_panel=_FOLLOWING, help="Frames after which the detector looks for newcomers."),
    ] = 15,
    quiet: options.Quiet = False,
) -> None:
    """Follow every face through a video, a camera's pictures or a stream."""
    tables = {"jsonl": jsonl, "csv": csv, "parquet": parquet}
    outputs = VideoOutputs(out, {name: path for name, path in tables.items() if path is not None})
    if out is None and (draw or filters):
        raise InputError("--draw and --filter are for the new video: say where with --out FILE.mp4")
    if ratios and not outputs.tables:
        raise InputError("--ratios are for tables: give --jsonl, --csv or --parquet, too")
    outputs.check(source)
    worn = worn_filter(filters or [])
    edit = edit_of(worn, draw=not filters if draw is None else draw, pose=pose)
    finder = finder_settings.make()
    from facepoints.video import Describer, FaceHider, FaceTracker, open_source, process

    tracker = FaceTracker(finder, smooth=smooth, detect_every=detect_every)
    describer = Describer(pose=pose, ratios=ratios)
    with (
        open_source(source, sound=out is not None) as frames,
        outputs.open(frames, describer.columns) as (writers, new),
        stopped_by_user() as stopped,
        frame_progress(_length(frames.duration, seconds), quiet=quiet) as advance,
    ):

        def after_frame(totals: Totals) -> bool:
            advance(totals.frames, totals.time)
            return stopped()

        start = clock.perf_counter()
        totals = process(
            _until(frames, seconds),
            tracker,
            tables=writers,
            video=new,
            edit=edit,
            describe=describer if describer.columns and writers else None,
            hide=(FaceHider(finder), worn.hide) if worn is not None and worn.hides_faces else None,
            stop=after_frame,
        )
    if not quiet and not outputs.uses_stdout:
        typer.echo(summary(totals, clock.perf_counter() - start, outputs.files))
    if frames.problem:
        complain(f"{frames.name}: {frames.problem}")
    if stopped() or frames.problem:
        raise typer.Exit(_INTERRUPTED if stopped() else FAILED)


def _length(duration: float | None, seconds: float | None) -> float | None:
    """Seconds that a run takes of its source, or None if nobody knows."""
    return min((length for length in (duration, seconds) if length is not None), default=None)


def _until(frames: FrameSource, seconds: float | None) -> Iterator[tuple[float, Image]]:
    return iter(frames) if seconds is None else takewhile(lambda pair: pair[0] < seconds, frames)
