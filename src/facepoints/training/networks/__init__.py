"""Keypoint networks by name: an encoder, and one of three heads."""

from facepoints.training.networks.base import Encoder, Head, KeypointNetwork, Prediction
from facepoints.training.networks.registry import (
    HEADS,
    NETWORKS,
    OWN_HEAD,
    NetworkSpec,
    check_names,
    create,
    head_of,
    least_batch,
)

__all__ = [
    "HEADS",
    "NETWORKS",
    "OWN_HEAD",
    "Encoder",
    "Head",
    "KeypointNetwork",
    "NetworkSpec",
    "Prediction",
    "check_names",
    "create",
    "head_of",
    "least_batch",
]
