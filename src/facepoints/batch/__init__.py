"""Collections: the faces of any number of pictures as two tables, on one machine or a cluster.

``pip install 'facepoints[batch]'``; for a Ray cluster ``'facepoints[cluster]'``. Example::

    from facepoints import batch, formats

    summary = batch.run(["photos/"], "results")
    for name, faces in formats.read("results"):
        ...
"""

from __future__ import annotations

from facepoints.batch.estimate import Estimate, estimate
from facepoints.batch.run import processors, run
from facepoints.batch.runners import RunnerError, on_ray, on_this_machine
from facepoints.batch.settings import BatchSettings
from facepoints.batch.summary import Summary, summarise

__all__ = [
    "BatchSettings",
    "Estimate",
    "RunnerError",
    "Summary",
    "estimate",
    "on_ray",
    "on_this_machine",
    "processors",
    "run",
    "summarise",
]
