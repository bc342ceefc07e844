from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from facepoints.batch.parts import find_parts, read_batches, read_rows
from facepoints.errors import InputError
from tests.batch.tables import Row, faces_at, write_part


def test_parts_come_by_their_numbers(tmp_path: Path) -> None:
    for number in (100_000, 2, 99_999):
        write_part(tmp_path, number, [Row("a.jpg", faces_at(1))])
    (tmp_path / "images" / "notes.txt").write_text("of someone's own")
    assert [part.images.stem for part in find_parts(tmp_path)] == ["part-00002", "part-99999", "part-100000"]
    assert [part.faces.stem for part in find_parts(tmp_path)] == ["part-00002", "part-99999", "part-100000"]


def test_single_rows_of_several_row_groups(tmp_path: Path) -> None:
    table = pa.table({"image": [f"{number}.jpg" for number in range(11)], "faces": [1] * 11})
    pq.write_table(table, tmp_path / "table.parquet", row_group_size=4)
    rows = read_rows(tmp_path / "table.parquet", [10, 0, 5, 4], ["image", "faces"])
    assert rows == [{"image": f"{number}.jpg", "faces": 1} for number in (0, 4, 5, 10)]


def test_what_is_not_the_folder_of_a_collection_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no results of facepoints batch"):
        find_parts(tmp_path)
    write_part(tmp_path, 0, [Row("a.jpg", faces_at(1))])
    (tmp_path / "faces" / "part-00000.parquet").unlink()
    with pytest.raises(
        InputError, match=r"faces.part-00000\.parquet is missing. If .* delete images/part-00000\.parquet and faces/"
    ):
        find_parts(tmp_path)


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    write_part(tmp_path, 0, [Row("a.jpg", faces_at(1))])
    path = tmp_path / "images" / "part-00000.parquet"
    with pytest.raises(InputError, match=r"part-00000\.parquet: is no table of facepoints batch.* no column age"):
        next(read_batches(path, ["image", "age"]))
    assert next(read_batches(path, ["image"], ["age"])).schema.names == ["image"]
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"part-00000\.parquet: cannot be read .*If .* delete images/part-00000"):
        next(read_batches(path, ["image"]))
