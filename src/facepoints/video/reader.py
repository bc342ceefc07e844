"""Video files and network streams as a row of frames with their times."""

from __future__ import annotations

import os
import struct
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from types import TracebackType
from typing import BinaryIO

from facepoints.arrays import Image
from facepoints.errors import InputError, VideoError
from facepoints.video.colours import colours_of, matrix
from facepoints.video.key_frames import KeyFrameNumbers
from facepoints.video.opening import av, fraction, open_container, stated_frames, video_stream
from facepoints.video.orientation import Orientation
from facepoints.video.packets import Packets

__all__ = ["VideoReader"]

_DECODING_THREADS = 4
"""At most: each keeps a frame of its own in memory."""

_USUAL_RATE = 25


class VideoReader:
    """A video file or network stream; iterating, once, yields ``(time in seconds, frame)``.

    The time is the one at which a player shows the frame; it rises from frame to frame, by steps of any size (variable
    frame rate). Frames are RGB ``uint8`` ``(height, width, 3)``, each in its own memory, turned upright as the file
    asks, and all of the size of the first one. What cannot be decoded is left out and told by :attr:`problem`.

    Args:
        source: path of a file, or URL.
        sound: collect the packets of sound while iterating, for a :class:`facepoints.video.VideoWriter` to copy.
        step: yield every so many-th frame only, beginning with the first; the others need not be converted to RGB.
        key_frames: decode key frames only, which is much faster: those that can be decoded without others.
        file: an open file to read instead of opening ``source``, which then only names it.

    Attributes:
        name: the source as it was given.
        width: of the upright frames in pixels.
        height: of the upright frames in pixels.
        rate: frames a second on average, or None if the file does not say.
        time_base: the times of the file are whole multiples of it, in seconds.
        start: what the file calls the time 0 of this reader, in seconds.
        duration: in seconds, or None for streams.
        frame_count: as the file states it, or None if it does not.
        frame_number: among all frames of the file in the order of showing, from 0, of the frame that was yielded last;
            None if the file does not tell where the key frame stands.
        orientation: how the stored frames are turned.
        pixel_aspect: width of a pixel over its height, or None if the file does not say.
        colours: what the numbers of the file mean, by FFmpeg's names and codes.
        has_sound: whether there is sound.
        sound_streams: those whose packets are collected.
        finished: whether all frames have been read.

    Raises:
        VideoError: it is missing, no video, or not one frame can be decoded.
        MissingExtraError: PyAV is not installed.
    """

    def __init__(
        self,
        source: str | os.PathLike[str],
        *,
        sound: bool = False,
        step: int = 1,
        key_frames: bool = False,
        file: BinaryIO | None = None,
    ) -> None:
        self.name = os.fspath(source)
        self._step = step
        self._key_numbers = KeyFrameNumbers() if key_frames else None
        self.frame_number: int | None = None
        self._container = open_container(self.name, file)
        try:
            self._open(sound)
        except BaseException:
            self._container.close()
            raise

    def _open(self, sound: bool) -> None:
        container = self._container
        self._stream = stream = video_stream(container, self.name)
        stream.thread_type = "AUTO"
        stream.thread_count = min(_DECODING_THREADS, os.cpu_count() or 1)
        if self._key_numbers is not None:
            stream.codec_context.skip_frame = "NONKEY"
        audible = [audio for audio in container.streams.audio if audio.codec_context is not None]
        self.has_sound = bool(audible)
        self.sound_streams = audible if sound else []
        self._packets = Packets(container, self.name, stream, self.sound_streams)
        self.start, self.duration = self._packets.start, self._packets.duration
        self.time_base = fraction(stream.time_base) or Fraction(1, 90_000)
        self.rate = fraction(stream.average_rate) or fraction(stream.guessed_rate)
        self.frame_count = stated_frames(container, stream)
        self.finished = False
        self._clock = _Clock(self.time_base, self.start, self.rate or Fraction(_USUAL_RATE))
        self._read_count, self._damage = 0, 0
        self._reformatter = av.video.reformatter.VideoReformatter()
        self._decoded = self._decode()
        self._iterated = False
        first = next(self._decoded, None)
        if first is None:
            raise VideoError(f"{self.name}: not one frame of it can be read; it is empty or damaged")
        self._first: av.VideoFrame | None = first
        self._stored_size = (first.width, first.height)
        self.orientation = _orientation(first)
        self.width, self.height = self._stored_size[:: -1 if self.orientation.transposed else 1]
        self.pixel_aspect = fraction(stream.sample_aspect_ratio)
        self.colours = colours_of(first)

    @property
    def rotation(self) -> int:
        """Degrees by which the stored frames are turned clockwise to stand upright: 0, 90, 180 or 270."""
        return self.orientation.rotation

    @property
    def sound(self) -> deque[av.Packet]:
        """The packets of sound that nobody has taken yet, in the order of the file."""
        return self._packets.sound

    @property
    def problem(self) -> str | None:
        """None, or what is wrong with the file: it ends early or is damaged. Complete when all frames were read."""
        problems = []
        if self._packets.broken:
            problems.append(f"reading broke off after {self._read_count:,} frames: {self._packets.broken}")
        elif self._packets.cut_short:
            of_all = f" of {self.frame_count:,}" if self.frame_count and self._key_numbers is None else ""
            problems.append(f"the file was cut short: {self._read_count:,}{of_all} frames could be read")
        if self._damage:
            problems.append(f"the file is damaged: {self._damage:,} of its parts are missing or show faults")
        return "; ".join(problems) or None

    def __iter__(self) -> Iterator[tuple[float, Image]]:
        if self._iterated:
            raise InputError(f"{self.name}: a VideoReader can be iterated over once; open another one")
        self._iterated = True
        return self._times_and_images()

    def count_damage(self) -> None:
        """Count a part that cannot be decoded, such as a packet of sound."""
        self._damage += 1

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def __enter__(self) -> VideoReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _times_and_images(self) -> Iterator[tuple[float, Image]]:
        frame, self._first = self._first, None
        width, height = self._stored_size
        from_matrix = matrix(self.colours, width, height)
        while frame is not None:
            self._read_count += 1
            time = self._clock.time_of(frame.pts)
            if (self._read_count - 1) % self._step == 0:
                self.frame_number = self._number_of(frame)
                # A stream may change its size on the way; the frames keep that of the first one.
                converted = self._reformatter.reformat(
                    frame, width=width, height=height, format="rgb24", src_colorspace=from_matrix
                )
                yield time, self.orientation.upright(converted.to_ndarray())
            frame = next(self._decoded, None)
        self.finished = True

    def _number_of(self, frame: av.VideoFrame) -> int | None:
        return self._read_count - 1 if self._key_numbers is None else self._key_numbers.take(frame.pts)

    def _decode(self) -> Iterator[av.VideoFrame]:
        packets = iter(self._packets) if self._key_numbers is None else self._key_numbers.counted(self._packets)
        for packet in packets:
            yield from self._frames_of(packet)
        if self._packets.broken:  # then the empty packet that empties the decoder has not come
            yield from self._frames_of(None)

    def _frames_of(self, packet: av.Packet | None) -> Iterator[av.VideoFrame]:
        try:
            frames = self._stream.decode(packet)
        except av.error.FFmpegError:
            self.count_damage()
            return
        for frame in frames:
            self._damage += frame.is_corrupt
            yield frame


class _Clock:
    """Turns the time stamps of a file into seconds that begin at 0 and rise."""

    def __init__(self, time_base: Fraction, start: Fraction, rate: Fraction) -> None:
        self._time_base = time_base
        self._offset = -round(start / time_base)
        self._step = max(1, round(1 / (rate * time_base)))
        self._last = -self._step

    def time_of(self, pts: int | None) -> float:
        """When the frame is shown; without a time stamp, or with one of the past, a usual step after the last one."""
        ticks = self._last + self._step if pts is None else pts + self._offset
        if ticks < max(self._last + 1, 0):
            self._offset += self._last + self._step - ticks
            ticks = self._last + self._step
        self._last = ticks
        return float(ticks * self._time_base)


def _orientation(frame: av.VideoFrame) -> Orientation:
    matrix = frame.side_data.get(av.sidedata.sidedata.Type.DISPLAYMATRIX)
    return Orientation() if matrix is None else Orientation.of_matrix(struct.unpack("=9i", bytes(matrix)))
