"""Makes an environment for each peer, once, and measures its size."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from contestants import Environment

WAIT_SECONDS = 10


class UnavailableError(Exception):
    """Why an environment cannot be had here."""


@dataclass(frozen=True)
class Made:
    """An environment that is there.

    Attributes:
        folder: of the environment; a worker runs in it.
        python: its interpreter; ours for an npm folder, which needs none.
        megabytes: what was installed, without pip itself.
    """

    folder: Path
    python: str
    megabytes: float


def make(environment: Environment, root: Path) -> Made:
    """The environment below ``root``, made anew where what it is made from has changed.

    Raises:
        UnavailableError: an installation failed, or a needed address does not answer; says why.
    """
    folder = root / environment.name
    stamp = folder / "made.json"
    recipe = [list(map(list, environment.pip)), list(environment.npm), _digest(environment.source)]
    if not stamp.is_file() or json.loads(stamp.read_text())["recipe"] != recipe:
        if environment.needs is not None:
            _check_address(environment.needs)
        folder.mkdir(parents=True, exist_ok=True)
        print(f"making the environment {folder}", file=sys.stderr)
        megabytes = _install_npm(environment, folder) if environment.npm else _install_pip(environment, folder)
        stamp.write_text(json.dumps({"recipe": recipe, "megabytes": megabytes}))
    megabytes = json.loads(stamp.read_text())["megabytes"]
    return Made(folder, sys.executable if environment.npm else str(_python(folder)), megabytes)


def _install_pip(environment: Environment, folder: Path) -> float:
    _run([sys.executable, "-m", "venv", "--clear", str(folder)], folder)
    before = _size(folder)
    for packages in environment.pip:
        command = [str(_python(folder)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*command, *packages], folder)
    return _size(folder) - before


def _install_npm(environment: Environment, folder: Path) -> float:
    (folder / "package.json").write_text('{"private": true}')
    _run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *environment.npm], folder)
    return _size(folder / "node_modules")


def _python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise UnavailableError(f"{command[0]} is not installed") from error
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise UnavailableError(f"installing failed: {lines[-1][:200]}")


def _check_address(address: str) -> None:
    request = urllib.request.Request(address, method="HEAD")
    try:
        urllib.request.urlopen(request, timeout=WAIT_SECONDS).close()
    except (OSError, urllib.error.URLError) as error:
        reason = str(getattr(error, "reason", error))
        raise UnavailableError(f"its weights cannot be downloaded here ({address.split('/')[2]}: {reason})") from error


def _digest(source: Path | None) -> str:
    """Of all files below a folder, so that an installation from it is made anew when one has changed."""
    digest = hashlib.sha256()
    for file in sorted(source.rglob("*")) if source else ():
        if file.is_file() and "__pycache__" not in file.parts:
            digest.update(str(file.relative_to(source)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _size(folder: Path) -> float:
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
