"""The keypoint data sets as ``torch.utils.data.Dataset``, for training code of one's own; needs the extra [train].

A sample is a dict of ``"image"``, RGB uint8 ``(H, W, 3)``, and ``"keypoints"``, float32 ``(68, 2)`` in pixels of that
image (the centre of its first pixel is (0, 0)). A ``transform`` takes such a dict and returns what the loader is to
stack.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, TypedDict

from torch.utils.data import Dataset

from facepoints.arrays import Floats, Image
from facepoints.datasets import pts_folder, ytf
from facepoints.datasets.labelled import LabelledFace
from facepoints.images import read

__all__ = ["KeypointDataset", "PtsDataset", "Sample", "YouTubeFacesDataset"]


class Sample(TypedDict):
    """One picture and the keypoints of its labelled face."""

    image: Image
    keypoints: Floats


Transform = Callable[[Sample], Any]


class KeypointDataset(Dataset[Any]):
    """Labelled faces, read from their files when asked for.

    Args:
        faces: in the order of the data set.
        transform: applied to each sample; None gives the sample itself.
    """

    def __init__(self, faces: Sequence[LabelledFace], transform: Transform | None = None) -> None:
        self.faces = list(faces)
        self.transform = transform

    def __len__(self) -> int:
        return len(self.faces)

    def __getitem__(self, index: int) -> Any:
        """The sample of this index, transformed.

        Raises:
            ImageError: the picture cannot be read.
        """
        face = self.faces[index]
        sample: Sample = {"image": read(face.image), "keypoints": face.keypoints.copy()}
        return sample if self.transform is None else self.transform(sample)


class YouTubeFacesDataset(KeypointDataset):
    """The YouTube Faces keypoints set in its official layout; the labels are made 0-based.

    Args:
        root: folder with ``training/``, ``test/`` and the two CSV files.
        split: ``"training"`` or ``"test"``. Mind that all people of the test split are in the training split too.
        people: only these people; None for all.
        exclude: none of these people.
        transform: see :class:`KeypointDataset`.

    Raises:
        InputError: no such split.
        LabelError: the labels are missing or damaged.
    """

    def __init__(
        self,
        root: str | Path,
        split: str = "training",
        transform: Transform | None = None,
        *,
        people: Collection[str] | None = None,
        exclude: Collection[str] = (),
    ) -> None:
        super().__init__(ytf.read(Path(root), split, people=people, exclude=exclude), transform)


class PtsDataset(KeypointDataset):
    """Pictures with a ``.pts`` file beside each, as 300-W, LFPW, Helen and AFW come; the labels are made 0-based.

    Args:
        root: folder, searched with all below it.
        transform: see :class:`KeypointDataset`.

    Raises:
        LabelError: no ``.pts`` file, a damaged one, or one without its picture.
    """

    def __init__(self, root: str | Path, transform: Transform | None = None) -> None:
        super().__init__(pts_folder.read(Path(root)), transform)
