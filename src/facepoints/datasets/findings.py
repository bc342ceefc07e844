"""What a check of a data set found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

__all__ = ["DataReport", "Finding", "Severity", "listed"]


class Severity(str, Enum):
    """How bad a finding is."""

    ERROR = "error"
    """Training or measuring on it fails, or goes wrong unnoticed."""
    WARNING = "warning"
    """Figures may be worth less than they seem."""
    NOTE = "note"
    """Good to know."""


@dataclass(frozen=True)
class Finding:
    """One kind of thing that was found.

    Attributes:
        kind: a short fixed name, such as ``"missing picture"``.
        severity: how bad it is.
        text: for people: what it is, what it means, and how many there are.
        items: each case, named by its file or line.
    """

    kind: str
    severity: Severity
    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataReport:
    """The result of :func:`facepoints.datasets.check_data`.

    Attributes:
        path: the folder.
        layout: what it was recognised as, for people.
        counts: labelled pictures, faces and people of each split.
        findings: the worst first.
    """

    path: str
    layout: str
    counts: dict[str, dict[str, int]]
    findings: Sequence[Finding]

    def has(self, severity: Severity) -> bool:
        """Whether something so bad was found."""
        return any(finding.severity is severity for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """As plain values, with every case."""
        return {
            "path": self.path,
            "layout": self.layout,
            "counts": self.counts,
            "findings": [
                {
                    "kind": finding.kind,
                    "severity": finding.severity.value,
                    "text": finding.text,
                    "items": list(finding.items),
                }
                for finding in self.findings
            ],
        }


def listed(kind: str, severity: Severity, text: str, items: Sequence[str]) -> list[Finding]:
    """One finding of these cases, or none if there are none."""
    return [Finding(kind, severity, f"{text}: {len(items):,}", tuple(items))] if items else []
