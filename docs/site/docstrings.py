"""Extension of griffe: the roles and examples of docstrings as Markdown, for the pages of the API reference."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import griffe

_ROLE = re.compile(r":(?:func|class|mod|meth|data|attr|exc):`(~?)([\w.]+)`")
_TABLE = re.compile(r"^(=+(?: +=+)+)\n(?:(.*)\n\1\n)?((?:.+\n)+?)\1$", re.MULTILINE)
_EXAMPLE = re.compile(r"::\n\n((?:(?: {4}.*)?\n)*(?: {4}.*))")


class Docstrings(griffe.Extension):
    """Roles become links where the site has the object, and what follows a `::` becomes a block of code."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of an object; names are resolved when the page is made, since all is loaded then."""
        if obj.docstring:
            obj.docstring.value = as_markdown(obj.docstring.value, obj)


def as_markdown(docstring: str, scope: griffe.Object) -> str:
    """A docstring without reStructuredText."""
    blocks = _EXAMPLE.sub(lambda match: f":\n\n```python\n{textwrap.dedent(match[1])}\n```", docstring)
    blocks = re.sub(r"^Example:$", "For example:", blocks, flags=re.MULTILINE)
    blocks = _TABLE.sub(_as_table, blocks)
    return _ROLE.sub(lambda match: _link(match[2], bool(match[1]), scope), blocks)


def _as_table(match: re.Match[str]) -> str:
    """A simple table of reStructuredText; a row whose first cell is empty goes on with the one before."""
    columns = [slice(span.start(), span.end() + 1) for span in re.finditer("=+", match[1])]

    def cells(line: str) -> list[str]:
        return [line.ljust(len(match[1]))[column].strip() for column in columns]

    rows = [cells(match[2] or "")]
    for line in match[3].splitlines():
        row = cells(line)
        if row[0]:
            rows.append(row)
        else:
            rows[-1] = [f"{above} {below}".strip() for above, below in zip(rows[-1], row, strict=True)]
    rows.insert(1, ["---"] * len(columns))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _link(name: str, short: bool, scope: griffe.Object) -> str:
    shown = name.rpartition(".")[2] if short else name
    target = name if name.startswith("facepoints") else _path_of(name, scope)
    return f'<autoref identifier="{target}" optional><code>{shown}</code></autoref>'


def _path_of(name: str, scope: griffe.Object) -> str:
    """The full name of what a docstring means: of the same class, or of the same module."""
    owner = scope.parent if scope.parent is not None and scope.parent.is_class else scope
    if owner.is_class and name.partition(".")[0] in owner.members:
        return f"{owner.path}.{name}"
    try:
        return str(scope.resolve(name))
    except griffe.NameResolutionError:
        return name
