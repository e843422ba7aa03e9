"""What is asked for ahead covers what is read."""

from ieiw.train.data.dataset import open_cut
from ieiw.train.data.prefetch import stretches


def test_stretches_cover_every_sample(tiny):
    samples = open_cut(tiny.store, "all").samples
    found = stretches(samples, 8192)
    for sample in samples:
        start, stop = int(sample["source_offset"]), int(sample["json_offset"]) + int(sample["json_size"])
        assert any(r.shard == sample["shard"] and r.start <= start and stop <= r.stop for r in found)
    assert all(r.stop - r.start < 8192 + 20_000 for r in found)
