"""Build the sdist and the wheel twice, and keep them only if both builds agree to the byte.

    python tools/build_dist.py [--out dist] [--dirty]

The first build is made from this repository; the second from the sdist of the first, unpacked elsewhere, under another
time zone and umask: so the sdist is complete, and what is built does not depend on where, when and by whom. Writes both
files and ``SHA256SUMS``. The time within the archives is SOURCE_DATE_EPOCH, else that of the last commit
(https://reproducible-builds.org/docs/source-date-epoch/). Needs `build` and the `hatchling` of constraints.txt.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HATCHLING_EPOCH = 1580601600  # its own default, for a source tree without git


def main() -> None:
    """Parse the command line and build."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("dist"), help="folder of the two files; made anew")
    parser.add_argument("--dirty", action="store_true", help="build although files are not those of the last commit")
    options = parser.parse_args()
    if not options.dirty and (changes := uncommitted(ROOT)):
        sys.exit(f"These files are not those of the last commit; commit them, or give --dirty:\n{changes}")
    with tempfile.TemporaryDirectory() as folder:
        for path in build_twice(ROOT, Path(folder)):
            print(f"{checksum(path)}  {path.name}  {path.stat().st_size:,} bytes")
        publish(Path(folder) / "first", options.out)


def build_twice(source: Path, scratch: Path) -> list[Path]:
    """Both files of the first build, once the second has given the same bytes.

    Raises:
        SystemExit: a build failed, or the builds differ.
    """
    epoch = source_date_epoch(source)
    first = build(source, scratch / "first", epoch, zone="UTC", umask=0o022)
    (sdist,) = (path for path in first if path.name.endswith(".tar.gz"))
    second = build(unpack(sdist, scratch / "unpacked"), scratch / "second", epoch, zone="NPT-5:45", umask=0o077)
    if [path.name for path in first] != [path.name for path in second]:
        sys.exit(f"the builds gave {[path.name for path in first]} and {[path.name for path in second]}")
    differing = [one.name for one, other in zip(first, second, strict=True) if checksum(one) != checksum(other)]
    if differing:
        sys.exit(f"not reproducible: two builds gave different bytes for {', '.join(differing)}")
    return first


def build(source: Path, out: Path, epoch: int, zone: str, umask: int) -> list[Path]:
    """An sdist of ``source``, and a wheel made from that sdist, by name."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "TZ": zone}
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source)]
    usual = os.umask(umask)
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    finally:
        os.umask(usual)
    if done.returncode:
        sys.exit(f"the build of {source} failed:\n{done.stdout}{done.stderr}")
    return sorted(out.iterdir())


def unpack(sdist: Path, folder: Path) -> Path:
    """The source tree of an sdist."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (tree,) = folder.iterdir()
    return tree


def source_date_epoch(source: Path) -> int:
    """Seconds since 1970 that the archives carry."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    time = git(source, "log", "-1", "--format=%ct")
    return int(time) if time else HATCHLING_EPOCH


def uncommitted(source: Path) -> str:
    """Changed and new files, as git lists them; empty without git."""
    return git(source, "status", "--porcelain")


def git(source: Path, *arguments: str) -> str:
    """What git says; empty where there is no git, or ``source`` is the root of no repository (as in an sdist)."""
    if not (source / ".git").exists() or shutil.which("git") is None:
        return ""
    done = subprocess.run(["git", "-C", str(source), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.rstrip() if done.returncode == 0 else ""


def checksum(path: Path) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def publish(built: Path, out: Path) -> None:
    """Replace what an earlier build left in ``out``, and list the checksums as ``sha256sum --check`` reads them."""
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("facepoints-*"), *out.glob("SHA256SUMS")]:
        old.unlink()
    paths = [Path(shutil.copy(path, out)) for path in sorted(built.iterdir())]
    lines = [f"{checksum(path)}  {path.name}\n" for path in paths]
    (out / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
