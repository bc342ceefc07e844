"""Every family of keypoint networks, trained with the same small budget, side by side.

    python benchmarks/compare_networks.py DATA --out runs/compare [--samples 42000] [--only plain --only resnet18]

DATA is YouTube Faces in its official layout, with ``people_heldout.txt``. Each network is trained on the official
training images of the people who are not held out, with the course project's transforms, and fits the held-out people
and the official test images (the same people as in training) in their true boxes, in one pass. A network that is done
is not trained again; the table is written after each. Crops are kept in OUT as well, so that only the first run reads
DATA.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from facepoints.arrays import Floats
from facepoints.datasets import ytf
from facepoints.datasets.crops import FaceCrops
from facepoints.datasets.labelled import LabelledFace
from facepoints.datasets.prepare import CROP_SIZE
from facepoints.evaluation.metrics import normalised_mean_errors, outer_eye_distances
from facepoints.files import atomic_write
from facepoints.inference import open_network
from facepoints.training.config import TrainConfig
from facepoints.training.data import ValidationCrops
from facepoints.training.export import export_checkpoint
from facepoints.training.fit import Execution, fit

_RESULT = "result.json"


@dataclass(frozen=True)
class _Family:
    network: str
    head: str = "own"
    pretrained: bool = False

    @property
    def title(self) -> str:
        head = "" if self.head == "own" else f", {self.head}"
        return f"{self.network}{head}{', from ImageNet' if self.pretrained else ''}"


_FAMILIES = (
    _Family("compact"),
    _Family("compact", "offsets"),
    _Family("compact", "regression"),
    _Family("tiny"),
    _Family("lenet"),
    _Family("plain"),
    _Family("naimishnet"),
    _Family("squeezenet"),
    _Family("efficientnet-lite0", pretrained=True),
    _Family("efficientnet-lite0", "heatmaps", pretrained=True),
    _Family("efficientnet-lite0"),
    _Family("resnet18"),
    _Family("resnet18", "heatmaps"),
    _Family("vgg11"),
    _Family("resnet50"),
)


def main() -> None:
    """Train what is not done yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=42_000, help="14 epochs, as in the course project")
    parser.add_argument("--workers", type=int, default=1, help="loader processes, and threads that measure the NME")
    parser.add_argument(
        "--only", action="append", default=[], choices=[family.network for family in _FAMILIES], help="may be repeated"
    )
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    training = _kept(arguments.out / "training.npz", lambda: _training_faces(arguments.data))
    tests = {
        "held_out": _kept(arguments.out / "held_out.npz", lambda: _held_out_faces(arguments.data)),
        "official": _kept(arguments.out / "official.npz", lambda: ytf.read(arguments.data, "test")),
    }
    results = {}
    for family in sorted(_FAMILIES, key=lambda family: family.network not in arguments.only):
        folder = arguments.out / family.title.replace(", ", "-").replace(" ", "-")
        wanted = not arguments.only or family.network in arguments.only
        if wanted or (folder / _RESULT).exists():
            results[family.title] = _result(family, folder, training, tests, arguments)
            _write_table(results, arguments.out / "table.md")
    print((arguments.out / "table.md").read_text(encoding="utf-8"))


def _training_faces(data: Path) -> list[LabelledFace]:
    return list(ytf.read(data, "training", exclude=ytf.held_out_people(data)))


def _held_out_faces(data: Path) -> list[LabelledFace]:
    people = ytf.held_out_people(data)
    return [face for split in ytf.SPLITS for face in ytf.read(data, split, people=people)]


def _kept(path: Path, read: Callable[[], Iterable[LabelledFace]]) -> FaceCrops:
    def refuse(picture: Path, error: Exception) -> None:
        raise SystemExit(f"{picture}: {error}")

    if not path.exists():
        FaceCrops.cut(read(), CROP_SIZE, refuse).save(path)
    return FaceCrops.load(path)


def _result(
    family: _Family, folder: Path, training: FaceCrops, tests: dict[str, FaceCrops], arguments: argparse.Namespace
) -> dict[str, float]:
    path, samples = folder / _RESULT, arguments.samples
    if not path.exists():
        config = TrainConfig(
            network=family.network,
            head=family.head,
            pretrained=family.pretrained,
            transforms="course",
            samples=samples,
            epoch_samples=samples // 2,
            batch_size=32,
            learning_rate=1e-3,
            warm_up=0.1,
        )
        best = fit(training, folder, config, Execution(workers=arguments.workers, progress_bar=False))
        network = folder / "keypoints.onnx"
        export_checkpoint(best, network)
        session = open_network(network, arguments.workers, None)
        figures = {name: _mean_nme(session, crops) for name, crops in tests.items()}
        milliseconds = _time(open_network(network, 1, None))
        figures |= {"megabytes": network.stat().st_size / 1e6, "milliseconds": milliseconds, "samples": samples}
        with atomic_write(path) as temporary:
            temporary.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    result = dict(json.loads(path.read_text(encoding="utf-8")))
    if result["samples"] != samples:
        raise SystemExit(f"{path} is of {result['samples']:,} samples: give another --out, or --samples as then")
    return result


def _mean_nme(session: onnxruntime.InferenceSession, crops: FaceCrops) -> float:
    """In percent by the outer-eye distance, in the true boxes."""
    views = ValidationCrops(crops, session.get_inputs()[0].shape[1])
    found: list[Floats] = []
    true: list[Floats] = []
    for index in range(len(views)):
        view = views[index]
        found.append(session.run(["points"], {"crops": view.image[None]})[0][0])
        true.append(view.keypoints)
    truth = np.stack(true)
    return float(100 * normalised_mean_errors(np.stack(found), truth, outer_eye_distances(truth)).mean())


def _time(session: onnxruntime.InferenceSession) -> float:
    """Of one crop, in milliseconds: the median of 30."""
    size = session.get_inputs()[0].shape[1]
    crop = np.random.default_rng(0).integers(0, 256, (1, size, size, 3), dtype=np.uint8)
    times = []
    for _ in range(30):
        start = time.perf_counter()
        session.run(None, {"crops": crop})
        times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times))


def _write_table(results: dict[str, dict[str, float]], path: Path) -> None:
    lines = [
        "| network, head | NME of held-out people | official test (same people) | MB | ms a crop |",
        "|---|---|---|---|---|",
    ]
    for title, figures in sorted(results.items(), key=lambda item: item[1]["held_out"]):
        lines.append(
            f"| {title} | {figures['held_out']:.2f} % | {figures['official']:.2f} % | {figures['megabytes']:.1f} "
            f"| {figures['milliseconds']:.1f} |"
        )
    with atomic_write(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
