"""What an import loads, what the package exports, what its wheel contains, and its layers."""

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import facepoints

ROOT = Path(__file__).parents[1]


def imported_by(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after ``statement``."""
    code = f"{statement}; import sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_import_loads_no_optional_package() -> None:
    optional = {"torch", "torchvision", "lightning", "tensorboard", "matplotlib", "onnx", "pandas", "PIL", "scipy"}
    optional |= {"fastapi", "uvicorn", "websockets"}
    assert imported_by("import facepoints") & optional == set()


def test_all_is_true() -> None:
    exported = facepoints.__all__
    assert sorted(exported) == sorted(set(exported))
    missing = [name for name in exported if not hasattr(facepoints, name)]
    assert missing == []
    documented = [name for name in exported if name == "__version__" or getattr(facepoints, name).__doc__]
    assert documented == exported


def test_citation_names_this_version() -> None:
    assert f"\nversion: {facepoints.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built without network from a copy of what it is made of."""
    for tool in ("build", "hatchling"):
        if importlib.util.find_spec(tool) is None:
            pytest.skip(f"{tool} is not installed; it comes with the extra [dev]")
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "WEIGHTS_LICENSE"):
        shutil.copy(ROOT / name, source)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_wheel_is_complete(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    packaged = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "facepoints").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packaged <= names
    assert "facepoints/py.typed" in names
    licences = f"facepoints-{facepoints.__version__}.dist-info/licenses"
    assert {f"{licences}/LICENSE", f"{licences}/WEIGHTS_LICENSE"} <= names


def test_wheel_has_the_weights_and_their_card(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert {"facepoints/weights/MODEL_CARD.md", "facepoints/weights/DETECTOR_CARD.md"} <= set(names)
    networks = [info for info in wheel.infolist() if info.filename.endswith(".onnx")]
    assert [Path(info.filename).name for info in networks] == [
        "compact-int8.onnx",
        "compact.onnx",
        "detector.onnx",
        "large.onnx",
        "tiny.onnx",
    ]
    assert all(0 < info.file_size <= 9_000_000 for info in networks)


def test_wheel_metadata(wheel: zipfile.ZipFile) -> None:
    metadata = wheel.read(f"facepoints-{facepoints.__version__}.dist-info/METADATA").decode()
    assert "License-Expression: MIT AND LicenseRef-facepoints-weights" in metadata
    # The core is these five; everything else belongs to an extra.
    core = [line.split()[1] for line in metadata.splitlines() if line.startswith("Requires-Dist") and ";" not in line]
    libraries = sorted(requirement.split(">")[0].split("<")[0] for requirement in core)
    assert libraries == ["numpy", "onnxruntime", "opencv-python-headless", "rich", "typer"]


def test_layers(tmp_path: Path) -> None:
    if importlib.util.find_spec("importlinter") is None:
        pytest.skip("import-linter is not installed; it comes with the extra [dev]")
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
