"""Errors cross from worker processes with the step that would help."""

import pickle

from ieiw.triplets.errors import Step, UsageError


def test_an_error_keeps_its_step_on_the_way_from_a_worker():
    step = Step("score", "out", {"scores": "phash"})
    error = pickle.loads(pickle.dumps(UsageError("no hashes", step)))
    assert (str(error), error.step) == ("no hashes", step)
    assert pickle.loads(pickle.dumps(UsageError("no step"))).step is None
