"""``facepoints serve``: the HTTP service, the live socket and the page."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from facepoints.cli.settings import with_settings
from facepoints.errors import InputError
from facepoints.web.settings import ServeSettings, is_loopback

__all__ = ["serve"]


@with_settings(ServeSettings)
def serve(
    settings: ServeSettings,
    api_key_file: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            show_default=False,
            rich_help_panel="Access",
            help="File whose first line is the key that clients must show.",
        ),
    ] = None,
) -> None:
    """Serve an HTTP interface, a live socket and a page in the browser, until Ctrl-C."""
    if api_key_file is not None:
        settings = dataclasses.replace(settings, api_key=_key_in(api_key_file))
    from facepoints.web import server

    if not is_loopback(settings.host) and settings.api_key is None:
        Console(stderr=True).print(
            f"Warning: whoever reaches {settings.host} may use the service; --api-key-file changes this", soft_wrap=True
        )
    server.serve(settings, _announce)


def _announce(host: str, port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"facepoints serves on http://{shown}:{port} (Ctrl-C stops it)")
    sys.stdout.flush()


def _key_in(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the key cannot be read: {error}") from error
    if not lines or not lines[0].strip():
        raise InputError(f"{path}: the first line must be the key; it is empty")
    return lines[0].strip()
