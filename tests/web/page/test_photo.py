"""The photo tab in a real browser: what people see, hear and get when they use it."""

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

pytest.importorskip("fastapi", reason="the extra [web] is not installed")
pytest.importorskip("playwright", reason="playwright, of the extra [dev], is not installed")

from playwright.sync_api import Browser, Route, expect

from facepoints import FaceFinder, Faces, filters, images
from facepoints.arrays import Image
from facepoints.drawing import PALETTE
from tests.web.page.browser import DOTS, WIDTHS, Visit, place, shown_picture, upload, visiting

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_68_points_lie_where_they_belong(
    browser: Browser, address: str, width: int, astronaut_path: Path, known: Faces
) -> None:
    with visiting(browser, address, width=width) as visit:
        upload(visit.page, astronaut_path)
        corner, size = place(visit.page, "#photo-image")
        assert size[0] > 0.8 * min(width, 500)
        assert size[0] == pytest.approx(size[1], abs=1)  # the picture is a square
        points = np.array(visit.page.locator("#photo-overlay").evaluate(DOTS))
        expected = corner + (known.keypoints[0] + 0.5) * size / 512
        np.testing.assert_allclose(points, expected, atol=0.15)


def test_the_zoom_keeps_points_and_picture_together(visit: Visit, astronaut_path: Path, known: Faces) -> None:
    page = visit.page
    upload(page, astronaut_path)
    before = place(page, "#photo-image")[1]
    page.get_by_role("button", name="Zoom to face").click()
    corner, size = place(page, "#photo-image")
    assert (size > 2 * before).all()
    points = np.array(page.locator("#photo-overlay").evaluate(DOTS))
    np.testing.assert_allclose(points, corner + (known.keypoints[0] + 0.5) * size / 512, atol=1)
    stage, room = place(page, "#photo-stage")
    assert (points > stage).all()
    assert (points < stage + room).all()


def test_points_are_told_under_the_pointer_and_by_the_keyboard(
    visit: Visit, astronaut_path: Path, known: Faces
) -> None:
    page = visit.page
    upload(page, astronaut_path)
    corner, size = place(page, "#photo-image")
    x, y = corner + (known.keypoints[0, 30] + 0.5) * size / 512
    page.mouse.move(x, y)
    expect(page.locator("#photo-tip")).to_contain_text("30 nose bridge")
    page.mouse.move(5, 5)
    expect(page.locator("#photo-tip")).to_be_hidden()

    page.locator("#photo-stage").focus()
    announced = page.locator("#announcer")
    for key, words in (
        ("ArrowRight", "point 31, nostrils"),
        ("ArrowDown", "point 36, left eye"),
        ("ArrowUp", "point 31, nostrils"),
    ):
        page.keyboard.press(key)
        expect(announced).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(page.locator("#photo-tip")).to_be_hidden()


def test_the_side_tells_pose_and_measures(visit: Visit, astronaut_path: Path) -> None:
    page = visit.page
    upload(page, astronaut_path)
    expect(page.locator("#photo-faces h2")).to_have_text("One face")
    expect(page.locator("#status")).to_contain_text("One face in")
    roll = page.locator("#photo-faces dl > div", has_text="Roll")
    expect(roll).to_contain_text("3°")
    expect(roll).to_contain_text("leans right")
    smile = page.locator("#photo-faces .measure", has_text="Smile").locator("output")
    assert int(smile.inner_text().split()[0]) > 60  # she does


def test_switches_hide_and_show(visit: Visit, astronaut_path: Path) -> None:
    page = visit.page
    upload(page, astronaut_path)
    for name, part, on in (
        ("Points", ".keypoints", True),
        ("Lines", ".edges", True),
        ("Boxes", ".boxes", True),
        ("Pose", ".axes", False),
    ):
        drawn = page.locator(f"#photo-overlay {part}")
        expect(drawn).to_have_attribute("display", "inline" if on else "none")
        page.get_by_role("switch", name=name, exact=True).click()
        expect(drawn).to_have_attribute("display", "none" if on else "inline")


