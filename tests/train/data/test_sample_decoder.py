"""Redrawing while loading: other colours each time, the same in picture and sentence, and nothing else is touched."""

import json

import msgspec
import numpy as np
import pytest

from ieiw.train.data.augment import DICE, Augmentation, Dice
from ieiw.train.data.sample_decoder import SampleDecoder
from ieiw.train.data.shard_reader import Shards
from ieiw.triplets.drawings.asked import AskedExpression
from ieiw.triplets.drawings.palette import PALETTE, nearest
from ieiw.triplets.drawings.region import Answer, draw
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode, encode_jpeg, encode_png
from ieiw.triplets.images.masks import to_rle

SOURCE = np.full((48, 48, 3), 120, np.uint8)
MASK = np.zeros((48, 48), np.bool_)
MASK[8:40, 8:40] = True


class Held:
    """A shard of one sample in memory."""

    def __init__(self, answer, encode=encode_png, sentence="paint the dog red"):
        target = draw(SOURCE, MASK, PALETTE["red"], 0.5)
        told = {"instruction": sentence, "alternatives": [sentence], "answer": answer}
        parts = [encode(SOURCE).data, encode(target).data, json.dumps(told).encode()]
        self.data = b"".join(parts)
        sizes = [len(part) for part in parts]
        self.place = (0, 0, 0, 1, 0, sizes[0], sizes[0] + sizes[1], *sizes, 48, 48)

    def read(self, wanted):
        return self.data[wanted.start : wanted.stop] + b"\0" * 512


def region(**changes):
    answer = Answer(
        asked=AskedExpression(what="dog", expressions=("dog",), targets=1),
        present=True,
        colour="red",
        rgb=PALETTE["red"],
        alpha=0.5,
        mask=to_rle(MASK),
        void=to_rle(~MASK),
        box=(),
    )
    return json.dumps(msgspec.to_builtins(answer) | changes)


def load(held, seed, **changes):
    source, target = np.zeros((2, 48, 48, 3), np.uint8)
    decoder = SampleDecoder(Shards("build", ("shard.tar",)), held, Augmentation(48, **({"redraw": True} | changes)))
    text = decoder.decode(held.place, Dice(*np.random.default_rng(seed).random(DICE)), source, target)
    return source, target, text


def test_colours_change_in_picture_and_sentence_alike():
    held, met = Held(region()), set()
    for seed in range(30):
        source, target, text = load(held, seed)
        name = text.removeprefix("paint the dog ")
        assert np.array_equal(source, SOURCE)
        assert np.array_equal(target, draw(SOURCE, MASK, PALETTE[name], 0.5))
        met.add(name)
    assert len(met) > 5


def test_jpeg_sources_are_drawn_upon_as_they_are():
    source, target, text = load(Held(region(), encode_jpeg), 3)
    name = text.removeprefix("paint the dog ")
    painted = 2 * target[20, 20].astype(int) - source[20, 20]
    assert nearest(painted.clip(0, 255)) == name


@pytest.mark.parametrize("changes", [{"redraw": False}, {}])
def test_without_it_or_without_a_drawing_the_shard_is_what_counts(changes):
    held = Held(
        region() if changes else json.dumps({"drawing": "edit", "registered": False, "box": [], "published": {}})
    )
    _, target, text = load(held, 1, **changes)
    assert text == "paint the dog red"
    assert np.array_equal(target, decode(encode_png(draw(SOURCE, MASK, PALETTE["red"], 0.5)).data).pixels)


@pytest.mark.parametrize("answer", ["no json", region(rgb=7), region(mask={"size": [48, 48]}), region(color="red")])
def test_an_answer_that_is_damaged_is_named(answer):
    with pytest.raises(UsageError, match="damaged"):
        load(Held(answer), 0)
