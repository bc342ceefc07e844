"""What the service tells about itself, and the files of its page."""

from __future__ import annotations

import re

import pytest

from facepoints import __version__, filters, scheme
from tests.web.conftest import Service


def test_health(service: Service) -> None:
    assert service.http.get("/v1/health").json() == {"status": "ok", "version": __version__}
    assert service.http.head("/v1/health").content == b""


def test_filters(service: Service) -> None:
    listed = service.http.get("/v1/filters").json()
    assert [one["name"] for one in listed] == list(filters.NAMES)
    assert listed[0]["description"] == filters.load("sunglasses").description


def test_scheme(service: Service) -> None:
    told = service.http.get("/v1/scheme").json()
    assert told["groups"] == {name: list(group) for name, group in scheme.GROUPS.items()}
    assert told["edges"] == [list(pair) for pair in scheme.EDGES]


def test_metrics(service: Service, jpeg: bytes) -> None:
    def numbers() -> dict[str, float]:
        text = service.http.get("/metrics").text
        return {name: float(value) for name, value in re.findall(r"^([^#\s]\S*) (\S+)$", text, re.MULTILINE)}

    def count(before: dict[str, float], after: dict[str, float], name: str) -> float:
        return after[name] - before.get(name, 0)

    before = numbers()
    service.http.post("/v1/faces", content=jpeg)
    service.http.post("/v1/faces", content=b"nothing")
    service.http.post(f"/{'x' * 50}", content=b"")
    after = numbers()
    assert count(before, after, "facepoints_faces_total") == 1
    assert count(before, after, "facepoints_pictures_total") == 1
    assert count(before, after, 'facepoints_problems_total{kind="unsupported-type"}') == 1
    assert count(before, after, 'facepoints_requests_total{method="POST",route="/v1/faces",status="200"}') == 1
    assert count(before, after, 'facepoints_requests_total{method="POST",route="other",status="404"}') == 1
    assert count(before, after, 'facepoints_request_seconds_count{route="/v1/faces"}') == 2
    assert "xxx" not in str(after)


def test_openapi_describes_what_there_is(service: Service) -> None:
    schema = service.http.get("/openapi.json").json()
    words = "draw faces filter/{name} filters health ready scheme"
    assert sorted(schema["paths"]) == ["/metrics", *(f"/v1/{word}" for word in words.split())]
    body = schema["paths"]["/v1/faces"]["post"]["requestBody"]["content"]
    assert sorted(body) == ["application/octet-stream", "image/*", "multipart/form-data"]
    names = [one["name"] for one in schema["paths"]["/v1/faces"]["post"]["parameters"]]
    assert names == ["detector", "min_face", "max_faces", "min_score", "pose", "ratios"]


def test_docs_load_nothing_from_elsewhere(service: Service) -> None:
    answer = service.http.get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    addresses = re.findall(r'(?:href|src)="([^"]+)"', answer.text)
    assert {address for address in addresses if not address.startswith("#")} == {
        "/static/docs.css",
        "/",
        "/openapi.json",
    }
    assert "<script" not in answer.text
    assert 'id="problem-busy"' in answer.text
    assert f"127.0.0.1:{service.port}/v1/faces" in answer.text


@pytest.mark.parametrize(
    ("address", "media_type"), [("/", "text/html; charset=utf-8"), ("/static/docs.css", "text/css; charset=utf-8")]
)
def test_files_of_the_page(service: Service, address: str, media_type: str) -> None:
    answer = service.http.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.headers["cache-control"] == "no-cache"
    again = service.http.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert service.http.head(address).headers["content-length"] == str(len(answer.content))
    assert (again.status_code, again.content) == (304, b"")
