"""Thumbnails: small pictures of the very bytes that the rows name."""

from dataclasses import replace

import pytest

from ieiw.pipelines.audit.contact_sheets import cards, choose
from ieiw.pipelines.audit.thumbnails import thumbnails
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.images.codec import PictureLimits, decode
from tests.support.scored import copied


@pytest.fixture(scope="module")
def places(audited, ledger):
    return cards(audited.store, ledger, choose(ledger, 2))[1]


def test_each_is_as_small_as_asked_and_never_larger_than_the_picture(audited, places):
    small, same = (dict(thumbnails(audited.store, places, side)) for side in (24, 500))
    assert set(small) == set(same) == set(places)
    assert all(decode(data, PictureLimits(min_side=1)).pixels.shape == (16, 24, 3) for data in small.values())
    assert all(decode(data, PictureLimits(min_side=1)).pixels.shape == (32, 48, 3) for data in same.values())


def test_damage_is_named_with_its_place(audited, places, tmp_path):
    other = copied(audited, tmp_path / "build")
    digest, place = next(iter(places.items()))
    with pytest.raises(UsageError, match=f"{place.shard}, byte {place.offset + 1:,}: not the picture") as caught:
        list(thumbnails(other.store, {digest: replace(place, offset=place.offset + 1)}, 24))
    assert caught.value.step == Step("lint", other.store.location)
    (other.path / place.shard).unlink()
    with pytest.raises(UsageError, match=f"{place.shard} is missing"):
        list(thumbnails(other.store, {digest: place}, 24))
