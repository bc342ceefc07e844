import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.filters.head import Rays
from facepoints.filters.surfaces import Cone, Flat, Surface, edge_distance
from facepoints.filters.window import Window, windows_around

SURFACES: list[Surface] = [
    Flat((1.6, 0.6), (0.5, 0.4)),
    Cone((1.5, 1.5), 0.6, 1.6 / 1.5, (0.5, 0.4)),
    Cone((0.9, 1.0), 0.6, 2 * math.pi, (0.5, 1.0), depth=1.2, centred=True),
]
SIZE = 240


def looking(yaw: float, pitch: float) -> Rays:
    """Rays of a camera 8 units from the origin, 100 pixels a unit, whose pixel (120, 120) looks at it."""
    a, b = math.radians(yaw), math.radians(pitch)
    about_y = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    turn = about_y @ about_x
    lens = np.array([[1 / 800, 0, -SIZE / 2 / 800], [0, 1 / 800, -SIZE / 2 / 800], [0, 0, 1]])
    return Rays(turn @ [0, 0, -8], turn @ lens)


def place(surface: Surface, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Where a place of the picture lies in space, by the definition of the surface."""
    if isinstance(surface, Flat):
        x, y = (u - surface.pivot[0]) * surface.size[0], (v - surface.pivot[1]) * surface.size[1]
        return np.stack([x, y, np.zeros_like(x)], axis=-1)
    assert isinstance(surface, Cone)
    angle = (u - surface.pivot[0]) * surface.angle
    radius = surface.radii[0] + (surface.radii[1] - surface.radii[0]) * v
    axis = 0.0 if surface.centred else surface.depth * surface.radii[0]
    y = (v - surface.pivot[1]) * surface.height
    return np.stack([radius * np.sin(angle), y, axis - surface.depth * radius * np.cos(angle)], axis=-1)


@pytest.mark.parametrize("surface", SURFACES)
@given(yaw=st.floats(-50, 50), pitch=st.floats(-30, 30))
def test_what_a_pixel_sees_lies_on_its_ray(surface: Surface, yaw: float, pitch: float) -> None:
    rays, window = looking(yaw, pitch), Window(0, 0, SIZE, SIZE, 8)
    sight = surface.see(rays, window)
    columns, rows = np.meshgrid(*(values.ravel() for values in window.grid()))
    ways = np.stack([columns, rows, np.ones_like(rows)], axis=-1) @ rays.matrix.T
    inside = (np.abs(sight.u - 0.5) < 0.5) & (np.abs(sight.v - 0.5) < 0.5)
    if sight.edge is not None:
        inside &= sight.edge > 3
    hits = rays.origin + ways * sight.distance[..., None]
    np.testing.assert_allclose(place(surface, sight.u, sight.v)[inside], hits[inside], atol=2e-3)
    assert inside.any()


@pytest.mark.parametrize("surface", SURFACES)
def test_outline_surrounds_what_is_seen(surface: Surface) -> None:
    low, high = surface.outline().min(axis=0), surface.outline().max(axis=0)
    u, v = np.meshgrid(np.linspace(0, 1, 33), np.linspace(0, 1, 5))
    places = place(surface, u, v).reshape(-1, 3)
    assert (places >= low - 0.02).all()
    assert (places <= high + 0.02).all()


def test_facing_tells_front_from_back() -> None:
    flat, curved, around = SURFACES
    assert flat.facing(looking(0, 0)) > 0.99
    assert flat.facing(looking(180, 0)) < -0.99
    assert curved.facing(looking(180, 0)) < -0.99
    assert around.facing(looking(180, 0)) > 0.99


def test_nothing_beyond_the_horizon_of_a_plane() -> None:
    """A brim seen along its plane: the pixels above its horizon do not see the part behind the camera."""
    flat = Flat((3, 3), (0.5, 0.5))
    rays = looking(0, 89.9)
    window = flat.fitted(rays, Window(0, 0, SIZE, SIZE, 8))
    assert window.step == 1
    sight = flat.see(rays, window)
    seen = (np.abs(sight.u - 0.5) <= 0.5) & (np.abs(sight.v - 0.5) <= 0.5)
    rows = np.flatnonzero(seen.any(axis=1))
    assert 1 <= len(rows) <= 4
    assert flat.fitted(looking(0, 20), Window(0, 0, SIZE, SIZE, 8)).step == 8


def test_edge_distance_counts_pixels() -> None:
    y, x = np.mgrid[:30, :30].astype(np.float32) * 4
    inside = 40.0**2 - (x - 60) ** 2 - (y - 60) ** 2
    found = edge_distance(inside.astype(np.float32), 4)
    true = 40 - np.hypot(x - 60, y - 60)
    near = np.abs(true) < 6
    np.testing.assert_allclose(found[near], true[near], atol=0.6)


def test_windows_cover_the_box_within_the_picture() -> None:
    covered = np.zeros((50, 9000), dtype=int)
    for window in windows_around(np.array([[-20.0, 10.5], [8500.2, 30]]), (9000, 50)):
        covered[window.rows, window.columns] += 1
    assert covered.max() == 1
    assert covered[10:32, :8501].all()
    assert not covered[:, 8510:].any()
    assert list(windows_around(np.array([[-50.0, -50], [-20, -20]]), (100, 100))) == []


@pytest.mark.parametrize("step", [1, 3, 8])
def test_grid_and_full_size_agree(step: int) -> None:
    window = Window(5, 7, 41, 30, step)
    columns, rows = window.grid()
    values = window.full((columns + 2 * rows).astype(np.float32))
    assert values.shape == (30, 41)
    y, x = np.mgrid[7:37, 5:46]
    inner = (slice(step, -step), slice(step, -step))
    np.testing.assert_allclose(values[inner], (x + 2 * y)[inner], atol=1e-3)
