"""Who takes part, in which environment, and with which settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent

FACE_ALIGNMENT_WEIGHTS = "https://www.adrianbulat.com/downloads/python-fan/s3fd-619a316812.pth"


@dataclass(frozen=True)
class Environment:
    """What is installed, by pip in a virtual environment or by npm in a folder.

    Attributes:
        name: of its folder.
        pip: packages, in calls of pip; a call whose first word is ``--no-deps`` installs them alone.
        npm: packages.
        needs: address that must answer, since the peer downloads its weights from there.
        source: folder that is installed from; a change in it makes the environment anew.
    """

    name: str
    pip: tuple[tuple[str, ...], ...] = ()
    npm: tuple[str, ...] = ()
    needs: str | None = None
    source: Path | None = None


@dataclass(frozen=True)
class Contestant:
    """A peer, or we, with settings.

    Attributes:
        name: in the tables.
        environment: where its worker runs.
        worker: file in ``workers/``.
        settings: in words, for the table.
        options: for the worker; the number of threads is added to them.
        plotted: whether it is in the plots, which hold six.
    """

    name: str
    environment: Environment
    worker: str
    settings: str
    options: Mapping[str, Any] = field(default_factory=dict)
    plotted: bool = True

    def command(self, python: str, threads: int) -> list[str]:
        """The worker's command line; ``python`` is that of the environment."""
        program = "node" if self.worker.endswith(".js") else python
        return [program, str(HERE / "workers" / self.worker), json.dumps({**self.options, "threads": threads})]


OURS = Environment("facepoints", ((str(REPOSITORY),),), source=REPOSITORY / "src")
# Of the models' package only a file is used; what it depends on is not needed.
DLIB = Environment("dlib", (("dlib-bin==20.0.1", "numpy"), ("--no-deps", "face-recognition-models==0.3.0")))
MEDIAPIPE = Environment("mediapipe", (("mediapipe==0.10.21",),))
OPENCV = Environment("opencv", (("opencv-python-headless<5",),))
FACE_API = Environment(
    "face-api", npm=("@vladmandic/face-api@1.7.15", "@tensorflow/tfjs@4.22.0", "@tensorflow/tfjs-backend-wasm@4.22.0")
)
FACE_ALIGNMENT = Environment("face-alignment", (("face-alignment==1.5.0",),), needs=FACE_ALIGNMENT_WEIGHTS)

CONTESTANTS = (
    Contestant(
        "facepoints", OURS, "facepoints_worker.py", "the defaults: network detector, faces from 20 px, `compact`"
    ),
    Contestant(
        "facepoints, from H/10",
        OURS,
        "facepoints_worker.py",
        "as above, faces from a tenth of the picture's height",
        {"share": 0.1},
        plotted=False,
    ),
    Contestant(
        "dlib",
        DLIB,
        "dlib_worker.py",
        "HOG, picture doubled once as in its examples (faces from 40 px); 68-point file",
        {"upsample": 1},
    ),
    Contestant(
        "dlib, not upsampled",
        DLIB,
        "dlib_worker.py",
        "HOG on the picture as it is (faces from 80 px); 68-point file",
        {"upsample": 0},
        plotted=False,
    ),
    Contestant(
        "MediaPipe",
        MEDIAPIPE,
        "mediapipe_worker.py",
        "face mesh, still pictures, confidence 0.5, as many faces as there are; detector for 2 m",
        {"attention": False, "range": 0},
    ),
    Contestant(
        "MediaPipe, attention",
        MEDIAPIPE,
        "mediapipe_worker.py",
        "face mesh with refined eyes and lips; the detector alone is that for 5 m",
        {"attention": True, "range": 1},
    ),
    Contestant(
        "face-api, SSD",
        FACE_API,
        "face_api_worker.js",
        "SSD MobileNet v1, confidence 0.5; `faceLandmark68Net`; Node, WebAssembly",
        {"detector": "ssd"},
    ),
    Contestant(
        "face-api, tiny",
        FACE_API,
        "face_api_worker.js",
        "tiny detector, side 416, score 0.5; `faceLandmark68Net`; Node, WebAssembly",
        {"detector": "tiny"},
        plotted=False,
    ),
    Contestant(
        "OpenCV Haar",
        OPENCV,
        "haar_worker.py",
        "`haarcascade_frontalface_default`, scale 1.1, 3 neighbours, OpenCV's defaults",
        {"scale_factor": 1.1, "min_neighbors": 3},
    ),
    Contestant(
        "face-alignment",
        FACE_ALIGNMENT,
        "face_alignment_worker.py",
        "S3FD and the 2D FAN, its defaults",
        plotted=False,
    ),
)
