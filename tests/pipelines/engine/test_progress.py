"""Progress starts at nothing, and two runs share none of it."""

from ieiw.pipelines.engine.progress import Progress


def test_two_runs_count_apart():
    one, other = Progress(units=2), Progress()
    one.counts.update(made=3)
    assert (other.units, other.done_units, other.counts, one.counts.total()) == (0, 0, {}, 3)
