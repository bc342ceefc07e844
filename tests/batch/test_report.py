from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from facepoints.arrays import Image
from facepoints.batch.report import write_report
from facepoints.batch.samples import choose_samples
from facepoints.batch.summary import summarise
from facepoints.faces import Faces
from tests.batch.tables import Row, faces_at, write_part
from tests.report.test_page import Balance

ABOUT = {"Sources": "photos/, clip.mp4", "Speed": "52.1 pictures a second"}
EVIL = "<script>alert(1)</script>.jpg"


def grey(name: str, frame: int | None) -> Image | None:
    return np.full((480, 640, 3), 90, dtype=np.uint8)


def report(out: Path, read: object = grey) -> str:
    path = write_report(out, summarise(out), choose_samples(out), ABOUT, read)  # type: ignore[arg-type]
    assert path == out / "report.html"
    return path.read_text(encoding="utf-8")


def words_of(html: str) -> str:
    text = re.sub(r"<style>.*?</style>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def headings(html: str) -> list[str]:
    return re.findall(r"<h2>([^<]*)</h2>", html)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    pose = [(5.0, 5.0, 5.0), (-20.0, 0.0, 9.0)]
    rows = [Row("two.jpg", faces_at(2), pose=pose), Row(EVIL, faces_at(1), pose=pose[:1])]
    rows += [Row("none.jpg", Faces.empty())]
    rows += [
        Row(f"bad {number}.jpg", error=("damaged", f"bad {number}.jpg: the file is cut off")) for number in range(6)
    ]
    write_part(tmp_path, 0, [*rows, Row("gone.jpg", error=("missing", "there is no such file"))])
    return tmp_path


def test_report_tells_everything_and_fetches_nothing(out: Path) -> None:
    html = report(out)
    balance = Balance()
    balance.feed(html)
    assert balance.open == []
    assert "<script" not in html
    assert not re.findall(r'(?:src|href)="(?!data:)|@import|url\(', html)
    assert headings(html) == [
        "Failed pictures",
        "Faces on a picture",
        "Size and score",
        "Head pose",
        "Pictures with faces",
        "Pictures without faces",
        "Largest groups",
        "Lowest scores",
        "Smallest faces",
        "How it was made",
    ]
    words = words_of(html)
    assert "10 pictures: 2 with faces, 1 without, 7 failed (6 damaged, 1 missing); 3 faces." in words
    assert "Faces 3 1.00 a picture that could be read" in words
    assert "Damaged: the first 5 of 6" in words
    assert "Missing: the one there is" in words
    assert "bad 4.jpg the file is cut off" in words
    assert "bad 5.jpg" not in words
    assert "Speed 52.1 pictures a second" in words
    assert html.count('class="counts"') == 5
    assert html.count("<img") == 8


def test_pictures_that_are_gone_are_told(out: Path) -> None:
    html = report(out, lambda name, frame: None if name == "two.jpg" else grey(name, frame))
    assert "Drawn by lot. 1 of 2 cannot be shown: they could not be read again" in words_of(html)
    assert html.count("<img") == 4


@pytest.mark.parametrize(
    ("rows", "sections"),
    [
        ([Row("a.jpg", error=("damaged", "cut off"))], ["Failed pictures"]),
        ([Row("a.jpg", Faces.empty())], ["Faces on a picture", "Pictures without faces"]),
        (
            [Row("a.jpg", faces_at(1))],
            ["Faces on a picture", "Size and score", "Pictures with faces", "Lowest scores", "Smallest faces"],
        ),
    ],
)
def test_what_there_is_not_has_no_section(tmp_path: Path, rows: list[Row], sections: list[str]) -> None:
    write_part(tmp_path, 0, rows)
    assert headings(report(tmp_path)) == [*sections, "How it was made"]
