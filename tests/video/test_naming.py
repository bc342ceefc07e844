"""Which ids newcomers get."""

from dataclasses import replace

import numpy as np
import pytest

from facepoints.video.appearance import face_looks
from facepoints.video.naming import name
from facepoints.video.tracks import SAME_LOOK_AFTER_CUT, Tracks
from tests.video.people import background, person, with_head
from tests.video.test_tracks import track

PICTURE = with_head(background(), person(), 100, 60)


def newcomer(x: float = 160.0, y: float = 140.0, sightings: int = 1) -> Tracks:
    return replace(track(x, y, 0), sightings=np.array([sightings]))


def lost(x: float = 160.0, y: float = 140.0, gone: float = 0.2, alike: bool = True, likeness: float = 0.4) -> Tracks:
    """Somebody with id 1."""
    known = track(x, y, 1, look=3)
    if alike:
        known = replace(known, looks=face_looks(PICTURE, known.squares))
    return replace(known, gone=np.array([gone]), likeness=np.array([likeness]))


@pytest.mark.parametrize(
    ("sure", "sightings", "expected"), [(True, 1, 5), (False, 1, 0), (False, 2, 0), (False, 3, 5), (True, 7, 5)]
)
def test_one_who_was_never_seen(sure: bool, sightings: int, expected: int) -> None:
    tracks, next_id = name(newcomer(sightings=sightings), PICTURE, np.array([sure]), 5)
    assert (tracks.ids.tolist(), next_id) == ([expected], 6 if expected else 5)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (lost(), [1]),
        (lost(x=175), [1]),
        (lost(x=420), [1, 5]),
        (lost(x=420, gone=1.9), [1]),
        (lost(alike=False), [1, 0]),
        (lost(likeness=SAME_LOOK_AFTER_CUT), [1]),
        (lost(alike=False, likeness=SAME_LOOK_AFTER_CUT), [1, 5]),
    ],
    ids=["same place", "near", "far", "far after long", "unlike", "after a cut", "unlike after a cut"],
)
def test_one_who_may_be_back(known: Tracks, expected: list[int]) -> None:
    if known.squares[0, 0] > 300:  # what counts is how far it is, not what stands there
        known = replace(known, looks=lost().looks)
    tracks, _ = name(known.joined(newcomer()), PICTURE, np.array([True, True]), 5)
    assert tracks.ids.tolist() == expected
    assert (tracks.gone[tracks.ids == expected[-1]] == 0).all()


def test_one_who_stays_unlike_is_somebody_else() -> None:
    both = lost(alike=False).joined(newcomer(sightings=5))
    assert name(both, PICTURE, np.array([True, True]), 5)[0].ids.tolist() == [1, 5]


def test_what_is_hardly_a_face_is_nobody_who_was_lost() -> None:
    unclear = replace(newcomer(), keypoint_scores=np.full((1, 68), 0.3, dtype=np.float32))
    assert name(lost().joined(unclear), PICTURE, np.array([True, False]), 5)[0].ids.tolist() == [1, 0]
