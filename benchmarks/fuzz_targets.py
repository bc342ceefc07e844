"""What :mod:`fuzz` feeds: for each reader, good files to begin with, and how it reads what became of them."""

from __future__ import annotations

import asyncio
import io
import os
import random
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from fuzz_networks import (
    checkpoint_seeds,
    damaged_checkpoint,
    damaged_network,
    read_checkpoint_file,
    read_detector,
    read_keypoint_network,
    weights_seeds,
)
from fuzz_videos import read_clip, video_seeds

from facepoints import filters, formats, images
from facepoints.arrays import Image
from facepoints.batch.entries import find_entries
from facepoints.batch.pictures import read_pictures
from facepoints.batch.sources.entry import SourceOptions
from facepoints.datasets import LabelledFace, dlib_xml, pts_folder, wider, ytf
from facepoints.errors import FacepointsError
from facepoints.faces import Faces
from facepoints.filters.definition import FILE_NAME
from facepoints.geometry import tight_boxes
from facepoints.scheme import MEAN_FACE, POINT_COUNT

__all__ = ["TARGETS", "Target"]

_ART = Path(filters.__file__).parent / "art"
_SIDE = 64


@dataclass(frozen=True)
class Target:
    """One reader.

    Attributes:
        name: in the table.
        seeds: makes good files, in an empty folder; returns their contents.
        read: reads changed content, in an empty folder of its own; may raise ``FacepointsError``, and nothing else.
        text: whether the files are text.
        share: of the inputs, relative to the others.
        damage: how good files are changed; None for :func:`fuzz_mutations.mutated`.
    """

    name: str
    seeds: Callable[[Path], Sequence[bytes]]
    read: Callable[[bytes, Path], None]
    text: bool = False
    share: float = 1.0
    damage: Callable[[random.Random, Sequence[bytes]], bytes] | None = None


# Pictures


def picture() -> Image:
    rows, columns = np.mgrid[:_SIDE, :_SIDE].astype(np.uint8)
    return np.dstack([rows * 3, columns * 3, rows ^ columns])


