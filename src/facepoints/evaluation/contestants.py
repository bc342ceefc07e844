"""The detectors that an evaluation compares, by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from facepoints import detection
from facepoints.detection import Detector, HaarDetector
from facepoints.errors import InputError
from facepoints.evaluation.hog import HogDetector, dlib_version
from facepoints.evaluation.settings import describe_weights

__all__ = ["CONTESTANTS", "DEFAULT", "MOST", "Contestant", "choose"]

MOST = 6
"""More could not be told apart in a plot."""


@dataclass(frozen=True)
class Contestant:
    """A detector to compare.

    Attributes:
        name: on the command line and in JSON.
        title: in tables.
        make: builds it.
        about: says what it is, for a report.
        all_count: used alone, every box that it gives is meant as a face; else those that score at least its
            ``default_min_score``.
    """

    name: str
    title: str
    make: Callable[[], Detector]
    about: Callable[[], str]
    all_count: bool = False


def _haar(scale_factor: float, min_neighbors: int) -> Contestant:
    return Contestant(
        f"haar-{scale_factor}-{min_neighbors}",
        f"Haar {scale_factor}/{min_neighbors}",
        partial(HaarDetector, scale_factor, min_neighbors),
        lambda: f"OpenCV's frontal cascade, scale factor {scale_factor}, {min_neighbors} neighbours",
        all_count=True,
    )


def _hog(name: str, title: str, upsample: int) -> Contestant:
    size = "doubled in size" if upsample else "as they are"
    return Contestant(name, title, partial(HogDetector, upsample), lambda: f"dlib {dlib_version()}, pictures {size}")


def _own(name: str) -> Contestant:
    """A detector of this package with its default settings."""
    make = partial(detection.create, name)
    return Contestant(name, name, make, lambda: "with its default settings", all_count=name.startswith("haar"))


_NETWORK = Contestant(
    "network", "Network", partial(detection.create, "network"), partial(describe_weights, "detector", "detector")
)

_HOG = (_hog("hog", "HOG", 0), _hog("hog-upsampled", "HOG x2", 1))

CONTESTANTS: MappingProxyType[str, Contestant] = MappingProxyType(
    {
        contestant.name: contestant
        for contestant in (
            _NETWORK,
            _haar(1.2, 2),
            _haar(1.3, 5),
            *_HOG,
            *(_own(name) for name in detection.DETECTORS if name not in ("network", "haar-cat")),
        )
    }
)
"""All that can be chosen: the network, Haar in the two settings of the course project, dlib's HOG, and the other
detectors of the package for human faces."""

DEFAULT = ("network", "haar-1.2-2", "haar-1.3-5", "hog", "hog-upsampled")


def _trained(path: str) -> Contestant:
    """A network in a file, such as one that was trained just now."""
    title = Path(path).with_suffix("").as_posix()
    make, about = partial(detection.create, path), partial(describe_weights, path, "detector")
    return Contestant(path, "/".join(title.split("/")[-2:]), make, about)


def _contestant(name: str) -> Contestant | None:
    """The detector of a name; None if there is no such."""
    if name in CONTESTANTS:
        return CONTESTANTS[name]
    if name.lower().endswith(".onnx"):
        return _trained(name)
    haar = re.fullmatch(r"haar-(\d+(?:\.\d+)?)-(\d+)", name)
    return _haar(float(haar[1]), int(haar[2])) if haar else None


def choose(names: Sequence[str] = ()) -> tuple[list[Contestant], list[str]]:
    """The detectors of these names, or the default ones; each once, in the given order.

    Args:
        names: of ``CONTESTANTS``, paths of ``.onnx`` files with network detectors, or ``haar-S-N`` for OpenCV's frontal
            cascade with the scale factor S and N neighbours.

    Returns:
        The detectors, and a line about each default one that was left out because of what is not installed.

    Raises:
        InputError: an unknown name, or too many.
    """
    found = {name: _contestant(name) for name in names or DEFAULT}
    unknown = [name for name, contestant in found.items() if contestant is None]
    if unknown:
        raise InputError(
            f"there is no detector {unknown[0]!r}; known are {', '.join(CONTESTANTS)}, or give haar-S-N for Haar with "
            "scale factor S and N neighbours, or the path of an .onnx file"
        )
    chosen = [contestant for contestant in found.values() if contestant is not None]
    if len(chosen) > MOST:
        raise InputError(f"at most {MOST} detectors can be compared in one run; got {len(chosen)}")
    left_out = [] if names or dlib_version() else [contestant for contestant in chosen if contestant in _HOG]
    return (
        [contestant for contestant in chosen if contestant not in left_out],
        [f"{contestant.name} left out: dlib is not installed (pip install dlib-bin)" for contestant in left_out],
    )
