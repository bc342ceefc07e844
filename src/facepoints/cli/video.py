"""``facepoints video``: the faces of a video, camera or stream, as tables and as a new video."""

from __future__ import annotations

import os
import sys
import time as clock
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from facepoints import formats
from facepoints.arrays import Image
from facepoints.cli import options
from facepoints.cli.interruption import stopped_by_user
from facepoints.cli.messages import FAILED, complain, count
from facepoints.cli.progress import frame_progress
from facepoints.errors import InputError

if TYPE_CHECKING:
    from facepoints.video import FrameSource, Totals, VideoWriter
    from facepoints.video.processing import Edit

__all__ = ["video"]

_INTERRUPTED = 130
_STDOUT = "-"
_TABLES = "Tables"
_FACES = "Following faces"


def video(
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
            help="Put this filter on every face of --out: a name or a folder of your own. May be given several times.",
        ),
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
    seconds: Annotated[
        float | None, typer.Option(min=0.0, show_default="all", help="Stop after so much of the video.")
    ] = None,
    smooth: Annotated[
        bool, typer.Option("--smooth/--no-smooth", rich_help_panel=_FACES, help="Smooth the keypoints over time.")
    ] = True,
    detect_every: Annotated[
        int,
        typer.Option(min=1, rich_help_panel=_FACES, help="Frames after which the detector looks for newcomers."),
    ] = 15,
    detector: options.NamedDetector = "network",
    keypoints: options.Keypoints = "compact",
    min_face: options.MinFace = 20,
    min_score: options.MinScore = None,
    max_faces: options.MaxFaces = None,
    scale_factor: options.ScaleFactor = None,
    min_neighbors: options.MinNeighbors = None,
    any_rotation: options.AnyRotation = False,
    threads: options.Threads = 1,
    quiet: options.Quiet = False,
) -> None:
    """Follow every face through a video, a camera's pictures or a stream."""
    tables = {"jsonl": jsonl, "csv": csv, "parquet": parquet}
    wanted = {name: path for name, path in tables.items() if path is not None}
    _check(source, out, wanted, edited=bool(draw or filters))
    edit = _edit(filters or [], draw=not filters if draw is None else draw)
    from facepoints.video import FaceTracker, open_source, process

    finder = options.FinderOptions(
        detector, keypoints, min_face, min_score, max_faces, threads, scale_factor, min_neighbors, any_rotation
    ).make()
    tracker = FaceTracker(finder, smooth=smooth, detect_every=detect_every)
    with ExitStack() as stack:
        frames = stack.enter_context(open_source(source, sound=out is not None))
        about = formats.Video(frames.name, frames.width, frames.height)
        writers = [stack.enter_context(_table(name, path, about)) for name, path in wanted.items()]
        new = None if out is None else stack.enter_context(_writer(out, frames))
        stopped = stack.enter_context(stopped_by_user())
        with frame_progress(frames.duration, quiet=quiet) as advance:

            def after_frame(totals: Totals) -> bool:
                advance(totals.frames, totals.time)
                return stopped()

            start = clock.perf_counter()
            totals = process(_until(frames, seconds), tracker, tables=writers, video=new, edit=edit, stop=after_frame)
    took = clock.perf_counter() - start
    if not quiet and _STDOUT not in wanted.values():
        typer.echo(_summary(totals, took, [path for path in (str(out) if out else None, *wanted.values()) if path]))
    if frames.problem:
        complain(f"{frames.name}: {frames.problem}")
    if stopped() or frames.problem:
        raise typer.Exit(_INTERRUPTED if stopped() else FAILED)


def _check(source: str, out: Path | None, tables: dict[str, str], *, edited: bool) -> None:
    """Refuse what cannot work before anything is loaded."""
    if out is None and not tables:
        raise InputError("say what to write: --out FILE.mp4, --jsonl FILE, --csv FILE or --parquet FILE")
    if out is None and edited:
        raise InputError("--draw and --filter are for the new video: say where with --out FILE.mp4")
    files = [path for path in (None if out is None else str(out), *tables.values()) if path not in (None, _STDOUT)]
    places = [os.path.realpath(path) for path in files if path is not None]
    for place, path in zip(places, files, strict=True):
        if place == os.path.realpath(source):
            raise InputError(f"{path}: the result would replace the video that it is made from; choose another name")
        if places.count(place) > 1:
            raise InputError(f"{path}: two results cannot go to the same file")
    if list(tables.values()).count(_STDOUT) > 1:
        raise InputError("only one table can go to stdout")
    if out is not None:
        from facepoints.video.writer import check_ending

        check_ending(out)


def _edit(names: Sequence[str], *, draw: bool) -> Edit | None:
    """What is done to the frames of the new video: filters first, and drawings on top."""
    from facepoints.drawing import draw as draw_faces
    from facepoints.filters import load, stack

    worn = stack([load(name) for name in names]) if names else None
    if worn is None:
        return draw_faces if draw else None
    if not draw:
        return worn.apply
    return lambda image, faces: draw_faces(worn.apply(image, faces), faces)


@contextmanager
def _table(format_name: str, path: str, about: formats.Video) -> Iterator[formats.FrameWriter]:
    with formats.open_frame_writer(format_name, sys.stdout if path == _STDOUT else path, about) as writer:
        yield writer


def _writer(out: Path, frames: FrameSource) -> VideoWriter:
    from facepoints.video import VideoReader, VideoWriter

    like = frames if isinstance(frames, VideoReader) else None
    return VideoWriter(out, frames.width, frames.height, like=like)


def _until(frames: FrameSource, seconds: float | None) -> Iterator[tuple[float, Image]]:
    return iter(frames) if seconds is None else takewhile(lambda pair: pair[0] < seconds, frames)


def _summary(totals: Totals, took: float, files: Sequence[str]) -> str:
    people = count(len(totals.track_ids), "face")
    speed = totals.frames / took if took else 0.0
    return "\n".join([f"{count(totals.frames, 'frame')}, {people}, {took:,.1f} s, {speed:,.0f} frames/s, in", *files])
