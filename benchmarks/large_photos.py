"""Time of ``FaceFinder.find`` on one large JPEG, decoded in full and as small as the finder allows.

    taskset -c 0 python benchmarks/large_photos.py [PICTURE] [--megapixels 12]

The picture is enlarged to a landscape of 4:3, with the noise of a camera, and stored as a JPEG of quality 95; the
smallest wanted face is a tenth of its height. Times are those of the processor, which everything else on the machine
disturbs less, and both ways take turns.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from facepoints import FaceFinder, images

_EXAMPLE = Path(__file__).parent.parent / "examples" / "group.jpg"
_NOISE = 6.0
"""Standard deviation in grey levels; without it, the file would be smaller than a camera's and decoded faster."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("picture", nargs="?", type=Path, default=_EXAMPLE)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    height = round(math.sqrt(options.megapixels * 1e6 * 3 / 4))
    photo = _photo(options.picture, round(height * 4 / 3), height)
    finder = FaceFinder(min_face=height // 10)
    ways: dict[str, Callable[[], object]] = {
        "decoded in full": lambda: finder.find(images.read(photo)),
        f"decoded at 1/{finder.reduction}": lambda: finder.find(photo),
        "decoding alone, in full": lambda: images.read(photo),
        f"decoding alone, at 1/{finder.reduction}": lambda: images.read_reduced(photo, finder.reduction),
    }
    print(f"{len(photo) / 1e6:.1f} MB, {height} lines, faces from {height // 10} px: {len(finder.find(photo))} found")
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, work in ways.items():
            start = time.process_time()
            work()
            times[name].append(1000 * (time.process_time() - start))
    for name, values in times.items():
        print(f"{name:28} best {min(values):6.1f} ms   median {statistics.median(values):6.1f} ms")
    whole, reduced, *_ = (min(values) for values in times.values())
    print(f"ratio of the best: {whole / reduced:.2f}")


def _photo(path: Path, width: int, height: int) -> bytes:
    large = cv2.resize(images.read(path), (width, height), interpolation=cv2.INTER_CUBIC)
    noise = np.zeros(large.shape, dtype=np.int16)
    cv2.setRNGSeed(0)
    cv2.randn(noise, 0, _NOISE)
    return images.encode(np.clip(large + noise, 0, 255).astype(np.uint8), ".jpg", 95)


if __name__ == "__main__":
    main()
