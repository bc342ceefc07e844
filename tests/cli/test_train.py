"""``facepoints train`` and ``facepoints export``."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from facepoints import FaceFinder  # noqa: E402
from facepoints.training.config import TrainConfig  # noqa: E402
from facepoints.training.networks import NETWORKS  # noqa: E402
from tests.cli.conftest import run, tree  # noqa: E402
from tests.datasets.layouts import ASTRONAUT, write_pts_folder  # noqa: E402
from tests.training.tiny_run import TINY  # noqa: E402

QUICK = (
    "--network=tiny",
    "--samples=32",
    "--epoch-samples=16",
    "--batch-size=8",
    "--validation-share=0.3",
    "--precision=32-true",
    "--workers=0",
    "--accelerator=cpu",
)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of six faces; the tiny network is known."""
    monkeypatch.setitem(NETWORKS, "tiny", TINY)
    monkeypatch.delenv("FACEPOINTS_DATA", raising=False)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield write_pts_folder(tmp_path / "faces", [f"image_{number}" for number in range(6)])
    torch.set_num_threads(threads)


def test_from_pictures_to_a_network(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    result = run("train", "keypoints", "--data", data, "--out", out, *QUICK)
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        "best checkpoint",
        "network for FaceFinder(keypoints=...)",
    ]
    assert [line.split()[0] for line in result.stderr.splitlines()] == ["network", "epoch", "epoch"]
    names = [name for name in tree(out) if not name.startswith("tensorboard/")]
    assert names == ["best.ckpt", "config.json", "data.json", "keypoints.onnx", "last.ckpt"]
    FaceFinder(keypoints=out / "keypoints.onnx").find(ASTRONAUT)

    other = tmp_path / "other.onnx"
    exported = run("export", out / "best.ckpt", "--out", other)
    assert exported.exit_code == 0
    assert exported.stdout == f"{other}: {other.stat().st_size:,} bytes\n"


def test_unreadable_pictures_are_named_and_training_goes_on(data: Path, tmp_path: Path) -> None:
    (data / "image_3.png").write_text("no picture")
    result = run("train", "keypoints", "--data", data, "--out", tmp_path / "run", *QUICK)
    assert result.exit_code == 1
    assert "image_3.png: this is no picture" in result.stderr.splitlines()[0]
    assert (tmp_path / "run" / "keypoints.onnx").is_file()


def test_help_shows_every_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "dumb")
    output = run("train", "keypoints", "--help").output
    for field in dataclasses.fields(TrainConfig):
        assert f"--{field.name.replace('_', '-')}" in output
        assert field.metadata["help"].split(".")[0][:60] in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--network=huge",), "there is no network 'huge'; known are compact"),
        (("--head=regression", "--loss=heatmap"), "the loss heatmap needs a head with heatmaps"),
        (("--head=offsets", "--loss=l1"), "the loss l1 teaches cells or offsets alone"),
        (("--transforms=magic",), "there are no transforms 'magic'; known are facepoints, occluded, course, none"),
        (("--samples=-5",), "samples must be above 0"),
        (("--precision=8",), "precision must be"),
        (("--devices=3",), "3 processes cannot share batches of 8 evenly; give a --batch-size that 3 divides"),
        (
            ("--network=plain", "--devices=8"),
            "this network's dense layers needs 2 inputs a step and process, not 1: give",
        ),
        (("--network=plain", "--batch-size=1"), "dense layers needs 2 inputs a step and process, not 1: give a larger"),
        (("--devices=many",), "--devices must be a number or auto; got 'many'"),
        (("--nodes=2",), "start the command with torchrun on each of them, or set MASTER_ADDR"),
        (("--accelerator=abacus",), "cannot train on the accelerator 'abacus'"),
        (("--validation-share=0.01",), "too few people or photos"),
    ],
)
def test_wrong_use(data: Path, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run("train", "keypoints", "--data", data, "--out", tmp_path / "run", *QUICK, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not list(tmp_path.rglob("*.ckpt"))


def test_no_data(data: Path, tmp_path: Path) -> None:
    result = run("train", "keypoints", "--out", tmp_path / "run", *QUICK)
    assert (result.exit_code, result.stderr.splitlines()) == (
        2,
        ["Error: say where the training data is: --data FOLDER, or set FACEPOINTS_DATA"],
    )


def test_other_settings_than_before(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert run("train", "keypoints", "--data", data, "--out", out, *QUICK).exit_code == 0
    result = run("train", "keypoints", "--data", data, "--out", out, *QUICK, "--seed=4")
    assert result.exit_code == 2
    assert "holds a run with other settings: seed (0 before)" in result.stderr


def test_export_of_what_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "text.ckpt").write_text("no checkpoint")
    for name in ("text.ckpt", "missing.ckpt"):
        result = run("export", tmp_path / name, "--out", tmp_path / "network.onnx")
        assert result.exit_code in (1, 2)
        assert f"{name} is no checkpoint of `facepoints train`" in result.stderr
    assert tree(tmp_path) == ["text.ckpt"]


def test_start_from_another_run(data: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert run("train", "keypoints", "--data", data, "--out", first, *QUICK).exit_code == 0
    start = ("--init", first / "best.ckpt", "--learning-rate=1e-9", "--weight-decay=0")
    assert run("train", "keypoints", "--data", data, "--out", second, *QUICK, *start).exit_code == 0
    weights = [torch.load(folder / "best.ckpt", weights_only=True)["state_dict"] for folder in (first, second)]
    name = "network.encoder.stem.0.weight"
    torch.testing.assert_close(weights[1][name], weights[0][name], atol=1e-5, rtol=0)
    other = run("train", "keypoints", "--data", data, "--out", tmp_path / "third", *QUICK, "--network=plain", *start)
    assert other.exit_code == 2
    assert "it is quite another network" in other.stderr


def test_a_teacher_and_faces_without_labels(data: Path, tmp_path: Path) -> None:
    packed = tmp_path / "crops.npz"
    result = run("data", "pack", "--data", data, "--unlabelled", ASTRONAUT, "--out", packed)
    assert (result.exit_code, result.stdout) == (0, f"{packed}: 6 300w, 1 unlabelled\n")
    out = tmp_path / "run"
    options = ("--teacher=tiny", "--teacher-share=0.5")
    assert run("train", "keypoints", "--data", packed, "--out", out, *QUICK, *options).exit_code == 0
    wrong = run("train", "keypoints", "--data", packed, "--out", tmp_path / "x", *QUICK, "--teacher=nobody")
    assert wrong.exit_code == 2
    assert "there are no weights 'nobody'" in wrong.stderr


def test_export_that_looks_twice_in_8_bits(data: Path, tmp_path: Path) -> None:
    packed, folder, out = tmp_path / "crops.npz", tmp_path / "run", tmp_path / "fast.onnx"
    assert run("data", "pack", "--data", data, "--out", packed).exit_code == 0
    assert run("train", "keypoints", "--data", packed, "--out", folder, *QUICK).exit_code == 0
    result = run("export", folder / "best.ckpt", "--out", out, "--mirror", packed, "--int8", data)
    assert result.exit_code == 0, result.stderr
    assert FaceFinder(keypoints=out).find(ASTRONAUT).keypoints.shape[1:] == (68, 2)
    cats = tmp_path / "cats"
    cats.mkdir()
    (cats / "cat.png").write_bytes(ASTRONAUT.with_name("chelsea.png").read_bytes())
    without = run("export", folder / "best.ckpt", "--out", out, "--int8", cats)
    assert without.exit_code == 2
    assert "no face was found in the 1 pictures; give some with faces" in without.stderr
