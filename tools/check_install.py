"""Install a wheel into empty environments and let each find the face of the example picture.

    python tools/check_install.py WHEEL [--python 3.12 --python /usr/bin/python3.13 ...] [--out build/release-check]

For each Python, once with the oldest and once with the newest releases of the core's dependencies that pyproject.toml
allows and that have a wheel for that Python, without extras. `facepoints detect` must run without a message on stderr,
and what it finds must be what tests/astronaut.json says. Writes ``matrix.md`` and ``matrix.json``, and
prints the table; exit code 1 if any failed. A Python that is not there is a row of its own, and no failure.
Needs uv (https://docs.astral.sh/uv/), which resolves to the lowest versions as well as to the highest.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
RESOLUTIONS = {"oldest": "lowest-direct", "newest": "highest"}
LIBRARIES = ("numpy", "opencv-python-headless", "onnxruntime", "typer", "rich")
PIXELS, SCORE = 0.3, 0.005
"""What other releases may change: ONNX Runtime's kernels of 8-bit layers round differently. The face is 93 pixels wide,
and the network's mean error a tenfold; a wrong crop, colour order or weight is far beyond."""


class CheckError(Exception):
    """A step that failed, with what it said."""


@dataclass
class Row:
    """One environment and what became of it."""

    python: str
    dependencies: str
    result: str = "passed"
    versions: dict[str, str] = field(default_factory=dict)
    pixels: float | None = None  # the largest difference


def main() -> int:
    """Check all, write the matrix, and give the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--python", action="append", help="version or path; may be given several times")
    parser.add_argument("--out", type=Path, default=Path("build/release-check"))
    options = parser.parse_args()
    rows = []
    for row in check_all(options.wheel.resolve(strict=True), options.python or PYTHONS):
        print(f"{row.python}, {row.dependencies}: {row.result}", file=sys.stderr, flush=True)
        rows.append(row)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "matrix.json").write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    (options.out / "matrix.md").write_text(table(rows))
    print(table(rows), end="")
    return int(any(row.result.startswith("failed") for row in rows))


def check_all(wheel: Path, pythons: tuple[str, ...] | list[str]) -> Iterator[Row]:
    """A row for each Python and resolution."""
    for asked in pythons:
        interpreter = find_python(asked)
        for name, resolution in RESOLUTIONS.items():
            row = Row(asked, name)
            if interpreter is None:
                row.result = "no such Python here"
            else:
                try:
                    check(wheel, interpreter, resolution, row)
                except CheckError as error:
                    row.result = f"failed: {error}"
            yield row


def find_python(asked: str) -> str | None:
    """An interpreter: a path as it is, else what the PATH has, else the newest of that version that pyenv has."""
    if os.sep in asked:
        return asked
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    installed = sorted(pyenv.glob(f"{asked}.*"), key=lambda folder: int(folder.name.rpartition(".")[2]), reverse=True)
    candidates = [shutil.which(f"python{asked}"), *(str(folder / "bin" / "python") for folder in installed)]
    for candidate in candidates:
        if candidate and subprocess.run([candidate, "--version"], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


def check(wheel: Path, interpreter: str, resolution: str, row: Row) -> None:
    """Install, note the versions in ``row``, and find the face.

    Raises:
        CheckError: the wheel cannot be installed, the program fails, or it finds something else.
    """
    direct = core_requirements(wheel)  # named, since uv takes the lowest releases of what it is asked for alone
    with tempfile.TemporaryDirectory() as folder:
        run(["uv", "venv", "--quiet", "--python", interpreter, folder + "/env"])
        python = str(Path(folder, "env", "Scripts" if os.name == "nt" else "bin", "python"))
        install = ["uv", "pip", "install", "--quiet", "--python", python, "--only-binary", ":all:"]
        run([*install, "--resolution", resolution, str(wheel), *direct])
        listed = json.loads(run(["uv", "pip", "list", "--quiet", "--python", python, "--format", "json"]))
        versions = {entry["name"]: entry["version"] for entry in listed}
        row.versions = {name: versions[name] for name in LIBRARIES}
        found = run([python, "-m", "facepoints", "detect", str(ROOT / "examples" / "astronaut.png")], cwd=folder)
    row.pixels = compare(json.loads(found), json.loads((ROOT / "tests" / "astronaut.json").read_text(encoding="utf-8")))


def core_requirements(wheel: Path) -> list[str]:
    """What the wheel needs without any extra."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(archive.read(name))
    return [requirement for requirement in metadata.get_all("Requires-Dist", []) if "extra ==" not in requirement]


def run(command: list[str], cwd: str | None = None) -> str:
    """What a command prints; anything on stderr counts as a failure, but what old OpenCV says of colour profiles."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment)
    told = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("libpng warning: iCCP")]
    if done.returncode or told:
        name = Path(command[0]).name
        raise CheckError(f"{name} {' '.join(command[1:4])} gave {done.returncode}: {' '.join(told[-3:])}")
    return done.stdout


def compare(found: dict[str, Any], golden: dict[str, Any]) -> float:
    """The largest difference in pixels; CheckError where it is, or a score's, above the tolerance."""
    faces, true = found["faces"], golden["faces"]
    if len(faces) != len(true):
        raise CheckError(f"{len(faces)} faces instead of {len(true)}")
    pairs = [(coordinates(one), coordinates(other)) for one, other in zip(faces, true, strict=True)]
    pixels = max(abs(a - b) for one, other in pairs for a, b in zip(one, other, strict=True))
    score = max(abs(one["score"] - other["score"]) for one, other in zip(faces, true, strict=True))
    if pixels > PIXELS or score > SCORE:
        raise CheckError(f"{pixels:.2f} pixels and a score of {score:.4f} away from what it should find")
    return pixels


def coordinates(face: dict[str, Any]) -> list[float]:
    """Those of the box and of the points, without the points' scores."""
    return [*face["box"], *(value for point in face["keypoints"] for value in point[:2])]


def table(rows: list[Row]) -> str:
    """The matrix as Markdown."""
    lines = [["Python", "dependencies", *LIBRARIES, "off by, px", "result"], ["---"] * (len(LIBRARIES) + 4)]
    for row in rows:
        pixels = "" if row.pixels is None else f"{row.pixels:.2f}"
        versions = [row.versions.get(name, "") for name in LIBRARIES]
        lines.append([row.python, row.dependencies, *versions, pixels, row.result])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    sys.exit(main())
