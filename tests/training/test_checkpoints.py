"""Checkpoints that would take time or memory beyond their size are refused before PyTorch sees them."""

import zipfile
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="comes with the extra [train]")

from facepoints.errors import WeightsError  # noqa: E402
from facepoints.training.checkpoints import read_checkpoint  # noqa: E402
from facepoints.training.trained_module import CHECKPOINT_KEY  # noqa: E402


def test_a_good_one(tmp_path: Path) -> None:
    weights = torch.arange(6.0).reshape(2, 3)
    torch.save({"state_dict": {"network.a": weights, "b": weights}, CHECKPOINT_KEY: {"c": 1}}, tmp_path / "a.ckpt")
    found = read_checkpoint(tmp_path / "a.ckpt")
    assert (found.kind, found.settings, list(found.weights)) == ("keypoints", {"c": 1}, ["a"])
    assert torch.equal(found.weights["a"], weights)


def test_a_text_without_end(tmp_path: Path) -> None:
    # torch.load would search its own error message, with the text in it, in a time that grows with its square.
    torch.save({"state_dict": {"a" * 140_000: 1}}, tmp_path / "a.ckpt")
    with pytest.raises(WeightsError, match=r"a\.ckpt is no checkpoint.*a text of 140,000 characters"):
        read_checkpoint(tmp_path / "a.ckpt")


def test_compressed_parts(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.ckpt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data/0", bytes(10**6))
    with pytest.raises(WeightsError, match=r"archive/data/0 is compressed"):
        read_checkpoint(tmp_path / "a.ckpt")
