"""Videos for :mod:`fuzz`."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

__all__ = ["read_clip", "video_seeds"]

_KINDS = (
    ("mp4", "libx264"),
    ("mkv", "libx264"),
    ("webm", "libvpx"),
    ("avi", "mpeg4"),
    ("mov", "mjpeg"),
    ("ts", "mpeg2video"),
)
_FRAMES = 12
_SIZE = 32


def video_seeds(folder: Path) -> list[bytes]:
    """Short clips in several containers and codecs."""
    import av

    seeds = []
    for ending, codec in _KINDS:
        path = folder / f"a.{ending}"
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=25)
            stream.width = stream.height = _SIZE
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            stream.codec_context.time_base = Fraction(1, 25)
            for number in range(_FRAMES):
                pixels = np.random.default_rng(number).integers(90, 160, (_SIZE, _SIZE, 3)).astype(np.uint8)
                frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        seeds.append(path.read_bytes())
    return seeds


def read_clip(data: bytes, folder: Path) -> None:
    """Read all frames; for every second file, as told by its last byte, the key frames alone."""
    from facepoints.video import VideoReader

    path = folder / "clip"
    path.write_bytes(data)
    with VideoReader(path, key_frames=bool(data[-1:] and data[-1] % 2)) as reader:
        for _ in reader:
            pass
        assert reader.problem is None or reader.problem
