"""What the page holds copies of: they must be those of the package."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="the extra [web] is not installed")
pytest.importorskip("playwright", reason="playwright, of the extra [dev], is not installed")

from playwright.sync_api import Page

import facepoints
from facepoints import Faces, scheme
from facepoints.analysis import FACE_MODEL
from facepoints.arrays import Image
from facepoints.drawing import PALETTE
from tests.web.page.browser import Visit

STATIC = Path(facepoints.__file__).parent / "web" / "static"


def module(page: Page, name: str, what: str) -> object:
    """What a module of the page exports."""
    return page.evaluate(f"import(new URL('static/{name}', location)).then((module) => module.{what})")


def test_the_pages_copies_are_those_of_the_package(visit: Visit) -> None:
    groups = module(visit.page, "scheme.js", "GROUPS")
    assert isinstance(groups, dict)
    assert list(groups) == list(scheme.GROUPS)
    for name, group in groups.items():
        assert range(group["first"], group["last"] + 1) == scheme.GROUPS[name]
        assert group["closed"] == (name in scheme.CLOSED_GROUPS)
        assert group["colour"] == "#{:02x}{:02x}{:02x}".format(*PALETTE[name])
    np.testing.assert_allclose(np.array(module(visit.page, "head_model.js", "HEAD")) / 10, FACE_MODEL, atol=0.051)


def test_the_axes_are_those_of_the_package(visit: Visit, astronaut: Image, known: Faces) -> None:
    from facepoints.analysis import head_pose
    from facepoints.drawing.axes import axis_points

    poses = head_pose(known.keypoints, (512, 512))
    expected = axis_points(known.keypoints, poses, (512, 512))[0]
    face = {
        "keypoints": known.keypoints[0].tolist(),
        "pose": {"yaw": float(poses.yaw[0]), "pitch": float(poses.pitch[0]), "roll": float(poses.roll[0])},
    }
    axes = visit.page.evaluate(
        "(face) => import(new URL('static/pose.js', location)).then((module) => module.poseAxes(face))", face
    )
    ends = {axis["colour"]: axis["to"] for axis in axes}
    for row, colour in enumerate(("#ff4646", "#46dc5a", "#5082ff"), start=1):
        # The page sees heads from afar, the package from where the camera is.
        np.testing.assert_allclose(ends[colour], expected[row], atol=0.04 * np.ptp(known.keypoints[0, :, 1]))


def test_the_picture_of_the_page_is_the_example(astronaut: Image) -> None:
    copy = facepoints.read(STATIC / "example.jpg")
    assert np.abs(copy.astype(int) - astronaut).mean() < 3
