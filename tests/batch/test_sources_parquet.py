"""Lists and pictures in Parquet files."""

from pathlib import Path
from typing import Any

import pytest

from facepoints.batch.pictures import read_pictures
from facepoints.batch.sources import content
from facepoints.batch.sources.entry import Entry, SourceOptions
from facepoints.errors import InputError
from tests.batch.material import NOTHING, entries_of, jpeg, names_and_numbers, pictures_of, webdataset, zip_of

pa = pytest.importorskip("pyarrow", reason="pyarrow comes with the extras [batch] and [video]")
pq = pytest.importorskip("pyarrow.parquet")

HUGGING_FACE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def write(path: Path, columns: dict[str, Any], rows_a_group: int | None = None) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=rows_a_group)
    return path


def test_a_column_of_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jpg").write_bytes(jpeg(1))
    zip_of(Path("more.zip"), webdataset(1))
    write(Path("list.parquet"), {"label": [1, 2, 3, 4, 5], "path": ["a.jpg", None, "gone.jpg", "more.zip", "a.jpg"]})
    assert names_and_numbers(pictures_of("list.parquet")) == [
        ("a.jpg", 1),
        ("list.parquet#1", "missing"),
        ("gone.jpg", "missing"),
        ("more.zip/000000.jpg", 0),
    ]


@pytest.mark.parametrize("rows_a_group", [2, 5, 100])
def test_bytes_with_names(tmp_path: Path, rows_a_group: int) -> None:
    names = [f"photo{number}" for number in range(20)]
    names[3], names[5] = "", names[4]  # no name, and one that is taken
    path = write(
        tmp_path / "a.parquet",
        {"name": names, "jpg": [jpeg(number) for number in range(20)], "caption": ["x"] * 20},
        rows_a_group,
    )
    expected = [(name, number) for number, name in enumerate(names)]
    expected[3], expected[5] = (f"{path}#3", 3), (f"{path}#5", 5)
    entries = entries_of(path)
    assert entries[7] == Entry("row", "photo7", str(path), index=7)
    assert names_and_numbers(read_pictures(entries, NOTHING)) == expected
    for part in (slice(3, 4), slice(4, 17), slice(19, 20), slice(0, 20, 7)):
        assert names_and_numbers(read_pictures(entries[part], NOTHING)) == expected[part]


def test_hugging_face_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MAX_BYTES", 5000)
    (tmp_path / "beside.jpg").write_bytes(jpeg(7))
    rows = [
        {"bytes": jpeg(1), "path": "one.jpg"},
        {"bytes": jpeg(2), "path": None},
        None,
        {"bytes": None, "path": str(tmp_path / "beside.jpg")},
        {"bytes": None, "path": None},
        {"bytes": b"GIF89a" + bytes(20), "path": "anim.gif"},
        {"bytes": jpeg(3) + bytes(6000), "path": "large.jpg"},
    ]
    path = write(tmp_path / "train.parquet", {"image": pa.array(rows, HUGGING_FACE), "label": list(range(7))}, 3)
    assert names_and_numbers(pictures_of(path)) == [
        ("one.jpg", 1),
        (f"{path}#1", 2),
        (f"{path}#2", "missing"),
        (str(tmp_path / "beside.jpg"), 7),
        (f"{path}#4", "missing"),
        ("anim.gif", "not_a_picture"),
        ("large.jpg", "too_large"),
    ]


@pytest.mark.parametrize(
    ("columns", "asked", "chosen"),
    [
        ({"whatever": pa.string()}, None, "places"),  # the only one that fits
        ({"id": pa.string(), "url": pa.string(), "caption": pa.string()}, None, "places"),  # a usual name
        ({"path": pa.string(), "bytes": pa.binary()}, None, "bytes"),  # the path is the name, then
        ({"image": pa.string(), "thing": pa.large_binary()}, None, "bytes"),
        ({"image": pa.dictionary(pa.int32(), pa.string())}, None, "places"),
        ({"image": pa.string(), "thumbnail": pa.binary()}, "image", "places"),
        ({"a": pa.string(), "b": pa.string()}, "b", "places"),
        ({"image": HUGGING_FACE}, None, "bytes"),
        ({"image": pa.struct([("bytes", pa.binary())])}, None, "bytes"),
    ],
)
def test_which_column(tmp_path: Path, columns: dict[str, Any], asked: str | None, chosen: str) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(jpeg(2))

    def value(kind: Any) -> Any:
        if pa.types.is_struct(kind):
            return {"bytes": jpeg(5)}
        return jpeg(5) if "binary" in str(kind) else str(photo)

    path = write(tmp_path / "a.parquet", {name: pa.array([value(kind)], kind) for name, kind in columns.items()})
    ((_, number),) = names_and_numbers(pictures_of(path, options=SourceOptions(column=asked)))
    assert number == {"places": 2, "bytes": 5}[chosen]


@pytest.mark.parametrize(
    ("columns", "asked", "message"),
    [
        ({"a": ["x"], "b": ["y"]}, None, r"which column .*--column.*a \(string\), b \(string\)"),
        ({"a": [b"x"], "b": [b"y"]}, None, "which column"),
        ({"label": [1]}, None, r"label \(int64\)"),
        ({"path": ["x"]}, "image", r"column 'image': there is no such column\. The columns are: path"),
        ({"path": ["x"], "label": [1]}, "label", "column 'label': it has neither text nor bytes"),
    ],
)
def test_nobody_can_tell_which_column(tmp_path: Path, columns: dict[str, Any], asked: str | None, message: str) -> None:
    path = write(tmp_path / "a.parquet", columns)
    with pytest.raises(InputError, match=rf"a\.parquet: .*{message}"):
        entries_of(path, options=SourceOptions(column=asked))


def test_lists_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"no Parquet")
    with pytest.raises(InputError, match=r"a\.parquet: this list cannot be read"):
        entries_of(path)
    with pytest.raises(InputError, match="this list has no rows"):
        entries_of(write(path, {"path": pa.array([], pa.string())}))


def test_damage_in_one_row_group_leaves_the_others(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"jpg": [jpeg(number) for number in range(6)]}, 2)
    entries = entries_of(path)
    start = pq.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    raw = bytearray(path.read_bytes())
    raw[start : start + 12] = b"\xff" * 12
    path.write_bytes(raw)
    found = names_and_numbers(read_pictures(entries, NOTHING))
    assert [number for _, number in found] == [0, 1, "damaged", "damaged", 4, 5]
    assert [name for name, _ in found] == [f"{path}#{row}" for row in range(6)]


def test_a_file_that_changes_or_goes_during_the_run(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"jpg": [jpeg(number) for number in range(4)]})
    entries = entries_of(path)
    write(path, {"jpg": [jpeg(0), jpeg(1)]})
    assert [number for _, number in names_and_numbers(read_pictures(entries, NOTHING))] == [0, 1, "missing", "missing"]
    path.unlink()
    assert {number for _, number in names_and_numbers(read_pictures(entries, NOTHING))} == {"missing"}
