"""Derive ``facepoints.analysis.FACE_MODEL``, the mean face of the 68 points in 3-D, from labelled pictures alone.

    python benchmarks/derive_face_model.py DATA

DATA holds the training folders of 300-W: ``300w/helen/trainset``, ``300w/afw`` and ``300w/lfpw/trainset``. Every face
comes in twice, as it is and mirrored, so that the mean is symmetric.

1. *Start*: rigid factorisation of the points within the face, which do not slide. Under scaled orthography, the stacked
   coordinates of a rigid body have rank 3; the metric upgrade makes the two rows of each camera perpendicular and of
   equal length. Source: Tomasi and Kanade, "Shape and motion from image streams under orthography: a factorization
   method" (IJCV 1992); for scaled orthography Poelman and Kanade, "A paraperspective factorization method" (PAMI 1997).
2. *In turns*: fit each face's pose (scaled orthography) to the points that move little with the expression; then fit
   each point of the model to all faces, those that it fits badly counting less (Cauchy weights).
3. *Jaw*: on the far side of a turned face, the labels follow the visible outline instead of the head. Each point of the
   jaw is fitted to frontal faces and to those that turn its side to the camera alone.
4. *Perspective*: near parts of a head look larger than far ones. With the model of the last turn, the labels are moved
   to where scaled orthography would have them if the picture was taken from ``DISTANCE`` (affine iterations: Christy
   and Horaud, PAMI 1996). The true distances are unknown; without this step, noses come out some 3 % longer.
5. *Frame*: the origin is the middle of the outer eye corners, their distance 90 mm; pitch is zero where the median face
   of the training pictures has it.

Faces differ, and fits to noisy points make a model somewhat flatter than the truth. How much is measured, and taken
back: the same estimate is made from projections of the model with the residuals of other faces (as in simulation
extrapolation: Cook and Stefanski, JASA 1994).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from facepoints.arrays import Array
from facepoints.datasets import read_keypoints
from facepoints.scheme import GROUPS, MEAN_FACE, MIRROR, OUTER_EYE_CORNERS, POINT_COUNT

FOLDERS = ("300w/helen/trainset", "300w/afw", "300w/lfpw/trainset")
EYE_DISTANCE = 90.0
JAW = list(GROUPS["jaw"])
WITHIN = list(range(17, POINT_COUNT))
NOSE_TIP = 30
DISTANCE = 1500.0  # mm: people are photographed from one to a few metres
TURNS = 80
OUTLIER, JAW_OUTLIER = 4.5, 12.0  # mm: residuals from here on count ever less
FARTHEST = 45  # degrees of yaw: few labels of faces turned further are right
FRONTAL = 5.0  # degrees of yaw: turned further than this, the far side of the jaw does not count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA")
    shapes = with_mirrored(read_shapes(parser.parse_args().data))
    model = estimate(shapes, DISTANCE)
    flattened = estimate(simulated(model, shapes), np.inf)
    print(f"depth of the nose kept by the estimate: {flattened[NOSE_TIP, 2] / model[NOSE_TIP, 2]:.3f}")
    corrected = scaled(symmetric(2 * model - flattened))
    flat, (_, rotations, _) = straightened(corrected, shapes)
    corrected = with_jaw(in_frame(corrected, rotations), flat)
    print(np.array2string(np.round(corrected, 1), separator=", ", suppress_small=True, threshold=10_000))


def read_shapes(data: Path) -> Array:
    """``(n, 68, 2)`` labels of all training pictures."""
    return np.stack([face.keypoints for folder in FOLDERS for face in read_keypoints(data / folder)]).astype(float)


def with_mirrored(shapes: Array) -> Array:
    return np.concatenate([shapes, shapes[:, MIRROR] * [-1, 1]])


def estimate(shapes: Array, distance: float) -> Array:
    """The mean face ``(68, 3)`` in mm: x to the picture's right, y down, z away from a camera at this distance."""
    model = factorised(shapes)
    flat, rotations = shapes, None
    for _ in range(TURNS):
        scales, rotations, shifts = fit_poses(model, flat, rotations)
        flat = without_perspective(model, shapes, scales, rotations, shifts, distance)
        model = in_frame(fit_model(model, flat, scales, rotations, shifts), rotations)
    return model


def without_perspective(
    model: Array, shapes: Array, _scales: Array, rotations: Array, shifts: Array, distance: float
) -> Array:
    """Step 4: what lies behind the middle of the eyes moves outwards, what lies before it inwards."""
    depths = np.einsum("nj,pj->np", rotations[:, 2], model)
    return shifts[:, None] + (shapes - shifts[:, None]) * (1 + depths / distance)[..., None]


def with_jaw(model: Array, shapes: Array) -> Array:
    """Step 3: the model with its jaw fitted in the poses of the points within the face."""
    poses = fit_poses(model, shapes, None)
    for _ in range(10):
        model = symmetric(np.concatenate([fit_model(model, shapes, *poses)[JAW], model[WITHIN]]))
    return model


