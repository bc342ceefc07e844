"""Statistics that depend on the order of numbers alone: ranks, rank correlation, and the area under the ROC curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facepoints.arrays import Array

__all__ = ["area_under_roc", "average_ranks", "rank_correlation"]


def average_ranks(values: Array) -> NDArray[np.float64]:
    """Rank of each of the values ``(n,)``, from 1; equal ones share the average of their ranks."""
    _, groups, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[groups.reshape(-1)], dtype=np.float64)


def rank_correlation(first: Array, second: Array) -> float:
    """Spearman's rank correlation of two times ``n`` values, -1 to 1: Pearson's correlation of their average ranks.

    NaN where either has fewer than two different values. Source: Spearman, "The proof and measurement of association
    between two things" (1904).
    """
    if len(first) != len(second):
        raise ValueError(f"values must come in pairs; got {len(first)} and {len(second)}")
    if not len(first):
        return float("nan")
    x, y = (ranks - ranks.mean() for ranks in (average_ranks(first), average_ranks(second)))
    spread = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / spread if spread > 0 else float("nan")


def area_under_roc(positives: Array, negatives: Array) -> float:
    """Area under the ROC curve (AUROC) of scores ``(n,)`` and ``(m,)``: 1 where every positive scores higher.

    It is the chance that a random positive scores higher than a random negative, equal scores counting half; NaN where
    either is empty. Computed from the ranks, after Mann and Whitney (1947); see Hanley and McNeil, "The meaning and use
    of the area under a receiver operating characteristic (ROC) curve" (Radiology 1982).
    """
    count, others = len(positives), len(negatives)
    if not count or not others:
        return float("nan")
    ranks = average_ranks(np.concatenate([positives, negatives]))[:count]
    return float(ranks.sum() - count * (count + 1) / 2) / (count * others)
