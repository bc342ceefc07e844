"""Whatever the parameters of a request are, the answer is a result, or a problem that the client is told of."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from facepoints.web.problems import KINDS
from facepoints.web.queries import DrawQuery, FacesQuery, LiveQuery
from tests.web.conftest import Service

NAMES = sorted({*FacesQuery.model_fields, *DrawQuery.model_fields, *LiveQuery.model_fields, "nothing"})
VALUES = st.one_of(
    st.sampled_from(["network", "haar", "png", "jpeg", "true", "0", "1", "0.5", "20", "100000", "-1", "nan", "1e999"]),
    st.integers().map(str),
    st.floats().map(str),
    st.text(max_size=20),
)
PATHS = st.sampled_from(["faces", "draw", "filter/blur"]) | st.text(min_size=1, max_size=9).map(
    lambda name: f"filter/{quote(name, safe='')}"
)


@settings(max_examples=25)
@given(path=PATHS, parameters=st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=3))
def test_any_parameters(service: Service, blank: bytes, path: str, parameters: list[tuple[str, str]]) -> None:
    answer = service.http.post(f"/v1/{path}", params=parameters, content=blank)
    if answer.status_code == 200:
        assert answer.headers["content-type"] in ("application/json", "image/png", "image/jpeg")
    else:
        assert answer.headers["content-type"] == "application/problem+json"
        kind = answer.json()["type"].removeprefix("/docs#problem-")
        assert KINDS[kind][0] == answer.status_code < 500
    assert service.context.pool.taken == service.context.memory.taken == 0
