"""Frames made up for tests of rules, and rules asked about them."""

import hashlib
import math

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from ieiw.filters.apply import KEPT, apply_rules
from ieiw.filters.composite import COMPOSITES
from ieiw.filters.frame import Frame
from ieiw.filters.rule_set import RuleSet

PICTURE_SCORES = ("blockiness", "colourfulness", "contrast", "exposure", "noise", "sharpness", "phash")
PAIR_SCORES = ("change-inside", "change-outside", "detail-inside", "seam")

SIZES = st.tuples(st.integers(1, 80), st.integers(0, 2**20))
"""Rows and seed of a :func:`frame`."""


def frame(count, seed=0, nan=0.1, pictures=None, groups=None):
    """Rows with random scores. ``pictures``: how many distinct ones there are; few make duplicates."""
    random = np.random.default_rng(seed)
    distinct = pictures or 2 * count + 1
    digests = sorted(hashlib.sha256(str(number).encode()).hexdigest() for number in range(distinct))
    rows = {
        "key": [f"s-{number:020d}" for number in range(count)],
        "source": random.choice(["a", "b"], count).tolist(),
        "task": random.choice(["removal", "addition", "dots"], count).tolist(),
        "group": [str(number) for number in random.integers(0, groups or max(1, count // 3), count)],
        "pair": [""] * count,
        "licence": random.choice(["CC-BY-4.0, http://x/1", "CC-BY-NC-4.0", "unknown"], count).tolist(),
        "source_sha256": [digests[at] for at in random.integers(0, distinct, count)],
        "target_sha256": [digests[at] for at in random.integers(0, distinct, count)],
    }
    # What the source was cut from: another for each row, and for each group of rows of one source no other than theirs.
    rows["picture_sha256"] = [hashlib.sha256(f"whole {number}".encode()).hexdigest() for number in range(count)]
    ids = {"picture": pa.array(digests), "pair": pa.array(rows["key"], pa.string())}
    values = {"places": {digest: at for at, digest in enumerate(digests)}}
    for name in PICTURE_SCORES:
        if name == "phash":
            values[name] = random.integers(0, 4, distinct).astype(np.uint64) * np.uint64(2**40 + 1) ^ (
                np.uint64(1) << random.integers(0, 5, distinct).astype(np.uint64)
            )
        else:
            values[name] = _scores(random, distinct, nan)
    for name in PAIR_SCORES:
        values[name] = _scores(random, count, nan)
    table = pa.table({name: pa.array(column, pa.string()) for name, column in rows.items()})
    return Frame(table, lambda name: (ids["pair" if name in PAIR_SCORES else "picture"], values[name])), rows, values


def _scores(random, count, nan):
    values = random.uniform(0, 1, count).astype(np.float32).round(2)
    values[random.uniform(0, 1, count) < nan] = np.nan
    return values


def value_of(rows, values, name, role, row):
    """A score of one row, looked up one by one."""
    if name in COMPOSITES:
        composite = COMPOSITES[name]
        parts = {part: np.array([value_of(rows, values, part, role, row)], np.float32) for part in composite.parts}
        return float(composite.compute(parts)[0])
    place = row if role == "pair" else values["places"][rows[f"{role}_sha256"][row]]
    return values[name][place].item()


def far(hashes, places):
    """No picture of any place is near."""
    return np.full(len(hashes), 65)


def ask(made, *rules, nearest=far):
    """The verdicts of rules on a frame made here."""
    made[0].nearest = nearest
    return apply_rules(made[0], RuleSet.model_validate({"rules": list(rules)}))


def kept(verdicts):
    """Numbers of the rows that stay."""
    return np.flatnonzero(verdicts.rule == KEPT).tolist()


def better_first(rows, values, keep, alive, lower=False):
    """Rows best first, as a list of numbers."""
    role = "pair" if keep in ("seam", "change-inside") else "target"

    def cost(row):
        value = value_of(rows, values, keep, role, row)
        return math.inf if math.isnan(value) else (value if lower else -value)

    return sorted(alive, key=lambda row: (cost(row), row))
