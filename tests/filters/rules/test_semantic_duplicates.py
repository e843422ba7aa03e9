"""The best of like pictures stays, re-told row by row."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.filters.test_near_vectors import clustered
from tests.support.frames import ask, frame, kept, value_of

RULE = {"name": "alike", "kind": "semantic-duplicates", "embedder": "toy", "keep": "sharpness", "similarity": 0.9}


def embedded(made, seed, missing=0):
    """Vectors of all pictures but some, in an order of their own."""
    places = made[2]["places"]
    ids = sorted(places)[missing:][::-1]
    vectors = clustered(len(places), 8, seed)[: len(ids)]
    made[0].embedded = lambda name: (pa.array(ids), vectors) if name == "toy" else None
    return dict(zip(ids, vectors.astype(np.float32), strict=True))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**16), st.sampled_from(["source", "target"]), st.integers(0, 2))
def test_every_row_that_goes_is_like_a_better_one_that_stays(count, seed, of, missing):
    made = frame(count, seed, pictures=12)
    rows = made[1]
    vectors = embedded(made, seed, missing)
    found = ask(made, RULE | {"of": of})
    quality = [value_of(*made[1:], "sharpness", "target", row) for row in range(count)]
    order = sorted(range(count), key=lambda row: (np.isnan(quality[row]), -np.nan_to_num(quality[row]), row))
    stay = []
    for row in order:
        vector = vectors.get(rows[f"{of}_sha256"][row])
        if vector is None:
            continue
        near = [
            float(vectors[rows[f"{of}_sha256"][other]] @ vector)
            for other in stay
            if rows["task"][other] == rows["task"][row]
            and (rows["source"][other], rows["group"][other]) != (rows["source"][row], rows["group"][row])
        ]
        if not near or max(near) < RULE["similarity"]:
            stay.append(row)
    assert kept(found) == sorted(stay)


def test_a_row_without_a_vector_goes_without_a_value():
    made = frame(1, pictures=1)
    embedded(made, 0, missing=1)
    found = ask(made, RULE)
    assert kept(found) == [] and found.funnel[0].undefined == 1