def straightened(model: Array, shapes: Array) -> tuple[Array, tuple[Array, Array, Array]]:
    """The labels without perspective, and the poses of the faces."""
    flat = shapes
    for _ in range(3):
        poses = fit_poses(model, flat, None)
        flat = without_perspective(model, shapes, *poses, DISTANCE)
    return flat, poses


def factorised(shapes: Array) -> Array:
    """Step 1; the points of the jaw stay at zero."""
    centred = shapes[:, WITHIN] - shapes[:, WITHIN].mean(axis=1, keepdims=True)
    centred /= np.sqrt((centred**2).sum(axis=(1, 2), keepdims=True))
    left, values, right = np.linalg.svd(centred.transpose(0, 2, 1).reshape(-1, len(WITHIN)), full_matrices=False)
    upgrade = metric_upgrade((left[:, :3] * values[:3]).reshape(-1, 2, 3))
    points = right[:3].T @ np.linalg.inv(upgrade).T
    frontal = MEAN_FACE[WITHIN] - MEAN_FACE[WITHIN].mean(axis=0)
    left, _, right = np.linalg.svd(np.linalg.lstsq(points, frontal, rcond=None)[0].T, full_matrices=False)
    rows = left @ right
    points = points @ np.vstack([rows, np.cross(rows[0], rows[1])]).T
    model = np.zeros((POINT_COUNT, 3))
    model[WITHIN] = points
    if model[NOSE_TIP, 2] > model[OUTER_EYE_CORNERS, 2].mean():
        model[:, 2] *= -1  # orthography cannot tell a face from its hollow mould
    return scaled(symmetric(model))


def metric_upgrade(cameras: Array) -> Array:
    """The ``(3, 3)`` by which to multiply cameras ``(n, 2, 3)`` so that their rows are perpendicular, equally long."""
    across, down = cameras[:, 0], cameras[:, 1]
    equations = np.concatenate([products(across, across) - products(down, down), products(across, down)])
    weights = np.ones(len(equations))
    for _ in range(20):
        solution = np.linalg.svd(equations * weights[:, None], full_matrices=False)[2][-1]
        errors = np.abs(equations @ solution)
        weights = 1 / np.hypot(1, errors / (1.48 * np.median(errors)))
    first, second, third, fourth, fifth, sixth = solution * np.sign(solution[[0, 3, 5]].sum())
    gram = np.array([[first, second, third], [second, fourth, fifth], [third, fifth, sixth]])
    values, vectors = np.linalg.eigh(gram)
    return vectors * np.sqrt(np.maximum(values, 1e-4 * values[-1]))


def products(first: Array, second: Array) -> Array:
    """Rows of the equations ``first Q second = 0`` in the six numbers of a symmetric Q."""
    outer = np.einsum("ni,nj->nij", first, second)
    outer = outer + outer.transpose(0, 2, 1)
    return outer[:, [0, 0, 0, 1, 1, 2], [0, 1, 2, 1, 2, 2]] * [0.5, 1, 1, 0.5, 1, 0.5]


def steadiness() -> Array:
    """``(68,)``: how much each point counts in a pose."""
    weights = np.zeros(POINT_COUNT)
    weights[list(range(27, 48))] = 1.0
    weights[list(range(17, 27))] = 0.5
    weights[list(range(48, 60))] = 0.1
    return weights


def fit_poses(model: Array, shapes: Array, rotations: Array | None, steps: int = 5) -> tuple[Array, Array, Array]:
    """Scale ``(n,)``, rotation ``(n, 3, 3)`` and shift ``(n, 2)`` of each face (Gauss-Newton, scaled orthography)."""
    weights = steadiness()
    weights /= weights.sum()
    middle, middles = weights @ model, np.einsum("p,npi->ni", weights, shapes)
    solid, flat = model - middle, shapes - middles[:, None]
    if rotations is None:
        spread = np.einsum("p,pi,pj->ij", weights, solid, solid)
        linear = np.einsum("p,npi,pj->nij", weights, flat, solid) @ np.linalg.inv(spread)
        left, _, right = np.linalg.svd(linear, full_matrices=False)
        rows = left @ right
        rotations = np.concatenate([rows, np.cross(rows[:, 0], rows[:, 1])[:, None]], axis=1)
        steps = 20
    for _ in range(steps):
        turned = np.einsum("nij,pj->npi", rotations, solid)
        x, y, z = np.moveaxis(turned, 2, 0)
        seen = turned[..., :2]
        scales = np.einsum("p,npi,npi->n", weights, flat, seen) / np.einsum("p,npi,npi->n", weights, seen, seen)
        jacobian = np.zeros((*seen.shape, 4))
        jacobian[..., 0, 1], jacobian[..., 0, 2] = z, -y
        jacobian[..., 1, 0], jacobian[..., 1, 2] = -z, x
        jacobian[..., 3] = seen
        jacobian *= scales[:, None, None, None]
        errors = flat - scales[:, None, None] * seen
        normal = np.einsum("p,npai,npaj->nij", weights, jacobian, jacobian)
        slope = np.einsum("p,npai,npa->ni", weights, jacobian, errors)
        step = np.linalg.solve(
            normal + 1e-9 * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(4), slope[..., None]
        )
        rotations = rotation_of(step[:, :3, 0]) @ rotations
    return scales, rotations, middles - scales[:, None] * np.einsum("nij,j->ni", rotations[:, :2], middle)


