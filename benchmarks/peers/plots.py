"""The plots of the results, as SVG files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from accuracy import FAILURE

from facepoints.arrays import Array
from facepoints.evaluation.metrics import cumulative_errors
from facepoints.files import atomic_write
from facepoints.report.curve_plot import Axis, curve_plot, round_limit
from facepoints.report.precision_recall_plot import precision_recall_plot

LIMITS = np.linspace(0, 0.12, 121)


def write_plots(results: dict[str, Any], folder: Path, plotted: set[str]) -> list[Path]:
    """``points_N.svg`` of each test set, ``boxes.svg`` and ``times.svg``, as far as measured."""
    plots: dict[str, str] = {}
    for number, each in enumerate(results.get("points", {}).get("sets", {}).values(), start=1):
        curves = {
            name: (LIMITS, cumulative_errors(np.array([np.inf if e is None else e for e in row["errors"]]), LIMITS))
            for name, row in each["contestants"].items()
            if name in plotted and "errors" in row
        }
        plots[f"points_{number}.svg"] = _errors_plot(curves)
    if "boxes" in results:
        curves = {
            name: (np.array(row["curve"])[:, 0], np.array(row["curve"])[:, 1])
            for name, row in next(iter(results["boxes"]["sets"].values()))["contestants"].items()
            if name in plotted and len(row["curve"]) > 1
        }
        plots["boxes.svg"] = precision_recall_plot(curves)
    if "times" in results:
        plots["times.svg"] = _times_plot(results["times"]["rows"], plotted)
    files = []
    for name, svg in plots.items():
        files.append(folder / name)
        with atomic_write(files[-1]) as temporary:
            temporary.write_text(_standalone(svg), encoding="utf-8")
    return files


def _errors_plot(curves: dict[str, tuple[Array, Array]]) -> str:
    # Curves this far apart reach the lower right corner, where a CED plot of ours has its legend.
    x, y = Axis("Error (NME) in the contestant's own boxes", float(LIMITS[-1])), Axis("Share of faces")
    return curve_plot(curves, x, y, mark=FAILURE)


def _times_plot(rows: list[dict[str, Any]], plotted: set[str]) -> str:
    """Powers of ten of the pipeline's milliseconds over the number of faces, on 480 lines and one thread."""
    chosen = [row for row in rows if row["lines"] == 480 and row["threads"] == 1 and row["find"] is not None]
    curves = {}
    for name in dict.fromkeys(row["contestant"] for row in chosen if row["contestant"] in plotted):
        mine = [row for row in chosen if row["contestant"] == name]
        curves[name] = (np.array([row["faces"] for row in mine]), np.log10([row["find"] for row in mine]))
    limit = round_limit(max(float(heights.max()) for _, heights in curves.values()))
    x, y = Axis("Faces", 20, percent=False), Axis("Milliseconds, power of ten", limit, percent=False)
    return curve_plot(curves, x, y, dots=True)


def _standalone(svg: str) -> str:
    return svg if "xmlns=" in svg else svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
