"""Blocks of pixels in MATLAB files (SIDD's validation and benchmark blocks): counted cheaply, read one by one."""

from __future__ import annotations

import math
import tempfile
from functools import cached_property
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Image

_MOST_BYTES = 2 * 2**30
_VERSION = "a MATLAB 7.3 file, which is HDF5; save it in MATLAB with '-v7'"


class MatBlocks:
    """The one array of RGB blocks that a ``.mat`` file of version 4 to 7 holds; its last axes are height, width, 3.

    Args:
        file: seekable, at its start; kept open.
        name: of the file, for messages.

    Raises:
        UsageError: version 7.3, damaged, or not exactly one array of bytes with these axes.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        from scipy.io import whosmat

        self._file, self._name = file, name
        try:
            arrays = whosmat(file)
        except NotImplementedError as error:
            raise UsageError(f"{name}: {_VERSION}") from error
        except Exception as error:  # scipy raises nearly anything on damaged files
            raise UsageError(f"{name}: not a MATLAB file ({error}). Is the download complete?") from error
        blocks = ((key, shape) for key, shape, kind in arrays if kind == "uint8" and shape[2:] and shape[-1] == 3)
        fitting = [(key, shape) for key, shape in blocks if min(shape) > 0]
        if len(fitting) != 1:
            contents = ", ".join(f"{key} {kind}{tuple(shape)}" for key, shape, kind in arrays) or "nothing"
            raise UsageError(f"{name}: expected one uint8 array (…, height, width, 3), it holds {contents}")
        self._key, self._shape = fitting[0]
        if math.prod(self._shape) > _MOST_BYTES:
            raise UsageError(f"{name}: {self._key} has {math.prod(self._shape):,} bytes, the limit is {_MOST_BYTES:,}")

    def __len__(self) -> int:
        """Number of blocks; those of a scene follow each other."""
        return math.prod(self._shape[:-3])

    def place(self, index: int) -> str:
        """Which block it is, by the array's own axes: ``12-3`` is block 3 of scene 12, both from 0."""
        return "-".join(str(int(at)) for at in np.unravel_index(index, self._shape[:-3])) or "0"

    def block(self, index: int) -> Image:
        """The pixels of one block, (height, width, 3)."""
        return np.ascontiguousarray(self._pixels[index])

    @cached_property
    def _pixels(self) -> npt.NDArray[np.uint8]:
        """All blocks, in a nameless file: the array is unpacked once, and does not stay in memory."""
        from scipy.io import loadmat

        self._file.seek(0)
        try:
            values: npt.NDArray[Any] = loadmat(self._file, variable_names=[self._key])[self._key]
        except Exception as error:
            raise UsageError(f"{self._name}: cannot be unpacked ({error}). Is the download complete?") from error
        whole = values.reshape(values.shape if values.ndim > 3 else (1, *values.shape))
        with tempfile.TemporaryFile() as spool:
            for part in whole:
                spool.write(part.tobytes())
            spool.flush()
            return np.memmap(spool, np.uint8, "r", shape=(len(self), *self._shape[-3:]))
