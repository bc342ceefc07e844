"""A layer that makes a face unrecognisable: a few averages take the place of its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from facepoints.arrays import Array, Image
from facepoints.filters.compositing import lay_over
from facepoints.filters.head import Head
from facepoints.filters.regions import filled, region_of
from facepoints.filters.window import Window

__all__ = ["PrivacyLayer"]

_FEATHER = 0.06
"""Width of the soft border outside the face, over the shorter side of its region."""

_FINER = 6
"""Places a cell in which its colour runs into that of its neighbours."""


@dataclass(frozen=True)
class PrivacyLayer:
    """The whole face, forehead included, as a few cells of one colour each.

    All that is left of the face are the mean colours of the cells, whatever the size of the picture: what is drawn is
    made of them alone, so no filter can bring more back.

    Attributes:
        order: of drawing, lowest first.
        cells: along the shorter side of the face's region.
        margin: around the face, over its size.
        smooth: whether the cells run into each other.
    """

    order: float
    cells: int
    margin: float
    smooth: bool

    hides_face = True

    def order_on(self, head: Head) -> float:
        """Order of drawing on any head."""
        return self.order

    def draw(self, image: Image, head: Head, light: float) -> None:
        """Draw it on the picture, in place."""
        region = region_of(head, self.margin)
        side = float(np.ptp(region, axis=0).min())
        reach = _FEATHER * side if self.smooth else 0.0
        window = _window(region, 2 * reach, (image.shape[1], image.shape[0]))
        if window is None:
            return
        part = image[window.rows, window.columns]
        count = self._count(window, max(1.0, side / self.cells))
        means = np.asarray(cv2.resize(part, count, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        if self.smooth:
            lay_over(part, _run_together(means, (window.width, window.height)), _soft(region, window, reach))
        else:
            # A cell that the face only touches is hidden as a whole.
            touched = cv2.resize(filled(region, window).astype(np.float32), count, interpolation=cv2.INTER_AREA) > 0
            size = (window.width, window.height)
            blocks = cv2.resize(means, size, interpolation=cv2.INTER_NEAREST)
            hidden = cv2.resize(touched.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
            cv2.copyTo(blocks, hidden, part)

    def _count(self, window: Window, cell: float) -> tuple[int, int]:
        """Columns and rows of cells."""
        if self.cells == 1:
            return 1, 1
        return max(1, round(window.width / cell)), max(1, round(window.height / cell))


def _window(region: Array, reach: float, size: tuple[int, int]) -> Window | None:
    """What the picture has of the box this far around the region."""
    low = np.clip(np.floor(region.min(axis=0) - reach - 1), 0, size).astype(int)
    high = np.clip(np.ceil(region.max(axis=0) + reach + 1) + 1, 0, size).astype(int)
    width, height = (high - low).tolist()
    return Window(int(low[0]), int(low[1]), width, height, 1) if width > 0 and height > 0 else None


def _run_together(means: Image, size: tuple[int, int]) -> Image:
    fine = cv2.resize(means, None, fx=_FINER, fy=_FINER, interpolation=cv2.INTER_LINEAR)
    fine = cv2.GaussianBlur(fine, (0, 0), 0.45 * _FINER, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def _soft(region: Array, window: Window, reach: float) -> Image:
    """255 on the whole region, running out to 0 around it."""
    middle = (region.min(axis=0) + region.max(axis=0)) / 2
    half = np.maximum(np.ptp(region, axis=0) / 2, 1e-3)
    factor = max(1, int(reach / 4))
    small = (max(1, window.width // factor), max(1, window.height // factor))
    wider = filled(middle + (region - middle) * (1 + reach / half), window)
    blurred = cv2.resize(wider, small, interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(blurred, (0, 0), max(0.3, reach / factor / 2))
    blurred = cv2.resize(blurred, (window.width, window.height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.maximum(blurred, filled(region, window)), dtype=np.uint8)
