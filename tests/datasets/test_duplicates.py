import cv2
import numpy as np

from facepoints import images
from facepoints.arrays import Image
from facepoints.datasets.duplicates import HASH_BITS, near_duplicates, picture_hash
from tests.datasets.layouts import photo_of


def differing(first: Image, second: Image) -> int:
    return int((picture_hash(first) != picture_hash(second)).sum())


def test_hash_survives_size_compression_and_exposure(astronaut: Image) -> None:
    small = np.asarray(cv2.resize(astronaut, (200, 200), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    compressed = images.read(images.encode(small, ".jpg", 40))
    dark = (small * 0.7).astype(np.uint8)
    assert [differing(astronaut, other) <= 12 for other in (small, compressed, dark)] == [True] * 3


def test_other_pictures_have_other_hashes(astronaut: Image) -> None:
    assert differing(astronaut, astronaut[:, ::-1]) > 60
    assert differing(photo_of(0)[0], photo_of(1)[0]) > 16


def test_pairs_across_blocks() -> None:
    hashes = list(np.random.default_rng(0).random((1500, HASH_BITS)) < 0.5)
    hashes[1400] = hashes[3].copy()
    hashes[1400][:5] ^= True
    hashes[8] = hashes[7].copy()
    assert near_duplicates(hashes, 5) == [(3, 1400), (7, 8)]
    assert near_duplicates(hashes, 4) == [(7, 8)]
    assert near_duplicates([], 4) == []
