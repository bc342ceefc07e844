"""Options made from a dataclass of settings: its fields, defaults and help texts are those of the command line."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, get_type_hints

import typer

__all__ = ["with_settings"]


def with_settings(settings: type[Any], panel: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each field of a dataclass.

    The command takes the finished object as its last argument, ``settings``. A field's ``metadata["help"]`` is the help
    text of its option.

    Args:
        settings: the dataclass.
        panel: heading of these options in ``--help``.
    """
    types = get_type_hints(settings)
    fields = dataclasses.fields(settings)

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True).parameters
        options = [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=Annotated[
                    types[field.name], typer.Option(help=field.metadata["help"], rich_help_panel=panel)
                ],
            )
            for field in fields
        ]

        @wraps(command)
        def wrapped(**values: Any) -> None:
            chosen = {field.name: values.pop(field.name) for field in fields}
            command(**values, settings=settings(**chosen))

        kept = [
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for name, parameter in own.items()
            if name != "settings"
        ]
        parameters = [*kept, *options]
        wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        wrapped.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return wrapped

    return decorate
