"""``facepoints webcam``: a camera's pictures live, with drawings and filters."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from facepoints.cli import options
from facepoints.cli.interruption import stopped_by_user
from facepoints.cli.messages import FAILED, complain
from facepoints.cli.settings import with_settings
from facepoints.finder_settings import FinderSettings

if TYPE_CHECKING:
    from facepoints.video import FrameSource
    from facepoints.video.webcam import Controls, Display, Recording

__all__ = ["webcam"]

_INTERRUPTED = 130
_PAGE = "Page in the browser"
_FOLLOWING = "Following faces"


@with_settings(options.CameraFinderOptions, name="finder_settings", make=FinderSettings)
def webcam(
    finder_settings: FinderSettings,
    camera: Annotated[
        str, typer.Argument(metavar="CAMERA", help="Number of the camera; or a video file, or URL of a stream.")
    ] = "0",
    points: Annotated[bool, typer.Option("--points/--no-points", help="Draw the points of each face.")] = True,
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            metavar="NAME",
            show_default=False,
            help="Begin with this filter on every face: a name, such as mask, or a folder of your own. May be given "
            "several times.",
        ),
    ] = None,
    pose: Annotated[bool, typer.Option("--pose", help="Draw the axes of each head.")] = False,
    mirror: Annotated[
        bool, typer.Option("--mirror/--no-mirror", help="Turn left and right around, as a mirror does.")
    ] = True,
    record: Annotated[bool, typer.Option("--record", help="Record from the first frame on.")] = False,
    out: Annotated[
        Path, typer.Option("--out", "-o", file_okay=False, help="Folder of the recordings; made if it is not there.")
    ] = Path(),
    loop: Annotated[bool, typer.Option("--loop", help="Show a video file over and over.")] = False,
    page: Annotated[
        bool, typer.Option("--page", rich_help_panel=_PAGE, help="Show it there even where OpenCV has windows.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, rich_help_panel=_PAGE, help="Port of this machine; 0 for any free one.")
    ] = 0,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", rich_help_panel=_PAGE, help="Open the browser.")
    ] = True,
    smooth: Annotated[
        bool, typer.Option("--smooth/--no-smooth", rich_help_panel=_FOLLOWING, help="Smooth the keypoints over time.")
    ] = True,
    detect_every: Annotated[
        int,
        typer.Option(min=1, rich_help_panel=_FOLLOWING, help="Frames after which the detector looks for newcomers."),
    ] = 15,
) -> None:
    """Show a camera's pictures, mirrored, with points, masks and filters; record them on request.

    In a window where OpenCV has windows, else on a page that only browsers of this machine see.
    """
    from facepoints import filters as wardrobe
    from facepoints.video import FaceTracker
    from facepoints.video import webcam as live

    worn = list(dict.fromkeys(filters or []))
    shipped = [name for name in worn if name in wardrobe.NAMES]
    folders = [name for name in worn if name not in wardrobe.NAMES]
    own = {f"own-{number}": wardrobe.load(folder) for number, folder in enumerate(folders, start=1)}
    asked = {"points": points, "pose": pose, "mirror": mirror, "smoothing": smooth, "recording": record}
    on = [*(name for name, wanted in asked.items() if wanted), *shipped, *own]
    controls = live.Controls(live.switches_for([(name, one.name) for name, one in own.items()]), on)
    finder = finder_settings.make()
    tracker = FaceTracker(finder, smooth=smooth, detect_every=detect_every)
    recorder = live.Recorder(out, on_saved=_tell_saved, on_problem=complain)
    show = live.Show(tracker, controls, recorder, own)
    with (
        stopped_by_user() as stopped,
        _display(controls, shown_name(camera), page=page, port=port) as (display, address),
    ):
        source = live.open_live(camera, loop=loop)
        _announce(source, controls, address, open_page=open_page)
        live.run(source, show, display, stopped=stopped)
    if source.problem:
        complain(f"{source.name}: {source.problem}")
    if stopped() or source.problem or recorder.failures:
        raise typer.Exit(_INTERRUPTED if stopped() else FAILED)


def shown_name(camera: str) -> str:
    """What the window or the page calls a source."""
    if "://" not in camera:
        return f"camera {camera}" if camera.isdigit() else PurePath(camera).name
    # The end of a URL's path, or its host: there may be a password before the host, and another one behind the path.
    address = camera.partition("://")[2].partition("?")[0].rstrip("/")
    return address.rpartition("/")[2].rpartition("@")[2]


@contextmanager
def _display(controls: Controls, name: str, *, page: bool, port: int) -> Iterator[tuple[Display, str | None]]:
    """Where pictures are seen: a window, or a page and its address."""
    from facepoints.video import webcam as live

    if not page and live.windows_available():
        with closing(live.Window(f"{name} · facepoints", controls)) as window:
            yield window, None
    else:
        with live.LivePage(controls, name, port) as served:
            yield served, served.address


def _announce(source: FrameSource, controls: Controls, address: str | None, *, open_page: bool) -> None:
    typer.echo(
        f"{source.name}, {source.width} x {source.height} pixels, " + ("in a window" if address is None else "at")
    )
    if address is not None:
        typer.echo(address)
    typer.echo(f"Keys: {controls.legend()}. Ctrl-C here quits, too.")
    # Without a display, only browsers that would take over this terminal are left.
    if address is not None and open_page and (not sys.platform.startswith("linux") or _has_display()):
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _has_display() -> bool:
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _tell_saved(saved: Recording) -> None:
    typer.echo(f"Recorded {saved.seconds:.1f} s: {saved.path}")
