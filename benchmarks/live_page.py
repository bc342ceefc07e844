"""How fast the live page is: a headless Chromium whose camera shows a clip of 640 x 480 pixels, 30 frames a second.

    python benchmarks/live_page.py [--seconds N] [--filter NAME]

Browser and service share the machine, as on a laptop. The figures are the page's own: answers that were shown a second,
and the median time from taking a frame out of the camera to showing its answer, encoding and decoding included.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from web_service import EXAMPLE, running

from facepoints import images

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' browser, camera and all

from tests.web.page.browser import answered, find_chromium, launch, start_live, visiting, write_clip

_WARM_UP = 3000  # ms


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--filter", help="put on by the service, which then answers with pictures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, running() as service:
        clip = Path(folder) / "clip.mjpeg"
        write_clip(clip, images.read(EXAMPLE))
        executable = find_chromium(playwright)
        if executable is None:
            raise SystemExit("Chromium is not installed: apt-get install chromium, or playwright install chromium")
        browser = launch(playwright, executable, clip)
        with visiting(browser, f"http://127.0.0.1:{service.port}/") as visit:
            start_live(visit.page)
            if options.filter:
                visit.page.locator("#live-filters button", has=visit.page.locator(f"[src*='{options.filter}']")).click()
            visit.page.wait_for_timeout(_WARM_UP)
            measure(visit.page, options.seconds)
        browser.close()


def measure(page: Page, seconds: int) -> None:
    """Print the figures of so many seconds."""
    clock = "performance.now() / 1000"
    first, began = answered(page), page.evaluate(clock)
    latencies = []
    for _ in range(seconds):
        page.wait_for_timeout(1000)
        latencies.append(float(page.locator("#panel-live").get_attribute("data-latency") or "nan"))
    rate = (answered(page) - first) / (page.evaluate(clock) - began)
    dropped = page.locator("#live-dropped").inner_text()
    print(
        f"{rate:.1f} frames a second answered, median latency {statistics.median(latencies):.0f} ms, {dropped} dropped"
    )


if __name__ == "__main__":
    main()
