"""What is shown and recorded of frames with the astronaut, by the shipped finder."""

from pathlib import Path

import numpy as np
import pytest

from facepoints import FaceFinder, filters
from facepoints.arrays import Image
from facepoints.faces import Faces
from facepoints.video import FaceTracker, read
from facepoints.video.webcam import Controls, Recorder, Recording, Show, Status, run, switches_for
from tests.video.webcam.astronaut import Frames, mirrored


class Told:
    """A recorder into a folder, and what it says."""

    def __init__(self, folder: Path) -> None:
        self.saved: list[Recording] = []
        self.problems: list[str] = []
        self.recorder = Recorder(folder, on_saved=self.saved.append, on_problem=self.problems.append)


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path / "recordings")


def show_of(finder: FaceFinder, told: Told, *on: str, own: dict[str, filters.Filter] | None = None) -> Show:
    switches = switches_for([(name, one.name) for name, one in (own or {}).items()])
    return Show(FaceTracker(finder), Controls(switches, on), told.recorder, own)


def changed(first: Image, second: Image) -> float:
    """Share of the pixels that differ clearly."""
    return float((np.abs(first.astype(int) - second).max(axis=2) > 24).mean())


class FixedTracker:
    """Finds what it was made with; remembers how it was used."""

    def __init__(self, faces: Faces) -> None:
        self.smooth = False
        self.resets = 0
        self.images: list[Image] = []
        self._faces = faces

    def update(self, image: Image, time: float) -> Faces:
        self.images.append(image)
        return self._faces

    def reset(self) -> None:
        self.resets += 1


def test_mirrored_or_not_but_never_what_is_drawn(finder: FaceFinder, told: Told, frame: Image) -> None:
    turned = np.ascontiguousarray(frame[:, ::-1])
    tracker = FixedTracker(faces := finder.find(turned))
    show = Show(tracker, Controls(switches_for([])), told.recorder)
    assert np.array_equal(show.picture(0.0, frame), frame)
    show.controls.set("mirror", True)
    assert np.array_equal(show.picture(0.02, frame), turned)
    show.controls.set("sunglasses", True)  # with one arm, and shading from one side
    assert np.array_equal(show.picture(0.04, frame), filters.load("sunglasses").apply(turned, faces))
    assert np.array_equal(np.stack(tracker.images), np.stack([frame, turned, turned]))
    assert tracker.resets == 2  # nobody is where they were when left and right change


def test_smoothing_is_switched(told: Told, frame: Image) -> None:
    show = Show(tracker := FixedTracker(Faces.empty()), Controls(switches_for([])), told.recorder)
    for on in (True, False):
        show.controls.set("smoothing", on)
        show.picture(0.0, frame)
        assert tracker.smooth is on


@pytest.mark.parametrize("name", ["points", "pose", *filters.NAMES])
def test_every_switch_changes_the_face_alone(finder: FaceFinder, told: Told, frame: Image, name: str) -> None:
    show = show_of(finder, told, name)
    picture = show.picture(0.0, frame)
    assert 0.001 < changed(picture, frame) < 0.25
    assert not mirrored(picture)
    show.controls.set(name, False)
    assert np.array_equal(show.picture(0.02, frame), frame)


def test_switches_combine(finder: FaceFinder, told: Told, frame: Image) -> None:
    shown = {on: show_of(finder, told, *on).picture(0.0, frame) for on in [("mask",), ("straw-hat",), ("points",)]}
    every = show_of(finder, told, "mask", "straw-hat", "points").picture(0.0, frame)
    assert changed(every, frame) > max(changed(one, frame) for one in shown.values())


def test_a_filter_of_ones_own(finder: FaceFinder, told: Told, frame: Image) -> None:
    own = {"own-1": filters.load("cover")}
    show = show_of(finder, told, own=own)
    assert np.array_equal(show.picture(0.0, frame), frame)
    show.controls.press_key("1")
    assert changed(show.picture(0.02, frame), frame) > 0.01


