"""Errors cross from worker processes with the step that would help."""

import pickle

import pytest

from ieiw.triplets.errors import Step, UsageError, human_bytes


def test_an_error_keeps_its_step_on_the_way_from_a_worker():
    step = Step("score", "out", {"scores": "phash"})
    error = pickle.loads(pickle.dumps(UsageError("no hashes", step)))
    assert (str(error), error.step) == ("no hashes", step)
    assert pickle.loads(pickle.dumps(UsageError("no step"))).step is None


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2.5e9, "2.5 GB"), (3e13, "30.0 TB")]
)
def test_sizes_are_said_in_a_unit_that_shows_them(count, words):
    assert human_bytes(count) == words
