"""The one place that imports Daft: without telemetry, without progress bars and log lines of its own.

Import it inside functions, for ``daft`` comes with ``pip install 'facepoints[batch]'`` only.
"""

from __future__ import annotations

import logging
import os

from facepoints.errors import MissingExtraError

__all__ = ["daft"]

# Both libraries read these when they are imported, and worker processes inherit them.
os.environ.update(DAFT_ANALYTICS_ENABLED="0", DO_NOT_TRACK="1", RAY_USAGE_STATS_ENABLED="0", DAFT_PROGRESS_BAR="0")

# What its log says of a worker that died is told by the error that is raised as well.
logging.getLogger("daft_local_execution").setLevel(logging.CRITICAL)

try:
    import daft
except ModuleNotFoundError as error:
    raise MissingExtraError("facepoints batch", "batch") from error
