"""The tests of documents see what they are meant to see: wrong commands, options and remarks fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import SETUP, Block, blocks_of
from tests.docs.shell import Shell, commands_of

PAGE = """# Title

<!-- setup:
a = 1
-->

```python
print(a)
```

<!-- not run: needs a camera -->

```sh
facepoints webcam
```

- a list

  ```toml title="x/filter.toml"
  name = "x"
  ```
"""


def test_blocks() -> None:
    assert blocks_of(PAGE) == [
        Block(SETUP, "a = 1", 4),
        Block("python", "print(a)", 8),
        Block("sh", "facepoints webcam", 14, not_run="needs a camera"),
        Block("toml", 'name = "x"', 20, title="x/filter.toml"),
    ]


@pytest.mark.parametrize(
    "text", ["```sh\nx", "<!-- setup:\nx", "<!-- not run: why -->\ntext\n", "<!-- not run: why -->\n"]
)
def test_what_is_not_finished(text: str) -> None:
    with pytest.raises(ValueError, match=r"line [12]"):
        blocks_of(text)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("a b # c", [["a", "b"]]),
        ("# c\n\na", [["a"]]),
        ("a \\\n  b", [["a", "b"]]),
        ("a 'b c' && d | e > f", [["a", "b c"], ["d"], ["e", ">", "f"]]),
        (
            "a 'x.[y,z]' -F image=@p.jpg 'http://h/?a=1&b=2'",
            [["a", "x.[y,z]", "-F", "image=@p.jpg", "http://h/?a=1&b=2"]],
        ),
    ],
)
def test_commands(code: str, expected: list[list[str]]) -> None:
    assert commands_of(code) == expected


WRONG = [
    "facepoints detekt photo.jpg",
    "facepoints detect photo.jpg --no-such-option",
    "facepoints train keypoints --no-such-option",
    "pip install 'facepoints[nothing]'",
    "make nothing",
    "python benchmarks/nothing.py",
    "python benchmarks/video_speed.py --no-such-option",
    "nothing at all",
]


@pytest.mark.parametrize("command", WRONG)
def test_wrong_commands(command: str) -> None:
    with pytest.raises(AssertionError):
        Shell(lambda: "").run(commands_of(command)[0])


@pytest.mark.parametrize("command", [*WRONG[:-1]])
def test_wrong_commands_in_blocks_that_are_not_run(command: str) -> None:
    with pytest.raises(AssertionError):
        Shell(lambda: "").run(commands_of(command)[0], only_check=True)


def test_commands_of_facepoints_are_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shell = Shell(lambda: "")
    shell.run(["facepoints", "--version", ">", "version.txt"])
    assert (tmp_path / "version.txt").read_text().startswith("facepoints ")
    with pytest.raises(AssertionError, match=r"missing\.jpg"):
        shell.run(["facepoints", "detect", "missing.jpg"])


def test_what_needs_the_output_of_a_command_that_was_not_run_is_checked_alone() -> None:
    shell = Shell(lambda: "")
    shell.run(["facepoints", "train", "detector", "--out", "runs/own"], only_check=True)
    shell.run(["facepoints", "detect", "photo.jpg", "--detector", "runs/own/detector-int8.onnx"])
    with pytest.raises(AssertionError):
        shell.run(["facepoints", "detect", "photo.jpg", "--detector", "runs/own/detector-int8.onnx", "--nothing"])
