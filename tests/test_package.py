"""What an import loads, what the package exports, and its layers."""

import importlib.util
import os
import subprocess
import sys
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
