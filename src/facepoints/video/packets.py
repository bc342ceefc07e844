"""The packets of a video, and whether all of them came."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from fractions import Fraction

from facepoints.video.opening import av, fraction, is_url

__all__ = ["Packets"]

_MISSING_END = 0.5
"""Seconds of a file's stated duration that may be missing: durations are rounded, and last frames may have none."""


class Packets:
    """Yields the packets of the pictures and puts those of the sound aside.

    Args:
        container: open for reading.
        source: its path or URL.
        video: the stream of the pictures.
        sound: the streams of sound whose packets are collected.

    Attributes:
        sound: packets of sound that nobody has taken yet, in the order of the file.
        start: where the file begins in time, in seconds; MPEG-TS begins anywhere, players begin at 0.
        duration: in seconds, or None where the file does not say.
        broken: None, or the reason why reading ended before the end.
        cut_short: whether the file ends too early as far as it tells: its index points beyond its end, or it is shorter
            than it states. Known when all packets have come.
    """

    def __init__(
        self,
        container: av.container.InputContainer,
        source: str,
        video: av.VideoStream,
        sound: list[av.AudioStream],
    ) -> None:
        self.sound: deque[av.Packet] = deque()
        self.start = Fraction(max(container.start_time or 0, 0), 1_000_000)
        self.duration = container.duration / 1e6 if container.duration else None
        self.broken: str | None = None
        self.cut_short = False
        self._container = container
        self._is_url = is_url(source)
        self._video = video.index
        self._collected = {stream.index for stream in sound}
        self._seconds = [float(fraction(stream.time_base) or 0) for stream in container.streams]
        self._end = 0.0

    def __iter__(self) -> Iterator[av.Packet]:
        """All packets of the pictures; the last one is empty and makes the decoder give what it still holds."""
        try:
            # All streams, those nobody wants, too: the longest of them gives the file its duration.
            for packet in self._container.demux():
                index, pts = packet.stream.index, packet.pts  # stream_index is 0 in the empty last packets
                if pts is not None and index < len(self._seconds):
                    end = (pts + (packet.duration or 0)) * self._seconds[index]
                    self._end = max(self._end, end)
                if index == self._video:
                    yield packet
                elif index in self._collected and packet.dts is not None:
                    self.sound.append(packet)
            self.cut_short = not self._is_url and self._lacks_something()
        except av.error.FFmpegError as error:
            self.broken = str(error.strerror or error)

    def _lacks_something(self) -> bool:
        missing = 0.0 if self.duration is None else self.duration - (self._end - float(self.start))
        return missing > _MISSING_END or self._index_end() > self._container.size > 0

    def _index_end(self) -> int:
        """The byte behind the last packet that the index of the file names; 0 if there is no index."""
        lasts = [entries[len(entries) - 1] for stream in self._container.streams if (entries := stream.index_entries)]
        return max((entry.pos + entry.size for entry in lasts), default=0)
