"""The live tab in a real browser, with a camera that shows a clip."""

import base64

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="the extra [web] is not installed")
pytest.importorskip("playwright", reason="playwright, of the extra [dev], is not installed")

from playwright.sync_api import Browser, WebSocketRoute, expect

from facepoints import FaceFinder, images
from tests.web.page.browser import DOTS, Visit, shown_picture, start_live, visiting, wait_for_answers


def test_live_answers_steadily_and_points_fit_the_frame_shown(visit: Visit, finder: FaceFinder) -> None:
    page = visit.page
    start_live(page)
    page.get_by_role("switch", name="Smoothing").click()
    wait_for_answers(page, 30)
    both = f"""() => {{
      const overlay = document.querySelector('#live-overlay');
      const [canvas, rect] = [document.querySelector('#live-canvas'), overlay.getBoundingClientRect()];
      const points = ({DOTS})(overlay);
      return [canvas.toDataURL('image/png'), points, [rect.left, rect.top, rect.width, rect.height]];
    }}"""
    picture, dots, (left, top, width, height) = page.evaluate(both)
    frame = images.read(base64.b64decode(picture.partition(",")[2]))
    assert frame.shape == (480, 640, 3)
    points = (np.array(dots) - (left, top)) / (width, height) * (640, 480) - 0.5
    points[:, 0] = 639 - points[:, 0]  # the page is a mirror
    found = finder.find(frame)
    # The face moves by three pixels a frame and more; points of another frame would be off by that.
    assert np.linalg.norm(points - found.keypoints[0], axis=1).mean() < 1.5
    expect(page.locator("#live-faces h2")).to_have_text("One face")
    assert float(page.locator("#live-rate").inner_text()) > 0
    assert float(page.locator("#live-latency").inner_text()) > 0


def test_live_filters_mask_and_mirror(visit: Visit, finder: FaceFinder) -> None:
    page = visit.page
    start_live(page)
    page.get_by_role("switch", name="Mask").click()
    expect(page.locator("#live-overlay .mask").first).to_have_attribute("display", "inline")
    layer = page.locator("#live-layer")
    assert layer.evaluate("(layer) => getComputedStyle(layer).transform") == "matrix(-1, 0, 0, 1, 0, 0)"
    page.get_by_role("switch", name="Mirrored").click()
    assert layer.evaluate("(layer) => getComputedStyle(layer).transform") == "none"

    cover = page.locator("#live-filters").get_by_role("button", name="Cover")
    cover.click()
    wait_for_answers(page, 10)
    assert len(finder.find(shown_picture(page, "#live-canvas"))) == 0  # nothing of the face is left
    cover.click()
    wait_for_answers(page, 10)
    assert len(finder.find(shown_picture(page, "#live-canvas"))) == 1


def test_live_stops_and_goes_on_after_a_lost_connection(visit: Visit) -> None:
    page = visit.page
    sockets: list[WebSocketRoute] = []

    def pass_on(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    page.route_web_socket("**/v1/live*", pass_on)
    start_live(page)
    sockets[0].close(code=1012, reason="the service restarts")
    expect(page.locator("#panel-live")).to_have_attribute("data-connection", "waiting")
    expect(page.locator("#status")).to_contain_text("the service restarts. Trying again")
    wait_for_answers(page, 10)
    assert len(sockets) == 2

    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Start the camera")).to_be_focused()
    assert page.locator("#live-video").evaluate("(video) => video.srcObject") is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotAllowedError", "The camera is not allowed"),
        ("NotFoundError", "No camera was found"),
        ("NotReadableError", "The camera does not answer"),
    ],
)
def test_a_camera_that_is_denied_or_missing(browser: Browser, address: str, error: str, words: str) -> None:
    refuse = f"navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('', '{error}'); }};"
    with visiting(browser, address, init=refuse) as visit:
        page = visit.page
        page.get_by_role("tab", name="Live").click()
        page.get_by_role("button", name="Start the camera").click()
        expect(page.get_by_role("alert")).to_contain_text(words)
        expect(page.get_by_role("button", name="Start the camera")).to_be_visible()
