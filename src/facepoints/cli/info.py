"""``facepoints info``: versions, weights, licences and what is installed."""

from __future__ import annotations

import json
import platform
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from facepoints import __version__
from facepoints.cli.extras import EXTRAS, installed_extras

__all__ = ["info"]

LICENCES = {"program": "MIT", "weights": "research use only; see WEIGHTS_LICENSE"}


def info(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """Show versions, the weights that came along with their terms of use, and the installed extras."""
    about = _collect()
    if as_json:
        typer.echo(json.dumps(about, indent=2, ensure_ascii=False))
    else:
        _print(about)


def _collect() -> dict[str, Any]:
    import cv2
    import numpy as np
    import onnxruntime

    from facepoints import weights

    return {
        "facepoints": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {"numpy": np.__version__, "opencv": cv2.__version__, "onnxruntime": onnxruntime.__version__},
        "licences": LICENCES,
        "weights": [
            {
                "name": known.name,
                "size": known.size,
                "sha256": known.sha256,
                "licence": known.licence,
                "trained_on": known.trained_on,
                "path": str(known.path),
            }
            for known in weights.available().values()
        ],
        "extras": {extra: extra in installed_extras() for extra in EXTRAS},
    }


def _print(about: dict[str, Any]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    rows = Table.grid(padding=(0, 2))
    rows.add_row("facepoints", about["facepoints"])
    rows.add_row("Python", f"{about['python']} on {about['platform']}")
    for name, version in about["libraries"].items():
        rows.add_row(name, version)
    rows.add_row("extras", ", ".join(f"{name}: {'yes' if there else 'no'}" for name, there in about["extras"].items()))
    rows.add_row("licence", f"program: {about['licences']['program']}")
    rows.add_row("", f"weights: {about['licences']['weights']}")
    console.print(rows)
    for known in about["weights"]:
        details = Table.grid(padding=(0, 2))
        details.add_row("  size", f"{known['size']:,} bytes")
        for key, label in (("sha256", "sha256"), ("licence", "licence"), ("trained_on", "trained on")):
            details.add_row(f"  {label}", known[key])
        details.add_row("  file", known["path"])
        console.print(f"\nweights [bold]{known['name']}[/bold]")
        console.print(details)
