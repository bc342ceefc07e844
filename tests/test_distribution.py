"""What a release consists of: the sdist and the wheel, built twice by tools/build_dist.py, and what is in them."""

import hashlib
import importlib.util
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

import facepoints
from tests.conftest import ROOT

NAME = f"facepoints-{facepoints.__version__}"
DIST_INFO = f"{NAME}.dist-info"

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".pgm", ".ppm"}
FREE_PICTURES = ("examples/", "docs/images/", "src/facepoints/filters/art/", "src/facepoints/web/static/")
"""Where pictures may lie: all of these are free, which examples/SOURCES.md and static/SOURCES.md say."""
DATA = {".pts", ".npz", ".npy", ".ckpt", ".pt", ".pth", ".parquet", ".mat", ".zip", ".tar", ".gz", ".mp4", ".avi"}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both files, built without network."""
    for tool in ("build", "hatchling"):
        if importlib.util.find_spec(tool) is None:
            pytest.skip(f"{tool} is not installed; it comes with the extra [dev]")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, str(ROOT / "tools" / "build_dist.py"), "--dirty", "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(dist / f"{NAME}-py3-none-any.whl") as archive:
        yield archive


@pytest.fixture(scope="module")
def source_files(dist: Path) -> dict[str, int]:
    """Sizes of the files of the sdist, by path in the repository."""
    with tarfile.open(dist / f"{NAME}.tar.gz") as archive:
        members = archive.getmembers()
    assert all(member.isfile() and member.name.startswith(f"{NAME}/") for member in members)
    return {member.name.removeprefix(f"{NAME}/"): member.size for member in members}


def test_checksums_are_those_of_the_files(dist: Path) -> None:
    lines = [line.split("  ") for line in (dist / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    assert {name for _, name in lines} == {path.name for path in dist.iterdir()} - {"SHA256SUMS"}
    assert {name: digest for digest, name in lines} == {
        name: hashlib.sha256((dist / name).read_bytes()).hexdigest() for _, name in lines
    }


def test_wheel_is_the_package_and_no_more(wheel: zipfile.ZipFile) -> None:
    packaged = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "facepoints").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    about = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "licenses/WEIGHTS_LICENSE")
    assert set(wheel.namelist()) == packaged | {f"{DIST_INFO}/{name}" for name in about}
    assert {"facepoints/py.typed", "facepoints/weights/MODEL_CARD.md"} <= packaged


def test_wheel_has_the_weights_of_their_index(wheel: zipfile.ZipFile) -> None:
    index = json.loads(wheel.read("facepoints/weights/index.json"))
    shipped = {name: wheel.read(name) for name in wheel.namelist() if name.endswith(".onnx")}
    assert {f"facepoints/weights/{entry['file']}": entry["sha256"] for entry in index.values()} == {
        name: hashlib.sha256(content).hexdigest() for name, content in shipped.items()
    }
    assert {"compact", "compact-int8", "tiny", "large", "detector"} == set(index)


def test_wheel_metadata(wheel: zipfile.ZipFile) -> None:
    metadata = wheel.read(f"{DIST_INFO}/METADATA").decode()
    assert "License-Expression: MIT AND LicenseRef-facepoints-weights" in metadata
    # The core is these five; everything else belongs to an extra.
    core = [line.split()[1] for line in metadata.splitlines() if line.startswith("Requires-Dist") and ";" not in line]
    libraries = sorted(requirement.split(">")[0].split("<")[0] for requirement in core)
    assert libraries == ["numpy", "onnxruntime", "opencv-python-headless", "rich", "typer"]


def test_sdist_can_be_tested_measured_and_read(source_files: dict[str, int]) -> None:
    needed = {"PKG-INFO", "LICENSE", "WEIGHTS_LICENSE", "CHANGELOG.md", "Makefile", "constraints.txt", "mkdocs.yml"}
    needed |= {"docs/index.md", "docs/site/docstrings.py", "notebooks/README.md", ".ci/run", "tools/build_dist.py"}
    needed |= {"tests/conftest.py", "examples/SOURCES.md", "examples/astronaut.png", "benchmarks/estimator_speed.py"}
    assert needed <= set(source_files)


def test_no_data_and_nothing_left_lying_about(source_files: dict[str, int], wheel: zipfile.ZipFile) -> None:
    paths = [PurePosixPath(name) for name in [*source_files, *wheel.namelist()]]
    assert [str(path) for path in paths if path.suffix.lower() in DATA] == []
    assert [str(path) for path in paths if {"__pycache__", "site", "runs", "build"} & set(path.parts[:-1])] == [
        str(path) for path in paths if path.parts[:2] == ("docs", "site")
    ]
    pictures = [name for name in source_files if PurePosixPath(name).suffix.lower() in PICTURES]
    assert [name for name in pictures if not name.startswith(FREE_PICTURES)] == []


def test_sizes(dist: Path, source_files: dict[str, int]) -> None:
    """A wheel is what everybody downloads: more than this needs a reason, and the figure here a change."""
    assert (dist / f"{NAME}-py3-none-any.whl").stat().st_size < 14_000_000
    assert (dist / f"{NAME}.tar.gz").stat().st_size < 20_000_000
    assert max(source_files.values()) < 9_000_000
