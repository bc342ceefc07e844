"""Keypoints that hold still on a face that does, and keep up with one that moves.

The filter is the One-Euro filter: Casiez, Roussel and Vogel, "1€ filter: a simple speed-based low-pass filter for noisy
input in interactive systems" (CHI 2012). A low-pass whose cutoff rises with the speed of its input: slow input is freed
of jitter, fast input passes with little lag. Two things differ from the paper. Speeds are measured in sizes of the face,
so that near and far faces are treated alike. And each step is the exact answer of the low-pass to an input that stays
for the whole step, ``1 - exp(-2 pi cutoff seconds)``, so that the frame rate matters little, even where it varies.

A face's points are split into its motion as a whole (place, scale, roll) and its shape, and both are filtered. The shape
can then be smoothed strongly without lagging behind a head that moves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facepoints.arrays import Array, Floats
from facepoints.scheme import GROUPS, MEAN_FACE
from facepoints.video.rows import Rows

__all__ = ["FilterState", "KeypointSmoother", "OneEuroFilter", "SmootherState"]

_INNER = slice(GROUPS["jaw"].stop, None)
_TEMPLATE = (MEAN_FACE[_INNER] - MEAN_FACE[_INNER].mean(axis=0)) @ np.array([1, 1j])


@dataclass(frozen=True, eq=False)
class FilterState(Rows):
    """What a One-Euro filter remembers of ``n`` inputs.

    Attributes:
        inputs: ``(n, k, d)`` the last ones.
        outputs: ``(n, k, d)`` the last ones.
        velocities: ``(n, k, d)`` of the input, smoothed, per second.
    """

    inputs: Array
    outputs: Array
    velocities: Array

    @classmethod
    def start(cls, inputs: Array) -> FilterState:
        """The state after the first input ``(n, k, d)``, which is its own output."""
        return cls(inputs, inputs, np.zeros_like(inputs))


@dataclass(frozen=True)
class OneEuroFilter:
    """The filter's three settings; what it remembers is a :class:`FilterState`, which the caller keeps.

    Attributes:
        min_cutoff: cutoff in hertz for an input that stays; lower ones smooth more.
        beta: by how many hertz the cutoff rises for a speed of one unit a second; higher ones lag less.
        velocity_cutoff: cutoff in hertz of the low-pass on the velocity.
    """

    min_cutoff: float
    beta: float
    velocity_cutoff: float

    def step(self, state: FilterState, inputs: Array, seconds: Array, unit: Array) -> FilterState:
        """The state after the next input; its ``outputs`` are the smoothed values.

        Args:
            state: after the last input.
            inputs: ``(n, k, d)``: ``k`` vectors of ``d`` components, each with a speed of its own.
            seconds: ``(n,)`` since the last input; above 0.
            unit: ``(n,)`` length that counts as 1 in speeds.
        """
        seconds, unit = seconds[:, None, None], unit[:, None, None]
        velocities = (inputs - state.inputs) / seconds
        velocities = state.velocities + _weight(self.velocity_cutoff, seconds) * (velocities - state.velocities)
        speeds = np.linalg.norm(velocities, axis=2, keepdims=True) / unit
        weights = _weight(self.min_cutoff + self.beta * speeds, seconds)
        return FilterState(inputs, state.outputs + weights * (inputs - state.outputs), velocities)


def _weight(cutoff: Array | float, seconds: Array) -> Array:
    """Of the new input, in a first-order low-pass."""
    return np.asarray(-np.expm1(-2 * math.pi * cutoff * seconds))


@dataclass(frozen=True, eq=False)
class SmootherState(Rows):
    """What a :class:`KeypointSmoother` remembers of ``n`` faces.

    Attributes:
        place: ``(n, 1, 2)`` the faces' centres in pixels.
        turn: ``(n, 2, 1)`` logarithm of the scale, and roll in radians.
        shape: ``(n, 68, 2)`` the points in the faces' own upright frames, in units of ``MEAN_FACE``.
    """

    place: FilterState
    turn: FilterState
    shape: FilterState

    @property
    def frames(self) -> Array:
        """``(n, 4)`` smoothed centre x and y, logarithm of the scale, and roll."""
        return np.concatenate([self.place.outputs[:, 0], self.turn.outputs[:, :, 0]], axis=1)

    @property
    def found_frames(self) -> Array:
        """The same, not smoothed."""
        return np.concatenate([self.place.inputs[:, 0], self.turn.inputs[:, :, 0]], axis=1)

    @property
    def keypoints(self) -> Floats:
        """``(n, 68, 2)`` float32: the smoothed points."""
        scales, rolls = np.exp(self.turn.outputs[:, 0]), self.turn.outputs[:, 1]
        turned = _complex(self.shape.outputs) * (scales * np.exp(1j * rolls)) + _complex(self.place.outputs)
        return np.stack([turned.real, turned.imag], axis=2).astype(np.float32)


@dataclass(frozen=True)
class KeypointSmoother:
    """Smooths the keypoints of any number of faces; what it remembers is a :class:`SmootherState`.

    Attributes:
        place: filter of the faces' centres; speeds in units of ``MEAN_FACE`` a second.
        turn: filter of scale and roll; speeds in radians, or logarithm of the scale, a second.
        shape: filter of the shape; speeds in units of ``MEAN_FACE`` a second.
    """

    place: OneEuroFilter = OneEuroFilter(1.5, 10.0, 4.0)
    turn: OneEuroFilter = OneEuroFilter(1.5, 10.0, 4.0)
    shape: OneEuroFilter = OneEuroFilter(0.8, 6.0, 4.0)

    def start(self, keypoints: Array) -> SmootherState:
        """The state after the first keypoints ``(n, 68, 2)`` of each face, which stay as they are."""
        place, turn, shape = _split(keypoints)
        return SmootherState(FilterState.start(place), FilterState.start(turn), FilterState.start(shape))

    def step(self, state: SmootherState, keypoints: Array, seconds: Array) -> SmootherState:
        """The state after the next keypoints; its ``keypoints`` are the smoothed ones.

        Args:
            state: after the last ones, of the same faces in the same order.
            keypoints: ``(n, 68, 2)`` in pixels.
            seconds: ``(n,)`` since the last ones; above 0.
        """
        place, turn, shape = _split(keypoints)
        # The shorter way round, where the roll passes half a turn.
        whole = np.round((turn[:, 1] - state.turn.inputs[:, 1]) / (2 * math.pi))
        turn[:, 1] -= 2 * math.pi * whole
        ones = np.ones(len(keypoints))
        return SmootherState(
            self.place.step(state.place, place, seconds, np.exp(turn[:, 0, 0])),
            self.turn.step(state.turn, turn, seconds, ones),
            self.shape.step(state.shape, shape, seconds, ones),
        )


def _split(keypoints: Array) -> tuple[Array, Array, Array]:
    """Place, turn and shape, as :class:`SmootherState` has them, of keypoints ``(n, 68, 2)``.

    Scale and roll are those of the least-squares similarity from the mean face (Umeyama, PAMI 1991), over brows, eyes,
    nose and mouth: the jaw shifts when the head turns.
    """
    points = _complex(keypoints.astype(np.float64))
    centres = points[:, _INNER].mean(axis=1, keepdims=True)
    similarity = (points[:, _INNER] @ _TEMPLATE.conj() / (_TEMPLATE @ _TEMPLATE.conj()))[:, None]
    # Points that all lie in one place have no scale; any will do.
    similarity = np.where(np.abs(similarity) > 1e-6, similarity, 1)
    place = np.stack([centres.real, centres.imag], axis=2)
    turn = np.stack([np.log(np.abs(similarity)), np.angle(similarity)], axis=1)
    shape = (points - centres) / similarity
    return place, turn, np.stack([shape.real, shape.imag], axis=2)


def _complex(vectors: Array) -> NDArray[np.complex128]:
    return np.asarray(vectors[..., 0] + 1j * vectors[..., 1])
