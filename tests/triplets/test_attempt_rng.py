"""Random numbers of an attempt: what was built years ago must come out the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ieiw.triplets.records import Attempt, Record, attempt_rng


def _attempt(record, variant=0):
    return Attempt("pets", Record(record, "g", {}, {}, "train"), "edit", variant)


def test_the_numbers_of_an_attempt_never_change():
    assert attempt_rng(7, _attempt("a")).integers(0, 1000, 5).tolist() == [872, 921, 703, 290, 195]
    assert attempt_rng(8, _attempt("a")).random() != attempt_rng(7, _attempt("a")).random()
    assert attempt_rng(7, _attempt("a", 1)).random() != attempt_rng(7, _attempt("a")).random()


@given(st.binary(min_size=16, max_size=16))
def test_four_numbers_seed_as_one_large_one_does(digest):
    """numpy takes a large number apart into words of 32 bits, the lowest first, and drops those in front that are zero."""
    parts = np.random.PCG64(np.frombuffer(digest, "<u4"))
    assert parts.state == np.random.PCG64(int.from_bytes(digest, "little")).state
