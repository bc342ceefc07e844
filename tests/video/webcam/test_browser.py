"""The page in a real browser: a headless Chromium."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from facepoints import FaceFinder, images
from facepoints.arrays import Image
from tests.video.webcam.live import Live, live_page
from tests.video.webcam.test_page import shows_mask

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


class Tab:
    """An open page, all that it asked for and all that its console said."""

    def __init__(self, browser: "playwright.Browser", live: Live, width: int) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page = browser.new_page(viewport={"width": width, "height": 800})
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(live.address)
        playwright.expect(self.page.locator("#rate")).to_have_text(re.compile(r"\d"))

    def button(self, name: str) -> "playwright.Locator":
        return self.page.get_by_role("button", name=name, exact=True)

    def picture(self) -> Image:
        return images.read(self.page.locator("#picture").screenshot())

    def until_mask(self, wanted: bool) -> None:
        """Wait for pictures with the mask, or without; each screenshot waits for the browser to paint."""
        assert any(shows_mask(self.picture()) is wanted for _ in range(60))


@pytest.mark.parametrize("width", [1200, 390])
def test_pictures_buttons_and_keys(
    browser: "playwright.Browser", finder: FaceFinder, frame: Image, tmp_path: Path, width: int
) -> None:
    with live_page(finder, frame, tmp_path) as live:
        tab = Tab(browser, live, width)
        expect = playwright.expect
        tab.until_mask(False)
        tab.button("Mask").click()
        expect(tab.button("Mask")).to_have_attribute("aria-pressed", "true")
        assert live.controls.on == {"mask"}
        tab.until_mask(True)
        tab.page.keyboard.press("m")
        expect(tab.button("Mask")).to_have_attribute("aria-pressed", "false")
        tab.until_mask(False)
        expect(tab.button("<b>Clown & co")).to_be_visible()  # a name is text, never markup
        assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        unnamed = tab.page.locator("button").evaluate_all("all => all.filter(one => !one.innerText.trim()).length")
        assert unnamed == 0
        other = Tab(browser, live, width)
        tab.button("Cat").click()
        expect(other.button("Cat")).to_have_attribute("aria-pressed", "true")
        other.page.close()
        assert {urlsplit(url).netloc for url in tab.requests} == {f"127.0.0.1:{live.port}"}
        tab.button("Quit").click()
        expect(tab.page.locator("#over")).to_have_text(re.compile("has ended"))
        expect(tab.button("Mask")).to_be_disabled()
        assert live.controls.quitting
        assert tab.complaints == []
        tab.page.close()
    assert list(tmp_path.iterdir()) == []


def test_recording_and_the_end_of_the_program(
    browser: "playwright.Browser", finder: FaceFinder, frame: Image, tmp_path: Path
) -> None:
    pytest.importorskip("av", reason="PyAV comes with the extra [video]")
    with live_page(finder, frame, tmp_path) as live:
        tab = Tab(browser, live, 390)
        tab.button("Record").click()
        playwright.expect(tab.page.locator("#recording")).to_be_visible()
        tab.button("Stop recording").click()
        playwright.expect(tab.page.locator("#message")).to_have_text(re.compile(r"Saved .*\.mp4"))
    playwright.expect(tab.page.locator("#over")).to_have_text("facepoints has ended. The terminal says why.")
    tab.page.close()
    assert [path.suffix for path in tmp_path.iterdir()] == [".mp4"]
