"""The parameters of requests."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["DrawQuery", "FacesQuery", "FilterQuery", "FinderQuery", "LiveChange", "LiveQuery"]

SMALLEST_FACE = 10
"""Pixels: below, the largest pictures would keep a thread busy for too long."""


class FinderQuery(BaseModel):
    """How faces are looked for; the attributes are those of :class:`facepoints.FaceFinder`."""

    model_config = ConfigDict(extra="forbid")

    detector: Literal["network", "haar", "haar-profile", "haar-cat"] = Field("network", description="The detector.")
    min_face: int = Field(20, ge=SMALLEST_FACE, le=100_000, description="Side in pixels of the smallest face.")
    max_faces: int | None = Field(None, ge=1, le=10_000, description="Keep so many faces at most, the best.")
    min_score: float | None = Field(
        None, ge=0, le=1, description="Drop faces that score less; without it, the detector's own threshold."
    )


class FacesQuery(FinderQuery):
    """Parameters of ``/v1/faces``."""

    pose: bool = Field(False, description="Tell yaw, pitch and roll of each head, in degrees.")
    ratios: bool = Field(False, description="Tell how open eyes and mouth are, smiles and raised brows.")


class PictureQuery(FinderQuery):
    """Parameters of what answers with a picture."""

    format: Literal["png", "jpeg"] = Field("png", description="Format of the answer.")


class DrawQuery(PictureQuery):
    """Parameters of ``/v1/draw``."""

    boxes: bool = Field(True, description="Draw the box of each face.")
    keypoints: bool = Field(True, description="Draw the 68 points and the lines between them.")
    pose: bool = Field(False, description="Draw the axes of each head.")


class FilterQuery(PictureQuery):
    """Parameters of ``/v1/filter``."""


class LiveQuery(FacesQuery):
    """Parameters of ``/v1/live``."""

    smooth: bool = Field(True, description="Smooth the points over time.")
    filter: str | None = Field(None, max_length=200, description="Filter, or several joined by +.")


class LiveChange(BaseModel):
    """What a client may change about its live socket; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    smooth: bool = True
    filter: str | None = Field(None, max_length=200)
    pose: bool = False
    ratios: bool = False
