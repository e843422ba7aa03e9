"""InstructPix2Pix as Hugging Face hands it out: a row for each pair, with its captions, its instruction and both pictures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ieiw.builders.instructions.published import tidy
from ieiw.builders.sources._parquet_rows import ParquetRows
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason

_CAPTIONS = ("original_prompt", "edited_prompt")


class PromptRows:
    """Rows with ``original_image``, ``edit_prompt``, ``edited_image``, grouped by prompt: neighbours with like captions.

    ``fusing/instructpix2pix-1000-samples``, which diffusers trains on, calls the first ``input_image``. It has no captions:
    each of its rows is a group.

    Args:
        rows: of the data set.
        share: of the prompts, from and to, 0..1, in the order of the rows.

    Raises:
        UsageError: a file is damaged, or of another data set.
    """

    def __init__(self, rows: ParquetRows, share: tuple[float, float]) -> None:
        self._rows = rows
        names = rows.names()
        self._before = "input_image" if "original_image" not in names and "input_image" in names else "original_image"
        captions = _CAPTIONS if self._before == "original_image" else ()
        table = rows.table(dict.fromkeys([*captions, "edit_prompt"], pa.string()), [self._before, "edited_image"])
        self._words = table["edit_prompt"]
        fresh = np.ones(len(self._words), np.bool_)
        if captions and len(fresh):
            same = [pc.equal(table[name][1:], table[name][:-1]).fill_null(False).to_numpy() for name in captions]
            fresh[1:] = ~np.logical_and.reduce(same)
        starts = np.append(np.flatnonzero(fresh), len(fresh))
        first, last = (int(part * (len(starts) - 1)) for part in share)
        self._starts = starts[first : last + 1]
        self._blocks = rows.blocks(self._starts[:-1])

    def __len__(self) -> int:
        """Number of row groups; prompts are planned by them."""
        return len(self._blocks)

    def records(self, index: int, split: str, licence: str) -> Iterator[Record]:
        """The pairs of the prompts that begin in one row group; a record is called after its row."""
        for prompt in self._blocks[index]:
            first, end = int(self._starts[prompt]), int(self._starts[prompt + 1])
            group = self._rows.place(first)
            for row in range(first, end):
                place, words = self._rows.place(row), tidy([self._words[row].as_py()])
                if not words:
                    fault = Fault(Reason.EMPTY_PHRASE, f"{place}: no usable `edit_prompt`")
                    yield Record(place, group, {}, {}, split, fault=fault)
                    continue
                files = {
                    "picture": self._rows.reference(row, self._before),
                    "target": self._rows.reference(row, "edited_image"),
                }
                yield Record(place, group, files, {"instructions": list(words)}, split, licence=licence)