def test_a_recording(finder: FaceFinder, told: Told, frame: Image, tmp_path: Path) -> None:
    pytest.importorskip("av", reason="PyAV comes with the extra [video]")
    show = show_of(finder, told, "mirror")
    show.picture(0.0, frame)
    show.controls.set("recording", True)
    for time in (3.0, 3.04, 3.2):
        show.picture(time, frame)
    recording = show.status.recording
    assert recording is not None
    assert (recording.path.parent, recording.seconds) == (tmp_path / "recordings", pytest.approx(0.2))
    assert not recording.path.exists()  # not before it is complete
    show.controls.set("recording", False)
    show.idle()
    assert (show.status.recording, show.status.saved, told.saved) == (None, recording, [recording])
    frames = list(read(recording.path))
    assert [time for time, _ in frames] == pytest.approx([0.0, 0.04, 0.2])
    assert all(mirrored(image) for _, image in frames)
    # Another one has another name, though it begins within the same second.
    show.controls.set("recording", True)
    show.picture(4.0, frame)
    show.finish()
    assert len({saved.path for saved in told.saved}) == 2
    assert sorted((tmp_path / "recordings").iterdir()) == sorted(saved.path for saved in told.saved)


def test_a_recording_that_cannot_be_written_ends_nothing_else(finder: FaceFinder, frame: Image, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = Told(tmp_path / "file")
    show = show_of(finder, told, "recording")
    assert np.array_equal(show.picture(0.0, frame), frame)
    assert show.controls.on == frozenset()
    assert show.status.problem is not None
    assert show.status.problem.startswith("The recording failed: ")
    assert (told.problems, told.saved) == ([show.status.problem], [])


def test_a_failure_is_remembered_when_a_later_recording_goes_well(frame: Image, tmp_path: Path) -> None:
    pytest.importorskip("av", reason="PyAV comes with the extra [video]")
    (tmp_path / "folder").touch()
    recorder = Recorder(tmp_path / "folder")
    assert not recorder.write(0.0, frame)
    (tmp_path / "folder").unlink()
    assert recorder.write(1.0, frame)
    recorder.finish()
    assert recorder.saved is not None
    assert (recorder.problem, recorder.failures) == (None, 1)


class Once:
    """A display that presses switches, one at each new picture."""

    def __init__(self, show: Show, *presses: str) -> None:
        self.pictures: list[Image] = []
        self._controls, self._presses = show.controls, list(presses)

    def show(self, picture: Image | None, status: Status) -> None:
        if picture is not None:
            self.pictures.append(picture)
            if self._presses:
                self._controls.press_key(self._presses.pop(0))


def test_the_loop_until_somebody_quits(finder: FaceFinder, told: Told, frame: Image) -> None:
    pytest.importorskip("av", reason="PyAV comes with the extra [video]")
    show = show_of(finder, told, "recording")
    display = Once(show, "i", "c", "q")
    source = Frames(frame)
    run(source, show, display)
    assert [mirrored(picture) for picture in display.pictures] == [False, True, True]
    assert changed(display.pictures[1], display.pictures[2]) > 0.01
    assert source.closed
    (saved,) = told.saved  # complete although nobody has stopped it
    assert len(list(read(saved.path))) == 3


def test_the_loop_until_the_source_ends_or_ctrl_c(finder: FaceFinder, told: Told, frame: Image) -> None:
    source = Frames(frame, count=4, problem="it gives no more frames; was it unplugged?")
    show = show_of(finder, told)
    display = Once(show)
    run(source, show, display)
    assert 1 <= len(display.pictures) <= 4
    assert source.problem is not None
    run(Frames(frame), show, display := Once(show), stopped=lambda: len(display.pictures) == 2)
    assert len(display.pictures) == 2


def test_the_rate_is_that_of_the_last_second(
    finder: FaceFinder, told: Told, frame: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter([*(number / 10 for number in range(30)), 2.95])
    monkeypatch.setattr("facepoints.video.webcam.show.clock.perf_counter", lambda: next(now))
    show = show_of(finder, told)
    for number in range(30):
        show.picture(number / 10, frame)
    assert show.status.rate == pytest.approx(10)
    show.idle()
    assert show.status.rate == pytest.approx(10)
