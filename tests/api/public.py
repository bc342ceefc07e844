"""The public interface as text: the names and signatures of the API reference, and the commands with their options.

Read from the source by griffe, which imports nothing, so it is the same whatever is installed. To write the files anew
after a change that is meant:

    python -m tests.api.public
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
RENEW = "python -m tests.api.public"

_DIRECTIVE = re.compile(r"^::: (facepoints[\w.]*)$", re.MULTILINE)


def python_interface() -> str:
    """A line for each public name: those that the modules of docs/reference export, and the members of classes."""
    package = griffe.load("facepoints", search_paths=[str(ROOT / "src")], resolve_aliases=True)
    reference = (path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "reference").glob("*.md"))
    modules = {name for page in reference for name in _DIRECTIVE.findall(page)}
    lines = [line for name in ["facepoints", *sorted(modules)] for line in _of_module(_member(package, name))]
    return "\n".join(dict.fromkeys(lines)) + "\n"


def command_line() -> str:
    """A line for each command: its name, its arguments and its options."""
    import typer

    from facepoints.cli import app

    return "\n".join(_of_command("facepoints", typer.main.get_command(app))) + "\n"


def _member(package: Any, path: str) -> Any:
    return package if path == "facepoints" else package[path.removeprefix("facepoints.")]


def _of_module(module: Any) -> Iterator[str]:
    for name in sorted(module.exports if module.exports is not None else module.members):
        if not name.startswith("_"):
            yield from _of_object(f"{module.path}.{name}", module.members[name])


def _of_object(path: str, found: Any) -> Iterator[str]:
    if found.is_alias:
        yield f"{path} is {found.target_path}"
        if found.final_target.is_function or found.final_target.is_class:
            yield from _of_object(found.final_target.path, found.final_target)
    elif found.is_function:
        yield _signature(path, found)
    elif found.is_class:
        yield f"class {path}({', '.join(str(base) for base in found.bases)})"
        initialiser = found.all_members.get("__init__")  # griffe makes that of a dataclass
        if initialiser is not None and initialiser.is_function:
            yield _signature(f"{path}.__init__", initialiser)
        for name, member in sorted(found.members.items()):
            if not name.startswith("_"):
                yield from _of_object(f"{path}.{name}", member)
    elif found.is_attribute:
        yield f"{path}: {found.annotation}" if found.annotation is not None else path


def _signature(path: str, function: Any) -> str:
    return " ".join(str(function.signature(name=path)).split())


def _of_command(path: str, command: Any) -> Iterator[str]:
    if commands := getattr(command, "commands", None):
        for name in sorted(commands):
            yield from _of_command(f"{path} {name}", commands[name])
        return
    arguments = [parameter.name.upper() for parameter in command.params if parameter.param_type_name == "argument"]
    options = [
        "/".join([*parameter.opts, *parameter.secondary_opts])
        for parameter in command.params
        if parameter.param_type_name == "option"
    ]
    yield " ".join([path, *arguments, *sorted(options)])


def main() -> None:
    """Write both files anew."""
    (HERE / "python.txt").write_text(python_interface(), encoding="utf-8", newline="\n")
    (HERE / "commands.txt").write_text(command_line(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
