"""Frames of real clips: every one, every so many-th, and key frames."""

from pathlib import Path

import pytest

from facepoints.batch.pictures import Picture
from facepoints.batch.sources.entry import Entry, SourceOptions
from facepoints.errors import InputError
from tests.batch.material import entries_of, jpeg, pictures_of
from tests.video.clips import av, make_clip, steady

KEYS = SourceOptions(frames="key")


def every(step: int) -> SourceOptions:
    return SourceOptions(frames=step)


def frames_of(pictures: list[Picture]) -> list[tuple[int | None, float | None]]:
    assert all(picture.problem is None and picture.image is not None for picture in pictures)
    return [(picture.frame, picture.time) for picture in pictures]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """50 frames, a key frame every 10 at least."""
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", steady(50))


@pytest.mark.parametrize(("step", "count"), [(1, 50), (7, 8), (50, 1), (99, 1)])
def test_every_so_many_th_frame(clip: Path, step: int, count: int) -> None:
    (entry,) = entries_of(clip, options=every(step))
    assert entry == Entry("video", str(clip), str(clip), size=clip.stat().st_size, pictures=count)
    pictures = pictures_of(clip, options=every(step))
    assert frames_of(pictures) == [(number, number / 25) for number in range(0, 50, step)]
    assert {picture.name for picture in pictures} == {str(clip)}
    assert {picture.image.shape for picture in pictures if picture.image is not None} == {(48, 64, 3)}


def test_key_frames(clip: Path) -> None:
    assert entries_of(clip, options=KEYS)[0].pictures is None
    with av.open(str(clip)) as container:
        keys = [number for number, frame in enumerate(container.decode(video=0)) if frame.key_frame]
    assert len(keys) >= 5
    assert frames_of(pictures_of(clip, options=KEYS)) == [(number, number / 25) for number in keys]


def test_frames_are_those_of_the_whole_video(clip: Path) -> None:
    whole = pictures_of(clip, options=every(1))
    for options in (every(7), KEYS):
        for picture in pictures_of(clip, options=options):
            assert picture.frame is not None
            assert picture.image is not None
            assert (picture.image == whole[picture.frame].image).all()


def test_videos_in_folders(tmp_path: Path, clip: Path) -> None:
    (tmp_path / "b.mp4").write_bytes(clip.read_bytes())
    (tmp_path / "a.jpg").write_bytes(jpeg(1))
    assert [entry.kind for entry in entries_of(tmp_path)] == ["file"]  # unless frames are asked for
    assert [entry.kind for entry in entries_of(tmp_path, options=KEYS)] == ["file", "video"]
    (tmp_path / "list.txt").write_text(f"{tmp_path}/b.mp4\n")
    assert [entry.kind for entry in entries_of(tmp_path / "list.txt", options=KEYS)] == ["video"]
    with pytest.raises(InputError, match="this list has no rows"):
        entries_of(tmp_path / "list.txt")


@pytest.mark.parametrize("options", [every(1), KEYS])
def test_videos_that_cannot_be_read(tmp_path: Path, clip: Path, options: SourceOptions) -> None:
    (tmp_path / "text.mp4").write_bytes(b"Dear diary, today I made a film. " * 10)
    (tmp_path / "photo.mp4").write_bytes(jpeg(3))
    (tmp_path / "cut.mp4").write_bytes(clip.read_bytes()[:2000])
    names = ["text.mp4", "photo.mp4", "cut.mp4", "gone.mp4"]
    pictures = pictures_of(*(tmp_path / name for name in names), options=options)
    assert [Path(picture.name).name for picture in pictures] == names
    problems = [picture.problem for picture in pictures if picture.problem]
    assert [problem.kind for problem in problems] == ["not_a_picture", "not_a_picture", "damaged", "missing"]
    assert not any(str(tmp_path) in problem.reason for problem in problems)


@pytest.mark.parametrize("options", [every(1), every(3), KEYS])
def test_what_a_damaged_video_still_has_and_its_problem(tmp_path: Path, options: SourceOptions) -> None:
    path = make_clip(tmp_path / "clip.mp4", steady(50), options={"movflags": "+faststart"})
    path.write_bytes(path.read_bytes()[:-6000])
    *frames, last = pictures_of(path, options=options)
    assert len(frames) >= 2
    assert [picture.frame for picture in frames] == sorted({picture.frame or 0 for picture in frames})
    assert (last.frame, last.image) == (None, None)
    assert last.problem is not None
    assert last.problem.kind == "damaged"
    assert "cut short" in last.problem.reason
