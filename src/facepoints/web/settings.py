"""What can be set about the service: address, work, limits and access."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Annotated, Any

import typer

from facepoints.arrays import is_number
from facepoints.errors import InputError

__all__ = ["ServeSettings", "is_loopback"]

_MB, _MP = 10**6, 10**6
_LIMITS, _ACCESS = "Limits", "Access"


def _option(text: str, panel: str | None = None) -> Any:
    return typer.Option(help=text, rich_help_panel=panel)


@dataclass(frozen=True)
class ServeSettings:
    """All settings of the service; ``facepoints serve`` has an option for each.

    Raises:
        InputError: a number is out of range.
    """

    host: Annotated[
        str, _option("Address to listen on. The default is reached from this machine alone; 0.0.0.0 from everywhere.")
    ] = "127.0.0.1"
    port: Annotated[int, _option("Port to listen on; 0 for any that is free.")] = 8000
    workers: Annotated[int, _option("Processes that share the work. One a processor core is a good start.")] = 1
    threads: Annotated[int, _option("Pictures that each worker handles at the same time.")] = 1
    queue: Annotated[
        int, _option("Pictures that may wait in each worker; when it is full, clients get 503 and try again.")
    ] = 64
    keypoints: Annotated[str, _option("Name of the keypoint network, or path of an .onnx file.")] = "compact"

    max_bytes: Annotated[int, _option("Largest upload, in bytes, all its pictures together.", _LIMITS)] = 20 * _MB
    max_pixels: Annotated[int, _option("Largest picture, in pixels; checked before decoding.", _LIMITS)] = 50 * _MP
    max_images: Annotated[int, _option("Most pictures in one upload.", _LIMITS)] = 16
    max_connections: Annotated[int, _option("Most connections of each worker.", _LIMITS)] = 512
    max_sockets: Annotated[int, _option("Most live sockets of each worker.", _LIMITS)] = 8
    max_frame_bytes: Annotated[int, _option("Largest frame of a live socket, in bytes.", _LIMITS)] = 4 * _MB
    max_frame_rate: Annotated[float, _option("Most frames a second that a live socket gets answered.", _LIMITS)] = 60.0
    idle_timeout: Annotated[float, _option("Seconds after which a live socket without frames is closed.", _LIMITS)] = (
        60.0
    )
    upload_timeout: Annotated[float, _option("Seconds that an upload may take.", _LIMITS)] = 30.0
    stop_timeout: Annotated[
        int, _option("Seconds that requests under way get to finish when the service stops.", _LIMITS)
    ] = 30

    api_key: Annotated[
        str | None,
        typer.Option(
            "--api-key",
            envvar="FACEPOINTS_API_KEY",
            show_envvar=True,
            show_default=False,
            rich_help_panel=_ACCESS,
            help="Key that clients must show. Others on this machine can see it in the list of processes; "
            "--api-key-file and the environment variable do not show it.",
        ),
    ] = field(default=None, repr=False)
    allow_hosts: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            rich_help_panel=_ACCESS,
            show_default="this machine's where it listens on 127.0.0.1, else any",
            help="Name under which the service may be reached. May be given several times.",
        ),
    ] = None
    allow_origins: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-origin",
            rich_help_panel=_ACCESS,
            show_default="none but its own page",
            help="Site, such as https://app.example, whose pages may use the service. May be given several times.",
        ),
    ] = None
    access_log: Annotated[bool, _option("Log every request: client, method, path, status.", _ACCESS)] = False

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            whole = isinstance(_DEFAULTS[name], int)
            if not is_number(value, whole=whole) or not low <= value <= high:
                raise InputError(f"--{name.replace('_', '-')} must be from {low} to {high}; got {value!r}")
        if self.api_key is not None and (not self.api_key.isascii() or len(self.api_key) < _SHORTEST_KEY):
            raise InputError(f"an API key needs at least {_SHORTEST_KEY} characters, all of them ASCII")

    @property
    def hosts(self) -> frozenset[str] | None:
        """Names, in lower case and without port, under which requests are answered; None for any."""
        if self.allow_hosts:
            return frozenset(name.lower().strip("[]") for name in self.allow_hosts)
        return _LOOPBACK if is_loopback(self.host) else None


_SHORTEST_KEY = 8

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_RANGES: dict[str, tuple[float, float]] = {
    "port": (0, 65535),
    "workers": (1, 256),
    "threads": (1, 256),
    "queue": (0, 10_000),
    "max_bytes": (1000, 1000 * _MB),
    "max_pixels": (1000, 200 * _MP),
    "max_images": (1, 1000),
    "max_connections": (1, 65_536),
    "max_sockets": (0, 10_000),
    "max_frame_bytes": (1000, 100 * _MB),
    "max_frame_rate": (0.1, 1000),
    "idle_timeout": (0.1, 86_400),
    "upload_timeout": (0.1, 3600),
    "stop_timeout": (1, 3600),
}

_DEFAULTS = {one.name: one.default for one in fields(ServeSettings)}


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a service at this address."""
    return host.lower().strip("[]") in _LOOPBACK or host.startswith("127.")
