"""The One-Euro filter, and the keypoints that it smooths."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.scheme import GROUPS, MEAN_FACE
from facepoints.video import KeypointSmoother, OneEuroFilter

FILTER = OneEuroFilter(1.0, 5.0, 2.0)
EYES = [*GROUPS["left_eye"], *GROUPS["right_eye"]]

seeds = st.integers(0, 2**32 - 1)
steps = st.floats(1e-4, 10.0)


def faces(seed: int, count: int, jitter: float = 0.004) -> np.ndarray:
    """``(count, 68, 2)``: a face that trembles, in a picture."""
    random = np.random.default_rng(seed)
    return (MEAN_FACE + random.normal(0, jitter, (count, 68, 2))) * 60 + (200, 150)


def smoothed(smoother: KeypointSmoother, keypoints: np.ndarray, seconds: float = 0.04) -> np.ndarray:
    state = smoother.start(keypoints[:1])
    results = [state.keypoints]
    for points in keypoints[1:]:
        state = smoother.step(state, points[None], np.array([seconds]))
        results.append(state.keypoints)
    return np.concatenate(results)


def run(settings: OneEuroFilter, inputs: np.ndarray, seconds: float) -> np.ndarray:
    """Outputs ``(count,)`` of a filter of one real number."""
    state = settings.start(inputs[:1, None].astype(np.complex128))
    outputs = [state.outputs]
    for value in inputs[1:]:
        state = settings.step(state, np.full((1, 1), value, dtype=np.complex128), np.array([seconds]))
        outputs.append(state.outputs)
    return np.concatenate(outputs)[:, 0].real


def test_one_step_by_hand() -> None:
    state = FILTER.step(FILTER.start(np.zeros((1, 1), dtype=complex)), np.array([[0.1 + 0j]]), np.array([0.05]))
    velocity = (0.1 / 0.05) * (1 - math.exp(-2 * math.pi * 2.0 * 0.05))
    weight = 1 - math.exp(-2 * math.pi * (1.0 + 5.0 * velocity) * 0.05)
    assert state.velocities[0, 0] == pytest.approx(velocity)
    assert state.outputs[0, 0] == pytest.approx(0.1 * weight)


@given(st.floats(-1e4, 1e4), st.lists(steps, min_size=1, max_size=5))
def test_constant_input_stays(value: float, seconds: list[float]) -> None:
    inputs = np.full((1, 1), value + 0j)
    state = FILTER.start(inputs)
    for step in seconds:
        state = FILTER.step(state, inputs, np.array([step]))
        np.testing.assert_array_equal(state.outputs, inputs)


@given(seeds, steps)
def test_output_lies_between_the_last_output_and_the_input(seed: int, seconds: float) -> None:
    first, second = np.random.default_rng(seed).normal(0, 1, (2, 1, 3)) + 0j
    outputs = FILTER.step(FILTER.start(first), second, np.array([seconds])).outputs
    share = (outputs - first) / (second - first)
    np.testing.assert_allclose(share.imag, 0, atol=1e-9)
    assert ((share.real > 0) & (share.real <= 1 + 1e-12)).all()


@given(st.integers(1, 12), st.floats(0.1, 5.0))
def test_frame_rate_does_not_matter_while_the_input_stays(division: int, cutoff: float) -> None:
    low_pass = OneEuroFilter(cutoff, 0.0, 1.0)
    coarse = run(low_pass, np.array([0.0, 1.0]), 0.2)
    fine = run(low_pass, np.array([0.0, *[1.0] * division]), 0.2 / division)
    assert fine[-1] == pytest.approx(coarse[-1])


def test_frame_rate_matters_little_for_a_movement() -> None:
    settings, results = OneEuroFilter(0.5, 11.0, 0.8), {}
    for rate in (25, 50, 100):
        times = np.arange(2 * rate + 1) / rate
        outputs = run(settings, 0.3 * np.sin(2 * math.pi * times), 1 / rate)
        results[rate] = outputs[:: rate // 25]
    # Against an amplitude of 0.3; a frame at 25 Hz is itself up to 0.075 from the next one.
    assert np.abs(results[25] - results[50]).max() < 0.03
    assert np.abs(results[50] - results[100]).max() < 0.015


@given(seeds, st.floats(0.05, 20), st.floats(-math.pi, math.pi), st.floats(-500, 500), st.floats(-500, 500))
def test_smoothing_goes_with_the_picture(seed: int, scale: float, angle: float, x: float, y: float) -> None:
    turn = scale * np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    keypoints = faces(seed, 6)
    expected = smoothed(KeypointSmoother(), keypoints) @ turn + (x, y)
    actual = smoothed(KeypointSmoother(), keypoints @ turn + (x, y))
    np.testing.assert_allclose(actual, expected, atol=2e-3 * max(scale, 1))


def test_passing_filters_change_nothing() -> None:
    through = OneEuroFilter(1e6, 0.0, 1.0)
    keypoints = faces(0, 5)
    actual = smoothed(KeypointSmoother(through, through, through, through), keypoints)
    np.testing.assert_allclose(actual, keypoints, atol=1e-4)


def test_trembling_is_smoothed_away() -> None:
    keypoints = faces(1, 100)
    second = [
        np.abs(np.diff(points, 2, axis=0)).mean() for points in (keypoints, smoothed(KeypointSmoother(), keypoints))
    ]
    assert second[1] < 0.25 * second[0]


def test_fast_motion_passes_even_where_it_turns_round() -> None:
    path = 120 * np.sin(2 * math.pi * np.arange(50) / 25)[:, None, None] * (1, 0.5)
    keypoints = faces(0, 1, 0) + path
    behind = np.linalg.norm(smoothed(KeypointSmoother(), keypoints) - keypoints, axis=2).mean(axis=1)
    assert behind.max() < 1.3
    assert behind.mean() < 0.3


@given(seeds, st.floats(0.01, 1.0), st.floats(0.1, 10))
def test_no_output_is_farther_off_than_allowed(seed: int, allowed: float, unit: float) -> None:
    inputs = np.random.default_rng(seed).normal(0, 3, (6, 1, 4)) * (1 + 2j)
    settings = OneEuroFilter(0.1, 0.0, 1.0, allowed)
    state = settings.start(inputs[0])
    for value in inputs[1:]:
        state = settings.step(state, value, np.array([0.04]), unit)
        assert np.abs(state.outputs - value).max() <= allowed * unit * (1 + 1e-9)


def test_a_blink_passes_on_a_still_face() -> None:
    keypoints = faces(0, 30, 0)
    keypoints[15:18, EYES, 1] = keypoints[0, EYES, 1].mean()
    eyes = smoothed(KeypointSmoother(), keypoints)[:, EYES, 1]
    assert np.ptp(eyes[17]) < 0.3 * np.ptp(eyes[0])


def test_roll_beyond_half_a_turn_goes_the_short_way() -> None:
    centred = faces(0, 1, 0)[0] - (200, 150)
    angles = np.radians(np.arange(150, 210, 4))
    turns = np.array([[[math.cos(a), math.sin(a)], [-math.sin(a), math.cos(a)]] for a in angles])
    keypoints = centred @ turns + (200, 150)
    assert np.linalg.norm(smoothed(KeypointSmoother(), keypoints) - keypoints, axis=2).max() < 8


def test_faces_are_smoothed_each_for_itself() -> None:
    smoother, first, second = KeypointSmoother(), faces(0, 4), faces(1, 4) + 300
    state = smoother.start(np.stack([first[0], second[0]]))
    for pair in zip(first[1:], second[1:], strict=True):
        state = smoother.step(state, np.stack(pair), np.array([0.04, 0.1]))
    np.testing.assert_allclose(state.keypoints[0], smoothed(smoother, first)[-1], atol=1e-4)
    np.testing.assert_allclose(state.keypoints[1], smoothed(smoother, second, 0.1)[-1], atol=1e-4)


def test_points_in_one_place_and_nobody() -> None:
    smoother = KeypointSmoother()
    point = np.full((1, 68, 2), 7.0)
    state = smoother.step(smoother.start(point), point + 1, np.array([0.04]))
    assert ((state.keypoints > 6.9) & (state.keypoints < 8.1)).all()
    nobody = np.zeros((0, 68, 2))
    assert smoother.step(smoother.start(nobody), nobody, np.zeros(0)).keypoints.shape == (0, 68, 2)
