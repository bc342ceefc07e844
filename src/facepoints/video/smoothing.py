"""Keypoints that hold still on a face that does, and keep up with one that moves.

The filter is the One-Euro filter: Casiez, Roussel and Vogel, "1€ filter: a simple speed-based low-pass filter for noisy
input in interactive systems" (CHI 2012): a low-pass whose cutoff rises with the speed of its input, so that slow input
is freed of jitter and fast input passes with little lag. Three things differ from the paper. Speeds are measured in
sizes of the face, so that near and far faces are treated alike. Each step is the exact answer of the low-pass to an
input that stays for the whole step, ``1 - exp(-2 pi cutoff seconds)``, so that the frame rate, steady or not, matters
little. And no output is farther from its input than jitter is large, whatever the filter says: when a motion turns
round, its speed is 0 for a moment, and the cutoff too low.

A face's points are split into its motion as a whole (place, scale, roll) and its shape, and both are filtered. So the
shape can be smoothed strongly without lagging behind a head that moves. Eyes and mouth, which move by themselves on a
head that does not, have a quicker filter than the other points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.scheme import GROUPS, MEAN_FACE, POINT_COUNT
from facepoints.video.rows import Rows

__all__ = ["FilterState", "KeypointSmoother", "OneEuroFilter", "SmootherState"]

_PLACE, _TURN, _SHAPE = 0, 1, slice(2, 2 + POINT_COUNT)
"""Of the complex numbers of a face: its centre; logarithm of its scale, and roll; its points in its own upright frame,
in units of ``MEAN_FACE``."""

_INNER = slice(GROUPS["jaw"].stop, None)
_TEMPLATE = (MEAN_FACE[_INNER] - MEAN_FACE[_INNER].mean(axis=0)) @ np.array([1, 1j])
_FIT = np.conj(_TEMPLATE) / np.vdot(_TEMPLATE, _TEMPLATE)

_MOBILE = GROUPS["left_eye"].start
"""Eyes and mouth come last among the points."""


@dataclass(frozen=True, eq=False)
class FilterState(Rows):
    """What a One-Euro filter remembers of ``n`` times ``k`` points of the plane, as complex numbers.

    Attributes:
        inputs: ``(n, k)`` the last ones.
        outputs: ``(n, k)`` the last ones.
        velocities: ``(n, k)`` of the inputs, smoothed, per second.
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
        max_offset: farthest that an output may be from its input, in units. Likewise.
    """

    min_cutoff: Array | float
    beta: Array | float
    velocity_cutoff: Array | float
    max_offset: Array | float = math.inf

    def start(self, inputs: Array) -> FilterState:
        """The state after the first inputs ``(n, k)``, which are their own outputs."""
        return FilterState(inputs, inputs, np.zeros_like(inputs))

    def step(self, state: FilterState, inputs: Array, seconds: Array, units: Array | float = 1.0) -> FilterState:
        """The state after the next inputs; its ``outputs`` are the smoothed values.

        Args:
            state: after the last ones.
            inputs: ``(n, k)`` complex.
            seconds: ``(n,)`` since the last ones; above 0.
            units: lengths that count as 1 in speeds and offsets: one for all, or ``(n, k)``.
        """
        elapsed = seconds[:, None]
        velocities = (inputs - state.inputs) / elapsed
        velocities = state.velocities + _weights(self.velocity_cutoff, elapsed) * (velocities - state.velocities)
        weights = _weights(self.min_cutoff + self.beta * np.abs(velocities) / units, elapsed)
        offsets = (1 - weights) * (state.outputs - inputs)
        farther = np.maximum(np.abs(offsets) / (units * self.max_offset), 1)
        return FilterState(inputs, inputs + offsets / farther, velocities)


def _weights(cutoffs: Array | float, seconds: Array) -> Array:
    """Of the new inputs, in first-order low-passes."""
    return np.asarray(-np.expm1(cutoffs * (-2 * math.pi * seconds)))


@dataclass(frozen=True, eq=False)
class SmootherState(Rows):
    """What a :class:`KeypointSmoother` remembers of ``n`` faces."""

    filtered: FilterState

    @property
    def frames(self) -> Array:
        """``(n, 4)`` smoothed: x and y of the faces' centres, logarithm of the scale, and roll in radians."""
        return self.filtered.outputs[:, : _SHAPE.start].view(np.float64)

    @property
    def found_frames(self) -> Array:
        """The same, not smoothed."""
        return self.filtered.inputs[:, : _SHAPE.start].view(np.float64)

    @property
    def keypoints(self) -> Floats:
        """``(n, 68, 2)`` float32: the smoothed points."""
        return _joined(self.filtered.outputs)


class KeypointSmoother:
    """Smooths the keypoints of any number of faces; what it remembers is a :class:`SmootherState`.

    Args:
        place: filter of the faces' centres; speeds in outer-eye distances a second, like those of the shape.
        turn: filter of scale and roll; speeds in radians a second, which a change of scale by 1 % counts as 0.01 of.
        rigid: filter of the shape of jaw, brows and nose.
        mobile: filter of the shape of eyes and mouth.
    """

    def __init__(
        self,
        place: OneEuroFilter = OneEuroFilter(0.5, 11.0, 0.8, 0.02),
        turn: OneEuroFilter = OneEuroFilter(0.4, 18.0, 2.0, 0.02),
        rigid: OneEuroFilter = OneEuroFilter(0.15, 8.0, 1.0, 0.02),
        mobile: OneEuroFilter = OneEuroFilter(0.3, 9.0, 1.5, 0.02),
    ) -> None:
        parts = [place, turn] + _MOBILE * [rigid] + (POINT_COUNT - _MOBILE) * [mobile]
        self._filter = OneEuroFilter(
            np.array([part.min_cutoff for part in parts]),
            np.array([part.beta for part in parts]),
            np.array([part.velocity_cutoff for part in parts]),
            np.array([part.max_offset for part in parts]),
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
        inputs = _split(keypoints)
        # The shorter way round, where the roll passes half a turn.
        turned = inputs[:, _TURN].imag - state.filtered.inputs[:, _TURN].imag
        inputs[:, _TURN] -= 2j * math.pi * np.round(turned / (2 * math.pi))
        units = np.ones(inputs.shape)
        units[:, _PLACE] = np.exp(inputs[:, _TURN].real)
        return SmootherState(self._filter.step(state.filtered, inputs, seconds, units))


def _split(keypoints: Array) -> Array:
    """Centre, turn and shape, ``(n, 70)`` complex, of keypoints ``(n, 68, 2)``.

    Scale and roll are those of the least-squares similarity from the mean face (Umeyama, PAMI 1991), over brows, eyes,
    nose and mouth: the jaw shifts when the head turns.
    """
    points = np.ascontiguousarray(keypoints, dtype=np.float64).view(np.complex128)[..., 0]
    inner = points[:, _INNER]
    similarity = inner @ _FIT
    # Points that all lie in one place have no scale; any will do.
    similarity[np.abs(similarity) < 1e-6] = 1
    parts = np.empty((len(points), _SHAPE.stop), dtype=np.complex128)
    parts[:, _PLACE] = inner.sum(axis=1) / inner.shape[1]
    parts[:, _TURN] = np.log(similarity)
    parts[:, _SHAPE] = (points - parts[:, :1]) / similarity[:, None]
    return parts


def _joined(parts: Array) -> Floats:
    """The opposite of :func:`_split`."""
    points = parts[:, _SHAPE] * np.exp(parts[:, _TURN, None]) + parts[:, _PLACE, None]
    return points.view(np.float64).reshape(len(parts), POINT_COUNT, 2).astype(np.float32)
