"""Who may use the service, and what browsers are told."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus

from facepoints.errors import InputError
from facepoints.web.settings import ServeSettings
from tests.web.conftest import Service, serving
from tests.web.test_problems import check

KEY = "a-key-of-sixteen"


@pytest.fixture(scope="module")
def locked() -> Iterator[Service]:
    with serving(api_key=KEY, allow_origins=["https://app.example"]) as running:
        yield running


def test_it_listens_on_this_machine_alone() -> None:
    assert ServeSettings().host == "127.0.0.1"
    assert ServeSettings().hosts == {"localhost", "127.0.0.1", "::1"}
    assert ServeSettings(host="0.0.0.0").hosts is None
    assert ServeSettings(host="0.0.0.0", allow_hosts=["Faces.example"]).hosts == {"faces.example"}


@pytest.mark.parametrize("address", ["/", "/v1/health", "/nowhere", "/docs"])
def test_headers(service: Service, address: str) -> None:
    headers = service.http.get(address).headers
    policy = headers["content-security-policy"]
    host = f"127.0.0.1:{service.port}"
    assert f"connect-src 'self' ws://{host} wss://{host};" in policy
    assert "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:;" in policy
    assert "script-src 'self'; style-src 'self';" in policy
    assert policy.endswith("frame-ancestors 'none'; base-uri 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
    assert headers.get("cache-control") == ("no-store" if address == "/v1/health" else headers.get("cache-control"))
    assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "x y", "", "[::1", "a;b"])
def test_other_names(service: Service, host: str) -> None:
    answer = service.http.get("/", headers={"Host": host})
    check(answer, "wrong-host", "Not served as")
    assert ";b" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "[::1]:8000"])
def test_own_names(service: Service, host: str) -> None:
    assert service.http.get("/v1/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1.evil.example", "http://[", ""])
def test_pages_of_other_sites(service: Service, blank: bytes, origin: str) -> None:
    headers = {"Origin": origin, "Content-Type": "image/png"}
    check(service.http.post("/v1/faces", content=blank, headers=headers), "forbidden-origin", repr(origin))
    with pytest.raises(InvalidStatus) as refused, service.live(additional_headers={"Origin": origin}):
        pass
    assert refused.value.response.status_code == 403
    assert refused.value.response.headers["content-type"] == "application/problem+json"


def test_the_own_page(service: Service, blank: bytes) -> None:
    origin = f"http://127.0.0.1:{service.port}"
    assert service.http.post("/v1/faces", content=blank, headers={"Origin": origin}).status_code == 200
    with service.live(origin=origin) as socket:  # type: ignore[arg-type]
        socket.send(blank)
        assert '"frame":0' in str(socket.recv())


def test_a_site_that_is_allowed(locked: Service, blank: bytes) -> None:
    headers = {"Origin": "https://app.example", "X-API-Key": KEY}
    answer = locked.http.post("/v1/faces", content=blank, headers=headers)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "https://app.example")
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    assert locked.http.options("/v1/faces", headers=asked).status_code == 200
    asked["Origin"] = "https://evil.example"
    assert "access-control-allow-origin" not in locked.http.options("/v1/faces", headers=asked).headers


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


@pytest.mark.parametrize(
    "headers",
    [{"X-API-Key": KEY}, {"Authorization": f"Bearer {KEY}"}, {"Authorization": basic(f"anybody:{KEY}")}],
)
def test_the_right_key(locked: Service, blank: bytes, headers: dict[str, str]) -> None:
    for address in ("/", "/metrics", "/v1/scheme"):
        assert locked.http.get(address, headers=headers).status_code == 200
    with locked.live(additional_headers=headers) as socket:
        socket.send(blank)
        assert '"frame":0' in str(socket.recv())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": ""},
        {"X-API-Key": KEY[:-1]},
        {"X-API-Key": KEY + "x"},
        {"X-API-Key": "ß"},
        {"Authorization": KEY},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic !"},
        {"Authorization": "Basic /w=="},
        {"Authorization": basic(KEY)},
    ],
)
def test_a_wrong_key(locked: Service, headers: dict[str, str]) -> None:
    sent = {name: value.encode("latin-1") for name, value in headers.items()}
    for address in ("/", "/metrics", "/v1/scheme", "/static/docs.css", "/openapi.json"):
        answer = locked.http.get(address, headers=sent)  # type: ignore[arg-type]
        check(answer, "unauthorised", "Show the key")
        assert answer.headers["www-authenticate"].startswith("Basic ")
    with pytest.raises(InvalidStatus) as refused, locked.live(additional_headers=headers):
        pass
    assert refused.value.response.status_code == 401


def test_health_needs_no_key(locked: Service) -> None:
    assert [locked.http.get(f"/v1/{name}").status_code for name in ("health", "ready")] == [200, 200]


def test_the_key_is_not_shown() -> None:
    assert KEY not in repr(ServeSettings(api_key=KEY))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"port": 65536}, "--port must be from 0 to 65535; got 65536"),
        ({"workers": 0}, "--workers"),
        ({"threads": 1.5}, "--threads"),
        ({"max_pixels": 10**10}, "--max-pixels"),
        ({"idle_timeout": float("nan")}, "--idle-timeout"),
        ({"api_key": "short"}, "at least 8 characters"),
        ({"api_key": "with an ü in it"}, "ASCII"),
    ],
)
def test_wrong_settings(settings: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        ServeSettings(**settings)  # type: ignore[arg-type]
