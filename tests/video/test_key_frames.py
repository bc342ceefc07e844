"""Key frames: the right ones, with the numbers and times that they have among all frames."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from facepoints.video import VideoReader
from tests.video.clips import TICK, av, make_clip, picture, steady


def open_gop(path: Path, count: int, codec: str, options: dict[str, str]) -> Path:
    """A clip in which frames that are shown before a key frame are decoded after it."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.time_base = TICK if codec == "libx264" else Fraction(1, 25)
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24").reformat(format=stream.pix_fmt)
            frame.time_base = stream.codec_context.time_base
            frame.pts = round(Fraction(number, 25) / frame.time_base)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


CLIPS = {
    "closed.mp4": lambda path: make_clip(path, steady(50)),
    "variable.mp4": lambda path: make_clip(path, [Fraction(n * n, 1000) for n in range(40)]),
    "open.mkv": lambda path: open_gop(
        path, 60, "libx264", {"x264-params": "open-gop=1:keyint=12:bframes=3:scenecut=0"}
    ),
    "open.ts": lambda path: open_gop(path, 60, "libx264", {"x264-params": "open-gop=1:keyint=12:bframes=3:scenecut=0"}),
    "open.mpg": lambda path: open_gop(path, 60, "mpeg2video", {"g": "12", "bf": "2"}),
    "only.avi": lambda path: open_gop(path, 9, "mjpeg", {}),
    "mpeg4.avi": lambda path: open_gop(path, 40, "mpeg4", {"g": "12"}),
}


@pytest.mark.parametrize("name", CLIPS)
def test_key_frames_are_those_of_the_whole_video(tmp_path: Path, name: str) -> None:
    path = CLIPS[name](tmp_path / name)
    with VideoReader(path) as whole:
        frames = list(whole)
    with av.open(str(path)) as container:
        keys = [number for number, frame in enumerate(container.decode(video=0)) if frame.key_frame]
    with VideoReader(path, key_frames=True) as reader:
        found = [(reader.frame_number, time, image) for time, image in reader]
    assert reader.problem is None
    assert [number for number, _, _ in found] == keys
    assert len(keys) > 1
    for number, time, image in found:
        assert number is not None
        expected_time, expected = frames[number]
        assert time == pytest.approx(expected_time, abs=1e-6)
        assert np.abs(image.astype(int) - expected).max() <= 1


def test_every_third_frame_has_its_number_and_time(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", steady(10))
    with VideoReader(path, step=3) as reader:
        assert [(reader.frame_number, time) for time, _ in reader] == [(n, pytest.approx(n / 25)) for n in (0, 3, 6, 9)]


def test_an_open_file(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", steady(10))
    with path.open("rb") as file, VideoReader("s3://bucket/clip.mp4", file=file) as reader:
        assert reader.name == "s3://bucket/clip.mp4"
        assert len(list(reader)) == 10
