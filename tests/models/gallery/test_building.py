"""Indexes are the same bytes with any number of threads and any cut into shards' blocks."""

import numpy as np
import pytest

from ieiw.models.gallery.building import fill, merge, read, sample, shard, train
from ieiw.models.gallery.choice import Choice
from ieiw.models.gallery.library import faiss
from tests.support.fillings import directions

CELLS = Choice(16)


@pytest.fixture
def threads():
    """Sets how many; they are put back."""
    before = faiss().omp_get_max_threads()
    yield faiss().omp_set_num_threads
    faiss().omp_set_num_threads(before)


def whole(folder, vectors, block):
    blocks = [vectors[start : start + block] for start in range(0, len(vectors), block)]
    half = len(blocks) // 2
    trained, one, two, file = (folder / name for name in ("trained", "one", "two", "whole"))
    train(CELLS, sample(blocks, len(vectors), CELLS.sample), trained)
    fill(trained, blocks[:half], one)
    fill(trained, blocks[half:], two)
    merge([one, two], file)
    return file


def test_any_number_of_threads_gives_the_same_bytes(tmp_path, threads):
    vectors, found = directions(2_000, 48), set()
    for count in (1, 2, 5):
        threads(count)
        found.add(whole(tmp_path, vectors, 250).read_bytes())
    assert len(found) == 1


def test_shards_merged_are_one_index(tmp_path):
    vectors = directions(2_000, 48)
    split = whole(tmp_path, vectors, 250).read_bytes()
    fill(tmp_path / "trained", [vectors], tmp_path / "one")
    merge([tmp_path / "one"], tmp_path / "other")
    assert (tmp_path / "other").read_bytes() == split


def test_a_shard_is_the_bytes_of_the_file_whatever_was_filled_before(tmp_path):
    vectors = directions(2_000, 48)
    whole(tmp_path, vectors, 250)
    index = read(tmp_path / "trained")
    halves = [shard(index, [vectors[:1_000]]), shard(index, [vectors[1_000:]])]
    assert halves == [(tmp_path / name).read_bytes() for name in ("one", "two")]


def test_an_extended_index_is_the_one_made_of_all(tmp_path):
    vectors = directions(2_000, 48)
    all_of_them = whole(tmp_path, vectors, 250).read_bytes()
    fill(tmp_path / "trained", [vectors[:1500]], tmp_path / "one")
    fill(tmp_path / "one", [vectors[1500:]], tmp_path / "grown")
    assert (tmp_path / "grown").read_bytes() == all_of_them


def test_a_sample_depends_on_rows_alone():
    vectors = directions(500)
    one = sample([vectors[:3], vectors[3:200], vectors[200:]], 500, 40)
    assert np.array_equal(one, sample([vectors], 500, 40)) and len(one) == 40
    assert np.array_equal(sample([vectors], 500, 900), vectors)
