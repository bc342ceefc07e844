"""What HTTP adds to ``FaceFinder.find``: one client, a JPEG of 640 x 480 pixels, raw and as a form.

    python benchmarks/web_latency.py [--rounds N]

The service runs in a process of its own. The three take turns, so that whatever else the machine does slows all alike;
OpenCV has one thread in all of them.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import time
from collections.abc import Callable
from contextlib import closing

import cv2
from web_service import jpeg, running

from facepoints import FaceFinder

_BOUNDARY = "a-boundary-of-the-benchmark"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    cv2.setNumThreads(1)
    finder, picture = FaceFinder(), jpeg()
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n'
    form = head.encode() + picture + f"\r\n--{_BOUNDARY}--\r\n".encode()
    with running() as service, closing(http.client.HTTPConnection("127.0.0.1", service.port)) as client:

        def post(body: bytes, media_type: str) -> None:
            client.request("POST", "/v1/faces", body, {"Content-Type": media_type})
            answer = client.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()

        ways: dict[str, Callable[[], object]] = {
            "find() in process": lambda: finder.find(picture),
            "POST, raw bytes": lambda: post(picture, "image/jpeg"),
            "POST, a form": lambda: post(form, f"multipart/form-data; boundary={_BOUNDARY}"),
        }
        for way in ways.values():
            for _ in range(10):
                way()
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                start = time.perf_counter()
                way()
                times[name].append(1000 * (time.perf_counter() - start))
    base = statistics.median(times["find() in process"])
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:20} median {median:6.2f} ms   best {min(values):6.2f} ms   added {median - base:5.2f} ms")


if __name__ == "__main__":
    main()