def test_filters_go_on_together_and_come_off(
    visit: Visit, astronaut_path: Path, astronaut: Image, known: Faces
) -> None:
    page = visit.page
    upload(page, astronaut_path)
    gallery = page.locator("#photo-filters")
    glasses, hat = (gallery.get_by_role("button", name=name) for name in ("Sunglasses", "Straw hat"))
    glasses.click()
    expect(glasses).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#status")).to_have_text("Wearing sunglasses.")
    worn = filters.load("sunglasses")
    np.testing.assert_array_equal(shown_picture(page, "#photo-image"), worn.apply(astronaut, known))
    hat.click()
    expect(page.locator("#status")).to_have_text("Wearing sunglasses and straw-hat.")
    both = filters.stack([worn, filters.load("straw-hat")]).apply(astronaut, known)
    np.testing.assert_array_equal(shown_picture(page, "#photo-image"), both)
    glasses.click()
    hat.click()
    expect(page.locator("#status")).to_have_text("Filters are off.")
    np.testing.assert_array_equal(shown_picture(page, "#photo-image"), astronaut)


def test_what_is_shown_can_be_saved(visit: Visit, astronaut_path: Path, known: Faces) -> None:
    page = visit.page
    upload(page, astronaut_path)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Picture", exact=True).click()
    assert saved.value.suggested_filename == "astronaut-points.png"
    drawn = images.read(saved.value.path())
    assert drawn.shape == (512, 512, 3)
    for point, group in ((30, "nose_bridge"), (8, "jaw"), (54, "outer_lip")):
        column, row = np.round(known.keypoints[0, point]).astype(int)
        distance = np.abs(drawn[row, column].astype(int) - PALETTE[group]).max()
        assert distance < 60, f"point {point} is drawn as {drawn[row, column]}"

    with page.expect_download() as saved:
        page.get_by_role("button", name="JSON", exact=True).click()
    assert saved.value.suggested_filename == "astronaut.json"
    result = json.loads(saved.value.path().read_text())
    assert (result["image"], result["width"], result["height"]) == ("astronaut.png", 512, 512)
    np.testing.assert_allclose(Faces.from_dict(result).keypoints, known.keypoints, atol=0.02)
    assert {"pose", "ratios"} <= set(result["faces"][0])

    page.get_by_role("button", name="Copy JSON").click()
    expect(page.locator("#status")).to_have_text("The JSON is in the clipboard.")
    assert json.loads(page.evaluate("navigator.clipboard.readText()")) == result


@pytest.mark.parametrize("way", ["drop", "paste", "example"])
def test_pictures_come_in_by_other_ways(visit: Visit, way: str) -> None:
    page = visit.page
    if way == "example":
        page.get_by_role("button", name="Try the example").click()
    else:
        page.evaluate(
            """async (way) => {
              const picture = await (await fetch('static/example.jpg')).blob();
              const data = new DataTransfer();
              data.items.add(new File([picture], 'mine.jpg', { type: 'image/jpeg' }));
              const event = way === 'drop'
                ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
                : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
              document.body.dispatchEvent(event);
            }""",
            way,
        )
    expect(page.locator("#photo-faces h2")).to_have_text("One face")


