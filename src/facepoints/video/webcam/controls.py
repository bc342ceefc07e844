"""The switches of a webcam show: what people turn on and off, by button or by key."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from facepoints.errors import InputError

__all__ = ["Controls", "Switch", "switches_for"]


@dataclass(frozen=True)
class Switch:
    """Something that is on or off.

    Attributes:
        name: by which programs know it; filters have theirs.
        label: for people.
        key: the letter that presses it.
        group: of switches that are shown together.
    """

    name: str
    label: str
    key: str
    group: str


_DRAWN, _WORN, _PRIVACY, _PICTURE = "Draw", "Wear", "Hide", "Picture"

# The key of each is a letter of its label.
_SWITCHES = (
    Switch("points", "Points", "p", _DRAWN),
    Switch("mask", "Mask", "m", _DRAWN),
    Switch("pose", "Pose", "e", _DRAWN),
    Switch("sunglasses", "Sunglasses", "s", _WORN),
    Switch("moustache", "Moustache", "o", _WORN),
    Switch("straw-hat", "Straw hat", "h", _WORN),
    Switch("cat", "Cat", "c", _WORN),
    Switch("blur", "Blur", "b", _PRIVACY),
    Switch("pixelate", "Pixelate", "x", _PRIVACY),
    Switch("cover", "Cover", "v", _PRIVACY),
    Switch("mirror", "Mirror", "i", _PICTURE),
    Switch("smoothing", "Smoothing", "t", _PICTURE),
    Switch("recording", "Record", "r", ""),
)
_QUIT_KEY = "q"


def switches_for(own_filters: Sequence[tuple[str, str]]) -> tuple[Switch, ...]:
    """All switches, with those of filters of one's own, which have the keys 1 to 9.

    Args:
        own_filters: name and label of each.
    """
    own = [
        Switch(name, label, str(number) if number <= 9 else "", _WORN)
        for number, (name, label) in enumerate(own_filters, start=1)
    ]
    return (*_SWITCHES, *own)


class Controls:
    """Which switches are on; several threads may look and press at once.

    Args:
        switches: all that there are.
        on: the names of those that are on at first.

    Attributes:
        switches: all that there are.

    Raises:
        InputError: ``on`` has a name that is none of theirs.
    """

    def __init__(self, switches: Sequence[Switch], on: Iterable[str] = ()) -> None:
        self.switches = tuple(switches)
        self._by_key = {switch.key: switch.name for switch in switches if switch.key}
        self._lock = threading.Lock()
        self._on: frozenset[str] = frozenset()
        self._quitting = False
        for name in on:
            self.set(name, True)

    @property
    def on(self) -> frozenset[str]:
        """The names of the switches that are on."""
        return self._on

    @property
    def quitting(self) -> bool:
        """Whether somebody wants the show to end."""
        return self._quitting

    def set(self, name: str, on: bool) -> None:
        """Turn a switch on or off.

        Raises:
            InputError: there is no such switch.
        """
        if name not in {switch.name for switch in self.switches}:
            raise InputError(f"unknown switch {name!r}; known are {', '.join(one.name for one in self.switches)}")
        with self._lock:
            self._on = self._on | {name} if on else self._on - {name}

    def press_key(self, key: str) -> None:
        """Do what a key stands for: turn its switch over, or quit; other keys do nothing."""
        if key.lower() == _QUIT_KEY:
            self.quit()
        elif name := self._by_key.get(key.lower()):
            self.set(name, name not in self._on)

    def quit(self) -> None:
        """Ask for the end of the show."""
        self._quitting = True

    def legend(self) -> str:
        """The keys and what they do, for people, in one line."""
        keys = [f"{switch.key} {switch.label.lower()}" for switch in self.switches if switch.key]
        return ", ".join([*keys, f"{_QUIT_KEY} quit"])