def _picture_seeds(_: Path) -> list[bytes]:
    rgb = cv2.cvtColor(picture(), cv2.COLOR_RGB2BGR)
    alpha = np.dstack([rgb, rgb[..., 0]])
    kinds: list[tuple[str, np.ndarray, list[int]]] = [
        (".jpg", rgb, []),
        (".jpg", rgb, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_RST_INTERVAL, 4]),
        (".jpg", rgb[..., 0], []),
        (".png", rgb, []),
        (".png", alpha, []),
        (".png", rgb[..., 0].astype(np.uint16) * 257, []),
        (".png", rgb[..., 0] // 128 * 255, [cv2.IMWRITE_PNG_BILEVEL, 1]),
        (".webp", rgb, [cv2.IMWRITE_WEBP_QUALITY, 80]),
        (".webp", alpha, [cv2.IMWRITE_WEBP_QUALITY, 101]),
        (".bmp", rgb, []),
        (".bmp", alpha, []),
        *(
            (".tiff", pixels, [cv2.IMWRITE_TIFF_COMPRESSION, code])
            for code in (1, 5, 8, 32773)
            for pixels in (rgb, alpha)
        ),
        (".tiff", rgb.astype(np.uint16) * 257, []),
    ]
    files = [cv2.imencode(suffix, pixels, options)[1].tobytes() for suffix, pixels, options in kinds]
    exif = b"Exif\0\0" + b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    turned = files[0][:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + files[0][2:]
    return [*files, turned, _big_tiff(), *_real_pictures()]


def _big_tiff() -> bytes:
    """The 64-bit variant of TIFF, which OpenCV does not write: 8 x 8 grey pixels."""
    values = {256: 8, 257: 8, 258: 8, 259: 1, 262: 1, 273: 16 + 8 + 20 * 9 + 8, 277: 1, 278: 8, 279: 64}
    entries = b"".join(
        tag.to_bytes(2, "little") + b"\x04\0" + (1).to_bytes(8, "little") + value.to_bytes(8, "little")
        for tag, value in values.items()
    )
    head = b"II+\0\x08\0\0\0" + (16).to_bytes(8, "little") + len(values).to_bytes(8, "little")
    return head + entries + bytes(8) + bytes(range(64))


def _real_pictures() -> list[bytes]:
    """Some small photos of the data folder, where there is one."""
    root = os.environ.get("FACEPOINTS_DATA")
    if not root:
        return []
    wanted = (path for path in sorted(Path(root, "300w").rglob("*")) if path.suffix.lower() in images.SUFFIXES)
    small = (path for path in wanted if path.stat().st_size < 60_000)
    return [path.read_bytes() for _, path in zip(range(8), small, strict=False)]


def _read_picture(data: bytes, _: Path) -> None:
    images.read(data)


# Files of results


def faces() -> Faces:
    points = np.stack([MEAN_FACE * 12 + (30, 20), MEAN_FACE * 9 + (60, 40)]).astype(np.float32)
    return Faces(tight_boxes(points), [0.9, 0.8], points, np.full((2, POINT_COUNT), 0.7), np.array([3, 4]))


def _result_seeds(name: str, folder: Path) -> list[bytes]:
    seeds = []
    for details in (None, [{"pose": {"yaw": 3.0, "pitch": 1.5}}, {}]):
        path = folder / f"seed-{len(seeds)}"
        columns = formats.detail_columns(details[0]) if details else ()
        with formats.open_writer(name, path, details=columns) as writer:
            writer.write("a.jpg", 640, 480, faces(), details)
            writer.write("b.jpg", 640, 480, Faces.empty(), [] if details else None)
            writer.write("c.mp4", 640, 480, faces()[:1], details[:1] if details else None, frame=3, time=0.12)
        seeds.append(path.read_bytes())
    return seeds


def _pts_seeds(folder: Path) -> list[bytes]:
    formats.write_pts(folder / "a.pts", faces().keypoints[0])
    return [(folder / "a.pts").read_bytes()]


def _parquet_seeds(folder: Path) -> list[bytes]:
    video = formats.Video("a.mp4", 640, 480, formats.detail_columns({"blinks": 2}))
    with formats.open_frame_writer("parquet", folder / "a.parquet", video) as writer:
        for frame in range(3):
            writer.write(frame, frame / 25, faces(), [{"blinks": 1}, {"blinks": 2}])
    return [(folder / "a.parquet").read_bytes()]


def _read_result(suffix: str, data: bytes, folder: Path) -> None:
    path = folder / f"result{suffix}"
    path.write_bytes(data)
    for _ in formats.read_results(path):
        pass


# Filters


def _filter_seeds(_: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(_ART.glob("*/filter.toml"))]


def _wear(folder: Path) -> None:
    filters.load(folder).apply(picture(), faces())


def _read_filter(data: bytes, folder: Path) -> None:
    # With the small picture in place of each of the artworks: what is tried here is the text.
    for name in {path.name for path in _ART.glob("*/*.png")}:
        images.write_rgba(folder / name, np.dstack([picture(), picture()[..., 0]]))
    (folder / FILE_NAME).write_bytes(data)
    _wear(folder)


def _artwork_seeds(_: Path) -> list[bytes]:
    return [data for data in _picture_seeds(_) if data.startswith(b"\x89PNG")]


def _read_artwork(data: bytes, folder: Path) -> None:
    (folder / FILE_NAME).write_text('[[layers]]\nimage = "a.png"\nanchor = "face"\nsize = 2\n')
    (folder / "a.png").write_bytes(data)
    _wear(folder)


# Data sets


def _labelled(folder: Path) -> list[LabelledFace]:
    return [
        LabelledFace(folder / "training" / f"A_{n}.jpg", face.keypoints, "x", "A") for n, face in enumerate(faces())
    ]


def _ytf_seeds(folder: Path) -> list[bytes]:
    return [ytf.write_labels(folder, "training", _labelled(folder)).read_bytes()]


def _read_ytf(data: bytes, folder: Path) -> None:
    ytf.labels_file(folder, "training").write_bytes(data)
    for _ in ytf.read_rows(folder, "training"):
        pass
    ytf.read(folder)


def _read_pts_folder(data: bytes, folder: Path) -> None:
    images.write(folder / "a.png", picture())
    (folder / "a.pts").write_bytes(data)
    pts_folder.read(folder)


def _wider_seeds(_: Path) -> list[bytes]:
    return [b"0--A/a.jpg\n2\n1 2 30 40 0 0 0 0 0 0\n5 5 8 8 0 0 0 1 0 0\n0--A/b.jpg\n0\n0 0 0 0 0 0 0 0 0 0\n"]


def _read_wider(data: bytes, folder: Path) -> None:
    path = wider.labels_file(folder, "train")
    path.parent.mkdir()
    path.write_bytes(data)
    wider.read(folder)


def _dlib_seeds(folder: Path) -> list[bytes]:
    dlib_xml.write(folder / "a.xml", _labelled(folder))
    return [(folder / "a.xml").read_bytes()]


def _read_dlib(data: bytes, folder: Path) -> None:
    (folder / "b.xml").write_bytes(data)
    dlib_xml.read(folder / "b.xml")


# Sources of collections


def _members() -> dict[str, bytes]:
    return {"a.jpg": images.encode(picture(), ".jpg"), "b/ü.png": images.encode(picture(), ".png"), "c.json": b"{}"}


def _zip_seeds(_: Path) -> list[bytes]:
    seeds = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", method) as archive:
            for name, data in _members().items():
                archive.writestr(name, data)
        seeds.append(stream.getvalue())
    return seeds


def _tar_seeds(mode: str, _: Path) -> list[bytes]:
    seeds = []
    for kind in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode=f"w{mode}", format=kind) as archive:  # type: ignore[call-overload]
            for name, data in [*_members().items(), ("d" * 90 + "/" + "e" * 90 + ".jpg", _members()["a.jpg"])]:
                info = tarfile.TarInfo(name)
                info.size, info.mtime = len(data), 1.5  # a fraction needs a header of its own in PAX
                archive.addfile(info, io.BytesIO(data))
        seeds.append(stream.getvalue())
    return seeds