def rotation_of(vectors: Array) -> Array:
    """Rotation matrices of rotation vectors ``(n, 3)`` (Rodrigues)."""
    angle = np.linalg.norm(vectors, axis=1)[:, None, None]
    x, y, z = (vectors / np.maximum(angle[:, 0], 1e-12)).T
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=1).reshape(-1, 3, 3)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def fit_model(model: Array, shapes: Array, scales: Array, rotations: Array, shifts: Array) -> Array:
    """Each point where its labels agree best, given the poses."""
    cameras = rotations[:, :2]
    flat = (shapes - shifts[:, None]) / scales[:, None, None]
    errors = np.linalg.norm(flat - np.einsum("nij,pj->npi", cameras, model), axis=2)
    outlier = np.full(POINT_COUNT, OUTLIER)
    outlier[JAW] = JAW_OUTLIER
    weights = 1 / (1 + (errors / outlier) ** 2)
    weights[:, JAW] *= jaw_weights(np.degrees(angles(rotations)[0]))
    normal = np.einsum("np,nai,naj->pij", weights, cameras, cameras)
    return np.linalg.solve(normal, np.einsum("np,nai,npa->pi", weights, cameras, flat)[..., None])[..., 0]


def jaw_weights(yaw: Array) -> Array:
    """``(n, 17)``: 0 for the far side of a turned face; faces of all yaws together count alike, rare ones more each."""
    side = np.sign(np.array(JAW) - 8)  # -1 on the picture's left
    counts, edges = np.histogram(yaw, bins=np.arange(-FARTHEST, FARTHEST + 1, 5))
    place = np.clip(np.digitize(yaw, edges) - 1, 0, len(counts) - 1)
    share = np.where(np.abs(yaw) < FARTHEST, 1 / np.maximum(counts[place], 1), 0)
    return share[:, None] * (yaw[:, None] * side <= FRONTAL)


def angles(rotations: Array) -> tuple[Array, Array]:
    """Yaw, positive where the face turns to the picture's right, and pitch, positive upwards, in radians."""
    yaw = np.arctan2(rotations[:, 2, 0], np.hypot(rotations[:, 0, 0], rotations[:, 1, 0]))
    return yaw, -np.arctan2(rotations[:, 2, 1], rotations[:, 2, 2])


def symmetric(model: Array) -> Array:
    return (model + model[MIRROR] * [-1, 1, 1]) / 2


def scaled(model: Array) -> Array:
    first, second = (model[corner] for corner in OUTER_EYE_CORNERS)
    return (model - (first + second) / 2) * (EYE_DISTANCE / np.linalg.norm(first - second))


def in_frame(model: Array, rotations: Array) -> Array:
    """Step 5: the symmetric model in mm, turned so that the median pitch of the faces is zero."""
    model = scaled(symmetric(model))
    pitch = float(np.median(angles(rotations)[1]))
    turn = rotation_of(np.array([[-pitch, 0.0, 0.0]]))[0]
    return scaled(model @ turn.T)


def simulated(model: Array, shapes: Array) -> Array:
    """Orthographic projections of the model in the poses of the faces, with residuals of other faces of similar yaw."""
    shapes, (scales, rotations, shifts) = straightened(model, shapes)
    seen = scales[:, None, None] * np.einsum("nij,pj->npi", rotations[:, :2], model)
    roll = np.arctan2(rotations[:, 1, 0], rotations[:, 0, 0])
    errors = turned((shapes - shifts[:, None] - seen) / scales[:, None, None], -roll)
    half = len(shapes) // 2
    order = np.argsort(angles(rotations)[0][:half])
    donors = np.empty(half, dtype=int)
    donors[order] = np.roll(order, 7)
    errors = errors[np.concatenate([donors, donors + half])]
    return seen + scales[:, None, None] * turned(errors, roll) + shifts[:, None]


def turned(points: Array, roll: Array) -> Array:
    cosine, sine = np.cos(roll), np.sin(roll)
    matrices = np.stack([cosine, -sine, sine, cosine], axis=1).reshape(-1, 2, 2)
    return np.einsum("nij,npj->npi", matrices, points)


if __name__ == "__main__":
    main()
