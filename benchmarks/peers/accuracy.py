"""Points and boxes of all contestants on labelled pictures."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from offsets import apply_offsets, fit_offsets
from pictures import TestSets
from worker import Picture, Worker, WorkerFailedError

from facepoints.arrays import Array
from facepoints.datasets import LabelledFace
from facepoints.datasets.wider import LabelledPicture
from facepoints.evaluation.detector_metrics import average_precision, best_precision, match_boxes, precision_recall
from facepoints.evaluation.metrics import failure_rate, finite_mean, normalised_mean_errors, outer_eye_distances
from facepoints.geometry import box_iou, tight_boxes, wider_style_boxes
from facepoints.images import read

FAILURE = 0.08
SAME_FACE = 0.3
"""IoU of two boxes of one face: low, since some boxes reach up to the forehead and others end at the brows."""

SMALLEST = 16
BYSTANDER = 0.5
"""Boxes under so much of the labelled face's longer side, where a picture has one label, are of people without one."""

HOG = "dlib"
"""Whose detector's boxes are given to all."""

Workers = Mapping[str, Worker]


def measure_points(workers: Workers, sets: TestSets, picture: Picture) -> dict[str, Any]:
    """NME and failures of each contestant on each test set; offsets are fitted on the training faces."""
    trained = _points_of(workers, sets.training, picture, given=False)
    labels = np.stack([face.keypoints for face in sets.training])
    offsets = {}
    for name, ways in trained.items():
        seen = np.isfinite(ways["find"]).all(axis=(1, 2))
        if seen.any():
            offsets[name] = fit_offsets(ways["find"][seen], labels[seen])
    return {title: _judged(_points_of(workers, faces, picture), faces, offsets) for title, faces in sets.faces.items()}


def _points_of(
    workers: Workers, faces: Sequence[LabelledFace], picture: Picture, *, given: bool = True
) -> dict[str, dict[str, Array]]:
    """For each contestant and way, points ``(n, 68, 2)``; NaN where there are none. ``hit`` has whether a box is."""
    empty = np.full((len(faces), 68, 2), np.nan)
    found = {name: {way: empty.copy() for way in ("find", "true_box", "hog_box")} for name in workers}
    for ways in found.values():
        ways["hit"] = np.zeros(len(faces), dtype=bool)
    for row, face in enumerate(faces):
        _tell("labelled face", row, len(faces))
        picture.show(read(face.image))
        hog = None
        # dlib goes first, since its box is given to the others.
        for name in sorted(workers, key=lambda name: name != HOG):
            box = _find(workers[name], picture, face, found[name], row)
            hog = box if name == HOG else hog
            boxes = {"true_box": wider_style_boxes(face.keypoints[None])[0].tolist(), "hog_box": hog}
            for way, chosen in boxes.items() if given else ():
                _fit(workers[name], picture, chosen, found[name][way], row)
    return found


def _find(worker: Worker, picture: Picture, face: LabelledFace, ways: dict[str, Array], row: int) -> list | None:
    """Note what the pipeline (or the detector, where there is no more) finds on the face; its box."""
    answer = _ask(worker, "find", picture, faces=4)
    if "missing" in answer:
        answer = _ask(worker, "detect", picture)
    for found in answer["faces"]:
        own = tight_boxes(np.array([found["points"]])) if "points" in found else np.array([found["box"]])
        target = tight_boxes(face.keypoints[None])
        if (
            found["score"] >= (worker.ready["default_score"] if "points" not in found else -np.inf)
            and box_iou(own, target)[0, 0] >= SAME_FACE
        ):
            ways["hit"][row] = True
            if "points" in found:
                ways["find"][row] = found["points"]
            return list(found["box"])
    return None


def _fit(worker: Worker, picture: Picture, box: list | None, points: Array, row: int) -> None:
    if box is not None:
        answer = _ask(worker, "fit", picture, boxes=[box])
        if answer.get("faces"):
            points[row] = answer["faces"][0]["points"]


def _ask(worker: Worker, do: str, picture: Picture, **more: Any) -> dict[str, Any]:
    try:
        return worker.ask(do, picture, **more)
    except WorkerFailedError as error:
        if worker.process.poll() is not None:
            raise
        print(f"\n{worker.log.stem}: {error}", file=sys.stderr)
        return {"faces": []}


