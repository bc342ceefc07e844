"""Throughput of the service under load: many clients that each post a JPEG of 640 x 480 pixels again and again.

    python benchmarks/web_load.py [--seconds S] [--clients N] [--workers 1 2] [--threads 1]

Clients do as they are told by Retry-After. Printed are pictures a second, latencies, answers by status, and the memory
of all processes after a tenth of the time and in the end. The clients are in this process: on two cores, two workers
share these with them.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field

from web_service import Service, jpeg, running


@dataclass
class _Load:
    """What the clients saw."""

    answers: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    async def client(self, port: int, request: bytes, end: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            start = time.perf_counter()
            writer.write(request)
            status, wait = await _answer(reader)
            self.answers[status] += 1
            if status == 200:
                self.seconds.append(time.perf_counter() - start)
            await asyncio.sleep(wait)
        writer.close()

    async def watch(self, service: Service, seconds: float) -> None:
        for part in (0.1, 0.9):
            await asyncio.sleep(part * seconds * 0.99)
            self.memory.append(service.memory())


async def _answer(reader: asyncio.StreamReader) -> tuple[int, float]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:-2])
    await reader.readexactly(int(headers["content-length"]))
    return int(head.split()[1]), float(headers.get("retry-after", 0))


async def _load(service: Service, clients: int, seconds: float) -> _Load:
    picture, load = jpeg(), _Load()
    head = ["POST /v1/faces HTTP/1.1", "Host: localhost", "Content-Type: image/jpeg", f"Content-Length: {len(picture)}"]
    request = "".join(f"{line}\r\n" for line in [*head, ""]).encode() + picture
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(request)  # the first answer comes when the networks are loaded
    await _answer(reader)
    writer.close()
    await asyncio.sleep(2)  # so that the other workers have loaded theirs
    end = time.perf_counter() + seconds
    posting = (load.client(service.port, request, end) for _ in range(clients))
    await asyncio.gather(load.watch(service, seconds), *posting)
    return load


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    first = 0.0
    for workers in options.workers:
        with running("--workers", str(workers), "--threads", str(options.threads)) as service:
            load = asyncio.run(_load(service, options.clients, options.seconds))
        rate = len(load.seconds) / options.seconds
        first = first or rate
        times = sorted(1000 * second for second in load.seconds)
        print(
            f"{workers} workers x {options.threads}: {rate:6.1f} pictures/s ({rate / first:.2f} x), "
            f"median {statistics.median(times):.0f} ms, 99 % {times[int(0.99 * len(times))]:.0f} ms, "
            f"answers {dict(load.answers)}, memory {load.memory[0]:.0f} -> {load.memory[1]:.0f} MB",
            flush=True,
        )


if __name__ == "__main__":
    main()
