import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.datasets import split_by_group
from facepoints.errors import InputError

GROUPS = st.lists(st.sampled_from([f"person {number}" for number in range(12)]), max_size=40)


@given(groups=GROUPS, share=st.floats(0, 0.99), seed=st.integers(0, 5))
def test_no_group_is_on_both_sides_and_no_row_is_lost(groups: list[str], share: float, seed: int) -> None:
    first, second = split_by_group(groups, share, seed=seed)
    assert sorted(first + second) == list(range(len(groups)))
    assert (first, second) == (sorted(first), sorted(second))
    assert not {groups[row] for row in first} & {groups[row] for row in second}
    assert len({groups[row] for row in second}) == round(share * len(set(groups)))


@given(groups=GROUPS, data=st.data())
def test_the_order_of_the_rows_does_not_matter(groups: list[str], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(groups))
    names = [{order[row] for row in split_by_group(order, 0.3)[1]} for order in (groups, shuffled)]
    assert names[0] == names[1]


def test_kept_groups_and_seeds() -> None:
    groups = [f"person {number}" for number in range(20)]
    held = {groups[row] for row in split_by_group(groups, 0.5)[1]}
    assert not held & {groups[row] for row in split_by_group(groups, 0.5, keep=held)[1]}
    assert held != {groups[row] for row in split_by_group(groups, 0.5, seed=1)[1]}


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_wrong_share(share: float) -> None:
    with pytest.raises(InputError, match="share"):
        split_by_group(["a"], share)
