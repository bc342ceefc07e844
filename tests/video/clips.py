"""Small videos, made by PyAV itself, not by the writer that is tested."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from facepoints.arrays import Image

av = pytest.importorskip("av", reason="PyAV comes with the extra [video]")

SIZE = (64, 48)
SOUND_RATE = 48_000
TICK = Fraction(1, 12_800)


def picture(number: int, size: tuple[int, int] = SIZE) -> Image:
    """A noisy grey frame with a red upper left corner and a blue lower right one, each a quarter of a side long."""
    width, height = size
    grey = np.random.default_rng(number).integers(90, 110, (height, width, 1)) + 4 * (number % 10)
    image = np.repeat(grey, 3, axis=2).astype(np.uint8)
    image[: height // 4, : width // 4] = (220, 20, 20)
    image[-(height // 4) :, -(width // 4) :] = (20, 20, 220)
    return image


def steady(count: int, rate: int = 25) -> list[Fraction]:
    """The times of frames at a constant rate."""
    return [Fraction(number, rate) for number in range(count)]


def make_clip(
    path: Path,
    times: Iterable[Fraction],
    *,
    size: tuple[int, int] = SIZE,
    codec: str = "libx264",
    matrix: tuple[int, ...] | None = None,
    sound: str | None = None,
    colours: dict[str, int] | None = None,
    pixel_aspect: Fraction | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """A clip of frames :func:`picture`, with a tone as long as the pictures if ``sound`` names an encoder."""
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=25, options={"g": "10"} if codec == "libx264" else {})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = TICK
        if matrix is not None:
            stream.set_display_matrix(matrix)
        if pixel_aspect is not None:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        for name, code in (colours or {}).items():
            setattr(stream.codec_context, name, code)
        audio = container.add_stream(sound, rate=SOUND_RATE) if sound else None
        played = Fraction(0)
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(number, size), format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace=(colours or {}).get("colorspace"))
            frame.pts, frame.time_base = round(time / TICK), TICK
            container.mux(stream.encode(frame))
            while audio is not None and played <= time:
                container.mux(audio.encode(_tone(audio, played)))
                played += Fraction(1024, SOUND_RATE)
        container.mux(stream.encode(None))
        if audio is not None:
            container.mux(audio.encode(None))
    return path


def _tone(audio: object, time: Fraction) -> object:
    wave = np.sin(np.arange(1024) * 0.05).astype(np.float32)[None].repeat(2, axis=0) / 4
    frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, round(time * SOUND_RATE), Fraction(1, SOUND_RATE)
    return frame


def sound_of(path: Path) -> tuple[str, float, float]:
    """The codec of the sound, and where it begins and ends in seconds, by its decoded samples."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        spans = [(frame.time, frame.time + frame.samples / frame.sample_rate) for frame in container.decode(stream)]
        return stream.codec_context.name, spans[0][0], spans[-1][1]


def corners(image: Image) -> dict[str, str]:
    """Which corner is red and which is blue."""
    height, width = image.shape[:2]
    places = {
        "top left": image[height // 8, width // 8],
        "top right": image[height // 8, -width // 8],
        "bottom left": image[-height // 8, width // 8],
        "bottom right": image[-height // 8, -width // 8],
    }
    found = {}
    for place, (red, _, blue) in places.items():
        if abs(int(red) - int(blue)) > 80:
            found["red" if red > blue else "blue"] = place
    return found
