"""Counts the instructions of parts of a Python program, with valgrind's callgrind.

From outside, :func:`count` runs a program under valgrind; in it, :func:`counted` says which parts to count. The counts
hardly depend on what else the machine does, nor on its processor: valgrind shows programs one with AVX2 and no more,
whatever there is. Callgrind counts nothing, and costs less, until the first :func:`counted`.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

MACHINES = ("x86_64",)
"""Those whose machine code stands below."""

_CODE = bytes.fromhex(
    "4889f8"  # mov rax, rdi: the address of the six numbers of the request
    "4889f2"  # mov rdx, rsi: the answer, if valgrind gives none
    "48c1c703 48c1c70d 48c1c73d 48c1c733"  # rol rdi by 3, 13, 61 and 51: twice round, so as it was
    "4887db"  # xchg rbx, rbx
    "4889d0"  # mov rax, rdx
    "c3"  # ret
)
"""A function that makes a request to valgrind, which knows these rotations; to a processor alone they are nothing. They
are those of ``valgrind.h``, which is for C compilers: https://valgrind.org/docs/manual/manual-core-adv.html"""

_ZERO, _DUMP_AT, _START = (0x43540000 + number for number in (1, 3, 4))  # as in callgrind.h; "CT" << 16

_DUMP = re.compile(r"^desc: Trigger: Client Request: (?P<job>.+)\n(?s:.*?)^totals: (?P<total>\d+)", re.MULTILINE)

_UNDER_CALLGRIND = "FACEPOINTS_UNDER_CALLGRIND"  # set for the program that is counted

_SETTINGS = {_UNDER_CALLGRIND: "1", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class CountingError(Exception):
    """The program could not be counted."""


class MissingError(CountingError):
    """Nothing can be counted on this machine."""


def counted(job: str, work: Callable[[], object], repetitions: int) -> None:
    """Let callgrind count so many runs; outside of :func:`count` they are run, and that is all.

    Args:
        job: name, which :func:`count` gives back.
        work: what to run.
        repetitions: of it.
    """
    request = _requester()
    name = ctypes.create_string_buffer(job.encode())
    runs = range(repetitions)
    request(_START)
    request(_ZERO)
    for _ in runs:
        work()
    request(_DUMP_AT, ctypes.addressof(name))


def _requester() -> Callable[..., int]:
    """A function that makes requests to valgrind, and does nothing where that is not."""
    if _UNDER_CALLGRIND not in os.environ:
        return lambda *values: 0
    memory = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(_CODE)
    numbers = ctypes.c_size_t * 6
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    code = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.POINTER(ctypes.c_size_t), ctypes.c_size_t)(address)
    code.memory = memory  # for as long as this function may be called
    return lambda *values: int(code(numbers(*values), 0))


def count(program: Sequence[str]) -> tuple[dict[str, int], str]:
    """Run a program and count the parts of it that it hands to :func:`counted`.

    Args:
        program: and its arguments.

    Returns:
        Instructions of each job, all its repetitions together; and what the program printed.

    Raises:
        MissingError: no valgrind, or a processor of another kind.
        CountingError: the program failed.
    """
    valgrind = _valgrind()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "counts"
        # --combine-dumps: all jobs in one file. --vgdb: nobody debugs, and its pipes would stay in /tmp.
        options = ["--instr-atstart=no", "--combine-dumps=yes", "--dump-line=no", f"--callgrind-out-file={out}"]
        command = [valgrind, "--quiet", "--tool=callgrind", "--vgdb=no", *options, *program]
        environment = {name: value for name, value in os.environ.items() if name != "VALGRIND_OPTS"} | _SETTINGS
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0 or not out.is_file():
            last = "\n".join(done.stderr.splitlines()[-20:])
            raise CountingError(f"{' '.join(program)} failed under valgrind with exit code {done.returncode}:\n{last}")
        dumps = _DUMP.finditer(out.read_text(encoding="utf-8"))
        return {dump["job"]: int(dump["total"]) for dump in dumps}, done.stdout


def valgrind_version() -> str:
    """Such as ``3.19.0``.

    Raises:
        MissingError: no valgrind, or a processor of another kind.
    """
    printed = subprocess.run([_valgrind(), "--version"], capture_output=True, text=True, check=True).stdout
    return printed.strip().removeprefix("valgrind-")


def _valgrind() -> str:
    path = shutil.which("valgrind")
    if path is None:
        raise MissingError("there is no valgrind, which counts the instructions; on Debian: apt-get install valgrind")
    if platform.machine() not in MACHINES:
        raise MissingError(f"instructions are counted on {', '.join(MACHINES)}; this is {platform.machine()}")
    return path
