"""Readers give the same bytes from disk and bucket; a bucket's blocks are fetched once."""

from ieiw.train.data.dataset import open_cut
from ieiw.train.data.shard_reader import BlockReader, FolderReader, Range


def test_blocks_of_a_bucket_are_read_once_and_forgotten_in_turn(tiny):
    class Counting:
        local = None
        reads = []

        def read_range(self, name, offset, size):
            self.reads.append((name, offset))
            return tiny.store.read_range(name, offset, size)

    cut = open_cut(tiny.store, "all")
    names = [shard.name for shard in cut.state.shards]
    plain, blocks = FolderReader(tiny.path, names), BlockReader(Counting(), names, 4096, 3 * 4096)
    for start, stop in ((0, 10), (5, 9000), (8190, 8194), (0, 100)):
        assert blocks.read(Range(0, start, stop)) == plain.read(Range(0, start, stop))
    assert len(Counting.reads) == len(set(Counting.reads)) == 3
    blocks.prefetch(Range(0, 12288, 12300))
    blocks.read(Range(0, 4096, 4100))
    assert len(Counting.reads) == 5, "the block read longest ago was let go"
    blocks.close(), plain.close()
