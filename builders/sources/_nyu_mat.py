"""The official labelled file of NYU Depth v2: MATLAB 7.3, which is HDF5, so that h5py is needed; pictures are read one by one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import IO, Any

import cv2
import numpy as np

from triplets.pictures import encode_png
from triplets.reasons import UsageError

UNITS_PER_METRE = 5000.0
"""Of the PNG that depth is handed out in: a fifth of a millimetre, up to 13.1 m."""
_FIELDS = {"images": 4, "depths": 3, "rawDepths": 3}
_NEEDED = ("images", "depths")


class NyuMat:
    """Pictures and depth maps of ``nyu_depth_v2_labeled.mat``.

    MATLAB keeps columns first, so that HDF5 shows pictures as (N, 3, width, height) and depth as (N, width, height).

    Args:
        file: seekable; kept open.
        name: of the file, for messages.

    Raises:
        UsageError: h5py is not installed, or the file is damaged or another one.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        try:
            import h5py  # type: ignore[import-not-found,import-untyped,unused-ignore]
        except ImportError as error:
            raise UsageError(
                f"{name}: a MATLAB 7.3 file, which needs h5py: pip install 'h5py>=3.16'. "
                "Or use pictures with 16-bit depth maps: images/ and depth/."
            ) from error
        self._name = name
        try:
            self._file: Any = h5py.File(file, "r")
        except OSError as error:
            raise UsageError(f"{name}: not the labelled file ({error}). Is the download complete?") from error
        for field in _NEEDED:
            shape = getattr(self._file.get(field), "shape", ())
            if len(shape) != _FIELDS[field]:
                raise UsageError(f"{name}: no array {field!r} with {_FIELDS[field]} axes. Is it the labelled file?")

    def __len__(self) -> int:
        """Pictures that have a depth map."""
        return min(int(self._file[field].shape[0]) for field in _NEEDED)

    def png(self, field: str, number: int) -> bytes:
        """One picture (8-bit RGB), or one depth map (16-bit grey, see :data:`UNITS_PER_METRE`; 0 where nothing was measured).

        Raises:
            UsageError: the file lacks the field.
            OSError: it is damaged.
            IndexError: it holds fewer.
        """
        if field not in self._file:
            raise UsageError(f"{self._name}: no array {field!r}")
        array = self._file[field]
        if number >= array.shape[0]:
            raise IndexError(f"{self._name}: {field} holds {array.shape[0]}, number {number} is asked for")
        values = np.asarray(array[number])
        if field == "images":
            return encode_png(np.ascontiguousarray(values.transpose(2, 1, 0))).data
        levels = np.clip(np.rint(np.nan_to_num(values.T) * UNITS_PER_METRE), 0, 65535).astype(np.uint16)
        good, data = cv2.imencode(".png", levels)
        if not good:
            raise OSError(f"{self._name}: {field} {number} cannot be written as PNG")
        return bytes(data.tobytes())


def split_numbers(data: bytes, name: str, split: str, count: int) -> Sequence[int]:
    """The pictures of a split (from 0) by the official ``splits.mat`` (``trainNdxs``, ``testNdxs``, from 1).

    Raises:
        UsageError: no MATLAB file, no such split, or numbers beyond ``count``.
    """
    from scipy.io import loadmat

    key = f"{split}Ndxs"
    try:
        table = loadmat(io.BytesIO(data), variable_names=["trainNdxs", "testNdxs"])
    except Exception as error:  # scipy raises nearly anything on damaged files
        raise UsageError(f"{name}: not a MATLAB file ({error}). Is the download complete?") from error
    if key not in table:
        raise UsageError(f"{name}: no split {split!r}. Set `split` to train, test or all.")
    numbers = [int(number) - 1 for number in np.asarray(table[key]).ravel()]
    if not numbers or min(numbers) < 0 or max(numbers) >= count:
        raise UsageError(f"{name}: {key} names pictures that the labelled file lacks. Are they of the same release?")
    return numbers
