"""Where the data sets come from, and fetching the one that needs no registration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from facepoints.datasets import ytf
from facepoints.datasets.download import fetch
from facepoints.datasets.unpack import unpack
from facepoints.errors import DownloadError, InputError

__all__ = ["HOW_TO_GET", "YTF_LABELLED", "YTF_URL", "Progress", "download_ytf"]

YTF_URL = "https://s3.amazonaws.com/video.udacity-data.com/topher/2018/May/5aea1b91_train-test-data/train-test-data.zip"
"""The archive of the course project. Nobody has published its checksum or its length."""

YTF_LABELLED = MappingProxyType({"training": 3462, "test": 770})
"""Labelled faces of each split of the official archive."""

HOW_TO_GET = MappingProxyType(
    {
        "300w": "300-W is given out after registration, for research only: ask for it at "
        "https://ibug.doc.ic.ac.uk/resources/300-W/ and unpack the parts side by side, as 300w/afw, "
        "300w/helen/trainset, 300w/lfpw/trainset and so on: pictures with a .pts file beside each. Then: facepoints "
        "data check 300w",
        "wider": "WIDER FACE is given out on its page, for research only: fetch WIDER_train.zip, WIDER_val.zip and "
        "wider_face_split.zip from http://shuoyang1213.me/WIDERFACE/ and unpack all three in one folder, wider/. Then: "
        "facepoints data check wider",
    }
)
"""What to do for the sets that must be fetched by hand."""

Progress = Callable[[str, int, int | None], None]
"""Told what is being done, the bytes so far, and those of all."""


def download_ytf(
    folder: Path, *, url: str = YTF_URL, keep_archive: bool = False, progress: Progress | None = None
) -> Path:
    """Fetch the keypoints set of YouTube Faces and unpack it; an interrupted download goes on where it was.

    What came is checked by the length that the server says and by the checksums inside the archive.

    Args:
        folder: to make; the archive lies beside it as ``FOLDER.zip`` until it is unpacked.
        url: of the archive. Not asked for where ``FOLDER.zip`` is there already.
        keep_archive: leave the archive there. One that was there before stays in any case.
        progress: told how far it is.

    Returns:
        ``folder``.

    Raises:
        InputError: ``folder`` exists and is not empty or cannot be made, or the disk is full.
        DownloadError: no connection, or what came is not this set.
    """
    folder, show = Path(folder), progress or (lambda what, done, total: None)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} exists already and is not empty; give the name of a new folder, or remove it")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        archive = folder.with_name(f"{folder.name}.zip")
        fetched = not archive.is_file()
        if fetched:
            fetch(url, archive, lambda done, total: show("Downloading", done, total))
        with TemporaryDirectory(prefix=".facepoints-", dir=folder.parent) as temporary:
            unpacked = Path(temporary) / "unpacked"
            unpacked.mkdir()
            try:
                unpack(archive, unpacked, lambda done, total: show("Unpacking", done, total))
                root = _root(unpacked, archive)
            except DownloadError:
                if fetched:  # so that the next call fetches it anew
                    archive.unlink()
                raise
            if folder.exists():  # an empty one, over which Windows moves nothing
                folder.rmdir()
            root.replace(folder)
    except OSError as error:
        raise InputError(f"cannot make the folder {folder}: {error.strerror or error}") from error
    if fetched and not keep_archive:
        archive.unlink()
    return folder


def _root(unpacked: Path, archive: Path) -> Path:
    """The folder with the CSV files: the archive's own root, or a folder in it."""
    for path in sorted([unpacked, *(path for path in unpacked.rglob("*") if path.is_dir())]):
        if ytf.is_ytf(path):
            return path
    raise DownloadError(f"{archive} is a whole archive, but holds no training_frames_keypoints.csv: not this data set")
