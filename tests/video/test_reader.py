"""Reading real files: times, orientation, colours, and what is damaged."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from facepoints.errors import InputError, VideoError
from facepoints.video import VideoReader, read
from tests.video.clips import SIZE, corners, make_clip, picture, steady

VARIABLE = [Fraction(ticks, 12_800) for ticks in (0, 512, 600, 5000, 5001, 12_800, 40_000)]
FASTSTART = {"movflags": "+faststart"}  # the index comes first


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="module")
def usual(folder: Path) -> Path:
    """50 frames, with sound."""
    return make_clip(folder / "usual.mp4", steady(50), sound="aac", options=FASTSTART)


def test_frames_are_rgb_arrays_of_their_own(usual: Path) -> None:
    with VideoReader(usual) as reader:
        assert (reader.name, reader.width, reader.height) == (str(usual), *SIZE)
        assert (reader.rate, reader.frame_count, reader.has_sound, reader.rotation) == (25, 50, True, 0)
        assert reader.duration == pytest.approx(2.0, abs=0.05)
        frames = list(reader)
        assert reader.finished
        assert reader.problem is None
        assert not reader.sound  # nobody asked for it
    assert [time for time, _ in frames] == pytest.approx([float(time) for time in steady(50)])
    for number, (_, image) in enumerate(frames):
        assert (image.shape, image.dtype, image.flags.writeable) == ((48, 64, 3), np.uint8, True)
        assert corners(image) == {"red": "top left", "blue": "bottom right"}
        assert np.abs(image.astype(int) - picture(number)).mean() < 8
    frames[0][1][:] = 0
    assert frames[1][1].any()


@pytest.mark.parametrize(
    ("name", "codec", "exactness"),
    [("vfr.mp4", "libx264", 1e-9), ("vfr.mov", "libx264", 1e-9), ("vfr.mkv", "libx264", 1e-3)],
)
def test_variable_frame_rate_is_kept(folder: Path, name: str, codec: str, exactness: float) -> None:
    path = make_clip(folder / name, VARIABLE, codec=codec)
    times = [time for time, _ in read(path)]
    assert len(times) == len(VARIABLE)
    if exactness < 1e-6:
        assert times == [float(time) for time in VARIABLE]
    else:  # Matroska counts milliseconds; two frames of the same one are set apart
        assert np.abs(np.subtract(times, [float(time) for time in VARIABLE])).max() < 0.05
        assert (np.diff(times) > 0).all()


def test_time_begins_at_zero_where_the_file_begins_anywhere(folder: Path) -> None:
    times = [time for time, _ in read(make_clip(folder / "late.ts", steady(10)))]
    assert times == pytest.approx([float(time) for time in steady(10)])


@pytest.mark.parametrize(("size", "codec", "name"), [((65, 49), "libvpx", "odd.webm"), ((35, 18), "mpeg4", "odd.avi")])
def test_odd_sizes(folder: Path, size: tuple[int, int], codec: str, name: str) -> None:
    shapes = {image.shape for _, image in read(make_clip(folder / name, steady(5), size=size, codec=codec))}
    assert shapes == {(size[1], size[0], 3)}


@pytest.mark.parametrize(
    ("matrix", "rotation", "expected"),
    [
        ((0, 1, -1, 0), 90, {"red": "top right", "blue": "bottom left"}),
        ((-1, 0, 0, -1), 180, {"red": "bottom right", "blue": "top left"}),
        ((0, -1, 1, 0), 270, {"red": "bottom left", "blue": "top right"}),
        ((-1, 0, 0, 1), 0, {"red": "top right", "blue": "bottom left"}),
    ],
)
def test_frames_stand_upright(folder: Path, matrix: tuple[int, ...], rotation: int, expected: dict[str, str]) -> None:
    a, b, c, d = (number << 16 for number in matrix)
    path = make_clip(folder / f"turned{matrix}.mp4", steady(3), matrix=(a, b, 0, c, d, 0, 0, 0, 1 << 30))
    with VideoReader(path) as reader:
        assert reader.rotation == rotation
        assert (reader.width, reader.height) == (SIZE if a else SIZE[::-1])
        for _, image in reader:
            assert image.shape == (reader.height, reader.width, 3)
            assert corners(image) == expected


@pytest.mark.parametrize("matrix", [1, 5, 6, 9], ids=["bt709", "bt470bg", "smpte170m", "bt2020"])
def test_the_matrix_of_the_colours_is_respected(folder: Path, matrix: int) -> None:
    path = make_clip(folder / f"colours{matrix}.mp4", steady(2), colours={"colorspace": matrix})
    red = next(read(path))[1][2:8, 2:10].reshape(-1, 3).mean(axis=0)
    assert red == pytest.approx((220, 20, 20), abs=6)


def test_the_cover_of_a_sound_file_is_no_video(folder: Path) -> None:
    silent = make_clip(folder / "sound.mp4", steady(10), sound="aac")
    import av

    with av.open(str(silent)) as source, av.open(str(folder / "only.m4a"), "w") as target:
        audio = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = audio
                target.mux(packet)
    with pytest.raises(VideoError, match=r"only\.m4a: there are no pictures in this file\. It holds sound only"):
        VideoReader(folder / "only.m4a")


def test_cut_short_with_the_index_first(usual: Path, folder: Path) -> None:
    data = usual.read_bytes()
    (folder / "short.mp4").write_bytes(data[: len(data) * 6 // 10])
    with VideoReader(folder / "short.mp4") as reader:
        count = len(list(reader))
        assert 20 < count < 40
        assert reader.problem is not None
        assert reader.problem.startswith(f"the file was cut short: {count} of 50 frames could be read")
    times = []
    with pytest.raises(VideoError, match=r"short\.mp4: the file was cut short"):
        times += [time for time, _ in read(folder / "short.mp4")]
    (folder / "lacks_sound.mp4").write_bytes(data[:-50])
    with VideoReader(folder / "lacks_sound.mp4") as reader:
        assert len(list(reader)) == 50
        assert reader.problem == "the file was cut short: 50 of 50 frames could be read"


def test_cut_short_where_the_file_only_states_its_duration(folder: Path) -> None:
    data = make_clip(folder / "long.mkv", steady(100)).read_bytes()
    (folder / "short.mkv").write_bytes(data[: len(data) // 2])
    with VideoReader(folder / "short.mkv") as reader:
        count = len(list(reader))
        assert 30 < count < 70
        assert reader.problem == f"the file was cut short: {count} frames could be read"


def test_sound_longer_than_the_pictures_is_no_damage(folder: Path) -> None:
    # The last picture of a variable frame rate stays until the sound ends.
    path = make_clip(folder / "talk.mp4", [Fraction(0), Fraction(1, 25), Fraction(3)], sound="aac")
    with VideoReader(path) as reader:
        assert len(list(reader)) == 3
        assert reader.problem is None


def test_a_hole_costs_the_frames_in_it(usual: Path, folder: Path) -> None:
    data = bytearray(usual.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = bytes(4000)
    (folder / "hole.mp4").write_bytes(data)
    with VideoReader(folder / "hole.mp4") as reader:
        assert 30 < len(list(reader)) < 50
        assert reader.problem is not None
        assert reader.problem.startswith("the file is damaged: ")


def cut_before_the_index(folder: Path) -> str:
    path = make_clip(folder / "no_index.mp4", steady(20))
    path.write_bytes(path.read_bytes()[:-200])
    return path.name


def no_frame(folder: Path) -> str:
    """A whole file, but for its frames, of which it has none."""
    path = make_clip(folder / "no_frame.mp4", steady(3), options={"movflags": "empty_moov+frag_keyframe"})
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"moof") - 4])
    return path.name


def no_good_frame(folder: Path) -> str:
    """An index that is whole, and zeros where the frames should be."""
    path = make_clip(folder / "no_good_frame.mp4", steady(3))
    data = path.read_bytes()
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    path.write_bytes(data[:start] + bytes(end - start) + data[end:])
    return path.name


def written(name: str, content: bytes) -> object:
    def make(folder: Path) -> str:
        (folder / name).write_bytes(content)
        return name

    return make


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (cut_before_the_index, "this file was cut short: its index, which comes last, is missing"),
        (no_frame, "not one frame of it can be read"),
        (no_good_frame, "not one frame of it can be read"),
        (written("empty.mp4", b""), "this file is empty"),
        (written("text.mp4", b"no video" * 100), "this is no video, or too damaged to be one"),
        (written("text.txt", b"no video\n" * 100), "this is no video, or too damaged to be one"),
        (lambda folder: "nowhere.mp4", "there is no such file. Check the path; cameras are numbers, such as 0"),
        (lambda folder: ".", "this is a folder"),
        (lambda folder: "x" * 5000, "this cannot be opened: File name too long"),
        (lambda folder: "http://127.0.0.1:9/clip.mp4", "this cannot be opened: Connection refused. Check the address"),
        (lambda folder: "nonsense://clip", "this cannot be opened: "),
    ],
)
def test_what_is_no_video_is_told_apart(
    folder: Path, monkeypatch: pytest.MonkeyPatch, make: object, message: str
) -> None:
    monkeypatch.chdir(folder)
    name = make(folder)  # type: ignore[operator]
    with pytest.raises(VideoError) as caught:
        read(name)
    assert str(caught.value).startswith(f"{name}: {message}")


def test_a_picture_is_no_video(astronaut_path: Path) -> None:
    with pytest.raises(VideoError, match="this is a picture, not a video; for pictures there is: facepoints detect"):
        VideoReader(astronaut_path)


def test_a_file_whose_name_looks_like_an_address(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    make_clip(folder / "plain.mp4", steady(2)).rename(folder / "12:30.mp4")
    assert len(list(read("12:30.mp4"))) == 2


def test_a_reader_is_read_once(usual: Path) -> None:
    with VideoReader(usual) as reader:
        assert len(list(reader)) == 50
        with pytest.raises(InputError, match="can be iterated over once"):
            iter(reader)
