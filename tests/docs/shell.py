"""Commands of documents: those of facepoints are run, the others checked against what they speak of."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import httpx
import typer
from typer.testing import CliRunner

from facepoints.cli import app
from tests.conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ADDRESS = "127.0.0.1:8000"
"""Where documents have the service; tests have it at another port."""

UNCHECKED = {
    "cat",
    "cd",
    "cp",
    "git",
    "head",
    "jupyter",
    "ls",
    "mkdir",
    "podman",
    "pre-commit",
    "py",
    "ssh",
    "systemctl",
}
"""Programs that documents may name and that are none of our business."""

QUICK_TRAINING = shlex.split("--samples 8 --epoch-samples 8 --batch-size 4 --workers 0 --accelerator cpu")
"""A training that a document shows is run with these settings instead of its own: hours become seconds."""

QUICK_NETWORKS = ("compact", "tiny", "slim", "full")
"""Trainings of other networks are not run, but checked: they take minutes, and tests/training tries them all."""

OWN_PROCESS = ("batch",)
"""Commands that start processes and leave them to the end of the program."""

_ENVIRONMENT = re.compile(r"[A-Z][A-Z0-9_]*=.*")
_SEPARATORS = {"&&", ";", "|", "||", "&"}


def commands_of(code: str) -> list[list[str]]:
    """The commands of a block, as words; comments are gone and continued lines joined.

    A ``>`` and the name of a file stay at the end of a command; what reads from a pipe is a command of its own.
    """
    commands = []
    for line in code.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="&;|>")
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if word not in _SEPARATORS:
                words.append(word)
            elif words:
                commands.append(words)
                words = []
    return commands


class Shell:
    """Runs or checks the commands of one page, in the current folder.

    What a command that is not run would have made is not there for those after it, so these are checked alone as well.

    Args:
        service: gives host and port of a running ``facepoints serve``; asked when a command needs it.
    """

    def __init__(self, service: Callable[[], str]) -> None:
        self._service = service
        self._not_made: set[str] = set()

    def run(self, words: list[str], *, only_check: bool = False) -> None:
        """Run a command, or check it if it is no command of ours.

        Raises:
            AssertionError: it failed, or names what does not exist.
        """
        while _ENVIRONMENT.fullmatch(words[0]):
            words = words[1:]
        program, arguments = PurePosixPath(words[0].replace("\\", "/")).name, words[1:]
        if (ours := _of_facepoints(program, arguments)) is not None:
            check_options(ours)
            if only_check or program == "torchrun" or _cannot_run(ours) or self._lacks_input(ours):
                self._not_made |= _outputs(ours)
            else:
                run_facepoints(ours)
        elif program == "curl":
            if not only_check:
                self._request(arguments)
        elif program in _CHECKS:
            _CHECKS[program](arguments)
        else:
            assert program in UNCHECKED or only_check, (
                f"do not know how to check {program!r}: put <!-- not run: reason --> before the block"
            )

    def _lacks_input(self, words: list[str]) -> bool:
        return any(word == made or word.startswith(f"{made}/") for word in words for made in self._not_made)

    def _request(self, arguments: list[str]) -> None:
        """Send what curl would send."""
        files, headers, content, output, url = [], {}, None, None, ""
        words = iter(arguments)
        for word in words:
            if word in ("-F", "--form"):
                name, _, path = next(words).partition("=@")
                files.append((name, (path, Path(path).read_bytes())))
            elif word == "--data-binary":
                content = Path(next(words).removeprefix("@")).read_bytes()
            elif word in ("-H", "--header"):
                name, _, value = next(words).partition(":")
                headers[name] = value.strip()
            elif word in ("-o", "--output"):
                output = Path(next(words))
            else:
                assert not word.startswith("-"), f"do not know curl's option {word}"
                url = word.replace(ADDRESS, self._service())
        method = "POST" if files or content is not None else "GET"
        answer = httpx.request(method, url, files=files or None, content=content, headers=headers, timeout=60)
        assert answer.is_success, f"{url}: {answer.status_code} {answer.text}"
        if output is not None:
            output.write_bytes(answer.content)


def check_options(arguments: list[str]) -> None:
    """Whether command and options exist; their values are not looked at.

    Raises:
        AssertionError: there is no such command or option.
    """
    command = typer.main.get_command(app)
    context = command.make_context("facepoints", [], resilient_parsing=True)
    words = _without_redirection(arguments)[0]
    while words and hasattr(command, "commands") and not words[0].startswith("-"):
        name, *words = words
        assert name in command.commands, f"there is no command {name!r} in: facepoints {' '.join(arguments)}"
        command = command.commands[name]
        context = command.make_context(name, [], parent=context, resilient_parsing=True)
    context.resilient_parsing = False
    try:
        command.make_parser(context).parse_args(args=list(words))
    except Exception as error:  # of click, or of the copy of it that typer has
        raise AssertionError(f"facepoints {' '.join(arguments)}: {error}") from error


def run_facepoints(arguments: list[str]) -> None:
    """Run a command, in this process where that does no harm.

    Raises:
        AssertionError: its exit code is not 0.
    """
    words, output = _without_redirection(arguments)
    if words[0] in OWN_PROCESS:
        command = [sys.executable, "-m", "facepoints", *words]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
        done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
        code, printed, complaints = done.returncode, done.stdout, done.stderr
    else:
        result = CliRunner().invoke(app, [*words, *QUICK_TRAINING] if words[0] == "train" else words)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        code, printed, complaints = result.exit_code, result.stdout, result.stderr
    assert code == 0, f"facepoints {' '.join(words)}\n{printed}{complaints}"
    if output is not None:
        output.write_text(printed, encoding="utf-8")


def _cannot_run(words: list[str]) -> bool:
    """Whether a command would wait for a person or a camera, download something, or take too long for a test."""
    command, source = words[0], words[1] if len(words) > 1 else ""
    network = words[words.index("--network") + 1] if "--network" in words else "compact"
    return "--help" not in words and (
        command in ("serve", "webcam")
        or (command == "video" and (source.isdigit() or "://" in source))
        or (command == "data" and source == "download")
        or any(word.startswith(("s3://", "https://")) for word in words)
        or (command == "train" and (network not in QUICK_NETWORKS or "--devices" in words))
    )


def _outputs(words: list[str]) -> set[str]:
    """What a command writes, of which others may read."""
    return {words[place + 1] for place, word in enumerate(words[:-1]) if word in ("--out", "-o", ">")}


def _without_redirection(words: list[str]) -> tuple[list[str], Path | None]:
    if ">" not in words:
        return words, None
    place = words.index(">")
    return words[:place], Path(words[place + 1])


def _of_facepoints(program: str, arguments: list[str]) -> list[str] | None:
    """The arguments of facepoints that a command has, or None if it is another program."""
    if program == "facepoints":
        return arguments
    if program in ("python", "python3", "torchrun") and "facepoints" in arguments:
        place = arguments.index("facepoints")
        if arguments[place - 1] == "-m":
            return arguments[place + 1 :]
    return None


def _check_pip(arguments: list[str]) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for word in arguments:
        if found := re.fullmatch(r"(?:facepoints|\.)\[(.*)\]", word):
            for extra in found[1].split(","):
                assert extra in extras, f"there is no extra {extra!r}"


def _check_make(arguments: list[str]) -> None:
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in arguments:
        assert "=" in target or re.search(rf"^{re.escape(target)}:", rules, re.MULTILINE), f"make has no {target!r}"


def _check_script(arguments: list[str]) -> None:
    if arguments[:1] == ["-m"]:
        return
    script = ROOT / arguments[0]
    assert script.is_file(), f"there is no {arguments[0]}"
    text = script.read_text(encoding="utf-8")
    for word in arguments[1:]:
        option = word.partition("=")[0]
        assert not option.startswith("--") or option in text, f"{arguments[0]} has no option {option}"


_CHECKS = {"pip": _check_pip, "make": _check_make, "python": _check_script, "python3": _check_script}
