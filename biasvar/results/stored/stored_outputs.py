"""The outputs of a cell's members in the files of a study, read a few points at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from biasvar.study.store.shard import Entry
from biasvar.study.store.store import Store
from biasvar.study.store.stored_arrays import StoredArray
from biasvar.training.readouts import Readout

IN_MEMORY = 10**8
"""Largest size in bytes of a cell's outputs that are kept in memory, rather than read in parts several times."""


@dataclass(frozen=True)
class StoredOutputs:
    """Outputs [*sizes, N, K] that are sliced over points like an array: ``outputs[..., 100:200, :]``.

    ``rows`` lists the rows of each file that are members of the cell; ``places`` says which members these are.
    """

    sizes: tuple[int, ...]
    rows: Mapping[StoredArray, Sequence[int]]
    places: Mapping[StoredArray, Sequence[int]]

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of seeds of each source, of points and of outputs."""
        return (*self.sizes, *next(iter(self.rows)).shape[1:])

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the stored numbers."""
        return np.result_type(*(array.dtype for array in self.rows))

    @property
    def nbytes(self) -> int:
        """The size of all outputs in bytes."""
        return int(np.prod(self.shape)) * self.dtype.itemsize

    def __getitem__(self, key: tuple) -> np.ndarray:
        """Return the outputs of all members at some points; ``key`` is (..., slice of points, all outputs)."""
        before, points, outputs = key
        if before is not Ellipsis or outputs != slice(None):
            raise TypeError(f"stored outputs[{key}]; expected [..., first:last, :]")
        members, (all_points, width) = sum(map(len, self.rows.values())), self.shape[-2:]
        read_MnK = np.empty((members, len(range(all_points)[points]), width), dtype=self.dtype)
        for array, rows in self.rows.items():
            places = self.places[array]
            if array.dtype == self.dtype:
                array.read_into(read_MnK, places, rows, points)
            else:
                read_MnK[places] = array.read(rows, points)
        return read_MnK.reshape(*self.sizes, *read_MnK.shape[1:])


def outputs_of(
    store: Store, entries: Sequence[Entry], readout: Readout, sizes: tuple[int, ...], of_one: tuple[int, int]
) -> np.ndarray | StoredOutputs:
    """Return the outputs of members at a readout, in C order of the sources: in memory if they are few.

    Raises
    ------
    OSError
        For a file whose members have outputs of another shape than ``of_one``, points and outputs.
    """
    rows: dict[StoredArray, list[int]] = {}
    places: dict[StoredArray, list[int]] = {}
    for place, entry in enumerate(entries):
        shard, row = entry.places[readout]
        array = store.outputs_of(shard, readout)
        if array.shape[1:] != of_one:
            raise OSError(
                f"{shard} holds outputs of shape {array.shape[1:]} a model, and this study's are of {of_one}: remove "
                "it, and the same sweep trains its models again"
            )
        rows.setdefault(array, []).append(row)
        places.setdefault(array, []).append(place)
    stored = StoredOutputs(sizes, rows, places)
    return stored[..., :, :] if stored.nbytes <= IN_MEMORY else stored
