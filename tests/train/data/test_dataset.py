"""A cut opened: what has changed since it was made is refused."""

import pytest

from ieiw.train.data.dataset import open_cut
from ieiw.triplets.errors import UsageError
from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build


def test_changed_and_missing_shards_are_told(tmp_path):
    made = tiny_build(tmp_path / "b", Wanted(pictures=4))
    state = write_cut(made)
    shard = made.path / state.shards[0].name
    data = shard.read_bytes()
    shard.chmod(0o644)
    shard.write_bytes(data + b"\0")
    with pytest.raises(UsageError, match="bytes, the cut was made with"):
        open_cut(made.store, "all")
    shard.unlink()
    with pytest.raises(UsageError, match="is missing; bring the shard back"):
        open_cut(made.store, "all")


def test_a_truncated_index_is_told(tmp_path):
    made = tiny_build(tmp_path / "b", Wanted(pictures=4))
    write_cut(made)
    file = made.path / "cuts/all/index/train.npy"
    file.write_bytes(file.read_bytes()[:-56])
    with pytest.raises(UsageError, match=r"train\.npy: damaged"):
        open_cut(made.store, "all")
    with pytest.raises(UsageError, match="no cut 'none' here"):
        open_cut(made.store, "none")
