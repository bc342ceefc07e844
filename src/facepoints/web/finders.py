"""The finders of a worker: networks are loaded once, whatever requests ask for."""

from __future__ import annotations

import copy
import threading

from facepoints.finder import FaceFinder
from facepoints.web.queries import FinderQuery

__all__ = ["Finders"]


class Finders:
    """Gives the finder for each request; may be used by several threads.

    Args:
        keypoints: name or path of the keypoint network.

    Raises:
        WeightsError: there is no such network.
    """

    def __init__(self, keypoints: str) -> None:
        self._keypoints = keypoints
        self._lock = threading.Lock()
        self._made = {"network": FaceFinder("network", keypoints)}

    def get(self, query: FinderQuery) -> FaceFinder:
        """The finder that a request describes."""
        # A copy shares the networks.
        finder = copy.copy(self._base(query.detector))
        finder.min_face, finder.max_faces = query.min_face, query.max_faces
        if query.min_score is not None:
            finder.min_score = query.min_score
        return finder

    def _base(self, detector: str) -> FaceFinder:
        with self._lock:
            if detector not in self._made:
                self._made[detector] = FaceFinder(detector, self._keypoints)
            return self._made[detector]
