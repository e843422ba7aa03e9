"""The official labelled file of NYU Depth v2: MATLAB 7.3, which is HDF5; pictures are read one by one."""

from __future__ import annotations

import errno
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import cv2
import numpy as np

from ieiw.builders.formats.matlab import read_matlab
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import encode_png

UNITS_PER_METRE = 5000.0
"""Of the PNG that depth is handed out in: a fifth of a millimetre, up to 13.1 m."""
_METRES = ("float32", "float64")
_FIELDS = {"images": (4, ("uint8",)), "depths": (3, _METRES), "rawDepths": (3, _METRES)}
"""Array -> its axes and what it may hold."""
_MOST_VALUES = 2**26
"""Of one picture; the official ones have 640 x 480."""
_NEEDED = ("images", "depths")


class NyuMat:
    """Pictures and depth maps of ``nyu_depth_v2_labeled.mat``.

    MATLAB keeps columns first, so that HDF5 shows pictures as (N, 3, width, height) and depth as (N, width, height).

    Args:
        file: seekable; kept open.
        name: of the file, for messages.

    Raises:
        UsageError: the file is damaged or another one.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        import h5py

        self._name = name
        with _damage_named(name):
            self._file = h5py.File(file, "r")
        self._arrays = {field: self._array(field) for field in _NEEDED}

    def __len__(self) -> int:
        """Pictures that have a depth map."""
        return min(int(array.shape[0]) for array in self._arrays.values())

    def png(self, field: str, number: int) -> bytes:
        """One picture (8-bit RGB), or one depth map (16-bit grey, see :data:`UNITS_PER_METRE`; 0 where nothing was measured).

        Raises:
            UsageError: the file is damaged, lacks the field, or holds fewer.
        """
        if field not in self._arrays:
            self._arrays[field] = self._array(field)
        array = self._arrays[field]
        if number >= array.shape[0]:
            raise UsageError(f"{self._name}: {field} holds {array.shape[0]}, number {number} is asked for")
        with _damage_named(self._name):
            values = np.asarray(array[number])
        if field == "images":
            return encode_png(np.ascontiguousarray(values.transpose(2, 1, 0))).data
        metres = np.nan_to_num(values.T.astype(np.float64), posinf=0)
        levels = np.clip(np.rint(metres * UNITS_PER_METRE), 0, 65535).astype(np.uint16)
        good, data = cv2.imencode(".png", levels)
        if not good:
            raise UsageError(f"{self._name}: {field} {number} cannot be written as PNG")
        return bytes(data.tobytes())

    def _array(self, field: str) -> Any:
        """One of the file's arrays, seen to be what it should."""
        with _damage_named(self._name):
            array = self._file.get(field)
            shape: tuple[int, ...] = getattr(array, "shape", None) or ()
            kind = str(getattr(array, "dtype", ""))
        axes, kinds = _FIELDS[field]
        if (
            len(shape) != axes
            or kind not in kinds
            or (axes == 4 and shape[1] != 3)
            or math.prod(shape[1:]) > _MOST_VALUES
        ):
            raise UsageError(
                f"{self._name}: no array {field!r} of {kinds[0]} with {axes} axes, it has {kind or 'none'}{list(shape)}. "
                "Is it the labelled file?"
            )
        return array


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    """Damage as an error that names the file; h5py raises many kinds. What the storage raises passes."""
    try:
        yield
    except (OSError, KeyError, ValueError, RuntimeError, TypeError, MemoryError) as error:
        if isinstance(error, OSError) and error.errno not in {None, errno.EINVAL}:  # a place outside the file
            raise
        raise UsageError(f"{name}: not the labelled file, or damaged ({error}). Is the download complete?") from error


def split_numbers(data: bytes, name: str, split: str, count: int) -> Sequence[int]:
    """The pictures of a split (from 0) by the official ``splits.mat`` (``trainNdxs``, ``testNdxs``, from 1).

    Raises:
        UsageError: no MATLAB file, no such split, or numbers beyond ``count``.
    """
    key = f"{split}Ndxs"
    found = read_matlab(data, name, [key]).get(key)
    if found is None:
        raise UsageError(f"{name}: no split {split!r}. Set `split` to train, test or all.")
    try:
        numbers = [int(number) - 1 for number in np.ravel(found)]
    except (TypeError, ValueError, OverflowError) as error:
        raise UsageError(f"{name}: {key}: {error}. Is it the official list?") from error
    if not numbers or min(numbers) < 0 or max(numbers) >= count:
        raise UsageError(f"{name}: {key} names pictures that the labelled file lacks. Are they of the same release?")
    return numbers
