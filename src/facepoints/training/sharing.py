"""How the processes of a run share the work: batches, validation, and what each found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import Any, NamedTuple, Protocol, TypeVar

import torch
from lightning.fabric.utilities import move_data_to_device
from torch.utils.data import Sampler

__all__ = ["Draws", "Place", "SharedBatches", "SharedRows", "gather_lists", "place"]

Index = TypeVar("Index")
Drawn = TypeVar("Drawn", covariant=True)
Found = TypeVar("Found")


class Place(NamedTuple):
    """Of this process in its run: ``rank`` from 0, and ``world_size``, the number of all."""

    rank: int
    world_size: int


def place() -> Place:
    """Known once Lightning has joined the processes; before, and in an ordinary run, it is that of a single one."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return Place(torch.distributed.get_rank(), torch.distributed.get_world_size())
    return Place(0, 1)


class Draws(Protocol[Drawn]):
    """A sampler that knows how much it draws."""

    def __iter__(self) -> Iterator[Drawn]: ...

    def __len__(self) -> int: ...


class SharedBatches(Sampler[list[Index]]):
    """This process's part of each batch.

    All processes draw the same rows and take turns: together they have, step by step, the batches of a single process.
    So the number of processes changes neither the number of steps nor what is trained on. A last batch that is not full
    is left out.

    Args:
        sampler: the draws of an epoch. Lightning calls its ``set_epoch``.
        batch_size: of all processes together; their number must divide it.
    """

    def __init__(self, sampler: Draws[Index], batch_size: int) -> None:
        self.sampler = sampler
        self.batch_size = batch_size

    def __len__(self) -> int:
        return len(self.sampler) // self.batch_size

    def __iter__(self) -> Iterator[list[Index]]:
        rank, world_size = place()
        draws = iter(self.sampler)
        for _ in range(len(self)):
            yield [next(draws) for _ in range(self.batch_size)][rank::world_size]


class SharedRows(Sampler[int]):
    """This process's part of a validation set: every so many rows, each row in one process.

    Args:
        total: rows of the set.
    """

    def __init__(self, total: int) -> None:
        self.total = total

    def _rows(self) -> range:
        rank, world_size = place()
        return range(rank, self.total, world_size)

    def __len__(self) -> int:
        return len(self._rows())

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows())


def gather_lists(lists: Sequence[list[Found]]) -> list[list[Found]]:
    """Join the lists of all processes, in the order of the rows that :class:`SharedRows` gave them.

    Args:
        lists: of this process, one for each validation set. Tensors in them come back on the CPU.

    Returns:
        the same on all processes; in a run of one process, ``lists``.
    """
    if place().world_size == 1:
        return list(lists)
    everyones: list[Any] = [None] * place().world_size
    torch.distributed.all_gather_object(everyones, move_data_to_device(list(lists), torch.device("cpu")))
    return [_interleave(parts) for parts in zip(*everyones, strict=True)]


def _interleave(parts: Sequence[list[Found]]) -> list[Found]:
    gap = object()
    return [item for item in chain.from_iterable(zip_longest(*parts, fillvalue=gap)) if item is not gap]  # type: ignore[misc]
