import hashlib
import shutil
from pathlib import Path

import pytest

from facepoints import weights
from facepoints.errors import InputError, WeightsError


def test_shipped_weights_are_as_their_index_says() -> None:
    known = weights.available()
    assert {"compact", "compact-int8", "tiny", "large", "detector"} <= set(known)
    for name, info in known.items():
        content = info.path.read_bytes()
        assert (info.name, info.size) == (name, len(content))
        assert info.size <= (9_000_000 if name == "large" else 5_000_000)
        assert info.kind in weights.KINDS
        assert info.sha256 == hashlib.sha256(content).hexdigest()
        assert info.licence
        assert info.trained_on
        assert weights.resolve(name, info.kind) == info.path


def test_every_shipped_network_has_an_entry() -> None:
    folder = Path(weights.__file__).parent
    assert {info.path for info in weights.available().values()} == set(folder.glob("*.onnx"))


@pytest.mark.parametrize(("name", "kind"), [("compact", "detector"), ("detector", "keypoints")])
def test_a_network_for_something_else(name: str, kind: str) -> None:
    with pytest.raises(
        InputError, match=rf"the weights '{name}' are those of a .*, not of a {weights.KINDS[kind]}; known"
    ):
        weights.resolve(name, kind)


@pytest.mark.parametrize("path", ["mine.onnx", "runs/best.ONNX"])
def test_a_path_stays_as_it_is(path: str) -> None:
    assert weights.resolve(path) == weights.resolve(Path(path)) == Path(path)


@pytest.mark.parametrize("name", ["huge", "", "Compact", "best.pt", None, 3])
def test_unknown_names(name: str) -> None:
    with pytest.raises(InputError, match=rf"there are no weights '{name}'; known are .*compact.* \.onnx file"):
        weights.resolve(name)


def test_a_checkpoint_must_be_exported_first() -> None:
    with pytest.raises(InputError, match=r"facepoints export runs/best\.ckpt --out mine\.onnx"):
        weights.resolve("runs/best.ckpt")


def test_damaged_and_missing_file_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(weights._INDEX, tmp_path)
    monkeypatch.setattr(weights, "_FOLDER", tmp_path)
    with pytest.raises(WeightsError, match=r"cannot be read.*pip install --force-reinstall facepoints"):
        weights.resolve("compact")
    (tmp_path / "compact.onnx").write_bytes(b"half a downl")
    with pytest.raises(WeightsError, match=r"are damaged.*pip install --force-reinstall facepoints"):
        weights.resolve("compact")
