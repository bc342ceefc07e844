"""Checking a data set before hours are spent on it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facepoints.arrays import Array
from facepoints.datasets.check_labels import label_findings
from facepoints.datasets.duplicates import near_duplicates, picture_hash
from facepoints.datasets.findings import DataReport, Finding, Severity, listed
from facepoints.datasets.inventory import LAYOUTS, Entry, Inventory, take_inventory
from facepoints.datasets.progress import Track
from facepoints.errors import ImageError
from facepoints.files import is_there
from facepoints.geometry import box_iou, tight_boxes
from facepoints.images import read

__all__ = ["check_data"]

_MOST_BITS = 16
"""Bits of 256 in which near-duplicates may differ: on 300-W and YouTube Faces no two different photos come so near."""

_MOST_COMPARED = 50_000
"""Pictures of which all pairs are compared; more would take minutes and gigabytes."""

_SAME_FACE = 0.5
"""IoU of the tight boxes of two labels above which they are of one face."""

_ORDER = list(Severity)


@dataclass(frozen=True, eq=False)
class _Seen:
    """A picture that could be read."""

    entry: Entry
    size: tuple[int, int]
    checksum: bytes
    look: Array


def check_data(path: Path, *, track: Track | None = None) -> DataReport:
    """Check the labels and the pictures of a data set: YouTube Faces, pictures with ``.pts`` files, or WIDER FACE.

    Errors: damaged labels, missing pictures, pictures that cannot be read, labels outside their picture, a face
    labelled twice, the same picture in two splits. Warnings: people in several splits, duplicates inside a split,
    near-duplicates of different people or photos, unusual shapes. Notes: points beyond the edge, labels without
    fractions, very small faces, pictures without labels.

    Args:
        path: the folder.
        track: shows progress.

    Raises:
        LabelError: no such folder, or nothing recognised in it.
    """
    inventory = take_inventory(Path(path))
    show = track or (lambda items, _: items)
    seen, findings = _look_at(inventory, show)
    findings += _reading_findings(inventory)
    sizes = {item.entry.image: item.size for item in seen}
    findings += label_findings([(entry, sizes[entry.image]) for entry in inventory.entries if entry.image in sizes])
    findings += _duplicates(seen, inventory.root)
    findings += _people_in_several_splits(inventory)
    findings.sort(key=lambda finding: _ORDER.index(finding.severity))
    return DataReport(str(path), LAYOUTS[inventory.layout], _counts(inventory), tuple(findings))


def _look_at(inventory: Inventory, track: Track) -> tuple[list[_Seen], list[Finding]]:
    """Read every labelled picture once."""
    seen, missing, unreadable = [], [], []
    first = {entry.image: entry for entry in reversed(inventory.entries)}
    for entry in track(list(first.values())[::-1], f"{inventory.root.name}: pictures"):
        name = _name(entry.image, inventory.root)
        if not is_there(entry.image):
            missing.append(f"{name} ({entry.place})")
            continue
        try:
            image = read(entry.image)
            checksum = hashlib.sha256(entry.image.read_bytes()).digest()
        except (ImageError, OSError) as error:
            unreadable.append(str(error))
            continue
        seen.append(_Seen(entry, (image.shape[1], image.shape[0]), checksum, picture_hash(image)))
    findings = listed("missing picture", Severity.ERROR, "labelled pictures that are not there", missing)
    return seen, findings + listed("unreadable picture", Severity.ERROR, "pictures that cannot be read", unreadable)


def _reading_findings(inventory: Inventory) -> list[Finding]:
    labels: dict[Path, list[Entry]] = defaultdict(list)
    for entry in inventory.entries:
        labels[entry.image].append(entry)
    twice = [_name(path, inventory.root) for path, entries in labels.items() if _of_one_face(entries)]
    unlabelled = [_name(path, inventory.root) for path in inventory.unlabelled]
    return [
        *listed("damaged label", Severity.ERROR, "damaged labels", inventory.damaged),
        *listed("labelled twice", Severity.ERROR, "pictures with two labels or more of one face", twice),
        *listed("no label", Severity.NOTE, "pictures without a label, which are not used", unlabelled),
    ]


def _of_one_face(entries: Sequence[Entry]) -> bool:
    """Whether two of a picture's labels are of the same face; different faces may have one each."""
    if len(entries) == 1:
        return False
    keypoints = [entry.keypoints for entry in entries if entry.keypoints is not None]
    boxes = tight_boxes(np.stack(keypoints)) if len(keypoints) == len(entries) else None
    return boxes is None or bool((np.triu(box_iou(boxes, boxes), k=1) > _SAME_FACE).any())


