"""What a run was asked to do, kept beside its results: only the same command goes on with them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from facepoints.batch.folder import ResultFolder
from facepoints.batch.settings import BatchSettings
from facepoints.errors import InputError
from facepoints.files import atomic_write

__all__ = ["RunRecord", "claim"]


@dataclass(frozen=True)
class RunRecord:
    """What a run was asked to do.

    Attributes:
        sources: as the user wrote them.
        settings: all of them, as plain values.
        model: what finds the faces.
        done: whether all parts are finished.
    """

    sources: list[str]
    settings: dict[str, Any]
    model: str
    done: bool = False

    def save(self, folder: ResultFolder) -> None:
        """Write it to its place."""
        with atomic_write(folder.record) as temporary:
            temporary.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def claim(folder: ResultFolder, sources: Sequence[str], settings: BatchSettings, model: str) -> RunRecord:
    """Take a folder for a run, or go on in one that the same run has.

    Returns:
        The record of the run that is to go on, or a new one, not yet saved.

    Raises:
        InputError: the folder holds the results of another run, or other tables.
    """
    # As JSON gives it back, for comparison.
    wanted = json.loads(json.dumps(asdict(RunRecord(list(sources), settings.as_dict(), model))))
    try:
        known: dict[str, Any] = dict(json.loads(folder.record.read_text(encoding="utf-8")))
    except FileNotFoundError:
        if folder.finished():
            raise InputError(
                f"{folder.root}: there are tables in {folder.images.name} already, and no {folder.record.name} that "
                "tells where they come from. Give another folder"
            ) from None
        return RunRecord(**wanted)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise InputError(f"{folder.record}: this record of a run is damaged: {error}. Give another folder") from error
    differences = list(_differences(known, {**wanted, "done": known.get("done")}))
    if differences:
        raise InputError(
            f"{folder.root}: there are the results of another run: {'; '.join(differences)}. Give another folder, or "
            "delete this one"
        )
    return RunRecord(**known)


def _differences(known: Mapping[str, Any], wanted: Mapping[str, Any], name: str = "") -> Iterator[str]:
    for key in [*wanted, *(key for key in known if key not in wanted)]:
        before, now, title = known.get(key), wanted.get(key), f"{name} {key}".strip()
        if isinstance(before, dict) and isinstance(now, dict):
            yield from _differences(before, now, "" if key == "settings" else title)
        elif before != now:
            yield f"{title} was {_shown(before)}, now {_shown(now)}"


def _shown(value: object) -> str:
    return (
        " ".join(map(str, value)) if isinstance(value, list) else repr(value) if isinstance(value, str) else str(value)
    )
