"""Which labelled faces of a data set an evaluation is about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from facepoints.datasets import LabelledFace, read_keypoints, ytf
from facepoints.errors import InputError

__all__ = ["Selection", "Split", "select_faces"]

Split = Literal["test", "training", "all"]


@dataclass(frozen=True)
class Selection:
    """Labelled faces, and what they are in words.

    Attributes:
        faces: at least one.
        description: for a report.
    """

    faces: list[LabelledFace]
    description: str


def select_faces(
    data: Path, split: Split = "test", *, people_file: Path | None = None, exclude_file: Path | None = None
) -> Selection:
    """Read the labelled faces of a folder.

    Args:
        data: folder of YouTube Faces in its official layout, or of ``.pts`` files beside pictures.
        split: of YouTube Faces; "all" is both. A folder of ``.pts`` files is one split.
        people_file: names of people, one a line, to restrict YouTube Faces to.
        exclude_file: names of people, one a line, to leave out.

    Raises:
        InputError: people were named for another data set, or no frame is left.
        LabelError: the folder or the list of people cannot be read, or the labels are damaged.
    """
    is_ytf = ytf.is_ytf(data)
    if (people_file or exclude_file) and not is_ytf:
        raise InputError(f"{data} is no YouTube Faces folder; a list of people selects frames of that set only")
    if not is_ytf:
        faces = read_keypoints(data)
        return Selection(faces, f"{len(faces)} labelled picture{'' if len(faces) == 1 else 's'}")
    people = None if people_file is None else ytf.read_people(people_file)
    exclude = frozenset() if exclude_file is None else ytf.read_people(exclude_file)
    faces = [
        face
        for part in (ytf.SPLITS if split == "all" else (split,))
        for face in read_keypoints(data, part, people=people, exclude=exclude)
    ]
    if not faces:
        raise InputError(f"nothing is left to evaluate: no frame of {data}, split {split}, is of the people asked for")
    restrictions = [("only", people_file), ("all but", exclude_file)]
    chosen = [f"{words} the people of {file.name}" for words, file in restrictions if file is not None]
    remark = ", ".join(chosen) or _warning(data, faces, split)
    return Selection(faces, "; ".join(filter(None, [_describe(faces, split), remark])))


def _describe(faces: list[LabelledFace], split: Split) -> str:
    text = f"{len(faces)} labelled frames of {len({face.group for face in faces})} people, "
    return text + ("both splits" if split == "all" else f"split {split}")


def _warning(data: Path, faces: list[LabelledFace], split: Split) -> str:
    """A reader must not take the official test split for a test on strangers."""
    if split == "training":
        return ""
    if split == "all":
        return "not held out: the training split is part of it"
    if not ytf.labels_file(data, "training").is_file():
        return ""
    people = {face.group for face in faces}
    trained = {face.group for _, face in ytf.read_rows(data, "training") if isinstance(face, LabelledFace)}
    known = people & trained
    if not known:
        return "nobody of them is in the training split"
    who = "the same people" if known == people else f"{len(known)} of these people"
    return f"not held out: {who} are in the training split"
