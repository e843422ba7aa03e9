"""Pictures of our own shards: the same pixels as the strict door gives, and no cut file taken for one."""

import numpy as np
import pytest

from ieiw.triplets.images.codec import decode, encode_jpeg, encode_png
from ieiw.triplets.images.shard_images import decode_sample
from ieiw.triplets.rejects import Refusal

PICTURE = np.random.default_rng(0).integers(0, 255, (24, 40, 3), dtype=np.uint8)


@pytest.mark.parametrize("encode", [encode_png, encode_jpeg])
def test_it_sees_what_the_strict_door_sees(encode):
    data = encode(PICTURE).data
    found = decode_sample(data, (40, 24))
    assert np.abs(found.astype(int) - decode(data).pixels).max() <= (0 if encode is encode_png else 3)


@pytest.mark.parametrize("encode", [encode_png, encode_jpeg])
@pytest.mark.parametrize("keep", [0, 1, 20, -3])
def test_cut_files_are_refused(encode, keep):
    with pytest.raises(Refusal, match="no whole JPEG or PNG"):
        decode_sample(encode(PICTURE).data[:keep])


def test_headers_without_a_picture_are_refused():
    with pytest.raises(Refusal, match="damaged picture data"):
        decode_sample(b"\xff\xd8\xff" + bytes(50) + b"\xff\xd9")


def test_another_size_than_the_index_says_is_refused():
    with pytest.raises(Refusal, match="40 x 24 pixels, the index says 24 x 40"):
        decode_sample(encode_png(PICTURE).data, (24, 40))
