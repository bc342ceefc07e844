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
                index, pts = packet.stream_index, packet.pts
                if pts is not None and index < len(self._seconds):
                    end = (pts + (packet.duration or 0)) * self._seconds[index]
                    self._end = max(self._end, end)
                if index == self._video:
                    yield packet
                elif index in self._collected and packet.dts is not None:
                    self.sound.append(packet)
        except av.error.FFmpegError as error:
            self.broken = str(error.strerror or error)

    def end_early(self) -> bool:
        """Whether the file was cut short, as far as it tells: its index points beyond its end, or it is shorter than
        it states. To be asked when all packets have come."""
        if self._is_url:
            return False
        return self._index_end() > self._container.size > 0 or (
            self.duration is not None and self._end - float(self.start) < self.duration - _MISSING_END
        )

    def _index_end(self) -> int:
        """The byte behind the last packet that the index of the file names; 0 if there is no index."""
        lasts = [entries[len(entries) - 1] for stream in self._container.streams if (entries := stream.index_entries)]
        return max((entry.pos + entry.size for entry in lasts), default=0)
