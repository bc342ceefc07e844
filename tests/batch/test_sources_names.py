"""What names tell."""

import pytest

from facepoints.batch.sources.names import is_bucket_pattern, is_picture_member, is_url, kind_of, shown_member


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("a.jpg", "picture"),
        ("photos.zip/a.b.TIFF", "picture"),
        ("C:\\photos\\a.JPG", "picture"),
        ("clip.mov", "video"),
        ("a.zip", "zip"),
        ("shard-00.tar", "tar"),
        ("x.tar.gz", "packed tar"),
        ("x.v2.TGZ", "packed tar"),
        ("x.tar.xz", "packed tar"),
        ("x.gz", None),
        ("a.txt", "text"),
        ("a.parquet", "parquet"),
        ("jpg", None),
        (".jpg", None),
        ("photos.zip/readme", None),
        ("https://host/a.jpg?width=9&format=.zip#top", "picture"),
        ("https://host/image?name=a.jpg", None),
        ("s3://bucket/odd?name#.jpg", "picture"),
    ],
)
def test_kind_of(source: str, kind: str | None) -> None:
    assert kind_of(source) == kind


@pytest.mark.parametrize(
    ("member", "wanted"),
    [
        ("a.jpg", True),
        ("./a.jpg", True),
        ("x/../a.jpg", True),
        ("__MACOSX/._a.jpg", False),
        (".thumbs/a.jpg", False),
        ("a.json", False),
        ("clip.mp4", False),
    ],
)
def test_members_of_archives(member: str, wanted: bool) -> None:
    assert is_picture_member(member) == wanted


def test_addresses_and_patterns() -> None:
    assert [is_url(source) for source in ("https://a/b", "s3://a", "a/b", "C://photos", "a://b")] == [
        True, True, False, False, False
    ]  # fmt: skip
    patterns = ("s3://b/x/", "S3://b/*.jpg", "s3://b", "s3://b/x.jpg", "https://h/*.jpg", "photos/*")
    assert [is_bucket_pattern(source) for source in patterns] == [True, True, True, False, False, False]
    assert shown_member("a.tar", "./b/../1.jpg") == "a.tar/1.jpg"
