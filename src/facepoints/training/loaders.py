"""The batches of a run, in this process and its loader processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import lightning
import torch
from torch.utils.data import DataLoader

from facepoints.training.sharing import Draws, SharedBatches, SharedRows

__all__ = ["RunData", "start_worker", "training_loader", "validation_loader"]


class RunData(lightning.LightningDataModule):
    """Batches of a run.

    Args:
        training: makes the loader of the batches of an epoch. It is called once the processes of the run know each
            other, so that they may share costly preparations.
        validation: loaders of the validation sets.
    """

    def __init__(self, training: Callable[[], DataLoader[Any]], validation: Sequence[DataLoader[Any]]) -> None:
        super().__init__()
        self._training = training
        self._validation = list(validation)

    def train_dataloader(self) -> DataLoader[Any]:
        """Called by Lightning, once."""
        return self._training()

    def val_dataloader(self) -> list[DataLoader[Any]]:
        """Called by Lightning, once."""
        return self._validation


def training_loader(
    dataset: Any, sampler: Draws[Any], batch_size: int, collate: Callable[[Any], Any], workers: int
) -> DataLoader[Any]:
    """This process's part of the batches.

    Args:
        dataset: gives an input for each draw.
        sampler: gives the draws of an epoch, the same in all processes.
        batch_size: of all processes together.
        collate: makes a batch of a list of inputs.
        workers: loader processes.
    """
    return DataLoader(
        dataset,
        batch_sampler=SharedBatches(sampler, batch_size),
        num_workers=workers,
        collate_fn=collate,
        worker_init_fn=start_worker,
        persistent_workers=workers > 0,
        prefetch_factor=8 if workers else None,
        pin_memory=torch.cuda.is_available(),
    )


def validation_loader(dataset: Any, batch_size: int, collate: Callable[[Any], Any]) -> DataLoader[Any]:
    """This process's part of a validation set; see :func:`training_loader`."""
    return DataLoader(dataset, batch_size=batch_size, sampler=SharedRows(len(dataset)), collate_fn=collate)


def start_worker(_: int) -> None:
    """Keep OpenCV in each loader process to one thread: the processes are the parallelism."""
    cv2.setNumThreads(1)
