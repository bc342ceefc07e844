"""What all requests of a worker share."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from facepoints.web.finders import Finders
from facepoints.web.metrics import Metrics
from facepoints.web.pool import WorkPool
from facepoints.web.settings import ServeSettings
from facepoints.web.uploads import UploadMemory

__all__ = ["Context", "context_of"]

_UPLOADS_AT_ONCE = 16
"""So many uploads of the largest size may be under way; usual ones are a hundredth of it."""


@dataclass
class Context:
    """What all requests of a worker share.

    Attributes:
        settings: of the service.
        finders: the networks.
        pool: the threads.
        memory: for uploads.
        metrics: what is counted.
        sockets: number of live sockets that are open.
    """

    settings: ServeSettings
    finders: Finders
    pool: WorkPool
    memory: UploadMemory
    metrics: Metrics
    sockets: int = 0

    @classmethod
    def create(cls, settings: ServeSettings) -> Context:
        """Load the networks and start the threads.

        Raises:
            WeightsError: a network is missing or damaged.
        """
        finders = Finders(settings.keypoints)
        memory = UploadMemory(_UPLOADS_AT_ONCE * settings.max_bytes)
        return cls(settings, finders, WorkPool(settings.threads, settings.queue), memory, Metrics())

    def close(self) -> None:
        """Wait for the threads to finish."""
        self.pool.close()
        self.metrics.close()


def context_of(connection: HTTPConnection) -> Context:
    """The context of a request or socket."""
    context: Context = connection.app.state.context
    return context
