"""The protocol of a worker: jobs come as JSON lines on stdin, answers go as JSON lines to stdout.

It needs NumPy alone, so it runs in every peer's environment. The first line out is ``{"ready": true, "versions": …,
"default_score": …}``, when everything is loaded. A job is ``{"do": …, "picture": path, "width": w, "height": h,
"repeat": n, "faces": k, "boxes": […]}``; the picture's file holds RGB bytes, row after row. What is done:

- ``detect``: boxes and scores of all candidates, by the peer's own detector alone;
- ``candidates``: the same as the whole pipeline scores them, where that is not the detector alone;
- ``find``: the whole pipeline as a user calls it, boxes and points of what counts as a face;
- ``fit``: points in given ``boxes``;
- ``track``: as ``find``, but in the next frame of a video;
- ``memory``: the peak so far.

The answer is ``{"faces": [{"box": [x1, y1, x2, y2], "score": s, "points": [[x, y], …]}], "ms": [one a repetition]}``,
``{"missing": true}`` where the peer cannot do it, or ``{"error": text}``. Coordinates are pixels, the centre of the
first one being (0, 0).
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

Faces = list[dict[str, Any]]


class Engine:
    """A peer. Its worker overrides what the peer can do."""

    versions: dict[str, str] = {}  # noqa: RUF012 - each engine sets its own
    default_score = 0.5

    def detect(self, image: np.ndarray) -> Faces:
        raise NotImplementedError

    def candidates(self, image: np.ndarray) -> Faces:
        raise NotImplementedError

    def find(self, image: np.ndarray, faces: int) -> Faces:
        """``faces``: how many there are at most, for peers that want to know."""
        raise NotImplementedError

    def fit(self, image: np.ndarray, boxes: np.ndarray) -> Faces:
        raise NotImplementedError

    def track(self, image: np.ndarray) -> Faces:
        raise NotImplementedError


def options() -> dict[str, Any]:
    """The settings of the contestant, the worker's only argument."""
    return dict(json.loads(sys.argv[1]))


def serve(engine: Engine) -> None:
    """Answer until stdin ends."""
    # Libraries print what they like; only answers may reach the real stdout.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _say(answers, {"ready": True, "versions": engine.versions, "default_score": engine.default_score})
    for line in sys.stdin:
        _say(answers, _answer(engine, json.loads(line)))


def _say(answers: Any, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _answer(engine: Engine, job: dict[str, Any]) -> dict[str, Any]:
    if job["do"] == "memory":
        return {"megabytes": _peak_megabytes()}
    pixels = np.fromfile(job["picture"], np.uint8).reshape(job["height"], job["width"], 3)
    arguments = {
        "detect": (),
        "candidates": (),
        "track": (),
        "find": (job.get("faces", 1),),
        "fit": (np.array(job.get("boxes", []), dtype=np.float64).reshape(-1, 4),),
    }
    try:
        found, milliseconds = [], []
        for _ in range(job.get("repeat", 1)):
            start = time.perf_counter()
            found = getattr(engine, job["do"])(pixels, *arguments[job["do"]])
            milliseconds.append(1000 * (time.perf_counter() - start))
    except NotImplementedError:
        return {"missing": True}
    except Exception as error:  # whatever a peer raises is its answer to this picture
        return {"error": f"{type(error).__name__}: {error}"}
    return {"faces": found, "ms": milliseconds}


def _peak_megabytes() -> float:
    status = Path("/proc/self/status")
    if status.is_file():  # Linux: getrusage would count what the parent held when it started this process
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
