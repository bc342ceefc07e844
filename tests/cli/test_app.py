"""The command line as a whole: help, version, errors and exit codes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import facepoints
from facepoints.cli import _Commands
from facepoints.cli.extras import extra_of
from facepoints.errors import ImageError, InputError, MissingExtraError
from tests.cli.conftest import run


def program(*arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    """Run ``python -m facepoints`` as a shell would."""
    command = [sys.executable, "-m", "facepoints", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **more)  # type: ignore[call-overload, no-any-return]


def test_version() -> None:
    assert run("--version").output == f"facepoints {facepoints.__version__}\n"


def test_help_lists_the_commands() -> None:
    output = run("--help").output
    assert all(
        command in output
        for command in ("detect", "video", "align", "evaluate", "train", "data", "export", "inspect", "serve", "info")
    )


def test_unknown_command_is_wrong_use() -> None:
    result = run("detekt")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "detekt" in result.stderr


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (InputError("a wrong argument"), 2, "Error: a wrong argument\n"),
        (ImageError("photo.jpg: damaged"), 1, "Error: photo.jpg: damaged\n"),
        (MissingExtraError("training", "train"), 2, "pip install 'facepoints[train]'\n"),
        (ModuleNotFoundError("No module named 'torch'", name="torch"), 2, "facepoints fail needs more packages. "),
        (ModuleNotFoundError("No module named 'lightning.x'", name="lightning.x"), 2, "'facepoints[train]'\n"),
        (OSError(28, "No space left on device", "out.json"), 1, "Error: out.json: No space left on device\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)  # fmt: skip
def test_errors_become_a_line_and_a_code(error: BaseException, code: int, message: str) -> None:
    app = typer.Typer(cls=_Commands)

    @app.command()
    def fail() -> None:
        raise error

    @app.callback()
    def _group() -> None:
        pass

    result = CliRunner().invoke(app, ["fail"])
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert result.stderr.count("\n") == (1 if message else 0)


def test_an_error_of_the_program_itself_is_not_hidden() -> None:
    app = typer.Typer(cls=_Commands)

    @app.command()
    def fail() -> None:
        raise ModuleNotFoundError("No module named 'unheard_of'", name="unheard_of")

    @app.callback()
    def _group() -> None:
        pass

    assert isinstance(CliRunner().invoke(app, ["fail"]).exception, ModuleNotFoundError)


@pytest.mark.parametrize(
    ("module", "extra"),
    [("torch", "train"), ("torch.nn", "train"), ("onnxruntime", None), ("av", "video"), ("", None)],
)
def test_extra_of_a_module(module: str, extra: str | None) -> None:
    assert extra_of(module) == extra


def test_as_a_program(tmp_path: Path) -> None:
    done = program("detect", "nowhere.png", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: nowhere.png: no such file or folder\n"


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from facepoints.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'torch', 'lightning', 'matplotlib', 'pandas', 'onnx', 'fastapi', 'uvicorn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such file names")
def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    done = subprocess.run(
        [sys.executable, "-m", "facepoints", "detect", name],
        capture_output=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
