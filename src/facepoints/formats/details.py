"""What a result says about each face beside its points, such as head pose, and the columns of tables for it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Details", "detail_columns", "detail_values", "nested_detail"]

_GROUPS = ("pose", "ratios")
"""The details that are mappings themselves: :data:`facepoints.analysis.DETAIL_NAMES` has the names in them."""

Details = Sequence[Mapping[str, Any]]
"""One mapping a face, such as ``{"pose": {"yaw": 3.0}}``; :func:`facepoints.analysis.details` makes them."""


def detail_columns(example: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns for details of this form: ``pose_yaw`` for ``{"pose": {"yaw": 3.0}}``, ``blinks`` for
    ``{"blinks": 2}``."""
    return tuple(_flat(example))


def detail_values(detail: Mapping[str, Any], columns: Sequence[str]) -> list[Any]:
    """The values of one face for these columns; None for what it does not have."""
    values = _flat(detail)
    return [values.get(column) for column in columns]


def nested_detail(values: Mapping[str, Any]) -> dict[str, Any]:
    """The details of one face from the columns of a table: ``{"pose": {"yaw": 3.0}}`` for ``{"pose_yaw": 3.0}``.

    Cells that are empty or not finite are left out.
    """
    nested: dict[str, Any] = {}
    for column, value in values.items():
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            continue
        group, _, name = column.partition("_")
        if name and group in _GROUPS:
            nested.setdefault(group, {})[name] = value
        else:
            nested[column] = value
    return nested


def _flat(detail: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in detail.items():
        if isinstance(value, Mapping):
            flat.update({f"{name}_{part}": number for part, number in value.items()})
        else:
            flat[name] = value
    return flat
