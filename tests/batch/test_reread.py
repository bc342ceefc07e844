from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="pyarrow comes with the extra [batch]")

from facepoints.batch.folder import ResultFolder
from facepoints.batch.plan import cut, write_plan
from facepoints.batch.reread import SampleReader
from facepoints.batch.samples import Sample
from facepoints.faces import Faces
from tests.batch.material import NOTHING, SIZE, entries_of, jpeg, tar_of, write_pictures


def sample(image: str, place: tuple[int, int]) -> Sample:
    return Sample("without", image, None, None, (SIZE, SIZE), Faces.empty(), None, place)


def test_every_sample_is_found_again(tmp_path: Path) -> None:
    write_pictures(tmp_path, [f"{number}.jpg" for number in range(6)])
    # A name twice, as tar files allow; and a member that is no picture has a row, too.
    stream = tmp_path / "a.tar.gz"
    tar_of(stream, {"7.jpg": jpeg(7), "x.jpg": b"no picture", "8.jpg": jpeg(8), "9.jpg": jpeg(9)}, "w:gz")
    folder = ResultFolder(tmp_path / "out")
    entries = entries_of(*(tmp_path / f"{number}.jpg" for number in range(6)), stream)
    write_plan(cut(entries, 1, 4), folder.plan)
    # The parts: 4 files; the archive; 2 files.
    places = [(0, 0), (0, 3), (1, 0), (1, 2), (1, 3), (2, 1)]
    numbers = [0, 3, 7, 8, 9, 5]
    samples = [sample(f"name {number}", place) for number, place in zip(numbers, places, strict=True)]
    read = SampleReader(folder, samples, NOTHING)

    def number_of(name: str) -> int | None:
        image = read(name, None)
        return None if image is None else round(float(image.mean()) / 10)

    assert [number_of(each.image) for each in samples] == numbers
    assert [number_of(each.image) for each in reversed(samples)] == numbers[::-1], "in any order"
    (tmp_path / "3.jpg").unlink()
    stream.write_bytes(stream.read_bytes()[:60])
    assert [number_of(each.image) for each in samples] == [0, None, None, None, None, 5]


def test_two_pictures_of_one_name_in_an_archive(tmp_path: Path) -> None:
    stream = tar_of(tmp_path / "a.tar.gz", {"1.jpg": jpeg(1), "2.jpg": jpeg(2), "3.jpg": jpeg(3)}, "w:gz")
    folder = ResultFolder(tmp_path / "out")
    write_plan(cut(entries_of(stream), 1), folder.plan)
    samples = [sample("same", (0, 0)), sample("other", (0, 1)), sample("same", (0, 2))]
    read = SampleReader(folder, samples, NOTHING)
    images = [read(each.image, None) for each in samples]
    assert all(image is not None and image.shape == (SIZE, SIZE, 3) for image in images)
