import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.datasets import part_by_group, take_inventory, write_parts, ytf
from facepoints.datasets.parts import PARTS
from facepoints.errors import InputError, LabelError
from tests.cli.conftest import run
from tests.datasets.layouts import write_ytf

PEOPLE = {f"Person_{letter}": 1 + number % 2 for number, letter in enumerate("ABCDEFGHIJKLMNOPQRST")}


@given(st.lists(st.sampled_from("abcdefghijklmnop"), min_size=40, max_size=60), st.integers(0, 9))
def test_every_row_is_in_one_part_and_nobody_in_two(groups: list[str], seed: int) -> None:
    try:
        parts = part_by_group(groups, validation=0.2, test=0.3, seed=seed)
    except InputError:  # too few different people
        assert len(set(groups)) < 5
        return
    assert sorted(row for rows in parts.values() for row in rows) == list(range(len(groups)))
    people = [{groups[row] for row in parts[name]} for name in PARTS]
    assert sum(map(len, people)) == len(set(groups))


def test_shares_are_of_the_people() -> None:
    groups = [f"{number}" for number in range(200)]
    parts = part_by_group(groups, validation=0.1, test=0.15)
    assert {name: len(rows) for name, rows in parts.items()} == {"training": 150, "validation": 20, "test": 30}
    assert part_by_group(groups, validation=0.1, test=0.15) == parts
    assert part_by_group(groups, validation=0.1, test=0.15, seed=1) != parts
    assert part_by_group(groups, validation=0, test=0)["training"] == list(range(200))


@pytest.mark.parametrize(
    ("validation", "test", "message"),
    [(-0.1, 0.2, "must be 0 or more"), (0.5, 0.5, "below 1 together"), (0.2, 0.01, "nobody is left for test")],
)
def test_wrong_shares(validation: float, test: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        part_by_group(["a", "b", "c", "d", "e"], validation=validation, test=test)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    root = write_ytf(tmp_path / "ytf", PEOPLE)
    return write_ytf(root, {"Person_A": 1, "Person_B": 1}, "test")


def test_lists_and_table(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "split"
    people = write_parts(take_inventory(data), out, validation=0.1, test=0.2)
    assert sorted(name for names in people.values() for name in names) == sorted(PEOPLE)
    assert {name: ytf.read_people(out / f"people_{name}.txt") for name in PARTS} == {
        name: frozenset(names) for name, names in people.items()
    }
    with (out / "split.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == sum(PEOPLE.values()) + 2
    assert rows[0]["image"] == "training/Person_A_00.jpg"
    assert all(row["group"] in people[row["part"]] for row in rows)
    # Both official splits of one person are on one side.
    assert len({row["part"] for row in rows if row["group"] == "Person_A"}) == 1


def test_damaged_labels_are_not_parted(data: Path, tmp_path: Path) -> None:
    with (data / "test_frames_keypoints.csv").open("a") as stream:
        stream.write("Person_C_00.jpg,1,2\n")
    with pytest.raises(LabelError, match=r"line 4.*Mend or remove it first"):
        write_parts(take_inventory(data), tmp_path / "split")
    assert not (tmp_path / "split").exists()


def test_command(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "split"
    result = run("data", "split", data, "--out", out, "--validation", "0.1", "--test", "0.2")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.partition(" people,")[0] for line in lines[:3]] == [
        f"{out / 'people_training.txt'}: 14",
        f"{out / 'people_validation.txt'}: 2",
        f"{out / 'people_test.txt'}: 4",
    ]
    assert (
        lines[3] == f"To train: facepoints train keypoints --data {data} --exclude-people {out / 'people_test.txt'} ..."
    )
    result = run("data", "split", data, "--out", out, "--test", "0.95", "--validation", "0.1")
    assert (result.exit_code, "below 1 together" in result.stderr) == (2, True)
