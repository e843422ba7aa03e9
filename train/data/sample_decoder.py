"""One sample: its bytes read, its sentence chosen, its two pictures put where they belong in the batch."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from ieiw.train.data.augment import Augmentation, Dice, flips, place, sentence
from ieiw.train.data.blocks import Samples
from ieiw.train.data.shard_reader import Range, Reader, Shards
from ieiw.triplets.drawings.answers import read_answer
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.images.shard_images import decode_sample
from ieiw.triplets.layout.sentences import read_sentences
from ieiw.triplets.records import Image
from ieiw.triplets.rejects import Refusal

_HEADER = 512  # of a tar member, right before its bytes

Entry = tuple[int, int, int, int, int, int, int, int, int, int, int, int]


class SampleDecoder:
    """Reads and decodes samples of a cut; safe to call from several threads."""

    def __init__(self, shards: Shards, reader: Reader, augmentation: Augmentation) -> None:
        self._shards, self._reader, self._augmentation = shards, reader, augmentation

    def fill(self, samples: Samples, dice: npt.NDArray[np.float64], source: Image, target: Image) -> list[str]:
        """Fill the pictures of several samples and return their instructions.

        Args:
            samples: (n,) entries of the index.
            dice: (n, :data:`ieiw.train.data.augment.DICE`) numbers in [0, 1), in the order of :class:`Dice`.
            source: (n, size, size, 3) of the batch, written to.
            target: the same.

        Raises:
            UsageError: a sample is damaged; names shard and key.
        """
        # As plain numbers, which are read at a tenth of the cost.
        listed = zip(samples.tolist(), dice.tolist(), source, target, strict=True)
        return [self.decode(entry, Dice(*drawn), before, after) for entry, drawn, before, after in listed]

    def decode(self, sample: Entry, dice: Dice, source: Image, target: Image) -> str:
        """Fill the two pictures and return the instruction.

        Args:
            sample: its entry in the index, :data:`ieiw.triplets.layout.cut_state.SAMPLE` as plain numbers.
            dice: drawn for it.
            source: (size, size, 3) of the batch, written to.
            target: the same.

        Raises:
            UsageError: the sample is damaged; names shard and key.
        """
        shard, _, _, _, start, target_at, json_at, source_size, target_size, json_size, width, height = sample
        data = self._reader.read(Range(shard, start, json_at + json_size))
        augmentation = self._augmentation
        try:
            member = data[json_at - start : json_at - start + json_size]
            words = read_sentences(member)
            text = sentence(words.instruction, words.alternatives, augmentation, dice)
            before = decode_sample(data[:source_size])
            redrawn = None  # also where the task of the sample draws nothing
            if augmentation.redraw:
                answer = read_answer(member)
                redrawn = answer.redraw(before, text, np.random.default_rng(int(dice.colours * 2**53)))
            if redrawn is None:
                after = decode_sample(data[target_at - start : target_at - start + target_size], (width, height))
            else:
                after, text = redrawn
        except (msgspec.DecodeError, Refusal, KeyError, TypeError, ValueError) as error:
            raise self._damage(shard, start, error) from error
        mirror = flips(text, augmentation, dice)
        place(before, source, augmentation, mirror, dice)
        place(after, target, augmentation, mirror, dice)
        return text

    def _damage(self, shard: int, start: int, error: Exception) -> UsageError:
        """What is wrong with a sample; its key stands in the header before its first picture."""
        header = self._reader.read(Range(shard, start - _HEADER, start))
        key = header[:100].split(b"\0")[0].split(b".")[0].decode("ascii", "replace") or "unknown"
        build, name = self._shards.location, self._shards.names[shard]
        return UsageError(
            f"{build}/{name}, sample {key!r}: damaged ({error}); check the build for more", Step("lint", build)
        )
