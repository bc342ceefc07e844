"""That the checks of a release fail where they should; that they pass is what `make release-check` and CI show."""

import copy
import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import ROOT

Load = Callable[[str], ModuleType]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads a program of tools/, which is no package."""

    def loaded(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return loaded


@pytest.fixture
def golden() -> Any:
    return json.loads((ROOT / "tests" / "astronaut.json").read_text(encoding="utf-8"))


def test_small_differences_pass(load: Load, golden: Any) -> None:
    found = copy.deepcopy(golden)
    found["faces"][0]["keypoints"][7][1] += 0.2
    assert load("check_install").compare(found, golden) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda face: face["box"].__setitem__(2, face["box"][2] + 29), r"29\.00 pixels"),
        (lambda face: face["keypoints"][67].__setitem__(0, face["keypoints"][67][0] + 0.5), r"0\.50 pixels"),
        (lambda face: face.__setitem__("score", face["score"] - 0.1), r"score of 0\.1000"),
    ],
    ids=["box", "last point", "score"],
)
def test_other_results_fail(load: Load, golden: Any, change: Callable[[Any], None], message: str) -> None:
    tool, found = load("check_install"), copy.deepcopy(golden)
    change(found["faces"][0])
    with pytest.raises(tool.CheckError, match=message):
        tool.compare(found, golden)
    with pytest.raises(tool.CheckError, match="0 faces instead of 1"):
        tool.compare({"faces": []}, golden)


def test_a_warning_fails_and_the_known_one_does_not(load: Load) -> None:
    tool = load("check_install")

    def told(message: str) -> list[str]:
        return [sys.executable, "-c", f"import sys; print('done'); print({message!r}, file=sys.stderr)"]

    assert tool.run(told("libpng warning: iCCP: known incorrect sRGB profile")).strip() == "done"
    with pytest.raises(tool.CheckError, match="gave 0: DeprecationWarning: soon"):
        tool.run(told("DeprecationWarning: soon"))


def test_a_python_that_is_not_there_is_told(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = load("check_install")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    rows = list(tool.check_all(tmp_path / "any.whl", ["3.99"]))
    assert [row.result for row in rows] == ["no such Python here"] * 2
    assert "| 3.99 | oldest |" in tool.table(rows)


def test_builds_that_differ_are_not_kept(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = load("build_dist")

    def build(source: Path, out: Path, epoch: int, zone: str, umask: int) -> list[Path]:
        out.mkdir()
        for name in ("facepoints-1.tar.gz", "facepoints-1.whl"):
            (out / name).write_text(zone if name.endswith("whl") else "the same")
        return sorted(out.iterdir())

    monkeypatch.setattr(tool, "build", build)
    monkeypatch.setattr(tool, "unpack", lambda sdist, folder: folder)
    with pytest.raises(SystemExit, match=r"different bytes for facepoints-1\.whl$"):
        tool.build_twice(ROOT, tmp_path)


def test_time_of_the_archives(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = load("build_dist")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert tool.source_date_epoch(tmp_path) == tool.HATCHLING_EPOCH  # no repository, as in an sdist
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert tool.source_date_epoch(ROOT) == 1700000000
