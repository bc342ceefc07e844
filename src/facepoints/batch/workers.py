"""The processes of workers on this machine, when a run does not end by itself."""

from __future__ import annotations

import socket
from contextlib import suppress

import psutil

from facepoints.batch.folder import ResultFolder
from facepoints.batch.marker import excuse, read_marker

__all__ = ["end_workers"]


def end_workers(folder: ResultFolder, run: str, patience: float) -> None:
    """Wait until the workers of a run that has broken off have ended, and end those that have not by then.

    Args:
        folder: of the results.
        run: the life of the driver.
        patience: seconds to let them finish the parts that they are at.
    """
    host = socket.gethostname()
    markers = [read_marker(path) for path in folder.marked().values()]
    ours = {marker.pid for marker in markers if marker is not None and (marker.run, marker.host) == (run, host)}
    workers = [child for child in psutil.Process().children(recursive=True) if child.pid in ours]
    _, busy = psutil.wait_procs(workers, patience)
    for worker in busy:
        with suppress(psutil.NoSuchProcess):  # it has just ended by itself
            worker.kill()
    psutil.wait_procs(busy)
    killed = {worker.pid for worker in busy}
    for path in folder.marked().values():
        marker = read_marker(path)
        if marker is not None and marker.pid in killed and (marker.run, marker.host) == (run, host):
            excuse(path)
