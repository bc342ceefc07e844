"""Running the service: uvicorn, one process or several, and a graceful stop."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

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

__all__ = ["bind", "config_of", "run", "serve"]

_LONGEST_HEAD = 64 * 1024
_KEEP_ALIVE = 15
_BACKLOG = 512
_SWITCH_SECONDS = 0.0002


@dataclass(frozen=True)
class _Application:
    """Makes the application in each worker."""

    settings: ServeSettings

    def __call__(self) -> FastAPI:
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
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio sends small answers at once (TCP_NODELAY) only on sockets that say that they are TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host.strip("[]"), settings.port))
        listener.listen(_BACKLOG)  # who connects before the networks are loaded waits, and is not refused
        listener.set_inheritable(True)
    except OSError as error:
        listener.close()
        reason = error.strerror or error
        raise InputError(f"cannot listen on {settings.host}, port {settings.port}: {reason}. Choose another") from error
    return listener


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
    with bind(settings) as listener:
        announce(*listener.getsockname()[:2])
        run(settings, listener)


def run(settings: ServeSettings, listener: socket.socket) -> None:
    """The second half of :func:`serve`, on a socket from :func:`bind`."""
    config = config_of(settings)
    if settings.workers > 1:
        with shared_by_workers():
            Multiprocess(config, sockets=[listener]).run()
    else:
        uvicorn.Server(config).run(sockets=[listener])


def _exit(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
