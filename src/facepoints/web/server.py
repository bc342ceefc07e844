"""Running the service: uvicorn, one process or several, and a graceful stop."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from types import FrameType
from typing import Any

import cv2
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from facepoints.errors import InputError
from facepoints.web.app import create_app
from facepoints.web.connections import HttpConnection, LiveConnection
from facepoints.web.finders import Finders
from facepoints.web.metrics import shared_by_workers
from facepoints.web.settings import ServeSettings

__all__ = ["bind", "config_of", "run", "run_workers", "serve"]

_LONGEST_HEAD = 64 * 1024
_KEEP_ALIVE = 15
_BACKLOG = 512
_START_SECONDS = 120.0
_SWITCH_SECONDS = 0.0002


@dataclass(frozen=True)
class _Application:
    """Makes the application in each worker."""

    settings: ServeSettings

    def __call__(self) -> FastAPI:
        if self.settings.workers > 1:
            threading.Thread(target=_stop_with_supervisor, name="supervisor-watch", daemon=True).start()
        # The threads of the pool are the parallelism; OpenCV's own would take processors from other workers.
        cv2.setNumThreads(1)
        # Each call that leaves Python and comes back would wait 5 ms for a busy event loop to hand it the interpreter.
        sys.setswitchinterval(_SWITCH_SECONDS)
        # What is wrong with a picture is told to who sent it, and nobody else.
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        return create_app(self.settings)


def bind(settings: ServeSettings) -> socket.socket:
    """A socket that listens at the address of the settings.

    Raises:
        InputError: the address is taken, or not of this machine.
    """
    listener = _bound(settings.host, settings.port)
    listener.listen(_BACKLOG)  # who connects before the networks are loaded waits, and is not refused
    return listener


def _bound(host: str, port: int, *, shared: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once (TCP_NODELAY) only on sockets that say that they are TCP.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((host.strip("[]"), port))
        bound.set_inheritable(True)
    except OSError as error:
        bound.close()
        reason = error.strerror or error
        raise InputError(f"cannot listen on {host}, port {port}: {reason}. Choose another") from error
    return bound


@dataclass(frozen=True)
class _OwnSocket:
    """A listening socket that each worker opens for itself when it receives this.

    Of connections that come at the same time, asyncio accepts all that it can; on a common socket, one worker would get
    them all. Between sockets of the same port, Linux spreads them.
    """

    host: str
    port: int

    def __reduce__(self) -> tuple[Any, ...]:
        """In the worker it is a socket."""
        return _own_socket, (self.host, self.port)


def _own_socket(host: str, port: int) -> socket.socket:
    own = _bound(host, port, shared=True)
    own.listen(_BACKLOG)
    return own


class _Workers(Multiprocess):
    """uvicorn's supervisor, which tells when all workers serve."""

    def __init__(self, config: uvicorn.Config, sockets: list[Any], announce: Callable[[], None]) -> None:
        super().__init__(config, sockets)
        self._announce = announce

    def init_processes(self) -> None:
        """Start the workers."""
        super().init_processes()
        if all(process.wait_until_ready(_START_SECONDS, self.should_exit) for process in self.processes):
            self._announce()


def config_of(settings: ServeSettings) -> uvicorn.Config:
    """How uvicorn is to run the service."""
    return uvicorn.Config(
        _Application(settings),
        factory=True,
        workers=settings.workers,
        http=HttpConnection,
        ws=LiveConnection,
        ws_max_size=settings.max_frame_bytes,
        ws_per_message_deflate=False,  # pictures are compressed already
        h11_max_incomplete_event_size=_LONGEST_HEAD,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=settings.stop_timeout,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        access_log=settings.access_log,
        log_level="info" if settings.access_log else "error",
    )


def serve(settings: ServeSettings, announce: Callable[[str, int], None]) -> None:
    """Serve until the process is told to stop (SIGTERM, Ctrl-C); requests under way finish.

    Args:
        settings: of the service.
        announce: called with address and port as soon as clients may connect.

    Raises:
        InputError: the address is taken, or there is no such keypoint network.
        WeightsError: the keypoint network is damaged, or none.
    """
    Finders(settings.keypoints)  # a worker that fails at its start would be started again and again
    if threading.current_thread() is threading.main_thread():
        # To be told to stop is no failure. uvicorn takes the signal over while it runs, and hands it on afterwards.
        signal.signal(signal.SIGTERM, _exit)
    if settings.workers == 1:
        with bind(settings) as listener:
            announce(*listener.getsockname()[:2])
            run(settings, listener)
    elif sys.platform == "linux":
        with _bound(settings.host, settings.port):
            pass  # nobody else is there: the next one would share the port even with another service of this user
        with _bound(settings.host, settings.port, shared=True) as place:  # keeps the port, and never listens
            host, port = place.getsockname()[:2]
            run_workers(settings, [_OwnSocket(host, port)], lambda: announce(host, port))
    else:
        with bind(settings) as listener:
            host, port = listener.getsockname()[:2]
            run_workers(settings, [listener], lambda: announce(host, port))


def run(settings: ServeSettings, listener: socket.socket) -> None:
    """Serve in this process, on a socket from :func:`bind`."""
    uvicorn.Server(config_of(settings)).run(sockets=[listener])


def run_workers(settings: ServeSettings, sockets: list[Any], announce: Callable[[], None]) -> None:
    """Serve in processes of their own, each on these sockets, and call ``announce`` when they do."""
    with shared_by_workers():
        _Workers(config_of(settings), sockets, announce).run()


def _stop_with_supervisor() -> None:
    """In a worker: wait for the death of who started it, and then stop as if told to. Killed, it could tell nobody, and
    the workers would hold the port for ever."""
    supervisor = parent_process()
    if supervisor is not None:
        connection.wait([supervisor.sentinel])
        signal.raise_signal(signal.SIGTERM)


def _exit(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
