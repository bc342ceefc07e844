import json
from pathlib import Path

import pytest

pytest.importorskip("lightning")

from tests.benchmarks.conftest import Run
from tests.datasets.layouts import write_ytf

PEOPLE = [f"Person_{letter}" for letter in "ABCDEFGHIJKL"]


@pytest.mark.usefixtures("tiny_network")
def test_a_family_is_trained_once_and_compared(run: Run, tmp_path: Path) -> None:
    data, out = tmp_path / "ytf", tmp_path / "out"
    write_ytf(data, dict.fromkeys(PEOPLE, 1))
    write_ytf(data, dict.fromkeys(PEOPLE[:3], 1), "test", first=200)
    (data / "people_heldout.txt").write_text("\n".join(PEOPLE[:2]) + "\n")
    command = ("compare_networks.py", data, "--out", out, "--samples", "64", "--only", "tiny")
    printed = run(*command)
    assert printed.strip() == (out / "table.md").read_text(encoding="utf-8").strip()
    (row,) = printed.strip().splitlines()[2:]
    name, held_out, official, _, _ = (cell.strip() for cell in row.strip("|").split("|"))
    assert name == "tiny"
    result = json.loads((out / "tiny" / "result.json").read_text(encoding="utf-8"))
    assert (held_out, official) == (f"{result['held_out']:.2f} %", f"{result['official']:.2f} %")
    assert 0 < result["held_out"] < 200
    # Held-out people are of no training crop; what is done is not trained again.
    assert json.loads((out / "tiny" / "data.json").read_text(encoding="utf-8"))["ytf"] == len(PEOPLE) - 2
    checkpoint = out / "tiny" / "last.ckpt"
    before = checkpoint.stat().st_mtime_ns
    assert run(*command) == printed
    assert checkpoint.stat().st_mtime_ns == before
    with pytest.raises(SystemExit, match="is of 64 samples: give another --out"):
        run(*command, "--samples", "128")
