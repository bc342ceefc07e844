"""Writing videos that players show as the ones they came from."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facepoints.errors import InputError
from facepoints.video import VideoReader, VideoWriter, read
from tests.video.clips import SIZE, av, corners, make_clip, picture, sound_of, steady

QUARTER = (0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)


def copy(source: Path, target: Path) -> VideoReader:
    """Write all frames of one video into another one; returns the reader, for its facts."""
    with (
        VideoReader(source, sound=True) as reader,
        VideoWriter(target, reader.width, reader.height, like=reader) as writer,
    ):
        for time, image in reader:
            writer.write(time, image)
    return reader


@pytest.mark.parametrize("ending", [".mp4", ".mov", ".mkv"])
def test_times_size_and_pictures_are_kept(tmp_path: Path, ending: str) -> None:
    times = [Fraction(ticks, 12_800) for ticks in (0, 512, 600, 5000, 5120, 12_800, 40_000)]
    source, target = make_clip(tmp_path / "source.mp4", times), tmp_path / f"target{ending}"
    copy(source, target)
    frames = list(read(target))
    expected = [float(time) for time in times]
    assert [time for time, _ in frames] == (expected if ending != ".mkv" else pytest.approx(expected, abs=6e-4))
    for number, (_, image) in enumerate(frames):
        assert np.abs(image.astype(int) - picture(number)).mean() < 8


def test_the_frame_rate_is_kept(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "source.mp4", steady(30))
    copy(source, tmp_path / "target.mp4")
    with VideoReader(tmp_path / "target.mp4") as reader:
        assert (reader.rate, reader.frame_count, reader.time_base) == (25, 30, Fraction(1, 12_800))
        assert reader.duration == pytest.approx(1.2)


def test_orientation_is_kept_as_a_flag(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "source.mp4", steady(3), matrix=QUARTER)
    copy(source, tmp_path / "target.mp4")
    with av.open(str(tmp_path / "target.mp4")) as container:
        frame = next(container.decode(video=0))
        assert (frame.width, frame.height, frame.rotation) == (*SIZE, -90)
    with VideoReader(tmp_path / "target.mp4") as reader:
        assert (reader.rotation, reader.width, reader.height) == (90, *SIZE[::-1])
        assert corners(next(iter(reader))[1]) == {"red": "top right", "blue": "bottom left"}


def test_pixel_shape_and_colours_are_kept(tmp_path: Path) -> None:
    colours = {"colorspace": 1, "color_range": 2, "color_primaries": 1, "color_trc": 13}
    source = make_clip(tmp_path / "source.mp4", steady(3), colours=colours, pixel_aspect=Fraction(4, 3))
    copy(source, tmp_path / "target.mp4")
    with VideoReader(source) as old, VideoReader(tmp_path / "target.mp4") as new:
        assert (new.colours, new.pixel_aspect) == (colours, Fraction(4, 3))
        for (_, before), (_, after) in zip(old, new, strict=True):
            assert np.abs(before.astype(int) - after).mean() < 4


@pytest.mark.parametrize(
    ("ending", "encoder", "ending_of_copy", "expected"),
    [
        (".mp4", "aac", ".mp4", "aac"),
        (".ts", "aac", ".mp4", "aac"),  # packets of another kind (ADTS)
        (".mkv", "libopus", ".mp4", "opus"),
        (".avi", "libmp3lame", ".mov", "mp3float"),
        (".mkv", "ac3", ".mkv", "ac3"),
        (".mov", "pcm_mulaw", ".mp4", "aac"),  # .mp4 has no place for it
    ],
)
def test_sound_is_kept(tmp_path: Path, ending: str, encoder: str, ending_of_copy: str, expected: str) -> None:
    source = make_clip(tmp_path / f"source{ending}", steady(50), sound=encoder)
    target = tmp_path / f"target{ending_of_copy}"
    assert copy(source, target).problem is None
    codec, start, end = sound_of(target)
    assert codec == expected
    assert start == pytest.approx(0, abs=0.05)
    assert end == pytest.approx(2, abs=0.08)
    pictures = [time for time, _ in read(target)]
    assert pictures == pytest.approx([time for time, _ in read(source)], abs=1e-3)  # in step with the sound


def test_without_sound_on_request(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "source.mp4", steady(5), sound="aac")
    with VideoReader(source) as reader, VideoWriter(tmp_path / "target.mp4", *SIZE, like=reader) as writer:
        for time, image in reader:
            writer.write(time, image)
    with VideoReader(tmp_path / "target.mp4") as reader:
        assert not reader.has_sound


def test_stopped_in_the_middle_sound_ends_with_the_pictures(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "source.mp4", steady(75), sound="aac")
    target = tmp_path / "target.mp4"
    with (
        VideoReader(source, sound=True) as reader,
        VideoWriter(target, reader.width, reader.height, like=reader) as writer,
    ):
        for time, image in reader:
            writer.write(time, image)
            if time >= 1:
                break
    assert len(list(read(target))) == 26
    assert sound_of(target)[2] == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize("size", [(65, 49), (64, 49), (65, 48), (1, 1)])
def test_odd_sides_get_a_copy_of_the_last_row_and_column(tmp_path: Path, size: tuple[int, int]) -> None:
    image = np.zeros((size[1], size[0], 3), dtype=np.uint8)
    image[:, -1] = image[-1] = 200
    with VideoWriter(tmp_path / "odd.mp4", *size) as writer:
        for number in range(3):
            writer.write(number / 25, image)
    (_, shown), *_ = read(tmp_path / "odd.mp4")
    assert shown.shape == (size[1] + size[1] % 2, size[0] + size[0] % 2, 3)
    assert np.abs(shown[-1].astype(int) - 200).mean() < 25


def test_odd_sides_of_a_turned_video(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "source.webm", steady(2), size=(65, 49), codec="libvpx")
    with VideoReader(source) as reader:
        reader.orientation = type(reader.orientation).of_matrix(QUARTER)
        with VideoWriter(tmp_path / "target.mp4", 49, 65, like=reader) as writer:
            writer.write(0.0, np.ascontiguousarray(np.rot90(picture(0, (65, 49)), -1)))
    (_, shown), *_ = read(tmp_path / "target.mp4")
    assert shown.shape == (66, 50, 3)
    assert corners(shown) == {"red": "top right", "blue": "bottom left"}


def test_frames_from_elsewhere_have_their_own_times(tmp_path: Path) -> None:
    times = [0.0, 0.1, 0.1, 0.7]  # a camera whose clock stood still: the frames stay in their order
    with VideoWriter(tmp_path / "new.mp4", *SIZE) as writer:
        for number, time in enumerate(times):
            writer.write(time, picture(number))
    assert [time for time, _ in read(tmp_path / "new.mp4")] == pytest.approx(times, abs=1e-4)


@pytest.mark.parametrize("time", [float("nan"), float("inf"), None])
def test_bad_times(tmp_path: Path, time: Any) -> None:
    with (
        pytest.raises(InputError, match="time must be a finite number of seconds"),
        VideoWriter(tmp_path / "new.mp4", *SIZE) as writer,
    ):
        writer.write(time, picture(0))
    assert list(tmp_path.iterdir()) == []


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "target.mp4"
    target.write_text("old")

    def break_off() -> None:
        with VideoWriter(target, *SIZE) as writer:
            writer.write(0.0, picture(0))
            writer.write(1 / 0, picture(1))

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        ("new.avi", SIZE, r"new\.avi: unknown ending for a video; known are \.mp4, \.m4v, \.mov, \.mkv"),
        ("new", SIZE, "unknown ending"),
        ("nowhere/new.mp4", SIZE, "the folder .*nowhere does not exist"),
        ("new.mp4", (0, 48), "a video of 0 x 48 pixels"),
    ],
)
def test_what_cannot_be_written(tmp_path: Path, name: str, size: tuple[int, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        VideoWriter(tmp_path / name, *size)
    assert list(tmp_path.iterdir()) == []


def test_frames_must_be_of_the_stated_size(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match=r"takes frames of \(width, height\) \(64, 48\); got \(48, 64\)"),
        VideoWriter(tmp_path / "new.mp4", *SIZE) as writer,
    ):
        writer.write(0.0, picture(0, (48, 64)))
    assert list(tmp_path.iterdir()) == []


def test_a_video_needs_a_frame(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no frame was written"), VideoWriter(tmp_path / "new.mp4", *SIZE):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_size_that_the_encoder_refuses(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"wide\.mp4: frames of 16386 x 64 pixels are too large .* 16,384 a side"):
        VideoWriter(tmp_path / "wide.mp4", 16_386, 64)
    assert list(tmp_path.iterdir()) == []


def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "new.mp4", *SIZE) as writer:
        writer.write(0.0, picture(0))
        writer.close()
        assert (tmp_path / "new.mp4").exists()
    writer.close()
    assert len(list(read(tmp_path / "new.mp4"))) == 1
    with pytest.raises(InputError, match=r"new\.mp4 is complete already"):
        writer.write(1.0, picture(1))


def test_a_full_disk_leaves_no_file(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="Windows has no such limits")
    code = (
        "import resource, signal, numpy as np; from facepoints.video import VideoWriter\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, {resource.RLIM_INFINITY}))\n"
        "noise = np.random.default_rng(0).integers(0, 255, (50, 48, 64, 3), dtype=np.uint8)\n"
        "with VideoWriter('new.mp4', 64, 48) as writer:\n"
        "    for number, image in enumerate(noise): writer.write(number / 25, image)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].startswith("facepoints.errors.OutputError: cannot write ")
    assert done.stderr.splitlines()[-1].endswith("new.mp4: File too large")
    assert list(tmp_path.iterdir()) == []