def _judged(found: dict[str, dict[str, Array]], faces: Sequence[LabelledFace], offsets: dict[str, Array]) -> Any:
    labels = np.stack([face.keypoints for face in faces])
    eyes = outer_eye_distances(labels)
    seen = {name: np.isfinite(ways["find"]).all(axis=(1, 2)) for name, ways in found.items()}
    able = [name for name in found if seen[name].any()]
    common = np.logical_and.reduce([seen[name] for name in able])
    result = {}
    for name, ways in found.items():
        row: dict[str, Any] = {"faces": len(faces), "hits": int(ways["hit"].sum())}
        if name in able:
            errors = normalised_mean_errors(ways["find"], labels, eyes)
            row["own"] = _figures(errors, common)
            row["errors"] = [round(float(error), 5) if np.isfinite(error) else None for error in errors]
        if name in able and name in offsets:
            moved = ways["find"].copy()
            moved[seen[name]] = apply_offsets(moved[seen[name]], offsets[name])
            row["own_offsets"] = _figures(normalised_mean_errors(moved, labels, eyes), common)
        for way in ("true_box", "hog_box"):
            there = np.isfinite(ways[way]).all(axis=(1, 2))
            if there.any():
                errors = normalised_mean_errors(ways[way][there], labels[there], eyes[there])
                row[way] = {"faces": int(there.sum()), **_figures(errors, np.ones(len(errors), dtype=bool))}
        result[name] = row
    return {"common": int(common.sum()), "contestants": result}


def _figures(errors: Array, common: Array) -> dict[str, float]:
    return {
        "nme": finite_mean(errors),
        "nme_common": finite_mean(errors[common]),
        "failures": failure_rate(errors, FAILURE),
    }


def measure_boxes(workers: Workers, sets: TestSets, picture: Picture) -> dict[str, Any]:
    """Hits, false boxes and AP of each detector, on WIDER FACE and on the sets with one labelled face a picture."""
    judged = {"WIDER FACE, faces from 16 px": _boxes_of(workers, sets.wider, picture, 0.0)}
    for title, faces in sets.faces.items():
        judged[title] = _boxes_of(workers, [_as_labelled_picture(face) for face in faces], picture, BYSTANDER)
    return {"sets": judged}


def _as_labelled_picture(face: LabelledFace) -> LabelledPicture:
    return LabelledPicture(face.image, wider_style_boxes(face.keypoints[None]), np.zeros(1, dtype=bool))


def _boxes_of(
    workers: Workers, pictures: Sequence[LabelledPicture], picture: Picture, bystander: float
) -> dict[str, Any]:
    rows: dict[str, list[tuple[Array, Array]]] = {name: [] for name in workers}
    faces = 0
    for number, labelled in enumerate(pictures):
        _tell("picture for boxes", number, len(pictures))
        picture.show(read(labelled.image))
        ignore = labelled.ignore | (_sides(labelled.boxes) < SMALLEST)
        faces += int((~ignore).sum())
        least = bystander * float(_sides(labelled.boxes).max(initial=0))
        for name, worker in workers.items():
            answer = _ask(worker, "candidates", picture)
            found = _ask(worker, "detect", picture) if "missing" in answer else answer
            boxes, scores = _candidates(found["faces"], least)
            rows[name].append((match_boxes(boxes, scores, labelled.boxes, ignore, SAME_FACE), scores))
    result = {}
    for name, outcomes in rows.items():
        curve = precision_recall([outcome for outcome, _ in outcomes], [scores for _, scores in outcomes], faces)
        hits, false_boxes = curve.at(workers[name].ready["default_score"])
        result[name] = {
            "ap": average_precision(curve),
            "hits": hits,
            "false_boxes": false_boxes,
            "curve": np.stack([curve.recall, best_precision(curve)], axis=1).round(4).tolist(),
        }
    return {"pictures": len(pictures), "faces": faces, "contestants": result}


def _candidates(found: Sequence[Mapping[str, Any]], least: float) -> tuple[Array, Array]:
    """Boxes ``(n, 4)`` whose longer side is at least ``least``, and their scores."""
    boxes = np.array([face["box"] for face in found], dtype=np.float32).reshape(-1, 4)
    scores = np.array([face["score"] for face in found], dtype=np.float64)
    large = _sides(boxes) >= least
    return boxes[large], scores[large]


def _sides(boxes: Array) -> Array:
    return np.asarray((boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0))


def _tell(what: str, number: int, count: int) -> None:
    if number % 50 == 0:
        print(f"{what} {number + 1} of {count}", file=sys.stderr)
