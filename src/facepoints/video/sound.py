"""The sound of one video for another: its packets copied or, where the new file cannot hold them, encoded as AAC."""

from __future__ import annotations

from facepoints.video.opening import av, fraction
from facepoints.video.reader import VideoReader

__all__ = ["SoundTracks"]

_ENCODER = "aac"


class SoundTracks:
    """All sound that a reader collects, written as far as the pictures have come.

    Args:
        container: open for writing; gets a stream for each of the reader's.
        source: a reader opened with ``sound=True``.
    """

    def __init__(self, container: av.container.OutputContainer, source: VideoReader) -> None:
        self._source = source
        self._tracks = {stream.index: _new_track(container, stream, source) for stream in source.sound_streams}

    def write_until(self, time: float) -> None:
        """Write the sound that begins up to ``time`` in seconds."""
        packets, limit = self._source.sound, time + float(self._source.start)
        while packets and packets[0].dts * packets[0].time_base <= limit:
            packet = packets.popleft()
            self._tracks[packet.stream_index].write(packet)

    def finish(self) -> None:
        """Complete the streams: with all that is left if the reader came to its end, else with what was written."""
        while self._source.finished and self._source.sound:
            packet = self._source.sound.popleft()
            self._tracks[packet.stream_index].write(packet)
        for track in self._tracks.values():
            track.finish()


class _CopiedTrack:
    """Packets as they are, but for their times."""

    def __init__(self, container: av.container.OutputContainer, stream: av.AudioStream, source: VideoReader) -> None:
        self._container = container
        self._stream = container.add_stream_from_template(stream)
        self._shift = _shift(stream, source)
        self._last: int | None = None

    def write(self, packet: av.Packet) -> None:
        dts = packet.dts - self._shift
        if self._last is not None and dts <= self._last:  # damaged files have such; writers refuse them
            dts = self._last + 1
        packet.dts = packet.pts = self._last = dts
        packet.stream = self._stream
        self._container.mux(packet)

    def finish(self) -> None:
        pass


class _EncodedTrack:
    """Decoded and encoded again."""

    def __init__(self, container: av.container.OutputContainer, stream: av.AudioStream, source: VideoReader) -> None:
        self._container = container
        self._source = source
        self._decoder = stream
        self._stream = container.add_stream(_ENCODER, rate=stream.rate)
        self._stream.codec_context.layout = stream.layout
        self._shift = _shift(stream, source)

    def write(self, packet: av.Packet) -> None:
        self._encode(packet)

    def finish(self) -> None:
        self._encode(None)
        self._container.mux(self._stream.encode(None))

    def _encode(self, packet: av.Packet | None) -> None:
        try:
            frames = self._decoder.decode(packet)
        except av.error.FFmpegError:
            self._source.count_damage()
            return
        for frame in frames:
            if frame.pts is not None:
                frame.pts -= self._shift
            self._container.mux(self._stream.encode(frame))


def _shift(stream: av.AudioStream, source: VideoReader) -> int:
    """Ticks of the stream until the time that the reader calls 0."""
    return round(source.start / (fraction(stream.time_base) or 1))


def _new_track(
    container: av.container.OutputContainer, stream: av.AudioStream, source: VideoReader
) -> _CopiedTrack | _EncodedTrack:
    try:
        return _CopiedTrack(container, stream, source)
    except ValueError:  # this kind of file cannot hold this kind of sound
        return _EncodedTrack(container, stream, source)
