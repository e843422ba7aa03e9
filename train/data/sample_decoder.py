"""One sample: its bytes read, its sentence chosen, its two pictures put where they belong in the batch."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from ieiw.train.data.augment import Changes, flips, place, sentence
from ieiw.train.data.blocks import Samples
from ieiw.train.data.shard_reader import Range, Reader, Shards
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.shard_images import decode_sample
from ieiw.triplets.layout.shards import read_answer
from ieiw.triplets.records import Image
from ieiw.triplets.rejects import Refusal

_HEADER = 512  # of a tar member, right before its bytes


Place = tuple[int, int, int, int, int, int, int, int, int, int, int, int]


class _Words(msgspec.Struct):
    instruction: str
    alternatives: list[str]


_WORDS = msgspec.json.Decoder(_Words)


class SampleDecoder:
    """Reads and decodes samples of a cut; safe to call from several threads."""

    def __init__(self, where: Shards, reader: Reader, changes: Changes) -> None:
        self._where, self._reader, self._changes = where, reader, changes

    def fill(self, samples: Samples, drawn: npt.NDArray[np.float64], source: Image, target: Image) -> list[str]:
        """Fill the pictures of several samples and return their instructions.

        Args:
            samples: (n,) entries of the index.
            drawn: (n, :data:`ieiw.train.data.augment.KINDS`) numbers in [0, 1).
            source: (n, size, size, 3) of the batch, written to.
            target: the same.

        Raises:
            UsageError: a sample is damaged; names shard and key.
        """
        places = samples.tolist()  # plain numbers: read at a tenth of the cost
        return [self.decode(*each) for each in zip(places, drawn, source, target, strict=True)]

    def decode(self, sample: Place, drawn: npt.NDArray[np.float64], source: Image, target: Image) -> str:
        """Fill the two pictures and return the instruction.

        Args:
            sample: its entry in the index, :data:`ieiw.triplets.layout.cut_state.SAMPLE` as plain numbers.
            drawn: (:data:`ieiw.train.data.augment.KINDS`,) numbers in [0, 1).
            source: (size, size, 3) of the batch, written to.
            target: the same.

        Raises:
            UsageError: the sample is damaged; names shard and key.
        """
        shard, _, _, _, start, target_at, json_at, source_size, target_size, json_size, width, height = sample
        data = self._reader.read(Range(shard, start, json_at + json_size))
        try:
            member = data[json_at - start : json_at - start + json_size]
            words = _WORDS.decode(member)
            text = sentence(words.instruction, words.alternatives, self._changes, drawn)
            before = decode_sample(data[:source_size])
            redrawn = None
            if self._changes.redraw:
                redrawn = read_answer(member).redraw(before, text, np.random.default_rng(int(drawn[4] * 2**53)))
            if redrawn is None:
                after = decode_sample(data[target_at - start : target_at - start + target_size], (width, height))
            else:
                after, text = redrawn
        except (msgspec.DecodeError, Refusal, KeyError, TypeError, ValueError) as error:
            raise UsageError(self._told(shard, start, error)) from error
        mirror = flips(text, self._changes, drawn)
        place(before, source, self._changes, mirror, drawn)
        place(after, target, self._changes, mirror, drawn)
        return text

    def _told(self, shard: int, start: int, error: Exception) -> str:
        """The message for a damaged sample; its key stands in the header before its first picture."""
        header = self._reader.read(Range(shard, start - _HEADER, start))
        key = header[:100].split(b"\0")[0].split(b".")[0].decode("ascii", "replace") or "unknown"
        build = self._where.location
        name = f"{build}/{self._where.names[shard]}"
        return f"{name}, sample {key!r}: damaged ({error}). Find all damage: ieiw lint {build}"
