"""No face is seen: people come in, are lost and come back, and the places that must be hidden are known each time."""

from collections.abc import Iterator

import numpy as np
import pytest

from facepoints import FaceFinder, Faces
from facepoints.arrays import Image
from facepoints.errors import InputError
from facepoints.video import FaceHider, FaceTracker, process
from facepoints.video.hiding import HiddenFrame
from tests.video.people import HEAD, HEIGHT, RATE, WIDTH, background, other_person, person, timed, with_head

FIRST, LAST, COVERED = 10, 34, range(22, 26)
"""Frames in which the newcomer is there, between others, and in which a board hides the face."""


def clip(scene: Image) -> Iterator[Image]:
    """Somebody is there all the time; somebody else comes in at a walking pace, half outside the picture at first."""
    for frame in range(40):
        picture = with_head(scene, person(), 20, 80)
        if FIRST <= frame <= LAST:
            picture = with_head(picture, other_person(), *_place(frame))
        if frame in COVERED:
            picture[60:240, 200:] = 90
        yield picture


def _place(frame: int) -> tuple[float, float]:
    return WIDTH - 40 - 8.0 * (frame - FIRST), 80.0


def face_centre(frame: int) -> np.ndarray:
    left, top = _place(frame)
    return np.array([left + 0.47 * HEAD, top + 0.47 * HEAD])


def uncovered(frames: list[HiddenFrame]) -> list[int]:
    """The frames in which the middle of the newcomer's face lies in no box, as far as it lies in the picture."""
    seen = []
    for number in range(FIRST, LAST + 1):
        centre = face_centre(number)
        boxes = np.concatenate([frames[number].boxes, frames[number].faces.boxes])
        inside = ((boxes[:, :2] < centre) & (centre < boxes[:, 2:])).all(axis=1)
        if centre[0] < WIDTH - 10 and not inside.any():
            seen.append(number)
    return seen


def hidden(finder: FaceFinder, look_ahead: int) -> list[HiddenFrame]:
    tracker, hider = FaceTracker(finder), FaceHider(finder, look_ahead=look_ahead)
    frames = [
        shown
        for image, time in timed(clip(background()))
        for shown in hider.add(time, image, tracker.update(image, time))
    ]
    return [*frames, *hider.finish()]


@pytest.mark.parametrize("look_ahead", [0, 15])
def test_a_newcomer_is_hidden(finder: FaceFinder, look_ahead: int) -> None:
    frames = hidden(finder, look_ahead)
    assert [frame.time for frame in frames] == [number / RATE for number in range(40)]
    late = uncovered(frames)
    # Live, who comes in is hidden when the detector can know the face; held back, the frames before are hidden, too.
    assert all(number < FIRST + 8 for number in late) if look_ahead == 0 else late == []
    tracked = [HiddenFrame(frame.time, frame.image, frame.faces, np.empty((0, 4))) for frame in frames]
    assert len(uncovered(tracked)) > 4  # what the tracker alone would show


def test_a_new_beginning_gives_what_was_held_back(finder: FaceFinder) -> None:
    hider, image = FaceHider(finder, look_ahead=3), background()
    assert [list(hider.add(time, image, Faces.empty())) for time in (0.0, 1.0)] == [[], []]
    assert [frame.time for frame in hider.add(0.0, image, Faces.empty())] == [0.0, 1.0]
    assert [frame.time for frame in hider.finish()] == [0.0]


def test_the_loop_hides_before_it_edits(finder: FaceFinder) -> None:
    frames = [(time, image) for image, time in timed(clip(background()))][:24]
    written: list[tuple[float, Image]] = []

    class Sink:
        def write(self, time: float, image: Image) -> None:
            written.append((time, image))

    def hide(image: Image, boxes: np.ndarray) -> Image:
        result = image.copy()
        for x1, y1, x2, y2 in boxes.round().astype(int).clip(0, (WIDTH, HEIGHT, WIDTH, HEIGHT)):
            result[y1:y2, x1:x2] = 0
        return result

    edited: list[bool] = []

    def edit(image: Image, faces: Faces) -> Image:
        edited.append(bool((image == 0).all(axis=2).mean() > 0.01))
        return image

    process(frames, FaceTracker(finder), video=Sink(), edit=edit, hide=(FaceHider(finder), hide))
    assert [time for time, _ in written] == [time for time, _ in frames]
    assert edited[FIRST + 4]
    assert written[FIRST + 4][1].shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize("look_ahead", [-1, 0.5, True, "3"])
def test_wrong_use(finder: FaceFinder, look_ahead: object) -> None:
    with pytest.raises(InputError, match="look_ahead must be a whole number of frames from 0"):
        FaceHider(finder, look_ahead=look_ahead)  # type: ignore[arg-type]