def _duplicates(seen: Sequence[_Seen], root: Path) -> list[Finding]:
    files: dict[bytes, list[Entry]] = defaultdict(list)
    for item in seen:
        files[item.checksum].append(item.entry)
    same = [entries for entries in files.values() if len(entries) > 1]
    across = [entries for entries in same if len({entry.split for entry in entries}) > 1]
    inside = [entries for entries in same if len({entry.split for entry in entries}) == 1]
    several = "pictures in several splits, byte for byte, so that what is measured on them was learned by heart"
    return [
        *listed("same picture in splits", Severity.ERROR, several, _lines(across, root)),
        *listed("same picture twice", Severity.WARNING, "pictures that are there twice or more", _lines(inside, root)),
        *_near_duplicates(seen, root),
    ]


def _near_duplicates(seen: Sequence[_Seen], root: Path) -> list[Finding]:
    if len(seen) > _MOST_COMPARED:
        text = f"near-duplicates were not looked for: of {len(seen):,} pictures there are too many pairs"
        return [Finding("near-duplicates not looked for", Severity.NOTE, text)]
    pairs = [(seen[a], seen[b]) for a, b in near_duplicates([item.look for item in seen], _MOST_BITS)]
    # Frames of one video, and crops of one photo, are alike by their nature; the same bytes are told of already.
    pairs = [
        (a, b)
        for a, b in pairs
        if a.checksum != b.checksum and (a.entry.group != b.entry.group or a.entry.split != b.entry.split)
    ]
    across = [[a.entry, b.entry] for a, b in pairs if a.entry.split != b.entry.split]
    inside = [[a.entry, b.entry] for a, b in pairs if a.entry.split == b.entry.split]
    look = "pairs of pictures that look nearly the same"
    return [
        *listed("alike in splits", Severity.WARNING, f"{look} in different splits", _lines(across, root)),
        *listed("alike", Severity.WARNING, f"{look} of different people or photos", _lines(inside, root)),
    ]


def _people_in_several_splits(inventory: Inventory) -> list[Finding]:
    if inventory.layout != "ytf":
        return []
    splits: dict[str, set[str]] = defaultdict(set)
    for entry in inventory.entries:
        splits[entry.group].add(entry.split)
    several = sorted(group for group, found in splits.items() if len(found) > 1)
    text = (
        "people in several splits, so that the test split says little about strangers (`facepoints data split` parts "
        "by person)"
    )
    return listed("people in splits", Severity.WARNING, text, several)


def _counts(inventory: Inventory) -> dict[str, dict[str, int]]:
    counts = {}
    for split in inventory.splits:
        entries = [entry for entry in inventory.entries if entry.split == split]
        faces = sum(1 if entry.keypoints is not None else len(entry.boxes) for entry in entries)
        counts[split] = {"pictures": len({entry.image for entry in entries}), "faces": faces}
        if inventory.layout == "ytf":
            counts[split]["people"] = len({entry.group for entry in entries})
    return counts


def _lines(groups: Iterable[Sequence[Entry]], root: Path) -> list[str]:
    return [" = ".join(_name(entry.image, root) for entry in entries) for entries in groups]


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
