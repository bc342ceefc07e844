"""Time per face of the keypoint estimator, beside dlib's 68-point shape predictor, on one processor core.

    python benchmarks/estimator_speed.py

These take turns, so that whatever else the machine does slows all of them alike:

- ``FaceFinder.fit`` on the tight box of the points, where one pass is enough, and on a Haar detector's box, from which
  the face is found in a first pass and its points in a second;
- the bare network: one onnxruntime pass over one crop that is already cut out;
- dlib's shape predictor on the same picture and box, if dlib is there: pip install dlib-bin face_recognition_models
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from facepoints import images, weights
from facepoints.finder import FaceFinder
from facepoints.geometry import face_crop_transform, tight_boxes, warp
from facepoints.scheme import OUTER_EYE_CORNERS

ASTRONAUT = Path(__file__).parent.parent / "examples" / "astronaut.png"
FIT, FIT_TWICE = "FaceFinder.fit, tight box", "FaceFinder.fit, Haar box"
NETWORK, DLIB = "network alone, one crop", "dlib shape predictor"
BAR = 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", type=Path, default=ASTRONAUT, help="a picture with a face")
    parser.add_argument("--weights", default="compact", help="name of the keypoint network, or path of an .onnx file")
    parser.add_argument("--repetitions", type=int, default=300, help="of each; 300 by default")
    options = parser.parse_args()
    cv2.setNumThreads(1)

    image = images.read(options.image)
    finder = FaceFinder(keypoints=options.weights, threads=1)
    faces = finder.find(image)
    if not len(faces):
        raise SystemExit(f"no face found in {options.image}; give another picture with --image")
    box, tight = faces.boxes[:1], tight_boxes(faces.keypoints[:1])

    contenders: dict[str, Callable[[], object]] = {
        FIT: lambda: finder.fit(image, tight),
        FIT_TWICE: lambda: finder.fit(image, box),
        NETWORK: network_pass(options.weights, image, tight[0]),
    }
    predictor = dlib_fit(image, box[0])
    if predictor is not None:
        contenders[DLIB] = predictor
        between = distance(finder.fit(image, box).keypoints[0], predictor())
        print(f"distance between the two on this face: {between:.1%} of the outer-eye distance")
    report(interleaved(contenders, options.repetitions))


def network_pass(name: str, image: np.ndarray, box: np.ndarray) -> Callable[[], object]:
    """One pass of the bare network over one crop, on one thread."""
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(weights.resolve(name)), settings, providers=["CPUExecutionProvider"])
    entrance = session.get_inputs()[0]
    size = int(entrance.shape[1])
    crops = warp(image, face_crop_transform(box, size), size)[None]
    return lambda: session.run(None, {entrance.name: crops})


def dlib_fit(image: np.ndarray, box: np.ndarray) -> Callable[[], np.ndarray] | None:
    """dlib's prediction for one box, or None with a line that says what is missing."""
    # The models' package itself imports pkg_resources, which newer Pythons lack; only its file is needed.
    models = importlib.util.find_spec("face_recognition_models")
    if importlib.util.find_spec("dlib") is None or models is None or models.origin is None:
        print("no comparison with dlib; for one: pip install dlib-bin face_recognition_models")
        return None
    import dlib

    path = Path(models.origin).parent / "models" / "shape_predictor_68_face_landmarks.dat"
    predict = dlib.shape_predictor(str(path))
    rectangle = dlib.rectangle(*(round(float(value)) for value in box))
    return lambda: np.array([(point.x, point.y) for point in predict(image, rectangle).parts()])


def distance(first: np.ndarray, second: np.ndarray) -> float:
    """Mean distance of two sets of points ``(68, 2)``, over the outer-eye distance of the first."""
    left, right = OUTER_EYE_CORNERS
    return float(np.linalg.norm(first - second, axis=1).mean() / np.linalg.norm(first[left] - first[right]))


def interleaved(contenders: dict[str, Callable[[], object]], repetitions: int) -> dict[str, list[float]]:
    """Milliseconds of each run of each contender, after ten runs to warm up."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for repetition in range(-10, repetitions):
        for name, work in contenders.items():
            start = time.perf_counter()
            work()
            if repetition >= 0:
                times[name].append((time.perf_counter() - start) * 1000)
    return times


def report(times: dict[str, list[float]]) -> None:
    reference = statistics.median(times[DLIB]) if DLIB in times else None
    for name, values in times.items():
        median, (low, *_, high) = statistics.median(values), statistics.quantiles(values, n=10)
        ratio = f"   {median / reference:5.2f} x dlib" if reference else ""
        print(f"{name:26} {median:6.2f} ms  (80 % of runs: {low:.2f} to {high:.2f}){ratio}")
    if reference:
        for name in (FIT, FIT_TWICE):
            ratio = statistics.median(times[name]) / reference
            print(f"bar: {name} at most {BAR} x dlib: {'met' if ratio <= BAR else 'NOT met'} ({ratio:.2f})")


if __name__ == "__main__":
    main()
