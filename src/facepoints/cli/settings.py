"""Options made from a dataclass of settings: its fields, defaults and help texts are those of the command line."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Annotated, Any, get_type_hints

import typer

__all__ = ["with_settings"]


def with_settings(
    settings: type[Any], panel: str | None = None, *, name: str = "settings", make: Callable[..., Any] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each field of a dataclass.

    The command takes the finished object as its keyword argument ``name``.

    Args:
        settings: the dataclass. A field's annotation may hold its Typer option; else ``metadata["help"]`` is the help
            text of its option.
        panel: heading in ``--help`` of the options that fields do not bring themselves.
        name: of the command's argument.
        make: takes the values of the fields by their names and makes what the command takes; None for the dataclass.
    """
    fields = [field.name for field in dataclasses.fields(settings)]

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def wrapped(**values: Any) -> None:
            chosen = {field: values.pop(field) for field in fields}
            command(**values, **{name: (make or settings)(**chosen)})

        own = inspect.signature(command, eval_str=True).parameters
        kept = [
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for parameter in own.values()
            if parameter.name != name
        ]
        parameters = [*kept, *_options(settings, panel)]
        wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        wrapped.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return wrapped

    return decorate


def _options(settings: type[Any], panel: str | None) -> Iterator[inspect.Parameter]:
    """A parameter of a Typer command for each field."""
    types = get_type_hints(settings, include_extras=True)
    for field in dataclasses.fields(settings):
        annotation = types[field.name]
        if "help" in field.metadata:
            annotation = Annotated[annotation, typer.Option(help=field.metadata["help"], rich_help_panel=panel)]
        default = inspect.Parameter.empty if field.default is dataclasses.MISSING else field.default
        yield inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
