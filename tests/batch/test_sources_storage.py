"""Pictures and archives on object storage: moto, a server that speaks S3, on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from facepoints.batch.pictures import read_pictures
from facepoints.batch.sources.entry import SourceOptions
from facepoints.errors import InputError
from tests.batch.material import (
    NOTHING,
    entries_of,
    jpeg,
    names_and_numbers,
    pictures_of,
    tar_of,
    webdataset,
    zip_of,
)
from tests.batch.servers import Storage, storage_server

pytest.importorskip("daft", reason="Daft comes with the extra [batch]")
pytestmark = pytest.mark.usefixtures("own_network")


@pytest.fixture(scope="module")
def server() -> Iterator[Storage]:
    pytest.importorskip("moto.server", reason="moto comes with the extra [dev]")
    with storage_server() as storage:
        storage.put("faces")
        for number in range(9):
            storage.put("faces", f"photos/{'abc'[number % 3]}/{number}.jpg", jpeg(number))
        storage.put("faces", "photos/a/odd name?#.jpg", jpeg(10))
        storage.put("faces", "photos/a/.hidden.jpg", jpeg(11))
        storage.put("faces", "photos/empty.png", b"")
        storage.put("faces", "photos/readme.txt", b"no list of pictures")
        storage.put("public", x_amz_acl="public-read")
        storage.put("public", "a.jpg", jpeg(12), x_amz_acl="public-read")
        yield storage


@pytest.fixture
def storage(server: Storage, monkeypatch: pytest.MonkeyPatch) -> Storage:
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return server


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("s3://faces/photos/a/", ["a/0.jpg", "a/3.jpg", "a/6.jpg", "a/odd name?#.jpg"]),
        ("s3://faces/photos/*/[12].jpg", ["b/1.jpg", "c/2.jpg"]),
        ("s3://faces/photos/**/*.jpg", ["a/0.jpg", "a/3.jpg", "a/6.jpg", "a/odd name?#.jpg", "b/1.jpg", "b/4.jpg",
                                        "b/7.jpg", "c/2.jpg", "c/5.jpg", "c/8.jpg"]),
    ],
)  # fmt: skip
def test_prefixes_and_globs(storage: Storage, pattern: str, expected: list[str]) -> None:
    entries = entries_of(pattern)
    assert [entry.name for entry in entries] == [f"s3://faces/photos/{name}" for name in expected]
    assert {entry.size for entry in entries} <= {len(jpeg(number)) for number in range(12)}
    numbers = [number for _, number in names_and_numbers(read_pictures(entries, NOTHING))]
    assert numbers == [10 if "odd" in name else int(name[2]) for name in expected]


def test_single_objects_and_problems(storage: Storage) -> None:
    names = ["photos/a/0.jpg", "photos/empty.png", "photos/gone.jpg", "nothing/gone.jpg"]
    sources = [f"s3://faces/{name}" for name in names] + ["s3://no-such-bucket/a.jpg"]
    assert names_and_numbers(pictures_of(*sources)) == list(
        zip(sources, [0, "damaged", "missing", "missing", "missing"], strict=True)
    )


def test_a_whole_bucket(storage: Storage) -> None:
    assert [entry.name for entry in entries_of("s3://public")] == ["s3://public/a.jpg"]


def test_archives_and_videos(storage: Storage, tmp_path: Path) -> None:
    from tests.video.clips import make_clip, steady

    storage.put("faces", "packed/a.zip", zip_of(tmp_path / "a.zip", webdataset(3)).read_bytes())
    storage.put("faces", "packed/b.tar", tar_of(tmp_path / "b.tar", webdataset(3)).read_bytes())
    storage.put("faces", "packed/c.mp4", make_clip(tmp_path / "c.mp4", steady(9)).read_bytes())
    pictures = pictures_of("s3://faces/packed/", options=SourceOptions(frames=4))
    assert all(picture.problem is None for picture in pictures)
    assert [picture.name for picture in pictures] == [
        *(f"s3://faces/packed/{name}/{number:06}.jpg" for name in ("a.zip", "b.tar") for number in range(3)),
        *["s3://faces/packed/c.mp4"] * 3,
    ]
    assert [picture.frame for picture in pictures[-3:]] == [0, 4, 8]


@pytest.mark.parametrize("source", ["s3://faces/nothing/", "s3://faces/photos/*.webp", "s3://no-such-bucket/**"])
def test_nothing_there_stops(storage: Storage, source: str) -> None:
    with pytest.raises(InputError, match=r"nothing there matches.*Check the name of the bucket"):
        entries_of(source)


def test_without_credentials_what_is_public_can_be_read(
    server: Storage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    assert names_and_numbers(pictures_of("s3://public/a.jpg")) == [("s3://public/a.jpg", 12)]


def test_no_storage_stops_a_listing_and_gives_a_row_for_an_object(nobody: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{nobody}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with pytest.raises(InputError, match=r"it cannot be listed: it cannot be got over the network.*refused"):
        entries_of("s3://faces/photos/")
    assert names_and_numbers(pictures_of("s3://faces/a.jpg")) == [("s3://faces/a.jpg", "unreachable")]
