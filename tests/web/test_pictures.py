"""``/v1/faces``, ``/v1/draw`` and ``/v1/filter``: what is answered to good requests."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from facepoints import FaceFinder, drawing, filters, images
from facepoints.analysis import details
from facepoints.faces import Faces
from tests.web.conftest import Service

FORM = "multipart/form-data; boundary=b"


def files(*pictures: tuple[str, bytes]) -> list[tuple[str, Any]]:
    return [("image", (name, data)) for name, data in pictures]


def test_faces_are_those_of_the_finder(service: Service, finder: FaceFinder, jpeg: bytes) -> None:
    answer = service.http.post(
        "/v1/faces", files=files(("a folder/é.jpg", jpeg)), params={"pose": True, "ratios": True}
    )
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    expected = finder.find(jpeg)
    told = details(expected, (512, 512), pose=True, ratios=True)
    wanted = expected.to_dict(image="é.jpg", width=512, height=512, details=told)
    assert answer.json() == json.loads(json.dumps(wanted))


@pytest.mark.parametrize("media_type", ["image/jpeg", "application/octet-stream", None])
def test_raw_bytes(service: Service, jpeg: bytes, media_type: str | None) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    answer = service.http.post("/v1/faces", content=jpeg, headers=headers).json()
    assert (answer["image"], len(answer["faces"])) == ("image", 1)
    assert "pose" not in answer["faces"][0]


def test_several_pictures_give_an_array(service: Service, jpeg: bytes, blank: bytes) -> None:
    answer = service.http.post("/v1/faces", files=files(("b.png", blank), ("a.jpg", jpeg))).json()
    assert [(one["image"], one["width"], one["height"], len(one["faces"])) for one in answer] == [
        ("b.png", 48, 32, 0),
        ("a.jpg", 512, 512, 1),
    ]


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"detector": "haar"}, 1),
        ({"min_face": 400}, 0),
        ({"min_score": 1}, 0),
        ({"max_faces": 1, "min_score": 0.05}, 1),
    ],
)
def test_options_of_the_finder(service: Service, jpeg: bytes, params: dict[str, Any], count: int) -> None:
    answer = service.http.post("/v1/faces", content=jpeg, params=params)
    assert len(answer.json()["faces"]) == count


def test_options_do_not_stay(service: Service, jpeg: bytes) -> None:
    service.http.post("/v1/faces", content=jpeg, params={"min_face": 400})
    assert len(service.http.post("/v1/faces", content=jpeg).json()["faces"]) == 1


def test_faces_whose_points_lie_in_one_place_get_no_pose() -> None:
    from facepoints.web.answers import describe

    points = np.stack([np.zeros((68, 2)), np.random.default_rng(1).uniform(0, 90, (68, 2))])
    faces = Faces([[0, 0, 9, 9], [0, 0, 90, 90]], [0.5, 0.4], points, np.ones((2, 68)))  # type: ignore[arg-type]
    told = describe(faces, (100, 100), pose=True, ratios=False)
    assert [sorted(one) for one in told] == [[], ["pose"]]


@pytest.mark.parametrize(("name", "suffix"), [("png", ".png"), ("jpeg", ".jpg")])
def test_draw(service: Service, finder: FaceFinder, jpeg: bytes, name: str, suffix: str) -> None:
    answer = service.http.post("/v1/draw", files=files(("a.jpg", jpeg)), params={"format": name, "boxes": False})
    assert answer.headers["content-type"] == f"image/{name}"
    image = images.read(jpeg)
    drawn = drawing.draw(image, finder.find(image), boxes=False)
    assert answer.content == images.encode(drawn, suffix, 90)


def test_filter(service: Service, finder: FaceFinder, jpeg: bytes) -> None:
    answer = service.http.post("/v1/filter/straw-hat+sunglasses", content=jpeg)
    image = images.read(jpeg)
    worn = filters.stack([filters.load("straw-hat"), filters.load("sunglasses")])
    assert np.array_equal(images.read(answer.content), worn.apply(image, finder.find(image)))


def test_nothing_is_written_to_disk(service: Service, astronaut_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    watching = True

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
            written.append(str(arguments[0]))

    sys.addaudithook(watch)
    picture = images.encode(np.random.default_rng(1).integers(0, 255, (800, 800, 3), dtype=np.uint8), ".png")
    assert len(picture) > 1_500_000
    answer = service.http.post("/v1/draw", files=files(("a.png", picture)))
    watching = False
    assert answer.status_code == 200
    assert written == []


def test_a_form_in_small_pieces(service: Service, blank: bytes) -> None:
    body = b'--b\r\ncontent-disposition: form-data; name="image"; filename="x"\r\n\r\n' + blank + b"\r\n--b--\r\n"
    pieces = (body[start : start + 7] for start in range(0, len(body), 7))
    answer = service.http.post("/v1/faces", content=pieces, headers={"Content-Type": FORM})
    assert answer.json() == {"image": "x", "width": 48, "height": 32, "faces": []}


def test_several_requests_at_once(service: Service, jpeg: bytes) -> None:
    import concurrent.futures

    def post(number: int) -> httpx.Response:
        return service.http.post("/v1/faces", files=files((f"{number}.jpg", jpeg)))

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(post, range(16)))
    assert [answer.json()["image"] for answer in answers] == [f"{number}.jpg" for number in range(16)]