def test_a_photo_is_taken_with_the_camera(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("button", name="Take a photo").first.click()
    dialog = page.get_by_role("dialog", name="Take a photo")
    expect(dialog).to_be_visible()
    assert page.locator("#camera-video").evaluate(
        "(video) => new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(video.videoWidth)))"
    )
    dialog.get_by_role("button", name="Take it").click()
    expect(page.locator("#photo-faces h2")).to_have_text("One face")
    assert page.locator("#camera-video").evaluate("(video) => video.srcObject") is None


def test_a_picture_that_the_browser_cannot_show(visit: Visit, tmp_path: Path, astronaut: Image, known: Faces) -> None:
    path = tmp_path / "scan.tiff"
    path.write_bytes(images.encode(astronaut, ".tiff", 90))
    upload(visit.page, path)
    np.testing.assert_array_equal(shown_picture(visit.page, "#photo-image"), astronaut)


def test_pictures_that_a_camera_turned_are_shown_upright(visit: Visit, tmp_path: Path, finder: FaceFinder) -> None:
    turned, rotated = tmp_path / "phone.jpg", PIL.Image.open(ROOT / "examples" / "astronaut.png").rotate(90)
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # "turn it clockwise to see it"
    rotated.crop((0, 0, 512, 400)).save(turned, exif=exif, quality=95)
    upload(visit.page, turned)
    corner, size = place(visit.page, "#photo-image")
    assert size[0] / size[1] == pytest.approx(400 / 512, abs=0.01)
    points = np.array(visit.page.locator("#photo-overlay").evaluate(DOTS))
    expected = finder.find(turned).keypoints[0]
    np.testing.assert_allclose(points, corner + (expected + 0.5) * size[1] / 512, atol=0.3)


def test_settings_are_used(visit: Visit, astronaut_path: Path) -> None:
    page = visit.page
    upload(page, astronaut_path)
    page.get_by_text("Settings").click()
    with page.expect_request("**/v1/faces*") as asked:
        page.get_by_label("Detector").select_option("haar")
    assert "detector=haar" in asked.value.url
    with page.expect_request("**/v1/faces*") as asked:
        page.get_by_label("Smallest face").fill("150")
    assert "min_face=150" in asked.value.url
    expect(page.locator("#photo-faces")).to_contain_text("No face was found")
    assert page.locator("#photo-overlay .face").count() == 0


def test_problems_are_told(visit: Visit, astronaut_path: Path, tmp_path: Path) -> None:
    page = visit.page
    alert = page.get_by_role("alert")
    page.set_input_files("#file", {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"no picture" * 20})
    expect(alert).to_contain_text("This is no picture that the service reads")
    expect(page.get_by_role("heading", level=1)).to_be_visible()  # what was there is still there
    alert.get_by_role("button", name="Close this message").click()
    expect(alert).to_be_empty()

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    with (tmp_path / "big.png").open("wb") as file:
        file.truncate(20_000_001)
    page.set_input_files("#file", tmp_path / "big.png")
    expect(alert).to_contain_text("big.png has 20.0 MB; the server takes up to 20.0 MB")
    assert "POST" not in asked

    page.route("**/v1/faces*", lambda route: route.abort())
    page.set_input_files("#file", astronaut_path)
    expect(alert).to_contain_text("The server does not answer")
    page.unroute("**/v1/faces*")
    alert.get_by_role("button", name="Try again").click()
    expect(page.locator("#photo-faces h2")).to_have_text("One face")
    expect(alert).to_be_empty()

    # The picture that is there stays, with all that can be done with it.
    page.set_input_files("#file", {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"no picture" * 20})
    expect(alert).to_contain_text("This is no picture that the service reads")
    expect(page.locator("#photo-name")).to_have_text("astronaut.png")
    page.get_by_role("button", name="Face 1").click()
    expect(page.get_by_role("button", name="JSON", exact=True)).to_be_enabled()
    visit.forget_complaints()


def test_a_picture_too_large_for_the_server_is_sent_smaller(visit: Visit, astronaut_path: Path) -> None:
    page, refused = visit.page, iter([True])

    def answer(route: Route) -> None:
        if next(refused, False):
            problem = {"title": "The picture has too many pixels", "status": 413, "detail": "At most 50 million."}
            route.fulfill(status=413, body=json.dumps(problem), content_type="application/problem+json")
        else:
            route.continue_()

    page.route("**/v1/faces*", answer)
    page.set_input_files("#file", astronaut_path)
    page.get_by_role("button", name="Send a smaller copy").click()
    expect(page.locator("#photo-faces h2")).to_have_text("One face")
    expect(page.locator("#photo-name")).to_have_text("astronaut.jpg")
    visit.forget_complaints()


def test_a_filter_does_not_end_the_search_for_faces(visit: Visit, astronaut_path: Path) -> None:
    page = visit.page
    held: list[Route] = []
    page.route("**/v1/faces*", lambda route: held.append(route))
    page.set_input_files("#file", astronaut_path)
    page.locator("#photo-filters").get_by_role("button", name="Sunglasses").click()
    expect(page.locator("#status")).to_have_text("Wearing sunglasses.")
    held[0].continue_()
    expect(page.locator("#photo-faces h2")).to_have_text("One face")


def test_a_busy_server_is_asked_again(visit: Visit, astronaut_path: Path) -> None:
    page = visit.page
    busy = iter([True])

    def answer(route: Route) -> None:
        if next(busy, False):
            route.fulfill(status=503, headers={"Retry-After": "0"}, body="{}", content_type="application/problem+json")
        else:
            route.continue_()

    page.route("**/v1/faces*", answer)
    upload(page, astronaut_path)
    expect(page.get_by_role("alert")).to_be_empty()
    visit.forget_complaints()
