"""What the numbers in a video mean as colours, by FFmpeg's names and codes."""

from __future__ import annotations

from collections.abc import Mapping

from facepoints.video.opening import av

__all__ = ["NAMES", "OF_PICTURES", "colours_of", "matrix"]

NAMES = ("colorspace", "color_range", "color_primaries", "color_trc")
"""Attributes of FFmpeg's frames and encoders."""

OF_PICTURES = {"colorspace": 1, "color_range": 1, "color_primaries": 1, "color_trc": 1}
"""BT.709, for what does not come from a video."""

_BT709, _BT601 = 1, 5
_MATRICES = {1: _BT709, 4: 4, 5: _BT601, 6: _BT601, 7: 7, 9: 9, 10: 9}
"""From the codes of frames to those of FFmpeg's conversions, which differ; both know more than files use."""

_HD_WIDTH, _SD_HEIGHT = 1279, 576
"""The narrowest frames that are not of a DVD's kind (1280 if they have to be even), and the highest that are."""


def colours_of(frame: av.VideoFrame) -> dict[str, int]:
    """What the file says about the colours of its frames; nothing for frames that are RGB."""
    if frame.format.is_rgb or frame.format.has_palette:
        return {}
    return {name: getattr(frame, name) for name in NAMES}


def matrix(colours: Mapping[str, int], width: int, height: int) -> int:
    """The matrix between RGB and YCbCr, as FFmpeg's conversions call it. Where the file does not say, it follows from
    the size of the frames, as in players: BT.601 up to that of a DVD, BT.709 above."""
    usual = _BT601 if width < _HD_WIDTH and height <= _SD_HEIGHT else _BT709
    return _MATRICES.get(colours.get("colorspace", 0), usual)