def _table_seeds(folder: Path) -> list[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pictures = list(_members().values())[:2]
    tables = [
        pa.table({"image": pictures, "key": ["a", "b"]}),
        pa.table({"image": [{"bytes": data, "path": "x"} for data in pictures]}),
        pa.table({"path": ["missing.jpg", "gone.png"]}),
    ]
    for number, table in enumerate(tables):
        pq.write_table(table, folder / f"{number}.parquet")
    return [(folder / f"{number}.parquet").read_bytes() for number in range(len(tables))]


def _list_seeds(_: Path) -> list[bytes]:
    return [b"# pictures\na.jpg\n\nb/c.png\nx.zip\n/nowhere/d.tif\n"]


def _read_source(name: str, data: bytes, folder: Path) -> None:
    path = folder / name
    path.write_bytes(data)
    options = SourceOptions()
    entries = list(find_entries([str(path)], options))
    for entry in entries[:50]:
        for found in read_pictures([entry], options):
            if found.problem is not None and found.problem.kind == "failed":
                # An error that nobody thought of, which a run takes down as a problem of the picture.
                raise AssertionError(found.problem.reason)


# Uploads


def _upload_seeds(_: Path) -> list[bytes]:
    form = (
        b'--xyz\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
        + images.encode(picture(), ".jpg")[:300]
        + b"\r\n--xyz--\r\n"
    )
    return [b"multipart/form-data; boundary=xyz\n100\n" + form, b"image/jpeg\n3\nabc", b"\n\nabc"]


def _read_upload(data: bytes, _: Path) -> None:
    from starlette.requests import Request

    from facepoints.web.problems import Problem
    from facepoints.web.settings import ServeSettings
    from facepoints.web.uploads import UploadMemory, receive

    kind, _, rest = data.partition(b"\n")
    length, _, body = rest.partition(b"\n")
    pieces = [body[start : start + 97] for start in range(0, len(body), 97)] or [b""]
    messages = iter(
        {"type": "http.request", "body": piece, "more_body": number + 1 < len(pieces)}
        for number, piece in enumerate(pieces)
    )

    async def next_message() -> dict[str, Any]:
        return next(messages)

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind), (b"content-length", length)]}

    async def all_of_it() -> None:
        with UploadMemory(10**6).share() as share:
            await receive(Request(scope, next_message), ServeSettings(), share)

    try:
        asyncio.run(all_of_it())
    except Problem as problem:
        raise FacepointsError(str(problem)) from problem


TARGETS: tuple[Target, ...] = (
    Target("pictures", _picture_seeds, _read_picture, share=6),
    Target("json", partial(_result_seeds, "json"), partial(_read_result, ".json"), text=True, share=2),
    Target("jsonl", partial(_result_seeds, "jsonl"), partial(_read_result, ".jsonl"), text=True),
    Target("coco", partial(_result_seeds, "coco"), partial(_read_result, ".json"), text=True, share=2),
    Target("csv", partial(_result_seeds, "csv"), partial(_read_result, ".csv"), text=True, share=2),
    Target("pts", _pts_seeds, partial(_read_result, ".pts"), text=True),
    Target("parquet", _parquet_seeds, partial(_read_result, ".parquet")),
    Target("filter.toml", _filter_seeds, _read_filter, text=True),
    Target("artwork", _artwork_seeds, _read_artwork, share=0.5),
    Target(
        "keypoint weights", partial(weights_seeds, "tiny"), read_keypoint_network, share=0.4, damage=damaged_network
    ),
    Target("detector weights", partial(weights_seeds, "detector"), read_detector, share=0.4, damage=damaged_network),
    Target("checkpoint", checkpoint_seeds, read_checkpoint_file, share=0.3, damage=damaged_checkpoint),
    Target("video", video_seeds, read_clip, share=0.5),
    Target("ytf", _ytf_seeds, _read_ytf, text=True),
    Target("pts folder", _pts_seeds, _read_pts_folder, text=True, share=0.5),
    Target("wider", _wider_seeds, _read_wider, text=True),
    Target("dlib xml", _dlib_seeds, _read_dlib, text=True),
    Target("zip", _zip_seeds, partial(_read_source, "a.zip")),
    Target("tar", partial(_tar_seeds, ""), partial(_read_source, "a.tar")),
    Target("tar.gz", partial(_tar_seeds, ":gz"), partial(_read_source, "a.tar.gz"), share=0.5),
    Target("tar.xz", partial(_tar_seeds, ":xz"), partial(_read_source, "a.tar.xz"), share=0.5),
    Target("table of pictures", _table_seeds, partial(_read_source, "a.parquet")),
    Target("list of pictures", _list_seeds, partial(_read_source, "a.txt"), text=True, share=0.5),
    Target("upload", _upload_seeds, _read_upload, text=True, share=2),
)
