"""A real Chromium on the real page of the real server, with a camera that shows a clip."""

from __future__ import annotations

import base64
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np
import uvicorn
from playwright.sync_api import Browser, Page, Playwright, expect

from facepoints import images
from facepoints.arrays import Image
from facepoints.web import server
from facepoints.web.settings import ServeSettings

__all__ = [
    "DOTS",
    "WIDTHS",
    "Visit",
    "answered",
    "find_chromium",
    "launch",
    "place",
    "serving",
    "shown_picture",
    "start_live",
    "upload",
    "visiting",
    "wait_for_answers",
    "write_clip",
]

WIDTHS = (1440, 390)
"""A desk and a phone, in CSS pixels."""

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_CLIP_SIZE = (640, 480)
_CLIP_FRAMES = 60


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server on a free port, in a thread of its own."""
    settings = ServeSettings(port=0)
    listener = server.bind(settings)
    running = uvicorn.Server(server.config_of(settings))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        # Connections wait in the listener's queue until it accepts them: no need to ask whether it has started.
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        running.should_exit = True
        thread.join()
        listener.close()


def write_clip(path: Path, picture: Image) -> None:
    """A camera's clip that can go on for ever: the face of the picture moves around and leans."""
    with path.open("wb") as file:
        for turn in np.linspace(0, 2 * np.pi, _CLIP_FRAMES, endpoint=False):
            change = cv2.getRotationMatrix2D((224, 120), 8 * np.sin(turn), 1.9)
            change[:, 2] += (96 + 30 * np.cos(turn), 90 + 15 * np.sin(turn))
            frame = cv2.warpAffine(picture[..., ::-1], change, _CLIP_SIZE, borderMode=cv2.BORDER_REFLECT)
            file.write(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())


def find_chromium(playwright: Playwright) -> str | None:
    """The Chromium of the system or of playwright; None if there is none."""
    bundled = Path(playwright.chromium.executable_path)
    return next(filter(None, map(shutil.which, _NAMES)), str(bundled) if bundled.exists() else None)


def launch(playwright: Playwright, executable: str, clip: Path) -> Browser:
    """Chromium without a window, whose camera shows a clip of :func:`write_clip`."""
    camera = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", *camera]
    return playwright.chromium.launch(
        executable_path=executable, args=[*flags, f"--use-file-for-fake-video-capture={clip}"]
    )


@dataclass
class Visit:
    """A page that is open, and what it must not do: complain in the console, or ask other hosts."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Take notes from now on."""
        host = urlsplit(self.page.url).netloc

        def heard(address: str) -> None:
            if urlsplit(address).scheme in ("http", "https", "ws", "wss") and urlsplit(address).netloc != host:
                self.strangers.append(address)

        self.page.on("request", lambda request: heard(request.url))
        self.page.on("websocket", lambda socket: heard(socket.url))

    def forget_complaints(self) -> None:
        """Browsers complain of each answer that is an error; a test that wants one takes the complaint back."""
        self.complaints.clear()


@contextmanager
def visiting(
    browser: Browser, address: str, *, width: int = 1440, scheme: str = "light", init: str = "", motion: bool = False
) -> Iterator[Visit]:
    """The page in a window of this width; in the end nothing may have gone wrong.

    Args:
        browser: of :func:`chromium`.
        address: of :func:`serving`.
        width: in CSS pixels; 390 is a phone.
        scheme: colours that the system asks for, ``"light"`` or ``"dark"``.
        init: JavaScript that runs before the page's.
        motion: let things move by themselves, as those who did not ask for less see it.
    """
    size = {"width": width, "height": 844 if width < 600 else 900}
    context = browser.new_context(
        viewport=size,
        color_scheme=scheme,
        reduced_motion="no-preference" if motion else "reduce",
        accept_downloads=True,
    )
    try:
        context.grant_permissions(["clipboard-read", "clipboard-write", "camera"], origin=address)
        page = context.new_page()
        visit = Visit(page)
        page.on("console", lambda said: said.type in ("error", "warning") and visit.complaints.append(said.text))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        if init:
            page.add_init_script(init)
        page.goto(address)
        visit.watch()
        page.locator("#photo-filters .chip").first.wait_for(state="attached")
        yield visit
        assert visit.complaints == []
        assert visit.strangers == []
    finally:
        context.close()


def upload(page: Page, path: Path) -> None:
    page.set_input_files("#file", path)
    expect(page.locator("#photo-faces .face-button").first).to_be_visible()


DOTS = """(overlay) => {
  const points = [];
  for (const path of overlay.querySelectorAll('.dots')) {
    const matrix = path.getScreenCTM();
    for (const [, x, y] of path.getAttribute('d').matchAll(/M(\\S+) (\\S+)h/g)) {
      const at = new DOMPoint(x, y).matrixTransform(matrix);
      points.push([at.x, at.y]);
    }
  }
  return points;
}"""
"""The points on the screen, in CSS pixels of the window."""


def place(page: Page, selector: str) -> tuple[np.ndarray, np.ndarray]:
    """Upper left corner and size of an element on the screen."""
    found = page.locator(selector).bounding_box()
    assert found is not None
    return np.array([found["x"], found["y"]]), np.array([found["width"], found["height"]])


def shown_picture(page: Page, selector: str) -> Image:
    """The pixels of an image or a canvas of the page."""
    drawn = """(element) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [element.naturalWidth ?? element.width, element.naturalHeight ?? element.height];
      canvas.getContext('2d').drawImage(element, 0, 0);
      return canvas.toDataURL('image/png');
    }"""
    return images.read(base64.b64decode(page.locator(selector).evaluate(drawn).partition(",")[2]))


def answered(page: Page) -> int:
    return int(page.locator("#panel-live").get_attribute("data-answered") or 0)


def wait_for_answers(page: Page, count: int) -> None:
    """Until so many more frames have been answered, however long that takes a busy machine."""
    wanted = answered(page) + count
    while answered(page) < wanted:
        page.wait_for_timeout(20)


def start_live(page: Page) -> None:
    page.get_by_role("tab", name="Live").click()
    page.get_by_role("button", name="Start the camera").click()
    wait_for_answers(page, 1)
