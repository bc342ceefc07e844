"""Where the key frames of a video stand among all its frames, without decoding the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from facepoints.video.opening import av

__all__ = ["KeyFrameNumbers"]


class KeyFrameNumbers:
    """Counts the frames of a video by its packets.

    Packets come in the order of decoding. Frames that are shown before a key frame but decoded after it ("open GOP")
    make the difference: a key frame's number is known when the packets up to the next one have come.
    """

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._before = 0

    def counted(self, packets: Iterable[av.Packet]) -> Iterator[av.Packet]:
        """The key frames among the packets, each when its number is known, and the empty packet that comes last."""
        key: av.Packet | None = None
        shown: list[int | None] = []
        for packet in packets:
            is_last = packet.dts is None and packet.size == 0
            if is_last or packet.is_keyframe:
                if key is not None:
                    yield self._numbered(key, shown)
                key, shown = (None if is_last else packet), []
            if is_last:
                yield packet
            elif not packet.is_discard:  # what an edit list cuts away is decoded but not given
                shown.append(packet.pts)
        if key is not None:  # reading broke off
            yield self._numbered(key, shown)

    def take(self, pts: int | None) -> int | None:
        """The number of the key frame with this time stamp, from 0, or None if it is not known."""
        return None if pts is None else self._numbers.pop(pts, None)

    def _numbered(self, key: av.Packet, shown: list[int | None]) -> av.Packet:
        if key.pts is not None:
            self._numbers[key.pts] = self._before + sum(pts is not None and pts < key.pts for pts in shown)
        self._before += len(shown)
        return key
