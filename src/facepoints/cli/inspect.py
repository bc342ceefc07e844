"""``facepoints inspect``: the filters and the feature maps of a network, as pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from facepoints import images
from facepoints.arrays import Image
from facepoints.cli.inputs import Picture
from facepoints.cli.messages import Failure, finish
from facepoints.cli.outputs import OutputFolder
from facepoints.errors import InputError

if TYPE_CHECKING:
    from facepoints.training.feature_maps import InspectedNetwork, Layer

__all__ = ["inspect"]


def inspect(
    picture: Annotated[
        Path | None,
        typer.Argument(metavar="PICTURE", show_default=False, help="A picture with a face, for the network to see."),
    ] = None,
    network: Annotated[
        str,
        typer.Option(
            "--network",
            metavar="NAME|FILE",
            help="A shipped network (compact, detector), an .onnx file, or a checkpoint of `facepoints train`.",
        ),
    ] = "compact",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", show_default=False, help="Folder for the sheets; made if not there.")
    ] = None,
    wanted: Annotated[
        list[str] | None,
        typer.Option(
            "--layer",
            metavar="N|NAME",
            show_default="the first, one in the middle, the last",
            help="Draw the feature maps of this convolution; may be given several times.",
        ),
    ] = None,
    list_layers: Annotated[bool, typer.Option("--layers", help="Print a table of all convolutions.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No summary.")] = False,
) -> None:
    """Look into a network: draw its first filters, a face filtered by each of them, and feature maps of any layer.

    Keypoint networks see the best face, upright, detectors the whole picture. filters.png: the filters of the first
    convolution. filtered.png: the picture filtered by each, at every pixel, before bias and activation.
    layer-NUMBER-NAME.png: the feature maps of a convolution, before its activation. Needs the extra \\[train].
    """
    from facepoints.training.feature_maps import InspectedNetwork
    from facepoints.training.inspection import network_file, seen_picture

    _check_use(picture, out, list_layers=list_layers)
    with network_file(network) as path:
        inspected = InspectedNetwork(path)
        numbers = _chosen(inspected, wanted)
        seen = None
        if picture is not None:
            seen = seen_picture(inspected, images.read(picture))
            if seen is None:
                finish([Failure(picture.as_posix(), "no face is found in this picture")])
        if list_layers:
            _print_layers(inspected.layers(seen), (inspected.blank() if seen is None else seen).shape)
        if picture is not None and seen is not None and out is not None:
            folder = OutputFolder(out, [Picture(picture, PurePath(picture.stem))])
            _write_sheets(inspected, seen, numbers, folder)
            if not quiet:
                typer.echo(folder.summary())


def _check_use(picture: Path | None, out: Path | None, *, list_layers: bool) -> None:
    if picture is None and out is not None:
        raise InputError("--out is for the sheets of a picture: give a PICTURE with a face")
    if picture is None and not list_layers:
        raise InputError("give a PICTURE with a face and --out DIR, or --layers for a table of the network's layers")
    if out is None and not list_layers:
        raise InputError("the sheets are pictures: say where with --out DIR")


def _chosen(network: InspectedNetwork, wanted: Sequence[str] | None) -> list[int]:
    """The numbers of the layers to draw, none twice."""
    count = len(network.names)
    return list(dict.fromkeys(network.number_of(layer) for layer in wanted or (1, (count + 1) // 2, count)))


def _print_layers(layers: Sequence[Layer], shape: Sequence[int]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, header_style="bold")
    for title in ("layer", "name", "kernel", "channels", "stride", "output"):
        table.add_column(title, justify="left" if title == "name" else "right", overflow="fold")
    for layer in layers:
        table.add_row(
            str(layer.number),
            layer.name,
            _times(layer.kernel),
            f"{layer.inputs} -> {layer.outputs}",
            _times(layer.stride),
            _times(layer.size),
        )
    console = Console(highlight=False, markup=False)
    console.print(table)
    console.print(f"Kernel, stride and output: height x width, for an input of {_times(shape)}.")


def _times(lengths: Sequence[int]) -> str:
    return " x ".join(map(str, lengths))


def _write_sheets(network: InspectedNetwork, seen: Image, numbers: Sequence[int], folder: OutputFolder) -> None:
    from facepoints.report.feature_sheets import draw_feature_maps, draw_filters
    from facepoints.training.feature_maps import filter_responses

    filters = network.first_filters()
    sheets = {"filters": draw_filters(filters)}
    if filters.shape[3] in (1, 3):
        sheets["filtered"] = draw_feature_maps(filter_responses(seen, filters), seen)
    else:
        typer.echo(f"no filtered.png: the first filters have {filters.shape[3]} channels, not 3 or 1", err=True)
    for number, maps in zip(numbers, network.feature_maps(seen, numbers), strict=True):
        name = re.sub(r"[^A-Za-z0-9._#-]+", "-", network.names[number - 1]).strip("-")
        sheets[f"layer-{number:02}-{name}"] = draw_feature_maps(maps, seen)
    for name, sheet in sheets.items():
        with folder.file(PurePath(name), ".png") as path:
            images.write(path, sheet)
