"""The page ``/docs``: every address with its parameters, and every kind of problem, as plain HTML.

FastAPI's own page would load its program from another host.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from facepoints.web.problems import KINDS

__all__ = ["docs_page"]

_EXAMPLES = {
    "/v1/faces": "curl -F image=@photo.jpg '{base}/v1/faces?pose=true'",
    "/v1/draw": "curl -F image=@photo.jpg -o drawn.png '{base}/v1/draw'",
    "/v1/filter/{name}": "curl -F image=@photo.jpg -o worn.jpg '{base}/v1/filter/sunglasses?format=jpeg'",
}

_LIVE = """<section id="live"><h2><b>WS</b> /v1/live</h2>
<p>Live frames. Send each frame as one binary message, a JPEG; each frame that is worked on is answered with one text
message: the object of <a href="#post-v1-faces">/v1/faces</a> with <code>frame</code> (its number, from 0),
<code>time</code> (seconds since the first), <code>ms</code> (from its arrival to its answer) and <code>dropped</code>
(frames so far that a newer one overtook). With a filter, <code>picture</code> is true and the filtered frame follows as
a binary message. A text message such as <code>{"smooth": false, "filter": "cat", "pose": true, "ratios": false}</code>
changes the settings; what it leaves out stays. What cannot be done is answered with an object with
<code>problem</code>.</p>
<p>Parameters: those of /v1/faces, <code>smooth</code> (true) and <code>filter</code>.</p></section>"""


def docs_page(schema: Mapping[str, Any], base: str) -> str:
    """The page as HTML.

    Args:
        schema: of OpenAPI.
        base: scheme and host of the service, for the examples.
    """
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<title>facepoints: HTTP interface</title>",
        '<link rel="stylesheet" href="/static/docs.css"></head><body><main>',
        f"<h1>facepoints {escape(schema['info']['version'])}</h1><p>{escape(schema['info']['summary'])}",
        ' <a href="/">The page</a> · <a href="/openapi.json">OpenAPI</a></p>',
        *_operations(schema, base),
        _LIVE,
        '<section id="problems"><h2>Problems</h2><p>Every error is an object of RFC 9457,',
        " <code>application/problem+json</code>, whose <code>detail</code> says what is wrong and what to do.</p>",
        "<table><tr><th>type<th>status<th>title",
        *(
            f'<tr id="problem-{kind}"><td>/docs#problem-{kind}<td>{status}<td>{escape(title)}'
            for kind, (status, title) in KINDS.items()
        ),
        "</table></section></main></body></html>",
    ]
    return "\n".join(parts)


def _operations(schema: Mapping[str, Any], base: str) -> Iterator[str]:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            name = f"{method}{path}".replace("/", "-").replace("{", "").replace("}", "")
            yield f'<section id="{name}"><h2><b>{method.upper()}</b> {escape(path)}</h2>'
            yield f"<p>{escape(operation.get('description', ''))}</p>"
            if "requestBody" in operation:
                types = ", ".join(f"<code>{escape(one)}</code>" for one in operation["requestBody"]["content"])
                yield f"<p>Body: {escape(operation['requestBody']['description'])} ({types})</p>"
            yield from _parameters(operation.get("parameters", []))
            if path in _EXAMPLES:
                yield f"<pre>{escape(_EXAMPLES[path].replace('{base}', base))}</pre>"
            yield "</section>"


def _parameters(parameters: list[dict[str, Any]]) -> Iterator[str]:
    if not parameters:
        return
    yield "<table><tr><th>parameter<th>type<th>default<th>"
    for one in parameters:
        schema = one["schema"]
        default = "" if schema.get("default") is None else str(schema["default"]).lower()
        text = one.get("description") or schema.get("description", "")
        yield (
            f"<tr><td><code>{escape(one['name'])}</code><td>{escape(_type(schema))}<td>{escape(default)}"
            f"<td>{escape(text)}"
        )
    yield "</table>"


def _type(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    options = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    words = [str(one.get("type", "")) for one in options]
    for one in options:
        low, high = one.get("minimum"), one.get("maximum")
        if low is not None:
            words.append(f"{low:g} to {high:g}" if high is not None else f"from {low:g}")
    return " ".join(words)
