"""Keypoints that hold still on a face that does, and keep up with one that moves.

The filter is the One-Euro filter: Casiez, Roussel and Vogel, "1€ filter: a simple speed-based low-pass filter for noisy
input in interactive systems" (CHI 2012): a low-pass whose cutoff rises with the speed of its input, so that slow input
is freed of jitter and fast input passes with little lag. Two things differ from the paper. Speeds are measured in sizes
of the face, so that near and far faces are treated alike. And each step is the exact answer of the low-pass to an input
that stays for the whole step, ``1 - exp(-2 pi cutoff seconds)``, so that the frame rate, steady or not, matters little.

A face's points are split into its motion as a whole (place, scale, roll) and its shape, and both are filtered. So the
shape can be smoothed strongly without lagging behind a head that moves. Eyes and mouth, which move by themselves on a
head that does not, have a quicker filter than the other points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facepoints.arrays import Array, Floats
from facepoints.scheme import GROUPS, MEAN_FACE, POINT_COUNT
from facepoints.video.rows import Rows

__all__ = ["FilterState", "KeypointSmoother", "OneEuroFilter", "SmootherState"]

_PLACE, _SCALE, _ROLL, _SHAPE = 0, 1, 2, slice(3, 3 + POINT_COUNT)
"""Of the vectors of a face: its centre; in the first components of the next two the logarithm of its scale and its
roll; then its points in its own upright frame."""

_INNER = slice(GROUPS["jaw"].stop, None)
_TEMPLATE = (MEAN_FACE[_INNER] - MEAN_FACE[_INNER].mean(axis=0)) @ np.array([1, 1j])
_SPREAD = float(np.vdot(_TEMPLATE, _TEMPLATE).real)

_MOBILE = GROUPS["left_eye"].start
"""Eyes and mouth come last among the points."""


@dataclass(frozen=True, eq=False)
class FilterState(Rows):
    """What a One-Euro filter remembers of ``n`` inputs.

    Attributes:
        inputs: ``(n, k, d)`` the last ones: ``k`` vectors of ``d`` components, each with a speed of its own.
        outputs: ``(n, k, d)`` the last ones.
        velocities: ``(n, k, d)`` of the inputs, smoothed, per second.
    """

    inputs: Array
    outputs: Array
    velocities: Array


@dataclass(frozen=True, eq=False)
class OneEuroFilter:
    """The filter's three settings; what it remembers is a :class:`FilterState`, which the caller keeps.

    Attributes:
        min_cutoff: cutoff in hertz for an input that stays; lower ones smooth more. One for all, or ``(k,)``.
        beta: by how many hertz the cutoff rises for a speed of one unit a second; higher ones lag less. Likewise.
        velocity_cutoff: cutoff in hertz of the low-pass on the velocity. Likewise.
    """

    min_cutoff: Array | float
    beta: Array | float
    velocity_cutoff: Array | float

    def start(self, inputs: Array) -> FilterState:
        """The state after the first inputs ``(n, k, d)``, which are their own outputs."""
        return FilterState(inputs, inputs, np.zeros_like(inputs))

    def step(self, state: FilterState, inputs: Array, seconds: Array, units: Array | float = 1.0) -> FilterState:
        """The state after the next inputs; its ``outputs`` are the smoothed values.

        Args:
            state: after the last ones.
            inputs: ``(n, k, d)``.
            seconds: ``(n,)`` since the last ones; above 0.
            units: lengths that count as 1 in speeds: one for all, or ``(n, k)``.
        """
        elapsed = seconds[:, None]
        velocities = (inputs - state.inputs) / elapsed[:, :, None]
        weights = _weights(self.velocity_cutoff, elapsed)[:, :, None]
        velocities = state.velocities + weights * (velocities - state.velocities)
        speeds = np.sqrt(np.square(velocities).sum(axis=2)) / units
        weights = _weights(self.min_cutoff + self.beta * speeds, elapsed)[:, :, None]
        return FilterState(inputs, state.outputs + weights * (inputs - state.outputs), velocities)


def _weights(cutoffs: Array | float, seconds: Array) -> Array:
    """Of the new inputs, in first-order low-passes."""
    return np.asarray(-np.expm1(-2 * math.pi * cutoffs * seconds))


@dataclass(frozen=True, eq=False)
class SmootherState(Rows):
    """What a :class:`KeypointSmoother` remembers of ``n`` faces."""

    filtered: FilterState

    @property
    def frames(self) -> Array:
        """``(n, 4)`` smoothed: x and y of the faces' centres, logarithm of the scale, and roll."""
        return _frames(self.filtered.outputs)

    @property
    def found_frames(self) -> Array:
        """The same, not smoothed."""
        return _frames(self.filtered.inputs)

    @property
    def keypoints(self) -> Floats:
        """``(n, 68, 2)`` float32: the smoothed points."""
        return _joined(self.filtered.outputs)


