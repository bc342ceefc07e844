"""``facepoints video``."""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import facepoints.video
from facepoints import formats
from facepoints.arrays import Image
from facepoints.faces import Faces
from facepoints.finder_settings import FinderSettings
from facepoints.video import VideoReader, read
from tests.cli.conftest import run, tree
from tests.random_faces import faces_of, mean_face
from tests.video.clips import SIZE, make_clip, sound_of, steady

pytestmark = pytest.mark.usefixtures("asked", "tracker")


class ScriptedTracker:
    """Finds one face in frames that are not in the middle third of the first second, a second one from there on."""

    made: list[dict[str, object]]

    def __init__(self, finder: object, **options: object) -> None:
        self.made.append(options)

    def update(self, image: Image, time: float) -> Faces:
        ids = [] if 0.33 < time < 0.66 else [1] if time < 1 else [1, 2]
        if not ids:
            return Faces.empty()
        found = faces_of(*(mean_face((20.0 * track, 24.0), 14.0) for track in ids))
        return replace(found, track_ids=np.array(ids))


@pytest.fixture
def tracker(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Replaces the tracker; the list collects the options it was made with."""
    ScriptedTracker.made = []
    monkeypatch.setattr(facepoints.video, "FaceTracker", ScriptedTracker)
    return ScriptedTracker.made


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """30 frames in 1.2 seconds, with sound; its folder is current."""
    monkeypatch.chdir(tmp_path)
    return make_clip(tmp_path / "clip.mp4", steady(30), sound="aac", options={"movflags": "+faststart"})


def shorten(clip: Path) -> str:
    path = clip.with_name("short.mp4")
    path.write_bytes(clip.read_bytes()[: clip.stat().st_size * 6 // 10])
    return path.name


def difference(first: Path, second: Path) -> float:
    pairs = zip(read(first), read(second), strict=True)
    return max(float(np.abs(a.astype(int) - b).mean()) for (_, a), (_, b) in pairs)


def test_everything_at_once(clip: Path) -> None:
    result = run("video", "clip.mp4", "--out", "new.mp4", "--jsonl", "a.jsonl", "--csv", "a.csv", "--parquet", "a.pq")
    assert (result.exit_code, result.stderr) == (0, "")
    first, *files = result.stdout.splitlines()
    assert first.startswith("30 frames, 2 faces, ")
    assert first.endswith(" frames/s, in")
    assert files == ["new.mp4", "a.jsonl", "a.csv", "a.pq"]
    assert tree(Path()) == ["a.csv", "a.jsonl", "a.pq", "clip.mp4", "new.mp4"]

    rows = [json.loads(line) for line in Path("a.jsonl").read_text().splitlines()]
    assert [row["frame"] for row in rows] == list(range(30))
    assert [row["time"] for row in rows] == [number / 25 for number in range(30)]
    assert {(row["image"], row["width"], row["height"]) for row in rows} == {("clip.mp4", *SIZE)}
    assert [len(row["faces"]) for row in rows] == [1] * 9 + [0] * 8 + [1] * 8 + [2] * 5
    assert [face["track_id"] for face in rows[-1]["faces"]] == [1, 2]
    with Path("a.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert [int(row["frame"]) for row in table][-4:] == [28, 28, 29, 29]
    assert len(table) == 9 + 8 + 5 * 2

    with VideoReader("new.mp4") as reader:
        assert (reader.width, reader.height, reader.rate, reader.frame_count) == (*SIZE, 25, 30)
    assert sound_of(Path("new.mp4"))[0] == "aac"
    assert difference(clip, Path("new.mp4")) > 8  # faces are drawn


@pytest.mark.parametrize(
    ("options", "low", "high"),
    [
        ([], 8.0, 99.0),
        (["--no-draw"], 0.0, 4.0),
        (["--filter", "mask"], 8.0, 99.0),
        (["--filter", "blur", "--filter", "sunglasses", "--draw"], 8.0, 99.0),
    ],
)
def test_what_the_new_video_shows(clip: Path, options: list[str], low: float, high: float) -> None:
    assert run("video", "clip.mp4", "--out", "new.mkv", *options).exit_code == 0
    assert low < difference(clip, Path("new.mkv")) < high


def test_a_filter_alone_draws_no_points(clip: Path) -> None:
    for name, options in (("worn.mp4", []), ("drawn.mp4", ["--draw"])):
        run("video", "clip.mp4", "--out", name, "--filter", "blur", *options)
    assert difference(clip, Path("worn.mp4")) < difference(clip, Path("drawn.mp4")) * 0.6


@pytest.mark.parametrize("name", ["jsonl", "csv"])
def test_tables_go_to_stdout_on_request(clip: Path, name: str) -> None:
    result = run("video", "clip.mp4", f"--{name}", "-")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.count("\n") == (30 if name == "jsonl" else 1 + 9 + 8 + 5 * 2)
    assert tree(Path()) == ["clip.mp4"]


def test_pose_ratios_and_blinks_on_request(clip: Path) -> None:
    assert run("video", "clip.mp4", "--jsonl", "a.jsonl", "--csv", "a.csv", "--pose", "--ratios").exit_code == 0
    rows = [json.loads(line) for line in Path("a.jsonl").read_text().splitlines()]
    faces = [face for row in rows for face in row["faces"]]
    assert all(set(face["pose"]) == {"yaw", "pitch", "roll"} and abs(face["pose"]["roll"]) < 5 for face in faces)
    assert all(face["ratios"]["mouth_open"] >= 0 and face["blinks"] == 0 for face in faces)
    with Path("a.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert [float(row["pose_yaw"]) for row in table] == [face["pose"]["yaw"] for face in faces]
    assert [row["blinks"] for row in table] == ["0"] * len(faces)


def test_pose_alone_draws_axes(clip: Path) -> None:
    run("video", "clip.mp4", "--out", "points.mp4")
    run("video", "clip.mp4", "--out", "axes.mp4", "--pose")
    assert difference(Path("points.mp4"), Path("axes.mp4")) > 0.5


def test_a_part_of_a_video(clip: Path) -> None:
    result = run("video", "clip.mp4", "--out", "new.mp4", "--jsonl", "a.jsonl", "--seconds", "0.4")
    assert result.exit_code == 0
    assert len(list(formats.read("a.jsonl"))) == 10  # those before 0.4 s
    assert len(list(read("new.mp4"))) == 10
    assert sound_of(Path("new.mp4"))[2] < 0.5


def test_a_video_that_was_cut_short(clip: Path) -> None:
    result = run("video", shorten(clip), "--out", "new.mp4", "--jsonl", "a.jsonl")
    assert result.exit_code == 1
    count = len(list(formats.read("a.jsonl")))
    assert 10 < count < 30
    assert result.stdout.startswith(f"{count} frames, ")
    assert result.stderr.startswith(f"Error: short.mp4: the file was cut short: {count} of 30 frames could be read")
    assert result.stderr.count("\n") == 1
    assert len(list(read("new.mp4"))) == count


def test_quiet_says_nothing(clip: Path) -> None:
    assert run("video", "clip.mp4", "--jsonl", "a.jsonl", "--quiet").output == ""


def test_options_reach_finder_and_tracker(
    clip: Path, asked: list[FinderSettings], tracker: list[dict[str, object]]
) -> None:
    run("video", "clip.mp4", "--jsonl", "a.jsonl")
    run(
        *("video", "clip.mp4", "--jsonl", "a.jsonl", "--no-smooth", "--detect-every", "3", "--detector", "haar"),
        *("--keypoints", "tiny", "--min-face", "40", "--min-score", "0.2", "--max-faces", "1", "--threads", "2"),
    )
    assert asked == [
        FinderSettings("network", "compact-int8", 20, None, None, 1),
        FinderSettings("haar", "tiny", 40, 0.2, 1, 2),
    ]
    assert tracker == [{"smooth": True, "detect_every": 15}, {"smooth": False, "detect_every": 3}]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["clip.mp4"], 2, "say what to write: --out FILE.mp4, --jsonl FILE, --csv FILE or --parquet FILE"),
        (["clip.mp4", "--jsonl", "a.jsonl", "--draw"], 2, "say where with --out"),
        (["clip.mp4", "--jsonl", "a.jsonl", "--filter", "mask"], 2, "say where with --out"),
        (["clip.mp4", "--out", "new.mp4", "--ratios"], 2, "--ratios are for tables"),
        (["clip.mp4", "--out", "new.gif"], 2, "new.gif: unknown ending for a video; known are .mp4, .m4v, .mov, .mkv"),
        (["clip.mp4", "--out", "./clip.mp4"], 2, "clip.mp4: the result would replace the video"),
        (["clip.mp4", "--out", "new.mp4", "--csv", "clip.mp4"], 2, "clip.mp4: the result would replace the video"),
        (["clip.mp4", "--csv", "a.txt", "--jsonl", "./a.txt"], 2, "two results cannot go to the same file"),
        (["clip.mp4", "--csv", "-", "--jsonl", "-"], 2, "only one table can go to stdout"),
        (["clip.mp4", "--parquet", "-"], 2, "parquet goes to a file"),
        (["clip.mp4", "--out", "nowhere/new.mp4"], 2, "nowhere does not exist"),
        (["clip.mp4", "--jsonl", "nowhere/a.jsonl"], 2, "nowhere does not exist"),
        (["clip.mp4", "--out", "new.mp4", "--filter", "hat"], 2, "unknown filter 'hat'"),
        (["clip.mp4", "--jsonl", "a.jsonl", "--detect-every", "0"], 2, "--detect-every"),
        (["", "--jsonl", "a.jsonl"], 2, "the source is empty"),
        ([], 2, "SOURCE"),
        (["nowhere.mp4", "--jsonl", "a.jsonl"], 1, "nowhere.mp4: there is no such file"),
        (["9876", "--jsonl", "a.jsonl"], 1, "camera 9876: it is not there"),
        (["text.mp4", "--jsonl", "a.jsonl"], 1, "text.mp4: this is no video"),
        (["sound.wav", "--jsonl", "a.jsonl"], 1, "sound.wav: there are no pictures in this file. It holds sound only"),
    ],
)
def test_wrong_use_and_bad_inputs(clip: Path, arguments: list[str], code: int, message: str) -> None:
    Path("text.mp4").write_text("no video")
    Path("sound.wav").write_bytes(
        b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0data\x08\0\0\0" + b"\x80" * 8
    )
    before = tree(Path())
    result = run("video", *arguments)
    assert result.exit_code == code
    assert message in " ".join(result.stderr.split())
    assert result.stdout == ""
    assert tree(Path()) == before


def test_another_name_of_the_source(clip: Path) -> None:
    clip.with_name("twin.mp4").hardlink_to(clip)  # stands for names that differ in case, on disks where that is nothing
    result = run("video", "clip.mp4", "--out", "twin.mp4")
    assert result.exit_code == 2
    assert "twin.mp4: the result would replace the video" in result.stderr


@pytest.mark.parametrize(
    ("options", "expected"), [([], 1.2), (["--seconds", "0.5"], 0.5), (["--seconds", "9"], 1.2)], ids=str
)
def test_the_progress_bar_ends_where_the_run_does(
    clip: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], expected: float
) -> None:
    lengths = []

    @contextmanager
    def no_progress(length: float, **options: object) -> Iterator[Callable[[int, float], None]]:
        lengths.append(length)
        yield lambda frames, seconds: None

    monkeypatch.setattr(sys.modules["facepoints.cli.video"], "frame_progress", no_progress)
    assert run("video", "clip.mp4", "--jsonl", "a.jsonl", *options).exit_code == 0
    assert lengths == pytest.approx([expected], abs=0.05)


def test_without_pyav(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("opening", "packets", "reader", "sound", "writer"):
        monkeypatch.delitem(sys.modules, f"facepoints.video.{module}", raising=False)
    monkeypatch.setitem(sys.modules, "av", None)
    result = run("video", "clip.mp4", "--jsonl", "a.jsonl")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "Error: reading and writing video files needs more packages. "
        "Install them with: pip install 'facepoints[video]'\n"
    )


def test_a_camera_needs_no_pyav_and_its_end_is_told(
    clip: Path, monkeypatch: pytest.MonkeyPatch, fake_camera: Callable[[str], None]
) -> None:
    fake_camera("clip.mp4")
    result = run("video", "0", "--jsonl", "a.jsonl")
    assert result.exit_code == 1
    assert result.stderr == "Error: camera 0: it gives no more frames; was it unplugged?\n"
    rows = [json.loads(line) for line in Path("a.jsonl").read_text().splitlines()]
    assert [row["frame"] for row in rows] == list(range(30))
    assert {row["image"] for row in rows} == {"camera 0"}
    assert run("video", "0", "--out", "new.mp4", "--quiet").exit_code == 1
    assert len(list(read("new.mp4"))) == 30


@pytest.fixture
def fake_camera(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes OpenCV read a file when it is asked for camera 0."""
    import cv2

    open_capture = cv2.VideoCapture

    def install(path: str) -> None:
        monkeypatch.setattr(cv2, "VideoCapture", lambda number: open_capture(path))

    return install
