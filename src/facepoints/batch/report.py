"""The report on a collection: one HTML page with figures, histograms, pictures with drawn faces and what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from facepoints import __version__
from facepoints.batch.histogram import Histogram
from facepoints.batch.histogram_plots import angle_plot, score_plot, size_plot
from facepoints.batch.sample_tiles import ReadPicture, sample_tiles
from facepoints.batch.samples import GROUPS, Sample
from facepoints.batch.summary import ANGLES, FAILURES, Failure, Summary
from facepoints.report import page as html
from facepoints.report.contact_sheet import Tile
from facepoints.report.folder import write_files

__all__ = ["write_report"]


def write_report(
    out: Path, summary: Summary, samples: Sequence[Sample], about: Mapping[str, str], read: ReadPicture
) -> Path:
    """Write ``report.html``, whole or not at all.

    Args:
        out: folder of the collection.
        summary: of :func:`facepoints.batch.summary.summarise`.
        samples: of :func:`facepoints.batch.samples.choose_samples`.
        about: sources, settings, versions, duration and speed, as the report shall tell them.
        read: gives the picture of a name, or the frame of a video of a name, or None if it can be had no more; it is
            asked for each sample once, in the order in which the collection was read, one after the other.

    Returns:
        The path of the file.

    Raises:
        InputError: the file cannot be written.
    """
    content = _page(summary, samples, sample_tiles(samples, read), about).encode()
    return write_files(out, {"report.html": content})[0]


def _page(
    summary: Summary, samples: Sequence[Sample], tiles: Mapping[str, Sequence[Tile]], about: Mapping[str, str]
) -> str:
    parts = [_headline(summary)]
    if summary.failed:
        parts.append(_failures(summary))
    if summary.failures < summary.pictures:
        parts.append(_faces_per_picture(summary.histograms["faces_per_picture"]))
    if summary.faces:
        parts.append(_size_and_score(summary.histograms))
    if any(name in summary.histograms for name in ANGLES):
        parts.append(_pose(summary.histograms))
    parts += [
        _gallery(key, sum(sample.group == key for sample in samples), tiles[key])
        for key in GROUPS
        if any(sample.group == key for sample in samples)
    ]
    parts.append(html.section("How it was made", "What was run, on what, and when.", html.definitions(about)))
    return html.page("Faces in a collection", f"facepoints {__version__}", f"{summary.text()}.", parts)


def _headline(summary: Summary) -> str:
    read = summary.pictures - summary.failures
    hints = {
        "faces": f"{summary.faces / read:.2f} a picture that could be read" if read else "",
        "failed": f"{_share(summary.failures, summary.pictures)} of all" if summary.failures else "every one was read",
    }
    return html.stats(
        [
            ("Pictures", f"{summary.pictures:,}", "frames of videos included"),
            ("With faces", f"{summary.with_faces:,}", f"{_share(summary.with_faces, summary.pictures)} of all"),
            ("Faces", f"{summary.faces:,}", hints["faces"]),
            ("Failed", f"{summary.failures:,}", hints["failed"]),
        ]
    )


def _failures(summary: Summary) -> str:
    largest = max(summary.failed.values())
    rows = [
        (_kind_title(kind), [html.cell(f"{count:,}"), html.bar(_share(count, summary.pictures), count / largest)])
        for kind, count in summary.failed.items()
    ]
    table = html.table(["", "Pictures", "Share of all"], rows)
    examples = [
        html.subsection(f"{_kind_title(kind)}: {_examples_title(len(failures), summary.failed[kind])}", _list(failures))
        for kind, failures in summary.examples.items()
    ]
    note = "They have a row with their error in the table of pictures, and are in no other figure of this page."
    return html.section("Failed pictures", note, table + "".join(examples))


def _kind_title(kind: str) -> str:
    return FAILURES.get(kind, kind).capitalize()


def _examples_title(shown: int, count: int) -> str:
    if shown == count:
        return "the one there is" if count == 1 else f"all {count}"
    return f"the first {shown} of {count:,}"


def _list(failures: Sequence[Failure]) -> str:
    # Messages about files begin with the name, which stands beside them here.
    return html.definitions({each.name: each.reason.removeprefix(f"{each.name}: ") for each in failures})


def _faces_per_picture(histogram: Histogram) -> str:
    filled = max(index for index, count in enumerate(histogram.counts) if count)
    largest = max(histogram.counts)
    rows = []
    for index, count in enumerate(histogram.counts[: filled + 1]):
        cells = [html.cell(f"{count:,}"), html.bar(_share(count, histogram.total), count / largest)]
        rows.append((_count_title(histogram, index), cells))
    table = html.table(["Faces", "Pictures", "Share"], rows)
    return html.section("Faces on a picture", "Of the pictures that could be read.", table)


def _count_title(histogram: Histogram, index: int) -> str:
    low, high = int(histogram.edges[index]), int(histogram.edges[index + 1]) - 1
    if index == len(histogram.counts) - 1:
        return f"{low} or more"
    return f"{low}" if low == high else f"{low} to {high}"


def _size_and_score(histograms: Mapping[str, Histogram]) -> str:
    note = (
        "Each bar is as many faces as lie between its edges. Scores say how sure the program is of a face; those below "
        "the least score were not kept."
    )
    return html.section(
        "Size and score", note, html.charts([size_plot(histograms["size"]), score_plot(histograms["score"])])
    )


def _pose(histograms: Mapping[str, Histogram]) -> str:
    plots = [angle_plot(name, histograms[name]) for name in ANGLES if name in histograms]
    note = (
        "How the heads are turned: yaw to the side, pitch up and down, roll towards a shoulder. 0 is frontal, upright."
    )
    return html.section("Head pose", note, html.charts(plots))


def _gallery(key: str, chosen: int, tiles: Sequence[Tile]) -> str:
    group, lost = GROUPS[key], chosen - len(tiles)
    note = group.note
    if lost:
        note += f" {lost} of {chosen} cannot be shown: they could not be read again, or have changed since."
    return html.section(group.title, note, html.gallery(tiles, large=group.large))


def _share(count: int, total: int) -> str:
    percent = 100 * count / total if total else 0.0
    return "under 0.1 %" if 0 < percent < 0.1 else f"{percent:.1f} %"
