"""Where the kept rows lie, and which of them never meet."""

import hashlib
import json

import numpy as np
import pytest

from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.cut.choose import Chosen
from ieiw.pipelines.cut.run import cut
from ieiw.triplets.layout.cut_state import (
    SAMPLE,
)
from tests.support.builds import index
from tests.support.scored import ALL, RULES, samples, tables
from tests.support.tiny_build import Wanted, tiny_build


@pytest.mark.parametrize("materialise", [False, True])
def test_samples_lead_to_the_bytes_of_the_rows(tiny, materialise):
    state = cut(tiny.store.location, "a", RULES, materialise=materialise)
    kept = tables(tiny, "a", "kept").to_pylist()
    rows = index(tiny.path, "rows")
    found = {"train": set(), "validation": set()}
    for side in found:
        table = samples(tiny, "a", side)
        assert table.dtype == SAMPLE
        places = list(zip(table["shard"].tolist(), table["source_offset"].tolist(), strict=True))
        assert places == sorted(places)
        for sample in table:
            data = tiny.store.read(state.shards[sample["shard"]].name)
            parts = [
                data[int(sample[f"{role}_offset"]) :][: int(sample[f"{role}_size"])]
                for role in ("source", "target", "json")
            ]
            header = data[int(sample["source_offset"]) - 512 :][:100].rstrip(b"\0").decode()
            found[side].add((header.partition(".")[0], *(hashlib.sha256(part).hexdigest() for part in parts)))
            row = next(row for row in rows if row["key"] == header.partition(".")[0])
            assert state.sources[sample["source"]] == row["source"]
            assert state.tasks[sample["task"]] == row["task"]
            assert (sample["width"], sample["height"]) == (row["width"], row["height"])
    digests = ("source_sha256", "target_sha256", "json_sha256")
    for side, members in found.items():
        expected = [rows[each["row"]] for each in kept if each["side"] == side]
        assert members == {(row["key"], *(row[name] for name in digests)) for row in expected}
        assert len(members) == getattr(state, side) > 0


def test_pairs_tell_what_must_not_meet_in_a_batch(tiny):
    state = cut(tiny.store.location, "a", ALL)
    assert state.kept == state.candidates
    by_row = {}
    rows = sorted(index(tiny.path, "rows"), key=lambda row: (row["shard"], row["source_offset"]))
    found = np.concatenate([samples(tiny, "a", side) for side in ("train", "validation")])
    names = [state.shards[number].name for number in found["shard"]]
    places = dict(zip(zip(names, found["source_offset"].tolist(), strict=True), found["pair"].tolist(), strict=True))
    for row in rows:
        by_row.setdefault((row["source"], row["pair"] or row["key"]), set()).add(
            places[row["shard"], row["source_offset"]]
        )
    assert all(len(numbers) == 1 for numbers in by_row.values())
    assert len(set().union(*by_row.values())) == len(by_row)


def test_no_picture_is_on_both_sides(tiny):
    cut(tiny.store.location, "a", ALL)
    rows = index(tiny.path, "rows")
    sides = {}
    for each in tables(tiny, "a", "kept").to_pylist():
        sides.setdefault(rows[each["row"]]["group"], set()).add(each["side"])
    assert all(len(side) == 1 for side in sides.values())
    assert {"train", "validation"} == set().union(*sides.values())


def test_one_part_only(tmp_path):
    """A build of one source, one task, and nothing for validation."""
    tiny = tiny_build(tmp_path / "one", Wanted(pictures=3, sources=("shapes",), tasks=("dots",)))
    state = cut(tiny.store.location, "a", RuleSet.model_validate({"split": {"validation": 0}}), materialise=True)
    assert (state.validation, len(samples(tiny, "a", "validation"))) == (0, 0)
    assert json.loads(tiny.store.read("cuts/a/cut.json"))["scores"] == {}


def test_chosen_side_is_sorted():
    samples = np.zeros(3, [("shard", "<u4"), ("source_offset", "<u8")])
    samples["shard"], samples["source_offset"] = [1, 0, 0], [5, 9, 2]
    made = Chosen(np.arange(3), samples, np.zeros(3, bool), None, (), (), ())
    assert made.of_side("train")["source_offset"].tolist() == [2, 9, 5]
    assert len(made.of_side("validation")) == 0
