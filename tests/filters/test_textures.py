import numpy as np

from facepoints.filters.compositing import blend, darkened, lay_over, scaled
from facepoints.filters.textures import Texture, density_of


def picture(height: int = 64, width: int = 128) -> np.ndarray:
    """Red on the left, transparent (with a green that must never show) on the right."""
    pixels = np.zeros((height, width, 4), dtype=np.uint8)
    pixels[:, : width // 2] = (200, 0, 0, 255)
    pixels[:, width // 2 :] = (0, 255, 0, 0)
    return pixels


def places(count: int) -> tuple[np.ndarray, np.ndarray]:
    v, u = np.mgrid[:count, :count].astype(np.float32)
    return (u + 0.5) / count, (v + 0.5) / count


def test_transparent_colours_leave_no_halo() -> None:
    for count in (4, 16, 128):
        u, v = places(count)
        found = Texture(picture()).sample(u, v, (1 / count, 1 / count))
        assert (found[..., 1] == 0).all()
        np.testing.assert_allclose(found[..., 0], found[..., 3] * (200 / 255), atol=1)


def test_shrunk_picture_is_averaged() -> None:
    """A chequerboard of single pixels becomes grey, not a moiré of whichever pixels were hit."""
    y, x = np.mgrid[:256, :256]
    board = np.full((256, 256, 4), 255, dtype=np.uint8)
    board[..., :3] = (255 * ((x + y) % 2))[..., None]
    u, v = places(20)
    found = Texture(board).sample(u, v, (1 / 20, 1 / 20))
    np.testing.assert_allclose(found[1:-1, 1:-1, :3], 127.5, atol=3)


def test_each_direction_shrinks_on_its_own() -> None:
    _, x = np.mgrid[:256, :256]
    stripes = np.full((256, 256, 4), 255, dtype=np.uint8)
    stripes[..., :3] = np.where((x // 64) % 2, 255, 0)[..., None]
    u, v = np.meshgrid((np.arange(256, dtype=np.float32) + 0.5) / 256, (np.arange(8, dtype=np.float32) + 0.5) / 8)
    found = Texture(stripes).sample(u, v, (1 / 256, 1 / 8))
    assert found[4, 60, 0] == 0
    assert found[4, 68, 0] == 255


def test_outside_is_transparent() -> None:
    u = np.array([[-0.1, 0.25, 1.1]], dtype=np.float32)
    found = Texture(picture()).sample(u, np.full_like(u, 0.5), (0.01, 0.01))
    assert found[0, :, 3].tolist() == [0, 255, 0]


def test_density_is_the_median_change_a_pixel() -> None:
    y, x = np.mgrid[:20, :30].astype(np.float32)
    values = (0.03 * x + 0.04 * y) * 4
    assert abs(density_of(values, 4, np.ones((20, 30), dtype=bool)) - 0.05) < 1e-6
    assert density_of(values, 4, np.zeros((20, 30), dtype=bool)) == 1.0


def test_modes_of_blending() -> None:
    ground = np.full((1, 1, 3), 100, dtype=np.uint8)
    layer = np.array([[[60, 60, 60, 128]]], dtype=np.uint8)  # 120 at half opacity
    results = {}
    for mode in ("normal", "multiply", "screen"):
        part = ground.copy()
        blend(part, layer, mode)
        results[mode] = int(part[0, 0, 0])
    assert results == {"normal": 110, "multiply": 73, "screen": 136}


def test_opacity_darkness_and_cover() -> None:
    layer = np.full((2, 2, 4), 200, dtype=np.uint8)
    assert scaled(layer, 0.5).tolist() == np.full((2, 2, 4), 100).tolist()
    assert scaled(layer, np.array([[0, 1], [0.5, 2]]))[..., 3].tolist() == [[0, 200], [100, 200]]
    assert darkened(layer, 0.5)[0, 0].tolist() == [100, 100, 100, 200]
    part, cover = np.zeros((1, 3, 3), dtype=np.uint8), np.full((1, 3, 3), 255, dtype=np.uint8)
    lay_over(part, cover, np.array([[0, 128, 255]], dtype=np.uint8))
    assert part[0, :, 0].tolist() == [0, 128, 255]
