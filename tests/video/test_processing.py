"""The loop over the frames of a video."""

from dataclasses import replace
from typing import Any

import numpy as np

from facepoints.arrays import Image
from facepoints.faces import Faces
from facepoints.formats import Details
from facepoints.video import Totals, process
from tests.random_faces import faces_of, mean_face

FRAMES = [(0.5 * number, np.full((8, 10, 3), number, dtype=np.uint8)) for number in range(6)]
IDS = [[1, 2], [], [], [2], [3, 2], [3]]


class ScriptedTracker:
    """Finds what the script says."""

    def update(self, image: Image, time: float) -> Faces:
        number = int(image[0, 0, 0])
        ids = np.array(IDS[number], dtype=np.int64)
        if not len(ids):
            return replace(Faces.empty(), track_ids=ids)
        return replace(faces_of(*(mean_face((5.0 * track, 4.0), 3.0) for track in ids)), track_ids=ids)


class Recorder:
    """A table or a video: keeps what it gets."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []

    def write(self, *row: Any) -> None:
        self.rows.append(row)

    def close(self) -> None:
        pass


def test_every_frame_goes_to_all() -> None:
    table, video = Recorder(), Recorder()

    def edit(image: Image, faces: Faces) -> Image:
        return image + np.uint8(100 * len(faces))

    def describe(faces: Faces, size: tuple[int, int], time: float) -> list[dict[str, Any]]:
        return [{"size": size, "time": time}] * len(faces)

    totals = process(FRAMES, ScriptedTracker(), tables=[table], video=video, edit=edit, describe=describe)
    assert totals == Totals(frames=6, with_faces=4, faces=6, track_ids={1, 2, 3}, time=2.5)
    assert [(number, time, len(faces)) for number, time, faces, _ in table.rows] == [
        (0, 0.0, 2), (1, 0.5, 0), (2, 1.0, 0), (3, 1.5, 1), (4, 2.0, 2), (5, 2.5, 1)
    ]  # fmt: skip
    details: list[Details] = [row[3] for row in table.rows]
    assert details[4] == [{"size": (10, 8), "time": 2.0}] * 2
    assert [(time, int(image[0, 0, 0])) for time, image in video.rows] == [
        (0.0, 200), (0.5, 1), (1.0, 2), (1.5, 103), (2.0, 204), (2.5, 105)
    ]  # fmt: skip


def test_without_edits_the_frames_go_on_as_they_are() -> None:
    video = Recorder()
    process(FRAMES, ScriptedTracker(), video=video)
    assert [image is frame for (_, image), (_, frame) in zip(video.rows, FRAMES, strict=True)] == [True] * 6


def test_stops_after_the_frame_on_which_it_is_told_to() -> None:
    table = Recorder()
    totals = process(FRAMES, ScriptedTracker(), tables=[table], stop=lambda totals: totals.time >= 1.0)
    assert (totals.frames, len(table.rows)) == (3, 3)
