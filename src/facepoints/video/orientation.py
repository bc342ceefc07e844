"""The display matrix of a video: how players turn and mirror its frames.

Phones store frames as the sensor lies and say in the file how to turn them. The nine whole numbers are those of the
``tkhd`` box of ISO/IEC 14496-12: a point (x, y) of the stored frame is shown at (a x + c y, b x + d y).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from facepoints.arrays import Image
from facepoints.errors import InputError

__all__ = ["Orientation"]


@dataclass(frozen=True)
class Orientation:
    """How to turn a stored frame so that it stands upright: transpose it, then mirror it.

    Attributes:
        matrix: the nine numbers of the display matrix; None for a frame that is upright as it is.
        transposed: rows become columns.
        mirrored_x: left and right are exchanged after that.
        mirrored_y: top and bottom are exchanged after that.
    """

    matrix: tuple[int, ...] | None = None
    transposed: bool = False
    mirrored_x: bool = False
    mirrored_y: bool = False

    @classmethod
    def of_matrix(cls, matrix: Sequence[int]) -> Orientation:
        """The orientation of a display matrix; angles between the quarters of a turn are taken as the nearest.

        Raises:
            InputError: not nine numbers.
        """
        if len(matrix) != 9:
            raise InputError(f"a display matrix has 9 numbers; got {len(matrix)}")
        a, b, c, d = matrix[0], matrix[1], matrix[3], matrix[4]
        transposed = abs(b) + abs(c) > abs(a) + abs(d)
        along_x, along_y = (c, b) if transposed else (a, d)
        if not transposed and along_x >= 0 and along_y >= 0:
            return cls()
        return cls(tuple(matrix), transposed, along_x < 0, along_y < 0)

    @property
    def rotation(self) -> int:
        """Degrees by which the stored frame is turned clockwise to stand upright: 0, 90, 180 or 270."""
        if self.transposed:
            return 90 if self.mirrored_x else 270
        return 180 if self.mirrored_y else 0

    def upright(self, stored: Image) -> Image:
        """The stored frame ``(h, w, 3)`` as it is shown."""
        return self._mirrored(_transposed(stored) if self.transposed else stored)

    def stored(self, upright: Image) -> Image:
        """The frame to store so that ``upright (H, W, 3)`` is shown; undoes :meth:`upright`."""
        mirrored = self._mirrored(upright)
        return _transposed(mirrored) if self.transposed else mirrored

    def _mirrored(self, image: Image) -> Image:
        if not self.mirrored_x and not self.mirrored_y:
            return image
        # OpenCV's codes: 1 for left and right, 0 for top and bottom, -1 for both.
        code = -1 if self.mirrored_x and self.mirrored_y else int(self.mirrored_x)
        return np.asarray(cv2.flip(image, code), dtype=np.uint8)


def _transposed(image: Image) -> Image:
    return np.asarray(cv2.transpose(image), dtype=np.uint8)
