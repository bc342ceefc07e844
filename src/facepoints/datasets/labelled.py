"""What a labelled face is, and the fair split of many."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from facepoints.arrays import Floats
from facepoints.errors import InputError

__all__ = ["LabelledFace", "split_by_group"]


@dataclass(frozen=True, eq=False)
class LabelledFace:
    """One face of a data set and its true keypoints.

    Attributes:
        image: the picture's file.
        keypoints: ``(68, 2)`` float32, x, y in pixels of the picture; the centre of its first pixel is (0, 0).
        source: name of the data set, ``"ytf"`` or ``"300w"``.
        group: what must not be split between training and testing: the person's name, or the photo's.
    """

    image: Path
    keypoints: Floats
    source: str
    group: str


def split_by_group(
    groups: Sequence[str], share: float, *, seed: int = 0, keep: Iterable[str] = ()
) -> tuple[list[int], list[int]]:
    """Split rows in two so that all rows of one group stay on one side.

    Groups are ordered by a hash of their name and the seed, so a group's side does not depend on the order of the rows,
    and hardly on which other groups there are.

    Args:
        groups: ``(n,)`` name of each row's group.
        share: of the groups that go to the second part, 0 to 1.
        seed: another seed, another split.
        keep: groups that stay in the first part.

    Returns:
        The indices of the first and of the second part, both in rising order.

    Raises:
        InputError: ``share`` is not between 0 and 1.
    """
    if not 0 <= share < 1:
        raise InputError(f"the share of a split must be at least 0 and below 1; got {share}")
    names = sorted(set(groups) - set(keep), key=lambda name: hashlib.sha256(f"{seed}/{name}".encode()).digest())
    second = set(names[: round(share * len(names))])
    rows = range(len(groups))
    return [row for row in rows if groups[row] not in second], [row for row in rows if groups[row] in second]
