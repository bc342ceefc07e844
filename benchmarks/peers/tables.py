"""The Markdown of the results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

MISSING = "–"


def markdown(results: dict[str, Any]) -> str:
    """All tables of the parts that were measured, under headings of the third level."""
    sections = [_settings(results)]
    for part, section in (
        ("points", _points),
        ("boxes", _boxes),
        ("times", _times),
        ("video", _video),
        ("start", _start),
    ):
        if part in results:
            sections.append(section(results[part]))
    return "\n\n".join(sections) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _settings(results: dict[str, Any]) -> str:
    rows = [
        (
            name,
            ", ".join(f"{package} {version}" for package, version in each["versions"].items()),
            each["settings"],
            f"{each['megabytes']:.0f} MB",
        )
        for name, each in results["contestants"].items()
    ]
    text = "### Who takes part\n\n" + table(("contestant", "version", "settings", "installed"), rows)
    for name, reason in results["left_out"].items():
        text += f"\n\n**{name} is left out**: {reason}."
    return text


def _points(part: dict[str, Any]) -> str:
    text = f"### Points\n\nMeasured {_when(part)}."
    head = (
        "contestant",
        "found",
        "NME",
        "on faces that all found",
        "with offsets, same faces",
        "over 8 %, or not found",
        "in the labels' boxes",
        "in the boxes of dlib's HOG",
    )
    for title, each in part["sets"].items():
        rows = []
        for name, row in each["contestants"].items():
            own, moved = row.get("own", {}), row.get("own_offsets", {})
            rows.append(
                (
                    name,
                    f"{row['hits']} of {row['faces']}",
                    _percent(own.get("nme")),
                    _percent(own.get("nme_common")),
                    _percent(moved.get("nme_common")),
                    _percent(own.get("failures"), 1),
                    _given(row.get("true_box")),
                    _given(row.get("hog_box")),
                )
            )
        text += f"\n\n**{title}**; {each['common']} faces were found by all that have points.\n\n" + table(head, rows)
    return text


def _given(figures: dict[str, float] | None) -> str:
    return MISSING if figures is None else f"{_percent(figures['nme'])} ({figures['faces']})"


def _boxes(part: dict[str, Any]) -> str:
    text = f"### Boxes\n\nMatched at an IoU of 0.3. Measured {_when(part)}."
    for title, each in part["sets"].items():
        rows = [
            (name, _percent(row["ap"], 1), f"{row['hits']} of {each['faces']}", str(row["false_boxes"]))
            for name, row in each["contestants"].items()
        ]
        head = ("detector", "AP", "faces found", "other boxes")
        text += f"\n\n**{title}**; {each['pictures']} pictures.\n\n" + table(head, rows)
    return text


def _times(part: dict[str, Any]) -> str:
    text = f"### Times\n\nMilliseconds, median. Measured {_when(part)}."
    for threads in sorted({row["threads"] for row in part["rows"]}):
        chosen = [row for row in part["rows"] if row["threads"] == threads]
        for job, title in (("find", "whole pipeline (faces found)"), ("detect", "detector"), ("fit", "points")):
            text += f"\n\n**{title}, {threads} thread{'s' * (threads > 1)}**\n\n" + _grid(chosen, job)
    return text


def _grid(rows: list[dict[str, Any]], job: str) -> str:
    sizes = list(dict.fromkeys((row["lines"], row["faces"]) for row in rows))
    cells = {(row["contestant"], row["lines"], row["faces"]): row for row in rows}
    names = dict.fromkeys(row["contestant"] for row in rows if row[job] is not None)
    head = ("contestant", *(f"{lines} lines, {faces}" for lines, faces in sizes))
    lines_of_table = []
    for name in names:
        values = [cells[(name, *size)] for size in sizes]
        lines_of_table.append((name, *(_cell(value, job) for value in values)))
    return table(head, lines_of_table)


def _cell(row: dict[str, Any], job: str) -> str:
    if row[job] is None:
        return MISSING
    found = f" ({row['found']:.3g})" if job == "find" and row["found"] is not None else ""
    return f"{row[job]:.3g}{found}"


def _video(part: dict[str, Any]) -> str:
    rows = [(row["contestant"], str(row["threads"]), f"{row['ms']:.3g}", f"{row['mean']:.3g}") for row in part["rows"]]
    head = ("tracker", "threads", "ms a frame, median", "mean")
    return (
        f"### Video\n\n`talking_face.mp4` at 640x480, one face, {part['frames']} frames. Measured {_when(part)}.\n\n"
        + table(head, rows)
    )


def _start(part: dict[str, Any]) -> str:
    rows = [
        (
            row["contestant"],
            f"{row['seconds']:.2f} s",
            f"{row['megabytes']:.0f} MB",
            f"{row['megabytes_large']:.0f} MB",
        )
        for row in part["rows"]
    ]
    head = ("contestant", "from start to the first answer", "most memory by then", "after 1920x1080, 20 faces")
    return (
        f"### Start-up and memory\n\nOne 640x480 picture with one face, then a large one. Measured {_when(part)}.\n\n"
        + table(head, rows)
    )


def _when(part: dict[str, Any]) -> str:
    load = f", load of the machine before the start {part['load']:.1f}" if part.get("load") is not None else ""
    few = ", **a few pictures and repetitions only**" if part.get("quick") else ""
    return f"{part['date']}{load}{few}"


def _percent(value: float | None, digits: int = 2) -> str:
    return MISSING if value is None or value != value else f"{100 * value:.{digits}f} %"
