"""The networks that can be trained, by name."""

from __future__ import annotations

from facepoints.errors import InputError
from facepoints.training.networks.compact import Compact, CompactConfig, Prediction

__all__ = ["NETWORKS", "Compact", "CompactConfig", "Prediction", "check_name", "create"]

NETWORKS = {
    "compact": CompactConfig(),
}
"""Shape of each network."""


def check_name(name: str) -> None:
    """Raise InputError if there is no network of that name."""
    if name not in NETWORKS:
        raise InputError(f"there is no network {name!r}; known are {', '.join(NETWORKS)}")


def create(name: str) -> Compact:
    """A new network with random weights.

    Raises:
        InputError: no network of that name.
    """
    check_name(name)
    return Compact(NETWORKS[name])
