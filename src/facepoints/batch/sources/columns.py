"""Which column of a Parquet file has the pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from facepoints.errors import InputError

__all__ = ["PictureColumn", "picture_column"]

_PICTURES = (
    "image", "picture", "photo", "path", "image_path", "file", "file_path", "filepath", "file_name", "filename", "url",
    "image_url", "uri", "image_bytes", "bytes", "content", "data", "jpg", "jpeg", "png", "webp",
)  # fmt: skip
"""Usual names of columns with pictures or where to find them, the likeliest first."""

_NAMES = (
    "name",
    "image_name",
    "file_name",
    "filename",
    "path",
    "image_path",
    "file_path",
    "key",
    "__key__",
    "id",
    "url",
)
"""Usual names of columns that name the pictures whose bytes stand in another one."""


@dataclass(frozen=True)
class PictureColumn:
    """The column with the pictures.

    Attributes:
        name: of the column.
        kind: "place" (path or URL), "bytes", or "struct" (Hugging Face's: bytes, and maybe a path).
        names: column with the names of pictures in bytes, or None.
        has_path: whether a struct has a path.
    """

    name: str
    kind: str
    names: str | None = None
    has_path: bool = False


def picture_column(schema: Any, asked: str | None, file: str) -> PictureColumn:
    """Choose the column: the one that was asked for, else one of a usual name, else the only one that fits.

    Bytes go before places: what has both means the place as a name.

    Args:
        schema: of pyarrow.
        asked: name of a column, or None.
        file: for messages.

    Raises:
        InputError: there is no such column, none that fits, or more than one; the message lists them.
    """
    kinds = {field.name: kind for field in schema if (kind := _kind(field.type)) is not None}
    columns = ", ".join(f"{field.name} ({field.type})" for field in schema)
    if asked is not None:
        if asked not in kinds:
            what = "there is no such column" if asked not in schema.names else "it has neither text nor bytes"
            raise InputError(f"{file}: column {asked!r}: {what}. The columns are: {columns}")
        return _described(schema, asked, kinds)
    for group in (
        {name for name in kinds if kinds[name] != "place"},
        {name for name in kinds if kinds[name] == "place"},
    ):
        chosen = next((name for name in _PICTURES if name in group), None)
        if chosen is None and len(group) == 1:
            (chosen,) = group
        if chosen is not None:
            return _described(schema, chosen, kinds)
    raise InputError(
        f"{file}: which column has the paths, addresses or bytes of the pictures? Name it (--column). "
        f"The columns are: {columns}"
    )


def _described(schema: Any, name: str, kinds: dict[str, str]) -> PictureColumn:
    kind = kinds[name]
    if kind == "place":
        return PictureColumn(name, kind)
    if kind == "struct":
        inner = {field.name for field in schema.field(name).type}
        if "path" in inner:
            return PictureColumn(name, kind, has_path=True)
    names = next((column for column in _NAMES if kinds.get(column) == "place"), None)
    return PictureColumn(name, kind, names)


def _kind(kind: Any) -> str | None:
    import pyarrow.types as types

    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return "place"
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind):
        return "bytes"
    if types.is_struct(kind) and any(field.name == "bytes" and _kind(field.type) == "bytes" for field in kind):
        return "struct"
    return None