class KeypointSmoother:
    """Smooths the keypoints of any number of faces; what it remembers is a :class:`SmootherState`.

    Args:
        place: filter of the faces' centres; speeds in outer-eye distances a second, like those of the shape.
        turn: filter of scale and roll; speeds in radians, or logarithm of the scale, a second.
        rigid: filter of the shape of jaw, brows and nose.
        mobile: filter of the shape of eyes and mouth.
    """

    def __init__(
        self,
        place: OneEuroFilter = OneEuroFilter(0.6, 12.0, 0.8),
        turn: OneEuroFilter = OneEuroFilter(0.5, 20.0, 2.5),
        rigid: OneEuroFilter = OneEuroFilter(0.3, 8.0, 0.7),
        mobile: OneEuroFilter = OneEuroFilter(0.4, 16.0, 1.5),
    ) -> None:
        parts = [place] + 2 * [turn] + _MOBILE * [rigid] + (POINT_COUNT - _MOBILE) * [mobile]
        self._filter = OneEuroFilter(
            np.array([part.min_cutoff for part in parts]),
            np.array([part.beta for part in parts]),
            np.array([part.velocity_cutoff for part in parts]),
        )

    def start(self, keypoints: Array) -> SmootherState:
        """The state after the first keypoints ``(n, 68, 2)`` of each face, which stay as they are."""
        return SmootherState(self._filter.start(_split(keypoints)))

    def step(self, state: SmootherState, keypoints: Array, seconds: Array) -> SmootherState:
        """The state after the next keypoints; its ``keypoints`` are the smoothed ones.

        Args:
            state: after the last ones, of the same faces in the same order.
            keypoints: ``(n, 68, 2)`` in pixels.
            seconds: ``(n,)`` since the last ones; above 0.
        """
        vectors = _split(keypoints)
        # The shorter way round, where the roll passes half a turn.
        turned = vectors[:, _ROLL, 0] - state.filtered.inputs[:, _ROLL, 0]
        vectors[:, _ROLL, 0] -= 2 * math.pi * np.round(turned / (2 * math.pi))
        units = np.ones(vectors.shape[:2])
        units[:, _PLACE] = np.exp(vectors[:, _SCALE, 0])
        return SmootherState(self._filter.step(state.filtered, vectors, seconds, units))


def _split(keypoints: Array) -> Array:
    """The vectors ``(n, 71, 2)`` of faces with keypoints ``(n, 68, 2)``: place, scale, roll, and shape in units of
    ``MEAN_FACE``.

    Scale and roll are those of the least-squares similarity from the mean face (Umeyama, PAMI 1991), over brows, eyes,
    nose and mouth: the jaw shifts when the head turns.
    """
    points = _as_complex(keypoints.astype(np.float64))
    inner = points[:, _INNER]
    centres = inner.sum(axis=1, keepdims=True) / inner.shape[1]
    similarity = (inner @ _TEMPLATE.conj() / _SPREAD)[:, None]
    # Points that all lie in one place have no scale; any will do.
    similarity[np.abs(similarity) < 1e-6] = 1
    vectors = np.zeros((len(points), _SHAPE.stop, 2))
    vectors[:, _SCALE, 0], vectors[:, _ROLL, 0] = np.log(np.abs(similarity[:, 0])), np.angle(similarity[:, 0])
    by_face = _as_complex(vectors)
    by_face[:, _PLACE] = centres[:, 0]
    by_face[:, _SHAPE] = (points - centres) / similarity
    return vectors


def _joined(vectors: Array) -> Floats:
    """The opposite of :func:`_split`."""
    by_face = _as_complex(vectors)
    similarity = np.exp(vectors[:, _SCALE, 0] + 1j * vectors[:, _ROLL, 0])[:, None]
    points = by_face[:, _SHAPE] * similarity + by_face[:, _PLACE, None]
    return points.view(np.float64).reshape(*points.shape, 2).astype(np.float32)


def _frames(vectors: Array) -> Array:
    return np.concatenate([vectors[:, _PLACE], vectors[:, _SCALE : _ROLL + 1, 0]], axis=1)


def _as_complex(vectors: Array) -> NDArray[np.complex128]:
    """A view of float64 vectors ``(..., 2)`` as complex numbers ``(...)``."""
    return np.ascontiguousarray(vectors).view(np.complex128)[..., 0]
