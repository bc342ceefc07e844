from __future__ import annotations

from pathlib import Path

import pytest

from facepoints.detection import HaarDetector
from facepoints.errors import FacepointsError, InputError
from facepoints.evaluation import contestants
from facepoints.evaluation.contestants import CONTESTANTS, DEFAULT, choose


@pytest.mark.parametrize(("version", "expected"), [("20.0.1", list(DEFAULT)), (None, list(DEFAULT[:3]))])
def test_default_list_has_hog_where_dlib_is_installed(
    monkeypatch: pytest.MonkeyPatch, version: str | None, expected: list[str]
) -> None:
    monkeypatch.setattr(contestants, "dlib_version", lambda: version)
    chosen, left_out = choose()
    assert [contestant.name for contestant in chosen] == expected
    assert left_out == [
        f"{name} left out: dlib is not installed (pip install dlib-bin)" for name in DEFAULT if name not in expected
    ]


def test_chosen_detectors_come_once_and_in_order() -> None:
    chosen, left_out = choose(["haar-1.3-5", "haar", "haar-1.3-5"])
    assert [contestant.name for contestant in chosen] == ["haar-1.3-5", "haar"]
    assert left_out == []


@pytest.mark.parametrize(
    ("name", "scale_factor", "min_neighbors"),
    [("haar-1.2-2", 1.2, 2), ("haar-1.3-5", 1.3, 5), ("haar-1.05-10", 1.05, 10)],
)
def test_haar_with_any_settings(name: str, scale_factor: float, min_neighbors: int) -> None:
    (contestant,), _ = choose([name])
    detector = contestant.make()
    assert isinstance(detector, HaarDetector)
    assert (detector.cascade.scale_factor, detector.cascade.min_neighbors) == (scale_factor, min_neighbors)
    assert f"scale factor {scale_factor}, {min_neighbors} neighbours" in contestant.about()
    assert (contestant.name, contestant.all_count) == (name, True)


def test_every_name_and_title_is_unique_and_described() -> None:
    assert list(CONTESTANTS) == [contestant.name for contestant in CONTESTANTS.values()]
    assert len({contestant.title for contestant in CONTESTANTS.values()}) == len(CONTESTANTS)
    assert set(DEFAULT) <= set(CONTESTANTS)


def test_file_of_a_network(tmp_path: Path) -> None:
    path = tmp_path / "mine" / "best.onnx"
    (chosen,), _ = choose([str(path)])
    assert (chosen.name, chosen.title, chosen.all_count) == (str(path), "mine/best", False)
    with pytest.raises(FacepointsError, match=r"best\.onnx"):
        chosen.make()


def test_wrong_names_are_refused() -> None:
    with pytest.raises(InputError, match=r"no detector 'hair'; known are network, .*path of an \.onnx file"):
        choose(["haar", "hair"])
    with pytest.raises(InputError, match=r"no detector 'haar-1\.2'"):
        choose(["haar-1.2"])
    with pytest.raises(InputError, match="scale_factor must be from"):
        choose(["haar-9-2"])[0][0].make()
    with pytest.raises(InputError, match="at most 6 detectors can be compared in one run; got 7"):
        choose([f"{number}.onnx" for number in range(7)])
